//! Random accounts, dense in ways to more privilege and in what stands in their way.

use serde_json::{Value, json};

use crate::reference::generate::Random;
use crate::world::{ADMINISTRATOR_ACCESS, Account, Entity, Group, Managed, World, document, statement, trust};

const NUMBERS: [&str; 2] = ["111122223333", "444455556666"];
/// An account of which nothing is given.
const STRANGER: &str = "999900001111";
const LINKED: &str = "/aws-service-role/lambda.amazonaws.com/";

const GRANTS: [&[&str]; 33] = [
    &["iam:CreateAccessKey"],
    &["iam:CreateLoginProfile"],
    &["iam:UpdateLoginProfile"],
    &["iam:AttachUserPolicy"],
    &["iam:AttachRolePolicy"],
    &["iam:PutRolePolicy"],
    &["iam:PutUserPolicy"],
    &["iam:UpdateAssumeRolePolicy"],
    &["iam:CreatePolicyVersion"],
    &["iam:SetDefaultPolicyVersion"],
    &["iam:AddUserToGroup"],
    &["iam:AttachGroupPolicy"],
    &["iam:PutGroupPolicy"],
    &["sts:AssumeRole"],
    &["sts:AssumeRole"],
    &["sts:AssumeRole"],
    &["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
    &["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"],
    &["iam:PassRole", "ec2:RunInstances"],
    &["iam:PassRole", "ec2:RunInstances"],
    &["iam:PassRole", "cloudformation:CreateStack"],
    &["iam:PassRole", "glue:CreateDevEndpoint"],
    &["iam:AttachUserPolicy", "iam:CreateAccessKey"],
    &["iam:AttachRolePolicy", "sts:AssumeRole"],
    &["iam:PutRolePolicy", "iam:UpdateAssumeRolePolicy"],
    &["iam:CreateServiceSpecificCredential"],
    &["iam:*"],
    &["iam:Create*"],
    &["iam:*Policy*", "sts:*"],
    &["iam:Attach*"],
    &["s3:GetObject"],
    &["s3:*", "kms:*"],
    &["*"],
];

const SERVICES: [&str; 4] =
    ["lambda.amazonaws.com", "ec2.amazonaws.com", "cloudformation.amazonaws.com", "glue.amazonaws.com"];

/// How many of each an account has.
struct Sizes {
    users: usize,
    roles: usize,
    groups: usize,
    policies: usize,
}

struct Maker<'r> {
    random: &'r mut Random,
    /// The account that is being made, and those that there are.
    number: &'static str,
    numbers: &'static [&'static str],
    sizes: Sizes,
}

impl Maker<'_> {
    fn role_path(&self, at: usize) -> &'static str {
        match at {
            1 => "/team/",
            4 => LINKED,
            _ => "/",
        }
    }

    fn user_arn(&mut self, number: &str) -> String {
        format!("arn:aws:iam::{number}:user/u{}", self.random.below(self.sizes.users))
    }

    fn role_arn(&mut self, number: &str) -> String {
        let at = self.random.below(self.sizes.roles);
        format!("arn:aws:iam::{number}:role{}r{at}", self.role_path(at))
    }

    fn resource(&mut self, action: &str) -> String {
        let number = if self.random.chance(80) { self.number } else { self.random.pick(self.numbers) };
        let lambda = action.starts_with("lambda:");
        match self.random.below(if lambda { 3 } else { 10 }) {
            0 if lambda => format!("arn:aws:lambda:*:{number}:function:app-*"),
            1 if lambda => format!("arn:aws:lambda:*:{number}:function:ops-*"),
            0 => self.user_arn(number),
            1 | 2 => self.role_arn(number),
            3 => format!("arn:aws:iam::{number}:user/*"),
            4 => format!("arn:aws:iam::{number}:role/*"),
            5 => format!("arn:aws:iam::{number}:user/${{aws:username}}"),
            6 => format!("arn:aws:iam::{number}:*/{}1", if self.random.chance(50) { "u" } else { "r" }),
            7 => format!("arn:aws:iam::{number}:policy/p{}", self.random.below(self.sizes.policies)),
            8 => format!("arn:aws:iam::{number}:group/g{}", self.random.below(self.sizes.groups)),
            _ => "arn:aws:iam::*:role/*".to_owned(),
        }
    }

    fn condition(&mut self) -> Value {
        let user = self.user_arn(self.number);
        let all = [
            json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }),
            json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } }),
            json!({ "Null": { "aws:MultiFactorAuthPresent": "true" } }),
            json!({ "StringEquals": { "aws:username": ["u0", "u1", "u2"] } }),
            json!({ "StringNotEquals": { "aws:username": "u1" } }),
            json!({ "StringLike": { "aws:PrincipalTag/team": "pay*" } }),
            json!({ "StringNotEquals": { "aws:PrincipalTag/team": "search" } }),
            json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }),
            json!({ "NotIpAddress": { "aws:SourceIp": "10.0.0.0/8" } }),
            json!({ "StringEquals": { "iam:PassedToService": "lambda.amazonaws.com" } }),
            json!({ "StringNotEquals": { "iam:PassedToService": "ec2.amazonaws.com" } }),
            json!({ "ArnEquals": { "iam:PolicyARN": ADMINISTRATOR_ACCESS } }),
            json!({ "ArnNotEquals": { "iam:PolicyARN": ADMINISTRATOR_ACCESS } }),
            json!({ "ArnLike": { "aws:PrincipalArn": [user, "arn:aws:iam::*:role/*"] } }),
            json!({ "StringEquals": { "aws:ResourceTag/team": "${aws:PrincipalTag/team}" } }),
            json!({ "StringEquals": { "aws:PrincipalAccount": NUMBERS[0] } }),
            json!({ "DateGreaterThan": { "aws:CurrentTime": "2024-01-01T00:00:00Z" } }),
            json!({ "Bool": { "aws:SecureTransport": "false" } }),
        ];
        self.random.pick(&all).clone()
    }

    fn conditional(&mut self, mut statement: Value, percent: usize) -> Value {
        if self.random.chance(percent) {
            statement["Condition"] = self.condition();
        }
        statement
    }

    fn allows(&mut self) -> Vec<Value> {
        let mut out = Vec::new();
        let grant = *self.random.pick(&GRANTS);
        // An administrator is not the rule.
        let grant: &[&str] = if grant == ["*"] && self.random.chance(60) { &["s3:*"] } else { grant };
        if self.random.chance(4) {
            let not = *self.random.pick(&["iam:*", "kms:*", "s3:*"]);
            let rest = json!({ "Effect": "Allow", "NotAction": [not, "organizations:*"], "Resource": "*" });
            out.push(self.conditional(rest, 20));
        }
        if self.random.chance(4) {
            let but = self.resource("iam:PassRole");
            out.push(self.conditional(json!({ "Effect": "Allow", "Action": grant, "NotResource": [but] }), 20));
            return out;
        }
        for action in grant {
            let resource = match (*action, self.random.chance(55)) {
                ("ec2:RunInstances", false) => format!("arn:aws:ec2:*:{}:instance/*", self.number),
                ("cloudformation:CreateStack" | "glue:CreateDevEndpoint" | "*", _) | (_, true) => "*".to_owned(),
                (action, false) => self.resource(action),
            };
            out.push(self.conditional(statement("Allow", &[action], &resource), 18));
        }
        out
    }

    fn denies(&mut self) -> Value {
        let deny = match self.random.below(6) {
            0 => statement("Deny", &["iam:*"], "*"),
            1 => {
                let actions = *self.random.pick(&GRANTS);
                statement("Deny", actions, "*")
            }
            2 | 3 => {
                let resource = self.resource("iam:PassRole");
                statement("Deny", &["iam:*", "sts:*"], &resource)
            }
            4 => json!({ "Effect": "Deny", "NotAction": ["iam:*", "sts:*", "s3:*"], "Resource": "*" }),
            _ => {
                let resource = self.resource("iam:PassRole");
                json!({ "Effect": "Deny", "Action": self.random.pick(&GRANTS), "NotResource": [resource] })
            }
        };
        self.conditional(deny, 35)
    }

    fn identity(&mut self) -> Value {
        let mut statements = self.allows();
        if self.random.chance(30) {
            statements.extend(self.allows());
        }
        if self.random.chance(14) {
            statements.push(self.denies());
        }
        document(&statements)
    }

    fn ceiling(&mut self) -> Value {
        let everything = statement("Allow", &["*"], "*");
        match self.random.below(6) {
            0 => document(&[everything]),
            1 => document(&[statement("Allow", &["s3:*", "sts:*"], "*")]),
            2 => document(&[json!({ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" })]),
            3 => document(&[statement("Allow", &["iam:*", "lambda:*", "ec2:*", "sts:AssumeRole"], "*")]),
            4 => document(&[statement("Allow", &["iam:*", "lambda:*", "cloudformation:*"], "*")]),
            _ => document(&[everything, self.denies()]),
        }
    }

    fn principal(&mut self) -> Value {
        let number = if self.random.chance(70) { self.number } else { self.random.pick(self.numbers) };
        let role = self.role_arn(number);
        let name = role.rsplit('/').next().unwrap_or_default().to_owned();
        let user = self.user_arn(number);
        match self.random.below(16) {
            0..=2 => json!({ "AWS": format!("arn:aws:iam::{number}:root") }),
            3 => json!({ "AWS": number }),
            4 => json!({ "AWS": [user, role] }),
            5 => json!({ "AWS": role }),
            6 => json!({ "AWS": [user, format!("arn:aws:iam::{STRANGER}:root")] }),
            7..=11 => json!({ "Service": [self.random.pick(&SERVICES), self.random.pick(&SERVICES)] }),
            12 => json!({ "AWS": format!("arn:aws:sts::{number}:assumed-role/{name}/job") }),
            13 => json!({ "Federated": format!("arn:aws:iam::{number}:saml-provider/idp") }),
            14 => json!("*"),
            _ => json!({ "AWS": "*" }),
        }
    }

    fn trust(&mut self) -> Value {
        let mut statements = Vec::new();
        for _ in 0..1 + self.random.below(2) {
            let key = if self.random.chance(6) { "NotPrincipal" } else { "Principal" };
            let mut principal = self.principal();
            if key == "NotPrincipal" && (principal == "*" || principal["AWS"] == "*") {
                principal = json!({ "AWS": self.user_arn(self.number) });
            }
            let everybody = principal == "*" || principal["AWS"] == "*";
            let action = if principal["Federated"].is_string() { "sts:AssumeRoleWithSAML" } else { "sts:AssumeRole" };
            let mut statement = json!({ "Effect": "Allow", key: principal, "Action": action });
            if self.random.chance(if everybody { 70 } else { 15 }) {
                statement["Condition"] = match self.random.below(5) {
                    0 => json!({ "StringEquals": { "sts:ExternalId": "x1" } }),
                    1 => json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } }),
                    2 => json!({ "ArnLike": { "aws:PrincipalArn": format!("arn:aws:iam::{}:role/*", self.number) } }),
                    _ => self.condition(),
                };
            }
            statements.push(statement);
        }
        if self.random.chance(8) {
            let deny =
                json!({ "Effect": "Deny", "Principal": { "AWS": self.user_arn(self.number) }, "Action": "sts:*" });
            statements.push(self.conditional(deny, 30));
        }
        document(&statements)
    }

    fn attached(&mut self) -> Vec<String> {
        let mut out = Vec::new();
        if self.random.chance(8) {
            out.push(ADMINISTRATOR_ACCESS.to_owned());
        }
        if self.random.chance(35) {
            out.push(format!("arn:aws:iam::{}:policy/p{}", self.number, self.random.below(self.sizes.policies)));
        }
        out
    }

    fn entity(&mut self, user: bool, at: usize) -> Entity {
        let mut e = Entity::new(self.number, user, &format!("{}{at}", if user { "u" } else { "r" }));
        e.attached = self.attached();
        if self.random.chance(65) {
            e.inline.push(self.identity());
        }
        if self.random.chance(14) {
            e.boundary = Some(format!("arn:aws:iam::{}:policy/b{}", self.number, self.random.below(3)));
        }
        if self.random.chance(50) {
            let team = *self.random.pick(&["payments", "search"]);
            e.tags.push(("team".to_owned(), team.to_owned()));
        }
        if user {
            let groups = 0..self.sizes.groups;
            e.groups = groups.filter(|_| self.random.chance(25)).map(|g| format!("g{g}")).collect();
        } else {
            self.role_path(at).clone_into(&mut e.path);
            // AWS writes the trust of its own roles.
            let own = json!({ "Service": "replicator.lambda.amazonaws.com" });
            e.trust = if e.path == LINKED { trust(&own) } else { self.trust() };
            e.profile = self.random.chance(50);
        }
        e
    }

    fn account(&mut self) -> Account {
        let number = self.number;
        let everything = document(&[statement("Allow", &["*"], "*")]);
        let mut policies = vec![Managed { arn: ADMINISTRATOR_ACCESS.to_owned(), versions: vec![everything.clone()] }];
        for at in 0..self.sizes.policies {
            let mut versions = vec![self.identity()];
            if self.random.chance(25) {
                versions.push(if self.random.chance(50) { everything.clone() } else { self.identity() });
            }
            policies.push(Managed { arn: format!("arn:aws:iam::{number}:policy/p{at}"), versions });
        }
        for at in 0..3 {
            policies
                .push(Managed { arn: format!("arn:aws:iam::{number}:policy/b{at}"), versions: vec![self.ceiling()] });
        }
        let mut groups = Vec::new();
        for at in 0..self.sizes.groups {
            let inline = if self.random.chance(50) { vec![self.identity()] } else { Vec::new() };
            groups.push(Group { name: format!("g{at}"), inline, attached: self.attached() });
        }
        let mut entities: Vec<Entity> = (0..self.sizes.users).map(|at| self.entity(true, at)).collect();
        entities.extend((0..self.sizes.roles).map(|at| self.entity(false, at)));
        Account { number: number.to_owned(), entities, groups, policies }
    }
}

/// The accounts of a seed.
pub fn world(seed: u64) -> World {
    let mut random = Random::new(seed ^ 0xc1a1);
    let numbers = if random.chance(25) { &NUMBERS[..] } else { &NUMBERS[..1] };
    let mut accounts = Vec::new();
    let mut scp = None;
    for number in numbers {
        let most = if numbers.len() > 1 { 5 } else { 10 };
        let sizes = Sizes {
            users: 2 + random.below(most),
            roles: 3 + random.below(most),
            groups: 1 + random.below(3),
            policies: 2 + random.below(4),
        };
        let mut maker = Maker { random: &mut random, number, numbers, sizes };
        accounts.push(maker.account());
        if scp.is_none() && maker.random.chance(20) {
            let above = vec![document(&[statement("Allow", &["*"], "*")])];
            let guard = if maker.random.chance(40) {
                vec![maker.ceiling()]
            } else {
                vec![document(&[maker.denies()]), above[0].clone()]
            };
            scp = Some(vec![above, guard]);
        }
    }
    World { accounts, scp }
}
