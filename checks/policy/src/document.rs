//! A policy document as it is written: parsed, with every oddity told and nothing dropped in silence.
//!
//! Grammar: IAM User Guide, "Grammar of the IAM JSON policy language". IAM takes a scalar wherever it takes a list; names of
//! elements are accepted here in any case.

mod raw;
mod read;

use std::fmt;

use crate::condition::Condition;
use crate::version::Version;

/// Bytes of a document at the most. The largest that AWS stores are key policies of 32 KiB; ten times that is no policy.
pub const MAX_BYTES: usize = 512 * 1024;

/// Why a text is no policy document at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The text is not JSON, or not of a policy's shape.
    #[error("not a policy document: {0}")]
    Syntax(String),
    /// The text is larger than any policy.
    #[error("not a policy document: {bytes} bytes, policies have at most {MAX_BYTES}")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
}

/// Something in a document that AWS would refuse, or that this program does not know: the statement's meaning is in doubt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The statement, counted from 1; none when it concerns the whole document.
    pub statement: Option<usize>,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.statement {
            Some(number) => write!(f, "statement {number}: {}", self.what),
            None => f.write_str(&self.what),
        }
    }
}

/// What a document is used as; that decides which elements it must and must not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Identity policies, permission boundaries, session policies, SCPs: no `Principal`, a `Resource`.
    Identity,
    /// Resource policies and trust policies: a `Principal`; a `Resource` may lack.
    Resource,
    /// RCPs and endpoint policies: a `Resource`; a `Principal` may be there.
    Control,
}

/// `Effect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// `Allow`.
    Allow,
    /// `Deny`.
    Deny,
}

/// A list of patterns, or its complement (`NotAction`, `NotResource`, `NotPrincipal`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed<T> {
    /// The list names what is excluded.
    pub not: bool,
    /// The entries, in the order of the document.
    pub entries: Vec<T>,
}

/// One entry of `Principal`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PrincipalEntry {
    /// `*`, alone or under `AWS`.
    Anyone,
    /// A whole account, by number or by the ARN of its root.
    Account(String),
    /// The ARN of a user, role, session or federated user.
    Arn(String),
    /// The unique id that AWS puts in place of a deleted principal's ARN.
    Id(String),
    /// An AWS service.
    Service(String),
    /// An identity provider: its ARN or its domain.
    Federated(String),
    /// A canonical user id of S3.
    Canonical(String),
}

/// One statement.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// Its number in the document, from 1.
    pub number: usize,
    /// `Sid`.
    pub sid: Option<String>,
    /// `Effect`.
    pub effect: Effect,
    /// `Principal` or `NotPrincipal`.
    pub principals: Option<Listed<PrincipalEntry>>,
    /// `Action` or `NotAction`.
    pub actions: Listed<String>,
    /// `Resource` or `NotResource`; none in trust policies.
    pub resources: Option<Listed<String>>,
    /// `Condition`: all must hold.
    pub conditions: Vec<Condition>,
    /// The statement holds something that AWS refuses or that is not known here: whether it applies is never certain.
    pub doubtful: bool,
}

/// A parsed document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// The version of the language.
    pub version: Version,
    /// The statements in order.
    pub statements: Vec<Statement>,
    /// What AWS would refuse or this program does not know.
    pub problems: Vec<Problem>,
}

/// Whether a text is an account's number: twelve digits.
#[must_use]
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
