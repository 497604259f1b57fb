//! Vendors: who serves the client, what of its data they hold, and how far what they show reaches.

use jiff::civil::Date;
use kickoff_checks::parameters::VENDOR_ACCOUNTS;
use kickoff_checks::{Parameters, Value};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::sheets::words::{plain, records};

/// `[[vendors]]`: a company that serves the client. Those whose controls are relied on stand in `[[subservice]]` besides.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vendor {
    /// `V-003`, or an id of the client's own.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it does.
    pub service: Option<String>,
    /// What data of the client it holds.
    pub holds: Option<String>,
    /// How much depends on it, in the client's own word.
    pub criticality: Option<String>,
    /// Its assurance report on file, by name: `SOC 2 Type 2`, `ISO 27001 certificate`.
    pub report: Option<String>,
    /// The first day that this report covers.
    pub report_from: Option<Date>,
    /// The last day that this report covers.
    pub report_until: Option<Date>,
    /// The last day that the bridge letter covers, which goes on from there.
    pub bridge_until: Option<Date>,
    /// The file of the report, below the folder of kickoff.toml.
    pub report_file: Option<String>,
    /// When it was reviewed last.
    pub reviewed: Option<Date>,
    /// When it must be reviewed again.
    pub next_review: Option<Date>,
    /// Who answers for it: an id of `[[people]]`.
    pub owner: Option<String>,
    /// The AWS accounts that it acts from; checks take them as declared in `vendor_accounts`.
    #[serde(default)]
    pub accounts: Vec<String>,
    /// A remark.
    pub note: Option<String>,
}

impl Vendor {
    /// What it holds of the client's data; none where the file says nothing, or that there is nothing.
    #[must_use]
    pub fn held(&self) -> Option<&str> {
        let holds = self.holds.as_deref()?;
        let said = plain(holds);
        let nothing = records(include_str!("../data/register_words.csv"))
            .filter(|record| record.get(1) == Some("holds"))
            .any(|record| record.get(4).unwrap_or_default().split('|').any(|word| word == said));
        (!said.is_empty() && !nothing).then_some(holds)
    }
}

/// Declares the accounts of vendors for the checks, so that a company says them once.
pub(crate) fn declare(vendors: &[Vendor], thresholds: &mut Parameters) {
    let mut all = thresholds.list(&VENDOR_ACCOUNTS);
    let before = all.len();
    for account in vendors.iter().flat_map(|vendor| &vendor.accounts) {
        if !all.contains(account) {
            all.push(account.clone());
        }
    }
    if all.len() > before {
        // It is a list.
        let _ = thresholds.set(VENDOR_ACCOUNTS.name, Value::List(all));
    }
}
