//! Populations: everything of a kind that a run knows to exist, unfiltered, with its second count.

mod counts;

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use kickoff_checks::{Check, Entry};
use kickoff_engagement::{Report, ReportType};

use super::sources::Sources;
use crate::inventory::{Asset, EVERY_REGIONAL_KIND, Incomplete, OTHER_CREDENTIALS};
use crate::outcomes::not_asked;
use crate::paper::words::{first, many};
use crate::results::{Account, ControlTotal, ResultRow};

use counts::{accounts_of, belongs_to_no_region, beside, short, tied};

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
    /// What it lists, `IAM users`; of what a look-back saw with the days that it saw.
    pub what: String,
    /// The types of what it lists, as CloudFormation names them; empty for a check's list.
    pub kinds: &'static [&'static str],
    /// The check whose list it is, where it is one.
    pub check: Option<&'static Check>,
    /// The checks that it is of alone, by id; none where it is of every check of its types.
    pub only: &'static [&'static str],
    /// The items.
    pub subject: Subject<'a>,
    /// Second counts that AWS offers, one an account.
    pub totals: Vec<&'a ControlTotal>,
    /// What AWS Config counts beside it, in words; it decides nothing.
    pub beside: Vec<String>,
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

    /// Whether it was read from an item of evidence.
    #[must_use]
    pub fn is_read_from(&self, id: &str) -> bool {
        self.evidence.binary_search_by(|known| order(known).cmp(&order(id))).is_ok()
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

    /// What is said where no second count of it was read: what AWS Config counts beside it, where it counts any.
    #[must_use]
    pub fn without_second_count(&self) -> String {
        if self.beside.is_empty() {
            return "No second count was read".to_owned();
        }
        // AWS Config Developer Guide, `GetDiscoveredResourceCounts`.
        format!(
            "No second count was read. Beside it, and deciding nothing, as AWS Config counts what its recorder records, some \
             time after a change: {}",
            self.beside.join("; ")
        )
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
        "Managed policies of IAM, AWS's own that are in use included",
        &["AWS::IAM::ManagedPolicy"],
        Some("customer managed policies"),
    ),
    (
        "POP-07",
        "identity-providers",
        "Identity providers of IAM",
        &["AWS::IAM::SAMLProvider", "AWS::IAM::OIDCProvider"],
        Some("identity providers"),
    ),
    ("POP-08", "mfa-devices", "Virtual MFA devices that are assigned", &["AWS::IAM::VirtualMFADevice"], None),
    ("POP-09", "permission-sets", "Permission sets of Identity Center", &["AWS::SSO::PermissionSet"], None),
    // POP-10 was the scanned accounts once more, under another name.
    (
        "POP-11",
        "trails",
        "CloudTrail trails, those of other accounts that record this one included",
        &["AWS::CloudTrail::Trail"],
        None,
    ),
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
    (
        "POP-25",
        "databases",
        "Database instances of RDS, Neptune and DocumentDB",
        &["AWS::RDS::DBInstance", "AWS::Neptune::DBInstance", "AWS::DocDB::DBInstance"],
        None,
    ),
    ("POP-26", "functions", "Lambda functions", &["AWS::Lambda::Function"], None),
    ("POP-27", "queues", "SQS queues", &["AWS::SQS::Queue"], None),
    ("POP-28", "repositories", "ECR repositories", &["AWS::ECR::Repository"], None),
    ("POP-29", "access-keys", "Access keys of users and root", &["AWS::IAM::AccessKey"], None),
    ("POP-30", "security-hubs", "Security Hub", &["AWS::SecurityHub::Hub"], None),
    // They were in POP-07 before, where nothing counted both.
    (
        "POP-38",
        "server-certificates",
        "Server certificates of IAM",
        &["AWS::IAM::ServerCertificate"],
        Some("server certificates"),
    ),
    ("POP-34", "config-rules", "Rules of AWS Config", &["AWS::Config::ConfigRule"], None),
    ("POP-35", "analyzer-findings", "Active findings of IAM Access Analyzer", &["AWS::AccessAnalyzer::Finding"], None),
    (
        "POP-36",
        "guardduty-findings",
        "GuardDuty findings of high severity that are not archived",
        &["AWS::GuardDuty::Finding"],
        Some("open high GuardDuty findings"),
    ),
    (
        "POP-37",
        "security-hub-findings",
        "Critical findings of Security Hub that are active, new or notified",
        &["AWS::SecurityHub::Finding"],
        None,
    ),
];

/// A population that some checks test alone: id, name in files, what it lists, the type of results, the types of which
/// it lacks something where those could not be read, and the checks.
type Narrow =
    (&'static str, &'static str, &'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const NARROW: &[Narrow] = &[
    (
        "POP-31",
        "root-users",
        "Root users",
        "AWS::IAM::User",
        &[],
        &[
            "iam-root-hardware-mfa",
            "iam-root-last-used",
            "iam-root-mfa",
            "iam-root-no-access-keys",
            "iam-root-no-signing-certs",
        ],
    ),
    (
        "POP-32",
        "trail-buckets",
        "Buckets that trails deliver to, by the region of the trail",
        "AWS::S3::Bucket",
        &["AWS::CloudTrail::Trail"],
        &[
            "cloudtrail-bucket-access-logging",
            "cloudtrail-bucket-delete-protection",
            "cloudtrail-bucket-not-public",
            "cloudtrail-bucket-retention",
            "cloudtrail-bucket-writers",
        ],
    ),
    (
        "POP-33",
        "other-credentials",
        "SSH keys and service-specific credentials of IAM users",
        "AWS::IAM::User",
        &[OTHER_CREDENTIALS],
        &["iam-ssh-and-service-credentials"],
    ),
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
    ("POP-43", "access-changes", "Changes of access", "iam-access-change-population", None),
    ("POP-44", "root-activity", "Use of the root user", "iam-root-activity-in-period", None),
    ("POP-45", "assignments", "Assignments of Identity Center", "sso-assignment-population", None),
    (
        "POP-46",
        "logging-changes",
        "Changes of logging, detection and guardrails",
        "cloudtrail-tamper-events-in-period",
        None,
    ),
    ("POP-47", "recorder-changes", "Changes of the AWS Config recorder", "config-recorder-tamper", None),
    ("POP-48", "alarm-history", "State changes of alarms", "monitor-alarm-history-in-period", None),
    ("POP-49", "guardduty-triage", "GuardDuty findings and their triage", "guardduty-finding-triage-in-period", None),
    ("POP-50", "detection-paths", "What is detected, and who is told", "monitor-detection-path", None),
    (
        "POP-51",
        "account-inventory",
        "Accounts of the organization, for review",
        "org-account-inventory",
        Some("accounts of the organization"),
    ),
];

/// All populations of a run: those of which the run has items, or of which it was asked.
pub(super) fn all<'a>(sources: &Sources<'a>) -> Vec<Population<'a>> {
    let run = &sources.document.run;
    let plain = |id, slug, what: &str, kinds, subject| Population {
        id,
        slug,
        what: what.to_owned(),
        kinds,
        check: None,
        only: &[],
        subject,
        totals: Vec::new(),
        beside: Vec::new(),
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
    let not_asked = not_asked(sources.document, sources.engagement);
    let lacking = not_asked.regions.iter().map(|(id, missed)| (id, missed.join(", ")));
    let lacking = lacking.map(|(id, missed)| format!("{id}: enabled and not scanned: {missed}"));
    populations[1].incomplete.extend(lacking);
    let unknown = not_asked.unknown.iter().map(|id| format!("{id}: which regions are enabled is not known"));
    populations[1].incomplete.extend(unknown);
    populations.extend(ASSETS.iter().filter_map(|(id, slug, what, kinds, total)| {
        assets(sources, plain(id, slug, what, kinds, Subject::Assets(Vec::new())), kinds, *total)
    }));
    populations.extend(NARROW.iter().filter_map(|(id, slug, what, kind, lacks, only)| {
        let kinds = std::slice::from_ref(kind);
        let narrow = Population { only, ..plain(id, slug, what, kinds, Subject::Assets(Vec::new())) };
        assets(sources, narrow, lacks, None)
    }));
    for (id, slug, what, check, total) in LISTS {
        let Some(check) = Check::get(check).filter(|check| run.checks.iter().any(|id| id == check.meta.id)) else {
            continue;
        };
        let rows: Vec<&ResultRow> = sources.document.results.iter().filter(|row| row.check == check.meta.id).collect();
        let (read, unread): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.status != "not-evaluated");
        let (totals, mut untied) = tied(sources, *total);
        for account in accounts_of(&totals) {
            // Where there is nothing to list, or it could not be read, a result says so: only a list is held to the count.
            let lists = read.iter().filter(|row| row.account == account && row.status == "manual");
            let listed: Vec<usize> = lists.map(|row| row.listed.len()).collect();
            untied.extend((!listed.is_empty()).then(|| short(&totals, account, listed.iter().sum())).flatten());
        }
        let evidence = read.iter().flat_map(|row| row.evidence.iter().map(ToString::to_string));
        let out = read.iter().filter(|row| row.status == "not-applicable").find_map(|row| row.reason.as_deref());
        let entries = read.iter().flat_map(|row| row.listed.iter().map(|entry| (*row, entry)));
        let what = match window(&read) {
            Some(seen) => format!("{what}, {}", days_seen(seen, sources.engagement.report.as_ref())),
            None => (*what).to_owned(),
        };
        populations.push(Population {
            what,
            check: Some(check),
            does_not_arise: out,
            incomplete: unread.iter().filter_map(|row| row.reason.clone()).chain(untied).collect(),
            totals,
            evidence: sorted(evidence.collect()),
            ..plain(id, slug, "", &[], Subject::Listed(entries.collect()))
        });
    }
    for population in &mut populations {
        let doubted = doubted(sources, population);
        population.incomplete.extend(doubted);
        // No list of a run holds what is in an account that the run was not asked about.
        population.incomplete.extend((!not_asked.accounts.is_empty()).then(|| {
            let accounts = many(not_asked.accounts.len(), "account");
            format!("{accounts} of the scope not asked: {}", first(&not_asked.accounts, 6))
        }));
    }
    populations.sort_by_key(|population| population.id);
    populations
}

/// The time that results look back over, the longest of all accounts.
fn window(rows: &[&ResultRow]) -> Option<(Timestamp, Timestamp)> {
    let seen = rows.iter().filter_map(|row| row.window);
    seen.reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
}

/// The days of a look-back, and how many of those of the report's period they are.
fn days_seen((first, last): (Timestamp, Timestamp), report: Option<&Report>) -> String {
    let utc = |time: Timestamp| time.to_zoned(TimeZone::UTC).date();
    let days = |first: Timestamp, last: Timestamp| (last.duration_since(first).as_hours().max(0) + 12) / 24;
    let seen = format!("{} to {}", utc(first), utc(last));
    let period = report.filter(|report| report.kind == ReportType::Type2).and_then(Report::days);
    let bounds = period.and_then(|(from, to)| {
        let begin = from.to_zoned(TimeZone::UTC).ok()?.timestamp();
        Some((begin, to.tomorrow().ok()?.to_zoned(TimeZone::UTC).ok()?.timestamp()))
    });
    match bounds {
        Some((begin, end)) => {
            let within = days(first.max(begin), last.min(end));
            format!("{seen}: {within} of the {} of the period", many(days(begin, end), "day"))
        }
        None => format!("{seen}: {}", many(days(first, last), "day")),
    }
}

/// What is wrong with the sources of a population, where another one that is read from the same answers does not tie and
/// it has no second count of its own that does.
fn doubted(sources: &Sources<'_>, population: &Population<'_>) -> Vec<String> {
    let others = sources.document.control_totals.iter().filter(|total| total.difference != 0);
    let others = others.filter(|total| !population.totals.iter().any(|own| own.account == total.account));
    let reads = |total: &&ControlTotal| {
        let counted = sources.document.evidence.iter().filter(|item| total.evidence.contains(&item.id));
        let mut counted = counted.filter(|item| format!("{}:{}", item.service, item.operation) == total.counted_by);
        counted.any(|item| population.is_read_from(&item.id))
    };
    let told = others.filter(reads).map(|total| {
        let ControlTotal { account, counted_by, population, counted, tied_to, expected, .. } = total;
        format!("{account}: its source {counted_by} does not tie: {counted} {population}, {tied_to} says {expected}")
    });
    told.collect()
}

/// The order of ids of evidence.
fn order(id: &str) -> (usize, &str) {
    (id.len(), id)
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort_unstable_by(|a, b| order(a).cmp(&order(b)));
    ids.dedup();
    ids
}

/// A population of assets, from an empty one. `lacks` are the types of which something is lacking in it where they could
/// not be read.
fn assets<'a>(
    sources: &Sources<'a>,
    empty: Population<'a>,
    lacks: &[&str],
    total: Option<&str>,
) -> Option<Population<'a>> {
    let Population { slug, kinds, only, .. } = empty;
    let all = sources.inventory.assets.iter().filter(|asset| only.is_empty() && kinds.contains(&asset.kind));
    let mut items: Vec<&Asset> = all.collect();
    let touches = |one: &Incomplete| {
        let regional = !lacks.iter().all(|kind| belongs_to_no_region(kind));
        one.kinds.iter().any(|kind| lacks.contains(kind) || regional && *kind == EVERY_REGIONAL_KIND)
    };
    let mut lacking: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for one in sources.inventory.incomplete.iter().chain(&sources.inventory.untold).filter(|one| touches(one)) {
        lacking.entry((&one.account, &one.why)).or_default().push(&one.region);
    }
    let incomplete: Vec<String> =
        lacking.iter().map(|((account, why), regions)| format!("{account} {}: {why}", regions.join(", "))).collect();
    let (totals, mut untied) = tied(sources, total);
    // The second count is of what was read: the list must hold just that.
    for account in accounts_of(&totals) {
        untied.extend(short(&totals, account, items.iter().filter(|asset| asset.account == account).count()));
    }
    items.extend(sources.inventory.tested.iter().filter(|one| one.population == slug).map(|one| &one.asset));
    // None of a kind is news where AWS counts them: then it is known that there is none.
    if items.is_empty() && incomplete.is_empty() && totals.is_empty() {
        return None;
    }
    let beside = if only.is_empty() { beside(sources, &items, kinds) } else { Vec::new() };
    let evidence = items.iter().flat_map(|asset| &asset.evidence).filter_map(|e| sources.ids.get(e));
    let mut cited: BTreeMap<String, ()> = evidence.map(|id| (id.to_string(), ())).collect();
    cited.extend(totals.iter().flat_map(|total| total.evidence.iter().map(|id| (id.clone(), ()))));
    Some(Population {
        incomplete: incomplete.into_iter().chain(untied).collect(),
        evidence: sorted(cited.into_keys().collect()),
        subject: Subject::Assets(items),
        totals,
        beside,
        ..empty
    })
}
