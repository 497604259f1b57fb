//! Populations: everything of a kind that a run knows to exist, unfiltered, with its second count.

use std::collections::BTreeMap;

use kickoff_checks::{Check, Entry, Kind};

use super::sources::Sources;
use crate::inventory::{Asset, EVERY_REGIONAL_KIND, Incomplete};
use crate::results::{Account, ControlTotal, ResultRow};

/// What a population is a list of.
#[derive(Debug, Clone)]
pub enum Subject<'a> {
    /// Accounts of the run.
    Accounts(Vec<&'a Account>),
    /// Regions that were asked, with their account.
    Regions(Vec<(&'a str, &'a str)>),
    /// Assets.
    Assets(Vec<&'a Asset>),
    /// What a check lists for a person: events, assignments, principals, each with the result that lists it.
    Listed(Vec<(&'a ResultRow, &'a Entry)>),
}

/// A population.
#[derive(Debug, Clone)]
pub struct Population<'a> {
    /// `POP-07`.
    pub id: &'static str,
    /// The name in a file's name, `iam-users`.
    pub slug: &'static str,
    /// What it lists, `IAM users`.
    pub what: &'static str,
    /// The types of what it lists, as CloudFormation names them; empty for a check's list.
    pub kinds: &'static [&'static str],
    /// The check whose list it is, where it is one.
    pub check: Option<&'static Check>,
    /// The items.
    pub subject: Subject<'a>,
    /// Second counts that AWS offers, one an account.
    pub totals: Vec<&'a ControlTotal>,
    /// Why it is not complete, where it is not.
    pub incomplete: Vec<String>,
    /// Why there is nothing of it, where the question does not arise.
    pub does_not_arise: Option<&'a str>,
    /// The ids of the evidence that it was read from, in order.
    pub evidence: Vec<String>,
}

impl Population<'_> {
    /// How many items there are.
    #[must_use]
    pub fn size(&self) -> usize {
        match &self.subject {
            Subject::Accounts(items) => items.len(),
            Subject::Regions(items) => items.len(),
            Subject::Assets(items) => items.len(),
            Subject::Listed(items) => items.len(),
        }
    }

    /// Whether nothing is known to be missing.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.incomplete.is_empty()
    }

    /// Whether it is complete and a second count of an account agrees with it.
    #[must_use]
    pub fn ties(&self, account: &str) -> bool {
        self.is_complete() && self.totals.iter().any(|total| total.account == account && total.difference == 0)
    }

    /// Its file for a reader: there is none where there is nothing to list.
    #[must_use]
    pub fn place(&self) -> String {
        match (self.size(), self.is_complete()) {
            (0, true) => "no file, as there is nothing to list".to_owned(),
            (0, false) => "no file, as it could not be read".to_owned(),
            _ => self.file(),
        }
    }

    /// `30_populations/POP-07_iam-users.csv`.
    #[must_use]
    pub fn file(&self) -> String {
        format!("30_populations/{}_{}.csv", self.id, self.slug)
    }
}

/// A population of assets: id, name in files, what it lists, types, and the name of its control total.
type Row = (&'static str, &'static str, &'static str, &'static [&'static str], Option<&'static str>);

/// Numbers are never used again for another population.
const ASSETS: &[Row] = &[
    ("POP-03", "iam-users", "IAM users", &["AWS::IAM::User"], Some("IAM users")),
    ("POP-04", "iam-groups", "IAM groups", &["AWS::IAM::Group"], Some("IAM groups")),
    ("POP-05", "iam-roles", "IAM roles", &["AWS::IAM::Role"], Some("IAM roles")),
    (
        "POP-06",
        "iam-policies",
        "Managed policies of IAM",
        &["AWS::IAM::ManagedPolicy"],
        Some("customer managed policies"),
    ),
    (
        "POP-07",
        "identity-providers",
        "Identity providers and server certificates",
        &["AWS::IAM::SAMLProvider", "AWS::IAM::OIDCProvider", "AWS::IAM::ServerCertificate"],
        None,
    ),
    ("POP-08", "mfa-devices", "Virtual MFA devices that are assigned", &["AWS::IAM::VirtualMFADevice"], None),
    ("POP-09", "permission-sets", "Permission sets of Identity Center", &["AWS::SSO::PermissionSet"], None),
    // POP-10 was the scanned accounts once more, under another name.
    ("POP-11", "trails", "CloudTrail trails", &["AWS::CloudTrail::Trail"], None),
    ("POP-12", "log-groups", "CloudWatch log groups", &["AWS::Logs::LogGroup"], None),
    ("POP-13", "alarms", "CloudWatch alarms", &["AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"], None),
    ("POP-14", "topics", "SNS topics that alarms and rules tell", &["AWS::SNS::Topic"], None),
    ("POP-15", "event-rules", "EventBridge rules", &["AWS::Events::Rule"], None),
    ("POP-16", "buckets", "S3 buckets", &["AWS::S3::Bucket"], None),
    ("POP-17", "keys", "KMS keys that protect logs", &["AWS::KMS::Key"], None),
    ("POP-18", "detectors", "GuardDuty detectors", &["AWS::GuardDuty::Detector"], None),
    (
        "POP-19",
        "config-recorders",
        "AWS Config recorders and aggregators",
        &["AWS::Config::ConfigurationRecorder", "AWS::Config::ConfigurationAggregator"],
        None,
    ),
    ("POP-20", "analyzers", "IAM Access Analyzer analyzers", &["AWS::AccessAnalyzer::Analyzer"], None),
    ("POP-21", "instances", "EC2 instances", &["AWS::EC2::Instance"], None),
    ("POP-22", "vpcs", "VPCs", &["AWS::EC2::VPC"], None),
    ("POP-23", "flow-logs", "VPC flow logs", &["AWS::EC2::FlowLog"], None),
    ("POP-24", "load-balancers", "Load balancers", &["AWS::ElasticLoadBalancingV2::LoadBalancer"], None),
    ("POP-25", "databases", "RDS database instances", &["AWS::RDS::DBInstance"], None),
    ("POP-26", "functions", "Lambda functions", &["AWS::Lambda::Function"], None),
    ("POP-27", "queues", "SQS queues", &["AWS::SQS::Queue"], None),
    ("POP-28", "repositories", "ECR repositories", &["AWS::ECR::Repository"], None),
    ("POP-29", "access-keys", "Access keys of users and root", &["AWS::IAM::AccessKey"], None),
    ("POP-30", "security-hubs", "Security Hub", &["AWS::SecurityHub::Hub"], None),
];

/// A population that a check lists: id, name in files, what it lists, the check, and the name of its control total.
type List = (&'static str, &'static str, &'static str, &'static str, Option<&'static str>);

/// Populations that a check lists.
const LISTS: &[List] = &[
    (
        "POP-40",
        "user-credentials",
        "Users with their credentials",
        "iam-user-population",
        Some("credential report rows (users and root)"),
    ),
    ("POP-41", "administrators", "Administrators, and who can become one", "iam-admin-principal-population", None),
    (
        "POP-42",
        "outside-accounts",
        "Accounts outside of the organization that hold a role",
        "iam-vendor-trust-inventory",
        None,
    ),
    ("POP-43", "access-changes", "Changes of access in the look-back", "iam-access-change-population", None),
    ("POP-44", "root-activity", "Use of the root user in the look-back", "iam-root-activity-in-period", None),
    ("POP-45", "assignments", "Assignments of Identity Center", "sso-assignment-population", None),
    ("POP-46", "logging-changes", "Changes of logging in the look-back", "cloudtrail-tamper-events-in-period", None),
    (
        "POP-47",
        "recorder-changes",
        "Changes of the AWS Config recorder in the look-back",
        "config-recorder-tamper",
        None,
    ),
    (
        "POP-48",
        "alarm-history",
        "State changes of alarms, as far back as CloudWatch keeps them",
        "monitor-alarm-history-in-period",
        None,
    ),
    ("POP-49", "guardduty-triage", "GuardDuty findings and their triage", "guardduty-finding-triage-in-period", None),
    ("POP-50", "detection-paths", "What is detected, and who is told", "monitor-detection-path", None),
    ("POP-51", "account-inventory", "Accounts of the organization, for review", "org-account-inventory", None),
];

/// All populations of a run: those of which the run has items, or of which it was asked.
pub(super) fn all<'a>(sources: &Sources<'a>) -> Vec<Population<'a>> {
    let run = &sources.document.run;
    let plain = |id, slug, what, kinds, subject| Population {
        id,
        slug,
        what,
        kinds,
        check: None,
        subject,
        totals: Vec::new(),
        incomplete: Vec::new(),
        does_not_arise: None,
        evidence: Vec::new(),
    };
    let regions = run.accounts.iter().flat_map(|a| a.regions.iter().map(|r| (a.id.as_str(), r.as_str())));
    let mut populations = vec![
        plain(
            "POP-01",
            "accounts",
            "Accounts that were scanned",
            &["AWS::Account"],
            Subject::Accounts(run.accounts.iter().collect()),
        ),
        plain("POP-02", "regions", "Regions that were scanned", &["AWS::Region"], Subject::Regions(regions.collect())),
    ];
    for account in &run.accounts {
        match &account.regions_not_scanned {
            Some(missed) if missed.is_empty() => {}
            Some(missed) => populations[1].incomplete.push(format!(
                "{}: enabled and not scanned: {}",
                account.id,
                missed.join(", ")
            )),
            None => populations[1].incomplete.push(format!("{}: which regions are enabled is not known", account.id)),
        }
    }
    populations.extend(ASSETS.iter().filter_map(|row| assets(sources, row)));
    for (id, slug, what, check, total) in LISTS {
        let Some(check) = Check::get(check).filter(|check| run.checks.iter().any(|id| id == check.meta.id)) else {
            continue;
        };
        let rows: Vec<&ResultRow> = sources.document.results.iter().filter(|row| row.check == check.meta.id).collect();
        let (read, unread): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.status != "not-evaluated");
        let (totals, mut untied) = tied(sources, *total);
        for total in &totals {
            // Where there is nothing to list, or it could not be read, a result says so: only a list is held to the count.
            let lists = read.iter().filter(|row| row.account == total.account && row.status == "manual");
            let listed: Vec<usize> = lists.map(|row| row.listed.len()).collect();
            untied.extend((!listed.is_empty()).then(|| short(total, listed.iter().sum())).flatten());
        }
        let evidence = read.iter().flat_map(|row| row.evidence.iter().map(ToString::to_string));
        let out = read.iter().filter(|row| row.status == "not-applicable").find_map(|row| row.reason.as_deref());
        let entries = read.iter().flat_map(|row| row.listed.iter().map(|entry| (*row, entry)));
        populations.push(Population {
            check: Some(check),
            does_not_arise: out,
            incomplete: unread.iter().filter_map(|row| row.reason.clone()).chain(untied).collect(),
            totals,
            evidence: sorted(evidence.collect()),
            ..plain(id, slug, what, &[], Subject::Listed(entries.collect()))
        });
    }
    populations
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort_unstable_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    ids.dedup();
    ids
}

fn assets<'a>(sources: &Sources<'a>, row: &Row) -> Option<Population<'a>> {
    let (id, slug, what, kinds, total) = *row;
    let items: Vec<&Asset> = sources.inventory.assets.iter().filter(|asset| kinds.contains(&asset.kind)).collect();
    let touches = |one: &Incomplete| {
        let regional = !kinds.iter().all(|kind| belongs_to_no_region(kind));
        one.kinds.iter().any(|kind| kinds.contains(kind) || regional && *kind == EVERY_REGIONAL_KIND)
    };
    let mut lacking: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for one in sources.inventory.incomplete.iter().filter(|one| touches(one)) {
        lacking.entry((&one.account, &one.why)).or_default().push(&one.region);
    }
    let incomplete: Vec<String> =
        lacking.iter().map(|((account, why), regions)| format!("{account} {}: {why}", regions.join(", "))).collect();
    let (totals, mut untied) = tied(sources, total);
    // The second count is of what was read: the list must hold just that.
    for total in &totals {
        untied.extend(short(total, items.iter().filter(|asset| asset.account == total.account).count()));
    }
    // None of a kind is news where AWS counts them: then it is known that there is none.
    if items.is_empty() && incomplete.is_empty() && totals.is_empty() {
        return None;
    }
    let evidence = items.iter().flat_map(|asset| &asset.evidence).filter_map(|e| sources.ids.get(e));
    let mut cited: BTreeMap<String, ()> = evidence.map(|id| (id.to_string(), ())).collect();
    cited.extend(totals.iter().flat_map(|total| total.evidence.iter().map(|id| (id.clone(), ()))));
    Some(Population {
        id,
        slug,
        what,
        kinds,
        check: None,
        incomplete: incomplete.into_iter().chain(untied).collect(),
        does_not_arise: None,
        evidence: sorted(cited.into_keys().collect()),
        subject: Subject::Assets(items),
        totals,
    })
}

/// The second counts of a population, and what is wrong with those that do not agree.
fn tied<'a>(sources: &Sources<'a>, name: Option<&str>) -> (Vec<&'a ControlTotal>, Vec<String>) {
    let all = sources.document.control_totals.iter();
    let totals: Vec<&ControlTotal> = all.filter(|total| name.is_some_and(|name| name == total.population)).collect();
    let untied = totals.iter().filter(|total| !total.ties()).map(|total| {
        let ControlTotal { account, counted, tied_to, expected, .. } = total;
        format!("{account}: {counted} were read, {tied_to} says {expected}{}", total.members())
    });
    let untied = untied.collect();
    (totals, untied)
}

/// What is wrong where a list does not hold what was counted.
fn short(total: &ControlTotal, listed: usize) -> Option<String> {
    let ControlTotal { account, counted_by, counted, .. } = total;
    (listed as u64 != *counted).then(|| format!("{account}: {listed} are listed, {counted_by} gave {counted}"))
}

/// What belongs to no region lacks nothing in a region that was not asked.
fn belongs_to_no_region(kind: &str) -> bool {
    ["AWS::IAM::", "AWS::Organizations::", "AWS::SSO::", "AWS::S3::"].iter().any(|global| kind.starts_with(global))
}

/// The populations that a check's results are about: by their types, or its own list.
pub(super) fn of(check: &Check, rows: &[&ResultRow], populations: &[Population<'_>]) -> Vec<usize> {
    let own = |population: &Population<'_>| {
        check.meta.kind == Kind::Manual && population.check.is_some_and(|listing| listing.meta.id == check.meta.id)
    };
    if let Some(own) = populations.iter().position(own) {
        return vec![own];
    }
    let mut found: Vec<usize> = (0..populations.len())
        .filter(|at| {
            let arises = |row: &&&ResultRow| row.status != "not-applicable" && row.status != "no-population";
            rows.iter().filter(arises).any(|row| populations[*at].kinds.contains(&row.resource_type.as_str()))
        })
        .collect();
    found.sort_unstable();
    found
}
