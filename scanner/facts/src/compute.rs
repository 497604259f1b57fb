//! What runs in the account: instances, functions, databases, and the images they are made from.

use serde::{Deserialize, Serialize};

/// An EC2 instance.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Instance {
    /// Its id.
    pub id: String,
    /// Its `Name` tag.
    pub name: Option<String>,
    /// Its instance profile, by ARN.
    pub profile: Option<String>,
    /// `pending`, `running`, `stopping`, `stopped`, `shutting-down`, `terminated`.
    pub state: String,
    /// The network interfaces that are attached to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub interfaces: Vec<String>,
}

impl Instance {
    /// Whether it is there: AWS lists an instance for an hour after its end.
    #[must_use]
    pub fn exists(&self) -> bool {
        !matches!(self.state.as_str(), "shutting-down" | "terminated")
    }
}

/// A database instance of RDS, Aurora, Neptune or DocumentDB.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// Its ARN.
    pub arn: String,
    /// Its name.
    pub id: String,
    /// `postgres`, `aurora-mysql`, `neptune`, `docdb`, ...
    pub engine: String,
    /// The cluster that it belongs to.
    pub cluster: Option<String>,
    /// GiB of storage that are allocated to it; none where AWS does not say. Those of a cluster have 1, which means nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allocated: Option<u64>,
}
