//! `kickoff risks`: the register of the file, joined with what the last run suggests.

use std::collections::BTreeSet;
use std::io::Write as _;

use kickoff::walk::Failure;
use kickoff::walk::opened::Opened;
use kickoff_checks::Check;
use kickoff_engagement::risks::{Level, LinkSet, Links, Rating, RegisterEntry, RiskScale, Standing, append, links};
use kickoff_engagement::{Engagement, Risk};
use kickoff_reports::listing::{Column, Listing, Place};
use serde_json::{Value, json};

use super::given;
use crate::cli::{LinkedBy, RisksArgs};
use crate::commands::register;
use crate::exit::Exit;
use crate::terminal::files::save;
use crate::terminal::{lists, streams};

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

/// What a company's own scale of risks adds.
const SCALED: &[Column] = &[("levels", Place::Under), ("kickoff's scale", Place::Under)];

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
    let mut opened = given::opened(&arguments.file)?;
    let run = given::outcomes(&arguments.run, &opened)?;
    let mut entries = opened.registers(run.as_ref())?.risks;
    if arguments.write {
        add(&opened, &entries)?;
        opened = given::opened(&arguments.file)?;
        entries = opened.registers(run.as_ref())?.risks;
    }
    let links = links(&opened.file, entries.iter().map(|entry| &entry.risk));
    if let Some(by) = arguments.by {
        let linked = linked(by, &opened.file, &links);
        let listing = Listing { columns: LINKED, rows: linked.iter().map(Linked::row).collect() };
        lists::list(arguments.format, &listing, || {
            let entries: Vec<Value> = linked.iter().map(Linked::describe).collect();
            json!({ "today": opened.today, "zone": opened.file.zone(), "run": run.map(|run| run.run), "links": entries })
        })?;
        return Ok(Exit::Done);
    }
    // A rejected risk is linked to nothing, and is shown as it stands.
    let own =
        |entry: &RegisterEntry| links.risks.get(&entry.risk.id).cloned().unwrap_or_else(|| as_written(&entry.risk));
    let scale = &opened.file.risk_scale;
    let columns = if scale.is_ours() { COLUMNS.to_vec() } else { [COLUMNS, SCALED].concat() };
    let row = |entry: &RegisterEntry| {
        let mut row = row(entry, &own(entry));
        row.extend(scaled(entry).into_iter().filter(|_| !scale.is_ours()));
        row
    };
    let listing = Listing { columns: &columns, rows: entries.iter().map(row).collect() };
    lists::list(arguments.format, &listing, || {
        let risks: Vec<Value> = entries.iter().map(|entry| describe(entry, &own(entry), scale)).collect();
        json!({ "today": opened.today, "zone": opened.file.zone(), "run": run.map(|run| run.run), "risks": risks })
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
    let mut words = streams::words();
    if new == 0 {
        writeln!(words, "Nothing to add to {}", opened.path().display())?;
        return Ok(());
    }
    let text = append(opened.path(), &opened.text()?, register).map_err(|error| Failure::usage(&error))?;
    writeln!(words, "Added:   {new}, proposed: a person accepts, edits or rejects each")?;
    drop(words);
    save(opened.path(), text.as_bytes())
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

/// The levels by their names, and what a risk is on our scale, where that is something else.
fn scaled(entry: &RegisterEntry) -> [String; 2] {
    let (inherent, residual) = (&entry.inherent, &entry.residual);
    let levels = |rating: &Rating| format!("{} × {}", rating.likelihood.name(), rating.impact.name());
    let ours = [("inherent", inherent.ours_in_full()), ("residual", residual.ours_in_full())];
    let ours: Vec<String> = ours.into_iter().filter_map(|(what, ours)| Some(format!("{what} {}", ours?))).collect();
    [format!("inherent {}; residual {}", levels(inherent), levels(residual)), ours.join("; ")]
}

fn row(entry: &RegisterEntry, links: &LinkSet) -> Vec<String> {
    let risk = &entry.risk;
    vec![
        risk.id.clone(),
        risk.state.name().to_owned(),
        entry.inherent.in_full(),
        entry.residual.in_full(),
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

/// A rating; on a company's own scale with its words, and ours where it is something else.
fn rated(rating: &Rating, scale: &RiskScale) -> Value {
    let mut rated = json!({
        "likelihood": rating.likelihood.value,
        "impact": rating.impact.value,
        "score": rating.score,
        "level": rating.band,
    });
    if !scale.is_ours() {
        let word = |level: &Level| level.word.clone();
        rated["likelihood_word"] = word(&rating.likelihood).into();
        rated["impact_word"] = word(&rating.impact).into();
        rated["kickoff_scale"] = rating.ours.map_or(Value::Null, |ours| {
            json!({
                "likelihood": ours.likelihood,
                "impact": ours.impact,
                "score": ours.product(),
                "level": ours.level(),
            })
        });
    }
    rated
}

fn describe(entry: &RegisterEntry, links: &LinkSet, scale: &RiskScale) -> Value {
    let risk = &entry.risk;
    json!({
        "id": risk.id,
        "seed": risk.seed,
        "state": risk.state.name(),
        "threat": risk.threat,
        "asset": risk.asset,
        "inherent": rated(&entry.inherent, scale),
        "residual": rated(&entry.residual, scale),
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
