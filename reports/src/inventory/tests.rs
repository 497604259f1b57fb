//! The inventory of small accounts, worked out by hand, and of the recorded one.

use std::collections::BTreeMap;
use std::path::Path;

use kickoff_evidence::{EvidenceId, EvidenceRef, GapKind};
use kickoff_facts::compute::{Database, Instance};
use kickoff_facts::iam::{Authorization, Role, User};
use kickoff_facts::network::{FlowLog, Vpc};
use kickoff_facts::organization::Region;
use kickoff_facts::storage::{AclGrant, Bucket, BucketSettings, LogBucket, PublicAccessBlock};
use kickoff_facts::{ControlTotal, RegionalFacts};

use super::*;

const SEEN: EvidenceRef = EvidenceRef(7);

fn known<T>(value: T) -> Observed<T> {
    Observed::known(value, SEEN)
}

fn denied(call: &str) -> Gap {
    let (region, message) = ("eu-west-1".to_owned(), "AccessDenied".to_owned());
    Gap { kind: GapKind::Denied, call: call.to_owned(), region, message, evidence: None }
}

fn account() -> AccountFacts {
    let facts = r#"{"account": "111122223333", "partition": "aws", "as_of": "2026-01-01T00:00:00Z"}"#;
    let mut facts: AccountFacts = serde_json::from_str(facts).unwrap();
    facts.regions.insert("eu-west-1".to_owned(), RegionalFacts::default());
    facts.global.all_regions = known(vec![Region { name: "eu-west-1".into(), status: "ENABLED_BY_DEFAULT".into() }]);
    facts
}

fn region(facts: &mut AccountFacts) -> &mut RegionalFacts {
    facts.regions.get_mut("eu-west-1").unwrap()
}

fn engagement(text: &str) -> Engagement {
    Engagement::parse(Path::new("kickoff.toml"), text).unwrap()
}

fn one<'a>(inventory: &'a Inventory, name: &str) -> &'a Asset {
    let mut found = inventory.assets.iter().filter(|asset| asset.name == name);
    let asset = found.next().unwrap();
    assert!(found.next().is_none(), "{name} is listed twice");
    asset
}

fn tags(tags: &[(&str, &str)]) -> BTreeMap<String, String> {
    tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn tags_say_owner_class_and_environment() {
    let mut facts = account();
    let user = |name: &str, pairs: &[(&str, &str)]| User {
        name: name.into(),
        arn: format!("arn:aws:iam::111122223333:user/{name}"),
        tags: tags(pairs),
        ..User::default()
    };
    let users = vec![
        user("a", &[("acme:Owner", "platform"), ("Data-Classification", "secret"), ("Env", "staging")]),
        user("b", &[("team", "shop"), ("owner", " ")]),
        user("c", &[]),
    ];
    facts.global.authorization = known(Authorization { users, ..Authorization::default() });
    let listed = inventory(std::slice::from_ref(&facts), &Engagement::default());
    let a = one(&listed, "a");
    assert_eq!(a.owner, Property::Is("platform".into()));
    assert_eq!(a.data_class, Property::Is("secret".into()));
    assert_eq!(a.environment, Property::Is("staging".into()));
    assert_eq!(a.evidence, [SEEN]);
    assert_eq!(one(&listed, "b").owner, Property::Is("shop".into()));
    // Tags were read, and there is none.
    assert_eq!(one(&listed, "c").owner, Property::NotSet);
    // The account's environment, which a person wrote, comes before a tag.
    let file = engagement("[[scope.accounts]]\nid = \"111122223333\"\nenvironment = \"production\"\n");
    let listed = inventory(&[facts], &file);
    assert_eq!(one(&listed, "a").environment, Property::Is("production".into()));
}

#[test]
fn what_was_not_read_is_unknown_and_never_no() {
    let mut facts = account();
    let database = Database {
        arn: "arn:aws:rds:eu-west-1:111122223333:db:orders".into(),
        id: "orders".into(),
        ..Database::default()
    };
    region(&mut facts).databases = known(vec![database]);
    region(&mut facts).functions = denied("lambda:ListFunctions").into();
    let listed = inventory(&[facts], &Engagement::default());
    let database = one(&listed, "orders");
    for property in [&database.public, &database.encrypted, &database.logged, &database.owner] {
        assert_eq!(property.word(), "unknown");
    }
    let functions = listed.incomplete.iter().find(|one| one.kinds == ["AWS::Lambda::Function"]).unwrap();
    assert_eq!(functions.why, "lambda:ListFunctions was denied in eu-west-1: AccessDenied");
    // Families that the scan did not ask are not complete either.
    assert!(listed.incomplete.iter().any(|one| one.kinds == ["AWS::S3::Bucket"]));
}

#[test]
fn terminated_instances_and_the_networks_of_others_are_no_assets() {
    let mut facts = account();
    let instance = |id: &str, state: &str| Instance { id: id.into(), state: state.into(), ..Instance::default() };
    let vpc = |id: &str, owner: &str| Vpc { id: id.into(), owner: owner.into(), ..Vpc::default() };
    let log = FlowLog { id: "fl-1".into(), resource: "vpc-1".into(), status: "ACTIVE".into(), ..FlowLog::default() };
    region(&mut facts).instances = known(vec![instance("i-1", "running"), instance("i-2", "terminated")]);
    region(&mut facts).vpcs =
        known(vec![vpc("vpc-1", "111122223333"), vpc("vpc-2", "111122223333"), vpc("vpc-3", "999988887777")]);
    region(&mut facts).flow_logs = known(vec![log]);
    region(&mut facts).queues = known(vec!["https://sqs.eu-west-1.amazonaws.com/111122223333/orders".to_owned()]);
    let listed = inventory(&[facts], &Engagement::default());
    assert_eq!(one(&listed, "i-1").arn, "arn:aws:ec2:eu-west-1:111122223333:instance/i-1");
    assert!(!listed.assets.iter().any(|asset| asset.name == "i-2" || asset.name == "vpc-3"));
    assert_eq!(one(&listed, "vpc-1").logged, Property::Yes);
    assert_eq!(one(&listed, "vpc-2").logged, Property::No);
    assert_eq!(one(&listed, "orders").arn, "arn:aws:sqs:eu-west-1:111122223333:orders");
}

#[test]
fn a_bucket_is_public_if_its_settings_open_it_and_nothing_blocks_them() {
    let blocked = PublicAccessBlock { ignore_acls: true, restrict: true, ..PublicAccessBlock::default() };
    let public = AclGrant {
        grantee: "http://acs.amazonaws.com/groups/global/AllUsers".to_owned(),
        permission: "READ".to_owned(),
    };
    let settings = |policy: Option<bool>, grants: &[AclGrant], block| BucketSettings {
        policy_is_public: known(policy),
        acl: known(grants.to_vec()),
        public_access_block: block,
        access_log_target: known(None),
        encryption: known(Some("AES256".to_owned())),
        ..BucketSettings::default()
    };
    let gap = || Observed::from(denied("s3:GetPublicAccessBlock"));
    let cases = [
        ("open-policy", settings(Some(true), &[], known(None)), "yes"),
        ("open-acl", settings(None, std::slice::from_ref(&public), known(None)), "yes"),
        ("blocked", settings(Some(true), &[public], known(Some(blocked))), "no"),
        ("closed", settings(Some(false), &[], gap()), "no"),
        ("not-known", settings(Some(true), &[], gap()), "unknown"),
    ];
    let mut facts = account();
    facts.global.buckets =
        known(cases.iter().map(|(name, ..)| Bucket { name: (*name).into(), region: None }).collect());
    let holds = || vec!["trail main".to_owned()];
    let log_buckets = cases.iter().map(|(name, settings, _)| LogBucket {
        name: (*name).into(),
        holds: holds(),
        owned: true,
        settings: known(settings.clone()),
    });
    facts.global.log_buckets = known(log_buckets.collect());
    let listed = inventory(&[facts], &Engagement::default());
    for (name, _, expected) in cases {
        let bucket = one(&listed, name);
        assert_eq!(bucket.public.word(), expected, "{name}");
        assert_eq!((bucket.encrypted.word(), bucket.logged.word()), ("yes", "no"), "{name}");
    }
}

#[test]
fn the_boundary_says_in_out_or_nothing() {
    let mut facts = account();
    facts.global.buckets = known(vec![Bucket { name: "shop".into(), region: Some("eu-west-1".into()) }]);
    facts.global.authorization = known(Authorization {
        roles: vec![Role { name: "app".into(), ..Role::default() }],
        ..Authorization::default()
    });
    let placed = |text: &str, name: &str| {
        let listed = inventory(std::slice::from_ref(&facts), &engagement(text));
        let Placed { standing, why } = one(&listed, name).scope.clone();
        (standing, why)
    };
    assert_eq!(placed("", "shop").0, Standing::In);
    let people = "[[people]]\nid = \"ana\"\nname = \"Ana Ruiz\"\nrole = \"CTO\"\n";
    let left_out = format!(
        "{people}[[scope.exclusions]]\nservice = \"Amazon S3\"\nreason = \"Public files only.\"\napprover = \"ana\"\napproved = 2026-01-02\n"
    );
    let why = "service Amazon S3 is left out: Public files only; approved by Ana Ruiz on 2026-01-02";
    assert_eq!(placed(&left_out, "shop"), (Standing::Out, why.to_owned()));
    assert_eq!(placed(&left_out, "app").0, Standing::In);
    let other = "[scope]\nregions = [\"us-east-1\"]\n";
    assert_eq!(placed(other, "shop").0, Standing::Open);
    // A role belongs to no region.
    assert_eq!(placed(other, "app").0, Standing::In);
    assert_eq!(placed("[scope]\nservices = [\"s3\"]\n", "app").0, Standing::Open);
    assert_eq!(placed("[[scope.accounts]]\nid = \"999988887777\"\n", "app").0, Standing::Open);
}

#[test]
fn regions_that_were_not_asked_and_counts_that_do_not_tie_are_said() {
    let mut facts = account();
    let state = |name: &str, status: &str| Region { name: name.into(), status: status.into() };
    facts.global.all_regions =
        known(vec![state("eu-west-1", "ENABLED"), state("eu-west-2", "ENABLED"), state("me-south-1", "DISABLED")]);
    facts.control_totals = vec![ControlTotal {
        missing: Vec::new(),
        extra: Vec::new(),
        stale: Vec::new(),
        population: "IAM users".into(),
        counted_by: "iam:GetAccountAuthorizationDetails".into(),
        counted: 3,
        tied_to: "iam:GetAccountSummary".into(),
        expected: 4,
        evidence: Vec::new(),
    }];
    let listed = inventory(&[facts], &Engagement::default());
    let unread: Vec<&str> = listed
        .incomplete
        .iter()
        .filter(|one| one.kinds == [EVERY_REGIONAL_KIND])
        .map(|one| one.region.as_str())
        .collect();
    assert_eq!(unread, ["eu-west-2"]);
    let said = "IAM users: 3 were read by iam:GetAccountAuthorizationDetails, iam:GetAccountSummary says 4";
    assert!(listed.incomplete.iter().any(|one| one.why == said));
}

#[test]
fn the_csv_has_no_formula_and_says_what_is_missing() {
    let mut facts = account();
    facts.global.buckets = known(vec![Bucket { name: "=shop".into(), region: Some("eu-west-1".into()) }]);
    let listed = inventory(&[facts], &Engagement::default());
    let ids = BTreeMap::from([(SEEN, EvidenceId(42))]);
    let text = listing(&listed, &ids).csv().unwrap();
    let bucket = text.lines().find(|line| line.contains("=shop")).unwrap();
    assert!(
        bucket.starts_with("arn:aws:s3:::=shop,'=shop,AWS::S3::Bucket,111122223333,eu-west-1,unknown,"),
        "{bucket}"
    );
    assert!(bucket.ends_with(",E-0042"), "{bucket}");
    let missing = "(list not complete),,AWS::Lambda::Function,111122223333,eu-west-1,";
    assert!(text.lines().any(|line| line.starts_with(missing)), "{text}");
    for width in [80, 120] {
        let drawn = listing(&listed, &ids).entries(width);
        assert!(drawn.lines().all(|line| line.chars().count() <= width), "{drawn}");
        assert!(drawn.contains("arn:aws:s3:::=shop\n") && drawn.contains("Public: unknown; Encrypted: "), "{drawn}");
    }
    assert!(population(&listed).starts_with("2 assets, 2 in scope"));
    let told = json(&listed, &ids);
    assert_eq!((&told["assets"][0]["evidence"][0], told["assets"].as_array().unwrap().len()), (&"E-0042".into(), 2));
    assert!(told["incomplete"].as_array().unwrap().iter().any(|one| one["types"][0] == "AWS::Lambda::Function"));
}

/// The figures are those of fixtures/make/STORY.md.
#[test]
fn the_recorded_account_has_what_its_story_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/acme/facts/111122223333.json");
    let mut text: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    numbers(&mut text);
    let facts: AccountFacts = serde_json::from_value(text).unwrap();
    let listed = inventory(&[facts], &Engagement::default());
    let count = |kind: &str| listed.assets.iter().filter(|asset| asset.kind == kind).count();
    for (kind, expected) in [
        ("AWS::IAM::User", 40),
        ("AWS::IAM::Group", 13),
        ("AWS::IAM::Role", 78),
        ("AWS::IAM::ManagedPolicy", 31),
        ("AWS::S3::Bucket", 12),
        ("AWS::CloudTrail::Trail", 2),
        ("AWS::Logs::LogGroup", 20 + 6 + 8 + 5),
        ("AWS::CloudWatch::Alarm", 21),
        ("AWS::CloudWatch::CompositeAlarm", 2),
        ("AWS::SNS::Topic", 6),
    ] {
        assert_eq!(count(kind), expected, "{kind}");
    }
    // The legacy trail's bucket is this account's, has no access log and is not public.
    let bucket = one(&listed, "acme-eu-trail");
    assert_eq!((bucket.public.word(), bucket.logged.word()), ("no", "no"));
    // Nobody looked at the settings of the one that is public on purpose.
    assert_eq!(one(&listed, "acme-www-assets").public.word(), "unknown");
    assert!(!listed.incomplete.is_empty());
}

/// Facts that are written cite ids, `E-0042`, where the program has numbers.
fn numbers(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => {
            if let Some(number) = text.strip_prefix("E-").and_then(|digits| digits.parse::<u32>().ok()) {
                *value = number.into();
            }
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(numbers),
        serde_json::Value::Object(map) => map.values_mut().for_each(numbers),
        _ => {}
    }
}
