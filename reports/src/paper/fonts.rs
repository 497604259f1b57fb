//! Which fonts stand in where the built-in ones have no glyph, and what is said about it.
//!
//! A file is read when a paper has a character that no font before it has, and not sooner: most papers need none. Of the
//! same files in the same order each character is drawn with the same font, whatever was drawn before.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::script::{EastAsian, east_asian, is_east_asian, is_silent};
use super::standin::{Bytes, StandIn, faces, family, has, refused};

/// A file of fonts that may be read.
pub struct FontFile {
    /// Its name, without its folder: papers say it.
    pub name: String,
    /// Reads it.
    pub read: Box<dyn Fn() -> io::Result<Vec<u8>> + Send + Sync>,
}

impl fmt::Debug for FontFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FontFile").field(&self.name).finish()
    }
}

type Listed = Box<dyn Fn() -> Vec<FontFile> + Send + Sync>;

/// The fonts of a run, in the order in which they are asked for a character.
pub struct Fonts {
    list: Listed,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    files: Option<Vec<FontFile>>,
    /// The file that draws a character; none where no font has it.
    by: BTreeMap<char, Option<usize>>,
    /// Files in use.
    read: BTreeMap<usize, Bytes>,
    /// Their faces in use.
    faces: BTreeMap<(usize, u32), Arc<StandIn>>,
}

impl Default for Fonts {
    /// No font but the built-in ones.
    fn default() -> Self {
        Self::searched(Vec::new)
    }
}

impl fmt::Debug for Fonts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Fonts").finish_non_exhaustive()
    }
}

impl Fonts {
    /// Fonts whose files are looked for when one is needed.
    pub fn searched(list: impl Fn() -> Vec<FontFile> + Send + Sync + 'static) -> Self {
        Self { list: Box::new(list), state: Mutex::default() }
    }

    /// Fonts that somebody named, with their bytes.
    ///
    /// # Errors
    /// A file that cannot be put into a PDF, with the reason: all of them.
    pub fn given(files: Vec<(String, Vec<u8>)>) -> Result<Self, Vec<(String, &'static str)>> {
        let wrong: Vec<_> = files.iter().filter_map(|(name, data)| Some((name.clone(), refused(data, 0)?))).collect();
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let kept: Vec<(String, Bytes)> = files.into_iter().map(|(name, data)| (name, Arc::new(data))).collect();
        Ok(Self::searched(move || {
            let file = |(name, data): &(String, Bytes)| {
                let data = Arc::clone(data);
                FontFile { name: name.clone(), read: Box::new(move || Ok(data.to_vec())) }
            };
            kept.iter().map(file).collect()
        }))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The fonts that draw these characters, which the built-in ones do not have.
    pub(super) fn of(&self, chars: &BTreeSet<char>) -> Vec<Arc<StandIn>> {
        let mut state = self.state();
        let state = &mut *state;
        let new: BTreeSet<char> = chars.iter().filter(|c| !state.by.contains_key(c)).copied().collect();
        if !new.is_empty() {
            let State { files, by, read, .. } = &mut *state;
            look_up(files.get_or_insert_with(|| (self.list)()), new, by, read);
        }
        let mut needed: BTreeMap<usize, Vec<char>> = BTreeMap::new();
        // The stops and brackets of East Asia are drawn by the font of the letters beside them: fonts of other scripts have
        // some of them, in their own manner.
        let letters = chars.iter().find(|c| is_east_asian(**c) && !is_wide_mark(**c));
        let beside = letters.and_then(|c| state.by.get(c).copied().flatten());
        let marks =
            |c: char| beside.filter(|at| is_wide_mark(c) && state.read.get(at).is_some_and(|data| has(data, 0, c)));
        for c in chars {
            if let Some(file) = marks(*c).or_else(|| state.by.get(c).copied().flatten()) {
                needed.entry(file).or_default().push(*c);
            }
        }
        let mut opened = Vec::new();
        for (at, of_it) in needed {
            let (Some(data), Some(file)) = (state.read.get(&at), state.files.as_ref().and_then(|files| files.get(at)))
            else {
                continue;
            };
            let index = face(data, chars, &of_it);
            let known = state.faces.get(&(at, index)).cloned();
            match known.or_else(|| StandIn::open(&file.name, data, index).map(Arc::new)) {
                Some(font) => {
                    state.faces.insert((at, index), Arc::clone(&font));
                    opened.push(font);
                }
                None => state.by.extend(of_it.into_iter().map(|c| (c, None))),
            }
        }
        opened
    }

    /// Draws these characters with no font any more: those that have them cannot be used after all.
    pub(super) fn give_up(&self, chars: &BTreeSet<char>) {
        let mut state = self.state();
        state.by.extend(chars.iter().map(|c| (*c, None)));
    }

    /// What whoever runs the program has to know: characters that no paper could show, and what to do.
    #[must_use]
    pub fn told(&self) -> Option<String> {
        let state = self.state();
        let missing: Vec<char> = state.by.iter().filter(|(_, by)| by.is_none()).map(|(c, _)| *c).collect();
        if missing.is_empty() {
            return None;
        }
        let shown: Vec<String> = missing.iter().take(SHOWN).map(|c| format!("{c} ({})", code(*c))).collect();
        Some(format!(
            "No font at hand has {}: drawn as boxes in the PDFs. Name a font that has {} with --font FILE (.ttf, .otf or \
             .ttc){}.",
            listed(&shown, missing.len()),
            if missing.len() == 1 { "it" } else { "them" },
            known_font(&missing).map(|font| format!(", such as {font}, or install it")).unwrap_or_default(),
        ))
    }
}

/// Whether a character is a stop, a bracket or a form that East Asian letters share.
fn is_wide_mark(c: char) -> bool {
    matches!(c, '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ffef}')
}

const SHOWN: usize = 6;

/// `U+1F680`.
fn code(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

fn listed(shown: &[String], all: usize) -> String {
    match all - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}

/// What a paper says of characters that it cannot show; they stand there by their numbers, for they cannot stand there.
pub(super) fn note(missing: &BTreeSet<char>, elsewhere: &str) -> Option<String> {
    let shown: Vec<String> = missing.iter().take(SHOWN).map(|c| code(*c)).collect();
    (!missing.is_empty()).then(|| {
        format!(
            "Drawn as boxes, as no font at hand has them: {}; {elsewhere} has the text. The option --font of kickoff names a \
             font that has them.",
            listed(&shown, missing.len())
        )
    })
}

/// A font that has the first of these characters, as people find it.
fn known_font(missing: &[char]) -> Option<&'static str> {
    missing.iter().find_map(|c| match c {
        '\u{600}'..='\u{6ff}' | '\u{750}'..='\u{77f}' | '\u{8a0}'..='\u{8ff}' => Some("Noto Sans Arabic"),
        '\u{900}'..='\u{97f}' => Some("Noto Sans Devanagari"),
        '\u{e00}'..='\u{e7f}' => Some("Noto Sans Thai"),
        '\u{1100}'..='\u{11ff}' | '\u{2e80}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' => {
            Some("Noto Sans CJK")
        }
        '\u{20000}'..='\u{3ffff}' | '\u{ff00}'..='\u{ffef}' => Some("Noto Sans CJK"),
        '\u{2600}'..='\u{27bf}' | '\u{1f300}'..='\u{1faff}' => Some("Noto Emoji (the one without colours)"),
        _ => None,
    })
}

/// Looks characters up in files, in order; what no file has is remembered as well.
fn look_up(
    files: &[FontFile],
    mut chars: BTreeSet<char>,
    by: &mut BTreeMap<char, Option<usize>>,
    read: &mut BTreeMap<usize, Bytes>,
) {
    for (at, file) in files.iter().enumerate() {
        if chars.is_empty() {
            break;
        }
        let Some(data) = read.get(&at).cloned().or_else(|| (file.read)().ok().map(Arc::new)) else { continue };
        if refused(&data, 0).is_some() {
            continue;
        }
        let found: Vec<char> = chars.iter().filter(|c| has(&data, 0, **c)).copied().collect();
        for c in &found {
            chars.remove(c);
            by.insert(*c, Some(at));
        }
        if !found.is_empty() {
            read.insert(at, data);
        }
    }
    by.extend(chars.into_iter().map(|c| (c, None)));
}

/// Which face of a file draws a paper. Files of several have one for each way in which a character of East Asia is written.
fn face(data: &[u8], chars: &BTreeSet<char>, of_it: &[char]) -> u32 {
    let all = faces(data);
    if all < 2 {
        return 0;
    }
    let way = match east_asian(chars) {
        Some(EastAsian::Japanese) => " JP",
        Some(EastAsian::Korean) => " KR",
        Some(EastAsian::Traditional) => " TC",
        Some(EastAsian::Simplified) => " SC",
        None => return 0,
    };
    let named = (0..all).find(|index| family(data, *index).is_some_and(|family| family.ends_with(way)));
    let fits = |index: &u32| refused(data, *index).is_none() && of_it.iter().all(|c| has(data, *index, *c));
    named.filter(fits).unwrap_or(0)
}

/// The characters of texts that have to be drawn, and that a font does not have.
pub(super) fn lacking<'a>(texts: impl Iterator<Item = &'a str>, has: impl Fn(char) -> bool) -> BTreeSet<char> {
    let chars = texts.filter(|text| !text.is_ascii()).flat_map(str::chars);
    chars.filter(|c| !is_silent(*c) && !has(*c)).collect()
}
