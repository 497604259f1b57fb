//! Names of people as they are compared: `Müßig, Jörg`, `joerg.muessig` and `jorg.mussig@acme.example` are one.

use icu_normalizer::DecomposingNormalizerBorrowed;

use crate::file::Engagement;
use crate::people::Person;

/// Whether two names are of one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Same {
    /// They are not.
    No,
    /// They may be: an initial and a surname.
    Maybe,
    /// They are.
    Yes,
}

/// A text in lower case and without accents, whichever way they are written.
pub(crate) fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in DecomposingNormalizerBorrowed::new_nfkd().normalize(text).chars().flat_map(char::to_lowercase) {
        match c {
            // Marks that stand above or below a letter.
            '\u{300}'..='\u{36f}' => {}
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            'þ' => folded.push_str("th"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            c => folded.push(c),
        }
    }
    folded
}

/// Words of a name that tell nobody apart.
const TITLES: [&str; 15] = [
    "mr",
    "mrs",
    "ms",
    "mme",
    "dr",
    "prof",
    "herr",
    "frau",
    "dipl",
    "ing",
    "admin",
    "adm",
    "administrator",
    "priv",
    "privileged",
];

/// The words of a name, in order of the alphabet. Of an address it is what stands before the sign, and before a plus.
fn parts(name: &str) -> Vec<String> {
    let local = name.split_once('@').map_or(name, |(local, _)| local.split_once('+').map_or(local, |(own, _)| own));
    let all = folded(local);
    let all = all.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    // `ü` is written as `ue` and as `u`.
    let all = all.map(|part| part.replace("ae", "a").replace("oe", "o").replace("ue", "u").replace("aa", "a"));
    let all: Vec<String> = all.collect();
    let own = |part: &&String| !TITLES.contains(&part.as_str());
    let mut parts: Vec<String> = match all.iter().any(|part| own(&part)) {
        true => all.iter().filter(own).cloned().collect(),
        false => all,
    };
    parts.sort();
    parts
}

/// Whether two names are of one person, whatever the order of their words, case, accents and titles.
pub(crate) fn same(one: &str, other: &str) -> Same {
    let (one, other) = (parts(one), parts(other));
    if one.is_empty() || other.is_empty() {
        return Same::No;
    }
    if one == other {
        return Same::Yes;
    }
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    // A second name more or less.
    if short.len() >= 2 && short.iter().all(|part| part.chars().count() > 1 && long.contains(part)) {
        return Same::Yes;
    }
    if let [whole] = short.as_slice() {
        return in_one(whole, long);
    }
    let full = |part: &String| part.chars().count() >= 3 && long.contains(part);
    let begins = |part: &String| {
        long.contains(part) || long.iter().any(|whole| is_initial(part, whole) || is_initial(whole, part))
    };
    if short.iter().any(full) && short.iter().all(begins) { Same::Maybe } else { Same::No }
}

fn is_initial(initial: &str, whole: &str) -> bool {
    initial.chars().count() == 1 && whole.starts_with(initial)
}

/// Whether a name of one word is put together from the words of another: `jorgmussig`, `jmussig`, `mussigj`.
fn in_one(whole: &str, parts: &[String]) -> Same {
    let pairs = || {
        let other = move |at: usize| parts.iter().enumerate().filter(move |(other, _)| *other != at);
        parts.iter().enumerate().flat_map(move |(at, one)| other(at).map(move |(_, other)| (one, other)))
    };
    if pairs().any(|(one, other)| whole == format!("{one}{other}")) {
        return Same::Yes;
    }
    let initial = |text: &String| text.chars().next().map(String::from).unwrap_or_default();
    let short = |(one, other): (&String, &String)| {
        let first = initial(one);
        other.chars().count() >= 3 && (whole == format!("{first}{other}") || whole == format!("{other}{first}"))
    };
    if pairs().any(short) { Same::Maybe } else { Same::No }
}

/// Whether a name is that of a person of the file: by id, name or address.
pub(crate) fn is(person: &Person, name: &str) -> Same {
    let by_address = person.email.as_deref().map_or(Same::No, |email| same(email, name));
    same(&person.name, name).max(same(&person.id, name)).max(by_address)
}

/// The people of the file that a name is surely of.
pub(crate) fn people<'a>(engagement: &'a Engagement, name: &str) -> Vec<&'a Person> {
    engagement.people.iter().filter(|person| is(person, name) == Same::Yes).collect()
}

/// Whether a name, a reviewer's, and the name of a principal are of one person, by themselves or by the people of the file.
pub(crate) fn one_person(engagement: &Engagement, name: &str, principal: &str) -> Same {
    let direct = same(name, principal);
    if direct == Same::Yes {
        return direct;
    }
    let (first, second) = (people(engagement, name), people(engagement, principal));
    if first.iter().any(|one| second.iter().any(|other| one.id == other.id)) {
        return Same::Yes;
    }
    if !first.is_empty() && !second.is_empty() {
        // Two who are known, and are not one.
        return Same::No;
    }
    let of = |known: &[&Person], name: &str| known.iter().map(|person| is(person, name)).max().unwrap_or(Same::No);
    // Of who is known the whole name counts, not the one that he is called by.
    let whole = |known: &[&Person], name: &str| match known {
        [] => vec![name.to_owned()],
        known => known.iter().map(|person| person.name.clone()).collect(),
    };
    let (ours, theirs) = (whole(&first, name), whole(&second, principal));
    let by_word = ours.iter().flat_map(|one| theirs.iter().map(move |other| word_of(one, other))).max();
    direct.max(of(&first, principal)).max(of(&second, name)).max(by_word.unwrap_or(Same::No))
}

/// Whether one of two names may be the other's: a single word of it, `Carla` of `carla.santos`.
fn word_of(one: &str, other: &str) -> Same {
    let (one, other) = (parts(one), parts(other));
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    match short.as_slice() {
        [word] if long.len() > 1 && word.chars().count() > 2 && long.contains(word) => Same::Maybe,
        _ => Same::No,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_person_is_written_in_many_ways() {
        for (one, other, wanted) in [
            ("Müßig, Jörg", "joerg.muessig", Same::Yes),
            ("Jörg Müßig", "jorg.mussig", Same::Yes),
            ("JÖRG MÜSSIG", "Joerg.Muessig@acme.example", Same::Yes),
            // The accent as a sign of its own.
            ("Jo\u{308}rg Mu\u{308}ßig", "jörg.müßig", Same::Yes),
            ("Dr. Ida Holm", "ida.holm", Same::Yes),
            ("Ida Holm", "ida.holm-admin", Same::Yes),
            ("Ida Maria Holm", "ida.holm", Same::Yes),
            ("Ida Holm", "idaholm", Same::Yes),
            ("Søren Ærø", "soren.aro", Same::Yes),
            ("Łukasz Żak", "lukasz.zak", Same::Yes),
            ("Ida Holm", "iholm", Same::Maybe),
            ("I. Holm", "ida.holm", Same::Maybe),
            ("Ida Holm", "ida.hall", Same::No),
            ("Ida Holm", "holm", Same::No),
            ("Ida Holm", "jens.holm", Same::No),
            ("Ida Holm", "breakglass-1", Same::No),
            ("", "ida.holm", Same::No),
            ("Admin", "admin", Same::Yes),
        ] {
            assert_eq!(same(one, other), wanted, "{one} {other}");
            assert_eq!(same(other, one), wanted, "{other} {one}");
        }
    }

    #[test]
    fn the_file_knows_who_is_behind_a_short_name() {
        let text = "[[people]]\nid = \"bob\"\nname = \"Bob Tanaka\"\nrole = \"Lead\"\nemail = \"b.tanaka@acme.example\"\n[[people]]\nid = \"jm\"\nname = \"Jörg Müßig\"\nrole = \"CTO\"\n[[people]]\nid = \"julia\"\nname = \"Julia Müßig\"\nrole = \"CFO\"\n";
        let file = Engagement::parse("kickoff.toml".as_ref(), text).unwrap();
        assert_eq!(one_person(&file, "Bob Tanaka", "bob"), Same::Yes);
        assert_eq!(one_person(&file, "bob", "b.tanaka"), Same::Yes);
        assert_eq!(one_person(&file, "Tanaka, Bob", "bob-admin"), Same::Yes);
        assert_eq!(one_person(&file, "Jörg Müßig", "jm"), Same::Yes);
        assert_eq!(one_person(&file, "Jörg Müßig", "julia.muessig"), Same::No);
        assert_eq!(one_person(&file, "Jörg Müßig", "jmuessig"), Same::Maybe);
        assert_eq!(one_person(&file, "Eve", "bob"), Same::No);
        assert_eq!(people(&file, "B.Tanaka@acme.example").len(), 1);
        assert!(people(&file, "Somebody").is_empty());
        // One word of a name is perhaps his, unless the file knows whom it calls so.
        assert_eq!(one_person(&file, "Carla", "carla.santos"), Same::Maybe);
        assert_eq!(one_person(&file, "Ida Holm", "holm"), Same::Maybe);
        assert_eq!(one_person(&file, "Tanaka", "bob.tanaka"), Same::Maybe);
        assert_eq!(one_person(&file, "bob", "bob.smith"), Same::No);
        assert_eq!(one_person(&file, "Bob Tanaka", "bob.smith"), Same::No);
        assert_eq!(one_person(&file, "bob.tanaka+aws@acme.example", "bob.tanaka"), Same::Yes);
    }
}
