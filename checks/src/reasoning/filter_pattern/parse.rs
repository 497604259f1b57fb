//! Reads filter patterns.

use super::literal::{compiled, number};
use super::{Condition, Constant, FilterPattern, Operator, Role, Selector, Step, Term, Text};

/// Parentheses may be nested so deep; a pattern has at most 1024 characters, and people nest two or three.
const DEPTH: usize = 64;

/// Why a text is no filter pattern, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {at}: {what}")]
pub struct PatternError {
    /// The character, counted from 1.
    pub at: usize,
    /// What is wrong.
    pub what: &'static str,
}

impl FilterPattern {
    /// Reads a pattern. What CloudWatch Logs holds is one, even where it cannot be read here.
    #[must_use]
    pub fn read(text: &str) -> Self {
        Self::parse(text).unwrap_or_else(|error| Self::Unread { text: text.to_owned(), error })
    }

    /// Reads a pattern as the guide has it.
    ///
    /// # Errors
    /// The text is no filter pattern.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let mut reader = Reader { characters: text.chars().collect(), at: 0 };
        reader.space();
        let pattern = match reader.peek() {
            Some('{') => {
                reader.at += 1;
                let condition = reader.any(0)?;
                reader.expect('}', "a } is missing")?;
                Self::Json(condition)
            }
            Some('[') => {
                let inner = text.trim().strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
                let inner = inner.ok_or_else(|| reader.error("a ] is missing"))?;
                return Ok(Self::Delimited(inner.to_owned()));
            }
            _ => return reader.terms().map(Self::Terms),
        };
        reader.space();
        if reader.peek().is_some() { Err(reader.error("something follows the pattern")) } else { Ok(pattern) }
    }
}

/// Whether a character is one of a field's name that needs no quotes.
pub fn in_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '-' | '_' | ':' | '@' | '/')
}

/// Whether a character is one of a text without quotes. The guide asks for quotes around all but letters, digits and
/// the underscore, and has `123.123.*` without; so have the patterns that people use.
pub fn in_word(c: char) -> bool {
    !c.is_whitespace()
        && !matches!(c, '(' | ')' | '{' | '}' | '[' | ']' | '"' | '&' | '|' | '=' | '!' | '<' | '>' | '%')
}

struct Reader {
    characters: Vec<char>,
    at: usize,
}

impl Reader {
    fn error(&self, what: &'static str) -> PatternError {
        PatternError { at: self.at + 1, what }
    }

    fn peek(&self) -> Option<char> {
        self.characters.get(self.at).copied()
    }

    fn space(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> String {
        let rest = self.characters.get(self.at..).unwrap_or_default();
        let taken: String = rest.iter().copied().take_while(|c| wanted(*c)).collect();
        self.at += taken.chars().count();
        taken
    }

    /// Takes a sign, after white space.
    fn sign(&mut self, sign: &str) -> bool {
        self.space();
        let rest = self.characters.get(self.at..).unwrap_or_default();
        let length = sign.chars().count();
        let found = rest.len() >= length && sign.chars().zip(rest).all(|(wanted, c)| wanted == *c);
        if found {
            self.at += length;
        }
        found
    }

    fn expect(&mut self, sign: char, what: &'static str) -> Result<(), PatternError> {
        if self.sign(sign.encode_utf8(&mut [0; 4])) { Ok(()) } else { Err(self.error(what)) }
    }

    fn any(&mut self, depth: usize) -> Result<Condition, PatternError> {
        let mut parts = vec![self.all(depth)?];
        while self.sign("||") {
            parts.push(self.all(depth)?);
        }
        Ok(one_or(parts, Condition::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Condition, PatternError> {
        let mut parts = vec![self.condition(depth)?];
        while self.sign("&&") {
            parts.push(self.condition(depth)?);
        }
        Ok(one_or(parts, Condition::All))
    }

    fn condition(&mut self, depth: usize) -> Result<Condition, PatternError> {
        if depth > DEPTH {
            return Err(self.error("parentheses are nested too deep"));
        }
        if self.sign("(") {
            let inner = self.any(depth + 1)?;
            self.expect(')', "a ) is missing")?;
            return Ok(inner);
        }
        let selector = self.selector()?;
        self.space();
        if self.peek().is_some_and(char::is_alphabetic) {
            return self.keyword(selector);
        }
        let signs = [
            ("!=", Operator::NotEqual),
            ("<=", Operator::AtMost),
            (">=", Operator::AtLeast),
            ("=", Operator::Equal),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        let operator = signs.into_iter().find(|(sign, _)| self.sign(sign)).map(|(_, operator)| operator);
        let operator = operator.ok_or_else(|| self.error("a comparison is missing"))?;
        self.space();
        let at = self.at;
        let text = self.text()?;
        let ordered = !matches!(operator, Operator::Equal | Operator::NotEqual);
        if ordered && !matches!(&text, Text::Word(word) if number(word).is_some()) {
            return Err(PatternError { at: at + 1, what: "only a number can be more or less" });
        }
        Ok(Condition::Compare(selector, operator, text))
    }

    /// `IS NULL`, `IS TRUE`, `IS FALSE`, `NOT EXISTS`. The guide says that there is no `IS NOT` and no `EXISTS`.
    fn keyword(&mut self, selector: Selector) -> Result<Condition, PatternError> {
        let at = self.at;
        let mut word = || {
            self.space();
            self.take_while(char::is_alphabetic)
        };
        let (first, second) = (word(), word());
        Ok(match (first.as_str(), second.as_str()) {
            ("IS", "NULL") => Condition::Is(selector, Constant::Null),
            ("IS", "TRUE") => Condition::Is(selector, Constant::True),
            ("IS", "FALSE") => Condition::Is(selector, Constant::False),
            ("NOT", "EXISTS") => Condition::NotExists(selector),
            _ => return Err(PatternError { at: at + 1, what: "neither IS NULL, IS TRUE, IS FALSE nor NOT EXISTS" }),
        })
    }

    fn selector(&mut self) -> Result<Selector, PatternError> {
        self.expect('$', "a field, $.name, is missing")?;
        let mut steps = Vec::new();
        loop {
            match self.peek() {
                Some('.') => {
                    self.at += 1;
                    if self.peek() != Some('[') {
                        let name = self.take_while(in_name);
                        if name.is_empty() {
                            return Err(self.error("a field's name is missing"));
                        }
                        steps.push(Step::Key(name));
                    }
                }
                Some('[') => {
                    self.at += 1;
                    steps.push(self.element()?);
                    self.expect(']', "a ] is missing")?;
                }
                _ if steps.is_empty() => return Err(self.error("a field's name is missing")),
                _ => return Ok(Selector(steps)),
            }
        }
    }

    fn element(&mut self) -> Result<Step, PatternError> {
        match self.peek() {
            Some('*') => {
                self.at += 1;
                Ok(Step::Each)
            }
            Some('"') => self.quoted().map(Step::Key),
            _ => {
                let digits = self.take_while(|c| c.is_ascii_digit());
                digits.parse().map(Step::Index).map_err(|_| self.error("an index is missing"))
            }
        }
    }

    fn text(&mut self) -> Result<Text, PatternError> {
        match self.peek() {
            Some('"') => self.quoted().map(Text::Quoted),
            Some('%') => {
                self.at += 1;
                let regex = self.take_while(|c| c != '%');
                self.expect('%', "the % at the end is missing")?;
                if regex.is_empty() || compiled(&regex).is_none() {
                    return Err(self.error("the regular expression is not understood"));
                }
                Ok(Text::Regex(regex))
            }
            _ => {
                let word = self.take_while(in_word);
                if word.is_empty() { Err(self.error("a value is missing")) } else { Ok(Text::Word(word)) }
            }
        }
    }

    /// A text in double quotes; `\"` and `\\` stand for a quote and a backslash.
    fn quoted(&mut self) -> Result<String, PatternError> {
        self.at += 1;
        let mut text = String::new();
        while let Some(c) = self.peek() {
            self.at += 1;
            match c {
                '"' => return Ok(text),
                '\\' if matches!(self.peek(), Some('"' | '\\')) => {
                    text.extend(self.peek());
                    self.at += 1;
                }
                c => text.push(c),
            }
        }
        Err(self.error("the \" at the end is missing"))
    }

    fn terms(&mut self) -> Result<Vec<Term>, PatternError> {
        let mut terms = Vec::new();
        loop {
            self.space();
            let role = match self.peek() {
                None => return Ok(terms),
                Some('?') => Role::May,
                Some('-') => Role::MustNot,
                Some(_) => Role::Must,
            };
            if role != Role::Must {
                self.at += 1;
            }
            terms.push(Term { role, text: self.text()? });
        }
    }
}

fn one_or(mut parts: Vec<Condition>, join: impl Fn(Vec<Condition>) -> Condition) -> Condition {
    match (parts.pop(), parts.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            parts.extend(last);
            join(parts)
        }
    }
}
