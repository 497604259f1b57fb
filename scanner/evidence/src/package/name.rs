//! Names that every system can unpack, and that nothing can climb out of.

/// The longest path below the package's folder, in characters.
const LONGEST: usize = 120;
/// Names that Windows keeps for devices, with or without an extension.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "conin$", "conout$"];

/// Why a name is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing, or nothing between two slashes.
    #[error("{0:?} has an empty part")]
    Empty(String),
    /// More than 120 characters.
    #[error("{0:?} is longer than {LONGEST} characters")]
    Long(String),
    /// Begins with a slash or climbs.
    #[error("{0:?} leads out of the package")]
    Outside(String),
    /// A character that is not ASCII, or that Windows does not allow.
    #[error("{0:?} has the character {1:?}, which is not safe in the name of a file")]
    Character(String, char),
    /// A part ends with a dot or a space.
    #[error("{0:?} has a part that ends with a dot or a space")]
    Ending(String),
    /// A part is the name of a Windows device.
    #[error("{0:?} has the part {1:?}, which is the name of a device on Windows")]
    Device(String, String),
}

/// Whether a path below the package's folder can be unpacked anywhere.
pub(crate) fn check(name: &str) -> Result<(), NameError> {
    let owned = || name.to_owned();
    if name.len() > LONGEST {
        return Err(NameError::Long(owned()));
    }
    if name.starts_with('/') {
        return Err(NameError::Outside(owned()));
    }
    if let Some(c) = name.chars().find(|c| !c.is_ascii() || c.is_ascii_control() || r#"<>:"|?*\"#.contains(*c)) {
        return Err(NameError::Character(owned(), c));
    }
    for part in name.split('/') {
        match part {
            "" => return Err(NameError::Empty(owned())),
            "." | ".." => return Err(NameError::Outside(owned())),
            _ if part.ends_with(['.', ' ']) => return Err(NameError::Ending(owned())),
            _ if is_device(part) => return Err(NameError::Device(owned(), part.to_owned())),
            _ => {}
        }
    }
    Ok(())
}

/// Whether a name is one part, as a folder or an id is.
pub(crate) fn check_part(name: &str) -> Result<(), NameError> {
    check(name)?;
    if name.contains('/') { Err(NameError::Character(name.to_owned(), '/')) } else { Ok(()) }
}

fn is_device(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or(part).trim_end().to_ascii_lowercase();
    let numbered = stem.strip_prefix("com").or_else(|| stem.strip_prefix("lpt"));
    DEVICES.contains(&stem.as_str()) || numbered.is_some_and(|n| n.len() == 1 && n.as_bytes()[0].is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_a_package_holds() {
        for name in ["00_START_HERE.pdf", "10_workpapers/CC6.1/CC6.1.03.pdf", "20_evidence/E-0042/raw/0001.json"] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
        for name in ["console.txt", "com10.txt", "a b/c d.csv", "com.csv", &"x".repeat(120)] {
            assert_eq!(check(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn names_that_are_refused() {
        let of = |name: &str| check(name).unwrap_err();
        assert!(matches!(of(&"x".repeat(121)), NameError::Long(_)));
        for name in ["/etc/passwd", "../a", "a/../b", "a/.", "./a"] {
            assert!(matches!(of(name), NameError::Outside(_)), "{name}");
        }
        for name in ["", "a//b", "a/"] {
            assert!(matches!(of(name), NameError::Empty(_)), "{name}");
        }
        for name in ["a:b", r"a\b", "a?", "a*", "a<b", "a>b", "a|b", "a\"b", "a\nb", "a\u{7f}", "\u{e9}.txt"] {
            assert!(matches!(of(name), NameError::Character(..)), "{name}");
        }
        for name in ["a.", "a ", "a./b", "a /b", "a..."] {
            assert!(matches!(of(name), NameError::Ending(_)), "{name}");
        }
        for name in ["CON", "nul.txt", "a/Com1.csv", "lpt9", "AUX.a.b", "conin$", "prn .txt"] {
            assert!(matches!(of(name), NameError::Device(..)), "{name}");
        }
        assert!(check_part("a/b").is_err());
    }
}
