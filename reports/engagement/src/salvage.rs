//! What of a file can be read where some of it cannot: the rest is held against itself as well, so that everything that is
//! wrong is told in one go.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::problems::{Lines, Problem, Problems, plain};
use crate::shape;

/// A file without what does not fit its schema.
pub(crate) struct Salvaged {
    /// What is left; it fits.
    pub value: Value,
    /// Where its keys stand in the file as it was written.
    pub lines: Lines,
    gone: Gone,
}

/// What was taken out.
#[derive(Default)]
struct Gone {
    /// The ids of entries: names of them are no mistake.
    ids: BTreeSet<String>,
    /// Lists that were taken out, or of which an entry without an id was: `people`. Any name may be of such a list.
    lists: BTreeSet<String>,
    /// Tables that lack a key now, with their lines: what is said of such a table as a whole is of what it lacks.
    tables: BTreeSet<(String, Option<usize>)>,
}

/// Takes out what is wrong at some keys; none where what is left does not fit either.
pub(crate) fn salvage(value: Value, lines: Lines, schema: &Value, keys: Vec<String>) -> Option<Salvaged> {
    let mut left = Salvaged { value, lines, gone: Gone::default() };
    let mut keys = keys;
    // A key that goes may leave a table without something that it needs, and that table goes next: never deeper than keys nest.
    for _ in 0..16 {
        if keys.is_empty() {
            return Some(left);
        }
        let targets: BTreeSet<Vec<Step>> = keys.iter().map(|key| left.target(key)).collect();
        // From behind, so that the numbers of what comes before still hold; what goes with an entry goes once.
        let inner = |path: &[Step]| (0..path.len()).any(|end| targets.contains(&path[..end]));
        for path in targets.iter().rev().filter(|path| !inner(path)) {
            left.take_out(path);
        }
        let mut problems = Problems::new(&left.lines);
        shape::check(&left.value, schema, &mut problems);
        keys = problems.keys().to_vec();
    }
    None
}

/// A step into a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Key(String),
    Entry(usize),
}

/// The steps of a key such as `people[1].name`.
fn steps(key: &str) -> Vec<Step> {
    key.split('.')
        .flat_map(|part| {
            let mut pieces = part.split('[');
            let name = pieces.next().map(|name| Step::Key(name.to_owned()));
            name.into_iter().chain(pieces.filter_map(|n| n.trim_end_matches(']').parse().ok().map(Step::Entry)))
        })
        .collect()
}

fn key(steps: &[Step]) -> String {
    let mut key = String::new();
    for step in steps {
        match step {
            Step::Key(name) if key.is_empty() => key.push_str(name),
            Step::Key(name) => key.push_str(&format!(".{name}")),
            Step::Entry(at) => key.push_str(&format!("[{at}]")),
        }
    }
    key
}

fn at<'v>(value: &'v mut Value, steps: &[Step]) -> Option<&'v mut Value> {
    steps.iter().try_fold(value, |value, step| match step {
        Step::Key(name) => value.get_mut(name),
        Step::Entry(at) => value.get_mut(*at),
    })
}

impl Salvaged {
    /// What is taken out for a key: its value; of one that is missing, the entry or table that lacks it.
    fn target(&mut self, wrong: &str) -> Vec<Step> {
        let mut path = steps(wrong);
        if at(&mut self.value, &path).is_none() {
            path.pop();
            while path.last().is_some_and(|step| matches!(step, Step::Key(_))) && path.len() > 1 {
                path.pop();
            }
        }
        path
    }

    /// Takes out a value.
    fn take_out(&mut self, path: &[Step]) {
        let Some((last, above)) = path.split_last() else { return };
        let taken = match (at(&mut self.value, above), last) {
            (Some(Value::Object(table)), Step::Key(name)) => table.remove(name),
            (Some(Value::Array(list)), Step::Entry(at)) if *at < list.len() => {
                let taken = list.remove(*at);
                self.lines.forget_entry(&key(above), *at);
                Some(taken)
            }
            _ => None,
        };
        if matches!((&taken, last), (Some(_), Step::Key(_))) && !above.is_empty() {
            self.gone.tables.insert((plain(&key(above)), self.lines.of(&key(above))));
        }
        let in_entry = above.iter().any(|step| matches!(step, Step::Entry(_)));
        match (taken, last) {
            (Some(entry), Step::Entry(_)) => match entry.get("id").and_then(Value::as_str) {
                Some(id) => drop(self.gone.ids.insert(id.to_owned())),
                None => drop(self.gone.lists.insert(key(above))),
            },
            // A key of an entry that stays takes no name away.
            (Some(_), Step::Key(_)) if !in_entry => drop(self.gone.lists.insert(key(path))),
            _ => {}
        }
    }

    /// Whether a problem is there only because something was taken out.
    pub(crate) fn explains(&self, problem: &Problem) -> bool {
        let lacks = |kind: &str| problem.what.starts_with(&format!("there is no {kind} `"));
        let of_list =
            |kind: &str, lists: &[&str]| lacks(kind) && lists.iter().any(|list| self.gone.lists.contains(*list));
        let named = problem.what.starts_with("there is no ")
            && self.gone.ids.iter().any(|id| problem.what.contains(&format!("`{id}`")));
        named
            || self.gone.tables.contains(&(problem.key.clone(), problem.line))
            || of_list("person", &["people"])
            || of_list("policy", &["policies"])
            || of_list("control", &["controls"])
            || of_list("risk", &["risks"])
            || of_list("request", &["requests", "request_list"])
            || of_list("account in [[scope.accounts]]", &["scope.accounts", "scope"])
    }
}
