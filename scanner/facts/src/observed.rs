//! `Observed<T>`: a fact, or the reason why there is none.

use kickoff_evidence::{EvidenceRef, Gap, GapKind};
use serde::{Deserialize, Deserializer, Serialize};

/// A fact with its evidence, or the gap that is in its place.
///
/// As JSON: `{"value": ..., "evidence": [3]}` or `{"gap": {...}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, bound(deserialize = "T: Deserialize<'de>"))]
pub enum Observed<T> {
    /// It was read.
    Known {
        /// What was read.
        #[serde(deserialize_with = "present")]
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

/// Reads a value that must be there. Without it serde would take a missing `value` of an optional type for "none", and
/// read a gap as a known fact.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<T, D::Error> {
    T::deserialize(from)
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
    fn a_gap_in_place_of_an_optional_fact_is_read_as_a_gap() {
        let gap = r#"{"gap":{"kind":"denied","call":"a:B","region":"us-east-1","message":""}}"#;
        let read: Result<Observed<Option<u32>>, _> = serde_json::from_str(gap);
        assert!(matches!(read, Ok(Observed::Unknown { .. })), "{read:?}");
        let none: Result<Observed<Option<u32>>, _> = serde_json::from_str(r#"{"value":null}"#);
        assert!(matches!(none, Ok(Observed::Known { value: None, .. })), "{none:?}");
        assert!(serde_json::from_str::<Observed<Option<u32>>>("{}").is_err());
    }
}
