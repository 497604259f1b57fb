//! # Delegated administrators are known and approved
//!
//! ## What it asks
//! Whether each account that administers a service for the organization, or may change the organization by its resource
//! policy, is in `approved_delegated_administrators`.
//!
//! ## Why an auditor asks
//! A delegated administrator acts on every member account for its service. A forgotten one is an administrator whom
//! nobody watches.
//!
//! ## How it is decided
//! In the management account: every account that `ListDelegatedAdministrators` names is declared → pass; one that is
//! not → fail. Its services are told. If the services of an account cannot be read, an account that is not declared
//! fails all the same; otherwise the check is `not-evaluated`. In a member account, and without an organization:
//! `not-applicable`.
//!
//! The organization's resource policy (`DescribeResourcePolicy`) hands out actions of the management account: whoever may
//! update or detach service control policies can lift them. Each Allow of it is read: an account that it lets do more than
//! read must be declared, whatever kinds of policies a condition names, which are told. An account that is not declared, and
//! everybody, where the conditions leave in somebody who is not of the own organization → fail. A Deny of the same policy
//! that may take that back, a principal that is no account, user or role, and everybody of the own organization →
//! `manual`. A policy that cannot be read or is in doubt →
//! `not-evaluated`, unless something is known to fail. No resource policy and no delegated administrator →
//! `not-applicable`.
//!
//! Services that keep administrators of their own beside this list, such as GuardDuty, are looked at by their own
//! checks.
//!
//! ## What else is accepted
//! Nothing: the list is yours to declare.
//!
//! ## What it does not see
//! What an administrator account does with its rights, who administers that account, and since when it has the role
//! (`DelegationEnabledDate`) is not judged. Which services should be delegated is your declaration, by account and not
//! by service.
//!
//! ## Remediation
//! Console: in the management account, the settings of the service, Delegated administrator. CLI: `aws organizations
//! deregister-delegated-administrator --account-id ID --service-principal SERVICE`. Terraform:
//! `aws_organizations_delegated_administrator`.
//!
//! ## Peers
//! Prowler `organizations_delegated_administrators`; CIS AWS Foundations v7 2.1.5, 2.1.6.
//!
//! ## References
//! AWS Organizations User Guide, "Delegated administrator for AWS services that work with Organizations"; API
//! Reference, `ListDelegatedAdministrators`, `DescribeResourcePolicy`; "Delegated administrator for AWS Organizations".

use std::collections::BTreeSet;

use kickoff_facts::{Gap, Need, Seen, View};
use kickoff_policy::actions::{AccessLevel, ActionTable};
use kickoff_policy::compile::{Compiled, Policy};
use kickoff_policy::document::{PrincipalEntry, Statement};
use kickoff_policy::whom::deputies::Asked;

use crate::frame::wording::{count, names};
use crate::parameters::{APPROVED_DELEGATED_ADMINISTRATORS, Parameters, VENDOR_ACCOUNTS};
use crate::reasoning::management;
use crate::reasoning::trust::{self, CALLER_KEYS, Judged};
use crate::reasoning::whom::{Known, Standing};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity, Status, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "org-delegated-admins",
    control: "CC6.3.22",
    title: "Delegated administrators are known and approved",
    severity: Severity::Medium,
    level: Level::Organization,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Organization, Need::Members, Need::DelegatedAdministrators, Need::Delegation],
    parameters: &[&APPROVED_DELEGATED_ADMINISTRATORS, &VENDOR_ACCOUNTS],
    expected: "every delegated administrator, by registration or by the organization's resource policy, is approved ({approved_delegated_administrators})",
    fix: "deregister the delegated administrator or take it out of the organization's resource policy, or approve it in kickoff.toml",
};

/// Decides.
///
/// # Errors
/// It is not known whether the account belongs to an organization.
pub fn evaluate(view: &View<'_>, parameters: &Parameters) -> Evaluation {
    management::judge(view, |_, seen| {
        let registered = registered(view, seen, parameters);
        let delegated = by_policy(view, parameters);
        combine(registered, delegated)
    })
}

/// The administrators that are registered; none where there is nobody.
fn registered(view: &View<'_>, seen: &Seen, parameters: &Parameters) -> Result<Option<Verdict>, Gap> {
    let family = view.delegated_administrators();
    let administrators = management::told(view, Need::DelegatedAdministrators, family)?;
    if administrators.is_empty() {
        return Ok(None);
    }
    let (mut approved, mut unknown, mut gap) = (Vec::new(), Vec::new(), None);
    for administrator in administrators {
        let services = match seen.see(&administrator.services) {
            Ok(services) => names(services),
            Err(error) => {
                gap = gap.or(Some(error));
                "services not known".to_owned()
            }
        };
        let shown = format!("{} {} ({services})", administrator.id, administrator.name);
        let is_approved = parameters.matches(&APPROVED_DELEGATED_ADMINISTRATORS, &administrator.id);
        if is_approved { &mut approved } else { &mut unknown }.push(shown);
    }
    let total = count(administrators.len(), "delegated administrator");
    match gap {
        _ if !unknown.is_empty() => Ok(Some(Verdict::fail(format!("{total}; not approved: {}", names(unknown))))),
        Some(gap) => Err(gap),
        None => Ok(Some(Verdict::pass(format!("{total}, all approved: {}", names(approved))))),
    }
}

/// Those whom the organization's resource policy lets do more than read; none where it lets nobody.
fn by_policy(view: &View<'_>, parameters: &Parameters) -> Result<Option<Verdict>, Gap> {
    const CALL: &str = "organizations:DescribeResourcePolicy";
    const WHOSE: &str = "the organization's resource policy";
    let delegation = management::told(view, Need::Delegation, view.delegation())?;
    let Some(text) = &delegation.policy else { return Ok(None) };
    let policy = trust::parse(view, CALL, WHOSE, text)?;
    let allows = policy.statements.iter().filter(|s| s.allows() && !s.source.doubtful);
    let handed: Vec<_> = allows.filter_map(|s| Some((s, changes(&s.source)?))).collect();
    let doubted = trust::doubt(view, CALL, WHOSE, &policy);
    if handed.is_empty() && doubted.is_ok() {
        return Ok(None);
    }
    let closing = trust::closing(&policy, CALLER_KEYS, |statement| changes(statement).is_some());
    let known = Known::read(view, parameters);
    let judged = handed.into_iter().map(|(statement, what)| {
        if trust::means_everybody(&statement.source) {
            everybody(&known, &policy, statement, &what)
        } else {
            Ok(named(&statement.source, &what, parameters))
        }
    });
    let judged = judged.collect();
    trust::settle(WHOSE, judged, doubted, closing, None).map(Some)
}

/// The actions of AWS Organizations that a statement speaks of and that do more than read, in words; none where it
/// speaks of no such action.
fn changes(statement: &Statement) -> Option<String> {
    let table = ActionTable::embedded();
    let reads = |name: &str| {
        table
            .id(name)
            .map(|id| table.access_level(id))
            .is_some_and(|level| matches!(level, AccessLevel::Read | AccessLevel::List))
    };
    let service = table.service("organizations")?;
    let all: Vec<&str> =
        service.actions().map(|id| table.name(id)).filter(|name| trust::speaks_of(statement, &[name])).collect();
    let changing = all.iter().filter(|name| !reads(name)).count();
    // An action that the table lacks may change anything.
    let unknown = statement
        .actions
        .entries
        .iter()
        .filter(|entry| !statement.actions.not && !entry.contains(['*', '?']) && table.id(entry).is_none());
    (changing > 0 || unknown.count() > 0).then(|| {
        let except = if statement.actions.not { "all but " } else { "" };
        format!("{except}{}", names(&statement.actions.entries))
    })
}

/// What a statement for everybody amounts to: whom its conditions leave is told by the policy engine.
fn everybody(known: &Known<'_>, policy: &Policy, compiled: &Compiled, what: &str) -> Result<Judged, Gap> {
    let (mut worst, mut who) = (Standing::Ours, Vec::new());
    for party in known.parties(policy, compiled, false) {
        let answer = known.answer(&party, compiled, Asked::Resource);
        if let Some(gap) = answer.gap {
            return Err(gap);
        }
        worst = worst.max(answer.standing);
        who.push(answer.words);
    }
    let statement = &compiled.source;
    let text = format!(
        "{} lets everybody do {what}, {}: {}",
        trust::place(statement),
        trust::terms(policy, compiled),
        names(&who)
    );
    Ok(match worst {
        Standing::Stranger | Standing::Anybody => Judged::Bad(text),
        // Whoever of the own accounts meets the conditions may change what holds for all.
        Standing::Ours | Standing::Declared | Standing::Unknown => Judged::Open(text),
    })
}

/// Whether those whom a statement names are approved.
fn named(statement: &Statement, what: &str, parameters: &Parameters) -> Judged {
    let (place, conditions) = (trust::place(statement), trust::conditions(statement));
    let told = |who: &str| format!("{place} lets {who} do {what}, {conditions}");
    let (mut approved, mut unknown, mut open) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for principal in trust::principals(statement) {
        match (principal, trust::account_of(principal)) {
            (_, Some(account)) if parameters.matches(&APPROVED_DELEGATED_ADMINISTRATORS, account) => {
                approved.insert(account.to_owned());
            }
            (_, Some(account)) => drop(unknown.insert(account.to_owned())),
            (
                PrincipalEntry::Id(text)
                | PrincipalEntry::Service(text)
                | PrincipalEntry::Federated(text)
                | PrincipalEntry::Canonical(text),
                None,
            ) => drop(open.insert(text.clone())),
            _ => {}
        }
    }
    if !unknown.is_empty() {
        return Judged::Bad(format!("{}, not approved", told(&names(unknown))));
    }
    if !open.is_empty() {
        return Judged::Open(told(&names(open)));
    }
    Judged::Good(format!("{}, approved", told(&names(approved))))
}

/// The verdict on both ways: what fails decides, then what is not known, then what a person has to judge.
fn combine(one: Result<Option<Verdict>, Gap>, other: Result<Option<Verdict>, Gap>) -> Result<Verdict, Gap> {
    let (mut verdicts, mut gap) = (Vec::new(), None);
    for outcome in [one, other] {
        match outcome {
            Ok(verdict) => verdicts.extend(verdict),
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    let has = |status: Status| verdicts.iter().any(|verdict| verdict.status == status);
    let status = match gap {
        _ if has(Status::Fail) => Status::Fail,
        Some(gap) => return Err(gap),
        None if has(Status::Manual) => Status::Manual,
        None => Status::Pass,
    };
    if verdicts.is_empty() {
        let reason = "there is nobody to approve";
        return Ok(Verdict::not_applicable(
            "no delegated administrator is registered, and no resource policy lets a member change the organization",
            reason,
        ));
    }
    let observed: Vec<&str> = verdicts.iter().map(|verdict| verdict.observed.as_str()).collect();
    let reason = verdicts.iter().find_map(|verdict| verdict.reason.clone());
    Ok(Verdict { status, reason, ..Verdict::pass(observed.join("; ")) })
}
