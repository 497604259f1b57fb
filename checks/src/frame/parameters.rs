//! Thresholds and declarations: the client's, from `[thresholds]` in kickoff.toml, or a default whose source is stated.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::frame::table::fields;

/// The value of a parameter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(untagged)]
pub enum Value {
    /// A number, in the parameter's unit.
    Number(u64),
    /// Yes or no.
    Flag(bool),
    /// Names or patterns (`*` and `?`).
    List(Vec<String>),
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(n) => write!(f, "{n}"),
            Self::Flag(flag) => f.write_str(if *flag { "yes" } else { "no" }),
            Self::List(list) if list.is_empty() => f.write_str("none declared"),
            Self::List(list) => f.write_str(&list.join(", ")),
        }
    }
}

/// A default, in a form that a constant can hold.
#[derive(Debug, Clone, Copy)]
enum Initial {
    Number(u64),
    Flag(bool),
    List(&'static [&'static str]),
}

/// A threshold or a declaration that checks read.
#[derive(Debug)]
pub struct Parameter {
    /// The key in `[thresholds]`.
    pub name: &'static str,
    initial: Initial,
    /// `days`, `hours`, `characters`, ...; empty for lists and flags.
    pub unit: &'static str,
    /// What it means.
    pub about: &'static str,
    /// Whose figure the default is.
    pub source: &'static str,
}

impl Parameter {
    /// The default.
    #[must_use]
    pub fn default_value(&self) -> Value {
        match self.initial {
            Initial::Number(n) => Value::Number(n),
            Initial::Flag(flag) => Value::Flag(flag),
            Initial::List(list) => Value::List(list.iter().map(|&s| s.to_owned()).collect()),
        }
    }
}

/// The features of a detector that AWS has, as its API names them.
const GUARDDUTY_NAMES: &str = include_str!("../../data/guardduty_features.csv");

impl Parameter {
    /// The names that the entries of a list are taken from, where AWS gives them; it may have added some since.
    #[must_use]
    pub fn known_names(&self) -> Option<Vec<&'static str>> {
        let table = (self.name == GUARDDUTY_FEATURES.name).then_some(GUARDDUTY_NAMES)?;
        Some(table.lines().skip(1).filter_map(|line| fields(line).first().copied()).collect())
    }
}

macro_rules! parameters {
    ($($(#[doc = $about:literal])* $constant:ident $name:literal = $initial:expr, $unit:literal, from $source:literal;)*) => {
        $($(#[doc = $about])* pub static $constant: Parameter = Parameter {
            name: $name, initial: $initial, unit: $unit, about: concat!($($about),*), source: $source,
        };)*

        /// All parameters, sorted by name.
        pub static PARAMETERS: &[&Parameter] = &[$(&$constant),*];
    };
}

use Initial::{Flag, List, Number};

parameters! {
    /// An access key must be replaced after so long.
    ACCESS_KEY_MAX_AGE "access_key_max_age_days" = Number(90), "days", from "CIS AWS Foundations Benchmark, access key rotation";
    /// So many permission sets of Identity Center may make an administrator.
    ADMINISTRATOR_PERMISSION_SETS_MAX "administrator_permission_sets_max" = Number(2), "permission sets", from "kickoff: one for daily work and one for emergencies";
    /// An alarm on security events may be without data for so long.
    ALARM_NO_DATA_MAX "alarm_no_data_max_hours" = Number(24), "hours", from "kickoff: a day of silence of a security alarm should be noticed";
    /// An external-access finding must be resolved or archived within so long.
    ANALYZER_FINDING_MAX_AGE "analyzer_finding_max_age_days" = Number(30), "days", from "kickoff: state the figure of your own policy";
    /// Holders of AdministratorAccess that are approved: names or patterns, alone or as user/NAME, group/NAME, role/NAME.
    APPROVED_ADMINISTRATORS "approved_administrators" = List(&[]), "", from "nobody is approved until you declare it";
    /// Accounts that may act as delegated administrators, by id.
    APPROVED_DELEGATED_ADMINISTRATORS "approved_delegated_administrators" = List(&[]), "", from "nothing is approved until you declare it";
    /// IAM users kept for emergencies, by name or pattern; they may have a console password.
    BREAK_GLASS_USERS "break_glass_users" = List(&[]), "", from "nobody is exempt until you declare it";
    /// Something that does not comply with an AWS Config rule must be corrected within so long.
    CONFIG_NONCOMPLIANT_MAX_AGE "config_noncompliant_max_age_days" = Number(30), "days", from "kickoff: state the figure of your own policy";
    /// AWS Config history must be kept for so long.
    CONFIG_RETENTION_MIN "config_retention_min_days" = Number(365), "days", from "kickoff: a Type 2 period of up to a year";
    /// Buckets that hold customer data, by name or pattern.
    CUSTOMER_DATA_BUCKETS "customer_data_buckets" = List(&["*"]), "", from "every bucket counts until you declare which do";
    /// Log groups that hold customer data, by name or pattern: they must have an end date.
    CUSTOMER_DATA_LOG_GROUPS "customer_data_log_groups" = List(&[]), "", from "none is known until you declare it";
    /// Log groups that must be encrypted with a key of yours, by name or pattern.
    CUSTOMER_KEY_LOG_GROUPS "customer_key_log_groups" = List(&[]), "", from "no customer key is claimed until you declare it";
    /// A posture-management product that you use in place of Security Hub, by name.
    DECLARED_CSPM "declared_cspm" = List(&[]), "", from "none is known until you declare it";
    /// A vulnerability scanner that you use in place of Inspector, by name.
    DECLARED_VULNERABILITY_SCANNER "declared_vulnerability_scanner" = List(&[]), "", from "none is known until you declare it";
    /// A high GuardDuty finding must be handled and archived within so long.
    GUARDDUTY_FINDING_MAX_AGE "guardduty_finding_max_age_days" = Number(7), "days", from "kickoff: state the response time of your own incident plan";
    /// GuardDuty protection plans that match what you run, by AWS's feature names.
    GUARDDUTY_FEATURES "guardduty_features" = List(&["S3_DATA_EVENTS"]), "", from "kickoff: S3 is in use in every account that keeps a trail; add the plans of what you deploy";
    /// A critical vulnerability must be fixed within so long.
    VULNERABILITY_CRITICAL_MAX_AGE "inspector_critical_max_age_days" = Number(15), "days", from "CISA BOD 19-02 for critical vulnerabilities; state the figure of your own policy";
    /// A high vulnerability must be fixed within so long.
    VULNERABILITY_HIGH_MAX_AGE "inspector_high_max_age_days" = Number(30), "days", from "CISA BOD 19-02 for high vulnerabilities; state the figure of your own policy";
    /// Log groups must keep events for so long.
    LOG_RETENTION_MIN "log_retention_min_days" = Number(365), "days", from "kickoff: a Type 2 period of up to a year";
    /// So many character classes (lower, upper, digit, symbol) must be asked for.
    PASSWORD_CLASSES "password_character_classes" = Number(4), "classes", from "what scanners in the field test; state the figure of your own policy";
    /// Accounts that may read your CloudWatch data, by id, beside those of your organization.
    MONITORING_ACCOUNTS "monitoring_accounts" = List(&[]), "", from "none is known until you declare it";
    /// Passwords must expire within so long; 0 asks for no expiry, as NIST SP 800-63B advises.
    PASSWORD_MAX_AGE "password_max_age_days" = Number(0), "days", from "NIST SP 800-63B advises against forced expiry";
    /// Passwords must have so many characters.
    PASSWORD_MIN_LENGTH "password_min_length" = Number(14), "characters", from "CIS AWS Foundations Benchmark, password length";
    /// So many former passwords must be refused.
    PASSWORD_REUSE "password_reuse_prevention" = Number(24), "passwords", from "CIS AWS Foundations Benchmark, password reuse";
    /// A session of a permission set may last so long.
    PERMISSION_SET_SESSION_MAX "permission_set_session_max_hours" = Number(8), "hours", from "kickoff: a working day; AWS allows 1 to 12 hours";
    /// A role that nobody used for so long is unused.
    ROLE_UNUSED "role_unused_days" = Number(90), "days", from "kickoff: a quarterly access review";
    /// The root user must not have been used for so long.
    ROOT_IDLE "root_idle_days" = Number(90), "days", from "kickoff: a quarter; set it to your review period";
    /// A second active access key is tolerated for so long while a key is replaced.
    ROTATION_OVERLAP "rotation_overlap_days" = Number(7), "days", from "kickoff: a week to change keys over";
    /// You claim as a control that reads of customer data in S3 are recorded.
    S3_READ_EVENTS_CLAIMED "s3_read_events_claimed" = Flag(false), "", from "the cost is real: it is not claimed until you declare it";
    /// A critical Security Hub finding must be fixed within so long.
    SECURITY_HUB_FINDING_MAX_AGE "security_hub_finding_max_age_days" = Number(15), "days", from "CISA BOD 19-02 for critical vulnerabilities; state the figure of your own policy";
    /// IAM users that are services, by name or pattern.
    SERVICE_USERS "service_users" = List(&[]), "", from "none is known until you declare it";
    /// Where logs go to be watched: ARNs or patterns of streams, functions or buses of your SIEM.
    SIEM_DESTINATIONS "siem_destinations" = List(&[]), "", from "no SIEM is known until you declare it";
    /// The last delivery of a trail may be so long ago.
    TRAIL_DELIVERY_MAX_AGE "trail_delivery_max_age_hours" = Number(24), "hours", from "kickoff: CloudTrail delivers within minutes wherever there is activity";
    /// Objects of trails must be kept for so long.
    TRAIL_RETENTION_MIN "trail_retention_min_days" = Number(365), "days", from "kickoff: a Type 2 period of up to a year";
    /// A password or access key that was not used for so long must be removed.
    UNUSED_CREDENTIAL "unused_credential_days" = Number(45), "days", from "CIS AWS Foundations Benchmark, unused credentials";
    /// A finding of unused access must be worked within so long.
    UNUSED_ACCESS_MAX_AGE "unused_access_finding_max_age_days" = Number(90), "days", from "kickoff: a quarterly access review";
    /// Accounts of third parties that you know and have under contract, by id.
    VENDOR_ACCOUNTS "vendor_accounts" = List(&[]), "", from "none is known until you declare it";
}

/// Why a value cannot be set.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ParameterError {
    /// There is no parameter of the name.
    #[error("there is no threshold {0:?}")]
    Unknown(String),
    /// The value is of another kind.
    #[error("{name} takes {takes}, not {given}")]
    Kind {
        /// The parameter.
        name: &'static str,
        /// What it takes.
        takes: &'static str,
        /// What was given.
        given: String,
    },
}

/// The values in force, and what of the scope is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parameters {
    values: BTreeMap<&'static str, Value>,
    /// Regions that approved exclusions leave out of scope, each with its reason and who approved it.
    pub left_out: BTreeMap<String, String>,
}

impl Parameters {
    /// Sets the client's value.
    ///
    /// # Errors
    /// No such parameter, or a value of another kind.
    pub fn set(&mut self, name: &str, value: Value) -> Result<(), ParameterError> {
        let parameter =
            PARAMETERS.iter().find(|p| p.name == name).ok_or_else(|| ParameterError::Unknown(name.to_owned()))?;
        let takes = match (&value, parameter.initial) {
            (Value::Number(_), Number(_)) | (Value::Flag(_), Flag(_)) | (Value::List(_), List(_)) => {
                self.values.insert(parameter.name, value);
                return Ok(());
            }
            (_, Number(_)) => "a whole number",
            (_, Flag(_)) => "true or false",
            (_, List(_)) => "a list of strings",
        };
        Err(ParameterError::Kind { name: parameter.name, takes, given: value.to_string() })
    }

    /// The value in force.
    #[must_use]
    pub fn get(&self, parameter: &Parameter) -> Value {
        self.values.get(parameter.name).cloned().unwrap_or_else(|| parameter.default_value())
    }

    /// Whether the client set it.
    #[must_use]
    pub fn is_set(&self, parameter: &Parameter) -> bool {
        self.values.contains_key(parameter.name)
    }

    /// The value of a number; 0 for a parameter of another kind.
    #[must_use]
    pub fn number(&self, parameter: &Parameter) -> u64 {
        if let Value::Number(n) = self.get(parameter) { n } else { 0 }
    }

    /// The value of a flag; false for a parameter of another kind.
    #[must_use]
    pub fn flag(&self, parameter: &Parameter) -> bool {
        matches!(self.get(parameter), Value::Flag(true))
    }

    /// The value of a list; empty for a parameter of another kind.
    #[must_use]
    pub fn list(&self, parameter: &Parameter) -> Vec<String> {
        if let Value::List(list) = self.get(parameter) { list } else { Vec::new() }
    }

    /// Whether a text matches an entry of a list; `*` stands for any text, `?` for one character.
    #[must_use]
    pub fn matches(&self, parameter: &Parameter, text: &str) -> bool {
        self.list(parameter).iter().any(|pattern| wildcard(pattern, text, Some(b'?')))
    }
}

/// Whether a text matches a pattern in which `*` stands for any text and the character `one`, if there is one, for one.
/// It never goes back further than the last `*`.
#[must_use]
pub fn wildcard(pattern: &str, text: &str, one: Option<u8>) -> bool {
    let (pattern, text) = (pattern.as_bytes(), text.as_bytes());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (Some(pattern[p]) == one || pattern[p] == text[t]) {
            p += 1;
            t += 1;
        } else if let Some((at, from)) = star {
            p = at + 1;
            t = from + 1;
            star = Some((at, from + 1));
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|b| *b == b'*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_unique_and_each_is_read_by_a_check() {
        for (at, parameter) in PARAMETERS.iter().enumerate() {
            assert!(PARAMETERS[..at].iter().all(|p| p.name != parameter.name), "{}", parameter.name);
            let read = crate::CHECKS.iter().any(|c| c.meta.parameters.iter().any(|p| p.name == parameter.name));
            assert!(read, "no check reads {}", parameter.name);
        }
    }

    #[test]
    fn names_that_a_list_is_taken_from_hold_its_default() {
        let named: Vec<&Parameter> = PARAMETERS.iter().copied().filter(|p| p.known_names().is_some()).collect();
        assert_eq!(named.iter().map(|p| p.name).collect::<Vec<_>>(), ["guardduty_features"]);
        for parameter in named {
            let names = parameter.known_names().unwrap();
            assert!(names.is_sorted() && names.len() > 5, "{names:?}");
            let Value::List(default) = parameter.default_value() else { panic!("{} is no list", parameter.name) };
            assert!(default.iter().all(|name| names.contains(&name.as_str())), "{default:?}");
        }
    }

    #[test]
    fn wildcards_match_as_a_shell_does() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("prod-*", "prod-data", true),
            ("prod-*", "nonprod-data", false),
            ("a?c*e", "abcde", true),
            ("*a*b", "xxaxxbxxb", true),
            ("", "x", false),
        ] {
            assert_eq!(wildcard(pattern, text, Some(b'?')), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn only_the_star_is_special_where_no_character_stands_for_one() {
        assert!(wildcard("a?*", "a?c", None));
        assert!(!wildcard("a?c", "abc", None));
    }

    #[test]
    fn a_value_of_another_kind_is_refused() {
        let mut parameters = Parameters::default();
        assert!(parameters.set("root_idle_days", Value::Flag(true)).is_err());
        assert_eq!(
            parameters.set("root_idel_days", Value::Number(1)),
            Err(ParameterError::Unknown("root_idel_days".into()))
        );
        assert_eq!(parameters.set("root_idle_days", Value::Number(1)), Ok(()));
        assert_eq!(parameters.number(&ROOT_IDLE), 1);
    }
}
