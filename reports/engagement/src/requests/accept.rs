//! Enters which standard requests the lines of an auditor's list are: a key in the entries that there are, entries for the
//! others; nothing else is touched, and no word of a person's is replaced.

use std::collections::BTreeMap;
use std::path::Path;

use super::map::{Line, Mapping, Standing};
use super::named::short;
use super::request::DEFAULT;
use crate::file::Engagement;
use crate::nearest;
use crate::problems::{EngagementError, Lines, Problem};
use crate::write::{append, list, quoted, remark};

/// A line that somebody chose, and what it is the same as; none where that is what is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The id of the line.
    pub id: String,
    /// The requests of the default list that a person names for it.
    pub standard: Vec<String>,
}

impl Chosen {
    /// Reads `A-7`, or `A-7=GEN-04,NET-01` where a person says which it is.
    ///
    /// # Errors
    /// Nothing stands on one side of the sign.
    pub fn parse(text: &str) -> Result<Self, String> {
        let (id, standard) = match text.rsplit_once('=') {
            Some((id, standard)) => (id.trim(), standard),
            None => (text.trim(), ""),
        };
        let ids: Vec<String> =
            standard.split([',', ';']).map(str::trim).filter(|id| !id.is_empty()).map(str::to_owned).collect();
        if id.is_empty() || (text.contains('=') && ids.is_empty()) {
            return Err("write the id of a line, A-7, or with what it is the same as: A-7=GEN-04,NET-01".to_owned());
        }
        Ok(Self { id: id.to_owned(), standard: ids })
    }
}

/// The text of a file with what is chosen entered, and how many lines that are. With nothing chosen all proposals are that
/// nothing stands against.
///
/// # Errors
/// A line is not there, is decided already, or has nothing that could be accepted by itself; or the file has entries where no
/// key can be added. Nothing is entered then.
pub fn accept(
    path: &Path,
    text: &str,
    mapping: &Mapping,
    chosen: &[Chosen],
) -> Result<(String, usize), EngagementError> {
    let before = Engagement::parse(path, text)?;
    let wanted = if chosen.is_empty() {
        let proposed = mapping.lines.iter().filter(|line| line.is_proposed());
        proposed.map(|line| (line, line.standard().into_iter().map(str::to_owned).collect())).collect()
    } else {
        choose(mapping, chosen).map_err(|problems| {
            let problem = |what| Problem { line: None, key: String::new(), what };
            EngagementError::new(path, problems.into_iter().map(problem).collect())
        })?
    };
    let places: BTreeMap<&str, usize> =
        before.requests.iter().enumerate().map(|(at, entry)| (entry.id.as_str(), at)).collect();
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let (mut blocks, mut problems) = (Vec::new(), Vec::new());
    let mut inserts: Vec<(usize, String)> = Vec::new();
    for (line, standard) in &wanted {
        match places.get(line.request.id.as_str()) {
            Some(at) => match key_of(&before.lines, *at, &lines, standard) {
                Ok(insert) => inserts.push(insert),
                Err(problem) => problems.push(problem),
            },
            None => blocks.push(block(line, standard)),
        }
    }
    if !problems.is_empty() {
        return Err(EngagementError::new(path, problems));
    }
    inserts.sort();
    // From the last line to the first, so that numbers of lines still hold.
    for (at, insert) in inserts.into_iter().rev() {
        if let Some(line) = lines.get_mut(at.saturating_sub(1)).filter(|line| !line.ends_with('\n')) {
            line.push('\n');
        }
        lines.insert(at, insert);
    }
    let longer = append(path, &lines.concat(), "requests", &blocks)?;
    let after = Engagement::whole(path, &longer)?;
    if !is_as_wanted(before, after, &wanted) {
        let what = "`standard` cannot be entered: write each of [[requests]] under a head of its own, with its keys on lines of their own; the file is as it was";
        return Err(EngagementError::of_file(path, what.to_owned()));
    }
    Ok((longer, wanted.len()))
}

/// The lines that are chosen, with what each is the same as.
fn choose<'a>(mapping: &'a Mapping, chosen: &[Chosen]) -> Result<Vec<(&'a Line, Vec<String>)>, Vec<String>> {
    let (mut wanted, mut problems) = (Vec::<(&Line, Vec<String>)>::new(), Vec::new());
    for one in chosen {
        let id = &one.id;
        let Some(line) = mapping.lines.iter().find(|line| line.request.id == *id) else {
            let near = nearest(id, mapping.lines.iter().map(|line| line.request.id.as_str()));
            problems.push(format!("the auditor's list has no line `{id}`{near}"));
            continue;
        };
        if wanted.iter().any(|(known, _)| known.request.id == *id) {
            continue;
        }
        let unknown = one.standard.iter().filter(|id| !DEFAULT.iter().any(|request| request.id == **id));
        let unknown: Vec<String> =
            unknown.map(|id| format!("the default list has no request `{id}`{}", near_standard(id))).collect();
        if !unknown.is_empty() {
            problems.extend(unknown);
            continue;
        }
        let decided =
            |what: &str| format!("{id} {what}: nothing is entered; change that in kickoff.toml, if it is wrong");
        match &line.standing {
            Standing::Itself => problems.push(decided("is a request of the default list itself")),
            Standing::Mapped(ids) => problems.push(decided(&format!("is mapped to {} already", ids.join(", ")))),
            Standing::NoCounterpart(_) => problems.push(decided("has no counterpart, as kickoff.toml says")),
            Standing::Open(_) if !one.standard.is_empty() => wanted.push((line, one.standard.clone())),
            Standing::Open(reading) if reading.is_sure() => {
                wanted.push((line, line.standard().into_iter().map(str::to_owned).collect()));
            }
            Standing::Open(reading) => {
                let may = reading.counterparts.first().map_or("IAM-02", |one| one.standard.as_str());
                problems.push(format!(
                    "{id}, `{}`: {}; say which it is, --accept {id}={may}, or that none is: `no_counterpart = \"why\"` under its [[requests]]",
                    short(&line.request.text),
                    reading.reason()
                ));
            }
        }
    }
    if problems.is_empty() { Ok(wanted) } else { Err(problems) }
}

fn near_standard(id: &str) -> String {
    nearest(id, DEFAULT.iter().map(|request| request.id.as_str()))
}

/// The key for an entry that there is, and the line after which it goes: that of the entry's id.
fn key_of(places: &Lines, at: usize, lines: &[String], standard: &[String]) -> Result<(usize, String), Problem> {
    let key = format!("requests[{at}].id");
    let line = places.of(&key);
    let written = line.and_then(|line| lines.get(line - 1));
    let own =
        written.filter(|written| written.trim_start().starts_with("id") || written.trim_start().starts_with("\"id"));
    let there = places.of(&format!("requests[{at}].standard"));
    if there != places.of(&format!("requests[{at}]")) {
        let what = format!("is empty: write {} there, or take it out", list(standard));
        return Err(Problem { line: there, key: "requests.standard".to_owned(), what });
    }
    let Some((line, written)) = line.zip(own) else {
        let what = format!(
            "stands within brackets, and `standard = {}` cannot be added to it: write it under a [[requests]] of its own; the file is as it was",
            list(standard)
        );
        return Err(Problem { line, key: "requests".to_owned(), what });
    };
    let indent: String = written.chars().take_while(|c| c.is_whitespace() && *c != '\n').collect();
    let end = if written.ends_with("\r\n") { "\r\n" } else { "\n" };
    Ok((line, format!("{indent}standard = {}{end}", list(standard))))
}

/// The entry of a line that has none yet.
fn block(line: &Line, standard: &[String]) -> String {
    let request = &line.request;
    let remark = remark(&short(&request.text));
    format!("\n{remark}[[requests]]\nid = {}\nstandard = {}\n", quoted(&request.id), list(standard))
}

/// Whether a file says what it said, and what was wanted; nothing besides.
fn is_as_wanted(mut before: Engagement, mut after: Engagement, wanted: &[(&Line, Vec<String>)]) -> bool {
    let said = |file: &Engagement, id: &str| file.requests.iter().find(|entry| entry.id == id).cloned();
    let entered = wanted
        .iter()
        .all(|(line, standard)| said(&after, &line.request.id).is_some_and(|entry| entry.standard == *standard));
    let known: Vec<String> = before.requests.iter().map(|entry| entry.id.clone()).collect();
    after.requests.retain(|entry| known.contains(&entry.id));
    for (line, _) in wanted {
        for file in [&mut before, &mut after] {
            let entries = file.requests.iter_mut().filter(|entry| entry.id == line.request.id);
            entries.for_each(|entry| entry.standard.clear());
        }
    }
    before.lines = Lines::default();
    after.lines = Lines::default();
    entered && before == after
}
