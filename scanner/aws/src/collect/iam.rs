//! IAM: in bulk wherever IAM answers in bulk.

use std::collections::BTreeMap;

use aws_sdk_iam::Client;
use aws_sdk_iam::types as sdk;
use futures::future::join_all;
use kickoff_facts::iam::{
    AccountSummary, Authorization, Group, InlinePolicy, ManagedPolicy, MfaDevice, OidcProvider, PasswordPolicy, Role,
    RootManagement, ServerCertificate, User, UserMfa,
};
use kickoff_facts::{GlobalFacts, Observed};

use super::shared::{document, follows, inherited, speaks_for, text, time};
use crate::call::{LOST_PAGE, ask};
use crate::session::{Session, client};

families! {
    global Aliases aliases = |session, _| aliases(session);
    global AccountSummary account_summary = |session, _| account_summary(session);
    global Authorization authorization = |session, _| authorization(session);
    global PasswordPolicy password_policy = |session, _| password_policy(session);
    global VirtualMfaDevices virtual_mfa_devices = |session, _| virtual_mfa_devices(session);
    global UserMfaDevices user_mfa_devices = |session, facts| user_mfa_devices(session, &facts.global);
    global RootManagement root_management = |session, facts| root_management(session, &facts.global);
    global SamlProviders saml_providers = |session, _| saml_providers(session);
    global OidcProviders oidc_providers = |session, _| oidc_providers(session);
    global ServerCertificates server_certificates = |session, _| server_certificates(session);
}

/// Records a page: IAM's own maximum.
pub(super) const PAGE: i32 = 1000;

/// The marker of the next page. "There is more" without a marker is a lost page, never the end.
pub(super) fn following(truncated: bool, marker: Option<String>) -> Option<String> {
    truncated.then(|| marker.unwrap_or_else(|| LOST_PAGE.to_owned()))
}

pub(super) fn iam(session: &Session) -> Client {
    client!(aws_sdk_iam, session, session.home_region())
}

pub(super) async fn aliases(session: &Session) -> Observed<Vec<String>> {
    let iam = iam(session);
    session
        .pages(ask("iam:ListAccountAliases", session.home_region()), |marker, call| {
            let request = iam.list_account_aliases().set_marker(marker).customize().interceptor(call).send();
            async { request.await.map(|out| (out.account_aliases, out.marker)) }
        })
        .await
        .observed()
}

pub(super) async fn account_summary(session: &Session) -> Observed<AccountSummary> {
    let iam = iam(session);
    session
        .one(ask("iam:GetAccountSummary", session.home_region()), |call| {
            iam.get_account_summary().customize().interceptor(call).send()
        })
        .await
        .parse(|out| {
            let map = out.summary_map.ok_or("it has no summary")?;
            let get = |key: &str| map.get(&sdk::SummaryKeyType::from(key)).copied();
            let count = |key: &str| get(key).and_then(|n| u64::try_from(n).ok());
            // The flag is the very thing that is asked for: without it nothing can be said.
            let flag = |key: &str| get(key).map(|n| n > 0).ok_or_else(|| format!("it lacks {key}"));
            Ok(AccountSummary {
                users: count("Users").ok_or("it lacks Users")?,
                groups: count("Groups").ok_or("it lacks Groups")?,
                roles: count("Roles"),
                policies: count("Policies").ok_or("it lacks Policies")?,
                providers: count("Providers"),
                server_certificates: count("ServerCertificates"),
                root_mfa_enabled: flag("AccountMFAEnabled")?,
                root_access_keys_present: flag("AccountAccessKeysPresent")?,
                root_password_present: get("AccountPasswordPresent").map(|n| n > 0),
                root_signing_certificates_present: flag("AccountSigningCertificatesPresent")?,
                root_disputed: Vec::new(),
            })
        })
        .observed()
}

pub(super) async fn password_policy(session: &Session) -> Observed<Option<PasswordPolicy>> {
    let iam = iam(session);
    session
        .one(ask("iam:GetAccountPasswordPolicy", session.home_region()), |call| {
            iam.get_account_password_policy().customize().interceptor(call).send()
        })
        .await
        .parse(|out| out.password_policy.ok_or_else(|| "it holds no policy".to_owned()))
        .or_absent()
        .map(|policy| {
            let positive = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
            policy.map(|p| PasswordPolicy {
                minimum_length: positive(p.minimum_password_length).unwrap_or_default(),
                symbols: p.require_symbols,
                numbers: p.require_numbers,
                uppercase: p.require_uppercase_characters,
                lowercase: p.require_lowercase_characters,
                max_age_days: positive(p.max_password_age).filter(|_| p.expire_passwords),
                reuse_prevention: positive(p.password_reuse_prevention),
            })
        })
}

/// A page of authorization details, reduced at once: the SDK's own form of a large account is several times larger.
#[derive(Default)]
struct Details(Authorization);

pub(super) async fn authorization(session: &Session) -> Observed<Authorization> {
    let iam = iam(session);
    session
        .pages(ask("iam:GetAccountAuthorizationDetails", session.home_region()), |marker, call| {
            let request = iam
                .get_account_authorization_details()
                .max_items(PAGE)
                .set_marker(marker)
                .customize()
                .interceptor(call)
                .send();
            async {
                request.await.map(|out| {
                    let details = Authorization {
                        users: out.user_detail_list.unwrap_or_default().into_iter().map(user).collect(),
                        groups: out.group_detail_list.unwrap_or_default().into_iter().map(group).collect(),
                        roles: out.role_detail_list.unwrap_or_default().into_iter().map(role).collect(),
                        policies: out.policies.unwrap_or_default().into_iter().filter_map(policy).collect(),
                    };
                    (vec![Details(details)], following(out.is_truncated, out.marker))
                })
            }
        })
        .await
        .observed()
        .map(|pages| {
            let mut all = Authorization::default();
            for Details(page) in pages {
                all.users.extend(page.users);
                all.groups.extend(page.groups);
                all.roles.extend(page.roles);
                all.policies.extend(page.policies);
            }
            all.users.sort_by(|a, b| a.arn.cmp(&b.arn));
            all.groups.sort_by(|a, b| a.arn.cmp(&b.arn));
            all.roles.sort_by(|a, b| a.arn.cmp(&b.arn));
            all.policies.sort_by(|a, b| a.arn.cmp(&b.arn));
            all
        })
}

fn attached(policies: Option<Vec<sdk::AttachedPolicy>>) -> Vec<String> {
    policies.unwrap_or_default().into_iter().filter_map(|p| p.policy_arn).collect()
}

fn inline(policies: Option<Vec<sdk::PolicyDetail>>) -> Vec<InlinePolicy> {
    let inline =
        |p: sdk::PolicyDetail| InlinePolicy { name: text(p.policy_name()), document: document(p.policy_document()) };
    policies.unwrap_or_default().into_iter().map(inline).collect()
}

fn tags(tags: Option<Vec<sdk::Tag>>) -> BTreeMap<String, String> {
    tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)).collect()
}

fn user(u: sdk::UserDetail) -> User {
    User {
        name: text(u.user_name()),
        arn: text(u.arn()),
        created: time(u.create_date()),
        groups: u.group_list.unwrap_or_default(),
        attached: attached(u.attached_managed_policies),
        inline: inline(u.user_policy_list),
        boundary: u.permissions_boundary.and_then(|b| b.permissions_boundary_arn),
        tags: tags(u.tags),
    }
}

fn group(g: sdk::GroupDetail) -> Group {
    Group {
        name: text(g.group_name()),
        arn: text(g.arn()),
        attached: attached(g.attached_managed_policies),
        inline: inline(g.group_policy_list),
    }
}

fn role(r: sdk::RoleDetail) -> Role {
    Role {
        name: text(r.role_name()),
        arn: text(r.arn()),
        path: text(r.path()),
        created: time(r.create_date()),
        trust: document(r.assume_role_policy_document()),
        last_used: time(r.role_last_used().and_then(|used| used.last_used_date())),
        instance_profiles: r.instance_profile_list().iter().map(|profile| profile.arn().to_owned()).collect(),
        attached: attached(r.attached_managed_policies),
        inline: inline(r.role_policy_list),
        boundary: r.permissions_boundary.and_then(|b| b.permissions_boundary_arn),
        tags: tags(r.tags),
    }
}

/// Customer managed policies, and those of AWS that something uses: the hundreds that nothing uses grant nothing.
fn policy(p: sdk::ManagedPolicyDetail) -> Option<ManagedPolicy> {
    let count = |n: Option<i32>| n.and_then(|n| u32::try_from(n).ok()).unwrap_or_default();
    let default_version = text(p.default_version_id());
    let body = p.policy_version_list().iter().find(|v| v.is_default_version());
    let arn = text(p.arn());
    let others = p.policy_version_list().iter().filter(|v| !v.is_default_version() && !arn.contains(":iam::aws:"));
    let policy = ManagedPolicy {
        name: text(p.policy_name()),
        other_versions: others.map(|v| (text(v.version_id()), document(v.document()))).collect(),
        arn,
        attachments: count(p.attachment_count),
        boundary_uses: count(p.permissions_boundary_usage_count),
        document: document(body.and_then(|v| v.document())),
        default_version,
    };
    (!policy.is_aws_managed() || policy.attachments + policy.boundary_uses > 0).then_some(policy)
}

pub(super) async fn virtual_mfa_devices(session: &Session) -> Observed<Vec<MfaDevice>> {
    let iam = iam(session);
    session
        .pages(
            ask("iam:ListVirtualMFADevices", session.home_region()).with(&[("AssignmentStatus", "Assigned")]),
            |marker, call| {
                let request = iam
                    .list_virtual_mfa_devices()
                    .assignment_status(sdk::AssignmentStatusType::Assigned)
                    .max_items(PAGE)
                    .set_marker(marker)
                    .customize()
                    .interceptor(call)
                    .send();
                async { request.await.map(|out| (out.virtual_mfa_devices, following(out.is_truncated, out.marker))) }
            },
        )
        .await
        .observed()
        .map(|devices| {
            let mut devices: Vec<MfaDevice> = devices
                .into_iter()
                .map(|d| MfaDevice {
                    enabled: time(d.enable_date.as_ref()),
                    serial: d.serial_number,
                    user_arn: d.user.map(|u| u.arn),
                })
                .collect();
            devices.sort_by(|a, b| a.serial.cmp(&b.serial));
            devices
        })
}

/// IAM has no bulk answer for devices of all kinds; only users who have both a password and a device are asked.
pub(super) async fn user_mfa_devices(session: &Session, global: &GlobalFacts) -> Observed<Vec<UserMfa>> {
    const OPERATION: &str = "iam:ListMFADevices";
    let report = match global.credential_report.get() {
        Ok(report) => report,
        Err(gap) => return inherited(gap, OPERATION).into(),
    };
    let iam = iam(session);
    let users = report.rows().iter().filter(|row| row.password_enabled == Some(true) && row.reported_mfa());
    let asked = users.map(|row| {
        let iam = &iam;
        async move {
            let parameters = [("UserName", row.user.as_str())];
            let devices = session
                .pages(ask(OPERATION, session.home_region()).with(&parameters), |marker, call| {
                    let request = iam
                        .list_mfa_devices()
                        .user_name(&row.user)
                        .set_marker(marker)
                        .customize()
                        .interceptor(call)
                        .send();
                    async {
                        request.await.map(|out| {
                            let serials = out.mfa_devices.into_iter().map(|d| d.serial_number).collect();
                            (serials, following(out.is_truncated, out.marker))
                        })
                    }
                })
                .await
                .observed();
            UserMfa { user: row.user.clone(), devices }
        }
    });
    follows(join_all(asked).await, &global.credential_report)
}

pub(super) async fn root_management(session: &Session, global: &GlobalFacts) -> Observed<Option<RootManagement>> {
    const OPERATION: &str = "iam:ListOrganizationsFeatures";
    match speaks_for(session, global) {
        Err(gap) => return inherited(&gap, OPERATION).into(),
        Ok(None) => return follows(None, &global.organization),
        Ok(Some(_)) => {}
    }
    let iam = iam(session);
    session
        .one(ask(OPERATION, session.home_region()), |call| {
            iam.list_organizations_features().customize().interceptor(call).send()
        })
        .await
        // Trusted access for IAM is off, or the organization has not all features on: then nothing is managed centrally.
        .or_absent()
        .map(|found| {
            let features = found
                .map(|out| out.enabled_features().iter().map(|f| f.as_str().to_owned()).collect())
                .unwrap_or_default();
            Some(RootManagement { features })
        })
}

pub(super) async fn saml_providers(session: &Session) -> Observed<Vec<String>> {
    let iam = iam(session);
    session
        .one(ask("iam:ListSAMLProviders", session.home_region()), |call| {
            iam.list_saml_providers().customize().interceptor(call).send()
        })
        .await
        .observed()
        .map(|out| out.saml_provider_list().iter().filter_map(|p| p.arn().map(str::to_owned)).collect())
}

pub(super) async fn oidc_providers(session: &Session) -> Observed<Vec<OidcProvider>> {
    let iam = iam(session);
    let listed = session
        .one(ask("iam:ListOpenIDConnectProviders", session.home_region()), |call| {
            iam.list_open_id_connect_providers().customize().interceptor(call).send()
        })
        .await
        .observed();
    let arns: Vec<String> = match listed.get() {
        Ok(out) => out.open_id_connect_provider_list().iter().filter_map(|p| p.arn().map(str::to_owned)).collect(),
        Err(gap) => return gap.clone().into(),
    };
    let asked = arns.into_iter().map(|arn| {
        let iam = &iam;
        async move {
            let parameters = [("OpenIDConnectProviderArn", arn.as_str())];
            let found = session
                .one(ask("iam:GetOpenIDConnectProvider", session.home_region()).with(&parameters), |call| {
                    iam.get_open_id_connect_provider()
                        .open_id_connect_provider_arn(&arn)
                        .customize()
                        .interceptor(call)
                        .send()
                })
                .await
                .observed();
            OidcProvider {
                url: found.clone().map(|out| text(out.url())),
                audiences: found.map(|out| out.client_id_list().to_vec()),
                arn,
            }
        }
    });
    follows(join_all(asked).await, &listed)
}

pub(super) async fn server_certificates(session: &Session) -> Observed<Vec<ServerCertificate>> {
    let iam = iam(session);
    session
        .pages(ask("iam:ListServerCertificates", session.home_region()), |marker, call| {
            let request = iam.list_server_certificates().set_marker(marker).customize().interceptor(call).send();
            async {
                request.await.map(|out| (out.server_certificate_metadata_list, following(out.is_truncated, out.marker)))
            }
        })
        .await
        .observed()
        .map(|certificates| {
            certificates
                .into_iter()
                .map(|c| ServerCertificate {
                    expires: time(c.expiration()),
                    name: c.server_certificate_name,
                    arn: c.arn,
                })
                .collect()
        })
}
