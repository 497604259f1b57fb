//! What a check of a package found, and what it could not check.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::manifest::LeftOut;
use crate::count;
use crate::run::Tool;
use crate::seal::Stamp;
use crate::seal::VerifierKey;

/// What the one who checks knows from elsewhere.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    /// Keys that the entity gave by another way than the package. With any, a package that none of them signed
    /// does not pass.
    pub keys: Vec<VerifierKey>,
}

/// One way in which a package is not what it says it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Difference {
    /// A file has another content than was listed.
    Changed {
        /// The file.
        name: String,
        /// The digest in `MANIFEST.sha256`.
        listed: String,
        /// The digest of the file.
        found: String,
    },
    /// A file is listed, or sealed, and is not there.
    Missing {
        /// The file.
        name: String,
    },
    /// A file is there and is not listed.
    NotListed {
        /// The file.
        name: String,
    },
    /// A file is there and cannot be read.
    Unreadable {
        /// The file.
        name: String,
        /// What happened.
        why: String,
    },
    /// A line of `MANIFEST.sha256` is wrong.
    Line {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// `manifest.json` and `MANIFEST.sha256` disagree about a file.
    Manifests {
        /// The file.
        name: String,
        /// How.
        why: String,
    },
    /// A file of `90_integrity` is damaged.
    Damaged {
        /// The file.
        name: String,
        /// What was found.
        why: String,
    },
    /// The signature does not hold, or is by nobody who is known.
    Signature {
        /// What was found.
        why: String,
    },
    /// The text that was signed is not of this package.
    Note {
        /// What it is about.
        what: String,
        /// What the text says.
        stated: String,
        /// What the package has.
        found: String,
    },
    /// The chain is broken, or does not end with this package.
    Chain {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// The time stamp does not hold.
    Timestamp {
        /// What was found.
        why: String,
    },
    /// The in-toto statement does not hold.
    Statement {
        /// What was found.
        why: String,
    },
    /// A time lies in the future.
    Future {
        /// Whose time.
        what: String,
        /// The time (UTC).
        time: Timestamp,
    },
}

impl Difference {
    /// The file that it is about.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Changed { name, .. }
            | Self::Missing { name }
            | Self::NotListed { name }
            | Self::Unreadable { name, .. }
            | Self::Manifests { name, .. }
            | Self::Damaged { name, .. } => name,
            Self::Line { .. } => super::ROOT,
            Self::Signature { .. } => super::NOTE,
            Self::Note { what, .. } | Self::Future { what, .. } => what,
            Self::Chain { .. } => super::CHAIN,
            Self::Timestamp { .. } => super::TIMESTAMP,
            Self::Statement { .. } => super::STATEMENT,
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { name, listed, found } => {
                write!(f, "{name:?} was changed: its SHA-256 is {found}, the manifest lists {listed}")
            }
            Self::Missing { name } => write!(f, "{name:?} is missing"),
            Self::NotListed { name } => write!(f, "{name:?} is not listed in the manifest"),
            Self::Unreadable { name, why } => write!(f, "{name:?} cannot be read: {why}"),
            Self::Line { line, why } => write!(f, "line {line} of MANIFEST.sha256 {why}"),
            Self::Manifests { name, why } => {
                write!(f, "manifest.json disagrees with MANIFEST.sha256 on {name:?}: {why}")
            }
            Self::Damaged { name, why } => write!(f, "{name:?} is damaged: {why}"),
            Self::Signature { why } => write!(f, "the signature does not hold: {why}"),
            Self::Note { what, stated, found } => {
                write!(
                    f,
                    "what was signed is another package: for {what:?} the note says {stated:?}, found is {found:?}"
                )
            }
            Self::Chain { line, why } => write!(f, "line {line} of chain.jsonl {why}"),
            Self::Timestamp { why } => write!(f, "the time stamp does not hold: {why}"),
            Self::Statement { why } => write!(f, "the in-toto statement does not hold: {why}"),
            Self::Future { what, time } => write!(f, "the time in {what:?} lies in the future: {time}"),
        }
    }
}

/// Where the key came from that a signature was verified with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeySource {
    /// The one who checks gave it.
    Given,
    /// It lies in the package: a forger would have put his own there.
    Package,
}

/// What is known of the signature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum SignatureState {
    /// There is none.
    Absent,
    /// It holds under a key.
    Valid {
        /// The key's name.
        key: String,
        /// The key's hash.
        hash: String,
        /// Where the key came from.
        source: KeySource,
    },
    /// It is by none of the keys that were given.
    UnknownKey {
        /// The keys that the note names, each with its hash.
        keys: Vec<String>,
    },
    /// It does not hold, or what it signs is not this package.
    Invalid,
}

/// What is known of the time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum TimestampState {
    /// There is no stamp: the time of the package is its own word.
    Absent,
    /// A stamp holds under the certificate in it. That certificate's root is not checked here.
    ValidRootNotChecked(Stamp),
    /// There is one and it does not hold.
    Invalid,
}

/// What is known of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum ChainState {
    /// There is none.
    Absent,
    /// Every line names the one before it, and the last names this package.
    Whole {
        /// The number of lines.
        lines: usize,
    },
    /// It does not.
    Broken,
}

/// What is known of the in-toto statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum StatementState {
    /// There is none.
    Absent,
    /// It holds under the key that the signature of the package holds under.
    Valid,
    /// There is one, and no signature of the package that holds, so there is no key to check it with.
    NotChecked,
    /// It does not hold.
    Invalid,
}

/// What a check of a package found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// The package's name, as its manifest has it.
    pub package: Option<String>,
    /// The run that it was made from.
    pub run: Option<String>,
    /// The program that made it, as it says.
    pub tool: Option<Tool>,
    /// When it says it was made (UTC).
    pub created: Option<Timestamp>,
    /// What it says that it does not hold.
    pub left_out: Vec<LeftOut>,
    /// The SHA-256 of `MANIFEST.sha256`.
    pub manifest_sha256: String,
    /// How many files were read and compared.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Everything that is not as it should be.
    pub differences: Vec<Difference>,
    /// The signature.
    pub signature: SignatureState,
    /// The time stamp.
    pub timestamp: TimestampState,
    /// The chain.
    pub chain: ChainState,
    /// The in-toto statement.
    pub statement: StatementState,
}

impl Verification {
    /// Whether nothing is different from what the package says of itself. What that is worth depends on the
    /// signature and the stamp: see `lines`.
    #[must_use]
    pub fn agrees(&self) -> bool {
        self.differences.is_empty()
    }

    /// What was checked and what was not, one sentence for each part.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let files = format!("{} ({} bytes) were compared with MANIFEST.sha256.", count(self.files, "file"), self.bytes);
        vec![files, self.signature_line(), self.timestamp_line(), self.chain_line(), self.statement_line()]
    }

    fn signature_line(&self) -> String {
        match &self.signature {
            SignatureState::Absent => {
                "Not signed: whoever can change a file can change the manifest as well.".to_owned()
            }
            SignatureState::Valid { key, hash, source: KeySource::Given } => {
                format!("Signed by {key} ({hash}), a key that was given.")
            }
            SignatureState::Valid { key, hash, source: KeySource::Package } => format!(
                "Signed by {key} ({hash}), the key that lies in the package: whose it is was not checked. Get the key from the entity by another way."
            ),
            SignatureState::UnknownKey { keys } => {
                format!("Signed by {}: none of the keys that were given.", keys.join(", "))
            }
            SignatureState::Invalid => "The signature does not hold.".to_owned(),
        }
    }

    fn timestamp_line(&self) -> String {
        match &self.timestamp {
            TimestampState::Absent => "Not time-stamped: when it was made is its own word.".to_owned(),
            TimestampState::ValidRootNotChecked(stamp) => format!(
                "Time-stamped at {} by {}; the root of that authority's certificate was not checked.",
                stamp.time, stamp.authority
            ),
            TimestampState::Invalid => "The time stamp does not hold.".to_owned(),
        }
    }

    fn chain_line(&self) -> String {
        match &self.chain {
            ChainState::Absent => "There is no chain of packages.".to_owned(),
            ChainState::Whole { lines } => {
                format!(
                    "The chain is whole: {}, this one last. The earlier packages themselves were not checked.",
                    count(lines, "package")
                )
            }
            ChainState::Broken => "The chain of packages is broken.".to_owned(),
        }
    }

    fn statement_line(&self) -> String {
        match &self.statement {
            StatementState::Absent => "There is no in-toto statement.",
            StatementState::Valid => "The in-toto statement holds under the same key as the signature.",
            StatementState::NotChecked => {
                "The in-toto statement was not checked: no signature holds whose key it could be checked with."
            }
            StatementState::Invalid => "The in-toto statement does not hold.",
        }
        .to_owned()
    }
}
