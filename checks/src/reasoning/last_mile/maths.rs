//! Metric maths, as far as it is decided: numbers, terms, `+ - * /`, comparisons, parentheses and `FILL` with a number.
//! Everything else is not understood, and never guessed.

use std::iter::Peekable;
use std::str::Chars;

use kickoff_policy::truth::Truth;

use super::range::{Comparison, Point};

/// Parentheses and signs within each other at the most.
const DEEPEST: usize = 40;

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// A number.
    Number(f64),
    /// A term, by its id.
    Term(String),
    /// `FILL(x, number)`.
    Fill(Box<Expression>, f64),
    /// Two parts and what joins them: `+ - * /`.
    Calculated(Box<Expression>, char, Box<Expression>),
    /// A comparison: 1 where it holds, else 0.
    Compared(Box<Expression>, Comparison, Box<Expression>),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Name(String),
    Sign(char),
    Compare(Comparison),
}

impl Expression {
    /// Reads an expression; none where something of it is not understood.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let tokens = tokens(text)?;
        let mut reader = Reader { tokens: &tokens, deep: 0 };
        let read = reader.comparison()?;
        reader.tokens.is_empty().then_some(read)
    }

    /// The term whose data it gives as they are, but for what takes the place of none: `m1`, `FILL(m1, 0)`.
    #[must_use]
    pub fn plain(&self) -> Option<&str> {
        match self {
            Self::Term(id) => Some(id),
            Self::Fill(filled, _) => filled.plain(),
            _ => None,
        }
    }

    /// What it gives, with what the terms give.
    pub fn value(&self, term: &dyn Fn(&str) -> Point) -> Point {
        match self {
            Self::Number(number) => Point::exactly(*number),
            Self::Term(id) => term(id),
            Self::Fill(filled, number) => filled.value(term).or(*number),
            Self::Calculated(left, sign, right) => {
                let (left, right) = (left.value(term), right.value(term));
                match sign {
                    '+' => left.with(right, |a, b| a + b),
                    '-' => left.with(right, |a, b| a - b),
                    '*' => left.with(right, |a, b| a * b),
                    // What is divided by something around zero can be anything.
                    _ => match right {
                        Point::Within(low, high) if low <= 0.0 && high >= 0.0 => Point::Unknown,
                        _ => left.with(right, |a, b| a / b),
                    },
                }
            }
            Self::Compared(left, comparison, right) => {
                match left.value(term).compares(*comparison, right.value(term)) {
                    None => Point::Missing,
                    Some(Truth::True) => Point::exactly(1.0),
                    Some(Truth::False) => Point::exactly(0.0),
                    Some(Truth::Unknown) => Point::between(0.0, 1.0),
                }
            }
        }
    }
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut found = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(next) = rest.peek().copied() {
        match next {
            _ if next.is_whitespace() => drop(rest.next()),
            '0'..='9' | '.' => {
                let digits = take(&mut rest, |c| c.is_ascii_digit() || c == '.' || c == 'e' || c == 'E');
                found.push(Token::Number(digits.parse().ok()?));
            }
            'a'..='z' | 'A'..='Z' | '_' => {
                found.push(Token::Name(take(&mut rest, |c| c.is_ascii_alphanumeric() || c == '_')));
            }
            '+' | '-' | '*' | '/' | '(' | ')' | ',' => {
                found.push(Token::Sign(next));
                rest.next();
            }
            '<' | '>' => {
                rest.next();
                let equal = rest.next_if_eq(&'=').is_some();
                found.push(Token::Compare(match (next, equal) {
                    ('<', false) => Comparison::Less,
                    ('<', true) => Comparison::LessOrEqual,
                    (_, false) => Comparison::Greater,
                    (_, true) => Comparison::GreaterOrEqual,
                }));
            }
            _ => return None,
        }
    }
    Some(found)
}

fn take(rest: &mut Peekable<Chars<'_>>, belongs: impl Fn(char) -> bool) -> String {
    let mut taken = String::new();
    while let Some(next) = rest.next_if(|next| belongs(*next)) {
        taken.push(next);
    }
    taken
}

struct Reader<'a> {
    tokens: &'a [Token],
    deep: usize,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<Token> {
        let (first, rest) = self.tokens.split_first()?;
        self.tokens = rest;
        Some(first.clone())
    }

    fn sign(&mut self, among: &[char]) -> Option<char> {
        match self.tokens.first() {
            Some(Token::Sign(sign)) if among.contains(sign) => {
                let sign = *sign;
                self.next();
                Some(sign)
            }
            _ => None,
        }
    }

    fn comparison(&mut self) -> Option<Expression> {
        let left = self.sum()?;
        let Some(Token::Compare(comparison)) = self.tokens.first() else { return Some(left) };
        let comparison = *comparison;
        self.next();
        Some(Expression::Compared(Box::new(left), comparison, Box::new(self.sum()?)))
    }

    fn sum(&mut self) -> Option<Expression> {
        let mut left = self.product()?;
        while let Some(sign) = self.sign(&['+', '-']) {
            left = Expression::Calculated(Box::new(left), sign, Box::new(self.product()?));
        }
        Some(left)
    }

    fn product(&mut self) -> Option<Expression> {
        let mut left = self.part()?;
        while let Some(sign) = self.sign(&['*', '/']) {
            left = Expression::Calculated(Box::new(left), sign, Box::new(self.part()?));
        }
        Some(left)
    }

    fn part(&mut self) -> Option<Expression> {
        self.deep += 1;
        if self.deep > DEEPEST {
            return None;
        }
        let read = match self.next()? {
            Token::Number(number) => Expression::Number(number),
            Token::Sign('-') => Expression::Calculated(Box::new(Expression::Number(0.0)), '-', Box::new(self.part()?)),
            Token::Sign('(') => {
                let within = self.comparison()?;
                self.sign(&[')'])?;
                within
            }
            // Ids of terms begin with a small letter, names of functions are written in capitals.
            Token::Name(name) if name == "FILL" => {
                self.sign(&['('])?;
                let filled = self.comparison()?;
                self.sign(&[','])?;
                let minus = self.sign(&['-']).is_some();
                let Some(Token::Number(number)) = self.next() else { return None };
                self.sign(&[')'])?;
                Expression::Fill(Box::new(filled), if minus { -number } else { number })
            }
            Token::Name(name) if name.starts_with(|c: char| c.is_ascii_lowercase()) => {
                // Nor is it a function.
                if self.tokens.first() == Some(&Token::Sign('(')) {
                    return None;
                }
                Expression::Term(name)
            }
            _ => return None,
        };
        self.deep -= 1;
        Some(read)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn with(text: &str, m1: Point) -> Point {
        let term = |id: &str| if id == "m1" { m1 } else { Point::Unknown };
        Expression::parse(text).unwrap_or_else(|| panic!("{text}")).value(&term)
    }

    #[test]
    fn simple_maths_is_worked_out() {
        let one = Point::exactly(1.0);
        for (text, given, expected) in [
            ("m1", one, one),
            ("FILL(m1, 0)", Point::Missing, Point::exactly(0.0)),
            ("FILL(m1,0)", one, one),
            ("FILL(m1, -1) * 2 + 3", Point::Missing, one),
            ("(m1 + 1) / 2", one, one),
            ("m1 - 2 - 3", one, Point::exactly(-4.0)),
            ("1 + m1 * 3", one, Point::exactly(4.0)),
            ("-m1", one, Point::exactly(-1.0)),
            ("m1 > 0", one, one),
            ("m1>=2", one, Point::exactly(0.0)),
            ("FILL(m1,0) < 1", Point::Missing, one),
            ("m1 + 1", Point::Missing, Point::Missing),
            ("m1 > 0", Point::Missing, Point::Missing),
            ("m1 + m2", one, Point::Unknown),
            ("m1 / FILL(m1, 0)", Point::between(0.0, 1.0), Point::Unknown),
        ] {
            assert_eq!(with(text, given), expected, "{text}");
        }
    }

    #[test]
    fn data_are_as_they_were_where_a_term_stands_alone() {
        for (text, expected) in [
            ("m1", Some("m1")),
            ("(m1)", Some("m1")),
            ("FILL(m1, 0)", Some("m1")),
            ("FILL(FILL(m1, 0), 1)", Some("m1")),
            ("m1 * 1", None),
            ("m1 > 0", None),
            ("FILL(m1 + m2, 0)", None),
            ("1", None),
        ] {
            assert_eq!(Expression::parse(text).unwrap().plain(), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_not_read() {
        for text in [
            "ANOMALY_DETECTION_BAND(m1, 2)",
            "SEARCH('{Acme}', 'Sum', 300)",
            "IF(m1 > 0, 1, 0)",
            "SUM([m1, m2])",
            "SUM(METRICS())",
            "FILL(m1, REPEAT)",
            "FILL(m1, m2)",
            "m1 +",
            "m1 m2",
            "(m1",
            "m1 && m2",
            "m1 == 1",
            "",
            "rate(m1)",
        ] {
            assert_eq!(Expression::parse(text), None, "{text}");
        }
        assert_eq!(Expression::parse(&"(".repeat(100_000)), None);
        assert_eq!(Expression::parse(&"-".repeat(100_000)), None);
    }
}
