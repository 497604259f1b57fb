//! `kickoff risks`: the register of the file, joined with what the last run suggests.

use std::io::Write as _;

use kickoff_engagement::risks::{RegisterEntry, Score, Standing, append};
use kickoff_reports::listing::{Column, Listing};
use serde_json::{Value, json};

use crate::cli::RisksArgs;
use crate::engagement::Opened;
use crate::exit::{Exit, Failure};
use crate::{lists, outcomes};

const COLUMNS: &[Column] = &[
    ("id", Some(7)),
    ("state", Some(10)),
    ("threat", Some(34)),
    ("asset", Some(16)),
    ("inherent", Some(11)),
    ("residual", Some(11)),
    ("owner", Some(8)),
    ("against the run", Some(28)),
    ("treatment", None),
    ("checks", None),
    ("controls", None),
    ("policies", None),
    ("criteria", None),
    ("explanation", None),
];

pub(crate) fn run(arguments: &RisksArgs) -> Result<Exit, Failure> {
    let mut opened = Opened::of(&arguments.file)?;
    let run = outcomes::last(&arguments.run)?;
    let mut register = opened.registers(run.as_ref())?.risks;
    if arguments.write {
        add(&opened, &register)?;
        opened = Opened::of(&arguments.file)?;
        register = opened.registers(run.as_ref())?.risks;
    }
    let listing = Listing { columns: COLUMNS, rows: register.iter().map(row).collect() };
    lists::list(arguments.format, &listing, &listing, || {
        let risks: Vec<Value> = register.iter().map(describe).collect();
        json!({ "today": opened.today, "run": run.map(|run| run.run), "risks": risks })
    })?;
    Ok(Exit::Done)
}

/// Appends what results suggest to the file, as proposed.
fn add(opened: &Opened, register: &[RegisterEntry]) -> Result<(), Failure> {
    let new = register.iter().filter(|entry| entry.standing == Standing::New).count();
    let mut words = std::io::stderr().lock();
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

fn row(entry: &RegisterEntry) -> Vec<String> {
    let risk = &entry.risk;
    vec![
        risk.id.clone(),
        risk.state.name().to_owned(),
        risk.threat.clone(),
        risk.asset.clone(),
        score(entry.inherent),
        score(entry.residual),
        risk.owner.clone().unwrap_or_default(),
        standing(entry),
        risk.treatment.clone().unwrap_or_default(),
        risk.checks.join(" "),
        risk.controls.join(" "),
        risk.policies.join(" "),
        risk.criteria.join(" "),
        entry.explanation.clone().unwrap_or_default(),
    ]
}

fn describe(entry: &RegisterEntry) -> Value {
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
        "review": risk.review,
        "note": risk.note,
        "controls": risk.controls,
        "checks": risk.checks,
        "policies": risk.policies,
        "criteria": risk.criteria,
        "standing": standing_name(&entry.standing),
        "standing_words": standing(entry),
        "explanation": entry.explanation,
    })
}
