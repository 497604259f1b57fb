//! The columns of request lists, and which is which where their heads do not tell.

use std::collections::HashSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::nearest;

/// The columns that a list may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Column {
    Id,
    Text,
    Criteria,
    Area,
    Kind,
    Owner,
    Due,
    Report,
    Checks,
    /// Whom a request is put to, where one is put to several.
    Entity,
    /// The requests of the default list that it is the same as; lists that we write have it.
    Standard,
}

impl Column {
    pub(crate) const ALL: [Self; 11] = [
        Self::Id,
        Self::Text,
        Self::Criteria,
        Self::Area,
        Self::Kind,
        Self::Owner,
        Self::Due,
        Self::Report,
        Self::Checks,
        Self::Entity,
        Self::Standard,
    ];

    /// The name used in lists that we write.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Text => "text",
            Self::Criteria => "criteria",
            Self::Area => "area",
            Self::Kind => "kind",
            Self::Owner => "owner",
            Self::Due => "due",
            Self::Report => "report",
            Self::Checks => "checks",
            Self::Entity => "entity",
            Self::Standard => "standard",
        }
    }
}

/// Reads `id=Ref,text=What we need`: names, and what is said of each.
fn pairs(text: &str, example: &str) -> Result<Vec<(String, String)>, String> {
    let mut seen = HashSet::new();
    // A comma may stand within a head: what has no sign belongs to the head before.
    let mut parts: Vec<String> = Vec::new();
    for part in text.split(',') {
        match parts.last_mut() {
            Some(last) if !part.contains('=') => *last = format!("{last},{part}"),
            _ => parts.push(part.to_owned()),
        }
    }
    let pairs = parts.iter().map(|part| {
        let (name, head) = part.split_once('=').map_or((part.trim(), ""), |(name, head)| (name.trim(), head.trim()));
        if head.is_empty() {
            return Err(format!("say which column is `{name}`, as in {example}"));
        }
        if !seen.insert(name.to_owned()) {
            return Err(format!("`{name}` is said twice"));
        }
        Ok((name.to_owned(), head.to_owned()))
    });
    pairs.collect()
}

/// Which column of a register is what, and which are kept in the note: the words of the head, or the letter of the column.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Said {
    /// Keys with their columns.
    pub keys: Vec<(String, String)>,
    /// Columns that are kept in the note.
    pub kept: Vec<String>,
}

impl Said {
    /// Reads `threat=Description,owner=D`.
    ///
    /// # Errors
    /// Nothing is said of a key, or it is said twice.
    pub fn parse(text: &str) -> Result<Self, String> {
        Ok(Self { keys: pairs(text, "threat=\"What may happen\" or owner=D")?, kept: Vec::new() })
    }
}

/// Which column of a list is what, where its heads do not tell: the words of the head, or the letter of the column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RequestColumns {
    /// The auditor's id of a request.
    pub id: Option<String>,
    /// What is asked for.
    pub text: Option<String>,
    /// The criteria.
    pub criteria: Option<String>,
    /// The heading that a request stands under.
    pub area: Option<String>,
    /// What it is answered with.
    pub kind: Option<String>,
    /// Who answers it.
    pub owner: Option<String>,
    /// When it is due.
    pub due: Option<String>,
    /// For which type of report.
    pub report: Option<String>,
    /// Whom of several companies it is put to.
    pub entity: Option<String>,
    /// In a list that comes back, what of it is accepted.
    pub status: Option<String>,
    /// ... what the auditor says to it.
    pub comment: Option<String>,
    /// ... the day of the answer.
    pub on: Option<String>,
    /// ... who answered.
    pub by: Option<String>,
}

/// The columns that may be said, by their names.
const NAMES: [&str; 13] =
    ["id", "text", "criteria", "area", "kind", "owner", "due", "report", "entity", "status", "comment", "on", "by"];

impl RequestColumns {
    /// Reads `id=Ref,text=What we need`.
    ///
    /// # Errors
    /// There is no such column, or nothing is said of it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut columns = Self::default();
        for (name, head) in pairs(text, "id=Ref,text=\"What we need\" or text=C")? {
            columns.set(&name, &head)?;
        }
        Ok(columns)
    }

    /// Says which column is what.
    ///
    /// # Errors
    /// There is no column of that name.
    pub fn set(&mut self, name: &str, head: &str) -> Result<(), String> {
        let place = match name {
            "id" => &mut self.id,
            "text" => &mut self.text,
            "criteria" => &mut self.criteria,
            "area" => &mut self.area,
            "kind" => &mut self.kind,
            "owner" => &mut self.owner,
            "due" => &mut self.due,
            "report" => &mut self.report,
            "entity" => &mut self.entity,
            "status" => &mut self.status,
            "comment" => &mut self.comment,
            "on" => &mut self.on,
            "by" => &mut self.by,
            _ => {
                let near = nearest(name, NAMES.into_iter());
                return Err(format!("a list has no column `{name}`{near}; it has {}", NAMES.join(", ")));
            }
        };
        *place = Some(head.to_owned());
        Ok(())
    }

    /// Takes what another says over what is said here.
    pub fn merge(&mut self, other: &Self) {
        for (name, head) in other.entries() {
            // Every column that is said has a place.
            let _ = self.set(name, head);
        }
    }

    /// What is said, by column.
    pub(crate) fn said(&self) -> Vec<(Column, &str)> {
        let all = [
            (Column::Id, &self.id),
            (Column::Text, &self.text),
            (Column::Criteria, &self.criteria),
            (Column::Area, &self.area),
            (Column::Kind, &self.kind),
            (Column::Owner, &self.owner),
            (Column::Due, &self.due),
            (Column::Report, &self.report),
            (Column::Entity, &self.entity),
        ];
        all.into_iter().filter_map(|(column, head)| Some((column, head.as_deref()?))).collect()
    }

    /// The names and heads, as kickoff.toml has them.
    pub(crate) fn entries(&self) -> Vec<(&'static str, &str)> {
        let answers = [("status", &self.status), ("comment", &self.comment), ("on", &self.on), ("by", &self.by)];
        let answers = answers.into_iter().filter_map(|(name, head)| Some((name, head.as_deref()?)));
        self.said().into_iter().map(|(column, head)| (column.name(), head)).chain(answers).collect()
    }
}
