//! A document that is made account by account: no more than the facts of one have to be in memory.

use std::collections::BTreeMap;

use kickoff_checks::{Evaluated, Parameters, evaluate_among};
use kickoff_engagement::Engagement;
use kickoff_evidence::EvidenceRef;
use kickoff_facts::{AccountFacts, Neighbours};

use super::fill::{coverage, criteria, evidence, result, run};
use super::text::Texts;
use super::told::{Told, cited};
use super::{Document, Input, LeftOut, ResultRow, SCHEMA, day_in};
use crate::exceptions::exclude;

/// A document to which accounts are still added.
#[derive(Debug)]
pub struct Draft<'a> {
    input: Input<'a>,
    texts: Texts,
    told: Vec<Told>,
    results: Vec<ResultRow>,
    left_out: Vec<LeftOut>,
    excluded: BTreeMap<String, usize>,
    parameters: Parameters,
}

impl<'a> Draft<'a> {
    /// A document without accounts.
    #[must_use]
    pub fn new(input: Input<'a>) -> Self {
        Self {
            input,
            texts: Texts::default(),
            told: Vec::new(),
            results: Vec::new(),
            left_out: Vec::new(),
            excluded: exclude(&mut [], input.engagement, day_in(input.run, input.engagement)),
            parameters: parameters(input.engagement),
        }
    }

    /// Decides an account among those that others refer to: all checks, and the exceptions that are in force on the day
    /// of the run.
    pub fn add(&mut self, facts: &AccountFacts, others: &Neighbours) {
        let Input { run, engagement, selection, .. } = self.input;
        let today = day_in(run, engagement);
        let Evaluated { mut rows, untested } = evaluate_among(facts, Some(others), &selection.0, &self.parameters);
        self.left_out.extend(untested.into_iter().map(|one| LeftOut {
            check: one.check.to_owned(),
            account: one.account,
            resource_type: one.kind.to_owned(),
            reason: one.why.to_owned(),
            count: one.count as u64,
        }));
        for (exception, taken) in exclude(&mut rows, engagement, today) {
            *self.excluded.entry(exception).or_default() += taken;
        }
        rows.sort_by(|a, b| a.order().cmp(&b.order()));
        self.told.push(Told::of(facts, self.input.numbered));
        let cited = |evidence: &[EvidenceRef]| cited(evidence, self.input.numbered);
        self.results.extend(rows.into_iter().map(|row| {
            let evidence = cited(&row.evidence);
            result(row, engagement, today, &evidence, &mut self.texts)
        }));
    }

    /// The document, and how many results each exception in force takes out. The same accounts give the same bytes.
    #[must_use]
    pub fn finish(self) -> (Document, BTreeMap<String, usize>) {
        let Self { input, told, mut results, mut left_out, excluded, parameters, .. } = self;
        // Those of an account are in order already: all are, by check, account, region and resource.
        results.sort_by(|a, b| (&*a.check, &*a.account).cmp(&(&*b.check, &*b.account)));
        left_out.sort_by(|a, b| (&a.check, &a.account).cmp(&(&b.check, &b.account)));
        let items = &input.numbered.items;
        let document = Document {
            schema: SCHEMA.to_owned(),
            run: run(&input, &told),
            coverage: coverage(items, &told, &parameters.left_out),
            control_totals: told.into_iter().flat_map(|told| told.control_totals).collect(),
            criteria: criteria(&input, &results),
            evidence: items.iter().map(|(id, item)| evidence(item, *id)).collect(),
            results,
            left_out,
        };
        (document, excluded)
    }
}

/// The thresholds in force, with the regions that approved exclusions leave out of scope.
fn parameters(engagement: &Engagement) -> Parameters {
    let mut parameters = engagement.thresholds.clone();
    for exclusion in &engagement.scope.exclusions {
        if let Some(region) = &exclusion.region {
            parameters.left_out.insert(region.clone(), exclusion.sentence(engagement.person(&exclusion.approver)));
        }
    }
    parameters
}
