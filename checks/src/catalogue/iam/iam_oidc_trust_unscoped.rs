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
//! The population is every role whose trust policy lets in web identities: through a provider of the account, or through one
//! that AWS knows by itself (`cognito-identity.amazonaws.com`, `accounts.google.com`, `graph.facebook.com`,
//! `www.amazon.com`). How each provider makes its subjects is a table (GitHub Actions, GitLab, HCP Terraform, Bitbucket,
//! CircleCI, Buildkite, Vercel, Spacelift, Fly.io, EKS), and the statement is judged by what somebody else can make the
//! provider say. A subject counts where a positive operator without `IfExists` and `ForAllValues` asks for it. Where
//! its wildcards can stand for another owner (organization, group, namespace), or no subject is asked for, → fail: anybody
//! who gets tokens of the provider. Where they can stand for another thing of one owner (repository, project, workspace,
//! pipeline, service account) → fail, and the text says that it is the weaker finding. Where the owner and the thing are
//! fixed, as in `repo:acme/shop:*` → pass; of CircleCI the project or the repository (`vcs-origin`) is the thing. Subjects
//! of claims in a row (`repository_id:1:*`) are judged by their claims. Other claims hold beside the subject and the
//! narrowest decides: one that names the repository or project (`repository`, `repository_id`, CircleCI's `project-id`) →
//! pass; one that names the owner → as a subject that does; one that says nothing of whose it is (`environment`, `ref`)
//! does not count; one that is not known here (`job_workflow_ref`, `actor_id`, what comes later) narrows, and a person
//! judges how far → `manual`, never fail. A subject of another form → `manual`; without a
//! wildcard, of a provider whose issuer is one customer's alone → pass.
//!
//! `HOST:aud` must be asked for too; where it is not, the audiences (client ids) that the provider in IAM accepts are the
//! limit: AWS takes no token with another. A provider that AWS knows by itself has none: your own identity pool or
//! application (`aud`, `app_id`) must be named, else → fail: anybody's. An identity pool without a condition on
//! `amr: authenticated` lets its guests in → `manual`. A provider that is not in the table → `manual`. A statement that a
//! Deny without a condition, or on the subject, may take back is `manual`. A trust policy that cannot be read, or of
//! which a part is in doubt, → `not-evaluated`, unless another statement fails.
//!
//! ## What else is accepted
//! Nothing: roles for one owner as a whole need an approved exception.
//!
//! ## What it does not see
//! What happens at the provider is not seen: who may push to the repository or start a run, which branches and
//! environments are protected, and whether a name was given up and taken by another. The provider's thumbprints, and
//! what the role may do, are not judged here. Service control and resource control policies are not weighed.
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
use kickoff_policy::compile::Compiled;
use kickoff_policy::document::PrincipalEntry;
use kickoff_policy::whom::issuers::{self, Breadth};

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

/// Decides.
///
/// # Errors
/// The authorization details are not known.
pub fn evaluate(view: &View<'_>, _: &Parameters) -> Evaluation {
    const WITHOUT: Unconcerned = Unconcerned::LeftOut("trusts no OpenID Connect provider");
    trust::judge(view, SUBJECTS, WITHOUT, |_, statement| {
        let hosts: Vec<&str> = trust::principals(&statement.source)
            .filter_map(|entry| match entry {
                PrincipalEntry::Federated(name) if name.contains(":saml-provider/") => None,
                PrincipalEntry::Federated(name) => {
                    Some(name.split_once(":oidc-provider/").map_or(name.as_str(), |(_, host)| host))
                }
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

fn scope(view: &View<'_>, statement: &Compiled, host: &str) -> Result<Judged, Gap> {
    let (place, conditions) = (trust::place(&statement.source), trust::conditions(&statement.source));
    let asked = issuers::web(statement, host);
    let Some(issuer) = asked.issuer else {
        return Ok(Judged::Open(format!("{place} trusts the OpenID Connect provider {host}, {conditions}")));
    };
    let mut text = format!("{place} trusts {} ({host}), {conditions}", issuer.name);
    if !issuer.pins.is_empty() {
        let pins: Vec<String> = issuer.pins.iter().map(|pin| format!("{host}:{pin}")).collect();
        return Ok(match asked.breadth {
            Breadth::Anybody | Breadth::Owner => Judged::Bad(format!(
                "{text}: anybody's application may assume it, ask for your own by {}",
                pins.join(" or ")
            )),
            Breadth::Unclear => Judged::Open(text),
            Breadth::Thing if asked.guests && host.starts_with("cognito-identity.") => {
                Judged::Open(format!("{text}: guests who have not signed in may assume it too"))
            }
            Breadth::Thing => Judged::Good(text),
        });
    }
    let judged = match asked.breadth {
        Breadth::Thing => Judged::Good(text.clone()),
        Breadth::Unclear => Judged::Open(text.clone()),
        // All that is known is the issuer, which is one customer's.
        Breadth::Owner if asked.asked == Breadth::Anybody && asked.subject && issuer.has_owners() => {
            Judged::Bad(format!("{text}: the subject is open to anybody, name the owner and the thing in {host}:sub"))
        }
        Breadth::Owner if asked.asked == Breadth::Anybody && !asked.subject => {
            Judged::Bad(format!("{text}: no subject is asked for, ask for {host}:sub"))
        }
        Breadth::Owner => Judged::Bad(format!(
            "{text}: everything of the owner that it names may assume it (weaker than anybody, still too wide), name the repository, project or service account in {host}:sub"
        )),
        Breadth::Anybody if asked.subject => {
            Judged::Bad(format!("{text}: the subject is open to anybody, name the owner and the thing in {host}:sub"))
        }
        Breadth::Anybody => Judged::Bad(format!("{text}: no subject is asked for, ask for {host}:sub")),
    };
    if matches!(judged, Judged::Bad(_)) || asked.audience {
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
