//! The words of a line in their order, and where it pauses.

use super::set::Places;
use crate::words::singular;

/// No line says what it asks for after so many words.
const LONGEST: usize = Places::MOST;

/// A title before a colon has at most so many words.
const TITLE: usize = 8;

/// A word of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// In lower case, without accents, in the singular.
    pub(super) text: String,
    /// Where it stands in the line, in bytes.
    pub(super) from: usize,
    /// Where it ends.
    pub(super) to: usize,
    /// Words of one part stand together: no comma and no `and` parts them.
    pub(super) part: usize,
    /// The sentence.
    pub(super) sentence: usize,
    /// It stands in the title before a colon.
    pub(super) title: bool,
    /// It is between brackets.
    pub(super) bracketed: bool,
}

/// A word as it is compared.
pub(super) fn folded(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' | 'à' | 'á' | 'â' | 'ã' | 'å' => plain.push('a'),
            'ç' => plain.push('c'),
            'è' | 'é' | 'ê' | 'ë' => plain.push('e'),
            'ì' | 'í' | 'î' | 'ï' => plain.push('i'),
            'ñ' => plain.push('n'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' => plain.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => plain.push('u'),
            'ß' => plain.push_str("ss"),
            'œ' => plain.push_str("oe"),
            // The marks of accents that stand by themselves.
            '\u{300}'..='\u{36f}' => {}
            c => plain.push(c),
        }
    }
    singular(&plain)
}

/// The words of a line.
pub(super) fn words(line: &str) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    let (mut part, mut sentence, mut depth) = (0, 0, 0_usize);
    let mut begun: Option<usize> = None;
    let mut chars = line.char_indices().peekable();
    while words.len() < LONGEST {
        let next = chars.next();
        let (at, c) = next.unwrap_or((line.len(), '\n'));
        if c.is_alphanumeric() || ('\u{300}'..='\u{36f}').contains(&c) {
            begun.get_or_insert(at);
            continue;
        }
        if let Some(from) = begun.take() {
            let text = folded(line.get(from..at).unwrap_or_default());
            // `company's` is one word with a letter behind it.
            let owned = text == "s" && line.get(..from).is_some_and(|before| before.ends_with(['\'', '’']));
            if !owned {
                let pauses = ["and", "or", "und", "oder", "et", "ou"].contains(&text.as_str());
                words.push(Word { text, from, to: at, part, sentence, title: false, bracketed: depth > 0 });
                part += usize::from(pauses);
            }
        }
        let spaced = |ahead: Option<&(usize, char)>| ahead.is_none_or(|(_, c)| c.is_whitespace());
        match c {
            '\n' | '\r' | ';' | '?' | '!' | '•' | '|' => (part, sentence) = (part + 1, sentence + 1),
            '.' if spaced(chars.peek()) && !is_shortened(words.last(), at) => {
                (part, sentence) = (part + 1, sentence + 1)
            }
            ':' => {
                part += 1;
                if words.len() <= TITLE && sentence == 0 {
                    words.iter_mut().for_each(|word| word.title = true);
                }
            }
            ',' | '&' | '+' => part += 1,
            '-' | '–' | '—' if spaced(chars.peek()) => part += 1,
            '(' | '[' => (part, depth) = (part + 1, depth + 1),
            ')' | ']' => (part, depth) = (part + 1, depth.saturating_sub(1)),
            _ => {}
        }
        if next.is_none() {
            break;
        }
    }
    words
}

/// Whether the stop behind a word is of the word: `e.g.`, `incl.`.
fn is_shortened(word: Option<&Word>, at: usize) -> bool {
    const SHORT: [&str; 5] = ["incl", "approx", "vs", "org", "inkl"];
    word.filter(|word| word.to == at).is_some_and(|word| {
        let letter = word.text.len() == 1 && word.text.chars().all(char::is_alphabetic);
        letter || SHORT.contains(&word.text.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_know_their_place() {
        let all = words("Access review: the company’s Überprüfungen, policies/SLAs (v1.2). Next");
        let texts: Vec<&str> = all.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["access", "review", "the", "company", "uberprufungen", "policy", "sla", "v1", "2", "next"]);
        assert!(all[1].title && !all[2].title);
        assert!(all[7].bracketed && !all[9].bracketed);
        assert_eq!((all[0].sentence, all[9].sentence), (0, 1));
        assert_ne!(all[4].part, all[5].part);
        assert_eq!(all[5].part, all[6].part);
        assert_eq!("Access review: the company’s Überprüfungen".get(all[4].from..all[4].to), Some("Überprüfungen"));
        assert!(words("").is_empty());
    }
}
