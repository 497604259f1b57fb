//! Files as people have them, and what an auditor would say that kickoff.toml holds after them.

mod edges;
mod files;
mod identity;

use std::path::Path;

use rust_xlsxwriter::{Format, Workbook};

use super::merge::from_bytes;
use super::*;
use crate::Engagement;

/// Four people, of whom the files speak.
pub(super) const PEOPLE: &str = r#"# The people of Acme.
[[people]]
id = "alice"
name = "Alice Meyer" # signs
role = "Head of security"
email = "alice.meyer@acme.example"

[[people]]
id = "bob"
name = "Bob Tanaka"
role = "Platform lead"

[[people]]
id = "jorg"
name = "Jörg Müßig"
role = "Controller"
"#;

pub(super) fn taken_with(
    name: &str,
    toml: &str,
    file: &str,
    bytes: &[u8],
    options: &Options,
) -> Result<Imported, String> {
    let register = Register::of(name).unwrap();
    from_bytes(register, (Path::new("kickoff.toml"), toml), None, (Path::new(file), bytes), options)
        .map_err(|error| error.to_string())
}

pub(super) fn taken(name: &str, toml: &str, csv: &str) -> Result<Imported, String> {
    taken_with(name, toml, &format!("{name}.csv"), csv.as_bytes(), &Options::default())
}

/// The file that a text is.
pub(super) fn file(text: &str) -> Engagement {
    Engagement::parse(Path::new("kickoff.toml"), text).unwrap()
}

/// A workbook of sheets with rows of text.
pub(super) fn workbook(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let mut book = Workbook::new();
    for (name, rows) in sheets {
        let sheet = book.add_worksheet();
        sheet.set_name(*name).unwrap();
        for (at, row) in (0..).zip(*rows) {
            for (column, cell) in (0..).zip(*row) {
                // As Excel keeps them: what is a number is one.
                match cell.parse::<f64>() {
                    Ok(number) => sheet.write_number(at, column, number).unwrap(),
                    Err(_) => sheet.write_string_with_format(at, column, *cell, &Format::new()).unwrap(),
                };
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// What changes, as `R-001 likelihood: 3 -> 4`.
pub(super) fn told(imported: &Imported) -> Vec<String> {
    let one = |change: &Change| match &change.key {
        Some(key) => format!("{} {key}: {} -> {}", change.entry, change.old, change.new),
        None => format!("{} is new: {}", change.entry, change.new),
    };
    imported.changes.iter().map(one).collect()
}

#[test]
fn every_key_of_a_register_has_its_heads() {
    for register in &REGISTERS {
        let fields = kinds::fields(register.of);
        let keys: Vec<&str> = fields.iter().map(|field| field.key).collect();
        let order = heads::order(register.name);
        for key in &keys {
            assert!(order.contains(key), "data/register_heads.csv has no head for `{key}` of {}", register.name);
        }
        // What a schema does not have is no key.
        assert!(order.iter().all(|key| keys.contains(key)), "{}: {order:?} {keys:?}", register.name);
        assert!(keys.contains(&register.main), "{}", register.name);
        for key in register.natural.iter().flat_map(|keys| keys.iter()) {
            assert!(keys.contains(key), "{} {key}", register.name);
        }
        assert_eq!(register.ids.is_some(), keys.contains(&"id"), "{}", register.name);
    }
}
