//! What is left open, tried out: when the unknown keys have few classes of values, all of them are asked.
//!
//! A decision stays conditional unless every class agrees. Only comparisons whose classes can be listed whole are tried:
//! equality, presence, booleans, numbers, dates, and prefixes; anything else leaves the decision conditional.

use std::collections::{BTreeMap, BTreeSet};

use crate::condition::{Base, Quantifier, Test, Wanted};
use crate::context::{Context, Lookup};
use crate::decide::{Decision, Said};

/// Combinations that are tried at the most.
const LIMIT: usize = 4096;

/// Keys that hold several values at once, which single comparisons cannot contradict.
const MULTIVALUED: [&str; 6] = [
    "aws:tagkeys",
    "aws:principalorgpaths",
    "aws:resourceorgpaths",
    "aws:principalservicenameslist",
    "aws:calledvia",
    "aws:sourceorgpaths",
];

/// Keys that AWS sets to true or false and nothing else.
const BOOLEAN: [&str; 5] = [
    "aws:multifactorauthpresent",
    "aws:securetransport",
    "aws:viaawsservice",
    "aws:principalisawsservice",
    "kms:grantisforawsresource",
];

/// A context with some unknown keys assumed.
struct Assumed<'a> {
    known: &'a dyn Context,
    keys: &'a [String],
    values: &'a [Option<String>],
}

impl Context for Assumed<'_> {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        match self.keys.iter().position(|k| k == key) {
            Some(at) => match &self.values[at] {
                Some(value) => Lookup::One(value.as_str().into()),
                None => Lookup::Missing,
            },
            None => self.known.lookup(key),
        }
    }
}

/// The decision that holds for every value of the unknown keys, if there is one.
pub(crate) fn settle(
    open: &[Said<'_>],
    context: &dyn Context,
    decide: impl Fn(&dyn Context) -> Decision,
) -> Option<Decision> {
    let classes = classes(open, context)?;
    let keys: Vec<String> = classes.keys().cloned().collect();
    let values: Vec<Vec<Option<String>>> = classes.into_values().collect();
    let combinations = values.iter().try_fold(1_usize, |n, v| n.checked_mul(v.len()).filter(|n| *n <= LIMIT))?;
    let mut found = BTreeSet::new();
    for number in 0..combinations {
        let mut rest = number;
        let chosen: Vec<Option<String>> = values
            .iter()
            .map(|all| {
                let one = all[rest % all.len()].clone();
                rest /= all.len();
                one
            })
            .collect();
        found.insert(decide(&Assumed { known: context, keys: &keys, values: &chosen }));
        if found.contains(&Decision::Conditional) || (found.contains(&Decision::Allow) && found.len() > 1) {
            return None;
        }
    }
    match found.len() {
        0 => None,
        1 => found.first().copied(),
        // Denied in one way or the other.
        _ => Some(Decision::ImplicitDeny),
    }
}

/// The classes of values of each unknown key that the open statements ask for.
fn classes(open: &[Said<'_>], context: &dyn Context) -> Option<BTreeMap<String, Vec<Option<String>>>> {
    if open.iter().any(|said| !said.statement.open_variables(context).is_empty()) {
        return None;
    }
    let mut asked: BTreeMap<String, Vec<&Test>> = BTreeMap::new();
    for test in open.iter().flat_map(|said| said.statement.tests.iter()) {
        match context.lookup(&test.key) {
            Lookup::Unknown => asked.entry(test.key.to_string()).or_default().push(test),
            Lookup::Present => return None,
            _ => {}
        }
        if test.variables().any(|key| matches!(context.lookup(key), Lookup::Unknown | Lookup::Present)) {
            return None;
        }
    }
    asked.into_iter().map(|(key, tests)| values_of(&key, &tests).map(|values| (key, values))).collect()
}

/// One value of each class that these comparisons tell apart, and none for a missing key.
fn values_of(key: &str, tests: &[&Test]) -> Option<Vec<Option<String>>> {
    if MULTIVALUED.contains(&key) {
        return None;
    }
    let mut texts: BTreeSet<String> = BTreeSet::new();
    let mut numbers: Vec<f64> = Vec::new();
    let mut dates: Vec<jiff::Timestamp> = Vec::new();
    let mut kinds = BTreeSet::new();
    for test in tests {
        // One value serves both quantifiers only where the key has one.
        if matches!(test.operator.quantifier, Some(Quantifier::All | Quantifier::Any)) {
            return None;
        }
        if test.operator.base != Base::Null {
            kinds.insert(match test.operator.base {
                Base::Numeric(_) => 'n',
                Base::Date(_) => 'd',
                Base::Bool => 'b',
                _ => 't',
            });
        }
        for wanted in &test.wanted {
            match (test.operator.base, wanted) {
                (_, Wanted::Never) => return None,
                (Base::Null, _) => {}
                (Base::Equals, Wanted::Text(text)) => {
                    texts.insert(text.to_string());
                }
                (Base::Like, Wanted::Text(text)) => {
                    let prefix = text.strip_suffix('*');
                    if prefix.unwrap_or(text).contains(['*', '?']) {
                        return None;
                    }
                    texts.insert(prefix.unwrap_or(text).to_owned());
                    if let Some(prefix) = prefix {
                        // Longer than every other text, so in no narrower prefix.
                        texts.insert(format!("{prefix}\u{1}"));
                    }
                }
                (Base::Arn, Wanted::Text(text)) if !text.contains(['*', '?']) => {
                    texts.insert(text.to_string());
                }
                (Base::Bool, Wanted::Bool(_)) => {
                    texts.extend(["true".to_owned(), "false".to_owned()]);
                }
                (Base::Numeric(_), Wanted::Number(number)) => numbers.push(*number),
                (Base::Date(_), Wanted::Date(date)) => dates.push(*date),
                _ => return None,
            }
        }
    }
    if kinds.len() > 1 {
        return None;
    }
    let mut all: Vec<Option<String>> = vec![None];
    if kinds.contains(&'n') {
        numbers.sort_by(f64::total_cmp);
        let (first, last) = (*numbers.first()?, *numbers.last()?);
        let between = numbers.windows(2).map(|pair| (pair[0] + pair[1]) / 2.0);
        let points: Vec<f64> = numbers.iter().copied().chain(between).chain([first - 1.0, last + 1.0]).collect();
        all.extend(points.into_iter().map(|n| Some(n.to_string())));
        all.push(Some("\u{1}".to_owned()));
    } else if kinds.contains(&'d') {
        dates.sort();
        let near = |d: &jiff::Timestamp| {
            [-1, 0, 1].map(|s| d.checked_add(jiff::SignedDuration::from_secs(s)).ok().map(|d| d.to_string()))
        };
        all.extend(dates.iter().flat_map(near).filter(Option::is_some));
        all.push(Some("\u{1}".to_owned()));
    } else if kinds.contains(&'b') {
        all.extend(["true", "false"].map(|b| Some(b.to_owned())));
        if !BOOLEAN.contains(&key) {
            all.push(Some("\u{1}".to_owned()));
        }
    } else {
        all.push(Some("\u{1}\u{1}".to_owned()));
        all.extend(texts.into_iter().map(Some));
    }
    Some(all)
}
