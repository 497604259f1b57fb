//! Import of an export is the identity: not one byte of kickoff.toml changes, whatever stands in it.

use std::path::Path;

use proptest::prelude::*;

use super::super::merge::from_bytes;
use super::super::*;
use crate::Engagement;
use crate::write::{list, quoted};

/// Words that a cell could take for something else.
const PIECES: [&str; 40] = [
    "=1+1",
    "+",
    "-x",
    "@a",
    "'",
    "'=",
    "''+",
    "\"",
    "\n",
    "\r\n",
    "\r",
    "\t",
    ";",
    "\\",
    "\\;",
    ",",
    "|",
    "é",
    "e\u{301}",
    "田中",
    "عرب",
    "🦊",
    "_x0041_",
    "_x000D_",
    "\u{1}",
    "\u{85}",
    "\u{a0}",
    "\u{ffff}",
    "N/A",
    "TBD",
    "Total",
    "any",
    " ",
    "threat",
    "sep=;",
    "<b>&amp;",
    "2026-01-02",
    "00012",
    "1e5",
    "]]>",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => prop::sample::select(&PIECES[..]).prop_map(str::to_owned),
        2 => "[a-zA-Z äöü]{1,12}",
        1 => any::<String>().prop_map(|text| text.chars().take(20).collect()),
    ];
    prop::collection::vec(piece, 1..6).prop_map(|pieces| {
        let text = pieces.concat();
        // A text of nothing but space is none.
        if text.trim().is_empty() { format!("{text}x") } else { text }
    })
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(text(), 0..3)
}

fn day() -> impl Strategy<Value = String> {
    (2020..2040_u16, 1..13_u8, 1..29_u8).prop_map(|(year, month, day)| format!("{year}-{month:02}-{day:02}"))
}

/// A line of a key that may be there.
fn maybe(key: &'static str, value: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    prop::option::of(value).prop_map(move |value| value.map(|v| format!("{key} = {v}\n")).unwrap_or_default()).boxed()
}

fn free(key: &'static str) -> BoxedStrategy<String> {
    maybe(key, text().prop_map(|text| quoted(&text)))
}

/// Blocks of a section, each with what makes its id its own.
fn blocks(
    section: &'static str,
    lines: Vec<BoxedStrategy<String>>,
    own: impl Fn(usize) -> String + Clone + 'static,
) -> BoxedStrategy<String> {
    prop::collection::vec(lines, 0..4)
        .prop_map(move |all| {
            let block =
                |(at, lines): (usize, Vec<String>)| format!("\n[[{section}]] # kept\n{}{}", own(at), lines.concat());
            all.into_iter().enumerate().map(block).collect()
        })
        .boxed()
}

fn must(key: &'static str, value: impl Strategy<Value = String> + 'static) -> BoxedStrategy<String> {
    value.prop_map(move |value| format!("{key} = {value}\n")).boxed()
}

fn quoted_text() -> impl Strategy<Value = String> {
    text().prop_map(|text| quoted(&text))
}

fn one_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::select(words).prop_map(quoted)
}

fn some_of(words: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop::sample::subsequence(words, 0..=words.len())
        .prop_map(|all| list(&all.iter().map(|&word| word.to_owned()).collect::<Vec<_>>()))
}

/// Kickoff.toml with entries in every register.
fn engagement() -> impl Strategy<Value = String> {
    const CRITERIA: &[&str] = &["CC6.1", "CC6.3", "CC7.2", "A1.2"];
    const CHECKS: &[&str] = &["iam-root-mfa", "iam-user-console-mfa"];
    const PERSON: &[&str] = &["p;0", "=p1"];
    const CONTROL: &[&str] = &["AC-01", "x; y\\"];
    const ACCOUNTS: &[&str] = &["011122223333", "999988887777"];
    let people = "[[people]]\nid = \"p;0\"\nname = \"Ann Lee\"\nrole = \"r\"\n[[people]]\nid = \"=p1\"\nname = \"Ann Lee\"\nrole = \"r\"\n";
    let controls = "[[controls]]\nid = \"AC-01\"\nwording = \"w\"\ncriteria = []\n[[controls]]\nid = \"x; y\\\\\"\nwording = \"w\"\ncriteria = [\"CC6.1\"]\n";
    let person = |key| maybe(key, one_of(PERSON));
    let id = |before: &'static str| move |at: usize| format!("id = {}\n", quoted(&format!("{before}{at}")));
    let parts: Vec<BoxedStrategy<String>> = vec![
        blocks(
            "people",
            vec![must("name", quoted_text()), must("role", quoted_text()), free("duty"), free("email")],
            id("=q, "),
        ),
        blocks(
            "risks",
            vec![
                must("threat", quoted_text()),
                must("asset", quoted_text()),
                must("likelihood", (1..6_u8).prop_map(|n| n.to_string())),
                must("impact", (1..6_u8).prop_map(|n| n.to_string())),
                maybe("residual_impact", (1..6_u8).prop_map(|n| n.to_string())),
                free("treatment"),
                maybe("controls", some_of(CONTROL)),
                maybe("checks", some_of(CHECKS)),
                maybe("criteria", some_of(CRITERIA)),
                person("owner"),
                maybe("due", day()),
                free("note"),
            ],
            id("R;\" "),
        ),
        blocks(
            "exceptions",
            vec![
                maybe("check", one_of(CHECKS)),
                free("region"),
                must("resource", quoted_text()),
                must("reason", quoted_text()),
                must("compensating_control", quoted_text()),
                person("requester"),
                must("approver", one_of(PERSON)),
                must("approved", Just("2026-01-01".to_owned())),
                must("expires", Just("2026-12-31".to_owned())),
            ],
            id("-E"),
        ),
        blocks(
            "vendors",
            vec![
                free("service"),
                free("holds"),
                free("report"),
                maybe("reviewed", Just("2020-01-01".to_owned())),
                maybe("next_review", day()),
                person("owner"),
                maybe("accounts", some_of(ACCOUNTS)),
                free("note"),
            ],
            move |at| format!("id = \"V{at}\"\nname = {}\n", quoted(&format!(" @ven\n dor{at}"))),
        ),
        blocks(
            "attestations",
            vec![
                must("control", one_of(CONTROL)),
                must("result", one_of(&["pass", "fail", "not-applicable"])),
                must("by", one_of(PERSON)),
                must("on", Just("2026-02-03".to_owned())),
                must("evidence", Just("\"a; b.md\"".to_owned())),
                maybe("criteria", some_of(CRITERIA)),
                free("note"),
            ],
            |_| String::new(),
        ),
        blocks(
            "controls",
            vec![must("wording", quoted_text()), must("criteria", some_of(CRITERIA)), person("owner")],
            id("\\;"),
        ),
        blocks(
            "policies",
            vec![must("title", quoted_text()), person("owner"), maybe("controls", some_of(CONTROL))],
            id("pol\u{e9}"),
        ),
        blocks(
            "documents",
            vec![
                must("request", one_of(&["IAM-01", "IAM-02"])),
                free("title"),
                must("link", quoted_text()),
                maybe("approved", day()),
            ],
            |at| format!("version = {}\n", quoted(&format!("'{at}"))),
        ),
        texts().prop_map(|_| String::new()).boxed(),
    ];
    let accounts =
        prop::collection::vec((free("name"), free("environment"), free("external_id")), 0..4).prop_map(|all| {
            let one = |(at, (name, environment, id)): (usize, (String, String, String))| {
                format!("\n[[scope.accounts]]\nid = \"00001111222{at}\"\n{name}{environment}{id}")
            };
            all.into_iter().enumerate().map(one).collect::<String>()
        });
    (parts, accounts)
        .prop_map(move |(parts, accounts)| format!("{people}{controls}{}{accounts}\n# The end", parts.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn import_of_an_export_changes_not_one_byte(text in engagement()) {
        let path = Path::new("kickoff.toml");
        prop_assert!(Engagement::parse(path, &text).is_ok(), "{:?}\n{text}", Engagement::parse(path, &text));
        for register in &REGISTERS {
            let table = table(register, &text).unwrap();
            if table.rows.is_empty() {
                continue;
            }
            let csv = format!("{}{}", crate::cells::BYTE_ORDER_MARK, table.to_csv()).into_bytes();
            for (file, bytes) in [("r.csv", csv), ("r.xlsx", table.to_xlsx().unwrap())] {
                let imported = from_bytes(register, (path, &text), None, (Path::new(file), &bytes), &Options::default());
                let imported = imported.map_err(|error| TestCaseError::fail(format!("{} {file}: {error}", register.name)))?;
                prop_assert_eq!(&imported.changes, &Vec::new(), "{} {}", register.name, file);
                prop_assert_eq!(&imported.text, &text);
                // Each row is an entry: none is left out.
                prop_assert!(!imported.account.contains("Left out") && !imported.account.contains("Not in the file"), "{}", imported.account);
            }
        }
    }

    #[test]
    fn an_export_alone_brings_every_entry_back(text in engagement()) {
        // Into a file that has the people and nothing else, each entry of the register comes as it was.
        let path = Path::new("kickoff.toml");
        let register = Register::of("vendors").unwrap();
        let people = "[[people]]\nid = \"p;0\"\nname = \"Ann Lee\"\nrole = \"r\"\n[[people]]\nid = \"=p1\"\nname = \"Ann Lee\"\nrole = \"r\"\n";
        let table = table(register, &text).unwrap();
        prop_assume!(!table.rows.is_empty());
        let imported = from_bytes(register, (path, people), None, (Path::new("v.csv"), table.to_csv().as_bytes()), &Options::default());
        let imported = imported.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(super::super::table(register, &imported.text).unwrap(), table);
    }
}
