//! Rules of composite alarms: whether one holds where some alarms are known to be in a state and the others may be in any.
//!
//! Source: Amazon CloudWatch API Reference, `PutCompositeAlarm`, `AlarmRule`.

use kickoff_facts::logging::Alarm;
use kickoff_policy::truth::Truth;

/// Parentheses within each other at the most.
const DEEPEST: usize = 40;

/// A part of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rule {
    /// `TRUE`, `FALSE`.
    Always(bool),
    /// `ALARM(x)`, `OK(x)`, `INSUFFICIENT_DATA(x)`: the state, and the name of the alarm.
    State(&'static str, String),
    /// `NOT x`.
    Not(Box<Rule>),
    /// `x AND y`.
    And(Box<Rule>, Box<Rule>),
    /// `x OR y`.
    Or(Box<Rule>, Box<Rule>),
}

impl Rule {
    /// Reads a rule; none where something of it is not understood, such as `AT_LEAST`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text, deep: 0 };
        let read = reader.any()?;
        reader.rest.trim().is_empty().then_some(read)
    }

    /// Whether it holds; `state` tells the state of an alarm by name, and none where it may be in any.
    pub fn holds(&self, state: &dyn Fn(&str) -> Option<&'static str>) -> Truth {
        match self {
            Self::Always(holds) => Truth::from(*holds),
            Self::State(wanted, name) => state(name).map_or(Truth::Unknown, |state| Truth::from(state == *wanted)),
            Self::Not(part) => !part.holds(state),
            Self::And(one, other) => one.holds(state).and(other.holds(state)),
            Self::Or(one, other) => one.holds(state).or(other.holds(state)),
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    deep: usize,
}

impl<'a> Reader<'a> {
    /// Takes a word, if it is next and ends there.
    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let Some(after) = rest.strip_prefix(word) else { return false };
        if after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            return false;
        }
        self.rest = after;
        true
    }

    fn sign(&mut self, sign: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(sign)?;
        Some(())
    }

    fn any(&mut self) -> Option<Rule> {
        let mut left = self.all()?;
        while self.word("OR") {
            left = Rule::Or(Box::new(left), Box::new(self.all()?));
        }
        Some(left)
    }

    fn all(&mut self) -> Option<Rule> {
        let mut left = self.one()?;
        while self.word("AND") {
            left = Rule::And(Box::new(left), Box::new(self.one()?));
        }
        Some(left)
    }

    fn one(&mut self) -> Option<Rule> {
        self.deep += 1;
        if self.deep > DEEPEST {
            return None;
        }
        let read = if self.word("NOT") {
            Rule::Not(Box::new(self.one()?))
        } else if self.word("TRUE") {
            Rule::Always(true)
        } else if self.word("FALSE") {
            Rule::Always(false)
        } else if let Some(state) = ["ALARM", "OK", "INSUFFICIENT_DATA"].into_iter().find(|state| self.word(state)) {
            self.sign('(')?;
            let name = self.name()?;
            self.sign(')')?;
            Rule::State(state, name.to_owned())
        } else {
            self.sign('(')?;
            let within = self.any()?;
            self.sign(')')?;
            within
        };
        self.deep -= 1;
        Some(read)
    }

    /// The name of an alarm, in quotes or bare, alone or at the end of its ARN.
    fn name(&mut self) -> Option<&'a str> {
        let rest = self.rest.trim_start();
        let (name, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => {
                let (name, _) = rest.split_once(')')?;
                (name.trim(), rest.get(name.len()..)?)
            }
        };
        self.rest = after;
        let name =
            if name.starts_with("arn:") { name.split_once(":alarm:").map_or(name, |(_, name)| name) } else { name };
        (!name.is_empty()).then_some(name)
    }
}

/// For each alarm, whether the actions on ALARM of some alarm follow when it goes off: its own, or those of a composite alarm
/// that takes it up, at once or through others; and the composite alarm at hand.
///
/// A rule that turns on the state of other alarms, that is not understood, or whose alarm another one can hold back, leaves it open.
#[must_use]
pub fn leads(alarms: &[Alarm]) -> Vec<(Truth, Option<&Alarm>)> {
    let mut leads: Vec<(Truth, Option<&Alarm>)> =
        alarms.iter().map(|alarm| (Truth::from(!alarm.alarm_actions.is_empty()), None)).collect();
    let links: Vec<(usize, usize, Truth)> = alarms
        .iter()
        .enumerate()
        .filter(|(_, alarm)| alarm.composite)
        .flat_map(|(at, parent)| {
            let rule = parent.rule.as_deref().map(|text| (text, Rule::parse(text)));
            let takes = move |child: &Alarm| match &rule {
                Some((text, rule)) if names(text, &child.name) => taken(parent, rule.as_ref(), &child.name),
                _ => Truth::False,
            };
            alarms.iter().enumerate().map(move |(child, alarm)| (child, at, takes(alarm)))
        })
        .filter(|(child, parent, takes)| child != parent && *takes != Truth::False)
        .collect();
    // Each round may settle what feeds what the last one settled.
    loop {
        let mut settled = true;
        for (child, parent, takes) in &links {
            let through = leads[*parent].0.and(*takes);
            if leads[*child].0.or(through) != leads[*child].0 {
                leads[*child] = (leads[*child].0.or(through), alarms.get(*parent));
                settled = false;
            }
        }
        if settled {
            return leads;
        }
    }
}

/// Whether an alarm that goes off raises a composite one.
fn taken(parent: &Alarm, rule: Option<&Rule>, child: &str) -> Truth {
    let Some(rule) = rule else { return Truth::Unknown };
    let with = |state: &'static str| rule.holds(&|name| (name == child).then_some(state));
    match (with("ALARM"), with("OK")) {
        (Truth::False, _) | (Truth::True, Truth::True) => Truth::False,
        (Truth::True, _) if parent.suppressor.is_none() => Truth::True,
        _ => Truth::Unknown,
    }
}

/// Whether a composite alarm's rule names an alarm, in quotes or bare, alone or at the end of an ARN.
#[must_use]
pub fn names(rule: &str, name: &str) -> bool {
    rule.contains(&format!("\"{name}\""))
        || rule.split(['(', ')', ',']).any(|part| {
            let part = part.trim().trim_matches('"');
            part == name || part.rsplit(':').next() == Some(name)
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_root(rule: &str, root: &'static str) -> Option<Truth> {
        let state = |name: &str| (name == "root").then_some(root);
        Rule::parse(rule).map(|rule| rule.holds(&state))
    }

    #[test]
    fn a_rule_is_decided_as_far_as_the_known_alarms_decide_it() {
        for (rule, in_alarm, ok) in [
            (r#"ALARM("root")"#, Truth::True, Truth::False),
            ("ALARM(root)", Truth::True, Truth::False),
            ("ALARM( root ) OR ALARM(other)", Truth::True, Truth::Unknown),
            ("ALARM(arn:aws:cloudwatch:us-east-1:111122223333:alarm:root)", Truth::True, Truth::False),
            (r#"NOT OK("arn:aws:cloudwatch:us-east-1:111122223333:alarm:root")"#, Truth::True, Truth::False),
            ("ALARM(root) AND ALARM(other)", Truth::Unknown, Truth::False),
            ("(ALARM(other) AND ALARM(third)) OR ALARM(root)", Truth::True, Truth::Unknown),
            ("ALARM(root) AND NOT ALARM(maintenance)", Truth::Unknown, Truth::False),
            ("FALSE", Truth::False, Truth::False),
            ("ALARM(root) AND FALSE", Truth::False, Truth::False),
            ("TRUE OR ALARM(root)", Truth::True, Truth::True),
            ("OK(root)", Truth::False, Truth::True),
            ("ALARM(root2)", Truth::Unknown, Truth::Unknown),
            ("ALARM(other) OR ALARM(third) AND ALARM(root)", Truth::Unknown, Truth::Unknown),
        ] {
            assert_eq!(with_root(rule, "ALARM"), Some(in_alarm), "{rule}");
            assert_eq!(with_root(rule, "OK"), Some(ok), "{rule}");
        }
    }

    #[test]
    fn what_is_not_understood_is_not_read() {
        for rule in ["", "ALARM", "ALARM()", "ALARM(root", "AT_LEAST(1, ALARM, (root, other))", "ALARM(root) XOR TRUE"]
        {
            assert_eq!(Rule::parse(rule), None, "{rule}");
        }
        assert_eq!(Rule::parse(&"(".repeat(100_000)), None);
    }
}
