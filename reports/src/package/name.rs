//! The entity in names of files: ASCII, short, and what its people would make of it.

/// So many characters of an entity stand in the name of a package.
const MOST: usize = 32;

/// `Uebergroessen-Soehne`: the words of a name in Latin letters; nothing where none of it can be spelled.
#[must_use]
pub fn short(entity: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut inside = false;
    let mut chars = entity.chars().peekable();
    while let Some(c) = chars.next() {
        let dots = chars.next_if_eq(&'\u{308}').is_some();
        let c = if dots { dotted(c) } else { c };
        // Marks that show nothing part no words.
        if matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\'' | '\u{2019}' | '\u{300}'..='\u{36f}') {
            continue;
        }
        let spelled = if c.is_alphanumeric() { latin(c) } else { String::new() };
        if spelled.is_empty() {
            inside = false;
            continue;
        }
        match words.last_mut() {
            Some(word) if inside => word.push_str(&spelled),
            _ => words.push(spelled),
        }
        inside = true;
    }
    let whole: String = words.join("-").chars().take(MOST + 1).collect();
    let mut short = match whole.char_indices().nth(MOST) {
        // A word that would be cut short is left out where enough stands before it.
        Some((end, _)) => match whole.rfind('-') {
            Some(at) if at > MOST / 2 => whole[..at].to_owned(),
            _ => whole[..end].to_owned(),
        },
        None => whole,
    };
    short.truncate(short.trim_end_matches('-').len());
    short
}

/// A letter with two dots, where some systems write these as a character of their own.
fn dotted(c: char) -> char {
    let pair = ["aä", "oö", "uü", "AÄ", "OÖ", "UÜ"].into_iter().find(|pair| pair.starts_with(c));
    pair.and_then(|pair| pair.chars().nth(1)).unwrap_or(c)
}

/// A letter in Latin ones.
fn latin(c: char) -> String {
    let german = match c {
        'ä' => "ae",
        'ö' => "oe",
        'ü' => "ue",
        'Ä' => "Ae",
        'Ö' => "Oe",
        'Ü' => "Ue",
        'ß' => "ss",
        'ẞ' => "SS",
        // As they are spelled where they are at home.
        'ø' => "oe",
        'Ø' => "Oe",
        'æ' => "ae",
        'Æ' => "Ae",
        _ => "",
    };
    let spelled = if german.is_empty() { deunicode::deunicode_char(c).unwrap_or_default() } else { german };
    spelled.chars().filter(char::is_ascii_alphanumeric).collect()
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn a_name_is_spelled_as_its_people_would() {
        assert_eq!(short("Über\u{ad}größen & Söhne"), "Uebergroessen-Soehne");
        assert_eq!(short("Crédit Agricole S.A."), "Credit-Agricole-S-A");
        assert_eq!(short("O'Neill & Sons, Inc."), "ONeill-Sons-Inc");
        assert_eq!(short("Łódź Ćwiczenia"), "Lodz-Cwiczenia");
        assert_eq!(short("Zu\u{308}rich"), "Zuerich");
        assert_eq!(short("Ærø Smørrebrød"), "Aeroe-Smoerrebroed");
        assert_eq!(short("北京"), "BeiJing");
        assert_eq!(short("Газпром"), "Gazprom");
        assert_eq!(short("Acme 🚀 Labs"), "Acme-Labs");
        assert_eq!(short("Acme GmbH"), "Acme-GmbH");
    }

    #[test]
    fn a_name_is_safe_on_every_system_and_never_longer_than_it_should_be() {
        for name in ["🚀✅", "", "...", "\u{202e}", "/\\:*?\"<>|"] {
            assert_eq!(short(name), "");
        }
        for name in [
            "شركة البيانات المتقدمة ذ.م.م",
            "株式会社アクメ・コマース",
            "בנק",
            "x".repeat(300).as_str(),
            "a-".repeat(90).as_str(),
        ] {
            let short = short(name);
            assert!(!short.is_empty() && short.len() <= 32, "{short}");
            assert!(short.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'), "{short}");
            assert!(!short.starts_with('-') && !short.ends_with('-'), "{short}");
        }
        assert_eq!(short("The Very Long And Distinguished International Holding"), "The-Very-Long-And-Distinguished");
    }
}
