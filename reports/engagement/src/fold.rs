//! Letters as they are compared: without case, accents and umlauts, however they were typed.

/// A text in lower case without accents: `Überprüfung`, `Ueberpruefung` and `uberprufung` are one, composed or decomposed.
pub(crate) fn fold(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match base(c) {
            Some(letters) => plain.push_str(letters),
            None if is_mark(c) => {}
            None => plain.push(c),
        }
    }
    // `ue` is how `ü` is written where there is none; what has both letters anyway loses one on both sides.
    plain.replace("ae", "a").replace("oe", "o").replace("ue", "u")
}

/// A text in which letters and their marks are one character each, as far as our languages have them.
pub(crate) fn composed(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for c in text.chars() {
        let joined = is_mark(c).then(|| whole.pop().map(|before| (before, join(before, c)))).flatten();
        match joined {
            Some((_, Some(one))) => whole.push(one),
            Some((before, None)) => whole.extend([before, c]),
            None => whole.push(c),
        }
    }
    whole
}

/// The letters and digits of a text, folded, in words with one space between.
pub(crate) fn folded_words(text: &str) -> String {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A mark that stands behind its letter: macOS writes names of files that way.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// Letters with a mark, by the letter and the mark.
const JOINED: [(char, &str, &str); 7] = [
    ('\u{300}', "aeiou", "àèìòù"),
    ('\u{301}', "aeiouy", "áéíóúý"),
    ('\u{302}', "aeiou", "âêîôû"),
    ('\u{303}', "ano", "ãñõ"),
    ('\u{308}', "aeiouy", "äëïöüÿ"),
    ('\u{30a}', "a", "å"),
    ('\u{327}', "c", "ç"),
];

fn join(letter: char, mark: char) -> Option<char> {
    let lower = letter.to_lowercase().next()?;
    let (_, plain, with) = JOINED.iter().find(|(one, _, _)| *one == mark)?;
    let joined = plain.chars().zip(with.chars()).find(|(one, _)| *one == lower)?.1;
    if letter.is_uppercase() { joined.to_uppercase().next() } else { Some(joined) }
}

fn base(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'æ' => "a",
        'ç' => "c",
        'è' | 'é' | 'ê' | 'ë' => "e",
        'ì' | 'í' | 'î' | 'ï' => "i",
        'ñ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'œ' => "o",
        'ù' | 'ú' | 'û' | 'ü' => "u",
        'ý' | 'ÿ' => "y",
        'ß' => "ss",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_however_it_was_typed() {
        for written in ["Überprüfung", "Ueberpruefung", "UBERPRUFUNG", "U\u{308}berpru\u{308}fung"] {
            assert_eq!(fold(written), "uberprufung", "{written}");
        }
        assert_eq!(fold("Maßnahme"), fold("Massnahme"));
        assert_eq!(fold("SE\u{301}CURITE\u{301}"), "securite");
        assert_eq!(folded_words("  d'acc\u{e8}s - L\u{f6}schung_2 "), "d acces loschung 2");
    }

    #[test]
    fn marks_are_joined_to_their_letters_and_others_stay() {
        assert_eq!(composed("Se\u{301}curite\u{301} U\u{308}ber n\u{303} c\u{327}"), "Sécurité Über ñ ç");
        assert_eq!(composed("\u{301}x q\u{308}"), "\u{301}x q\u{308}", "nothing to join them to");
    }
}
