//! What the records of a run say of one another: who asked, whose the answers are, who gave them. A record that was changed by
//! itself contradicts the others.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use kickoff_aws::is_aws_endpoint;
use kickoff_evidence::{AccountRecord, Exchange, Run, RunError, RunMetadata, endpoint_of, tree};
use kickoff_facts::of_others;

/// Times of a run are whole seconds, those of its exchanges are not.
const ROUNDING: SignedDuration = SignedDuration::from_secs(2);

/// What was found.
#[derive(Default)]
pub struct Tied {
    /// Contradictions.
    pub found: Vec<String>,
    /// Who answered, and how many requests.
    pub endpoints: BTreeMap<String, u64>,
    /// Those of them that are not AWS's for what they were asked.
    foreign: BTreeSet<String>,
    /// The accounts in which STS answered that the caller is who run.json says.
    pub identified: BTreeSet<String>,
}

/// Holds every exchange of a run against the run.
///
/// # Errors
/// An archive cannot be read.
pub fn tied(run: &Run) -> Result<Tied, RunError> {
    let mut tied = Tied::default();
    for account in &run.metadata.accounts {
        let Some(archive) = run.archive(&account.id) else { continue };
        for position in 0..u32::try_from(archive.len()).unwrap_or(u32::MAX) {
            tied.add(&run.metadata, account, &archive.read(position)?);
        }
        if account.unreachable.is_some() && !archive.is_empty() {
            tied.found.push(format!("account {} could not be entered, says run.json, and has answers", account.id));
        }
    }
    Ok(tied)
}

impl Tied {
    fn add(&mut self, run: &RunMetadata, account: &AccountRecord, exchange: &Exchange) {
        let what = format!(
            "{}:{} in {} of {}, {}",
            exchange.service, exchange.operation, exchange.region, exchange.account, exchange.started
        );
        let mut contradicts = |why: String| self.found.push(format!("the exchange of {what}: {why}"));
        if exchange.caller != account.caller {
            contradicts(format!("it was made by {:?}, and run.json names {:?}", exchange.caller, account.caller));
        }
        if exchange.partition != account.partition {
            contradicts(format!(
                "its partition is {:?}, and run.json says {:?}",
                exchange.partition, account.partition
            ));
        }
        let agent = exchange.request.headers.get("user-agent");
        // One run, wherever it stands: it stands first, and stood last in runs of earlier versions.
        let names =
            |agent: &String| agent.split(' ').filter_map(|word| word.strip_prefix("run/")).eq([run.id.as_str()]);
        if agent.is_some_and(|agent| !names(agent)) {
            contradicts(format!("its user agent does not name {}", run.id));
        }
        let early = exchange.started + ROUNDING < run.started;
        let late = run.finished.is_some_and(|finished| exchange.finished > finished + ROUNDING);
        if early || late || exchange.finished < exchange.started {
            contradicts(format!("it does not lie within the run, which was from {} on", run.started));
        }
        if !exchange.region.is_empty()
            && exchange.region != account.home_region
            && !account.regions.contains(&exchange.region)
            && !account.disabled_regions.contains(&exchange.region)
        {
            contradicts("run.json does not name its region".to_owned());
        }
        let endpoint = endpoint_of(&exchange.request.uri);
        *self.endpoints.entry(endpoint.to_owned()).or_default() += 1;
        if !is_aws_endpoint(&exchange.service, &exchange.region, endpoint) {
            self.foreign.insert(endpoint.to_owned());
        }
        let Some(response) = exchange.response.as_ref().filter(|response| (200..300).contains(&response.status)) else {
            return;
        };
        let operation = format!("{}:{}", exchange.service, exchange.operation);
        let mut contradicts = |why: String| self.found.push(format!("the exchange of {what}: {why}"));
        for other in of_others(&operation, &exchange.account, &response.body).iter().take(3) {
            contradicts(format!("the answer is of another account: it has {other}"));
        }
        if operation == "sts:GetCallerIdentity" {
            match identity(&response.body) {
                Some((id, arn)) if id == account.id && arn == account.caller => {
                    self.identified.insert(account.id.clone());
                }
                Some((id, arn)) => {
                    contradicts(format!(
                        "STS names {arn} of {id}, and run.json {:?} of {}",
                        account.caller, account.id
                    ));
                }
                None => contradicts("STS names nobody".to_owned()),
            }
        }
    }

    /// Endpoints that are not AWS's and that a run does not admit.
    pub fn not_admitted<'a>(&'a self, run: &'a RunMetadata) -> impl Iterator<Item = &'a str> {
        let admitted = |endpoint: &str| run.foreign_endpoints.iter().any(|known| known == endpoint);
        self.foreign().filter(move |endpoint| !admitted(endpoint))
    }

    /// Endpoints that are not AWS's.
    pub fn foreign(&self) -> impl Iterator<Item = &str> {
        self.foreign.iter().map(String::as_str)
    }
}

/// The account and the ARN that STS names.
fn identity(body: &[u8]) -> Option<(String, String)> {
    let answer = tree(body)?;
    let answer = answer.get("GetCallerIdentityResult").unwrap_or(&answer);
    let member = |name: &str| answer.get(name)?.as_str().map(str::to_owned);
    Some((member("Account")?, member("Arn")?))
}
