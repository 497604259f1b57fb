//! Conditions: the operators, on keys that are known, missing or unknown.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Single-valued vs. multivalued context keys".

mod operator;
mod value;

use crate::context::{Context, Lookup, Times};
use crate::truth::Truth;
use crate::version::Version;

pub use operator::Operator;
use operator::Order;
pub(crate) use operator::{Base, Quantifier};
pub(crate) use value::{Wanted, in_range, net};

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

    /// Whether the operator is the positive one of a family that compares texts or addresses, and needs the key.
    pub(crate) fn is_positive(&self) -> bool {
        let o = self.operator;
        let address = o.base == Base::Ip && !o.negated && !o.if_exists;
        (self.is_positive_text() || address) && o.quantifier != Some(Quantifier::All)
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
        let Operator { base, negated, quantifier, .. } = self.operator;
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
                return self.without_value().into();
            }
            Lookup::Unknown | Lookup::Present => {
                // `StringLike *` asks for presence only.
                let all = found == Lookup::Present && base == Base::Like && !negated;
                return if all && self.wanted.iter().any(Wanted::is_star) { Truth::True } else { Truth::Unknown };
            }
            Lookup::Within(times) => return self.within(times, context),
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

    /// Whether the condition holds of a request without the key. ForAllValues is true of nothing; ForAnyValue is false of
    /// nothing, negated or with `IfExists`: there is no value, so none that matches.
    fn without_value(&self) -> bool {
        let Operator { negated, if_exists, quantifier, .. } = self.operator;
        match quantifier {
            Some(Quantifier::All) => true,
            Some(Quantifier::Any) => false,
            None => if_exists || negated,
        }
    }

    /// Whether it holds of every time of a span, or of none.
    fn within(&self, times: &Times, context: &dyn Context) -> Truth {
        let Operator { base, negated, .. } = self.operator;
        let Base::Date(order) = base else { return Truth::Unknown };
        let asked =
            |time: jiff::Timestamp| Truth::any(self.wanted.iter().map(|w| w.matches(base, &time.to_string(), context)));
        let (first, last) = (asked(times.first), asked(times.last));
        // Between the ends may lie the one time that is asked for.
        let agree = first == last
            && (order != Order::Equal || !self.wanted.iter().any(|w| w.is_date_within(times.first, times.last)));
        let there = if !agree {
            Truth::Unknown
        } else if negated {
            !first
        } else {
            first
        };
        if times.may_lack && there != Truth::from(self.without_value()) { Truth::Unknown } else { there }
    }

    /// `Null: true` asks that the key lacks.
    fn null(&self, found: &Lookup<'_>) -> Truth {
        let asks = |missing: bool| self.wanted.iter().any(|w| w.as_bool() == Some(missing));
        match found {
            Lookup::Unknown if asks(true) && asks(false) => Truth::True,
            Lookup::Unknown if asks(true) || asks(false) => Truth::Unknown,
            Lookup::Unknown => Truth::False,
            Lookup::Within(times) if times.may_lack => match (asks(true), asks(false)) {
                (true, true) => Truth::True,
                (false, false) => Truth::False,
                _ => Truth::Unknown,
            },
            Lookup::Missing => asks(true).into(),
            _ => asks(false).into(),
        }
    }

    /// The keys of policy variables in the values, in lower case.
    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        self.wanted.iter().flat_map(Wanted::variables)
    }
}
