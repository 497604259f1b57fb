//! Registers as files: read from what people keep, joined with kickoff.toml, and written so that they come back.

mod account;
mod entries;
mod export;
mod heads;
mod ids;
mod kinds;
mod matching;
mod merge;
mod outcome;
mod read;
mod told;

use serde_json::{Map, Value as Json};

use kinds::Field;

pub use export::{Column, Table, table};
pub use merge::import;
pub use outcome::{Change, ImportError, Imported, Options};

/// How ids are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ids {
    /// `R-001`: one more than the highest in use.
    Numbered(&'static str),
    /// Out of the words of a key: `alice-meyer`.
    Named(&'static str),
    /// The id is what it stands for: nothing can be made in its place.
    Itself,
}

/// A register of kickoff.toml.
#[derive(Debug, PartialEq, Eq)]
pub struct Register {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Its entries in a sentence: `risks`.
    pub several: &'static str,
    /// The section of kickoff.toml.
    section: &'static [&'static str],
    /// The type of its entries.
    of: &'static str,
    /// The key that says what an entry is about.
    main: &'static str,
    /// How ids are made; none where its entries have none.
    ids: Option<Ids>,
    /// What tells one entry from another where there is no id: the first of these that is there.
    natural: &'static [&'static [&'static str]],
    /// Whether an id that is not known does not make another entry of what is there by name.
    by_name: bool,
    /// What new entries get where the file does not say.
    new: &'static [(&'static str, &'static str)],
}

/// What is handed to nobody.
const SECRET: [&str; 1] = ["external_id"];

static REGISTERS: [Register; 9] = [
    Register {
        name: "risks",
        several: "risks",
        section: &["risks"],
        of: "Risk",
        main: "threat",
        ids: Some(Ids::Numbered("R-")),
        natural: &[&["threat", "asset"]],
        by_name: false,
        // A risk that a company keeps in its own register is decided, where that does not say otherwise.
        new: &[("state", "accepted")],
    },
    Register {
        name: "exceptions",
        several: "exceptions",
        section: &["exceptions"],
        of: "Exception",
        main: "reason",
        ids: Some(Ids::Numbered("EXC-")),
        natural: &[&["check", "resource", "account", "region"]],
        by_name: false,
        new: &[],
    },
    Register {
        name: "vendors",
        several: "vendors",
        section: &["vendors"],
        of: "Vendor",
        main: "name",
        ids: Some(Ids::Numbered("V-")),
        natural: &[&["name"]],
        by_name: true,
        new: &[],
    },
    Register {
        name: "people",
        several: "people",
        section: &["people"],
        of: "Person",
        main: "name",
        ids: Some(Ids::Named("name")),
        natural: &[&["email"], &["name"]],
        by_name: true,
        new: &[],
    },
    Register {
        name: "accounts",
        several: "accounts",
        section: &["scope", "accounts"],
        of: "Account",
        main: "name",
        ids: Some(Ids::Itself),
        natural: &[],
        by_name: false,
        new: &[],
    },
    Register {
        name: "attestations",
        several: "attestations",
        section: &["attestations"],
        of: "Attestation",
        main: "note",
        ids: None,
        natural: &[&["control", "on", "occurrence", "request"]],
        by_name: false,
        new: &[],
    },
    Register {
        name: "controls",
        several: "controls",
        section: &["controls"],
        of: "Control",
        main: "wording",
        ids: Some(Ids::Numbered("C-")),
        natural: &[&["wording"]],
        by_name: false,
        new: &[],
    },
    Register {
        name: "policies",
        several: "policies",
        section: &["policies"],
        of: "Policy",
        main: "title",
        ids: Some(Ids::Named("title")),
        natural: &[&["title"]],
        by_name: true,
        new: &[],
    },
    Register {
        name: "documents",
        several: "documents",
        section: &["documents"],
        of: "Document",
        main: "title",
        ids: None,
        natural: &[&["request", "title", "version", "occurrence", "file", "link"]],
        by_name: false,
        new: &[],
    },
];

impl Register {
    /// The register of a name.
    #[must_use]
    pub fn of(name: &str) -> Option<&'static Self> {
        REGISTERS.iter().find(|register| register.name == name)
    }

    /// The names of all registers.
    pub fn names() -> impl Iterator<Item = &'static str> {
        REGISTERS.iter().map(|register| register.name)
    }

    /// The keys, in the order in which they are written: those of the table of heads, then those that it does not have.
    fn fields(&self) -> Vec<Field> {
        let order = heads::order(self.name);
        let mut fields = kinds::fields(self.of);
        fields.sort_by_key(|field| order.iter().position(|key| *key == field.key).unwrap_or(usize::MAX));
        fields
    }

    /// Whether something about a key is about this register: `vendors.report`.
    #[must_use]
    pub fn tells(&self, key: &str) -> bool {
        key.strip_prefix(&self.section.join(".")).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }

    /// The entries of a text of kickoff.toml, with their values by key; none of them is a secret.
    ///
    /// # Errors
    /// The text is no TOML.
    pub fn entries(&self, text: &str) -> Result<Vec<Json>, String> {
        let section = entries::section(text, self.section)?;
        let fields = self.fields();
        let shown = |entry: &entries::Entry| {
            let known = fields.iter().filter(|field| !SECRET.contains(&field.key));
            let pairs = known.map(|field| {
                let empty = if field.kind.is_list() { Json::Array(Vec::new()) } else { Json::Null };
                (field.key.to_owned(), entry.values.get(field.key).map_or(empty, kinds::Value::json))
            });
            Json::Object(pairs.collect::<Map<_, _>>())
        };
        Ok(section.entries.iter().map(shown).collect())
    }
}

#[cfg(test)]
mod tests;
