//! The operators of conditions: what each compares, and how.

/// What an operator compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Base {
    /// `StringEquals`, and the binary one, which compares the Base64 text.
    Equals,
    EqualsIgnoreCase,
    Like,
    Numeric(Order),
    Date(Order),
    Bool,
    Ip,
    /// `ArnEquals` and `ArnLike` do the same.
    Arn,
    Null,
    /// An operator that is not known here: never decided.
    Unknown,
}

/// The comparison of numbers and dates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// `ForAllValues:` and `ForAnyValue:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Quantifier {
    All,
    Any,
}

/// A condition operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operator {
    pub(crate) base: Base,
    pub(crate) negated: bool,
    pub(crate) if_exists: bool,
    pub(crate) quantifier: Option<Quantifier>,
}

impl Operator {
    /// Reads an operator's name, in any case; none when AWS has no such operator.
    #[must_use]
    pub fn parse(text: &str) -> Option<Operator> {
        let lower = text.to_ascii_lowercase();
        let (quantifier, name) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Some(Quantifier::All), rest),
            Some(("foranyvalue", rest)) => (Some(Quantifier::Any), rest),
            Some(_) => return None,
            None => (None, lower.as_str()),
        };
        let (name, if_exists) = match name.strip_suffix("ifexists") {
            Some(name) => (name, true),
            None => (name, false),
        };
        let order = |text: &str| {
            Some(match text {
                "equals" => (Order::Equal, false),
                "notequals" => (Order::Equal, true),
                "lessthan" => (Order::Less, false),
                "lessthanequals" => (Order::LessOrEqual, false),
                "greaterthan" => (Order::Greater, false),
                "greaterthanequals" => (Order::GreaterOrEqual, false),
                _ => return None,
            })
        };
        let (base, negated) = match name {
            "stringequals" | "binaryequals" => (Base::Equals, false),
            "stringnotequals" => (Base::Equals, true),
            "stringequalsignorecase" => (Base::EqualsIgnoreCase, false),
            "stringnotequalsignorecase" => (Base::EqualsIgnoreCase, true),
            "stringlike" => (Base::Like, false),
            "stringnotlike" => (Base::Like, true),
            "bool" => (Base::Bool, false),
            "ipaddress" => (Base::Ip, false),
            "notipaddress" => (Base::Ip, true),
            "arnequals" | "arnlike" => (Base::Arn, false),
            "arnnotequals" | "arnnotlike" => (Base::Arn, true),
            // Null has no IfExists: that would ask of a missing key whether it is missing.
            "null" if !if_exists => (Base::Null, false),
            other => {
                if let Some(rest) = other.strip_prefix("numeric") {
                    let (order, negated) = order(rest)?;
                    (Base::Numeric(order), negated)
                } else {
                    let (order, negated) = order(other.strip_prefix("date")?)?;
                    (Base::Date(order), negated)
                }
            }
        };
        Some(Operator { base, negated, if_exists, quantifier })
    }

    /// The operator that is never decided.
    #[must_use]
    pub fn unknown() -> Operator {
        Operator { base: Base::Unknown, negated: false, if_exists: false, quantifier: None }
    }
}
