//! Names and words as they are compared: without case and accents, in one form of Unicode.

use icu_normalizer::{ComposingNormalizer, DecomposingNormalizer};

/// A name as it is compared: of two people, `Müller` and `Mueller` are two.
pub(crate) fn folded(name: &str) -> String {
    unmarked(name).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text in lower case without accents: `Überprüfung`, `Ueberpruefung` and `uberprufung` are one, composed or decomposed.
pub(crate) fn fold(text: &str) -> String {
    // `ue` is how `ü` is written where there is none; what has both letters anyway loses one on both sides.
    unmarked(text).replace("ae", "a").replace("oe", "o").replace("ue", "u")
}

/// The letters and digits of a text, folded, in words with one space between.
pub(crate) fn folded_words(text: &str) -> String {
    let folded = fold(text);
    folded.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A text in which letters and their marks are one character each, as far as Unicode has them.
pub(crate) fn composed(text: &str) -> String {
    ComposingNormalizer::new_nfc().normalize(text).into_owned()
}

/// Lower case, and no marks.
fn unmarked(text: &str) -> String {
    let lower = text.to_lowercase();
    let apart = DecomposingNormalizer::new_nfkd().normalize(&lower).into_owned();
    let mut plain = String::with_capacity(apart.len());
    for c in apart.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
        match c {
            'ß' => plain.push_str("ss"),
            'æ' => plain.push_str("ae"),
            'œ' => plain.push_str("oe"),
            'ø' => plain.push('o'),
            'đ' => plain.push('d'),
            'ł' => plain.push('l'),
            'ı' => plain.push('i'),
            c => plain.push(c),
        }
    }
    plain
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

    #[test]
    fn case_accents_and_forms_of_unicode_do_not_count_and_letters_do() {
        for (a, b) in [
            ("Zoë Müller", "zoe muller"),
            ("Zoe\u{308} Mu\u{308}ller", "Zoë  Müller"),
            ("STRASSE", "Straße"),
            ("Søren Ærø", "soren aero"),
            ("Łukasz", "lukasz"),
            ("ﬁle", "file"),
        ] {
            assert_eq!(folded(a), folded(b), "{a}");
        }
        assert_ne!(folded("Müller"), folded("Mueller"));
        assert_eq!(folded("田中 太郎"), "田中 太郎");
        // A Hangul syllable is the same in both forms.
        assert_eq!(folded("김"), folded("\u{1100}\u{1175}\u{11b7}"));
    }
}
