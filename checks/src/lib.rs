//! The checks, the criteria they inform, and the runner that decides what no check may decide.
//!
//! A check is one file with a documentation comment (which is its published page), a constant [`Meta`] and a pure
//! function `evaluate`. One line below registers it; its cases stand beside it as `<check>.cases.json`.

pub mod alerting;
pub mod certainty;
mod check;
mod criteria;
pub mod delivery;
mod finding;
pub mod lifecycle;
mod page;
pub mod parameters;
pub mod regions;
mod runner;
pub mod selectors;
pub mod trail_buckets;

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
        cloudtrail_bucket_access_logging
        cloudtrail_bucket_delete_protection
        cloudtrail_bucket_not_public
        cloudtrail_bucket_retention
        cloudtrail_bucket_separate_account
        cloudtrail_cloudwatch
        cloudtrail_delivery_healthy
        cloudtrail_insights
        cloudtrail_kms
        cloudtrail_log_validation
        cloudtrail_management_events
        cloudtrail_multi_region
        cloudtrail_s3_data_read
        cloudtrail_s3_data_write
    }
    logs {
        logs_central_forwarding
        logs_kms
        logs_retention_finite
        logs_retention_min
    }
    vpc {
        vpc_flow_logs
        vpc_flow_logs_quality
    }
    monitor {
        monitor_alarm_actions_enabled
        monitor_alarm_confirmed_subscriber
        monitor_alarm_has_action
        monitor_alarm_insufficient_data
    }
}
