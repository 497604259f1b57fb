//! Whether an asset is in scope, and why: the boundary of the engagement, and what it leaves out.

use kickoff_engagement::{Engagement, Exclusion};

use super::GLOBAL;

/// How an asset stands to the boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// In scope.
    In,
    /// Out of scope.
    Out,
    /// The engagement does not say.
    Open,
}

impl Standing {
    /// The word for a cell.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::In => "yes",
            Self::Out => "no",
            Self::Open => "not decided",
        }
    }
}

/// How an asset stands to the boundary, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placed {
    /// In, out, or not decided.
    pub standing: Standing,
    /// Why.
    pub why: String,
}

/// Places a kind of asset in an account and a region.
pub(super) fn place(engagement: &Engagement, account: &str, region: &str, kind: &str) -> Placed {
    let scope = &engagement.scope;
    let is_kind = |service: &str| names(service, kind);
    let left_out = scope.exclusions.iter().find(|exclusion| {
        exclusion.account.as_deref() == Some(account)
            || exclusion.region.as_deref() == Some(region)
            || exclusion.service.as_deref().is_some_and(is_kind)
    });
    if let Some(exclusion) = left_out {
        return Placed { standing: Standing::Out, why: reason(engagement, exclusion) };
    }
    let declared = scope.accounts.iter().find(|declared| declared.id == account);
    if declared.is_none() && !scope.accounts.is_empty() {
        let why = format!("account {account} is not among the accounts in scope, and no exclusion names it");
        return Placed { standing: Standing::Open, why };
    }
    if region != GLOBAL && !scope.regions.is_empty() && !scope.regions.iter().any(|named| named == region) {
        let why = format!("region {region} is not among the regions in scope, and no exclusion names it");
        return Placed { standing: Standing::Open, why };
    }
    if !scope.services.is_empty() && !scope.services.iter().any(|service| is_kind(service)) {
        let why = format!("the services in scope do not name {}, and no exclusion does", service_of(kind));
        return Placed { standing: Standing::Open, why };
    }
    let why = match declared {
        Some(declared) => {
            let name = declared.name.as_ref().map(|name| format!(" ({name})")).unwrap_or_default();
            format!("account {account}{name} is in scope, and nothing leaves it out")
        }
        None => "kickoff.toml names no accounts: the one that was scanned is in scope".to_owned(),
    };
    Placed { standing: Standing::In, why }
}

fn reason(engagement: &Engagement, exclusion: &Exclusion) -> String {
    exclusion.sentence(engagement.person(&exclusion.approver))
}

/// `AWS::S3::Bucket` belongs to `S3`.
fn service_of(kind: &str) -> &str {
    kind.split("::").nth(1).unwrap_or(kind)
}

/// What people call services whose types are named otherwise.
const CALLED: [(&str, &str); 7] = [
    ("Logs", "cloudwatchlogs"),
    ("ElasticLoadBalancingV2", "elb"),
    ("ElasticLoadBalancingV2", "elasticloadbalancing"),
    ("SSO", "iamidentitycenter"),
    ("SSO", "identitycenter"),
    ("Events", "eventbridge"),
    ("AccessAnalyzer", "iamaccessanalyzer"),
];

/// Whether a service, as people call it, is that of a kind: `S3`, `Amazon S3` and `aws s3` are one.
fn names(service: &str, kind: &str) -> bool {
    let plain = |name: &str| name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let said = plain(service);
    let said = said.strip_prefix("amazon").or_else(|| said.strip_prefix("aws")).unwrap_or(&said);
    let of = service_of(kind);
    said == plain(of) || CALLED.iter().any(|(named, called)| *named == of && *called == said)
}
