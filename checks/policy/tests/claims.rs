//! The analysis of whole accounts, held to the truth: what it claims as certain stands up to the slow evaluator, and what leads
//! straight to administrator rights is found, or told as blocked.
//!
//! `KICKOFF_CLAIMS` is the number of random accounts, `KICKOFF_CLAIMS_SEED` the first seed, `KICKOFF_CLAIMS_ALL` lists all that is wrong.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

#[path = "claims/generate.rs"]
mod generate;
#[path = "claims/judge.rs"]
mod judge;
#[path = "claims/judge_itself.rs"]
mod judge_itself;
#[path = "claims/planted.rs"]
mod planted;
mod reference;
#[path = "claims/world.rs"]
mod world;

use std::collections::BTreeMap;

use judge::Judge;
use kickoff_policy::access::{Access, Certainty};
use kickoff_policy::estate::Estate;
use kickoff_policy::reach::Reach;
use serde_json::Value;

/// Of a hundred ways that are beyond doubt, those that the engine must call certain.
const SURE: usize = 90;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

/// The entries of `blocked` that name a principal, as text: how they tell it is the engine's affair.
fn blocked(access: &Value, principal: &str) -> Vec<String> {
    let entries = access["blocked"].as_array().into_iter().flatten().map(Value::to_string);
    entries.filter(|entry| entry.contains(&format!("\"{principal}\""))).collect()
}

/// What was wrong: its sort, and the story.
type Wrong = (String, String);

#[derive(Default)]
struct Tally {
    claims: usize,
    ways: usize,
    certain: usize,
    possible: usize,
    blocked: usize,
}

fn claims(seed: u64, judge: &Judge<'_>, access: &Access, tally: &mut Tally, wrong: &mut Vec<Wrong>) {
    let dump = |arns: &[&str]| judge.world().dump(arns);
    for arn in &access.administrators {
        if let Some(why) = judge.refute_administrator(arn) {
            wrong.push(("administrator".to_owned(), format!("seed {seed}: {arn}: {why}{}", dump(&[arn]))));
        }
    }
    for escalation in access.escalations.iter().filter(|e| e.certainty == Certainty::Certain) {
        tally.claims += 1;
        let mut changed: Option<judge::Actor<'_>> = None;
        for hop in access.path(escalation) {
            assert!(!hop.evidence.is_empty(), "seed {seed}: a step without evidence: {hop:?}");
            // Somebody in a group, or without its boundary, is itself, with other policies.
            if hop.to.contains(":group/") || hop.to == hop.from {
                match judge.changed(&hop.from, &hop.to, &hop.primitive) {
                    Ok(Some(actor)) => changed = Some(actor),
                    Ok(None) => break,
                    Err(why) => wrong.push((format!("step {}, {why}", hop.primitive), format!("seed {seed}: {hop:?}"))),
                }
                continue;
            }
            let refuted = match changed.take() {
                Some(actor) => judge.refute_step_of(&actor, &hop.to, &hop.primitive),
                None => judge.refute_step(&hop.from, &hop.to, &hop.primitive),
            };
            if let Some(why) = refuted {
                let story = format!("seed {seed}: {} -> {}{}", hop.from, hop.to, dump(&[&hop.from, &hop.to]));
                wrong.push((format!("step {}, {why}", hop.primitive), story));
            }
        }
        let last = access.path(escalation).last().expect("a path has steps");
        if let Some(why) = judge.refute_end(&last.to, &last.primitive) {
            let story = format!("seed {seed}: {} -> {}{}", last.from, last.to, dump(&[&last.from, &last.to]));
            wrong.push((format!("end {}, {why}", last.primitive), story));
        }
    }
}

fn finds(seed: u64, judge: &Judge<'_>, access: &Access, tally: &mut Tally, wrong: &mut Vec<Wrong>) {
    let json = serde_json::to_value(access).expect("JSON");
    let conditional = |arn: &str| access.conditional_administrators.iter().any(|c| c.principal == arn);
    for arn in judge.administrators() {
        if !access.administrators.contains(arn) && !conditional(arn) {
            let story = format!("seed {seed}: {arn}{}", judge.world().dump(&[arn]));
            wrong.push(("administrator not found".to_owned(), story));
        }
    }
    for way in judge.ways() {
        tally.ways += 1;
        let found = access.escalations.iter().find(|e| e.from == way.from);
        match found.map(|e| e.certainty) {
            Some(Certainty::Certain) => tally.certain += 1,
            Some(Certainty::Possible) => tally.possible += 1,
            // Its paths are not told apart from what it holds when conditions hold.
            None if access.administrators.contains(&way.from) || conditional(&way.from) => tally.possible += 1,
            None if blocked(&json, &way.from).iter().any(|b| b.contains(way.primitive)) => tally.blocked += 1,
            None => {
                let story =
                    format!("seed {seed}: {} -> {}{}", way.from, way.to, judge.world().dump(&[&way.from, &way.to]));
                wrong.push((format!("way not found: {}", way.primitive), story));
            }
        }
    }
}

/// Point questions within one account: what is certain holds under every guess, and what holds under one is not left out.
fn answers(seed: u64, judge: &Judge<'_>, estate: &Estate, wrong: &mut Vec<Wrong>) {
    let targets: Vec<&world::Entity> = judge.world().accounts[0].entities.iter().take(12).collect();
    let actions = ["iam:CreateAccessKey", "iam:PutUserPolicy", "iam:UpdateAssumeRolePolicy", "iam:PutRolePolicy"];
    let action = actions[seed as usize % actions.len()];
    let user = seed % 4 < 2;
    let Some(target) = targets.iter().find(|e| e.user == user && !e.is_service_linked()) else { return };
    let found = estate.who_can(action, &target.arn()).expect("a known action");
    for (_, e) in judge.world().entities().filter(|(_, e)| e.account == target.account) {
        let arn = e.arn();
        let (always, sometimes) = judge.answers(&arn, action, &target.arn());
        let answer = found.principals.iter().find(|h| h.principal == arn).map(|h| h.certain);
        if answer == Some(true) && !always || answer.is_none() && sometimes {
            let story =
                format!("seed {seed}: {arn} {action} {}: {answer:?}{}", target.arn(), judge.world().dump(&[&arn]));
            wrong.push(("who can".to_owned(), story));
        }
    }
}

#[test]
fn what_is_certain_stands_and_what_leads_there_is_found() {
    let first = number("KICKOFF_CLAIMS_SEED", 1);
    let count = number("KICKOFF_CLAIMS", 1000);
    let (mut tally, mut wrong) = (Tally::default(), Vec::new());
    for seed in first..first + count {
        let world = generate::world(seed);
        let judge = Judge::new(&world, seed);
        let estate = world.estate();
        let access = Reach::new(&estate).access();
        claims(seed, &judge, &access, &mut tally, &mut wrong);
        finds(seed, &judge, &access, &mut tally, &mut wrong);
        answers(seed, &judge, &estate, &mut wrong);
    }
    eprintln!(
        "{count} accounts; {} certain claims; {} ways: {} certain, {} possible, {} blocked",
        tally.claims, tally.ways, tally.certain, tally.possible, tally.blocked
    );
    let mut sorts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    wrong.iter().for_each(|(sort, story)| sorts.entry(sort).or_default().push(story));
    let shown = if std::env::var_os("KICKOFF_CLAIMS_ALL").is_some() { usize::MAX } else { 1 };
    let mut text = String::new();
    for (sort, mut stories) in sorts {
        stories.sort_by_key(|story| story.len());
        text += &format!("\n\n{sort}: {} times", stories.len());
        stories.iter().take(shown).for_each(|story| text += &format!("\n{story}"));
    }
    assert!(wrong.is_empty(), "{text}");
    if count >= 100 {
        assert!(tally.claims as u64 > count && tally.ways as u64 > count, "the accounts test too little");
        assert!(tally.certain * 100 >= tally.ways * SURE, "the engine is sure of too little");
    }
}
