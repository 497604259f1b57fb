//! A store in a bucket: what is asked of S3, what becomes of it when S3 does not do it, and what others did in the bucket.
//!
//! moto keeps versions and markers, refuses a second create (412) and holds objects by a bucket's default retention. What it
//! does otherwise than AWS: it answers `GetBucketVersioning` under a wrong root, which the SDK cannot read, so that the proxy
//! has to say it; it never answers 409; it checks neither checksums nor signatures, so that the tests look at them; it does
//! not encode the keys of listings; and a bucket of another region answers in any.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use base64::Engine as _;
use kickoff_evidence::sha256_hex;

use crate::support::moto::{Moto, python};
use crate::support::proxy::{Deed, Proxy};
use crate::support::server::Asked;
use crate::support::{acme, outcome, root};

/// Runs `kickoff store` with AWS at an endpoint: the status, and all that it said.
fn store(moto: &Moto, endpoint: &str, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = moto.kickoff();
    let (status, told, words) =
        outcome(&command.env("AWS_ENDPOINT_URL", endpoint).arg("store").args(arguments).output().unwrap());
    (status, format!("{told}{words}"))
}

fn add(moto: &Moto, endpoint: &str, to: &str) -> (Option<i32>, String) {
    store(moto, endpoint, &["add", acme().to_str().unwrap(), "--store", to])
}

fn check(moto: &Moto, endpoint: &str, place: &str) -> (Option<i32>, String) {
    store(moto, endpoint, &["check", "--store", place])
}

/// Adds the recorded run, which must succeed.
fn added(moto: &Moto, endpoint: &str, to: &str) {
    let (status, words) = add(moto, endpoint, to);
    assert_eq!(status, Some(0), "{words}");
}

/// A store that must be whole; what the check said.
fn whole(moto: &Moto, endpoint: &str, place: &str) -> String {
    let (status, words) = check(moto, endpoint, place);
    assert_eq!(status, Some(0), "{words}");
    words
}

/// A moto with the buckets of the populate script.
fn buckets() -> Moto {
    let moto = Moto::start();
    moto.populate("store_bucket.py");
    moto
}

/// What boto3 says or does beside kickoff, past any proxy.
fn boto(moto: &Moto, words: &[&str]) -> String {
    let script = root().join("tests/it/populate/store_bucket.py");
    let output = Command::new(python()).arg("-B").arg(script).arg(&moto.endpoint).args(words).output().unwrap();
    assert!(output.status.success(), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The keys of a bucket, once for each version.
fn keys(moto: &Moto, bucket: &str) -> Vec<String> {
    let lines = boto(moto, &["versions", bucket]);
    lines.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect()
}

/// The only key of a bucket that ends so.
fn ending(moto: &Moto, bucket: &str, end: &str) -> String {
    let mut found: Vec<String> = keys(moto, bucket).into_iter().filter(|key| key.ends_with(end)).collect();
    assert_eq!(found.len(), 1, "{end}: {found:?}");
    found.remove(0)
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned()
}

/// The object that a request is about, by its key in a store whose prefix is one word.
fn object(asked: &Asked) -> Option<String> {
    let path = decoded(asked.uri.split('?').next()?);
    path.strip_prefix("/acme-")?.splitn(3, '/').nth(2).filter(|key| !key.is_empty()).map(str::to_owned)
}

/// The object that a request puts.
fn put(asked: &Asked) -> Option<String> {
    object(asked).filter(|_| asked.method == "PUT")
}

/// The object that a request gets.
fn got(asked: &Asked) -> Option<String> {
    object(asked).filter(|_| asked.method == "GET")
}

/// As the policy of the recommended template refuses what is no conditional create. moto does not read that condition.
fn policy(asked: &Asked) -> Deed {
    if put(asked).is_some() && asked.headers.get("if-none-match").map(String::as_str) != Some("*") {
        return Deed::Refuse(403, "AccessDenied", "Access Denied by the policy of the bucket");
    }
    Deed::Forward
}

#[test]
fn a_run_is_added_to_a_locked_bucket_once() {
    let moto = buckets();
    let proxy = Proxy::before(&moto, |asked| policy(asked));
    let place = "s3://acme-locked/soc2";
    added(&moto, &proxy.endpoint, place);
    whole(&moto, &proxy.endpoint, place);
    let first = boto(&moto, &["versions", "acme-locked"]);
    let names: BTreeSet<String> = keys(&moto, "acme-locked").into_iter().collect();
    assert_eq!(first.lines().count(), names.len(), "one version each:\n{first}");
    for part in ["soc2/store.json", "soc2/units/account=111122223333/", "soc2/runs/", "soc2/chain/00000001.json"] {
        assert!(names.iter().any(|name| name.starts_with(part)), "{part}: {names:?}");
    }
    // The bucket's own retention holds them, and they say what they are.
    let about = boto(&moto, &["about", "acme-locked", &ending(&moto, "acme-locked", "/unit.json")]);
    assert!(about.contains("ObjectLockMode\tGOVERNANCE") && about.contains("application/json"), "{about}");
    let about = boto(&moto, &["about", "acme-locked", &ending(&moto, "acme-locked", "/exchanges.jsonl.zst")]);
    assert!(about.contains("application/zstd"), "{about}");

    // The same once more adds no object and no version.
    added(&moto, &proxy.endpoint, place);
    assert_eq!(boto(&moto, &["versions", "acme-locked"]), first);
    whole(&moto, &proxy.endpoint, place);
}

#[test]
fn every_object_is_a_conditional_create_with_its_checksum() {
    let moto = buckets();
    let proxy = Proxy::before(&moto, |asked| policy(asked));
    added(&moto, &proxy.endpoint, "s3://acme-locked/soc2");
    let puts = proxy.seen(|asked| {
        let key = put(asked)?;
        let header = |name: &str| asked.headers.get(name).map(String::as_str).unwrap_or_default();
        assert_eq!(header("if-none-match"), "*", "{key}");
        let sum = base64::engine::general_purpose::STANDARD.decode(header("x-amz-checksum-sha256")).unwrap();
        let sum: String = sum.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(sum, sha256_hex(&asked.body), "{key}");
        // A file is sent as it is, so that the checksum stands in the head, where a policy sees it and S3 needs it.
        assert!(!header("content-encoding").contains("aws-chunked") && header("x-amz-trailer").is_empty(), "{key}");
        // Retention is the bucket's.
        assert!(!asked.headers.keys().any(|name| name.starts_with("x-amz-object-lock")), "{key}");
        Some(key)
    });
    assert_eq!(puts.len(), puts.iter().collect::<BTreeSet<_>>().len(), "{puts:?}");
    let of_unit = proxy.seen(|asked| decoded(&asked.uri).contains("units/").then(|| asked.uri.clone()));
    assert!((5..=6).contains(&of_unit.len()), "one account: {of_unit:#?}");
    // Nothing but these is ever asked of a bucket.
    let other = proxy.seen(|asked| {
        let known = asked.method == "GET" || asked.method == "HEAD" || put(asked).is_some();
        (asked.uri.starts_with("/acme-") && !known).then(|| format!("{} {}", asked.method, asked.uri))
    });
    assert!(other.is_empty(), "{other:?}");
}

#[test]
fn what_others_did_in_the_bucket_is_named() {
    let moto = buckets();
    let (place, bucket) = ("s3://acme-locked/soc2", "acme-locked");
    added(&moto, &moto.endpoint, place);
    let key = |end: &str| ending(&moto, bucket, end);
    let (results, coverage, link) = (key("/results.jsonl.zst"), key("/coverage.json"), key("chain/00000001.json"));
    // One content on top of another, a delete marker, and both.
    boto(&moto, &["overwrite", bucket, &results]);
    boto(&moto, &["delete", bucket, &coverage]);
    boto(&moto, &["overwrite", bucket, &link]);
    boto(&moto, &["delete", bucket, &link]);
    let (status, words) = check(&moto, &moto.endpoint, place);
    assert_eq!(status, Some(1), "{words}");
    for touched in [&results, &coverage, &link] {
        let key = touched.strip_prefix("soc2/").unwrap();
        assert!(words.contains(key), "{key}: {words}");
    }
    let untouched = key("/exchanges.jsonl.zst");
    assert!(!words.contains(untouched.strip_prefix("soc2/").unwrap()), "{words}");
    // What was there first is read nevertheless: a copy of it is whole.
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    let (_, words) = store(&moto, &moto.endpoint, &["mirror", "--store", place, copy.to_str().unwrap()]);
    let (status, told) = check(&moto, &moto.endpoint, copy.to_str().unwrap());
    assert_eq!(status, Some(0), "{words}{told}");
}

#[test]
fn two_writers_of_one_object_get_out_of_each_others_way() {
    let moto = buckets();
    let mut tries: HashMap<String, usize> = HashMap::new();
    let proxy = Proxy::before(&moto, move |asked| {
        let Some(key) = put(asked) else { return Deed::Forward };
        let tried = tries.entry(key).or_default();
        *tried += 1;
        if *tried <= 2 { Deed::Refuse(409, "ConditionalRequestConflict", "Conflict") } else { policy(asked) }
    });
    let place = "s3://acme-locked/soc2";
    added(&moto, &proxy.endpoint, place);
    whole(&moto, &moto.endpoint, place);
    let mut puts: BTreeMap<String, usize> = BTreeMap::new();
    proxy.seen(put).into_iter().for_each(|key| *puts.entry(key).or_default() += 1);
    assert!(!puts.is_empty() && puts.values().all(|count| *count == 3), "{puts:?}");

    // One that never ends is told.
    let proxy = Proxy::before(&moto, |asked| match put(asked) {
        Some(key) if key.starts_with("runs/") => Deed::Refuse(409, "ConditionalRequestConflict", "Conflict"),
        _ => policy(asked),
    });
    let (status, words) = add(&moto, &proxy.endpoint, "s3://acme-locked/busy");
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("s3://acme-locked/busy/runs/") && words.contains("ConditionalRequestConflict"), "{words}");
    let tried = proxy.seen(|asked| put(asked).filter(|key| key.starts_with("runs/"))).len();
    assert_eq!(tried, 10);
}

#[test]
fn what_fails_once_is_tried_again() {
    let moto = buckets();
    let mut tried: BTreeSet<String> = BTreeSet::new();
    let proxy = Proxy::before(&moto, move |asked| {
        let Some(key) = put(asked) else { return Deed::Forward };
        if !tried.insert(key) {
            return policy(asked);
        }
        match tried.len() % 4 {
            0 => Deed::Refuse(503, "SlowDown", "Please reduce your request rate."),
            1 => Deed::Refuse(500, "InternalError", "We encountered an internal error. Please try again."),
            2 => Deed::HangUp,
            // It was created: the next try is told that it is there.
            _ => Deed::Lose,
        }
    });
    let place = "s3://acme-locked/soc2";
    added(&moto, &proxy.endpoint, place);
    let versions = boto(&moto, &["versions", "acme-locked"]);
    let names: BTreeSet<String> = keys(&moto, "acme-locked").into_iter().collect();
    assert_eq!(versions.lines().count(), names.len(), "one version each:\n{versions}");
    whole(&moto, &moto.endpoint, place);

    // Answers that break off are read on from where they did.
    let mut cut: BTreeSet<String> = BTreeSet::new();
    let proxy = Proxy::before(&moto, move |asked| match got(asked) {
        Some(key) if cut.insert(key.clone()) => Deed::Cut,
        _ => Deed::Forward,
    });
    whole(&moto, &proxy.endpoint, place);
    let on = proxy.seen(|asked| got(asked).and_then(|_| asked.headers.get("range").cloned()));
    assert!(!on.is_empty() && on.iter().all(|range| range.starts_with("bytes=") && range.ends_with('-')), "{on:?}");
}

#[test]
fn what_may_not_be_written_is_named_and_is_written_later() {
    const KMS: &str = "User: arn:aws:iam::111122223333:user/test is not authorized to perform: kms:GenerateDataKey on \
                       resource: arn:aws:kms:us-east-1:111122223333:key/1 because no identity-based policy allows the \
                       kms:GenerateDataKey action";
    let moto = buckets();
    for (number, (begins, ends, message, right)) in [
        ("units/", "/unit.json", "Access Denied", "s3:PutObject"),
        ("units/", "/exchanges.jsonl.zst", KMS, "kms:GenerateDataKey"),
        ("runs/", ".json", "Access Denied", "s3:PutObject"),
        ("chain/", ".json", "Access Denied", "s3:PutObject"),
        ("ids/", ".json", "Access Denied", "s3:PutObject"),
        ("store.json", "store.json", "Access Denied", "s3:PutObject"),
    ]
    .into_iter()
    .enumerate()
    {
        let place = format!("s3://acme-locked/denied-{number}");
        let proxy = Proxy::before(&moto, move |asked| match put(asked) {
            Some(key) if key.starts_with(begins) && key.ends_with(ends) => Deed::Refuse(403, "AccessDenied", message),
            _ => policy(asked),
        });
        let (status, words) = add(&moto, &proxy.endpoint, &place);
        assert_eq!(status, Some(2), "{begins}: {words}");
        assert!(words.contains(&format!("{place}/{begins}")) && words.contains(ends), "{begins}: {words}");
        assert!(words.contains(&format!("the caller needs {right}")), "{begins}: {words}");
        assert!(!words.contains("SECRETKEY") && !words.contains("SessionToken"), "{words}");
        // What is denied is not tried again.
        let refused = proxy.seen(|asked| put(asked).filter(|key| key.starts_with(begins) && key.ends_with(ends)));
        assert_eq!(refused.len(), 1, "{refused:?}");

        added(&moto, &moto.endpoint, &place);
        whole(&moto, &moto.endpoint, &place);
    }
}

#[test]
fn what_may_not_be_read_is_named() {
    let moto = buckets();
    let place = "s3://acme-locked/soc2";
    added(&moto, &moto.endpoint, place);
    let proxy = Proxy::before(&moto, |asked| match got(asked) {
        Some(key) if key.ends_with("/coverage.json") => Deed::Refuse(403, "AccessDenied", "Access Denied"),
        _ => Deed::Forward,
    });
    let (status, words) = check(&moto, &proxy.endpoint, place);
    assert!(matches!(status, Some(2 | 3)), "{status:?}: {words}");
    assert!(words.contains("/coverage.json") && words.contains("s3:GetObjectVersion"), "{words}");

    let proxy = Proxy::before(&moto, |asked| {
        let lists = asked.method == "GET" && asked.uri.contains("versions");
        if lists { Deed::Refuse(403, "AccessDenied", "Access Denied") } else { Deed::Forward }
    });
    let (status, words) = check(&moto, &proxy.endpoint, place);
    assert!(matches!(status, Some(2 | 3)), "{status:?}: {words}");
    assert!(words.contains(place) && words.contains("s3:ListBucketVersions"), "{words}");
}

#[test]
fn a_bucket_of_another_region_is_asked_in_its_own() {
    let moto = buckets();
    let place = "s3://acme-abroad/soc2";
    // As AWS does in another region; moto serves any.
    let proxy = Proxy::before(&moto, |asked| {
        let here = !asked.uri.starts_with("/acme-abroad") || asked.signed().0 == "eu-west-1";
        match asked.method.as_str() {
            _ if here => policy(asked),
            "HEAD" => Deed::Elsewhere("eu-west-1"),
            _ => Deed::Refuse(400, "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong"),
        }
    });
    added(&moto, &proxy.endpoint, place);
    whole(&moto, &proxy.endpoint, place);
    let regions = proxy.seen(|asked| {
        let bucket = asked.uri.starts_with("/acme-abroad") && asked.method != "HEAD";
        bucket.then(|| asked.signed().0)
    });
    assert!(!regions.is_empty() && regions.iter().all(|region| region == "eu-west-1"), "{regions:?}");
}

#[test]
fn a_bucket_that_is_not_there_is_told() {
    let moto = buckets();
    let place = "s3://acme-lost/soc2";
    for (status, words) in [add(&moto, &moto.endpoint, place), check(&moto, &moto.endpoint, place)] {
        assert!(matches!(status, Some(2 | 3)), "{status:?}: {words}");
        assert!(words.contains(place) && words.contains("has no bucket of this name"), "{words}");
    }
    // One that says neither where it is nor why not.
    let proxy = Proxy::before(&moto, |asked| {
        if asked.method == "HEAD" { Deed::Refuse(403, "AccessDenied", "") } else { Deed::Forward }
    });
    let (status, words) = add(&moto, &proxy.endpoint, "s3://acme-locked/soc2");
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("s3://acme-locked/soc2") && words.contains("s3:ListBucket"), "{words}");
    // And what no bucket can be called.
    let (status, words) = add(&moto, &moto.endpoint, "s3://Acme_Locked/soc2");
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("is no address of a store"), "{words}");
}

#[test]
fn a_bucket_without_versions_holds_a_store_and_is_told() {
    let moto = buckets();
    // A store may be all that is in a bucket.
    added(&moto, &moto.endpoint, "s3://acme-plain");
    // What AWS answers; moto's answer has another root.
    let proxy = Proxy::before(&moto, |asked| {
        if asked.method == "GET" && asked.uri.contains("versioning") {
            return Deed::Say(r#"<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>"#);
        }
        policy(asked)
    });
    let words = whole(&moto, &proxy.endpoint, "s3://acme-plain");
    assert!(words.contains("keeps no versions"), "{words}");
    // Its objects are read without the right to read versions.
    let asked = proxy.seen(|asked| object(asked).filter(|_| asked.uri.contains("versionId")));
    assert!(asked.is_empty(), "{asked:?}");
}

#[test]
fn a_bucket_that_encrypts_with_a_key_of_its_own_holds_a_store() {
    let moto = buckets();
    let place = "s3://acme-encrypted/soc2";
    added(&moto, &moto.endpoint, place);
    whole(&moto, &moto.endpoint, place);
    let about = boto(&moto, &["about", "acme-encrypted", &ending(&moto, "acme-encrypted", "/unit.json")]);
    assert!(about.contains("aws:kms"), "{about}");
}

#[test]
fn a_listing_of_many_pages_is_one() {
    let moto = buckets();
    let place = "s3://acme-locked/soc2";
    added(&moto, &moto.endpoint, place);
    let proxy = Proxy::before(&moto, |asked| {
        if asked.method == "GET" && asked.uri.contains("?versions") {
            asked.uri.push_str("&max-keys=2");
        }
        Deed::Forward
    });
    // An object that was not listed would be lacking.
    whole(&moto, &proxy.endpoint, place);
    let pages = proxy.seen(|asked| asked.uri.contains("key-marker=").then_some(())).len();
    assert!(pages > 2, "{pages}");
}

/// Every file of a folder, with what it holds and when it was written.
fn files(folder: &Path, found: &mut BTreeMap<PathBuf, (Vec<u8>, SystemTime)>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            files(&path, found);
        } else {
            let written = entry.metadata().unwrap().modified().unwrap();
            found.insert(path.clone(), (fs::read(&path).unwrap(), written));
        }
    }
}

#[test]
fn a_mirror_is_a_whole_store_and_is_not_copied_twice() {
    let moto = buckets();
    let place = "s3://acme-locked/soc2";
    added(&moto, &moto.endpoint, place);
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy");
    let proxy = Proxy::before(&moto, |asked| policy(asked));
    let mirror = || {
        let (status, words) = store(&moto, &proxy.endpoint, &["mirror", "--store", place, copy.to_str().unwrap()]);
        assert_eq!(status, Some(0), "{words}");
        let mut found = BTreeMap::new();
        files(&copy, &mut found);
        found
    };
    let first = mirror();
    assert_eq!(first.len(), keys(&moto, "acme-locked").len(), "{:?}", first.keys());
    whole(&moto, &moto.endpoint, copy.to_str().unwrap());
    let fetched = |end: &str| proxy.seen(|asked| got(asked).filter(|key| key.ends_with(end))).len();
    let before = fetched("/exchanges.jsonl.zst");
    assert!(mirror() == first, "nothing is written again");
    assert_eq!(fetched("/exchanges.jsonl.zst"), before, "nor fetched");
    // Neither of them writes to the bucket.
    assert!(proxy.seen(put).is_empty());

    // A folder takes the same run, and is whole; it is another store.
    let other = folder.path().join("other");
    added(&moto, &moto.endpoint, other.to_str().unwrap());
    whole(&moto, &moto.endpoint, other.to_str().unwrap());
}
