//! What checks test and the register of assets does not hold: root users, credentials, findings of services, and what is
//! another's and is seen from the account. Populations list it, so that every test has a list that it is of.

use std::collections::BTreeSet;

use kickoff_evidence::EvidenceRef;
use kickoff_facts::{GlobalFacts, Observed, RegionalFacts};

use super::{Found, Incomplete, Lister, Tested};

const USER: &str = "AWS::IAM::User";
const POLICY: &str = "AWS::IAM::ManagedPolicy";
const BUCKET: &str = "AWS::S3::Bucket";
const TRAIL: &str = "AWS::CloudTrail::Trail";
const TOPIC: &str = "AWS::SNS::Topic";
const CONFIG_RULE: &str = "AWS::Config::ConfigRule";
const ANALYZER_FINDING: &str = "AWS::AccessAnalyzer::Finding";
const GUARDDUTY_FINDING: &str = "AWS::GuardDuty::Finding";
const SECURITY_HUB_FINDING: &str = "AWS::SecurityHub::Finding";

/// Where the credentials that are neither a password nor an access key could not be read.
pub(crate) const OTHER_CREDENTIALS: &str = "AWS::IAM::ServiceSpecificCredential";

impl Lister<'_> {
    /// What a family tells; where it could not be read, its kinds are not complete.
    fn told<'f, T>(&mut self, fact: &'f Observed<T>, kinds: &[&'static str]) -> Option<(&'f T, &'f [EvidenceRef])> {
        match fact.get() {
            Ok(value) => Some((value, fact.evidence())),
            Err(gap) => {
                let (account, region) = (self.facts.account.clone(), self.region.to_owned());
                self.found.untold.push(Incomplete { account, region, kinds: kinds.to_vec(), why: gap.to_string() });
                None
            }
        }
    }

    /// Puts something on the list of a population alone; the population by the name in its file's name.
    fn test(&mut self, population: &'static str, found: Found, evidence: &[EvidenceRef]) {
        let region = self.region.to_owned();
        let asset = self.asset(region, found, evidence);
        self.found.tested.push(Tested { population, asset });
    }

    pub(super) fn tested_globally(&mut self, facts: &GlobalFacts) {
        let (partition, account) = (&self.facts.partition, &self.facts.account);
        let root = format!("arn:{partition}:iam::{account}:root");
        let name = format!("root of {account}");
        self.test("root-users", Found::setting(USER, root, name), facts.account_summary.evidence());
        if let Ok(read) = facts.authorization.get() {
            for policy in read.policies.iter().filter(|policy| policy.is_aws_managed()) {
                let found = Found::setting(POLICY, &policy.arn, &policy.name).details("AWS's own");
                self.test("iam-policies", found, facts.authorization.evidence());
            }
        }
        self.credentials(facts);
    }

    /// SSH keys and service-specific credentials, by user.
    fn credentials(&mut self, facts: &GlobalFacts) {
        let users = facts.authorization.get().ok();
        let arn = |name: &str, id: &str| {
            let user = users.and_then(|read| read.users.iter().find(|user| user.name == name));
            format!("{}/{id}", user.map_or_else(|| format!("user/{name}"), |user| user.arn.clone()))
        };
        let state = |active: bool| if active { "active" } else { "inactive" };
        if let Some((credentials, evidence)) = self.told(&facts.service_credentials, &[OTHER_CREDENTIALS]) {
            for one in credentials {
                let found = Found::setting(USER, arn(&one.user, &one.id), format!("{} {}", one.user, one.service));
                self.test("other-credentials", found.details(state(one.active)), evidence);
            }
        }
        let Some((users, _)) = self.told(&facts.user_ssh_keys, &[OTHER_CREDENTIALS]) else { return };
        for user in users {
            let Some((keys, evidence)) = self.told(&user.keys, &[OTHER_CREDENTIALS]) else { continue };
            for key in keys {
                let found = Found::setting(USER, arn(&user.user, &key.id), format!("{} SSH key", user.user));
                self.test("other-credentials", found.details(state(key.active)), evidence);
            }
        }
    }

    /// Buckets that trails of a region deliver to, each once, whoever owns it.
    pub(super) fn trail_buckets(&mut self) {
        let facts = self.facts;
        for (region, regional) in &facts.regions {
            let Ok(trails) = regional.trails.get() else { continue };
            let mut seen: BTreeSet<&str> = BTreeSet::new();
            for trail in trails.iter().filter(|trail| trail.primary) {
                if !seen.insert(&trail.bucket) {
                    continue;
                }
                let arn = format!("arn:{}:s3:::{}", facts.partition, trail.bucket);
                let found = Found::setting(BUCKET, arn, &trail.bucket).details(format!("trail {}", trail.name));
                let asset = self.asset(region.clone(), found, regional.trails.evidence());
                self.found.tested.push(Tested { population: "trail-buckets", asset });
            }
        }
    }

    pub(super) fn tested_regionally(&mut self, facts: &RegionalFacts) {
        let account = self.facts.account.clone();
        if let Ok(trails) = facts.trails.get() {
            // The organization's trail is another account's and records this one.
            for trail in trails.iter().filter(|trail| trail.primary && trail.owner() != account) {
                let found = Found::setting(TRAIL, &trail.arn, &trail.name).details("another account's");
                self.test("trails", found, facts.trails.evidence());
            }
        }
        if let Ok(topics) = facts.topics.get() {
            for topic in topics {
                let gone = matches!(topic.subscriptions.get(), Ok(None));
                let own = topic.arn.split(':').nth(4) == Some(account.as_str());
                let details = match (own, gone) {
                    (true, false) => continue,
                    (_, true) => "does not exist any more",
                    (false, false) => "another account's",
                };
                let found = Found::setting(TOPIC, &topic.arn, super::short(&topic.arn)).details(details);
                self.test("topics", found, facts.topics.evidence());
            }
        }
        if let Some((rules, evidence)) = self.told(&facts.config_rules, &[CONFIG_RULE]) {
            for rule in rules {
                let found = Found::setting(CONFIG_RULE, &rule.name, &rule.name).details(&rule.compliance);
                self.test("config-rules", found, evidence);
            }
        }
        self.findings(facts);
    }

    fn findings(&mut self, facts: &RegionalFacts) {
        for analyzer in facts.analyzers.get().ok().into_iter().flatten().filter(|one| one.status == "ACTIVE") {
            let Some((active, evidence)) = self.told(&analyzer.active_findings, &[ANALYZER_FINDING]) else { continue };
            for finding in active {
                let found = Found::setting(ANALYZER_FINDING, &finding.id, &finding.id);
                let details = format!("{} on {}, told by {}", finding.kind, finding.resource, analyzer.name);
                self.test("analyzer-findings", found.details(details), evidence);
            }
        }
        let services = [
            ("guardduty-findings", GUARDDUTY_FINDING, &facts.guardduty_findings),
            ("security-hub-findings", SECURITY_HUB_FINDING, &facts.security_hub_findings),
        ];
        for (population, kind, fact) in services {
            let Some((Some(open), evidence)) = self.told(fact, &[kind]) else { continue };
            for finding in open {
                let found = Found::setting(kind, &finding.id, &finding.title);
                self.test(population, found.details(format!("on {}", finding.resource)), evidence);
            }
        }
    }
}
