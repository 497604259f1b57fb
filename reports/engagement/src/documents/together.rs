//! Several files for one request: which belong together, and which are rivals that a person has to choose from.

use std::collections::BTreeSet;

use super::matches::Match;
use super::name::{FileName, KNOWN};
use crate::cadence::Nature;
use crate::requests::request::Request;
use crate::words::words;

/// So many files of one request are held each against each other; a request that has more has a folder of its own.
const MOST: usize = 1000;

/// What a file is, beside the others of its request.
struct Rival<'a> {
    found: &'a Match,
    name: FileName,
    /// The things that its name tells of, where a request has several.
    things: BTreeSet<Option<usize>>,
    /// Its name has words that none of the request's has.
    has_more: bool,
}

/// How two files of one request stand to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    /// Both answer it.
    Together,
    /// The first is not certain beside the second, which is.
    Doubtful,
    /// Nobody can tell which of the two it is.
    Rivals,
}

/// Files of one request, which the company calls `own`: those that belong together, and those that are contested, each with why.
pub(super) fn sort(request: &Request, own: &[String], matches: &[Match]) -> (Vec<Match>, Vec<(Match, String)>) {
    let loose = matches.iter().filter(|found| found.folder.is_none()).count();
    if loose > MOST {
        let why = format!(
            "{loose} files may be it, and no more than {MOST} are held against each other: put those that belong together into a folder that is called like the request"
        );
        return (Vec::new(), matches.iter().map(|found| (found.clone(), why.clone())).collect());
    }
    let names: Vec<BTreeSet<String>> = request.names.iter().chain(own).map(|name| words(name)).collect();
    let has_subjects = names.iter().any(|name| KNOWN.has_subjects(name));
    let files: Vec<Rival<'_>> = matches.iter().map(|found| rival(found, &names)).collect();
    let is_policy = request.nature == Some(Nature::Policy);
    let relation = |a: &Rival<'_>, b: &Rival<'_>| relation(a, b, is_policy, has_subjects);
    let (mut together, mut contested): (Vec<&Rival<'_>>, Vec<(&Rival<'_>, String)>) = (Vec::new(), Vec::new());
    for (at, file) in files.iter().enumerate() {
        let mut others = files.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, other)| other);
        match others.find(|other| relation(file, other) != Relation::Together) {
            None => together.push(file),
            Some(other) => {
                let why = if relation(file, other) == Relation::Doubtful {
                    format!("beside {} it is not certain", other.found.file)
                } else {
                    format!("{} may be it as well: nothing in their names tells them apart", other.found.file)
                };
                contested.push((file, why));
            }
        }
    }
    // Which is the newest version is open: one that came before it is not the policy, whatever its own name says.
    let open: Vec<&Rival<'_>> =
        contested.iter().map(|(file, _)| *file).filter(|file| file.name.unfit.is_none()).collect();
    let newer = |file: &Rival<'_>| {
        open.iter().find(|other| other.name.subject() == file.name.subject() && other.name.is_later_than(&file.name))
    };
    together.retain(|&file| match newer(file).filter(|_| is_policy) {
        None => true,
        Some(other) => {
            contested.push((file, format!("{} is of a later version, and is not decided on", other.found.file)));
            false
        }
    });
    let contested = contested.into_iter().map(|(file, why)| (file.found.clone(), why)).collect();
    // Different documents have titles: without, they would be versions of one.
    let titled = together.iter().any(|one| together.iter().any(|other| one.name.core != other.name.core));
    let several = together.len() > 1;
    let together = together.into_iter().map(|file| {
        let title = (titled && several && !file.name.title.is_empty()).then(|| file.name.title.clone());
        let found = file.found.clone();
        if !is_policy {
            // A quarter without its year is for a person to place: the register reads it with the day of the document.
            let bare = file.name.bare.as_ref().filter(|_| found.time.is_none()).map(|bare| bare.to_uppercase());
            return Match { title, version: found.version.clone().or(bare), ..found };
        }
        // The year in the name of a policy is its version.
        let version = found.version.clone().or_else(|| found.time.as_ref().map(|time| time.name.clone()));
        Match { title, version, time: None, ..found }
    });
    (together.collect(), contested)
}

fn rival<'a>(found: &'a Match, names: &[BTreeSet<String>]) -> Rival<'a> {
    let mut name = FileName::of(&found.file);
    if let Some(english) = &found.english {
        name.core.clone_from(english);
    }
    let all: BTreeSet<String> = name.core.union(&name.roles).cloned().collect();
    let held = || names.iter().filter(|own| own.is_subset(&all));
    let known: BTreeSet<&String> = held().flatten().collect();
    let more = name.subject().into_iter().any(|word| !known.iter().any(|known| known.as_str() == word));
    let mut things: BTreeSet<Option<usize>> = held().map(|own| KNOWN.thing(own)).collect();
    // A name of the request that stands in no row is another word for what the others are.
    if things.len() > 1 {
        things.remove(&None);
    }
    let has_more = more && found.folder.is_none();
    Rival { found, name, things, has_more }
}

fn relation(a: &Rival<'_>, b: &Rival<'_>, is_policy: bool, has_subjects: bool) -> Relation {
    match (&a.name.unfit, &b.name.unfit) {
        (Some(_), None) => return Relation::Doubtful,
        (None, Some(_)) => return Relation::Together,
        (Some(_), Some(_)) => return Relation::Rivals,
        (None, None) => {}
    }
    // What was put into one folder that is called like the request was handed over together.
    if a.found.folder.is_some() && a.found.folder == b.found.folder {
        return Relation::Together;
    }
    let (own, other) = (a.name.subject(), b.name.subject());
    let another_time = a.name.is_of_another_time(&b.name);
    if own == other {
        let versions = is_policy && a.name.is_another_version(&b.name);
        let roles = !is_policy && a.name.roles != b.name.roles;
        let things = !a.things.is_empty() && a.things.is_disjoint(&b.things);
        let apart = another_time || versions || roles || things || a.name.is_another_part(&b.name);
        return if apart { Relation::Together } else { Relation::Rivals };
    }
    let contains = own.is_subset(&other) || other.is_subset(&own);
    if has_subjects && !is_policy && (!contains || another_time) {
        return Relation::Together;
    }
    if !a.things.is_empty() && a.things.is_disjoint(&b.things) && !a.has_more && !b.has_more {
        return Relation::Together;
    }
    match (a.has_more, b.has_more) {
        (true, false) => Relation::Doubtful,
        // The other one answers for itself.
        (false, true) => Relation::Together,
        _ => Relation::Rivals,
    }
}
