//! Texts of papers, and the words for what is open.

use jiff::civil::Date;
use kickoff_engagement::Engagement;
pub(crate) use kickoff_evidence::count as many;

/// A text. It is open where it stands for something that nobody has said yet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// The text, without characters that no page can show.
    pub text: String,
    /// Whether somebody still has to say it.
    pub open: bool,
}

impl Words {
    /// Something that nobody has said yet, and who should.
    pub(crate) fn open(what: &str, by: &str) -> Self {
        Self { text: format!("{what}: not yet named; {by} to name"), open: true }
    }

    /// As [`Self::open`], for a cell whose column says what it is.
    pub(crate) fn missing(by: &str) -> Self {
        Self { text: format!("Not yet named; {by} to name"), open: true }
    }

    /// Something that a reader has to act on.
    pub(crate) fn unsettled(text: impl Into<Self>) -> Self {
        Self { open: true, ..text.into() }
    }

    pub(crate) fn or_missing(text: Option<&str>, by: &str) -> Self {
        text.filter(|text| !text.trim().is_empty()).map_or_else(|| Self::missing(by), Self::from)
    }

    pub(crate) fn day(day: Option<Date>, by: &str) -> Self {
        day.map_or_else(|| Self::missing(by), |day| Self::from(long(day)))
    }
}

impl From<&str> for Words {
    fn from(text: &str) -> Self {
        Self { text: printable(text), open: false }
    }
}

impl From<String> for Words {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<&String> for Words {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

/// What a page can show: white space is one space, and control characters and marks that turn the direction of text, are
/// left out. They are of no use to a reader, and can make a name look like another.
pub fn printable(text: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
            || matches!(c, '\u{feff}' | '\u{fff0}'..='\u{ffff}' | '\u{ad}')
            || u32::from(c) & 0xfffe == 0xfffe
            || matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{fdd0}'..='\u{fdef}' | '\u{f0000}'..)
    };
    let spaced: String =
        text.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).filter(|c| !hidden(*c)).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `12 January 2026`: no reader takes the month for the day.
pub(crate) fn long(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// The name of a person of the file; the id where there is none.
pub(crate) fn person<'a>(engagement: &'a Engagement, id: &'a str) -> &'a str {
    engagement.person(id).map_or(id, |person| &person.name)
}

/// For whose eyes a paper is.
pub(crate) fn confidential(engagement: &Engagement) -> String {
    let firm = engagement.auditor.as_ref().map_or("its auditor", |auditor| &auditor.firm);
    match &engagement.entity {
        Some(entity) => {
            let [entity, firm] = beside([&entity.name, firm]);
            format!("Confidential: for {entity} and {firm}")
        }
        None => "Confidential".to_owned(),
    }
}

/// Two names that stand on one line: a long one is shortened to what the other leaves, and never the other.
fn beside(names: [&str; 2]) -> [String; 2] {
    const ROOM: usize = 64;
    let long = names.map(|name| name.chars().count());
    let most = [long[1], long[0]].map(|other| ROOM.saturating_sub(other).max(ROOM / 2));
    [shortened(names[0], most[0]), shortened(names[1], most[1])]
}

/// A name of so many characters at most; what was left out is shown to be.
pub(crate) fn shortened(name: &str, most: usize) -> String {
    if name.chars().count() <= most {
        return name.to_owned();
    }
    let short: String = name.chars().take(most.saturating_sub(1)).collect();
    format!("{}\u{2026}", short.trim_end())
}

/// A number of things with the verb that fits it: `1 result is`, `2 results are`.
pub(crate) fn with_verb(number: usize, thing: &str, [of_one, of_more]: [&str; 2]) -> String {
    format!("{} {}", many(number, thing), if number == 1 { of_one } else { of_more })
}

/// The first so many of a list, and how many more there are.
pub(crate) fn first<S: AsRef<str>>(list: &[S], most: usize) -> String {
    let named: Vec<&str> = list.iter().take(most).map(AsRef::as_ref).collect();
    match list.len().saturating_sub(most) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// `one`, `one and two`, `one, two and three`.
pub(crate) fn listed(all: &[String]) -> String {
    match all {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// A sentence that ends with one full stop, in whatever script.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', '\u{2026}', '。', '！', '？', '．', '؟', '۔', '।']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}

/// With a capital at its beginning, but for the name of a call or of a file, which is written as it is.
pub(crate) fn capital(text: &str) -> String {
    let is_name = |word: &str| word.trim_end_matches([':', '.', ',', ';']).contains([':', '/', '.', '_']);
    if text.split_whitespace().next().is_some_and(is_name) {
        return text.to_owned();
    }
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_files_and_calls_are_written_as_they_are() {
        assert_eq!(capital("no root key"), "No root key");
        assert_eq!(capital("d/doc.pdf: not there"), "d/doc.pdf: not there");
        assert_eq!(capital("policy.pdf is a draft"), "policy.pdf is a draft");
        assert_eq!(capital("iam:ListUsers failed"), "iam:ListUsers failed");
        assert_eq!(capital("later."), "Later.");
        let all: Vec<String> = ["one", "two", "three"].map(str::to_owned).into();
        assert_eq!([listed(&all[..1]), listed(&all[..2]), listed(&all)], ["one", "one and two", "one, two and three"]);
    }

    #[test]
    fn a_sentence_begins_with_a_capital_and_a_call_as_it_is_written() {
        assert_eq!(capital("less a sample"), "Less a sample");
        assert_eq!(capital("guardduty:ListFindings was not collected"), "guardduty:ListFindings was not collected");
        assert_eq!(capital("regions: eu-west-1"), "Regions: eu-west-1");
    }

    #[test]
    fn of_two_names_on_a_line_neither_is_lost() {
        let (long, short) = ("n".repeat(200), "Prüfer & Söhne");
        assert_eq!(beside(["Acme", short]), ["Acme", short]);
        assert_eq!(beside([&long, short]), [format!("{}\u{2026}", "n".repeat(49)), short.to_owned()]);
        let [first, second] = beside([&long, &long]);
        assert!(first == second && first.chars().count() == 32, "{first}");
    }

    #[test]
    fn a_sentence_has_one_end() {
        assert_eq!(["A shop", "为商户。", "A shop?"].map(sentence), ["A shop.", "为商户。", "A shop?"]);
    }

    #[test]
    fn one_of_a_thing_takes_the_verb_of_one() {
        let taken = |number| with_verb(number, "result", ["is", "are"]);
        assert_eq!([0, 1, 2].map(taken), ["0 results are", "1 result is", "2 results are"]);
    }
}
