//! # No policy lets a non-admin raise its own privilege
//!
//! ## What it asks
//! Whether a user or role that is no administrator can make itself one: by changing policies, by taking another
//! principal, by running code as a role, in one step or over several.
//!
//! ## Why an auditor asks
//! Approval of administrators is worth nothing if others can appoint themselves.
//!
//! ## How it is decided
//! The population is every user and role that is no administrator already; service-linked roles act for AWS alone and are
//! left out. The policy engine weighs each one's identity policies, groups and boundary, and the trust policies of the
//! roles, and looks for the shortest way to an administrator over the 147 known steps, as published until 2026-11-30: a
//! step that was found later is not looked for. A way that stands whatever a request looks like → fail; one that depends on
//! a condition, or on something that policies do not tell (a workload that runs with the role) → `manual`, and so is who is
//! an administrator under a condition; none → pass. Ways out of the management account, to other accounts of the
//! organization (`sts:AssumeRoot`, groups and permission sets of IAM Identity Center, delegated administrators), → `manual`
//! where the account manages its organization or it is not known whether it does. Where a policy of the principal cannot be
//! read, or is not among the data, → `manual`. Service control policies are left out: a member account cannot read them. `kickoff access` weighs them.
//!
//! ## What else is accepted
//! A principal that is meant to administer: give it the administrator's policy openly, and approve it.
//!
//! ## What it does not see
//! Policies of most resources (functions, pipelines, secrets) and what a workload holds in its memory or its
//! environment are not weighed. The ways are those of the built-in list, as old as it says; a way within a cluster, a
//! database or a CI system is not among them. Short of an administrator's rights, reaching another principal's data is
//! no finding here.
//!
//! ## Remediation
//! The step that is named: narrow its action to named resources, pass only named roles to named services
//! (`iam:PassedToService`), or set a permissions boundary. Console: IAM, the policy, Edit. CLI: `kickoff simulate` tries a
//! policy out before it is changed. Terraform: `aws_iam_policy`, `permissions_boundary` of `aws_iam_role`.
//!
//! ## Peers
//! Prowler `iam_policy_allows_privilege_escalation`, `iam_inline_policy_allows_privilege_escalation`; CloudSploit
//! `ec2PrivilegeAnalysis`. They look at one policy at a time and at names of actions.
//!
//! ## References
//! AWS IAM User Guide, "Policy evaluation logic"; "Grant a user permissions to pass a role to an AWS service".

use std::collections::{HashMap, HashSet};

use kickoff_facts::{Need, View};
use kickoff_policy::access::{Access, Certainty, Escalation, Hop};

use crate::parameters::Parameters;
use crate::reasoning::estate;
use crate::reasoning::tested::{self, own_roles, tested};
use crate::{Evaluation, Finding, Kind, Level, Meta, Per, Resource, Severity, Verdict};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-privilege-escalation-path",
    control: "CC6.3.14",
    title: "No policy lets a non-admin raise its own privilege",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.3"],
    needs: &[Need::Authorization, Need::Organization],
    parameters: &[],
    expected: "a principal that is no administrator has no way to become one",
    fix: "take the first step of the way from the principal, or make it an administrator openly and approve it",
};

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    let authorization = view.authorization()?;
    let reached = estate::reached(view)?;
    let access = &reached.0;
    let administrators: HashSet<&str> = access.administrators.iter().map(String::as_str).collect();
    let conditional: HashMap<&str, &[String]> =
        access.conditional_administrators.iter().map(|one| (one.principal.as_str(), one.residual.as_slice())).collect();
    let ways: HashMap<&str, &Escalation> = access.escalations.iter().map(|one| (one.from.as_str(), one)).collect();
    let administrator = |arn: &str| administrators.contains(arn).then_some("an administrator already");
    let users = tested(view, &authorization.users, tested::user, |user| administrator(&user.arn));
    let roles = own_roles(view, authorization, |role| administrator(&role.arn));
    let users = users.into_iter().map(|user| ("AWS::IAM::User", user.arn.as_str()));
    let all = users.chain(roles.into_iter().map(|role| ("AWS::IAM::Role", role.arn.as_str())));
    let judged = all.map(|(kind, arn)| {
        let verdict = match (ways.get(arn), conditional.get(arn)) {
            (Some(way), _) if way.certainty == Certainty::Certain => Verdict::fail(told(access, way)),
            (_, Some(residual)) => Verdict::manual(
                format!("an administrator when {}", residual.join(" and ")),
                "decide whether the condition keeps the rights with those who are approved",
            ),
            (Some(way), None) => Verdict::manual(
                told(access, way),
                "it depends on a condition, or on what policies do not tell: see whether it can be gone",
            ),
            (None, None) => Verdict::pass("no way to an administrator's rights was found"),
        };
        Finding::new(Resource::new(kind, arn), verdict)
    });
    Ok(judged.collect())
}

/// The steps of a way, each with the statement that it rests on.
fn told(access: &Access, way: &Escalation) -> String {
    let tell = |hop: &Hop| {
        let by: Vec<String> = hop.evidence.iter().map(ToString::to_string).collect();
        let by = if by.is_empty() { String::new() } else { format!(" ({})", by.join("; ")) };
        format!("{} → {}{by}", hop.primitive, hop.to)
    };
    format!("{}: {}", way.certainty.name(), access.path_in_words(way, ", then ", tell))
}

#[cfg(test)]
mod tests {
    use kickoff_policy::reach::{known_ways, known_ways_date};

    #[test]
    fn the_page_says_how_many_steps_are_known_and_of_when() {
        let page = include_str!("iam_privilege_escalation_path.rs");
        let said = format!("{} known steps, as published until {}", known_ways(), known_ways_date());
        assert!(page.replace("\n//! ", " ").contains(&said), "the page does not say: {said}");
    }
}
