//! `kickoff risks`: the register of the file, joined with what the last run suggests.

use std::collections::BTreeSet;
use std::io::Write as _;

use kickoff_checks::Check;
use kickoff_engagement::risks::{LinkSet, Links, RegisterEntry, Score, Standing, append, links};
use kickoff_engagement::{Engagement, Risk};
use kickoff_reports::listing::{Column, Listing, Place};
use serde_json::{Value, json};

use crate::cli::{LinkedBy, RisksArgs};
use crate::engagement::Opened;
use crate::exit::{Exit, Failure};
use crate::{lists, outcomes, register};

const COLUMNS: &[Column] = &[
    ("id", Place::Column),
    ("state", Place::Column),
    ("inherent", Place::Column),
    ("residual", Place::Column),
    ("owner", Place::Column),
    ("threat", Place::Rest),
    ("asset", Place::Under),
    ("treatment", Place::Under),
    ("against the run", Place::Under),
    ("explanation", Place::Under),
    ("checks", Place::Nowhere),
    ("controls", Place::Under),
    ("policies", Place::Under),
    ("criteria", Place::Under),
];

/// What is linked to risks: controls, policies or checks.
const LINKED: &[Column] = &[
    ("id", Place::Column),
    ("what it is", Place::Rest),
    ("risks", Place::Under),
    ("controls", Place::Under),
    ("policies", Place::Under),
    ("checks", Place::Under),
    ("criteria", Place::Under),
];

pub(crate) fn run(arguments: &RisksArgs) -> Result<Exit, Failure> {
    let register = register::named("risks")?;
    if register::import_and_export(register, &arguments.file, &arguments.of_file, arguments.format)? {
        return Ok(Exit::Done);
    }
    let mut opened = Opened::of(&arguments.file)?;
    let run = outcomes::last(&arguments.run, &opened.file, opened.today)?;
    let mut entries = opened.registers(run.as_ref())?.risks;
    if arguments.write {
        add(&opened, &entries)?;
        opened = Opened::of(&arguments.file)?;
        entries = opened.registers(run.as_ref())?.risks;
    }
    let links = links(&opened.file, entries.iter().map(|entry| &entry.risk));
    if let Some(by) = arguments.by {
        let linked = linked(by, &opened.file, &links);
        let listing = Listing { columns: LINKED, rows: linked.iter().map(Linked::row).collect() };
        lists::list(arguments.format, &listing, || {
            let links: Vec<Value> = linked.iter().map(Linked::describe).collect();
            json!({ "today": opened.today, "run": run.map(|run| run.run), "links": links })
        })?;
        return Ok(Exit::Done);
    }
    // A rejected risk is linked to nothing, and is shown as it stands.
    let own =
        |entry: &RegisterEntry| links.risks.get(&entry.risk.id).cloned().unwrap_or_else(|| as_written(&entry.risk));
    let listing = Listing { columns: COLUMNS, rows: entries.iter().map(|entry| row(entry, &own(entry))).collect() };
    lists::list(arguments.format, &listing, || {
        let risks: Vec<Value> = entries.iter().map(|entry| describe(entry, &own(entry))).collect();
        json!({ "today": opened.today, "run": run.map(|run| run.run), "risks": risks })
    })?;
    Ok(Exit::Done)
}

fn as_written(risk: &Risk) -> LinkSet {
    let names = |names: &[String]| names.iter().cloned().collect();
    LinkSet {
        risks: BTreeSet::new(),
        controls: names(&risk.controls),
        checks: names(&risk.checks),
        policies: names(&risk.policies),
        criteria: names(&risk.criteria),
    }
}

/// Something that risks are linked to.
struct Linked<'a> {
    id: &'a str,
    what: &'a str,
    links: &'a LinkSet,
}

/// The words of something that an id stands for.
type Named<'a> = dyn Fn(&str) -> Option<&'a str> + 'a;

fn linked<'a>(by: LinkedBy, file: &'a Engagement, links: &'a Links) -> Vec<Linked<'a>> {
    let (by, what): (_, &Named<'a>) = match by {
        LinkedBy::Control => (&links.controls, &|id| {
            file.controls.iter().find(|control| control.id == id).map(|control| control.wording.as_str())
        }),
        LinkedBy::Policy => (&links.policies, &|id| {
            file.policies.iter().find(|policy| policy.id == id).map(|policy| policy.title.as_str())
        }),
        LinkedBy::Check => (&links.checks, &|id| Check::get(id).map(|check| check.meta.title)),
    };
    by.iter().map(|(id, links)| Linked { id, what: what(id).unwrap_or("not in the file"), links }).collect()
}

fn joined(names: &BTreeSet<String>) -> String {
    names.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

impl Linked<'_> {
    fn row(&self) -> Vec<String> {
        let LinkSet { risks, controls, checks, policies, criteria } = self.links;
        let names = [risks, controls, policies, checks, criteria].map(joined);
        [self.id.to_owned(), self.what.to_owned()].into_iter().chain(names).collect()
    }

    fn describe(&self) -> Value {
        let LinkSet { risks, controls, checks, policies, criteria } = self.links;
        json!({
            "id": self.id,
            "what": self.what,
            "risks": risks,
            "controls": controls,
            "policies": policies,
            "checks": checks,
            "criteria": criteria,
        })
    }
}

/// Appends what results suggest to the file, as proposed.
fn add(opened: &Opened, register: &[RegisterEntry]) -> Result<(), Failure> {
    let new = register.iter().filter(|entry| entry.standing == Standing::New).count();
    let mut words = crate::streams::words();
    if new == 0 {
        writeln!(words, "Nothing to add to {}", opened.path().display())?;
        return Ok(());
    }
    let text = append(opened.path(), &opened.text()?, register).map_err(|error| Failure::usage(&error))?;
    writeln!(words, "Added:   {new}, proposed: a person accepts, edits or rejects each")?;
    drop(words);
    opened.save(&text)
}

/// How a risk stands to the run, in words.
fn standing(entry: &RegisterEntry) -> String {
    match &entry.standing {
        Standing::New => "results suggest it".to_owned(),
        Standing::Agrees => "results say the same".to_owned(),
        Standing::Differs(differences) => differences.join("; "),
        Standing::NoLongerSeen => "its checks no longer fail".to_owned(),
        Standing::NotLookedAt => "no check of the run bears on it".to_owned(),
    }
}

fn standing_name(standing: &Standing) -> &'static str {
    match standing {
        Standing::New => "new",
        Standing::Agrees => "agrees",
        Standing::Differs(_) => "differs",
        Standing::NoLongerSeen => "no-longer-seen",
        Standing::NotLookedAt => "not-looked-at",
    }
}

fn score(score: Score) -> String {
    format!("{} ({}×{}) {}", score.product(), score.likelihood, score.impact, score.level())
}

fn row(entry: &RegisterEntry, links: &LinkSet) -> Vec<String> {
    let risk = &entry.risk;
    vec![
        risk.id.clone(),
        risk.state.name().to_owned(),
        score(entry.inherent),
        score(entry.residual),
        risk.owner.clone().unwrap_or_default(),
        risk.threat.clone(),
        risk.asset.clone(),
        risk.treatment.clone().unwrap_or_default(),
        standing(entry),
        entry.explanation.clone().unwrap_or_default(),
        joined(&links.checks),
        joined(&links.controls),
        joined(&links.policies),
        joined(&links.criteria),
    ]
}

fn describe(entry: &RegisterEntry, links: &LinkSet) -> Value {
    let risk = &entry.risk;
    let score = |score: Score| {
        json!({
            "likelihood": score.likelihood,
            "impact": score.impact,
            "score": score.product(),
            "level": score.level(),
        })
    };
    json!({
        "id": risk.id,
        "seed": risk.seed,
        "state": risk.state.name(),
        "threat": risk.threat,
        "asset": risk.asset,
        "inherent": score(entry.inherent),
        "residual": score(entry.residual),
        "treatment": risk.treatment,
        "owner": risk.owner,
        "due": risk.due,
        "review": risk.review,
        "note": risk.note,
        "controls": links.controls,
        "checks": links.checks,
        "policies": links.policies,
        "criteria": links.criteria,
        "standing": standing_name(&entry.standing),
        "standing_words": standing(entry),
        "explanation": entry.explanation,
    })
}
