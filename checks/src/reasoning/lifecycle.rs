//! How long a bucket's lifecycle rules let log objects live.

use kickoff_facts::storage::{BucketSettings, LifecycleRule, ObjectLock};
use kickoff_facts::{Gap, Seen};

use crate::frame::wording::count;

/// What lifecycle rules do to the objects under some paths, against a time that they must be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kept {
    /// They live at least that long; the text says by what.
    LongEnough(String),
    /// A rule ends them sooner; the text names it.
    TooShort(String),
    /// A rule ends some objects sooner, chosen by tags or sizes; the text names it.
    Unclear(String),
}

/// Decides how long objects under any of the paths live. A path is the beginning of keys, segment by segment; a segment
/// that ends with `*` stands for every segment that begins so, `AWSLogs/o-*/*/CloudTrail*`.
///
/// With versioning, expiry makes an object a former version, which stays until the rules for those end it, and at least
/// as long as a default retention of Object Lock holds it. A rule that keeps the newest former versions
/// (`NewerNoncurrentVersions`) ends none of an object that is written once.
///
/// # Errors
/// The rules are not known; or a rule is too short and it is not known whether versions are kept or locked.
pub fn kept(settings: &BucketSettings, seen: &Seen, paths: &[String], min_days: u64) -> Result<Kept, Gap> {
    let rules: Vec<&LifecycleRule> = seen
        .see(&settings.lifecycle)?
        .iter()
        .filter(|rule| rule.enabled && paths.iter().any(|path| overlaps(&rule.prefix, path)))
        .collect();
    // The shortest of the rules that bear on every object, and of those that bear on some.
    let ends = |narrowed: bool| {
        let ending = rules.iter().filter(|rule| rule.narrowed == narrowed);
        ending.filter_map(|rule| Some((days(rule)?, *rule))).min_by_key(|(days, _)| *days)
    };
    let mut longest = format!("no lifecycle rule ends the life of objects under {}", paths.join(" or "));
    for narrowed in [false, true] {
        let Some((days, rule)) = ends(narrowed) else { continue };
        let mut told = describe(rule);
        let mut life = Some(days);
        if days < min_days && seen.see(&settings.versioning)?.enabled {
            // A log file is written once: the only former version that it can have is among the newest that are kept.
            let (kept, ended): (Vec<&LifecycleRule>, Vec<&LifecycleRule>) =
                rules.iter().copied().partition(|rule| rule.noncurrent_keep.is_some());
            let former = ended.iter().filter_map(|rule| rule.noncurrent_expire_days).min().map(u64::from);
            life = former.map(|former| days.saturating_add(former));
            told.push_str(&match former {
                Some(former) => format!(", and former versions {} later", count(former, "day")),
                None if kept.is_empty() => ", but versioning keeps former versions for ever".to_owned(),
                None => ", but the newest former version of each object is kept for ever".to_owned(),
            });
            // A rule cannot end a version that is locked.
            if let Some(ended) = life
                && ended < min_days
                && let Some(ObjectLock { mode: Some(_), days: Some(locked) }) = seen.see(&settings.object_lock)?
                && u64::from(*locked) > ended
            {
                life = Some(u64::from(*locked));
                told.push_str(&format!(", but Object Lock keeps each version {locked} days"));
            }
        }
        match (life, narrowed) {
            (Some(life), false) if life < min_days => return Ok(Kept::TooShort(told)),
            (Some(life), true) if life < min_days => return Ok(Kept::Unclear(told)),
            _ if !narrowed => longest = told,
            _ => {}
        }
    }
    Ok(Kept::LongEnough(longest))
}

/// After how many days a rule ends current objects: 0 for a date, which takes objects of any age from then on.
fn days(rule: &LifecycleRule) -> Option<u64> {
    if rule.expire_date.is_some() { Some(0) } else { rule.expire_days.map(u64::from) }
}

fn describe(rule: &LifecycleRule) -> String {
    let id = if rule.id.is_empty() { "without a name" } else { &rule.id };
    let on = if rule.prefix.is_empty() { "every object".to_owned() } else { format!("objects under {}", rule.prefix) };
    let some = if rule.narrowed { " of certain tags or sizes" } else { "" };
    match (&rule.expire_date, rule.expire_days) {
        (Some(date), _) => format!("rule {id} deletes {on}{some} from {date} on, whatever their age"),
        (None, days) => format!("rule {id} deletes {on}{some} after {}", count(days.unwrap_or_default(), "day")),
    }
}

/// Whether some key can begin with both the prefix of a rule and a path.
fn overlaps(prefix: &str, path: &str) -> bool {
    let asked: Vec<&str> = prefix.split('/').collect();
    let last = asked.len().saturating_sub(1);
    asked.iter().zip(path.split('/')).enumerate().all(|(at, (part, segment))| {
        // The prefix may stop in the middle of its last part.
        let cut = at == last;
        match segment.strip_suffix('*') {
            Some(stem) => part.starts_with(stem) || cut && stem.starts_with(part),
            None => *part == segment || cut && segment.starts_with(part),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::overlaps;

    #[test]
    fn a_prefix_overlaps_where_a_key_can_begin_with_both() {
        let own = "audit/AWSLogs/111122223333/CloudTrail*";
        let org = "AWSLogs/o-*/*/CloudTrail*";
        for (prefix, path, expected) in [
            ("", own, true),
            ("au", own, true),
            ("audit/AWSLogs/", own, true),
            ("audit/AWSLogs/1111", own, true),
            ("audit/AWSLogs/111122223333/CloudTrail/us-east-1/", own, true),
            ("audit/AWSLogs/111122223333/CloudTrail-Digest/", own, true),
            ("audit/AWSLogs/111122223333/elasticloadbalancing/", own, false),
            ("audit/AWSLogs/111122223333/elastic", own, false),
            ("audit/AWSLogs/999988887777/", own, false),
            ("audit/AWSLogs/9", own, false),
            ("audit/AWS/111122223333/", own, false),
            ("AWSLogs/", own, false),
            ("audit2/", own, false),
            ("AWSLogs/o-abc/", org, true),
            ("AWSLogs/o-abc/999988887777/CloudTrail/", org, true),
            ("AWSLogs/111122223333/elasticloadbalancing/", org, false),
            ("AWSLogs/o-abc/999988887777/Config/", org, false),
        ] {
            assert_eq!(overlaps(prefix, path), expected, "{prefix} {path}");
        }
    }
}
