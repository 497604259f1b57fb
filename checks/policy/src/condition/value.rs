//! The values of a condition, read once.

use std::net::IpAddr;

use jiff::Timestamp;

use super::operator::{Base, Order};
use crate::context::Context;
use crate::template::{self, Rendered, Template, Token};
use crate::truth::Truth;
use crate::version::Version;

/// A value of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wanted {
    /// Text without variables.
    Text(Box<str>),
    Number(f64),
    Date(Timestamp),
    Bool(bool),
    Net(IpAddr, u8),
    /// Text with variables, read anew for each request.
    Template(Template),
    /// No value of the operator's type (a date `yesterday`): what AWS makes of it is not known.
    Never,
}

impl Wanted {
    pub(crate) fn new(base: Base, text: &str, version: Version) -> Wanted {
        if let Some(template) = Template::parse(text, version) {
            return Wanted::Template(template);
        }
        Wanted::literal(base, text).unwrap_or(Wanted::Never)
    }

    fn literal(base: Base, text: &str) -> Option<Wanted> {
        Some(match base {
            Base::Equals | Base::EqualsIgnoreCase | Base::Like | Base::Arn | Base::Unknown => Wanted::Text(text.into()),
            Base::Numeric(_) => Wanted::Number(number(text)?),
            Base::Date(_) => Wanted::Date(date(text)?),
            Base::Bool | Base::Null => Wanted::Bool(boolean(text)?),
            Base::Ip => {
                let (net, bits) = net(text)?;
                Wanted::Net(net, bits)
            }
        })
    }

    pub(crate) fn is_star(&self) -> bool {
        matches!(self, Wanted::Text(text) if &**text == "*")
    }

    pub(crate) fn as_bool(&self) -> Option<bool> {
        match self {
            Wanted::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether it is a time of a span.
    pub(crate) fn is_date_within(&self, first: Timestamp, last: Timestamp) -> bool {
        match self {
            Wanted::Date(date) => first <= *date && *date <= last,
            Wanted::Template(_) => true,
            _ => false,
        }
    }

    pub(crate) fn variables(&self) -> impl Iterator<Item = &str> {
        let template = match self {
            Wanted::Template(template) => Some(template),
            _ => None,
        };
        template.into_iter().flat_map(Template::keys)
    }

    /// Whether a value of the request matches this one.
    pub(crate) fn matches(&self, base: Base, value: &str, context: &dyn Context) -> Truth {
        let template = match self {
            Wanted::Template(template) => template,
            Wanted::Never => return Truth::Unknown,
            other => return other.equals(base, value).into(),
        };
        let wild = matches!(base, Base::Like | Base::Arn);
        let (tokens, known) = match template.render(context, wild) {
            Rendered::Missing => return Truth::False,
            Rendered::Known(tokens) => (tokens, true),
            Rendered::Unknown(tokens) => (tokens, false),
        };
        if matches!(base, Base::Equals | Base::EqualsIgnoreCase | Base::Like | Base::Arn) {
            return Truth::from(tokens_match(base, &tokens, value)).doubted(!known);
        }
        if !known {
            return Truth::Unknown;
        }
        let text: String = tokens.iter().filter_map(|t| if let Token::Char(c) = t { Some(*c) } else { None }).collect();
        Wanted::literal(base, &text).is_some_and(|wanted| wanted.equals(base, value)).into()
    }

    fn equals(&self, base: Base, value: &str) -> bool {
        match (base, self) {
            (Base::Equals, Wanted::Text(text)) => **text == *value,
            (Base::EqualsIgnoreCase, Wanted::Text(text)) => text.to_lowercase() == value.to_lowercase(),
            (Base::Like, Wanted::Text(text)) => crate::glob::matches(text, value),
            (Base::Arn, Wanted::Text(text)) => arn_like(&template::tokens(text, true), value),
            (Base::Numeric(order), Wanted::Number(wanted)) => {
                number(value).is_some_and(|v| v.partial_cmp(wanted).is_some_and(|o| ordered(order, o)))
            }
            (Base::Date(order), Wanted::Date(wanted)) => date(value).is_some_and(|v| ordered(order, v.cmp(wanted))),
            (Base::Bool, Wanted::Bool(wanted)) => boolean(value) == Some(*wanted),
            (Base::Ip, Wanted::Net(wanted, bits)) => {
                value.parse::<IpAddr>().is_ok_and(|address| contains(*wanted, *bits, address))
            }
            _ => false,
        }
    }
}

fn tokens_match(base: Base, tokens: &[Token], value: &str) -> bool {
    match base {
        Base::Arn => arn_like(tokens, value),
        Base::EqualsIgnoreCase => {
            let folded: Vec<Token> = tokens
                .iter()
                .flat_map(|t| match t {
                    Token::Char(c) => c.to_lowercase().map(Token::Char).collect(),
                    other => vec![*other],
                })
                .collect();
            template::matches(&folded, &value.to_lowercase().chars().collect::<Vec<_>>())
        }
        _ => template::matches(tokens, &value.chars().collect::<Vec<_>>()),
    }
}

/// Compares ARNs component by component: a wildcard does not cross the first five colons.
fn arn_like(pattern: &[Token], value: &str) -> bool {
    let values: Vec<&str> = value.splitn(6, ':').collect();
    let patterns: Vec<&[Token]> = pattern.splitn(6, |t| *t == Token::Char(':')).collect();
    values.len() == 6
        && patterns.len() == 6
        && values[0] == "arn"
        && patterns.iter().zip(values).all(|(p, v)| template::matches(p, &v.chars().collect::<Vec<_>>()))
}

fn ordered(order: Order, found: std::cmp::Ordering) -> bool {
    match order {
        Order::Equal => found.is_eq(),
        Order::Less => found.is_lt(),
        Order::LessOrEqual => found.is_le(),
        Order::Greater => found.is_gt(),
        Order::GreaterOrEqual => found.is_ge(),
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse::<f64>().ok().filter(|n| n.is_finite())
}

fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// ISO 8601 as the W3C has it (a year, a month, a day, a minute, a second, with a zone), or seconds since 1970.
fn date(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(found) = text.parse::<Timestamp>() {
        return Some(found);
    }
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let full = match text.len() {
        4 if digits(text) => format!("{text}-01-01T00:00:00Z"),
        7 if text.as_bytes()[4] == b'-' => format!("{text}-01T00:00:00Z"),
        10 if text.as_bytes()[4] == b'-' => format!("{text}T00:00:00Z"),
        // Minutes without seconds, and a time without a zone, which is UTC.
        _ if text.contains('T') => {
            let (clock, zone) = match text.rfind(['Z', '+']).or_else(|| text.rfind('-').filter(|at| *at > 10)) {
                Some(at) => text.split_at(at),
                None => (text, "Z"),
            };
            let seconds = if clock.matches(':').count() == 1 { ":00" } else { "" };
            format!("{clock}{seconds}{zone}")
        }
        _ => {
            let seconds = number(text)?;
            return (seconds.abs() < 1e11).then(|| Timestamp::from_microsecond((seconds * 1e6) as i64).ok()).flatten();
        }
    };
    full.parse().ok()
}

/// A range of addresses, or one address, with the number of bits that are fixed.
pub(crate) fn net(text: &str) -> Option<(IpAddr, u8)> {
    let (address, bits) = match text.split_once('/') {
        Some((address, bits)) => (address, Some(bits.parse::<u8>().ok()?)),
        None => (text, None),
    };
    let address: IpAddr = address.parse().ok()?;
    let full = if address.is_ipv4() { 32 } else { 128 };
    let bits = bits.unwrap_or(full);
    (bits <= full).then_some((address, bits))
}

/// Whether a range of addresses, as a condition has it, holds an address.
pub(crate) fn in_range(range: &str, address: &str) -> bool {
    net(range).is_some_and(|(net, bits)| address.parse().is_ok_and(|address| contains(net, bits, address)))
}

fn contains(net: IpAddr, bits: u8, address: IpAddr) -> bool {
    match (net, address) {
        (IpAddr::V4(net), IpAddr::V4(address)) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(bits)).unwrap_or(0);
            u32::from(net) & mask == u32::from(address) & mask
        }
        (IpAddr::V6(net), IpAddr::V6(address)) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(bits)).unwrap_or(0);
            u128::from(net) & mask == u128::from(address) & mask
        }
        _ => false,
    }
}
