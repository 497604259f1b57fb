//! The columns of the sheet, under the names that we write, and under those that come back.

use super::words::{is, plain};

/// The column that only last-accessed data fills.
pub const NEVER_USED: &str = "Granted services never used";

/// The columns of an access review as it is written; the last three are the reviewer's.
pub const HEADS: [&str; 25] = [
    "Account ID",
    "ARN",
    "Name",
    "Type",
    "Human or workload",
    "Why human or workload",
    "Ways in",
    "Groups",
    "Policies",
    "Permissions boundary",
    "Effective privilege",
    "Privilege by service and access level",
    "Administrator",
    "Why administrator or not",
    "MFA",
    "Last used",
    "Created",
    "Active access keys",
    "Oldest active key age (days)",
    NEVER_USED,
    "Not known",
    "As of",
    "Reviewer",
    "Decision",
    "Decision date",
];

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Account,
    Arn,
    Name,
    Kind,
    AsOf,
    Reviewer,
    Decision,
    Decided,
    Remark,
    /// A fact about the principal: its place in [`HEADS`].
    Fact(usize),
    /// What we write beside and do not read.
    Ours,
}

/// What a head says; none where it is one that we do not know.
pub(super) fn field(head: &str) -> Option<Field> {
    let told = plain(head);
    if let Some(at) = HEADS.iter().position(|own| plain(own) == told) {
        return Some(match HEADS[at] {
            "Account ID" => Field::Account,
            "ARN" => Field::Arn,
            "Name" => Field::Name,
            "Type" => Field::Kind,
            "As of" => Field::AsOf,
            "Reviewer" => Field::Reviewer,
            "Decision" => Field::Decision,
            "Decision date" => Field::Decided,
            _ => Field::Fact(at),
        });
    }
    let known = [
        ("ours", Field::Ours),
        ("account", Field::Account),
        ("arn", Field::Arn),
        ("name", Field::Name),
        ("kind", Field::Kind),
        ("as-of", Field::AsOf),
        ("reviewer", Field::Reviewer),
        ("decision", Field::Decision),
        ("decided", Field::Decided),
        ("remark", Field::Remark),
    ];
    known.into_iter().find_map(|(what, field)| is(what, &told).then_some(field))
}

/// How many of the cells are heads that we know.
pub(super) fn known(cells: &[String]) -> usize {
    cells.iter().filter(|cell| field(cell).is_some()).count()
}
