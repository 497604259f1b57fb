//! The ways in which auditors ask for each standard request; read from a table.

use std::sync::LazyLock;

use super::vocabulary::{VOCABULARY, records};

/// The table.
pub(super) const ASKS: &str = include_str!("../../../data/counterpart_asks.csv");

/// A way to ask for something.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ask {
    /// The standard request; none for what none of them asks for.
    pub(super) standard: Option<String>,
    /// What must stand in the line: of each list one, the first that does.
    pub(super) needs: Vec<Vec<usize>>,
    /// What it must not mainly ask for.
    pub(super) without: Vec<usize>,
    /// What must not stand in its details.
    pub(super) without_details: Vec<usize>,
    /// Whether it is of the cloud alone.
    pub(super) cloud: bool,
    /// Whether nothing else may be spoken of beside it.
    pub(super) alone: bool,
    /// Whether offices and data centers take nothing away.
    pub(super) place: bool,
    /// What it is, where it is no standard request.
    pub(super) told: String,
}

/// All of them, read once.
pub(super) static ALL: LazyLock<Vec<Ask>> = LazyLock::new(|| {
    let read = |record: csv::StringRecord| {
        let field = |at: usize| record.get(at).unwrap_or_default();
        let concept = |name: &str| VOCABULARY.concept(name);
        let is = |flag: &str| field(3).split(' ').any(|word| word == flag);
        let names = || field(2).split(' ').filter(|name| !name.is_empty());
        Ask {
            standard: Some(field(0).to_owned()).filter(|id| !id.is_empty()),
            needs: field(1).split(' ').map(|need| need.split('|').filter_map(concept).collect()).collect(),
            without: names().filter_map(concept).collect(),
            without_details: names().filter_map(|name| concept(name.strip_prefix('~')?)).collect(),
            cloud: is("cloud"),
            alone: is("alone"),
            place: is("place"),
            told: field(4).to_owned(),
        }
    };
    records(ASKS).map(read).collect()
});

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::super::request::DEFAULT;
    use super::super::set::Concepts;
    use super::*;

    #[test]
    fn the_table_names_what_there_is_and_every_standard_request() {
        let mut named = BTreeSet::new();
        for record in records(ASKS) {
            let field = |at: usize| record.get(at).unwrap_or_default().to_owned();
            assert!(DEFAULT.iter().any(|request| request.id == field(0)) || field(0).is_empty(), "{record:?}");
            assert_eq!(field(0).is_empty(), !field(4).is_empty(), "{record:?}");
            assert!(field(3).split(' ').all(|word| ["", "cloud", "alone", "place"].contains(&word)), "{record:?}");
            for name in field(1).split([' ', '|']).chain(field(2).split(' ').filter(|name| !name.is_empty())) {
                assert!(VOCABULARY.concept(name.trim_start_matches('~')).is_some(), "{name} of {record:?}");
            }
            named.insert(field(0));
        }
        let missing: Vec<&str> =
            DEFAULT.iter().map(|request| request.id.as_str()).filter(|id| !named.contains(*id)).collect();
        assert!(missing.is_empty(), "{missing:?}");
        assert!(VOCABULARY.concepts.len() <= Concepts::MOST);
    }
}
