//! Random questions to the engine and to the slow evaluator that was written apart from it.
//!
//! `KICKOFF_DIFFERENTIAL` is the number of requests, `KICKOFF_DIFFERENTIAL_SEED` the first seed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]

mod reference;

use std::collections::BTreeMap;

use reference::Decision;
use reference::compare::{compare, line, shrink};
use reference::engine::{Answer, Engine};
use reference::generate::item;

/// Requests asked of one set of policies.
const REQUESTS: usize = 100;
/// Of a hundred requests, those in conditional mode: each costs as much as dozens of strict ones.
const CONDITIONAL: usize = 3;
/// No outcome may be rarer, out of a hundred, or the generator tests too little.
const RAREST: usize = 10;

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().expect("a number"))
}

#[derive(Default)]
struct Tally {
    strict: BTreeMap<Decision, usize>,
    conditional: BTreeMap<&'static str, usize>,
    undecided: usize,
    imprecise: usize,
}

fn run(seed: u64, tally: &mut Tally) {
    let item = item(seed, REQUESTS, CONDITIONAL);
    let engine = Engine::new(&item.policies).unwrap_or_else(|error| {
        panic!("seed {seed}: refused, {error}\n{}", line(&item.policies, &serde_json::Value::Null, false))
    });
    for request in &item.requests {
        let compared =
            compare(&engine, &item.policies, &request.request, request.conditional).unwrap_or_else(|found| {
                let whole = line(&item.policies, &request.request, request.conditional);
                panic!("seed {seed}: {}\nwhole: {whole}\nshrunk: {}", found.text, shrink(&whole))
            });
        if !request.conditional {
            for decision in compared.decisions {
                *tally.strict.entry(decision).or_default() += 1;
            }
            continue;
        }
        let name = match compared.answer {
            Answer::Allow => "allow",
            Answer::ExplicitDeny => "explicit-deny",
            Answer::ImplicitDeny => "implicit-deny",
            Answer::Conditional => "conditional",
        };
        *tally.conditional.entry(name).or_default() += 1;
        // A pattern is undecided for other reasons than a key.
        let whole = request.request["resource"].as_str().is_some_and(|resource| !resource.contains('*'));
        if compared.answer == Answer::Conditional && whole {
            tally.undecided += 1;
            // All agree on these values: others may differ, so this bounds the imprecision from above.
            let agree = !compared.decisions.contains(&Decision::Allow) || compared.decisions.len() == 1;
            tally.imprecise += usize::from(agree);
        }
    }
}

#[test]
fn engine_and_reference_agree() {
    let first = number("KICKOFF_DIFFERENTIAL_SEED", 1);
    let items = number("KICKOFF_DIFFERENTIAL", 1_000_000).div_ceil(REQUESTS as u64);
    let mut tally = Tally::default();
    for seed in first..first + items {
        run(seed, &mut tally);
    }
    let total: usize = tally.strict.values().sum();
    eprintln!("{} items; strict {:?}; conditional {:?}", items, tally.strict, tally.conditional);
    eprintln!("undecided {}, of which at most {} needlessly", tally.undecided, tally.imprecise);
    if items >= 100 {
        for decision in [Decision::Allow, Decision::ExplicitDeny, Decision::ImplicitDeny] {
            let share = tally.strict.get(&decision).copied().unwrap_or(0) * 100 / total;
            assert!(share >= RAREST, "only {share} % of the strict questions end in {decision:?}");
        }
    }
}
