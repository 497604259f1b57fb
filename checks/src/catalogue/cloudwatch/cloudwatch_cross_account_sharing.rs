//! # CloudWatch data is not shared to unknown accounts
//!
//! ## What it asks
//! Whether the accounts that may read the metrics and logs of this account are of your organization, or declared in
//! `monitoring_accounts`.
//!
//! ## Why an auditor asks
//! Logs hold customer data. A link to a former partner's account lets him read them for ever.
//!
//! ## How it is decided
//! Two ways are looked at: the links of every scanned region to the sink of a monitoring account, and the account's role
//! `CloudWatch-CrossAccountSharingRole`, whose trust policy names who may look. What decides is the id of the account, not
//! that there is a role or a link: this account, accounts of the organization and declared ones are known → pass; another
//! one → fail. A role that trusts everybody is known only under a condition that names your organization's id
//! (`aws:PrincipalOrgID`); without one → fail. Nothing shared → pass. A region or role that could not be read, a trust
//! policy that is in doubt, or accounts of the organization that are not known → `not-evaluated`, unless an unknown
//! account was found for certain. Where a condition or a Deny of the trust policy may keep an unknown account out → `manual`.
//!
//! ## What else is accepted
//! A vendor's monitoring account: name it in `monitoring_accounts`.
//!
//! ## What it does not see
//! What a link shares (`ResourceTypes`) and how it is filtered (`LinkConfiguration`) does not count: one that shares
//! metrics alone is judged like one that shares logs. Other ways by which data leaves are not looked at: subscriptions
//! of log groups, metric streams, shared dashboards, and roles of other names that may read CloudWatch. What the
//! sharing role itself may do is not read.
//!
//! ## Remediation
//! Console: CloudWatch, Settings, Source account: delete the link; IAM, Roles: delete the role. CLI: `aws oam delete-link
//! --identifier ARN`, `aws iam delete-role`. Terraform: remove `aws_oam_link`, `aws_iam_role`.
//!
//! ## Peers
//! Prowler `cloudwatch_cross_account_sharing_disabled`, which fails the role by its name; Powerpipe
//! `cloudwatch_cross_account_sharing`.
//!
//! ## References
//! Amazon CloudWatch User Guide, "CloudWatch cross-account observability"; "Cross-account cross-Region CloudWatch
//! console".

use std::cell::LazyCell;
use std::collections::{BTreeMap, BTreeSet};

use kickoff_facts::{Gap, Need, View};
use kickoff_policy::whom::deputies::Asked;

use crate::frame::wording::{count, names};
use crate::parameters::{MONITORING_ACCOUNTS, Parameters};
use crate::reasoning::accounts::OwnAccounts;
use crate::reasoning::regions;
use crate::reasoning::trust;
use crate::reasoning::whom::{Known, Standing};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "cloudwatch-cross-account-sharing",
    control: "CC6.1.05",
    title: "CloudWatch data is not shared to unknown accounts",
    severity: Severity::Low,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.7"],
    needs: &[Need::SharingLinks, Need::Authorization, Need::Organization, Need::Members],
    parameters: &[&MONITORING_ACCOUNTS],
    expected: "CloudWatch data is shared with accounts of the organization and declared ones ({monitoring_accounts}) only",
    fix: "delete the link or the role, or declare the account in monitoring_accounts",
};

/// The role by which the CloudWatch console of another account looks into this one.
const ROLE: &str = "CloudWatch-CrossAccountSharingRole";
const CALL: &str = "iam:GetAccountAuthorizationDetails";

/// Who may read, and what is not known of it.
#[derive(Default)]
struct Readers {
    /// Accounts, with the ways by which they read, and whether one of these is certain.
    accounts: BTreeMap<String, (BTreeSet<String>, bool)>,
    /// What lets in anybody.
    anybody: Vec<String>,
    /// What a person has to judge.
    open: Vec<String>,
    gap: Option<Gap>,
}

impl Readers {
    fn add(&mut self, account: &str, way: String, sure: bool) {
        let (ways, certain) = self.accounts.entry(account.to_owned()).or_default();
        ways.insert(way);
        *certain |= sure;
    }

    fn unknown(&mut self, gap: Gap) {
        self.gap.get_or_insert(gap);
    }
}

/// Decides.
///
/// # Errors
/// Never: what is not known is told on the account.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    Ok(vec![Finding::judge(Resource::account(view), |_| {
        let mut readers = Readers::default();
        links(view, &mut readers);
        if let Err(gap) = role(view, parameters, &mut readers) {
            readers.unknown(gap);
        }
        let own = LazyCell::new(|| OwnAccounts::read(view));
        let (mut known, mut strangers) = (Vec::new(), readers.anybody);
        for (account, (ways, sure)) in readers.accounts {
            let shown = format!("{account} by {}", names(ways));
            if parameters.matches(&MONITORING_ACCOUNTS, &account) {
                known.push(format!("{shown} (declared)"));
                continue;
            }
            match own.is_outside(&account) {
                Ok(true) if sure => strangers.push(shown),
                Ok(true) => readers.open.push(shown),
                Ok(false) => known.push(shown),
                Err(gap) => readers.gap = readers.gap.or(Some(gap)),
            }
        }
        match readers.gap {
            _ if !strangers.is_empty() => Ok(Verdict::fail(format!("shared with {}", names(strangers)))),
            Some(gap) => Err(gap),
            None if !readers.open.is_empty() => {
                Ok(Verdict::manual(readers.open.join("; "), "judge who may read CloudWatch data through the role"))
            }
            None if known.is_empty() => Ok(Verdict::pass("no link in the scanned regions, and no role for sharing")),
            None => Ok(Verdict::pass(format!("shared with {}: {}", count(known.len(), "known account"), names(known)))),
        }
    })])
}

/// The monitoring accounts that links lead to.
fn links(view: &View<'_>, readers: &mut Readers) {
    let answers = regions::each(view, View::sharing_links);
    for (region, links) in answers.known {
        for link in links {
            match link.sink.split(':').nth(4) {
                Some(account) => readers.add(account, format!("a link in {region}"), true),
                None => readers.open.push(format!("the link {} leads to {}", link.arn, link.sink)),
            }
        }
    }
    if let Some(gap) = answers.gap {
        readers.unknown(gap);
    }
}

/// The accounts that the sharing role trusts.
fn role(view: &View<'_>, parameters: &Parameters, readers: &mut Readers) -> Result<(), Gap> {
    let Some(role) = view.authorization()?.roles.iter().find(|role| role.name == ROLE) else { return Ok(()) };
    let whose = format!("the trust policy of role {ROLE}");
    let policy = trust::parse(view, CALL, &whose, &role.trust)?;
    let closing = trust::closing(&policy, trust::CALLER_KEYS, trust::assumes);
    let allows = policy.statements.iter().filter(|s| s.allows() && !s.source.doubtful && trust::assumes(&s.source));
    let known = Known::read(view, parameters);
    for compiled in allows {
        let statement = &compiled.source;
        for account in trust::principals(statement).filter_map(trust::account_of) {
            let sure = statement.conditions.is_empty() && closing.is_none();
            readers.add(account, format!("role {ROLE}, {}", trust::conditions(statement)), sure);
        }
        if trust::means_everybody(statement) {
            let words =
                format!("role {ROLE}, {}, trusts everybody, {}", trust::place(statement), trust::conditions(statement));
            let parties = known.parties(&policy, compiled, false);
            let answers: Vec<_> = parties.iter().map(|party| known.answer(party, compiled, Asked::Trust)).collect();
            match answers.iter().map(|answer| answer.standing).max() {
                Some(Standing::Ours) | None => {
                    let own = known.own().organization().map_or("", |organization| &organization.id);
                    let terms = trust::terms(&policy, compiled);
                    readers.add(view.account_id(), format!("role {ROLE}, for {own}, {terms}"), true);
                }
                Some(Standing::Anybody) if statement.conditions.is_empty() && closing.is_none() => {
                    readers.anybody.push(words);
                }
                _ => {
                    let told: Vec<&str> = answers.iter().map(|answer| answer.words.as_str()).collect();
                    readers.open.push(format!("{words}: {}", told.join("; ")));
                    if let Some(gap) = answers.into_iter().find_map(|answer| answer.gap) {
                        readers.unknown(gap);
                    }
                }
            }
        }
    }
    trust::doubt(view, CALL, &whose, &policy)
}
