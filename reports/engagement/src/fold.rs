//! Names as they are compared: without case and accents, in one form of Unicode.

use icu_normalizer::DecomposingNormalizer;

/// A name as it is compared.
pub(crate) fn folded(name: &str) -> String {
    let lower = name.to_lowercase();
    let apart = DecomposingNormalizer::new_nfkd().normalize(&lower).into_owned();
    let mut folded = String::with_capacity(apart.len());
    for c in apart.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
        match c {
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'ø' => folded.push('o'),
            'đ' => folded.push('d'),
            'ł' => folded.push('l'),
            'ı' => folded.push('i'),
            c => folded.push(c),
        }
    }
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::folded;

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
