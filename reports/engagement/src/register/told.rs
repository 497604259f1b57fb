//! What a cell of a register says: a value of its kind, that there is nothing yet, or what cannot be read.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use super::kinds::{Field, Kind, Value, normal, parted};
use crate::dates::{self, DateOrder};
use crate::fold::folded;
use crate::nearest;
use crate::people::Person;
use crate::requests::criteria;
use crate::risks::scale::{Levels, RATED, RiskScale};
use crate::scope::is_account_id;
use crate::sheets::words::{is_unknown, plain, records};

/// What a cell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// It is empty.
    Nothing,
    Value(Value),
    /// A value, and words of the cell that are not in it, or how it was mended.
    Mended(Value, String),
    /// That it is still to be said.
    Open,
    /// What cannot be read, and why.
    Wrong(String),
    /// One of two days.
    Either(String),
}

/// Words of registers, by register, key and word.
static WORDS: LazyLock<HashMap<(String, String, String), String>> = LazyLock::new(|| {
    let mut all = HashMap::new();
    for record in records(include_str!("../../data/register_words.csv")) {
        let field = |at: usize| record.get(at).unwrap_or_default().to_owned();
        for word in field(4).split('|') {
            all.insert((field(0), field(1), folded(&plain(word))), field(5));
        }
    }
    all
});

/// The people of the file, by whatever names them.
#[derive(Debug, Default)]
pub(super) struct People<'a> {
    ids: BTreeSet<&'a str>,
    names: HashMap<String, BTreeSet<&'a str>>,
}

/// The words of a name, in one order: `Meyer, Alice` is `Alice Meyer`.
fn words_of(name: &str) -> String {
    let plain = folded(&plain(name));
    let mut words: Vec<&str> = plain.split(' ').collect();
    words.sort_unstable();
    words.join(" ")
}

impl<'a> People<'a> {
    pub(super) fn of(people: &'a [Person]) -> Self {
        let mut all = Self::default();
        for person in people {
            all.ids.insert(&person.id);
            let names = [folded(&person.id), words_of(&person.name)];
            for name in names.into_iter().chain(person.email.iter().map(|email| folded(email))) {
                all.names.entry(name).or_default().insert(&person.id);
            }
        }
        all
    }

    /// The id of who is named: by id, by name or by address.
    fn named(&self, cell: &str) -> Result<String, String> {
        if self.ids.contains(cell) {
            return Ok(cell.to_owned());
        }
        // `Alice Meyer (CISO)`, `Alice Meyer <alice@example.com>`.
        let address = cell.split_once('<').and_then(|(_, rest)| rest.split('>').next());
        let before = cell.split(['(', '<', '[']).next().unwrap_or(cell);
        let tried = [Some(cell), address, Some(before)].into_iter().flatten();
        for name in tried.filter(|name| !name.trim().is_empty()) {
            let found = [folded(name), words_of(name)].into_iter().find_map(|name| self.names.get(&name));
            match found.map(|found| found.iter().copied().collect::<Vec<&str>>()).as_deref() {
                Some([one]) => return Ok((*one).to_owned()),
                Some(several) => {
                    return Err(format!("`{cell}` may be {} of [[people]]: write the id", several.join(" or ")));
                }
                None => {}
            }
        }
        let near = nearest(cell, self.ids.iter().copied());
        Err(format!("`{cell}` is nobody of [[people]], neither by id nor by name or address{near}"))
    }
}

/// How the cells of a column are read.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) register: &'static str,
    pub(super) people: &'a People<'a>,
    pub(super) dates: Option<DateOrder>,
    pub(super) from_1904: bool,
    /// We wrote it.
    pub(super) own: bool,
    /// What risks are rated on, where it is not ours.
    pub(super) scale: Option<&'a RiskScale>,
}

/// The levels of a key, where risks are rated on a scale that is not ours.
pub(super) fn levels<'s>(scale: Option<&'s RiskScale>, key: &str) -> Option<&'s Levels> {
    let scale = scale.filter(|_| RATED.contains(&key))?;
    Some(if key.ends_with("impact") { scale.impact() } else { scale.likelihood() })
}

/// Whether a text only says that it is still to be said. An id is what it is, and some words are an answer: a vendor holds `none`.
pub(super) fn says_nothing(register: &str, field: &Field, cell: &str) -> bool {
    let key = || (register.to_owned(), field.key.to_owned(), folded(&plain(cell)));
    field.kind == Kind::Text && field.key != "id" && is_unknown(cell) && !WORDS.contains_key(&key())
}

impl Reader<'_> {
    pub(super) fn told(&self, field: &Field, cell: &str) -> Told {
        let cell = normal(cell);
        if cell.is_empty() {
            return Told::Nothing;
        }
        if let Some(levels) = levels(self.scale, field.key) {
            return level(levels, &cell);
        }
        let open = is_unknown(&cell);
        match &field.kind {
            // What must be said is as somebody said it: what makes up for an exception may be `none`.
            Kind::Text if !self.own && !field.required && says_nothing(self.register, field, &cell) => Told::Open,
            Kind::Text => Told::Value(Value::Text(cell)),
            Kind::Word(words) => self.word(field, words, &cell),
            Kind::Account if ["any", "all", "*"].contains(&cell.to_lowercase().as_str()) => Told::Open,
            _ if open => Told::Open,
            Kind::Day => match dates::told(&cell, self.dates, self.from_1904) {
                dates::Told::Day(day) => Told::Value(Value::Day(day)),
                dates::Told::Open => Told::Open,
                dates::Told::Unreadable => {
                    Told::Wrong(format!("`{cell}` is no day that can be read: write 2026-03-31"))
                }
                dates::Told::Either(day, month) => Told::Either(format!(
                    "`{cell}` can be {day} or {month}: say which with --dates {} or {}",
                    DateOrder::DayFirst.name(),
                    DateOrder::MonthFirst.name()
                )),
            },
            Kind::Flag => match folded(&cell).as_str() {
                "yes" | "true" | "x" | "1" | "ja" | "oui" | "si" | "y" => Told::Value(Value::Flag(true)),
                "no" | "false" | "0" | "nein" | "non" | "nee" | "n" => Told::Value(Value::Flag(false)),
                _ => Told::Wrong(format!("`{cell}` is neither yes nor no")),
            },
            Kind::Number(least, most) => number(&cell, *least, *most),
            Kind::Figure => Told::Value(cell.parse().map_or(Value::Text(cell), Value::Number)),
            Kind::Person => match self.people.named(&cell) {
                Ok(id) => Told::Value(Value::Text(id)),
                Err(what) => Told::Wrong(what),
            },
            Kind::Account => account(&cell),
            Kind::Criteria if !self.own => {
                let told = criteria::told(&cell);
                match (told.criteria.is_empty(), told.words.is_empty()) {
                    (true, _) => Told::Wrong(format!("`{cell}` names no criterion")),
                    (false, true) => Told::Value(Value::List(told.criteria)),
                    (false, false) => {
                        Told::Mended(Value::List(told.criteria), format!("without `{}`", told.words.join("; ")))
                    }
                }
            }
            Kind::Accounts if !self.own => accounts(&cell),
            Kind::List if !self.own => {
                let texts = cell.split([';', ',', '\n']).map(str::trim).filter(|text| !text.is_empty());
                let lower = field.key == "checks";
                let texts = texts.map(|text| if lower { text.to_lowercase() } else { text.to_owned() });
                Told::Value(Value::List(texts.collect()))
            }
            Kind::List | Kind::Criteria | Kind::Accounts => Told::Value(Value::List(parted(&cell))),
        }
    }

    fn word(&self, field: &Field, words: &[String], cell: &str) -> Told {
        let is = |text: &str| {
            let given = folded(&plain(text));
            let own = words.iter().find(|word| folded(&plain(word)) == given);
            own.or_else(|| WORDS.get(&(self.register.to_owned(), field.key.to_owned(), given))).cloned()
        };
        let is_state = self.register == "risks" && field.key == "state";
        if let Some(word) = is(cell) {
            return Told::Value(Value::Text(word));
        }
        match () {
            // What is still to be said of a risk is that somebody decided on it.
            () if is_state && is_unknown(cell) => Told::Value(Value::Text("proposed".to_owned())),
            () if is_unknown(cell) => Told::Open,
            () => match first(cell, &is).filter(|_| is_state) {
                Some(word) => Told::Mended(Value::Text(word.clone()), format!("`{cell}` as {word}")),
                None => Told::Wrong(format!(
                    "`{cell}` is none of `{}`{}",
                    words.join("`, `"),
                    nearest(cell, words.iter().map(String::as_str))
                )),
            },
        }
    }
}

/// The word before a mark, `Draft - not yet discussed`, where no word behind it is another: `Open - accepted by the board` may be
/// both.
fn first(cell: &str, is: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    const MARKS: [&str; 10] = [" - ", "(", "[", ":", ",", ";", ".", "–", "—", "\n"];
    let (at, mark) = MARKS.iter().filter_map(|mark| Some((cell.find(mark)?, mark))).min()?;
    let found = is(cell.get(..at)?)?;
    let behind = plain(cell.get(at + mark.len()..)?);
    let words: Vec<&str> = behind.split(' ').collect();
    let parts = (0..words.len()).flat_map(|from| (from + 1..=words.len()).map(move |to| (from, to)));
    let mut others = parts.filter_map(|(from, to)| is(&words.get(from..to)?.join(" ")));
    others.all(|other| other == found).then_some(found)
}

/// A level of the company's own scale: its figure, its word, or both; as kickoff.toml has it.
fn level(levels: &Levels, cell: &str) -> Told {
    let names = || levels.all().iter().map(crate::risks::Level::name).collect::<Vec<_>>().join(", ");
    let told = levels.level_of(cell).and_then(|value| levels.all().iter().find(|level| level.value == value));
    match told {
        Some(level) => {
            let figure = || Value::Number(i64::from(level.value));
            Told::Value(level.word.clone().map_or_else(figure, Value::Text))
        }
        None if is_unknown(cell) => Told::Open,
        None => Told::Wrong(format!("`{cell}` is no level of [risk_scale]: there are {}", names())),
    }
}

/// A whole number, alone or beside its word: `4`, `4 - Likely`, `Likely (4)`, `4/5` of a scale to 5.
fn number(cell: &str, least: i64, most: i64) -> Told {
    let takes = format!("a whole number from {least} to {most}");
    let whole = cell.strip_suffix(".0").unwrap_or(cell);
    let numbers: Vec<&str> = cell.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let alone = whole.parse::<i64>().ok();
    let beside = match numbers.as_slice() {
        [one] if !cell.contains(['.', '%', '<', '>', '+']) && !cell.contains(&format!("-{one}")) => one.parse().ok(),
        [one, of] if cell.split_whitespace().collect::<String>() == format!("{one}/{of}") => {
            one.parse().ok().filter(|_| of.parse() == Ok(most))
        }
        _ => None,
    };
    match alone.or(beside) {
        Some(number) if (least..=most).contains(&number) => Told::Value(Value::Number(number)),
        _ => Told::Wrong(format!("`{cell}` is not {takes}")),
    }
}

/// The number of an account: with spaces or dashes between its figures, or without the zeros at its front.
fn account(cell: &str) -> Told {
    let figures: String = cell.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let whole = figures.strip_suffix(".0").unwrap_or(&figures);
    let is_number = !whole.is_empty() && whole.bytes().all(|b| b.is_ascii_digit());
    if is_account_id(whole) {
        return Told::Value(Value::Text(whole.to_owned()));
    }
    // Spreadsheets take the zeros at the front of a number away.
    if is_number && (10..12).contains(&whole.len()) {
        let mended = format!("{whole:0>12}");
        let how = format!("`{cell}` is {mended}, with the zeros that a spreadsheet takes away");
        return Told::Mended(Value::Text(mended), how);
    }
    let why = if whole.contains(['e', 'E']) && whole.contains(|c: char| c.is_ascii_digit()) {
        "its last figures are gone: format the column as text, and enter the numbers again"
    } else {
        "twelve figures"
    };
    Told::Wrong(format!("`{cell}` is not the number of an account: {why}"))
}

fn accounts(cell: &str) -> Told {
    let (mut all, mut how) = (Vec::new(), Vec::new());
    for part in cell.split([';', ',', '\n', '|']).map(str::trim).filter(|part| !part.is_empty()) {
        match account(part) {
            Told::Value(Value::Text(id)) => all.push(id),
            Told::Mended(Value::Text(id), mended) => {
                all.push(id);
                how.push(mended);
            }
            other => return other,
        }
    }
    if how.is_empty() { Told::Value(Value::List(all)) } else { Told::Mended(Value::List(all), how.join("; ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_beside_their_words_and_never_guessed() {
        for (cell, value) in [
            ("4", Some(4)),
            ("4.0", Some(4)),
            ("4 - Likely", Some(4)),
            ("Likely (4)", Some(4)),
            ("4/5", Some(4)),
            ("4 / 5", Some(4)),
            ("3/4", None),
            ("very high", None),
            ("3-4", None),
            ("0", None),
            ("6", None),
            ("-4", None),
            ("3.5", None),
            ("80%", None),
            (">3", None),
        ] {
            let told = number(cell, 1, 5);
            let found = match &told {
                Told::Value(Value::Number(found)) => Some(*found),
                _ => None,
            };
            assert_eq!(found, value, "{cell}: {told:?}");
        }
    }

    #[test]
    fn numbers_of_accounts_come_back_whole_or_not_at_all() {
        assert_eq!(account("111122223333"), Told::Value(Value::Text("111122223333".to_owned())));
        assert_eq!(account("1111-2222-3333"), Told::Value(Value::Text("111122223333".to_owned())));
        assert!(matches!(account("11122223333"), Told::Mended(Value::Text(id), _) if id == "011122223333"));
        assert!(matches!(account("1.11122E+11"), Told::Wrong(why) if why.contains("last figures are gone")));
        assert!(matches!(account("1234"), Told::Wrong(_)) && matches!(account("prod"), Told::Wrong(_)));
    }

    #[test]
    fn people_are_found_by_id_name_and_address_and_by_nothing_that_two_have() {
        let person = |id: &str, name: &str, email: Option<&str>| Person {
            id: id.to_owned(),
            name: name.to_owned(),
            email: email.map(str::to_owned),
            ..Person::default()
        };
        let all = [
            person("alice", "Alice Meyer", Some("alice.meyer@acme.example")),
            person("joerg", "Jörg Müßig", None),
            person("a2", "Ann Lee", None),
            person("a3", "Lee, Ann", None),
        ];
        let people = People::of(&all);
        for (cell, id) in [
            ("alice", Some("alice")),
            ("ALICE", Some("alice")),
            ("Meyer, Alice", Some("alice")),
            ("Alice Meyer (CISO)", Some("alice")),
            ("Alice Meyer <alice.meyer@acme.example>", Some("alice")),
            ("Alice.Meyer@Acme.example", Some("alice")),
            ("jorg mussig", Some("joerg")),
            ("Ann Lee", None),
            ("Alice", Some("alice")),
            ("Bob", None),
            ("Alice Meyer, Bob Tanaka", None),
        ] {
            assert_eq!(people.named(cell).ok().as_deref(), id, "{cell}");
        }
    }
}
