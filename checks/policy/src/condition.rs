//! Conditions: the operators, on keys that are known, missing or unknown.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued context keys".

mod operator;
mod value;

use crate::context::{Context, Lookup};
use crate::truth::Truth;
use crate::version::Version;

pub use operator::Operator;
pub(crate) use operator::{Base, Quantifier};
pub(crate) use value::{Wanted, in_range};

/// One condition as it is written: an operator, a key, its values.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    pub(crate) operator: Operator,
    /// The operator's name in the document.
    pub operator_text: String,
    /// The key in the document's spelling.
    pub key: String,
    /// The values, of which one must match (none, for a negated operator).
    pub values: Vec<String>,
}

impl Condition {
    /// A condition.
    #[must_use]
    pub fn new(operator: Operator, operator_text: &str, key: &str, values: Vec<String>) -> Condition {
        Condition { operator, operator_text: operator_text.to_owned(), key: key.to_owned(), values }
    }

    /// Whether the operator is the positive one of a family that compares texts: string, ARN.
    #[must_use]
    pub fn is_positive_text(&self) -> bool {
        let o = self.operator;
        !o.negated && !o.if_exists && matches!(o.base, Base::Equals | Base::EqualsIgnoreCase | Base::Like | Base::Arn)
    }
}

impl std::fmt::Display for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {} {}", self.operator_text, self.key, self.values.join(" or "))
    }
}

/// A condition made ready for evaluation.
#[derive(Debug, Clone)]
pub(crate) struct Test {
    pub(crate) operator: Operator,
    /// In lower case.
    pub(crate) key: Box<str>,
    pub(crate) wanted: Box<[Wanted]>,
}

impl Test {
    pub(crate) fn new(condition: &Condition, version: Version) -> Test {
        let operator = condition.operator;
        Test {
            operator,
            key: condition.key.to_ascii_lowercase().into(),
            wanted: condition.values.iter().map(|text| Wanted::new(operator.base, text, version)).collect(),
        }
    }

    /// Whether the condition holds.
    pub(crate) fn holds(&self, context: &dyn Context) -> Truth {
        let Operator { base, negated, if_exists, quantifier } = self.operator;
        if base == Base::Unknown {
            return Truth::Unknown;
        }
        let found = context.lookup(&self.key);
        if base == Base::Null {
            return self.null(&found);
        }
        let mut single = [String::new()];
        let values: &[String] = match &found {
            Lookup::Missing => {
                // ForAllValues is true of nothing, ForAnyValue false of nothing even when negated.
                let holds = if_exists || quantifier == Some(Quantifier::All) || (negated && quantifier.is_none());
                return holds.into();
            }
            Lookup::Unknown | Lookup::Present => {
                // `StringLike *` asks for presence only.
                let all = found == Lookup::Present && base == Base::Like && !negated;
                return if all && self.wanted.iter().any(Wanted::is_star) { Truth::True } else { Truth::Unknown };
            }
            Lookup::One(value) => {
                single[0] = value.clone().into_owned();
                &single
            }
            Lookup::Many(values) => values,
        };
        let matches = |value: &String| Truth::any(self.wanted.iter().map(|w| w.matches(base, value, context)));
        let one = |value: &String| if negated { !matches(value) } else { matches(value) };
        match quantifier {
            Some(Quantifier::All) => Truth::all(values.iter().map(one)),
            Some(Quantifier::Any) => Truth::any(values.iter().map(one)),
            None if negated => !Truth::any(values.iter().map(matches)),
            None => Truth::any(values.iter().map(matches)),
        }
    }

    /// `Null: true` asks that the key lacks.
    fn null(&self, found: &Lookup<'_>) -> Truth {
        let asks = |missing: bool| self.wanted.iter().any(|w| w.as_bool() == Some(missing));
        match found {
            Lookup::Unknown if asks(true) && asks(false) => Truth::True,
            Lookup::Unknown if asks(true) || asks(false) => Truth::Unknown,
            Lookup::Unknown => Truth::False,
            Lookup::Missing => asks(true).into(),
            _ => asks(false).into(),
        }
    }

    /// The keys of policy variables in the values, in lower case.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().flat_map(Wanted::variables)
    }
}
