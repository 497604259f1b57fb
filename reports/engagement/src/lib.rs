//! `kickoff.toml`: the scope and the client's thresholds.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use kickoff_checks::parameters::PARAMETERS;
use kickoff_checks::{Parameters, Value};
use serde::Deserialize;

/// The categories of the Trust Services Criteria.
pub const CATEGORIES: [&str; 5] = ["Security", "Availability", "Confidentiality", "Processing Integrity", "Privacy"];

/// The file, read and checked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Engagement {
    /// What is in scope.
    pub scope: Scope,
    /// The client's thresholds, defaults elsewhere.
    pub thresholds: Parameters,
}

/// `[scope]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// Regions to ask; empty means all that are enabled.
    pub regions: Vec<String>,
    /// Categories of the engagement; empty means Security, which every SOC 2 report has.
    pub categories: Vec<String>,
    /// A role, by name, to assume in accounts that name none of their own.
    pub role: Option<String>,
    /// The external id for that role.
    pub external_id: Option<String>,
    /// Accounts; empty means the account of the caller's credentials.
    pub accounts: Vec<Account>,
}

impl Scope {
    /// Whether a category is part of the engagement. Security always is.
    #[must_use]
    pub fn has_category(&self, category: &str) -> bool {
        category == "Security" || self.categories.iter().any(|chosen| chosen == category)
    }
}

/// `[[scope.accounts]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// `production`, `staging`, ...
    pub environment: Option<String>,
    /// A profile of the AWS configuration files for this account.
    pub profile: Option<String>,
    /// A role to assume, by name or ARN.
    pub role: Option<String>,
    /// The external id for that role.
    pub external_id: Option<String>,
}

/// Why the file cannot be used: where, what, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngagementError {
    path: PathBuf,
    line: Option<usize>,
    what: String,
}

impl fmt::Display for EngagementError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl std::error::Error for EngagementError {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    thresholds: BTreeMap<String, toml::Spanned<toml::Value>>,
}

impl Engagement {
    /// Reads the file.
    ///
    /// # Errors
    /// It is not there, is not TOML, has a key that does not exist or a value that cannot be.
    pub fn read(path: &Path) -> Result<Self, EngagementError> {
        let text = std::fs::read_to_string(path).map_err(|error| EngagementError {
            path: path.to_owned(),
            line: None,
            what: format!("it cannot be read: {error}"),
        })?;
        Self::parse(path, &text)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(path: &Path, text: &str) -> Result<Self, EngagementError> {
        let error = |line: Option<usize>, what: String| EngagementError { path: path.to_owned(), line, what };
        let line_of = |offset: usize| text.bytes().take(offset).filter(|b| *b == b'\n').count() + 1;
        let file: File = toml::from_str(text)
            .map_err(|e| error(e.span().map(|span| line_of(span.start)), with_suggestion(e.message())))?;
        let mut thresholds = Parameters::default();
        for (name, value) in file.thresholds {
            let line = Some(line_of(value.span().start));
            if !PARAMETERS.iter().any(|p| p.name == name) {
                let near = nearest(&name, PARAMETERS.iter().map(|p| p.name));
                return Err(error(line, format!("there is no threshold `{name}`{near}")));
            }
            let value = convert(value.into_inner()).map_err(|what| error(line, format!("`{name}`: {what}")))?;
            thresholds.set(&name, value).map_err(|e| error(line, e.to_string()))?;
        }
        let scope = file.scope;
        let place = |needle: &str| text.find(needle).map(line_of);
        let mut seen = BTreeSet::new();
        for account in &scope.accounts {
            let line = place(&format!("\"{}\"", account.id));
            if !is_account_id(&account.id) {
                return Err(error(line, format!("`{}` is not an account id: twelve digits, in quotes", account.id)));
            }
            if !seen.insert(&account.id) {
                return Err(error(line, format!("account {} stands twice in [[scope.accounts]]", account.id)));
            }
        }
        for category in &scope.categories {
            if !CATEGORIES.contains(&category.as_str()) {
                let near = nearest(category, CATEGORIES.into_iter());
                return Err(error(place(category), format!("there is no category `{category}`{near}")));
            }
        }
        Ok(Self { scope, thresholds })
    }
}

/// Whether a text is an account id: twelve digits.
#[must_use]
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

/// `: did you mean ...?`, where something is near; nothing where not.
#[must_use]
pub fn nearest<'a>(given: &str, candidates: impl Iterator<Item = &'a str>) -> String {
    candidates
        .map(|candidate| (strsim::jaro_winkler(given, candidate), candidate))
        .filter(|(near, _)| *near > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| format!(": did you mean `{candidate}`?"))
        .unwrap_or_default()
}

/// Adds the nearest key to TOML's "unknown field `x`, expected one of `a`, `b`".
fn with_suggestion(message: &str) -> String {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    match quoted.split_first() {
        Some((given, candidates)) if message.starts_with("unknown field") => {
            let near = nearest(given, candidates.iter().copied());
            if near.is_empty() { message.to_owned() } else { format!("unknown key `{given}`{near}") }
        }
        _ => message.to_owned(),
    }
}

fn convert(value: toml::Value) -> Result<Value, String> {
    match value {
        toml::Value::Integer(n) => u64::try_from(n).map(Value::Number).map_err(|_| format!("{n} is negative")),
        toml::Value::Boolean(flag) => Ok(Value::Flag(flag)),
        toml::Value::Array(list) => list
            .into_iter()
            .map(|entry| match entry {
                toml::Value::String(text) => Ok(text),
                other => Err(format!("{other} is not a string")),
            })
            .collect::<Result<_, _>>()
            .map(Value::List),
        other => Err(format!("{other} is neither a whole number, true or false, nor a list of strings")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Engagement, String> {
        Engagement::parse(Path::new("kickoff.toml"), text).map_err(|e| e.to_string())
    }

    #[test]
    fn reads_scope_and_thresholds() {
        let read = parse(
            "[scope]\nregions = [\"eu-west-1\"]\ncategories = [\"Availability\"]\n[[scope.accounts]]\nid = \"111122223333\"\nrole = \"Audit\"\n[thresholds]\nroot_idle_days = 30\nsiem_destinations = [\"arn:aws:kinesis:*\"]\n",
        )
        .unwrap();
        assert_eq!(read.scope.regions, ["eu-west-1"]);
        assert!(read.scope.has_category("Security") && read.scope.has_category("Availability"));
        assert!(!read.scope.has_category("Privacy"));
        assert_eq!(read.thresholds.number(&kickoff_checks::parameters::ROOT_IDLE), 30);
        assert_eq!(parse("").unwrap(), Engagement::default());
    }

    #[test]
    fn says_where_and_what_and_what_was_meant() {
        for (text, line, part) in [
            ("[scope]\nregoins = []\n", 2, "did you mean `regions`?"),
            ("[thresholds]\n\nroot_idel_days = 1\n", 3, "did you mean `root_idle_days`?"),
            ("[thresholds]\nroot_idle_days = \"soon\"\n", 2, "whole number"),
            ("[thresholds]\nroot_idle_days = -1\n", 2, "negative"),
            ("[thresholds]\nroot_idle_days = true\n", 2, "takes a whole number"),
            ("[scope]\ncategories = [\"Securty\"]\n", 2, "did you mean `Security`?"),
            ("[[scope.accounts]]\nid = \"1234\"\n", 2, "twelve digits"),
            (
                "[[scope.accounts]]\nid = \"111122223333\"\n[[scope.accounts]]\nid = \"111122223333\"\n",
                2,
                "stands twice",
            ),
            ("[scope\n", 1, ""),
            ("[people]\n", 1, "people"),
        ] {
            let error = parse(text).unwrap_err();
            assert!(error.starts_with(&format!("kickoff.toml, line {line}: ")), "{error}");
            assert!(error.contains(part), "{error}");
        }
    }
}
