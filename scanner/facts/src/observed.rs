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

/// Reads a field that must be there. Without this, serde takes an absent `Option` for `None`, and a gap in place of an
/// optional fact would be read back as the fact that there is none.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(deserializer)
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
    fn a_gap_in_place_of_an_optional_fact_stays_a_gap() {
        type Fact = Observed<Option<u32>>;
        let gap =
            r#"{"gap":{"kind":"denied","call":"iam:GetAccountPasswordPolicy","region":"us-east-1","message":"no"}}"#;
        let read: Fact = serde_json::from_str(gap).unwrap();
        assert_eq!(read.get().unwrap_err().kind, GapKind::Denied);
        assert_eq!(serde_json::from_str::<Fact>(r#"{"value":null}"#).unwrap().get(), Ok(&None));
        assert_eq!(serde_json::from_str::<Fact>(r#"{"value":3}"#).unwrap().get(), Ok(&Some(3)));
        for neither in ["{}", r#"{"gap":{"kind":"unheard-of"}}"#, r#"{"evidence":[1]}"#] {
            assert!(serde_json::from_str::<Fact>(neither).is_err(), "{neither}");
        }
    }
}
