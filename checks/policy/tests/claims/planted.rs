//! An account of some size with administrators and escalations planted in it, each of them free, denied and bounded: its own truth file.

use std::collections::BTreeSet;

use kickoff_policy::access::{Access, Certainty};
use kickoff_policy::reach::Reach;
use serde_json::{Value, json};

use crate::blocked;
use crate::reference::generate::Random;
use crate::world::{ADMINISTRATOR_ACCESS, Account, Entity, Group, Managed, World, allow, document, statement, trust};

const ACCOUNT: &str = "111122223333";
/// The policies that hold back, by which the evidence is known.
const GUARD: &str = "arn:aws:iam::111122223333:policy/guard";
const LIMIT: &str = "arn:aws:iam::111122223333:policy/limit";

/// What is planted: the primitive, the calls, and whether a role has to hold them.
const PATTERNS: [(&str, &[&str], bool); 19] = [
    ("pol-new-version", &["iam:CreatePolicyVersion"], false),
    ("pol-switch-default", &["iam:SetDefaultPolicyVersion"], false),
    ("key-create", &["iam:CreateAccessKey"], false),
    ("login-create", &["iam:CreateLoginProfile"], true),
    ("login-reset", &["iam:UpdateLoginProfile"], false),
    ("user-attach", &["iam:AttachUserPolicy"], false),
    ("user-inline", &["iam:PutUserPolicy"], false),
    ("role-attach", &["iam:AttachRolePolicy"], true),
    ("role-inline", &["iam:PutRolePolicy"], true),
    ("group-attach", &["iam:AttachGroupPolicy"], false),
    ("group-inline", &["iam:PutGroupPolicy"], false),
    ("group-join", &["iam:AddUserToGroup"], false),
    ("trust-rewrite", &["iam:UpdateAssumeRolePolicy"], false),
    ("assume", &["sts:AssumeRole"], true),
    ("pass-lambda-invoke", &["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"], false),
    ("pass-ec2", &["iam:PassRole", "ec2:RunInstances"], true),
    ("pass-cfn-stack", &["iam:PassRole", "cloudformation:CreateStack"], false),
    ("pass-glue-devendpoint", &["iam:PassRole", "glue:CreateDevEndpoint"], true),
    ("pass-codebuild", &["iam:PassRole", "codebuild:CreateProject", "codebuild:StartBuild"], false),
];

/// What keeps a plant from growing.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Held {
    Free,
    Denied,
    Bounded,
}

struct Truth {
    world: World,
    administrators: BTreeSet<String>,
    /// Administrators but for their boundary.
    capped: Vec<String>,
    planted: Vec<(String, &'static str, Held)>,
}

/// What everybody may hold: nothing that leads anywhere.
fn harmless(random: &mut Random) -> Value {
    let all: [&[&str]; 5] =
        [&["s3:GetObject", "s3:Put*"], &["dynamodb:*"], &["iam:Get*", "iam:List*"], &["logs:*"], &["ec2:Describe*"]];
    let statements: Vec<Value> = (0..1 + random.below(4))
        .map(|_| {
            let actions = *random.pick(&all);
            let mut one = statement(if random.chance(8) { "Deny" } else { "Allow" }, actions, "*");
            if random.chance(30) {
                one["Condition"] = json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } });
            }
            one
        })
        .collect();
    document(&statements)
}

/// The account: `fillers` principals that lead nowhere, and each plant `copies` times in each way.
fn plant(fillers: usize, copies: usize) -> Truth {
    let mut random = Random::new(17);
    let everything = allow(&["*"], "*");
    let own = |name: &str| format!("arn:aws:iam::{ACCOUNT}:policy/{name}");
    let managed = |arn: &str, d: &Value| Managed { arn: arn.to_owned(), versions: vec![d.clone()] };
    let mut policies = vec![
        managed(ADMINISTRATOR_ACCESS, &everything),
        managed(GUARD, &document(&[statement("Deny", &["iam:*", "sts:AssumeRole"], "*")])),
        managed(LIMIT, &allow(&["s3:*"], "*")),
    ];
    policies.extend((0..fillers / 2).map(|at| managed(&own(&format!("work-{at}")), &harmless(&mut random))));
    let group = |name: &str, attached: &[&str]| Group {
        name: name.to_owned(),
        inline: Vec::new(),
        attached: attached.iter().map(|arn| (*arn).to_owned()).collect(),
    };
    let mut groups = vec![group("administrators", &[ADMINISTRATOR_ACCESS]), group("staff", &[])];
    groups[1].inline.push(harmless(&mut random));

    let mut entities = Vec::new();
    for at in 0..fillers {
        let user = at % 20 < 7;
        let mut e = Entity::new(ACCOUNT, user, &format!("filler-{at}"));
        e.inline.push(harmless(&mut random));
        e.attached.push(own(&format!("work-{}", random.below(fillers / 2))));
        if user {
            e.groups.push("staff".to_owned());
        } else {
            let service = *random.pick(&["ec2.amazonaws.com", "lambda.amazonaws.com", "states.amazonaws.com"]);
            e.trust = trust(&json!({ "Service": service }));
        }
        entities.push(e);
    }

    let mut administrators = BTreeSet::new();
    let mut chief = |mut e: Entity, how: usize| {
        match how {
            0 => e.attached.push(ADMINISTRATOR_ACCESS.to_owned()),
            1 => e.inline.push(everything.clone()),
            _ => e.groups.push("administrators".to_owned()),
        }
        administrators.insert(e.arn());
        entities.push(e);
    };
    (0..3).for_each(|how| chief(Entity::new(ACCOUNT, true, &format!("chief-{how}")), how));
    let mut power = Entity::new(ACCOUNT, false, "power");
    let services = ["lambda", "ec2", "cloudformation", "glue", "codebuild"].map(|name| format!("{name}.amazonaws.com"));
    power.trust = trust(&json!({ "Service": services, "AWS": format!("arn:aws:iam::{ACCOUNT}:root") }));
    power.profile = true;
    chief(power, 0);

    let mut capped = Vec::new();
    let mut planted = Vec::new();
    for copy in 0..copies {
        let mut e = Entity::new(ACCOUNT, true, &format!("capped-{copy}"));
        e.inline.push(everything.clone());
        e.boundary = Some(LIMIT.to_owned());
        capped.push(e.arn());
        entities.push(e);
        for (primitive, calls, role) in PATTERNS {
            for held in [Held::Free, Held::Denied, Held::Bounded] {
                let name = format!("{primitive}-{held:?}-{copy}");
                let mut e = Entity::new(ACCOUNT, !role, &name);
                // Its calls come by a policy of its own, of which an older version was wider, and it is in a group.
                policies.push(Managed { arn: own(&name), versions: vec![allow(calls, "*"), everything.clone()] });
                e.attached.push(own(&name));
                e.inline.push(harmless(&mut random));
                if role {
                    e.trust = trust(&json!({ "Service": "states.amazonaws.com" }));
                } else {
                    e.groups.push("staff".to_owned());
                }
                match held {
                    Held::Free => {}
                    Held::Denied => e.attached.push(GUARD.to_owned()),
                    Held::Bounded => e.boundary = Some(LIMIT.to_owned()),
                }
                planted.push((e.arn(), primitive, held));
                entities.push(e);
            }
        }
    }
    let account = Account { number: ACCOUNT.to_owned(), entities, groups, policies };
    Truth { world: World { accounts: vec![account], scp: None }, administrators, capped, planted }
}

#[test]
fn every_plant_is_found_or_shown_with_what_blocks_it() {
    let truth = plant(600, 4);
    let access: Access = Reach::new(&truth.world.estate()).access();
    let found: BTreeSet<String> = access.administrators.iter().cloned().collect();
    assert_eq!(found, truth.administrators);
    assert!(access.conditional_administrators.is_empty());

    let json = serde_json::to_value(&access).unwrap();
    let shown =
        |arn: &str, by: &str| blocked(&json, arn).iter().any(|entry| entry.contains(&format!("\"policy\":\"{by}\"")));
    let mut wrong = Vec::new();
    for arn in truth.capped.iter().filter(|arn| !shown(arn, LIMIT)) {
        wrong.push(format!("{arn}: an administrator but for its boundary, and that is not told"));
    }
    for (arn, primitive, held) in &truth.planted {
        let path = access.escalations.iter().find(|e| e.from == *arn);
        let backed = path.is_some_and(|e| {
            e.certainty == Certainty::Certain && e.length == 1 && access.path(e).all(|hop| !hop.evidence.is_empty())
        });
        // What is left may still ride on a workload that is already there.
        let first = |e| access.path(e).next().map(|hop| hop.primitive.as_str());
        let shut = path.is_none_or(|e| e.certainty == Certainty::Possible && first(e) != Some(*primitive));
        let right = match held {
            Held::Free => backed,
            Held::Denied => shut && shown(arn, GUARD),
            Held::Bounded => shut && shown(arn, LIMIT),
        };
        if !right {
            wrong.push(format!("{arn}: {primitive} {held:?}: path {path:?}, blocked {:?}", blocked(&json, arn)));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));

    // And nothing else is claimed.
    let plants: BTreeSet<&str> = truth.planted.iter().map(|(arn, ..)| arn.as_str()).collect();
    let others: Vec<&str> =
        access.escalations.iter().map(|e| e.from.as_str()).filter(|f| !plants.contains(f)).collect();
    assert!(others.is_empty(), "{others:?}");
}
