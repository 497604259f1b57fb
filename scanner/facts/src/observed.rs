//! `Observed<T>`: a fact, or the reason why there is none.

use kickoff_evidence::{EvidenceRef, Gap, GapKind};
use serde::{Deserialize, Serialize};

/// A fact with its evidence, or the gap that is in its place.
///
/// As JSON: `{"value": ..., "evidence": [3]}` or `{"gap": {...}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, deny_unknown_fields, bound(deserialize = "T: Deserialize<'de>"))]
pub enum Observed<T> {
    /// It was read.
    Known {
        /// What was read. An optional value must be there too, as null: or a gap would read as "there is none".
        #[serde(deserialize_with = "Deserialize::deserialize")]
        value: T,
        /// From where.
        #[serde(default)]
        evidence: Vec<EvidenceRef>,
    },
    /// It could not be read.
    Unknown {
        /// Why.
        gap: Gap,
    },
}

impl<T> Observed<T> {
    /// A fact read from one item.
    pub fn known(value: T, evidence: EvidenceRef) -> Self {
        Self::Known { value, evidence: vec![evidence] }
    }

    /// What is known, or why nothing is. Checks use [`crate::View`] and [`crate::Seen`], which keep the evidence too.
    ///
    /// # Errors
    /// The gap.
    pub fn get(&self) -> Result<&T, &Gap> {
        match self {
            Self::Known { value, .. } => Ok(value),
            Self::Unknown { gap } => Err(gap),
        }
    }

    /// The evidence of the fact, or of the call that failed.
    #[must_use]
    pub fn evidence(&self) -> &[EvidenceRef] {
        match self {
            Self::Known { evidence, .. } => evidence,
            Self::Unknown { gap } => gap.evidence.as_slice(),
        }
    }

    /// Applies a function to what is known.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Observed<U> {
        match self {
            Self::Known { value, evidence } => Observed::Known { value: f(value), evidence },
            Self::Unknown { gap } => Observed::Unknown { gap },
        }
    }

    /// Joins two facts: known when both are.
    pub fn and<U>(self, other: Observed<U>) -> Observed<(T, U)> {
        match (self, other) {
            (Self::Known { value: a, evidence: mut left }, Observed::Known { value: b, evidence: right }) => {
                left.extend(right);
                Observed::Known { value: (a, b), evidence: left }
            }
            (Self::Unknown { gap }, _) | (_, Observed::Unknown { gap }) => Observed::Unknown { gap },
        }
    }
}

impl<T> From<Gap> for Observed<T> {
    fn from(gap: Gap) -> Self {
        Self::Unknown { gap }
    }
}

impl<T> Default for Observed<T> {
    /// Nothing was asked.
    fn default() -> Self {
        Self::Unknown {
            gap: Gap {
                kind: GapKind::NotCollected,
                call: "this call".into(),
                region: "this region".into(),
                message: String::new(),
                evidence: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_never_reads_as_there_is_none() {
        let denied = r#"{"gap":{"kind":"denied","call":"s3:GetBucketLogging","region":"us-east-1","message":""}}"#;
        let gap: Observed<Option<String>> = serde_json::from_str(denied).unwrap();
        assert_eq!(gap.get().unwrap_err().kind, GapKind::Denied);
        let again = serde_json::from_str::<Observed<Option<String>>>(&serde_json::to_string(&gap).unwrap());
        assert_eq!(again.unwrap(), gap);
        let none: Observed<Option<String>> = serde_json::from_str(r#"{"value":null}"#).unwrap();
        assert_eq!(none.get(), Ok(&None));
        assert!(serde_json::from_str::<Observed<Option<String>>>("{}").is_err());
    }
}
