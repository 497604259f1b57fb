//! What is in scope, what is left out and who agreed, and whose controls are relied on.

use std::collections::BTreeMap;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::people::Person;

/// The categories of the Trust Services Criteria.
pub const CATEGORIES: [&str; 5] = ["Security", "Availability", "Confidentiality", "Processing Integrity", "Privacy"];

/// `[scope]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Scope {
    /// Regions to ask; empty means all that are enabled.
    pub regions: Vec<String>,
    /// Services in scope, as people call them; empty means all that are used.
    pub services: Vec<String>,
    /// Categories of the engagement; empty means Security, which every SOC 2 report has.
    pub categories: Vec<String>,
    /// Why each category was chosen, by its name.
    pub category_reasons: BTreeMap<String, String>,
    /// A role, by name, to assume in accounts that name none of their own.
    pub role: Option<String>,
    /// The external id for that role.
    pub external_id: Option<String>,
    /// Accounts; empty means the account of the caller's credentials.
    pub accounts: Vec<Account>,
    /// What is left out, with the reason and who approved it.
    pub exclusions: Vec<Exclusion>,
}

impl Scope {
    /// Whether a category is part of the engagement. Security always is.
    #[must_use]
    pub fn has_category(&self, category: &str) -> bool {
        category == "Security" || self.categories.iter().any(|chosen| chosen == category)
    }

    /// What leaves something out, by its account, its region or its service, if anything does.
    #[must_use]
    pub fn exclusion(&self, account: &str, region: &str, service: &str) -> Option<&Exclusion> {
        let names = |wanted: &Option<String>, given: &str| wanted.as_deref() == Some(given);
        self.exclusions.iter().find(|left_out| {
            names(&left_out.account, account) || names(&left_out.region, region) || names(&left_out.service, service)
        })
    }
}

/// `[[scope.accounts]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// What people call it.
    pub name: Option<String>,
    /// `production`, `staging`, ...
    pub environment: Option<String>,
    /// A profile of the AWS configuration files for this account.
    pub profile: Option<String>,
    /// A role to assume, by name or ARN.
    pub role: Option<String>,
    /// The external id for that role.
    pub external_id: Option<String>,
}

/// `[[scope.exclusions]]`: one of an account, a region or a service.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exclusion {
    /// An account, by its id.
    pub account: Option<String>,
    /// A region.
    pub region: Option<String>,
    /// A service.
    pub service: Option<String>,
    /// Why it is left out.
    pub reason: String,
    /// Who approved it: an id of `[[people]]`.
    pub approver: String,
    /// When.
    pub approved: Option<Date>,
}

impl Exclusion {
    /// What is left out, with its kind: `account 111122223333`.
    #[must_use]
    pub fn what(&self) -> String {
        let named = [("account", &self.account), ("region", &self.region), ("service", &self.service)];
        let named = named.into_iter().filter_map(|(kind, name)| name.as_ref().map(|name| format!("{kind} {name}")));
        named.collect::<Vec<_>>().join(", ")
    }

    /// What is left out, why, and who approved it when, in one sentence without its full stop.
    #[must_use]
    pub fn sentence(&self, approver: Option<&Person>) -> String {
        let approver = approver.map_or(self.approver.as_str(), |person| &person.name);
        let day = self.approved.map(|day| format!(" on {day}")).unwrap_or_default();
        let reason = self.reason.trim_end_matches('.');
        format!("{} is left out: {reason}; approved by {approver}{day}", self.what())
    }
}

/// How a subservice organization stands in the description of the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Its controls are left out, and what is relied on is listed.
    #[default]
    CarveOut,
    /// Its controls are part of the description and of the examination.
    Inclusive,
}

/// `[[subservice]]`: an organization whose controls are relied on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subservice {
    /// Its name.
    pub name: String,
    /// `carve-out` (the default) or `inclusive`.
    #[serde(default)]
    pub method: Method,
    /// Its services that the system uses.
    #[serde(default)]
    pub services: Vec<String>,
    /// What of its controls is relied on.
    pub relied_on: Vec<String>,
    /// Its assurance report on file, by name.
    pub report: Option<String>,
    /// The last day that this report covers.
    pub report_until: Option<Date>,
    /// The last day that the bridge letter covers, which goes on from there.
    pub bridge_until: Option<Date>,
    /// Complementary user entity controls: what it asks of its users.
    #[serde(default)]
    pub user_controls: Vec<UserControl>,
}

/// `[[subservice.user_controls]]`: a complementary user entity control.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UserControl {
    /// What the user must do.
    pub control: String,
    /// The criteria that it bears on.
    #[serde(default)]
    pub criteria: Vec<String>,
    /// The checks that test it.
    #[serde(default)]
    pub checks: Vec<String>,
    /// Who answers for it: an id of `[[people]]`.
    pub owner: Option<String>,
}

/// Whether a text is an account id: twelve digits.
#[must_use]
pub fn is_account_id(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}
