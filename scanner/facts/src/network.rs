//! VPCs and flow logs.

use serde::{Deserialize, Serialize};

/// A VPC.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Vpc {
    /// Its id.
    pub id: String,
    /// Its owner: another account's for a shared VPC.
    pub owner: String,
    /// The default VPC of the region.
    pub default: bool,
    /// Its `Name` tag.
    pub name: Option<String>,
}

/// A network interface.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NetworkInterface {
    /// Its id.
    pub id: String,
    /// Its VPC.
    pub vpc: String,
    /// The account's instance that it is attached to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instance: Option<String>,
}

/// A flow log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FlowLog {
    /// Its id.
    pub id: String,
    /// The VPC, subnet or interface that it watches.
    pub resource: String,
    /// `ACCEPT`, `REJECT`, `ALL`; empty for a transit gateway.
    pub traffic: String,
    /// `ACTIVE`.
    pub status: String,
    /// `SUCCESS`, `FAILED`; empty before the first delivery.
    pub deliver_status: String,
    /// What went wrong with delivery.
    pub deliver_error: Option<String>,
    /// `cloud-watch-logs`, `s3`, `kinesis-data-firehose`.
    pub destination_type: String,
    /// Where it delivers: an ARN.
    pub destination: Option<String>,
    /// The log group's name, for CloudWatch Logs.
    pub log_group: Option<String>,
    /// The fields of its records, `${version} ${account-id} ...`; none where AWS did not tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
}
