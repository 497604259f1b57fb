//! Who is scanned, and how each account is entered.

use std::sync::Arc;

use aws_config::SdkConfig;
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::connect::{Identity, Target, assume, connect, identify};
use crate::credentials::{ConnectError, Person};

/// The accounts of a scope, with the ways into them.
#[derive(Debug, Clone, Default)]
pub struct Ways {
    /// The accounts that are declared, each with a way of its own if it has one.
    pub accounts: Vec<Target>,
    /// The role of every other account than that of the credentials, by name or ARN.
    pub role: Option<String>,
    /// The external id that the roles ask for, where an account does not say another.
    pub external_id: Option<String>,
}

impl Ways {
    /// The accounts to scan, in the order of their ids: those that are wanted, or all that are declared, or that of the
    /// credentials.
    ///
    /// # Errors
    /// The id of an account into which no way is known.
    pub fn targets(&self, wanted: &[String], own: &str) -> Result<Vec<Target>, String> {
        let declared = |id: &str| self.accounts.iter().find(|account| account.account.as_deref() == Some(id));
        let ids: Vec<String> = if !wanted.is_empty() {
            wanted.to_vec()
        } else if self.accounts.is_empty() {
            vec![own.to_owned()]
        } else {
            self.accounts.iter().filter_map(|account| account.account.clone()).collect()
        };
        let mut targets = Vec::new();
        for id in ids {
            let account = declared(&id);
            let profile = account.and_then(|a| a.profile.clone());
            let role = account.and_then(|a| a.role.clone()).or_else(|| self.role.clone().filter(|_| id != own));
            if id != own && profile.is_none() && role.is_none() {
                return Err(id);
            }
            let external_id = account.and_then(|a| a.external_id.clone()).or_else(|| self.external_id.clone());
            targets.push(Target { account: Some(id), profile, role, external_id });
        }
        targets.sort_by(|a, b| a.account.cmp(&b.account));
        targets.dedup_by(|a, b| a.account == b.account);
        Ok(targets)
    }
}

/// Who enters accounts: the caller's own configuration, and what every session of a run is made with.
#[derive(Clone)]
pub struct Door {
    /// The configuration of the caller's own credentials.
    pub base: SdkConfig,
    /// Who they belong to.
    pub caller: Identity,
    /// What asks who one is and takes roles; its calls are no evidence, and are not recorded.
    pub client: SharedHttpClient,
    /// Who is asked for codes of MFA devices.
    pub person: Arc<dyn Person>,
    /// The name of sessions in roles: the run's id.
    pub session: String,
}

impl Door {
    /// Credentials for an account, and proof that they are for that account.
    ///
    /// # Errors
    /// There are none, or they are another account's.
    pub async fn enter(&self, target: &Target, id: &str) -> Result<(SdkConfig, Identity), ConnectError> {
        if target.profile.is_none() && target.role.is_none() {
            return Ok((self.base.clone(), self.caller.clone()));
        }
        let mut config = match &target.profile {
            Some(profile) => connect(Some(profile), self.client.clone(), &self.person).await?,
            None => self.base.clone(),
        };
        if let Some(role) = &target.role {
            // A role's name belongs to the partition of the credentials that assume it.
            let source = match &target.profile {
                Some(_) => identify(&config, self.person.as_ref()).await?,
                None => self.caller.clone(),
            };
            let partition = source.arn.split(':').nth(1).unwrap_or("aws");
            let arn =
                if role.starts_with("arn:") { role.clone() } else { format!("arn:{partition}:iam::{id}:role/{role}") };
            config = assume(&config, &arn, target.external_id.as_deref(), &self.session, &self.person).await?;
        }
        let identity = identify(&config, self.person.as_ref()).await?;
        if identity.account == id {
            return Ok((config, identity));
        }
        Err(ConnectError::OtherAccount {
            wanted: id.to_owned(),
            found: identity.account,
            help: "correct the profile or role of the account in kickoff.toml".to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(id: &str, role: Option<&str>, external_id: Option<&str>) -> Target {
        Target {
            account: Some(id.to_owned()),
            profile: None,
            role: role.map(str::to_owned),
            external_id: external_id.map(str::to_owned),
        }
    }

    const OWN: &str = "111122223333";
    const OTHER: &str = "222233334444";

    #[test]
    fn without_a_scope_it_is_the_account_of_the_credentials() {
        assert_eq!(Ways::default().targets(&[], OWN), Ok(vec![declared(OWN, None, None)]));
    }

    #[test]
    fn the_role_of_the_scope_is_for_others_and_an_accounts_own_word_counts_first() {
        let ways = Ways {
            accounts: vec![declared(OTHER, None, None), declared("333344445555", Some("Audit"), Some("theirs"))],
            role: Some("KickoffReadOnly".to_owned()),
            external_id: Some("ours".to_owned()),
        };
        let wanted = [OTHER, "333344445555", OWN, OTHER].map(str::to_owned);
        assert_eq!(
            ways.targets(&wanted, OWN),
            Ok(vec![
                declared(OWN, None, Some("ours")),
                declared(OTHER, Some("KickoffReadOnly"), Some("ours")),
                declared("333344445555", Some("Audit"), Some("theirs")),
            ])
        );
    }

    #[test]
    fn an_account_without_a_way_in_is_named() {
        assert_eq!(Ways::default().targets(&[OTHER.to_owned()], OWN), Err(OTHER.to_owned()));
    }
}
