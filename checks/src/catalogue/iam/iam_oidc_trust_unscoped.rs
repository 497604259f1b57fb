//! # CI federated roles pin audience and subject
//!
//! ## What it asks
//! Whether each role that a CI system or a Kubernetes cluster assumes through OpenID Connect names the audience and the
//! repository, project, workspace or service account that may.
//!
//! ## Why an auditor asks
//! GitHub signs tokens for every repository there is. A role that does not name yours can be assumed from anybody's
//! pipeline, and a change can reach production past your reviews.
//!
//! ## How it is decided
//! The population is every role whose trust policy lets GitHub Actions, GitLab, HCP Terraform, Bitbucket, CircleCI or an
//! EKS cluster assume it. In the same statement `HOST:aud` and `HOST:sub` must be asked for with positive operators
//! without `IfExists`. Where the audience is not asked for, the audiences (client ids) that the provider in IAM accepts
//! are the limit: AWS takes no token with another. A subject is judged by its leading parts: the owner (organization, group, namespace) and the
//! thing (repository, project, workspace, service account). A wildcard in the owner, or no subject → fail: anybody. A
//! wildcard in the thing → fail, and the text says that it is the weaker finding: everything of one owner. A wildcard
//! behind them, as in `repo:acme/shop:*`, → pass. Other claims hold beside the subject and the narrowest decides: one that
//! names the repository or project (`repository`, `repository_id`, CircleCI's `project-id`) → pass; one that names the
//! owner → as a subject that does; one that says nothing of whose it is (`environment`, `ref`) does not count; one that
//! is not known here (`job_workflow_ref`, `actor_id`, what comes later) narrows, and a person judges how far → `manual`,
//! never fail. A subject of another form without a wildcard → pass, with one →
//! `manual`. Another OpenID Connect provider → `manual`. A statement that a Deny without
//! a condition, or on the subject, may take back is `manual`. A trust
//! policy that cannot be read, or of which a part is in doubt, → `not-evaluated`, unless another statement fails.
//!
//! ## What else is accepted
//! Nothing: roles for one owner as a whole need an approved exception.
//!
//! ## Remediation
//! Console: IAM, Roles, the role, Trust relationships: `"StringEquals": {"HOST:aud": "sts.amazonaws.com", "HOST:sub":
//! "repo:OWNER/REPOSITORY:environment:production"}`. CLI: `aws iam update-assume-role-policy`. Terraform:
//! `assume_role_policy` of `aws_iam_role`.
//!
//! ## Peers
//! None of the tools that were compared has it for all of these systems.
//!
//! ## References
//! AWS IAM User Guide, "Create a role for OpenID Connect federation"; GitHub Docs, "OpenID Connect reference"; GitLab
//! Docs, "Configure OpenID Connect in AWS"; HCP Terraform Docs, "Dynamic credentials"; Amazon EKS User Guide, "IAM roles
//! for service accounts"; IAM User Guide, "IAM and AWS STS condition context keys", "Available keys for AWS OIDC
//! federation"; "Create an OpenID Connect (OIDC) identity provider in IAM" (audiences).

use kickoff_facts::iam::OidcProvider;
use kickoff_facts::{Gap, Need, View};
use kickoff_policy::condition::Condition;
use kickoff_policy::document::{PrincipalEntry, Statement};

use crate::frame::wording::names;
use crate::parameters::Parameters;
use crate::reasoning::trust::{self, Judged, Unconcerned};
use crate::{Evaluation, Kind, Level, Meta, Per, Severity};

/// What the check says of itself.
pub const META: Meta = Meta {
    id: "iam-oidc-trust-unscoped",
    control: "CC6.1.10",
    title: "CI federated roles pin audience and subject",
    severity: Severity::High,
    level: Level::Resource,
    per: Per::Account,
    kind: Kind::Auto,
    criteria: &["CC6.1", "CC6.3", "CC8.1"],
    needs: &[Need::Authorization, Need::OidcProviders],
    parameters: &[],
    expected: "the trust policy asks for the audience, and for the repository, project or service account by name",
    fix: "ask for HOST:aud and for HOST:sub with the repository, project or service account in it",
};

/// The subjects that a Deny may ask about; those of clusters and organizations have keys of their own.
const SUBJECTS: &[&str] = &["token.actions.githubusercontent.com:sub", "gitlab.com:sub", "app.terraform.io:sub"];

/// How the subjects of a provider are made.
#[derive(Clone, Copy)]
struct Issuer {
    name: &'static str,
    /// What a subject begins with.
    prefix: &'static str,
    /// What stands between the owner and the thing.
    between: &'static str,
    /// What ends the thing; nothing where the subject ends with it.
    end: Option<char>,
}

/// The issuer of a provider's host and path.
fn issuer(host: &str) -> Option<Issuer> {
    let issuer = |name, prefix, between, end| Some(Issuer { name, prefix, between, end });
    let domain = host.split('/').next().unwrap_or(host);
    match domain {
        "token.actions.githubusercontent.com" => issuer("GitHub Actions", "repo:", "/", Some(':')),
        // Groups nest: the path up to its last part is the owner.
        "gitlab.com" => issuer("GitLab", "project_path:", "/", Some(':')),
        "app.terraform.io" => issuer("HCP Terraform", "organization:", ":project:", None),
        // The provider is one workspace's or organization's: its subjects begin with the thing.
        "api.bitbucket.org" => issuer("Bitbucket", "", "", Some(':')),
        "oidc.circleci.com" => issuer("CircleCI", "org/", "/project/", Some('/')),
        _ if domain.starts_with("oidc.eks.") || domain.starts_with("oidc-eks.") => {
            issuer("EKS", "system:serviceaccount:", ":", None)
        }
        _ => None,
    }
}

/// What a claim beside the subject says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    /// The one thing: repository, project.
    Thing,
    /// The owner of things.
    Owner,
    /// Nothing of whose the token is.
    Nothing,
}

/// Claims whose meaning is known, by the last part of their name. AWS passes on those of the provider that it knows.
const CLAIMS: &[(&str, Says)] = &[
    ("repository", Says::Thing),
    ("repository_id", Says::Thing),
    ("project_id", Says::Thing),
    ("project_path", Says::Thing),
    ("project-id", Says::Thing),
    ("repository_owner", Says::Owner),
    ("repository_owner_id", Says::Owner),
    ("namespace_id", Says::Owner),
    ("namespace_path", Says::Owner),
    ("aud", Says::Nothing),
    ("oaud", Says::Nothing),
    ("azp", Says::Nothing),
    ("amr", Says::Nothing),
    ("iss", Says::Nothing),
    ("ref", Says::Nothing),
    ("ref_type", Says::Nothing),
    ("base_ref", Says::Nothing),
    ("head_ref", Says::Nothing),
    ("event_name", Says::Nothing),
    ("environment", Says::Nothing),
    ("workflow", Says::Nothing),
    ("runner_environment", Says::Nothing),
    ("repository_visibility", Says::Nothing),
];

/// How far one condition on a claim beside the subject lets reach: its widest value counts.
fn claim_reach(claim: &str, condition: &Condition) -> Reach {
    let last = claim.rsplit('/').next().unwrap_or(claim);
    let says = CLAIMS.iter().find(|(name, _)| name.eq_ignore_ascii_case(last)).map(|(_, says)| *says);
    let wildcards = trust::takes_wildcards(condition);
    let of = |value: &String| match says {
        _ if !trust::says_something(value) => Reach::Anybody,
        Some(Says::Nothing) => Reach::Anybody,
        Some(Says::Thing | Says::Owner) if wildcards && value.contains(['*', '?']) => Reach::Unclear,
        Some(Says::Thing) => Reach::Thing,
        Some(Says::Owner) => Reach::Owner,
        None => Reach::Unclear,
    };
    condition.values.iter().map(of).max().unwrap_or(Reach::Anybody)
}

/// How far a subject reaches.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// One thing.
    Thing,
    /// The form is another, and there is a wildcard.
    Unclear,
    /// Everything of one owner.
    Owner,
    /// Everything.
    Anybody,
}

fn reach(issuer: Issuer, subject: &str, wildcards: bool) -> Reach {
    let wild = |text: &str| wildcards && text.contains(['*', '?']);
    if !trust::says_something(subject) {
        // The provider of Bitbucket is the workspace's own.
        return if issuer.prefix.is_empty() { Reach::Owner } else { Reach::Anybody };
    }
    if !wild(subject) {
        return Reach::Thing;
    }
    let Some(rest) = subject.strip_prefix(issuer.prefix) else {
        // A wildcard before the prefix ends leaves everything open.
        let open = subject.split(['*', '?']).next().is_some_and(|fixed| issuer.prefix.starts_with(fixed));
        return if open { Reach::Anybody } else { Reach::Unclear };
    };
    let (owner, rest) = match rest.split_once(issuer.between) {
        Some(parts) => parts,
        // The owner does not end: the wildcard is in it.
        None => return Reach::Anybody,
    };
    let thing = issuer.end.and_then(|end| rest.split(end).next()).unwrap_or(rest);
    // Terraform: the run phase is behind the workspace, and any workspace of one project is the project's.
    let thing = thing.split(":run_phase:").next().unwrap_or(thing);
    if wild(owner) {
        Reach::Anybody
    } else if wild(thing) {
        Reach::Owner
    } else {
        Reach::Thing
    }
}

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    const WITHOUT: Unconcerned = Unconcerned::LeftOut("trusts no OpenID Connect provider");
    trust::judge(view, SUBJECTS, WITHOUT, |_, statement| {
        let hosts: Vec<&str> = trust::principals(statement)
            .filter_map(|entry| match entry {
                PrincipalEntry::Federated(arn) => arn.split_once(":oidc-provider/").map(|(_, host)| host),
                _ => None,
            })
            .collect();
        let judged: Vec<Result<Judged, Gap>> = hosts.into_iter().map(|host| scope(view, statement, host)).collect();
        let worst = |judged: &Result<Judged, Gap>| match judged {
            Ok(Judged::Good(_)) => 0,
            Ok(Judged::Open(_)) => 1,
            Err(_) => 2,
            Ok(Judged::Bad(_)) => 3,
        };
        judged.into_iter().max_by_key(worst)
    })
}

/// The audiences that the provider of a host accepts; none where the account has no such provider.
///
/// # Errors
/// The account's providers, or the audiences of this one, are not known.
fn audiences<'a>(view: &View<'a>, host: &str) -> Result<Option<&'a [String]>, Gap> {
    let own = |provider: &&OidcProvider| provider.arn.split_once(":oidc-provider/").is_some_and(|(_, of)| of == host);
    let Some(provider) = view.oidc_providers()?.iter().find(own) else { return Ok(None) };
    view.see(&provider.audiences).map(|audiences| Some(audiences.as_slice()))
}

fn scope(view: &View<'_>, statement: &Statement, host: &str) -> Result<Judged, Gap> {
    let (place, conditions) = (trust::place(statement), trust::conditions(statement));
    let Some(issuer) = issuer(host) else {
        return Ok(Judged::Open(format!("{place} trusts the OpenID Connect provider {host}, {conditions}")));
    };
    let mut text = format!("{place} trusts {} ({host}), {conditions}", issuer.name);
    // The conditions on claims of the provider, each with the claim's name.
    let asked: Vec<(&str, &Condition)> = statement
        .conditions
        .iter()
        .filter(|condition| trust::asks_for_value(condition))
        .filter_map(|condition| {
            let (of, claim) = condition.key.split_at_checked(host.len())?;
            Some((claim.strip_prefix(':').filter(|_| of.eq_ignore_ascii_case(host))?, condition))
        })
        .collect();
    let named = |name: &str| -> Vec<&Condition> {
        asked.iter().filter(|(claim, _)| claim.eq_ignore_ascii_case(name)).map(|(_, one)| *one).collect()
    };
    // Conditions on one claim hold together, and so do those on several: the narrowest counts. Of values, the widest.
    let subject = |condition: &Condition| {
        let wildcards = trust::takes_wildcards(condition);
        condition.values.iter().map(|value| reach(issuer, value, wildcards)).max().unwrap_or(Reach::Anybody)
    };
    let beside = asked.iter().filter(|(claim, _)| !claim.eq_ignore_ascii_case("sub"));
    let reaches = named("sub").into_iter().map(subject).chain(beside.map(|(claim, one)| claim_reach(claim, one)));
    let asks_for_subject = !named("sub").is_empty();
    let judged = match reaches.min() {
        Some(Reach::Thing) => Judged::Good(text.clone()),
        Some(Reach::Unclear) => Judged::Open(text.clone()),
        Some(Reach::Owner) => Judged::Bad(format!(
            "{text}: everything of the owner that it names may assume it (weaker than anybody, still too wide), name the repository, project or service account in {host}:sub"
        )),
        Some(Reach::Anybody) if asks_for_subject => {
            Judged::Bad(format!("{text}: the subject is open to anybody, name the owner and the thing in {host}:sub"))
        }
        Some(Reach::Anybody) | None => Judged::Bad(format!("{text}: no subject is asked for, ask for {host}:sub")),
    };
    let pinned = |condition: &Condition| condition.values.iter().all(|value| trust::says_something(value));
    if matches!(judged, Judged::Bad(_)) || named("aud").into_iter().any(pinned) {
        return Ok(judged);
    }
    match audiences(view, host)? {
        Some([]) => Ok(Judged::Bad(format!("{text}: the audience is not pinned, ask for {host}:aud"))),
        Some(accepted) => {
            text.push_str(&format!("; the provider accepts the audience {} alone", names(accepted)));
            Ok(match judged {
                Judged::Open(_) => Judged::Open(text),
                _ => Judged::Good(text),
            })
        }
        None => {
            Ok(Judged::Open(format!("{text}; the account has no such provider, so that nobody can assume it today")))
        }
    }
}
