//! The checks, the criteria they inform, and the runner that decides what no check may decide.
//!
//! Three rooms: `catalogue` holds the checks and nothing else, `reasoning` what several of them share, `frame` what each
//! of them stands in. A check is one file with a documentation comment (which is its published page), a constant
//! [`Meta`] and a pure function `evaluate`. One line below registers it; its cases stand beside it as
//! `<check>.cases.json`.

mod frame;
mod reasoning;

pub use frame::check::{Check, Kind, Level, Meta, Per, Severity};
pub use frame::criteria::{CRITERIA, Criterion, Strength};
pub use frame::finding::{Entry, Evaluation, Finding, Resource, Status, Verdict};
pub use frame::page::{Page, Section};
pub use frame::parameters::{Parameter, ParameterError, Parameters, Value};
pub use frame::runner::{Evaluated, Row, Selection, SelectionError, Threshold, Untested, evaluate, evaluate_among};
pub use frame::{differences, parameters};
pub use reasoning::{estate, people, regions};

/// The SHA-256 of the rules: of every file of this crate and of the policy engine that may change a verdict, data included.
/// Two programs with one digest decide alike.
pub const RULESET: &str = env!("KICKOFF_RULESET");

/// Declares the modules of the checks and the list of them all.
macro_rules! checks {
    ($($service:ident { $($name:ident)* })*) => {
        /// The checks, and nothing else.
        pub mod catalogue {
            $(
                /// Checks of one service.
                pub mod $service { $(pub mod $name;)* }
            )*
        }

        /// Every check, in the order in which they are registered.
        pub static CHECKS: &[Check] = &[$($(Check {
            meta: &catalogue::$service::$name::META,
            evaluate: catalogue::$service::$name::evaluate,
            source: include_str!(concat!("catalogue/", stringify!($service), "/", stringify!($name), ".rs")),
        },)*)*];
    };
}

checks! {
    accessanalyzer {
        accessanalyzer_external_enabled
        accessanalyzer_external_findings
        accessanalyzer_unused_access
    }
    account {
        account_contact_current
        account_region_coverage
        account_security_contact
        account_security_questions
    }
    cloudtrail {
        cloudtrail_bucket_access_logging
        cloudtrail_bucket_delete_protection
        cloudtrail_bucket_not_public
        cloudtrail_bucket_retention
        cloudtrail_bucket_separate_account
        cloudtrail_bucket_writers
        cloudtrail_cloudwatch
        cloudtrail_delivery_healthy
        cloudtrail_insights
        cloudtrail_kms
        cloudtrail_log_validation
        cloudtrail_management_events
        cloudtrail_multi_region
        cloudtrail_s3_data_read
        cloudtrail_s3_data_write
        cloudtrail_tamper_events_in_period
    }
    cloudwatch {
        cloudwatch_cross_account_sharing
    }
    config {
        config_aggregator
        config_delivery_healthy
        config_recorder_enabled
        config_recorder_tamper
        config_records_all_types
        config_retention
        config_rules_noncompliant
        config_service_linked_role
    }
    ec2 {
        ec2_instance_profile
    }
    guardduty {
        guardduty_centralized
        guardduty_enabled
        guardduty_finding_triage_in_period
        guardduty_high_findings_open
        guardduty_malware_protection
        guardduty_protection_plans
    }
    iam {
        iam_access_change_population
        iam_admin_principal_population
        iam_admin_user_mfa
        iam_aws_managed_admin_attached
        iam_cloudshell_full_access
        iam_customer_policy_no_admin
        iam_expired_server_cert
        iam_federated_access
        iam_group_not_empty
        iam_inline_policy_no_admin
        iam_no_inline_policies
        iam_oidc_trust_unscoped
        iam_password_policy_complexity
        iam_password_policy_expiry
        iam_password_policy_length
        iam_password_policy_reuse
        iam_policy_allow_notaction
        iam_policy_cloudtrail_full
        iam_policy_kms_full
        iam_policy_marketplace_subscribe
        iam_policy_no_service_wildcard
        iam_policy_permissive_assume_role
        iam_policy_unused
        iam_privilege_escalation_path
        iam_role_confused_deputy
        iam_role_trust_external_account
        iam_role_trust_public
        iam_role_unused
        iam_root_activity_in_period
        iam_root_central_management
        iam_root_hardware_mfa
        iam_root_last_used
        iam_root_mfa
        iam_root_no_access_keys
        iam_root_no_signing_certs
        iam_security_audit_role
        iam_service_user_with_password
        iam_ssh_and_service_credentials
        iam_support_role
        iam_unattached_policy_no_admin
        iam_user_access_key_age
        iam_user_console_mfa
        iam_user_hardware_mfa
        iam_user_in_group
        iam_user_key_exposed
        iam_user_no_initial_access_key
        iam_user_password_and_key
        iam_user_permissions_via_groups
        iam_user_population
        iam_user_single_active_key
        iam_user_unused_access_key
        iam_user_unused_password
        iam_vendor_trust_inventory
    }
    inspector {
        inspector_enabled
        inspector_findings_age
    }
    logs {
        logs_central_forwarding
        logs_kms
        logs_not_public
        logs_retention_finite
        logs_retention_min
    }
    monitor {
        monitor_alarm_actions_enabled
        monitor_alarm_confirmed_subscriber
        monitor_alarm_has_action
        monitor_alarm_history_in_period
        monitor_alarm_insufficient_data
        monitor_capacity_alarms
        monitor_cloudtrail_change
        monitor_cmk_deletion
        monitor_config_change
        monitor_console_auth_failure
        monitor_console_no_mfa
        monitor_detection_path
        monitor_gateway_change
        monitor_guardduty_routing
        monitor_iam_policy_change
        monitor_nacl_change
        monitor_organizations_change
        monitor_root_usage
        monitor_route_table_change
        monitor_s3_policy_change
        monitor_security_group_change
        monitor_securityhub_routing
        monitor_unauthorized_api
        monitor_vpc_change
    }
    organization {
        org_account_inventory
        org_all_features
        org_delegated_admins
        org_management_account_clean
        org_environment_separation
        org_membership
        org_scp_guardrails
        org_scp_protects_logging
        org_scp_root_deny
        org_tag_policies
    }
    securityhub {
        securityhub_centralized
        securityhub_enabled
        securityhub_findings_age
    }
    ssm {
        ssm_session_logging
    }
    sso {
        sso_assignment_population
        sso_direct_user_assignment
        sso_instance_active
        sso_mfa_enforcement
        sso_permission_set_admin
        sso_session_duration
    }
    vpc {
        vpc_flow_logs
        vpc_flow_logs_quality
    }
}
