//! # Every principal with effective administrator reach
//!
//! ## What it asks
//! Who is an administrator of the account, who is one under a condition, and who can become one: the list that the
//! review of privileged access starts from.
//!
//! ## Why an auditor asks
//! Privileged access is sampled from a complete list. One of the holders of a policy by name leaves out everyone who has
//! the same rights by another policy, and everyone who may assume an administrator's role.
//!
//! ## How it is decided
//! The list is made by the policy engine from every user and role of the account: administrators, administrators under
//! conditions, principals with a certain way to an administrator's rights, and whom administrators' roles let in from
//! outside the account (other accounts, identity providers, services). A person decides who of them is approved, so the
//! result is `manual`. Service control policies are left out, as a member account cannot read them. Who stands behind the
//! roles of IAM Identity Center is told by `sso-assignment-population`.
//!
//! ## What else is accepted
//! Nothing: it is a population, not a test.
//!
//! ## What it does not see
//! What an organization's policies take away from a member is not seen in that account, so the list may name more than
//! can act. Sessions that are open today, people behind federated roles, and rights within databases, clusters and
//! Identity Center applications are not in it. Which of the listed used its rights is not told.
//!
//! ## Remediation
//! Take the rights from whoever does not need them. `kickoff access` names the statement behind each line.
//!
//! ## Peers
//! None has it.
//!
//! ## References
//! AWS IAM User Guide, "Policy evaluation logic"; "Security best practices in IAM", "Apply least-privilege permissions".

use kickoff_facts::{Need, View};
use kickoff_policy::access::{Certainty, Hop, short};

use crate::frame::wording::{count, entries};
use crate::parameters::Parameters;
use crate::reasoning::estate;
use crate::{Entry, Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-admin-principal-population",
    control: "CC6.1.07",
    title: "Every principal with effective administrator reach",
    severity: Severity::High,
    level: Level::Account,
    per: Per::Account,
    kind: Kind::Manual,
    criteria: &["CC6.1", "CC6.3"],
    needs: &[Need::Authorization],
    parameters: &[],
    expected: "each principal that is, or can become, an administrator is approved",
    fix: "take the rights from whoever does not need them",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let authorization = view.authorization()?;
    let all = authorization.users.len() + authorization.roles.len();
    let reached = estate::reached(view)?;
    let access = &reached.0;
    let mut listed: Vec<Entry> = Vec::new();
    let mut parts = vec![format!("{} of the account looked at", count(all, "principal"))];
    // A group of principals: who, how, and what joins the two on one line.
    let mut list = |title: &str, found: Vec<(String, String)>, joined: fn(&str, &str) -> String| {
        let lines: Vec<String> = found.iter().map(|(who, how)| joined(who, how)).collect();
        let lines = if lines.is_empty() { "none".to_owned() } else { entries(lines) };
        parts.push(format!("{title}: {lines}"));
        let rows =
            found.into_iter().map(|(who, how)| vec![("Principal", who), ("Standing", title.to_owned()), ("How", how)]);
        listed.extend(rows);
    };
    let bracketed = |who: &str, how: &str| format!("{who} ({how})");
    let administrators = access.administrators.iter().map(|who| (who.clone(), String::new()));
    list("administrators", administrators.collect(), |who, _| who.to_owned());
    let conditional = access.conditional_administrators.iter();
    list(
        "under conditions",
        conditional.map(|one| (one.principal.clone(), one.residual.join(" and "))).collect(),
        bracketed,
    );
    let certain = access.escalations.iter().filter(|way| way.certainty == Certainty::Certain);
    list(
        "can become one",
        certain
            .map(|way| {
                let tell = |hop: &Hop| format!("{} → {}", hop.primitive, short(&hop.to));
                (way.from.clone(), access.path_in_words(way, ", ", tell))
            })
            .collect(),
        bracketed,
    );
    let outside = access.outside.iter().filter(|party| party.administrator);
    list(
        "let in from outside",
        outside.map(|party| (party.who.clone(), party.resource.clone())).collect(),
        |who, how| format!("{who} into {how}"),
    );
    let reason = "compare the list with the principals that are approved";
    Ok(vec![Finding::new(Resource::account(view), Verdict::manual(parts.join("; "), reason).listing(listed))])
}
