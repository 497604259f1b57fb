//! The checks, the criteria they inform, and the runner that decides what no check may decide.
//!
//! A check is one file with a documentation comment (which is its published page), a constant [`Meta`] and a pure
//! function `evaluate`. One line below registers it; its cases stand beside it as `<check>.cases.json`.

mod check;
mod criteria;
mod detectors;
mod event_pattern;
mod finding;
mod finding_age;
mod page;
pub mod parameters;
pub mod regions;
mod routing;
mod runner;
mod speaks;

pub use check::{Check, Kind, Level, Meta, Per, Severity};
pub use criteria::{CRITERIA, Criterion, Strength};
pub use finding::{Evaluation, Finding, Resource, Status, Verdict};
pub use page::{Page, Section};
pub use parameters::{Parameter, ParameterError, Parameters, Value};
pub use runner::{Row, Selection, SelectionError, Threshold, evaluate};

/// Declares the modules of the checks and the list of them all.
macro_rules! checks {
    ($($service:ident { $($name:ident)* })*) => {
        $(
            /// Checks of one service.
            pub mod $service { $(pub mod $name;)* }
        )*

        /// Every check, in the order in which they are registered.
        pub static CHECKS: &[Check] = &[$($(Check {
            meta: &$service::$name::META,
            evaluate: $service::$name::evaluate,
            source: include_str!(concat!(stringify!($service), "/", stringify!($name), ".rs")),
        },)*)*];
    };
}

checks! {
    iam {
        iam_user_access_key_age
    }
    cloudtrail {
        cloudtrail_log_validation
        cloudtrail_multi_region
    }
    config {
        config_aggregator
        config_delivery_healthy
        config_recorder_enabled
        config_records_all_types
        config_retention
        config_rules_noncompliant
        config_service_linked_role
    }
    guardduty {
        guardduty_centralized
        guardduty_enabled
        guardduty_high_findings_open
        guardduty_malware_protection
        guardduty_protection_plans
    }
    accessanalyzer {
        accessanalyzer_external_enabled
        accessanalyzer_external_findings
        accessanalyzer_unused_access
    }
    securityhub {
        securityhub_centralized
        securityhub_enabled
        securityhub_findings_age
    }
    monitor {
        monitor_guardduty_routing
        monitor_securityhub_routing
    }
    organization {
        org_account_inventory
    }
    account {
        account_region_coverage
    }
}
