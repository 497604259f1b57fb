//! What a profile of the AWS configuration files says about credentials: a source, and the roles that are taken from there.
//!
//! Source: AWS SDKs and Tools Reference Guide, "Assume role credential provider", "IAM Identity Center credential
//! provider", "Process credential provider", "Login credential provider"; AWS CLI User Guide, "Using an IAM role".

use aws_config::profile::{Profile, ProfileSet};
use aws_credential_types::Credentials;

use super::base::Base;
use super::error::ConnectError;
use super::role::Role;

/// How credentials are come by.
#[derive(Debug)]
pub(crate) struct Way {
    /// The first credentials.
    pub base: Base,
    /// The roles that are taken with them, one after another.
    pub roles: Vec<Role>,
}

fn wrong(profile: &str, why: &str) -> ConnectError {
    ConnectError::Misconfigured(format!("profile {profile:?} {why}"))
}

/// The way of a profile; none where it says nothing about credentials.
///
/// # Errors
/// What it says cannot be used.
pub(crate) fn way(set: &ProfileSet, name: &str) -> Result<Option<Way>, ConnectError> {
    let (mut seen, mut roles) = (Vec::<&str>::new(), Vec::new());
    let mut at = name;
    let base = loop {
        let Some(profile) = set.get_profile(at) else {
            return Err(match seen.last() {
                None => ConnectError::NoProfile(at.to_owned()),
                Some(before) => wrong(
                    before,
                    &format!(
                        "has source_profile {at:?}, and there is no such profile in the AWS configuration files: see `aws configure list-profiles`"
                    ),
                ),
            });
        };
        if seen.contains(&at) {
            seen.push(at);
            return Err(wrong(
                name,
                &format!(
                    "goes round in a circle by source_profile ({}): give one of them credentials",
                    seen.join(", ")
                ),
            ));
        }
        seen.push(at);
        // From the second profile on its own keys count before its role.
        if seen.len() > 1
            && let Some(keys) = keys(profile)?
        {
            break Some(keys);
        }
        let (Some(role), None) = (profile.get("role_arn"), profile.get("web_identity_token_file")) else {
            break base(set, profile)?;
        };
        roles.push(of_role(profile, role)?);
        match (profile.get("source_profile"), profile.get("credential_source")) {
            (Some(_), Some(_)) => {
                return Err(wrong(at, "has both source_profile and credential_source: only one of them can be"));
            }
            (None, None) => {
                return Err(wrong(
                    at,
                    "has role_arn, and neither source_profile nor credential_source says whose credentials take the role",
                ));
            }
            (Some(source), None) if source == profile.name() => break base(set, profile)?,
            (Some(source), None) => at = source,
            (None, Some(_)) => break base(set, profile)?,
        }
    };
    roles.reverse();
    match base {
        Some(base) => Ok(Some(Way { base, roles })),
        None if roles.is_empty() => Ok(None),
        None => Err(wrong(
            at,
            &format!("has no credentials (keys, a sign-in, a process), and profile {name:?} takes its role with them"),
        )),
    }
}

fn of_role(profile: &Profile, arn: &str) -> Result<Role, ConnectError> {
    let seconds = match profile.get("duration_seconds") {
        None => None,
        Some(text) => match text.trim().parse::<i32>() {
            Ok(seconds) if (900..=43_200).contains(&seconds) => Some(seconds),
            _ => return Err(wrong(profile.name(), &format!("has duration_seconds {text:?}: 900 to 43200 can be"))),
        },
    };
    let owned = |key: &str| profile.get(key).map(str::to_owned);
    Ok(Role {
        arn: arn.to_owned(),
        external_id: owned("external_id"),
        session: owned("role_session_name"),
        seconds,
        device: owned("mfa_serial"),
        profile: Some(profile.name().to_owned()),
    })
}

/// The first credentials that a profile names, its role aside.
fn base(set: &ProfileSet, profile: &Profile) -> Result<Option<Base>, ConnectError> {
    let name = profile.name();
    if let Some(source) = profile.get("credential_source") {
        return match source.trim().to_ascii_lowercase().as_str() {
            "environment" => Ok(Some(Base::Environment)),
            "ecscontainer" => Ok(Some(Base::Container)),
            "ec2instancemetadata" => Ok(Some(Base::Instance { only: true })),
            _ => Err(wrong(
                name,
                &format!("has credential_source {source:?}: Environment, Ec2InstanceMetadata or EcsContainer can be"),
            )),
        };
    }
    if let Some(file) = profile.get("web_identity_token_file") {
        let Some(role) = profile.get("role_arn") else {
            return Err(wrong(name, "has web_identity_token_file and no role_arn to take with the token"));
        };
        return Ok(Some(Base::WebIdentity {
            role: role.to_owned(),
            file: file.to_owned(),
            session: profile.get("role_session_name").map(str::to_owned),
            whose: format!("profile {name:?}"),
        }));
    }
    if let Some(base) = sign_in(set, profile)? {
        return Ok(Some(base));
    }
    if let Some(arn) = profile.get("login_session") {
        return Ok(Some(Base::Login { profile: name.to_owned(), session: arn.to_owned() }));
    }
    if let Some(command) = profile.get("credential_process") {
        return Ok(Some(Base::Process { profile: name.to_owned(), command: command.to_owned() }));
    }
    keys(profile)
}

/// The sign-in of IAM Identity Center that a profile names.
fn sign_in(set: &ProfileSet, profile: &Profile) -> Result<Option<Base>, ConnectError> {
    const KEYS: [&str; 5] = ["sso_account_id", "sso_region", "sso_role_name", "sso_start_url", "sso_session"];
    if KEYS.iter().all(|key| profile.get(key).is_none()) {
        return Ok(None);
    }
    let name = profile.name();
    let session = profile.get("sso_session");
    let (url, region) = match session {
        None => (profile.get("sso_start_url"), profile.get("sso_region")),
        Some(session) => {
            let Some(of_session) = set.sso_session(session) else {
                return Err(wrong(
                    name,
                    &format!(
                        "has sso_session {session:?}, and there is no [sso-session {session}]: `aws configure sso` makes one"
                    ),
                ));
            };
            (of_session.get("sso_start_url"), of_session.get("sso_region"))
        }
    };
    let needed = |value: Option<&str>, key: &str| {
        value.map(str::to_owned).ok_or_else(|| {
            wrong(
                name,
                &format!(
                    "signs in by IAM Identity Center and has no {key}: `aws configure sso --profile {name}` asks for it"
                ),
            )
        })
    };
    Ok(Some(Base::SignIn {
        profile: name.to_owned(),
        session: session.map(str::to_owned),
        url: needed(url, "sso_start_url")?,
        region: needed(region, "sso_region")?,
        account: needed(profile.get("sso_account_id"), "sso_account_id")?,
        role: needed(profile.get("sso_role_name"), "sso_role_name")?,
    }))
}

/// The keys that a profile holds itself.
fn keys(profile: &Profile) -> Result<Option<Base>, ConnectError> {
    let (id, secret) = (profile.get("aws_access_key_id"), profile.get("aws_secret_access_key"));
    let token = profile.get("aws_session_token").filter(|token| !token.is_empty());
    match (id.filter(|text| !text.is_empty()), secret.filter(|text| !text.is_empty())) {
        (None, None) => Ok(None),
        (Some(id), Some(secret)) => {
            let mut keys = Credentials::builder().access_key_id(id).secret_access_key(secret).provider_name("Profile");
            keys.set_session_token(token.map(str::to_owned));
            Ok(Some(Base::Keys { profile: profile.name().to_owned(), keys: keys.build() }))
        }
        (Some(_), None) => Err(wrong(profile.name(), "has aws_access_key_id and no aws_secret_access_key")),
        (None, Some(_)) => Err(wrong(profile.name(), "has aws_secret_access_key and no aws_access_key_id")),
    }
}

#[cfg(test)]
mod tests {
    use aws_runtime::env_config::file::{EnvConfigFileKind, EnvConfigFiles};
    use aws_types::os_shim_internal::{Env, Fs};

    use super::*;

    async fn of(text: &str, name: &str) -> Result<Option<Way>, String> {
        let files = EnvConfigFiles::builder().with_contents(EnvConfigFileKind::Config, text).build();
        let set = aws_config::profile::load(&Fs::from_slice(&[]), &Env::from_slice(&[]), &files, None).await.unwrap();
        way(&set, name).map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn roles_are_taken_from_the_source_on() {
        let text = "[profile keys]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n\
            [profile hub]\nrole_arn = arn:aws:iam::111122223333:role/Hub\nsource_profile = keys\n\
            mfa_serial = arn:aws:iam::111122223333:mfa/alice\n\
            [profile leaf]\nrole_arn = arn:aws:iam::444455556666:role/Leaf\nsource_profile = hub\nexternal_id = abc\n\
            duration_seconds = 3600\n";
        let way = of(text, "leaf").await.unwrap().unwrap();
        assert!(matches!(&way.base, Base::Keys { profile, .. } if profile == "keys"), "{:?}", way.base);
        let roles: Vec<_> = way.roles.iter().map(|r| (r.arn.as_str(), r.device.is_some(), r.seconds)).collect();
        assert_eq!(
            roles,
            [
                ("arn:aws:iam::111122223333:role/Hub", true, None),
                ("arn:aws:iam::444455556666:role/Leaf", false, Some(3600)),
            ]
        );
        assert_eq!(way.roles[1].external_id.as_deref(), Some("abc"));
    }

    #[tokio::test]
    async fn what_cannot_be_used_is_told_with_the_profile_that_says_it() {
        let role = "role_arn = arn:aws:iam::111122223333:role/R\n";
        for (text, part) in [
            (
                format!("[profile p]\n{role}source_profile = keyz\n"),
                "profile \"p\" has source_profile \"keyz\", and there is no such",
            ),
            (
                format!("[profile p]\n{role}source_profile = q\n[profile q]\n{role}source_profile = p\n"),
                "goes round in a circle by source_profile (p, q, p)",
            ),
            (format!("[profile p]\n{role}"), "neither source_profile nor credential_source"),
            (
                format!("[profile p]\n{role}source_profile = q\ncredential_source = Environment\n"),
                "only one of them can be",
            ),
            (
                format!("[profile p]\n{role}credential_source = Ec2\n"),
                "Environment, Ec2InstanceMetadata or EcsContainer",
            ),
            (
                format!("[profile p]\n{role}source_profile = q\n[profile q]\nregion = eu-west-1\n"),
                "profile \"q\" has no credentials",
            ),
            ("[profile p]\nsso_session = acme\n".to_owned(), "there is no [sso-session acme]"),
            ("[profile p]\nsso_start_url = https://x\nsso_region = us-east-1\n".to_owned(), "has no sso_account_id"),
            ("[profile p]\naws_access_key_id = AKIA\n".to_owned(), "no aws_secret_access_key"),
            ("[profile p]\nweb_identity_token_file = /t\n".to_owned(), "no role_arn"),
            (format!("[profile p]\n{role}source_profile = p\nduration_seconds = 1d\n"), "900 to 43200"),
        ] {
            let error = of(&text, "p").await.unwrap_err();
            assert!(error.contains(part), "{error}\n{text}");
        }
        assert!(
            of("[profile p]\nregion = eu-west-1\n", "p").await.unwrap().is_none(),
            "it says nothing of credentials"
        );
        assert!(of("", "p").await.unwrap_err().contains("there is no profile \"p\""));
    }

    #[tokio::test]
    async fn a_role_of_the_profile_itself_is_taken_with_its_own_source() {
        let text =
            "[profile p]\nrole_arn = arn:aws:iam::111122223333:role/R\nsource_profile = p\ncredential_process = ./x\n";
        let way = of(text, "p").await.unwrap().unwrap();
        assert!(matches!(way.base, Base::Process { .. }), "{:?}", way.base);
        assert_eq!(way.roles.len(), 1);
    }
}
