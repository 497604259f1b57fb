//! Accounts of a run that others of the run refer to: the organization's trail, the bucket, topic or log group of another
//! account, a delegated administrator. What they say is handed to the checks of those who refer to them.

use std::collections::{BTreeMap, BTreeSet};

use crate::need::{AccountFacts, GlobalFacts, RegionalFacts};

/// The facts that others refer to, of the accounts that they refer to. There are few of them, however many accounts a run has.
#[derive(Debug, Default)]
pub struct Neighbours {
    kept: BTreeMap<String, AccountFacts>,
    /// Every account of the run.
    run: BTreeSet<String>,
}

impl Neighbours {
    /// Adds an account, with those families only that say something of more than itself.
    pub fn add(&mut self, facts: &AccountFacts) {
        let global = GlobalFacts {
            organization: facts.global.organization.clone(),
            members: facts.global.members.clone(),
            delegated_administrators: facts.global.delegated_administrators.clone(),
            buckets: facts.global.buckets.clone(),
            log_buckets: facts.global.log_buckets.clone(),
            log_targets: facts.global.log_targets.clone(),
            ..GlobalFacts::default()
        };
        let regional = |here: &RegionalFacts| RegionalFacts {
            trails: here.trails.clone(),
            log_groups: here.log_groups.clone(),
            metric_filters: here.metric_filters.clone(),
            account_subscriptions: here.account_subscriptions.clone(),
            security_log_groups: here.security_log_groups.clone(),
            alarms: here.alarms.clone(),
            alarm_mutes: here.alarm_mutes.clone(),
            rules: here.rules.clone(),
            topics: here.topics.clone(),
            log_keys: here.log_keys.clone(),
            aggregators: here.aggregators.clone(),
            analyzers: here.analyzers.clone(),
            security_hub: here.security_hub.clone(),
            finding_aggregators: here.finding_aggregators.clone(),
            guardduty_auto_enable: here.guardduty_auto_enable.clone(),
            ..RegionalFacts::default()
        };
        let kept = AccountFacts {
            account: facts.account.clone(),
            partition: facts.partition.clone(),
            as_of: facts.as_of,
            caller: facts.caller.clone(),
            home_region: facts.home_region.clone(),
            disabled_regions: facts.disabled_regions.clone(),
            global,
            regions: facts.regions.iter().map(|(name, here)| (name.clone(), regional(here))).collect(),
            control_totals: Vec::new(),
        };
        self.name(&facts.account);
        self.kept.insert(facts.account.clone(), kept);
    }

    /// Names an account of the run, whether or not anybody refers to it.
    pub fn name(&mut self, account: &str) {
        self.run.insert(account.to_owned());
    }

    /// Every account of the run that was named.
    pub fn run(&self) -> impl Iterator<Item = &str> {
        self.run.iter().map(String::as_str)
    }

    /// An account's facts; none where nobody refers to it, or the run does not have it.
    #[must_use]
    pub fn get(&self, account: &str) -> Option<&AccountFacts> {
        self.kept.get(account)
    }

    /// All of them, by account.
    pub fn all(&self) -> impl Iterator<Item = &AccountFacts> {
        self.kept.values()
    }
}

/// To whom the accounts of a run refer. Takes one account after another.
#[derive(Debug, Default)]
pub struct References {
    accounts: BTreeSet<String>,
    /// Buckets that hold logs, whose names do not tell the account: those that an account does not own, and who owns which.
    foreign: BTreeSet<String>,
    owners: BTreeMap<String, String>,
}

impl References {
    /// Adds what an account refers to.
    pub fn add(&mut self, facts: &AccountFacts) {
        let own = facts.account.as_str();
        let mut refer = |account: &str| {
            let twelve = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
            if twelve && account != own {
                self.accounts.insert(account.to_owned());
            }
        };
        let owner = |arn: &str| arn.split(':').nth(4).unwrap_or_default().to_owned();
        let global = &facts.global;
        if let Ok(Some(organization)) = global.organization.get() {
            refer(&organization.management_account);
        }
        global
            .delegated_administrators
            .get()
            .iter()
            .flat_map(|all| all.iter().flatten())
            .for_each(|one| refer(&one.id));
        for here in facts.regions.values() {
            for trail in here.trails.get().into_iter().flatten() {
                let keys = [trail.log_group_arn.as_deref(), trail.kms_key.as_deref(), Some(trail.arn.as_str())];
                keys.into_iter().flatten().for_each(|arn| refer(&owner(arn)));
            }
            for alarm in here.alarms.get().into_iter().flatten() {
                alarm.alarm_actions.iter().for_each(|arn| refer(&owner(arn)));
            }
            for targets in here.rules.get().into_iter().flatten().filter_map(|rule| rule.targets.get().ok()) {
                targets.iter().for_each(|arn| refer(&owner(arn)));
            }
            for log in here.flow_logs.get().into_iter().flatten() {
                log.destination.as_deref().iter().for_each(|arn| refer(&owner(arn)));
            }
            let destinations =
                here.security_log_groups.get().into_iter().flatten().filter_map(|g| g.subscriptions.get().ok());
            for subscription in destinations.flatten() {
                refer(&owner(&subscription.destination));
            }
            for policy in here.account_subscriptions.get().into_iter().flatten() {
                policy.destination.as_deref().iter().for_each(|arn| refer(&owner(arn)));
            }
            for administrators in [&here.guardduty_organization, &here.security_hub_organization] {
                administrators.get().ok().into_iter().flatten().flatten().for_each(|account| refer(account));
            }
            if let Ok(Some(administration)) = here.guardduty_administrator.get() {
                administration.administrator.as_deref().iter().for_each(|account| refer(account));
            }
        }
        for bucket in global.log_buckets.get().into_iter().flatten() {
            if bucket.owned {
                self.owners.insert(bucket.name.clone(), own.to_owned());
            } else {
                self.foreign.insert(bucket.name.clone());
            }
        }
    }

    /// Whether somebody refers to an account.
    #[must_use]
    pub fn has(&self, account: &str) -> bool {
        let owns = |bucket: &String| self.owners.get(bucket).is_some_and(|owner| owner == account);
        self.accounts.contains(account) || self.foreign.iter().any(owns)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn facts(account: &str, global: Value, region: Value) -> AccountFacts {
        let facts = json!({
            "account": account, "partition": "aws", "as_of": "2026-03-02T00:00:00Z", "home_region": "us-east-1",
            "global": global, "regions": { "us-east-1": region },
        });
        serde_json::from_value(facts).unwrap()
    }

    #[test]
    fn who_is_referred_to_is_told_by_arns_roles_and_the_owners_of_buckets() {
        let trail = json!({ "arn": "arn:aws:cloudtrail:us-east-1:222233334444:trail/org", "log_group_arn": "arn:aws:logs:us-east-1:333344445555:log-group:t:*" });
        let mut references = References::default();
        let organization = json!({ "value": { "id": "o-1", "management_account": "222233334444" } });
        references.add(&facts(
            "111122223333",
            json!({ "organization": organization, "log_buckets": { "value": [ { "name": "archive" } ] } }),
            json!({ "trails": { "value": [trail] }, "alarms": { "value": [ { "alarm_actions": ["arn:aws:sns:us-east-1:444455556666:t", "arn:aws:swf:us-east-1:111122223333:action", "arn:aws:automate:us-east-1:ec2:stop"] } ] } }),
        ));
        references.add(&facts(
            "555566667777",
            json!({ "log_buckets": { "value": [ { "name": "archive", "owned": true } ] } }),
            json!({}),
        ));
        references.add(&facts(
            "666677778888",
            json!({ "log_buckets": { "value": [ { "name": "own", "owned": true } ] } }),
            json!({}),
        ));
        for (account, expected) in [
            ("111122223333", false),
            ("222233334444", true),
            ("333344445555", true),
            ("444455556666", true),
            ("555566667777", true),
            ("666677778888", false),
        ] {
            assert_eq!(references.has(account), expected, "{account}");
        }
    }

    #[test]
    fn what_concerns_the_account_alone_is_not_kept() {
        let mut neighbours = Neighbours::default();
        let authorization = json!({ "value": { "users": [ { "name": "ann" } ] } });
        neighbours.add(&facts(
            "111122223333",
            json!({ "authorization": authorization }),
            json!({ "topics": { "value": [ { "arn": "t" } ] }, "alarm_mutes": { "value": [ { "name": "m" } ] } }),
        ));
        let kept = neighbours.get("111122223333").unwrap();
        assert!(kept.global.authorization.get().is_err());
        assert_eq!(kept.regions["us-east-1"].topics.get().unwrap().len(), 1);
        assert_eq!(kept.regions["us-east-1"].alarm_mutes.get().unwrap().len(), 1);
        assert!(neighbours.get("222233334444").is_none() && neighbours.all().count() == 1);
    }
}
