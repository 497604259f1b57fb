//! Assets that belong to no region: the account, identities, providers, buckets.

use kickoff_facts::storage::{BucketSettings, PublicAccessBlock};
use kickoff_facts::{GlobalFacts, Observed};

use super::tags::Tags;
use super::{Found, Lister, Property};

const USER: &str = "AWS::IAM::User";
const GROUP: &str = "AWS::IAM::Group";
const ROLE: &str = "AWS::IAM::Role";
const POLICY: &str = "AWS::IAM::ManagedPolicy";
const MFA: &str = "AWS::IAM::VirtualMFADevice";
const SAML: &str = "AWS::IAM::SAMLProvider";
const OIDC: &str = "AWS::IAM::OIDCProvider";
const CERTIFICATE: &str = "AWS::IAM::ServerCertificate";
const BUCKET: &str = "AWS::S3::Bucket";
const KEY: &str = "AWS::IAM::AccessKey";

impl Lister<'_> {
    pub(super) fn global(&mut self, facts: &GlobalFacts) {
        self.account(facts);
        self.identities(facts);
        self.access_keys(facts);
        if let Some((devices, evidence)) = self.read(&facts.virtual_mfa_devices, &[MFA]) {
            for device in devices {
                let holder = device.user_arn.as_ref().map(|arn| format!("held by {arn}")).unwrap_or_default();
                self.push(Found::setting(MFA, &device.serial, super::short(&device.serial)).details(holder), evidence);
            }
        }
        if let Some((providers, evidence)) = self.read(&facts.saml_providers, &[SAML]) {
            for arn in providers {
                self.push(Found::setting(SAML, arn, super::short(arn)), evidence);
            }
        }
        if let Some((providers, evidence)) = self.read(&facts.oidc_providers, &[OIDC]) {
            for provider in providers {
                let name = provider.url.get().map_or_else(|_| super::short(&provider.arn), String::as_str);
                self.push(Found::setting(OIDC, &provider.arn, name), evidence);
            }
        }
        if let Some((certificates, evidence)) = self.read(&facts.server_certificates, &[CERTIFICATE]) {
            for certificate in certificates {
                let until = certificate.expires.map(|at| format!("valid until {}", at.strftime("%Y-%m-%d")));
                let found = Found::setting(CERTIFICATE, &certificate.arn, &certificate.name);
                self.push(found.details(until.unwrap_or_default()), evidence);
            }
        }
        self.buckets(facts);
    }

    /// The credential report is the one list of all keys, those that are switched off as well.
    fn access_keys(&mut self, facts: &GlobalFacts) {
        let Some((report, evidence)) = self.read(&facts.credential_report, &[KEY]) else { return };
        for one in report.unreported() {
            self.incomplete(super::GLOBAL.to_owned(), &[KEY], format!("keys of {}: {}", one.user, one.why));
        }
        for row in report.root.iter().chain(report.rows()) {
            for (number, key) in (1..).zip(&row.keys).filter(|(_, key)| key.active || key.last_rotated.is_some()) {
                let day = |at: Option<jiff::Timestamp>| at.map(|at| at.strftime("%Y-%m-%d").to_string());
                let created = day(key.last_rotated).map(|day| format!(", created {day}")).unwrap_or_default();
                let used = day(key.last_used).map_or_else(|| "never used".to_owned(), |day| format!("last used {day}"));
                let state = if key.active { "active" } else { "inactive" };
                let arn = format!("{}/access-key-{number}", row.arn);
                let name = format!("{} access key {number}", row.user);
                self.push(Found::setting(KEY, arn, name).details(format!("{state}{created}, {used}")), evidence);
            }
        }
    }

    /// The account with its root user.
    fn account(&mut self, facts: &GlobalFacts) {
        let (partition, account) = (&self.facts.partition, &self.facts.account);
        let arn = format!("arn:{partition}:iam::{account}:root");
        let (name, evidence) = match facts.aliases.get() {
            Ok(aliases) => (aliases.first().unwrap_or(account).clone(), facts.aliases.evidence()),
            Err(_) => (account.clone(), [].as_slice()),
        };
        self.push(Found::setting("AWS::Organizations::Account", arn, name), evidence);
    }

    fn identities(&mut self, facts: &GlobalFacts) {
        let Some((read, evidence)) = self.read(&facts.authorization, &[USER, GROUP, ROLE, POLICY]) else { return };
        for user in &read.users {
            let tags = Some(Tags::new(&user.tags));
            self.push(Found { tags, ..Found::setting(USER, &user.arn, &user.name) }, evidence);
        }
        for group in &read.groups {
            self.push(Found::setting(GROUP, &group.arn, &group.name), evidence);
        }
        for role in &read.roles {
            let details = match (role.is_service_linked(), role.is_identity_center()) {
                (true, _) => "service-linked: AWS owns it",
                (_, true) => "made by Identity Center",
                _ => "",
            };
            let tags = Some(Tags::new(&role.tags));
            self.push(Found { tags, ..Found::setting(ROLE, &role.arn, &role.name) }.details(details), evidence);
        }
        for policy in read.policies.iter().filter(|policy| !policy.is_aws_managed()) {
            let details = format!("attached to {}, boundary of {}", policy.attachments, policy.boundary_uses);
            self.push(Found::setting(POLICY, &policy.arn, &policy.name).details(details), evidence);
        }
    }

    fn buckets(&mut self, facts: &GlobalFacts) {
        let Some((buckets, evidence)) = self.read(&facts.buckets, &[BUCKET]) else { return };
        for bucket in buckets {
            let arn = format!("arn:{}:s3:::{}", self.facts.partition, bucket.name);
            let mut found = Found::unread(BUCKET, arn, &bucket.name);
            let mut evidence = evidence.to_vec();
            let mut region = bucket.region.clone();
            let known = facts.log_buckets.get().ok().into_iter().flatten();
            if let Some(logs) = known.into_iter().find(|logs| logs.owned && logs.name == bucket.name) {
                found.details = format!("holds {}", logs.holds.join(", "));
                evidence.extend(logs.settings.evidence());
                match logs.settings.get() {
                    Ok(settings) => {
                        found.public = public(settings);
                        found.encrypted = encrypted(&settings.encryption);
                        found.logged = Property::of(&settings.access_log_target, Option::is_some);
                        region.get_or_insert_with(|| settings.region.clone());
                        for cited in [
                            settings.public_access_block.evidence(),
                            settings.policy_is_public.evidence(),
                            settings.acl.evidence(),
                            settings.encryption.evidence(),
                            settings.access_log_target.evidence(),
                        ] {
                            evidence.extend(cited);
                        }
                    }
                    Err(gap) => {
                        let unknown = || Property::Unknown(gap.to_string());
                        (found.public, found.encrypted, found.logged) = (unknown(), unknown(), unknown());
                    }
                }
            }
            evidence.sort();
            evidence.dedup();
            self.push_in(region.unwrap_or_else(|| "unknown".to_owned()), found, &evidence);
        }
    }
}

fn encrypted(fact: &Observed<Option<String>>) -> Property {
    Property::told(fact, |default| match default {
        Some(_) => Property::Yes,
        None => Property::Unknown("the bucket states no default, and what is in it is not read".to_owned()),
    })
}

/// Whether the bucket's own settings open it to everybody: its policy or its ACL does, and its block does not prevent it.
fn public(settings: &BucketSettings) -> Property {
    let by =
        |grants: Property, blocks: fn(&PublicAccessBlock) -> bool| match (grants, settings.public_access_block.get()) {
            (_, Ok(Some(block))) if blocks(block) => Property::No,
            (Property::Yes, Err(gap)) => Property::Unknown(gap.to_string()),
            (grants, _) => grants,
        };
    let policy = Property::of(&settings.policy_is_public, |public| *public == Some(true));
    let acl = Property::of(&settings.acl, |grants| grants.iter().any(|grant| grant.everyone().is_some()));
    match (by(policy, |block| block.restrict), by(acl, |block| block.ignore_acls)) {
        (Property::Yes, _) | (_, Property::Yes) => Property::Yes,
        (unknown @ Property::Unknown(_), _) | (_, unknown) => unknown,
    }
}
