//! Whether what is sent somewhere arrives, and with whom: whose account and bucket it is, and whether it takes delivery.

use std::cell::LazyCell;

use kickoff_facts::network::FlowLog;
use kickoff_facts::storage::{AclGrant, BucketSettings, ObjectLock};
use kickoff_facts::{Gap, GapKind, Observed, Seen, View};
use kickoff_policy::context::{Given, Value};
use kickoff_policy::decide::{Decision, Said};

use crate::reasoning::accounts::OwnAccounts;
use crate::reasoning::resource_policy::ask;
use crate::reasoning::trust;

/// Whose an account is, as far as the run knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Whose {
    /// This account, one of its organization, or another account of the run.
    Ours,
    /// None of these, and all of them are known.
    Stranger,
    /// It is none that is known, and not all are. Why these are not.
    Unknown(Gap),
}

/// The accounts that the run knows, read when one is asked about.
pub struct Accounts<'v, 'a> {
    view: &'v View<'a>,
    own: LazyCell<OwnAccounts<'a>, Box<dyn FnOnce() -> OwnAccounts<'a> + 'v>>,
}

impl<'v, 'a> Accounts<'v, 'a> {
    /// Those that are known in a window: the check must declare the organization and its members.
    #[must_use]
    pub fn of(view: &'v View<'a>) -> Self {
        Self { view, own: LazyCell::new(Box::new(|| OwnAccounts::read(view))) }
    }

    /// Whose an account is.
    #[must_use]
    pub fn whose(&self, account: &str) -> Whose {
        if account == self.view.account_id() || self.view.neighbour(account).is_some() {
            return Whose::Ours;
        }
        match self.own.is_outside(account) {
            Ok(false) => Whose::Ours,
            Ok(true) => Whose::Stranger,
            Err(gap) => Whose::Unknown(gap),
        }
    }

    /// What an account is to the question, in words.
    ///
    /// # Errors
    /// A call that would have told whose it is was made, and did not tell.
    pub fn place(&self, account: &str, named: String) -> Result<Place, Gap> {
        match self.whose(account) {
            Whose::Ours => Ok(Place::Ours(named)),
            Whose::Stranger => Ok(Place::Stranger(format!(
                "{named}: account {account} is neither of your organization nor of this run"
            ))),
            Whose::Unknown(gap) if gap.kind != GapKind::NotCollected => Err(gap),
            Whose::Unknown(_) => {
                Ok(Place::Unknown(format!("{named}: this run does not know whose account {account} is")))
            }
        }
    }
}

impl std::fmt::Debug for Accounts<'_, '_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Accounts")
    }
}

/// Where something is sent, with words for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// To an account or bucket that the run knows to be the client's.
    Ours(String),
    /// To an account that is outside.
    Stranger(String),
    /// The run does not know to whom.
    Unknown(String),
}

/// What a person is to do where the run does not know whose a place is.
pub const CONFIRM: &str = "confirm whose it is, or scan the account that owns it in the same run";

/// Who owns a bucket.
#[derive(Debug)]
pub enum Holder<'a> {
    /// This account.
    This,
    /// Another account of the run.
    Other(View<'a>),
    /// No account whose buckets this run knows.
    Nobody,
}

/// Who owns a bucket, by the lists of buckets of the accounts of the run. A bucket's name does not tell its account.
///
/// # Errors
/// The account's buckets are not known; or no account has it, and one was asked for its buckets and did not tell.
pub fn holder<'a>(view: &View<'a>, name: &str) -> Result<Holder<'a>, Gap> {
    if view.buckets()?.iter().any(|bucket| bucket.name == name) {
        return Ok(Holder::This);
    }
    let mut unread = None;
    for there in view.neighbours() {
        let listed = there.buckets().map(|all| all.iter().any(|bucket| bucket.name == name));
        let logged = there.log_buckets().map(|all| all.iter().any(|bucket| bucket.owned && bucket.name == name));
        if matches!(listed, Ok(true)) || matches!(logged, Ok(true)) {
            view.adopt(&there);
            return Ok(Holder::Other(there));
        }
        // The list of all its buckets tells by itself that none has the name; what was not asked for says nothing.
        if listed.is_err() && unread.is_none() {
            unread = [listed.err(), logged.err()].into_iter().flatten().find(|gap| gap.kind != GapKind::NotCollected);
            view.adopt(&there);
        }
    }
    unread.map_or(Ok(Holder::Nobody), Err)
}

/// Where a bucket is, in words that begin with what it is.
///
/// # Errors
/// The account's buckets are not known.
pub fn bucket(view: &View<'_>, name: &str) -> Result<Place, Gap> {
    Ok(match holder(view, name)? {
        Holder::This => Place::Ours(format!("bucket {name}")),
        Holder::Other(there) => Place::Ours(format!("bucket {name} of account {}", there.account_id())),
        Holder::Nobody => Place::Unknown(format!("bucket {name}, which no account of this run has")),
    })
}

/// Where a flow log delivers.
///
/// # Errors
/// The account's buckets, or the accounts of its organization, are not known.
pub fn flow_log(view: &View<'_>, accounts: &Accounts<'_, '_>, log: &FlowLog) -> Result<Place, Gap> {
    let destination = log.destination.as_deref().unwrap_or_default();
    let named = || match &log.log_group {
        Some(group) if destination.is_empty() => format!("log group {group}"),
        _ => destination.to_owned(),
    };
    match (log.destination_type.as_str(), destination.split(':').nth(4).unwrap_or_default()) {
        ("s3", _) => {
            let place = destination.split(":::").nth(1).unwrap_or_default();
            bucket(view, place.split('/').next().unwrap_or(place))
        }
        ("cloud-watch-logs", "") => Ok(Place::Ours(named())),
        (_, "") => Ok(Place::Unknown(format!("{} {}", log.destination_type, named()))),
        (_, account) => accounts.place(account, named()),
    }
}

/// Whether a destination takes what is sent to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Takes {
    /// It does.
    Yes,
    /// It does not, and why.
    No(String),
    /// A person has to judge: of what it depends.
    Depends(String),
}

/// The settings of a bucket by which S3 delivers access logs to it, or does not.
struct Settings<'a> {
    region: &'a str,
    policy: &'a Observed<Option<String>>,
    acl: &'a Observed<Vec<AclGrant>>,
    object_lock: &'a Observed<Option<ObjectLock>>,
    encryption: &'a Observed<Option<String>>,
}

fn settings<'a>(view: &View<'a>, seen: &Seen, name: &str) -> Result<Settings<'a>, Gap> {
    if let Some(log) = view.log_buckets()?.iter().find(|log| log.owned && log.name == name) {
        let BucketSettings { region, policy, acl, object_lock, encryption, .. } = seen.see(&log.settings)?;
        return Ok(Settings { region, policy, acl, object_lock, encryption });
    }
    let found = view.log_targets()?.iter().find(|target| target.name == name);
    found
        .map(|t| Settings {
            region: &t.region,
            policy: &t.policy,
            acl: &t.acl,
            object_lock: &t.object_lock,
            encryption: &t.encryption,
        })
        .ok_or_else(|| Gap {
            kind: GapKind::NotCollected,
            call: "s3:GetBucketPolicy".to_owned(),
            region: view.region_name().to_owned(),
            message: format!("nothing was asked about bucket {name}"),
            evidence: None,
        })
}

/// The group by which an ACL lets S3 deliver logs.
const LOG_DELIVERY: &str = "http://acs.amazonaws.com/groups/s3/LogDelivery";

/// Whether S3 delivers the access log of a bucket to a target: a bucket of the same account and region, without Object
/// Lock and without encryption by KMS by default, that lets the log service write (Amazon S3 User Guide, "Logging
/// requests with server access logging", "Enabling Amazon S3 server access logging"). What is known to be wrong decides.
///
/// # Errors
/// Nothing is known to be wrong, and something is not known.
pub fn access_log(
    view: &View<'_>,
    seen: &Seen,
    source: &str,
    from: &BucketSettings,
    target: &str,
) -> Result<Takes, Gap> {
    let Some(bucket) = view.buckets()?.iter().find(|bucket| bucket.name == target) else {
        let account = view.account_id();
        return Ok(Takes::No(format!(
            "it is no bucket of account {account}, and S3 delivers to buckets of the same account"
        )));
    };
    if let Some(region) = bucket.region.as_ref().filter(|region| **region != from.region) {
        return Ok(Takes::No(format!("it is in {region}, and S3 delivers within {}", from.region)));
    }
    let to = settings(view, seen, target)?;
    if to.region != from.region {
        return Ok(Takes::No(format!("it is in {}, and S3 delivers within {}", to.region, from.region)));
    }
    let lock = seen.see(to.object_lock).map(|lock| match lock {
        Some(ObjectLock { mode: Some(mode), .. }) => {
            Takes::No(format!("it has Object Lock with default retention ({mode}), and S3 delivers to none such"))
        }
        Some(_) => Takes::Depends("it has Object Lock, and AWS says that such a bucket cannot be a target".to_owned()),
        None => Takes::Yes,
    });
    let encryption = seen.see(to.encryption).map(|by| match by.as_deref() {
        Some(by) if by.starts_with("aws:kms") => {
            Takes::No(format!("it encrypts by {by} by default, and S3 delivers to buckets with AES256 only"))
        }
        _ => Takes::Yes,
    });
    let key = format!(
        "arn:{}:s3:::{target}/{}2026-01-01-00-00-00-0123456789ABCDEF",
        view.partition(),
        from.access_log_prefix
    );
    let service =
        Delivering { principal: "logging.s3.amazonaws.com", from: &format!("arn:{}:s3:::{source}", view.partition()) };
    let by_policy = seen.see(to.policy).and_then(|text| match text {
        Some(text) => service.may_put(view, target, text, &key),
        None => Ok(Takes::No(service.nothing_lets())),
    });
    let write = match by_policy {
        Ok(Takes::No(why)) if why == service.nothing_lets() => seen.see(to.acl).map(|grants| {
            if grants.iter().any(|grant| grant.writes() && grant.grantee == LOG_DELIVERY) {
                Takes::Yes
            } else {
                Takes::No(why)
            }
        }),
        other => other,
    };
    all([lock, encryption, write])
}

/// The worst of what decides: what is wrong, then what is not known, then what depends.
fn all(answers: impl IntoIterator<Item = Result<Takes, Gap>>) -> Result<Takes, Gap> {
    let (mut wrong, mut depends, mut gap) = (Vec::new(), Vec::new(), None);
    for answer in answers {
        match answer {
            Ok(Takes::Yes) => {}
            Ok(Takes::No(why)) => wrong.push(why),
            Ok(Takes::Depends(why)) => depends.push(why),
            Err(error) => gap = gap.or(Some(error)),
        }
    }
    match gap {
        _ if !wrong.is_empty() => Ok(Takes::No(wrong.join("; "))),
        Some(gap) => Err(gap),
        None if !depends.is_empty() => Ok(Takes::Depends(depends.join("; "))),
        None => Ok(Takes::Yes),
    }
}

/// A service of AWS that delivers, and the resource for which it does.
struct Delivering<'a> {
    principal: &'a str,
    from: &'a str,
}

impl Delivering<'_> {
    fn nothing_lets(&self) -> String {
        format!("nothing lets {} write to it", self.principal)
    }

    /// Whether a bucket's policy lets the service put an object.
    fn may_put(&self, view: &View<'_>, bucket: &str, text: &str, key: &str) -> Result<Takes, Gap> {
        let policy = trust::parse(view, "s3:GetBucketPolicy", &format!("the policy of bucket {bucket}"), text)?;
        let one = |key: &str, value: &str| (key.to_owned(), Value::One(value.to_owned()));
        let none = |key: &str| (key.to_owned(), Value::Many(Vec::new()));
        let known = [
            one("aws:SourceAccount", view.account_id()),
            one("aws:SourceArn", self.from),
            one("aws:PrincipalServiceName", self.principal),
            one("aws:PrincipalIsAWSService", "true"),
            one("aws:SecureTransport", "true"),
            // A service is of no account and of no organization.
            none("aws:PrincipalArn"),
            none("aws:PrincipalAccount"),
            none("aws:PrincipalOrgID"),
            none("aws:PrincipalOrgPaths"),
        ];
        let context = Given::new(known, true);
        let Some(verdict) = ask(self.principal, &policy, "s3:PutObject", key, &context) else {
            return Ok(Takes::Depends(format!("whether its policy lets {} write is not known", self.principal)));
        };
        let place = |said: Option<Said<'_>>| said.map(|said| trust::place(&said.statement.source)).unwrap_or_default();
        Ok(match (verdict.decision, verdict.either) {
            (Decision::Allow, _) => Takes::Yes,
            (Decision::ImplicitDeny, _) => Takes::No(self.nothing_lets()),
            (Decision::ExplicitDeny, _) => {
                Takes::No(format!("{} of its policy denies {} to write", place(verdict.by), self.principal))
            }
            (Decision::Conditional, [_, deny @ Some(_)]) => {
                Takes::Depends(format!("{} of its policy may deny {} to write", place(deny), self.principal))
            }
            (Decision::Conditional, _) => {
                Takes::Depends(format!("its policy lets {} write under conditions that are not known", self.principal))
            }
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use kickoff_facts::AccountFacts;

    use super::*;

    #[test]
    fn a_bucket_policy_lets_the_log_service_write_or_not() {
        let facts = serde_json::json!({
            "account": "111122223333", "partition": "aws", "as_of": "2026-03-02T00:00:00Z", "home_region": "us-east-1",
        });
        let facts: AccountFacts = serde_json::from_value(facts).unwrap();
        let view = View::account(&facts, &[]);
        let service = Delivering { principal: "logging.s3.amazonaws.com", from: "arn:aws:s3:::source" };
        let own = r#""Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::logs/*""#;
        let says = |effect: &str, condition: &str| {
            format!(r#"{{"Effect":"{effect}",{own},"Condition":{{"StringEquals":{{{condition}}}}}}}"#)
        };
        let (ours, theirs) = (r#""aws:SourceAccount":"111122223333""#, r#""aws:SourceAccount":"999988887777""#);
        let unknown = r#""aws:SourceVpc":"vpc-1""#;
        for (statements, expected) in [
            (says("Allow", ours), "yes"),
            (says("Allow", theirs), "no: nothing lets"),
            (says("Deny", ours), "no: statement 1 (no Sid) of its policy denies"),
            (
                format!("{},{}", says("Allow", ours), says("Deny", ours)),
                "no: statement 2 (no Sid) of its policy denies",
            ),
            (format!("{},{}", says("Allow", ours), says("Deny", theirs)), "yes"),
            (says("Allow", unknown), "depends: its policy lets"),
            (
                format!("{},{}", says("Allow", ours), says("Deny", unknown)),
                "depends: statement 2 (no Sid) of its policy may deny",
            ),
            (format!("{},{}", says("Allow", theirs), says("Deny", unknown)), "no: nothing lets"),
        ] {
            let text = format!(r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#);
            let told = match service.may_put(&view, "logs", &text, "arn:aws:s3:::logs/2026").unwrap() {
                Takes::Yes => "yes".to_owned(),
                Takes::No(why) => format!("no: {why}"),
                Takes::Depends(why) => format!("depends: {why}"),
            };
            assert!(told.starts_with(expected), "{statements}: {told}");
        }
    }
}
