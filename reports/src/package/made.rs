//! A run that is made up, with a result of every status, for the tests of renderers.

use std::collections::BTreeMap;

use kickoff_engagement::Engagement;
use kickoff_engagement::carried::Carried;
use kickoff_engagement::documents::DocumentResult;
use kickoff_engagement::findings::FindingResult;
use kickoff_engagement::requests::RequestStatus;
use kickoff_engagement::risks::RegisterEntry;
use kickoff_evidence::{EvidenceId, EvidenceRef};
use kickoff_policy::review::Review;

use super::{Dossier, Sources};
use crate::exceptions::ExceptionNote;
use crate::inventory::Inventory;
use crate::results::{Account, ControlTotal, Document, Evidence, ResultRow, Run, SCHEMA, Threshold};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const DIGEST: &str = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";

/// Everything that a dossier borrows.
pub(crate) struct Made {
    pub document: Document,
    pub engagement: Engagement,
    pub documents: Vec<DocumentResult>,
    pub carried: Option<Vec<Carried>>,
    pub requests: Vec<RequestStatus>,
    pub findings: Vec<FindingResult>,
    pub risks: Vec<RegisterEntry>,
    pub inventory: Inventory,
    pub ids: BTreeMap<EvidenceRef, EvidenceId>,
    pub review: Option<Review>,
    pub deviations: BTreeMap<[String; 4], String>,
}

impl Made {
    /// A run in one account: of `iam-user-console-mfa`, a result of every status; and the list of users.
    pub(crate) fn new() -> Self {
        let user = |name: &str| format!("arn:aws:iam::{ACCOUNT}:user/{name}");
        let mut rows: Vec<ResultRow> =
            ["pass", "fail", "not-evaluated", "no-population", "not-applicable", "manual", "excluded"]
                .into_iter()
                .map(|status| row("iam-user-console-mfa", status, &user(status)))
                .collect();
        rows[2].reason = Some("denied: iam:GetCredentialReport".to_owned());
        rows[5].reason = Some("another provider signs users in".to_owned());
        rows[6].reason = Some("fails, and is excluded by EXC-001: It is sealed.".to_owned());
        rows[6].exception = Some(Box::new(ExceptionNote {
            id: "EXC-001".to_owned(),
            reason: "It is sealed.".to_owned(),
            compensating_control: "Its use is alarmed.".to_owned(),
            approver: "Ann Other".to_owned(),
            approved: "2026-01-15".to_owned(),
            expires: "2026-12-31".to_owned(),
        }));
        rows.push(row("iam-user-population", "manual", &user("fail")));
        rows.push(row("iam-user-population", "manual", &user("pass")));
        let entry = |user: &str, mfa: &str| vec![("User", user.to_owned()), ("MFA", mfa.to_owned())];
        rows[7].listed = vec![entry("ana", "yes"), entry("=bob", "no")];
        let key = rows[1].key();
        Self {
            document: document(rows),
            engagement: Engagement::parse("kickoff.toml".as_ref(), ENGAGEMENT).unwrap(),
            documents: Vec::new(),
            carried: None,
            requests: Vec::new(),
            findings: Vec::new(),
            risks: Vec::new(),
            inventory: Inventory::default(),
            ids: BTreeMap::from([(EvidenceRef(0), EvidenceId(1))]),
            review: None,
            deviations: BTreeMap::from([(key, "DEV-2026-001".to_owned())]),
        }
    }

    pub(crate) fn dossier(&self) -> Dossier<'_> {
        Dossier::new(Sources {
            document: &self.document,
            engagement: &self.engagement,
            documents: &self.documents,
            carried: self.carried.as_deref(),
            requests: &self.requests,
            findings: &self.findings,
            risks: &self.risks,
            inventory: &self.inventory,
            ids: &self.ids,
            returned: &[],
            review: self.review.as_ref(),
            access: None,
            deviations: &self.deviations,
            reperformed: true,
            digest: DIGEST,
        })
    }
}

/// Its entity, an exception, an attestation.
const ENGAGEMENT: &str = r#"
[entity]
name = "ACME, Inc."
system = "Widgets"

[[people]]
id = "ann"
name = "Ann Other"
role = "CISO"

[[exceptions]]
id = "EXC-001"
check = "iam-user-console-mfa"
resource = "*user/excluded"
reason = "It is sealed."
compensating_control = "Its use is alarmed."
approver = "ann"
approved = 2026-01-15
expires = 2026-12-31

[[attestations]]
control = "CC1.1.01"
criteria = ["CC1.1"]
result = "pass"
by = "ann"
on = 2026-02-01
evidence = "board/minutes.pdf"
note = "=minutes were read"
"#;

pub(crate) fn row(check: &str, status: &str, resource: &str) -> ResultRow {
    let meta = kickoff_checks::Check::get(check).unwrap().meta;
    ResultRow {
        check: check.into(),
        title: meta.title.into(),
        status: status.into(),
        severity: meta.severity.name().into(),
        criteria: meta.criteria.iter().map(|id| (*id).into()).collect(),
        account: ACCOUNT.into(),
        region: "eu-west-1".into(),
        resource: resource.to_owned(),
        resource_type: "AWS::IAM::User".into(),
        observed: "password, no MFA device".to_owned(),
        expected: meta.expected.into(),
        reason: None,
        exception: None,
        thresholds: vec![Threshold {
            name: "access_key_max_age_days".into(),
            value: "90 days".into(),
            source: "kickoff.toml".into(),
        }],
        evidence: vec!["E-0001".into()],
        listed: Vec::new(),
        window: None,
    }
}

fn document(results: Vec<ResultRow>) -> Document {
    Document {
        schema: SCHEMA.to_owned(),
        run: Run {
            id: "RUN-20260302T020000Z-9f31c2aa".to_owned(),
            state: "complete".to_owned(),
            started: "2026-03-02T02:00:00Z".to_owned(),
            finished: Some("2026-03-02T02:01:10Z".to_owned()),
            collected_by: "kickoff 0.1.0".to_owned(),
            evaluated_by: "kickoff 0.1.0".to_owned(),
            foreign_endpoints: Vec::new(),
            route: Vec::new(),
            accounts_not_scanned: Vec::new(),
            accounts: vec![Account {
                id: ACCOUNT.to_owned(),
                alias: Some("acme-prod".to_owned()),
                name: None,
                environment: Some("production".to_owned()),
                partition: "aws".to_owned(),
                caller: format!("arn:aws:sts::{ACCOUNT}:assumed-role/KickoffReadOnly/nightly"),
                regions: vec!["eu-central-1".to_owned(), "eu-west-1".to_owned()],
                disabled_regions: vec!["me-south-1".to_owned()],
                regions_not_scanned: Some(Vec::new()),
            }],
            checks: vec!["iam-user-console-mfa".to_owned(), "iam-user-population".to_owned()],
        },
        coverage: Vec::new(),
        control_totals: vec![ControlTotal {
            missing: Vec::new(),
            extra: Vec::new(),
            stale: Vec::new(),
            account: ACCOUNT.to_owned(),
            population: "IAM users".to_owned(),
            counted_by: "iam:ListUsers".to_owned(),
            counted: 1,
            tied_to: "iam:GetAccountSummary".to_owned(),
            expected: 1,
            difference: 0,
            evidence: vec!["E-0001".to_owned()],
        }],
        criteria: Vec::new(),
        results,
        left_out: Vec::new(),
        evidence: vec![Evidence {
            id: "E-0001".to_owned(),
            account: ACCOUNT.to_owned(),
            region: "us-east-1".to_owned(),
            service: "iam".to_owned(),
            operation: "ListUsers".to_owned(),
            parameters: BTreeMap::new(),
            status: "ok".to_owned(),
            reason: None,
            pages: 1,
            records: Some(1),
            exchanges: Vec::new(),
        }],
    }
}
