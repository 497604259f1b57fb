//! The judge on an account worked out by hand.

use std::collections::BTreeSet;

use serde_json::json;

use crate::judge::Judge;
use crate::world::{ADMINISTRATOR_ACCESS, Account, Entity, Managed, World, allow, document, statement, trust};

const ACCOUNT: &str = "111122223333";

fn world() -> World {
    let own = |name: &str| format!("arn:aws:iam::{ACCOUNT}:policy/{name}");
    let managed = |arn: String, d| Managed { arn, versions: vec![d] };
    let versioned =
        document(&[statement("Allow", &["iam:CreatePolicyVersion"], "*"), statement("Deny", &["iam:CreateUser"], "*")]);
    let policies = vec![
        managed(ADMINISTRATOR_ACCESS.to_owned(), allow(&["*"], "*")),
        managed(own("no-sts"), allow(&["iam:*"], "*")),
        managed(own("versioned"), versioned),
    ];
    let entity = |user, name: &str| Entity::new(ACCOUNT, user, name);
    let mut power = entity(false, "power");
    power.attached.push(ADMINISTRATOR_ACCESS.to_owned());
    power.trust = trust(
        &json!({ "AWS": [format!("arn:aws:iam::{ACCOUNT}:user/ann"), format!("arn:aws:iam::{ACCOUNT}:role/boxed")] }),
    );
    let mut boxed = entity(false, "boxed");
    boxed.boundary = Some(own("no-sts"));
    boxed.trust = trust(&json!({ "Service": "ec2.amazonaws.com" }));
    // What a policy denies goes with it when a new version takes its place; a second policy's Deny stays.
    let mut replacer = entity(true, "replacer");
    replacer.attached.push(own("versioned"));
    let mut stopped = replacer.clone();
    stopped.name = "stopped".to_owned();
    stopped.inline.push(document(&[statement("Deny", &["iam:CreateUser"], "*")]));
    let entities = vec![power, boxed, entity(true, "ann"), entity(true, "ben"), replacer, stopped];
    World { accounts: vec![Account { number: ACCOUNT.to_owned(), entities, groups: Vec::new(), policies }], scp: None }
}

#[test]
fn the_judge_is_right_about_an_account_by_hand() {
    let world = world();
    let judge = Judge::new(&world, 1);
    let power = format!("arn:aws:iam::{ACCOUNT}:role/power");
    assert!(judge.administrators().iter().eq([&power]));
    let ways: BTreeSet<(String, &str)> =
        judge.ways().into_iter().map(|way| (way.from.rsplit('/').next().unwrap().to_owned(), way.primitive)).collect();
    // A boundary without sts:AssumeRole limits what is granted to a role by name, not what is granted to a user.
    assert_eq!(ways, BTreeSet::from([("ann".to_owned(), "assume"), ("replacer".to_owned(), "pol-new-version")]));
    let boxed = format!("arn:aws:iam::{ACCOUNT}:role/boxed");
    assert!(judge.refute_step(&boxed, &power, "assume").is_some());
    assert!(judge.refute_end(&boxed, "assume").is_some());
    assert!(judge.refute_end(&power, "assume").is_none());
}
