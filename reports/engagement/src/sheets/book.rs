//! The parts of a workbook: which sheets it has and who sees them, its texts, and how its cells look.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::Path;

use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::bound::Bounds;
use super::format::Format;
use super::grid::{Table, TableError};
use super::part::{Book, Look, Part, Runs, Text, attribute, is_off};
use super::sheet;

/// The texts of a list are shorter together, ...
const TEXTS: usize = 64 << 20;
/// ... and not so many; nor does another part but a sheet have so many elements.
const MANY: usize = 1 << 20;
/// No element of a part stands in so many others.
const DEEP: usize = 64;
/// A list has fewer sheets.
const SHEETS: usize = 1000;

/// A workbook, and how much may come out of it.
struct Archive<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    bounds: Bounds,
}

impl Archive<'_> {
    fn has(&self, name: &str) -> bool {
        self.zip.file_names_raw().any(|raw| raw.eq_ignore_ascii_case(name.as_bytes()))
    }
}

fn part<'a>(archive: &'a mut Archive<'_>, name: &str) -> Option<Part<'a>> {
    let name = archive.zip.file_names_raw().find_map(|raw| {
        let known = std::str::from_utf8(raw).ok()?;
        known.eq_ignore_ascii_case(name).then(|| known.to_owned())
    })?;
    Some(Part::new(archive.zip.by_name(&name).ok()?, &archive.bounds))
}

/// Gives each element that begins to a function, with the names of those that it stands in.
fn each(part: &mut Part<'_>, mut see: impl FnMut(&[String], &BytesStart<'_>)) -> Result<(), String> {
    let (mut seen, mut within) = (0_usize, Vec::new());
    loop {
        match part.next()? {
            Event::Start(element) => {
                seen += 1;
                if seen > MANY || within.len() >= DEEP {
                    return Err("a part of it has more elements than any of a list".to_owned());
                }
                see(&within, &element);
                within.push(element.local_name().as_ref().to_owned());
            }
            Event::End(_) => {
                within.pop();
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Reads the sheets of a workbook.
pub(crate) fn tables(path: &Path, bytes: &[u8]) -> Result<Vec<Table>, TableError> {
    let refuse = |what: String| TableError::of_file(path, what);
    let unread = |what: String| refuse(format!("cannot be read: {what}"));
    let damaged = |what: String| refuse(format!("is not an XLSX workbook: {what}"));
    let zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(error.to_string()))?;
    let mut archive = Archive { zip, bounds: Bounds::default() };
    for (name, what) in [
        ("xl/workbook.bin", "is a binary workbook (.xlsb)"),
        ("content.xml", "is a sheet of OpenDocument (.ods)"),
        ("index/document.iwa", "is a sheet of Numbers"),
        ("word/document.xml", "is a document of Word"),
        ("ppt/presentation.xml", "are slides"),
    ] {
        if archive.has(name) {
            return Err(refuse(format!("{what}: open it, save it as .xlsx or .csv, and import that")));
        }
    }
    let main = main_part(&mut archive);
    let folder = main.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
    let targets = relations(&mut archive, &folder, &main).map_err(damaged)?;
    let of_kind = |kind: &str| targets.values().find(|(of, _)| of.ends_with(kind)).map(|(_, target)| target.clone());
    let (mut book, mut sheets) = (Book::default(), Vec::new());
    let mut workbook = part(&mut archive, &main).ok_or_else(|| damaged(format!("it has no {main}")))?;
    each(&mut workbook, |_, element| match element.local_name().as_ref() {
        "workbookPr" => {
            book.from_1904 = attribute(element, "date1904").is_some_and(|on| ["1", "true"].contains(&on.as_str()));
        }
        "sheet" => {
            let hidden = attribute(element, "state").is_some_and(|state| state != "visible");
            let target = attribute(element, "id").and_then(|id| targets.get(&id));
            if let (Some(name), Some((kind, target))) = (attribute(element, "name"), target)
                && kind.ends_with("/worksheet")
            {
                sheets.push((name, hidden, target.clone()));
            }
        }
        _ => {}
    })
    .map_err(damaged)?;
    drop(workbook);
    if sheets.len() > SHEETS {
        return Err(refuse(format!("has more than {SHEETS} sheets: that is not a list")));
    }
    if let Some(mut styles) = of_kind("/styles").and_then(|name| part(&mut archive, &name)) {
        book.looks = looks(&mut styles).map_err(unread)?;
    }
    if let Some(mut strings) = of_kind("/sharedStrings").and_then(|name| part(&mut archive, &name)) {
        book.texts = texts(&mut strings).map_err(unread)?;
    }
    let mut tables = Vec::new();
    let bounds = archive.bounds.clone();
    for (name, hidden, target) in sheets {
        let mut table = Table {
            path: path.to_owned(),
            sheet: Some(name.clone()),
            hidden,
            from_1904: book.from_1904,
            ..Table::default()
        };
        if !hidden {
            let mut part = part(&mut archive, &target).ok_or_else(|| damaged(format!("it has no {target}")))?;
            sheet::read(&mut part, &book, &mut table, &bounds)
                .map_err(|what| TableError { sheet: Some(name), ..refuse(format!("cannot be read: {what}")) })?;
        }
        tables.push(table);
    }
    if tables.is_empty() { Err(refuse("has no sheet".to_owned())) } else { Ok(tables) }
}

/// The name of the part that lists the sheets.
fn main_part(archive: &mut Archive<'_>) -> String {
    let mut found = None;
    if let Some(mut relations) = part(archive, "_rels/.rels") {
        let _ = each(&mut relations, |_, element| {
            if attribute(element, "Type").is_some_and(|kind| kind.ends_with("/officeDocument")) {
                found = attribute(element, "Target");
            }
        });
    }
    found.map_or_else(|| "xl/workbook.xml".to_owned(), |name| name.trim_start_matches('/').to_owned())
}

/// The parts that the workbook names, with what they are, by their ids.
fn relations(
    archive: &mut Archive<'_>,
    folder: &str,
    main: &str,
) -> Result<BTreeMap<String, (String, String)>, String> {
    let mut targets = BTreeMap::new();
    let name = main.rsplit('/').next().unwrap_or(main);
    let Some(mut relations) = part(archive, &format!("{folder}/_rels/{name}.rels")) else { return Ok(targets) };
    each(&mut relations, |_, element| {
        let of = |name| attribute(element, name);
        if let (Some(id), Some(kind), Some(target)) = (of("Id"), of("Type"), of("Target")) {
            let whole = match target.strip_prefix('/') {
                Some(whole) => whole.to_owned(),
                None => format!("{folder}/{}", target.trim_start_matches("./")),
            };
            targets.insert(id, (kind, whole));
        }
    })?;
    Ok(targets)
}

fn looks(styles: &mut Part<'_>) -> Result<Vec<Look>, String> {
    let mut codes: BTreeMap<u32, Format> = BTreeMap::new();
    let (mut fonts, mut looks): (Vec<(bool, bool)>, Vec<Look>) = (Vec::new(), Vec::new());
    each(styles, |within, element| {
        let of = |name| attribute(element, name);
        let number = |name| of(name).and_then(|value| value.parse::<u32>().ok()).unwrap_or_default();
        match (within.last().map(String::as_str), element.local_name().as_ref()) {
            (Some("numFmts"), "numFmt") => {
                codes.insert(number("numFmtId"), Format::of(&of("formatCode").unwrap_or_default()));
            }
            (Some("fonts"), "font") => fonts.push((false, false)),
            (Some("font"), name @ ("strike" | "b")) if within.iter().any(|name| name == "fonts") => {
                if let Some(font) = fonts.last_mut().filter(|_| !is_off(element)) {
                    if name == "b" { font.1 = true } else { font.0 = true }
                }
            }
            (Some("cellXfs"), "xf") => {
                let font = usize::try_from(number("fontId")).ok().and_then(|at| fonts.get(at));
                let (struck, bold) = font.copied().unwrap_or_default();
                let id = number("numFmtId");
                let format = codes.get(&id).cloned().unwrap_or_else(|| Format::built_in(id));
                looks.push(Look { format, struck, bold });
            }
            _ => {}
        }
    })?;
    Ok(looks)
}

fn texts(part: &mut Part<'_>) -> Result<Vec<Text>, String> {
    let (mut texts, mut runs, mut size) = (Vec::new(), Runs::default(), 0);
    loop {
        match part.next()? {
            Event::Start(element) => runs.start(&element),
            Event::End(element) => match element.local_name().as_ref() {
                "si" => {
                    let text = runs.take();
                    size += text.text.len();
                    if size > TEXTS || texts.len() >= MANY {
                        return Err("it has more texts, or longer ones, than a list".to_owned());
                    }
                    texts.push(text);
                }
                name => runs.end(name),
            },
            Event::Eof => return Ok(texts),
            event => runs.text(&event),
        }
    }
}
