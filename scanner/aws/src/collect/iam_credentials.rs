//! IAM users' credentials that the credential report lacks. SSH keys are told one user at a time: only users are asked
//! whose keys could open something, and of these no more than a scan can bear.

use aws_sdk_iam::types::StatusType;
use futures::future::join_all;
use kickoff_facts::iam::{Authorization, InlinePolicy, ServiceCredential, SshKey, User, UserSshKeys};
use kickoff_facts::{GlobalFacts, Observed};
use serde_json::Value;

use super::iam::{PAGE, following, iam};
use super::shared::{follows, inherited, time};
use crate::call::ask;
use crate::session::Session;

/// Whether a credential can be used: whatever is not said to be out of use, since AWS may add states.
fn can_be_used(status: &StatusType) -> bool {
    !matches!(status.as_str(), "Inactive" | "Expired")
}

families! {
    global ServiceCredentials service_credentials = |session, _| of_services(session);
    global UserSshKeys user_ssh_keys = |session, facts| ssh_keys(session, &facts.global);
}

/// So many users are asked for their SSH keys, in the order of their names.
const MOST: usize = 25;

/// All users' at once.
pub(super) async fn of_services(session: &Session) -> Observed<Vec<ServiceCredential>> {
    let iam = iam(session);
    session
        .pages(
            ask("iam:ListServiceSpecificCredentials", session.home_region()).with(&[("AllUsers", "true")]),
            |marker, call| {
                let request = iam
                    .list_service_specific_credentials()
                    .all_users(true)
                    .max_items(PAGE)
                    .set_marker(marker)
                    .customize()
                    .interceptor(call)
                    .send();
                async {
                    request.await.map(|out| {
                        let next = following(out.is_truncated, out.marker);
                        (out.service_specific_credentials.unwrap_or_default(), next)
                    })
                }
            },
        )
        .await
        .observed()
        .map(|credentials| {
            let mut all: Vec<ServiceCredential> = credentials
                .into_iter()
                .map(|c| ServiceCredential {
                    active: can_be_used(&c.status),
                    created: time(Some(&c.create_date)),
                    expires: time(c.expiration_date.as_ref()),
                    user: c.user_name,
                    service: c.service_name,
                    id: c.service_specific_credential_id,
                })
                .collect();
            all.sort_by(|a, b| (&a.user, &a.id).cmp(&(&b.user, &b.id)));
            all
        })
}

/// SSH keys of the users who may use CodeCommit, or hold another credential for it.
pub(super) async fn ssh_keys(session: &Session, global: &GlobalFacts) -> Observed<Vec<UserSshKeys>> {
    const OPERATION: &str = "iam:ListSSHPublicKeys";
    let authorization = match global.authorization.get() {
        Ok(authorization) => authorization,
        Err(gap) => return inherited(gap, OPERATION).into(),
    };
    let iam = iam(session);
    let others = global.service_credentials.get().map(Vec::as_slice).unwrap_or_default();
    let holds = |user: &User| others.iter().any(|c| c.user == user.name && c.service.starts_with("codecommit."));
    let mut users: Vec<&str> = authorization
        .users
        .iter()
        .filter(|user| holds(user) || may_use_codecommit(authorization, user))
        .map(|user| user.name.as_str())
        .collect();
    users.sort_unstable();
    let asked = users.into_iter().enumerate().map(|(at, name)| {
        let iam = &iam;
        async move {
            let user = name.to_owned();
            if at >= MOST {
                let message = format!("one call a user is needed, and the first {MOST} only are asked");
                return UserSshKeys { user, keys: session.not_made(OPERATION, session.home_region(), &message).into() };
            }
            let parameters = [("UserName", name)];
            let keys = session
                .pages(ask(OPERATION, session.home_region()).with(&parameters), |marker, call| {
                    let request = iam
                        .list_ssh_public_keys()
                        .user_name(name)
                        .set_marker(marker)
                        .customize()
                        .interceptor(call)
                        .send();
                    async {
                        request.await.map(|out| {
                            let next = following(out.is_truncated, out.marker);
                            (out.ssh_public_keys.unwrap_or_default(), next)
                        })
                    }
                })
                .await
                .observed()
                .map(|keys| {
                    let key = |k: aws_sdk_iam::types::SshPublicKeyMetadata| SshKey {
                        active: can_be_used(&k.status),
                        uploaded: time(Some(&k.upload_date)),
                        id: k.ssh_public_key_id,
                    };
                    keys.into_iter().map(key).collect()
                });
            UserSshKeys { user, keys }
        }
    });
    follows(join_all(asked).await, &global.authorization)
}

/// Whether a policy of a user, or of one of its groups, may allow what an SSH key is for: to pull from CodeCommit or to
/// push to it. Denials, boundaries and conditions are left aside, and what cannot be read may allow it: nobody is left out
/// who could.
fn may_use_codecommit(authorization: &Authorization, user: &User) -> bool {
    let managed = |arn: &String| match authorization.policies.iter().find(|policy| policy.arn == *arn) {
        Some(policy) => mentions(&policy.document),
        None => true,
    };
    let of = |attached: &[String], inline: &[InlinePolicy]| {
        attached.iter().any(managed) || inline.iter().any(|policy| mentions(&policy.document))
    };
    let groups = authorization.groups.iter().filter(|group| user.groups.contains(&group.name));
    of(&user.attached, &user.inline) || groups.into_iter().any(|group| of(&group.attached, &group.inline))
}

fn mentions(document: &str) -> bool {
    let Ok(document) = serde_json::from_str::<Value>(document) else { return true };
    let several = |value: &Value| match value {
        Value::Array(list) => list.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    // IAM folds the case of actions.
    let matches = |action: &Value| {
        let pattern = action.as_str().unwrap_or("*").to_ascii_lowercase();
        ["codecommit:gitpull", "codecommit:gitpush"].iter().any(|name| covers(pattern.as_bytes(), name.as_bytes()))
    };
    several(&document["Statement"])
        .iter()
        .filter(|statement| statement["Effect"] != "Deny")
        .any(|statement| statement.get("NotAction").is_some() || several(&statement["Action"]).iter().any(matches))
}

/// Whether a pattern, with `*` and `?`, covers a name. Going back to the last star is enough, so that no pattern takes long.
fn covers(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut seen, mut star) = (0, 0, None);
    while let Some(c) = name.get(seen) {
        match (pattern.get(at), star) {
            (Some(b'*'), _) => {
                star = Some((at, seen));
                at += 1;
            }
            (Some(p), _) if p == c || *p == b'?' => {
                at += 1;
                seen += 1;
            }
            (_, Some((back, from))) => {
                star = Some((back, from + 1));
                at = back + 1;
                seen = from + 1;
            }
            _ => return false,
        }
    }
    pattern.iter().skip(at).all(|p| *p == b'*')
}

#[cfg(test)]
mod tests {
    use kickoff_facts::iam::{Group, ManagedPolicy};
    use serde_json::json;

    use super::*;

    fn allows(action: &Value) -> bool {
        mentions(&json!({ "Statement": [{ "Effect": "Allow", "Action": action, "Resource": "*" }] }).to_string())
    }

    #[test]
    fn only_documents_that_cannot_allow_codecommit_are_ruled_out() {
        let sure = [json!("*"), json!("codecommit:GitPull"), json!(["s3:Get*", "CodeCommit:*"])];
        for action in sure.iter().chain(&[json!("code*:G?tP*"), json!("*:*Push")]) {
            assert!(allows(action), "{action}");
        }
        let others =
            [json!("s3:*"), json!(["codebuild:*", "codecommit:Get*"]), json!("codecommit:GitPul"), json!("*:*Pus")];
        for action in others {
            assert!(!allows(&action), "{action}");
        }
        assert!(mentions("{"));
        assert!(mentions(r#"{"Statement":{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}}"#));
        assert!(!mentions(r#"{"Statement":{"Effect":"Deny","Action":"codecommit:*","Resource":"*"}}"#));
    }

    #[test]
    fn groups_count_and_a_policy_that_is_not_known_may_allow() {
        let policy = |name: &str, document: &str| ManagedPolicy {
            arn: format!("arn:aws:iam::aws:policy/{name}"),
            document: document.to_owned(),
            ..Default::default()
        };
        let group = |name: &str, policy: &str| Group {
            name: name.to_owned(),
            attached: vec![format!("arn:aws:iam::aws:policy/{policy}")],
            ..Default::default()
        };
        let authorization = Authorization {
            groups: vec![group("git", "Git"), group("store", "Store")],
            policies: vec![
                policy("Git", r#"{"Statement":{"Effect":"Allow","Action":"codecommit:Git*"}}"#),
                policy("Store", r#"{"Statement":{"Effect":"Allow","Action":"s3:*"}}"#),
            ],
            ..Default::default()
        };
        let user = |groups: &[&str], attached: &[&str]| User {
            groups: groups.iter().map(|&name| name.to_owned()).collect(),
            attached: attached.iter().map(|&arn| arn.to_owned()).collect(),
            ..Default::default()
        };
        assert!(may_use_codecommit(&authorization, &user(&["git"], &[])));
        assert!(!may_use_codecommit(&authorization, &user(&["store"], &[])));
        assert!(may_use_codecommit(&authorization, &user(&[], &["arn:aws:iam::111122223333:policy/gone"])));
    }
}
