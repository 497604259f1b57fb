//! The vocabulary of the random policies: what they are about, who asks, and the keys of their conditions.

/// What one item is about.
pub struct Theme {
    pub actions: &'static [&'static str],
    pub action_patterns: &'static [&'static str],
    pub resources: &'static [&'static str],
    pub resource_patterns: &'static [&'static str],
    /// An action that takes no resource.
    pub bare: &'static str,
}

pub const THEMES: [Theme; 7] = [
    Theme {
        actions: &["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:GetObjectTagging"],
        action_patterns: &["*", "s3:*", "s3:Get*", "S3:getobject", "s3:?utObject", "s3:*Object", "s3:GetObject?agging"],
        resources: &[
            "arn:aws:s3:::data/alice/a",
            "arn:aws:s3:::data/bob/b",
            "arn:aws:s3:::data/bob/alice/b",
            "arn:aws:s3:::data-old/alice/a",
            "arn:aws:s3:::data/Red",
            "arn:aws:s3:::data/*",
            "arn:aws:s3:::data/b*",
            "*",
        ],
        resource_patterns: &[
            "*",
            "arn:aws:s3:::*",
            "arn:aws:s3:::data/*",
            "arn:aws:s3:::data*",
            "arn:aws:s3:::data/bob/b",
            "arn:aws:s3:::data/${aws:username}/*",
            "arn:aws:s3:::data/${aws:UserName, 'bob'}/?",
            "arn:aws:s3:::data/${aws:PrincipalTag/Team}",
            "arn:aws:s3:::*/${aws:username}/${aws:PrincipalTag/Team, 'b'}",
            "arn:aws:s3:::data/${*}",
            "arn:aws:s3:::*/alice/*",
            "arn:aws:s3:::data?old/*",
            "arn:aws:s3:::data/???/*",
            "arn:*/b",
            "arn:aws:s3:::DATA/*",
            "arn:aws:s3",
            "arn:aws:s3:eu-west-1",
        ],
        bare: "s3:ListAllMyBuckets",
    },
    Theme {
        actions: &["sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage"],
        action_patterns: &["*", "sqs:*", "sqs:*Message", "SQS:sendmessage", "sqs:Receive*", "sqs:?eleteMessage"],
        resources: &[
            "arn:aws:sqs:eu-west-1:111111111111:jobs",
            "arn:aws:sqs:eu-west-1:111111111111:jobs-dead",
            "arn:aws:sqs:us-east-1:111111111111:jobs",
            "arn:aws:sqs:eu-west-1:222222222222:jobs",
            "arn:aws:sqs:eu-west-1:111111111111:j*",
        ],
        resource_patterns: &[
            "*",
            "arn:aws:sqs:*:*:jobs",
            "arn:aws:sqs:eu-west-1:111111111111:*",
            "arn:aws:sqs:*jobs",
            "arn:aws:sqs:*:222222222222:jobs*",
            "arn:aws:sqs:*:111111111111:jobs?dead",
            "arn:aws:sqs:*:222222222222",
            "arn:aws:sqs:eu-west-1",
            "arn:aws:sqs:eu-west-1:111111111111:jobs",
            "arn:aws:sqs:*:*:${aws:PrincipalTag/Team, 'jobs'}",
        ],
        bare: "s3:ListAllMyBuckets",
    },
    Theme {
        actions: &["kms:Decrypt", "kms:Encrypt", "kms:CreateGrant"],
        action_patterns: &["*", "kms:*", "kms:*crypt", "KMS:decrypt", "kms:Create*"],
        resources: &[
            "arn:aws:kms:eu-west-1:111111111111:key/aaaa",
            "arn:aws:kms:eu-west-1:111111111111:key/aabb",
            "arn:aws:kms:eu-west-1:222222222222:key/aaaa",
            "arn:aws:kms:eu-west-1:111111111111:alias/aaaa",
        ],
        resource_patterns: &[
            "*",
            "arn:aws:kms:*:*:key/*",
            "arn:aws:kms:*:111111111111:*",
            "arn:aws:kms:*:*:key/aa??",
            "arn:aws:kms",
            "arn:aws:kms:*:*:*/aaaa",
            "arn:aws:kms:eu-west-1:111111111111:key/aaaa",
        ],
        bare: "kms:ListKeys",
    },
    Theme {
        actions: &["secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue", "secretsmanager:DescribeSecret"],
        action_patterns: &["*", "secretsmanager:*", "secretsmanager:*SecretValue", "SecretsManager:describesecret"],
        resources: &[
            "arn:aws:secretsmanager:eu-west-1:111111111111:secret:db-AbCdEf",
            "arn:aws:secretsmanager:eu-west-1:111111111111:secret:web-AbCdEf",
            "arn:aws:secretsmanager:eu-west-1:222222222222:secret:db-AbCdEf",
        ],
        resource_patterns: &[
            "*",
            "arn:aws:secretsmanager:*:*:secret:db-??????",
            "arn:aws:secretsmanager:*:111111111111:secret:*",
            "arn:aws:secretsmanager:*AbCdEf",
            "arn:aws:secretsmanager:*:*:secret:DB-*",
        ],
        bare: "iam:ListUsers",
    },
    Theme {
        actions: &["ec2:RunInstances", "ec2:TerminateInstances", "ec2:StartInstances"],
        action_patterns: &["*", "ec2:*", "ec2:*Instances", "EC2:runinstances", "ec2:?tartInstances", "ec2:T*"],
        resources: &[
            "arn:aws:ec2:eu-west-1:111111111111:instance/i-0aa",
            "arn:aws:ec2:eu-west-1:111111111111:instance/i-0ab",
            "arn:aws:ec2:us-east-1:111111111111:instance/i-0aa",
            "arn:aws:ec2:eu-west-1:111111111111:instance/*",
        ],
        resource_patterns: &[
            "*",
            "arn:aws:ec2:*:*:instance/*",
            "arn:aws:ec2:eu-west-1:*",
            "arn:aws:ec2:*:*:instance/i-0a?",
            "arn:aws:ec2:*:111111111111:instance/i-0aa",
        ],
        bare: "ec2:DescribeInstances",
    },
    Theme {
        actions: &["iam:PassRole", "iam:GetRole", "iam:DeleteRole"],
        action_patterns: &["*", "iam:*", "iam:*Role", "IAM:passrole", "iam:?etRole"],
        resources: &[
            "arn:aws:iam::111111111111:role/app",
            "arn:aws:iam::111111111111:role/team/deploy",
            "arn:aws:iam::111111111111:role/alice",
        ],
        resource_patterns: &[
            "*",
            "arn:aws:iam::*:role/*",
            "arn:aws:iam::111111111111:role/${aws:username}",
            "arn:aws:iam::*:role/*/*",
            "arn:aws:iam::111111111111",
            "arn:aws:iam::111111111111:role/app",
            "arn:aws:iam::*:role/???",
        ],
        bare: "iam:ListUsers",
    },
    TRUST,
];

pub const TRUST: Theme = Theme {
    actions: &["sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"],
    action_patterns: &["*", "sts:*", "sts:AssumeRole", "STS:assumerole", "sts:AssumeRole*", "sts:AssumeRoleWith????"],
    resources: &[
        "arn:aws:iam::111111111111:role/app",
        "arn:aws:iam::111111111111:role/team/deploy",
        "arn:aws:iam::222222222222:role/app",
    ],
    resource_patterns: &["*", "arn:aws:iam::*:role/*", "arn:aws:iam::111111111111:role/*", "arn:aws:iam::*:role/app"],
    bare: "sts:GetSessionToken",
};

/// Callers with policies of their own.
pub const IDENTITIES: [&str; 10] = [
    "arn:aws:iam::111111111111:user/alice",
    "arn:aws:iam::111111111111:user/team/bob",
    "arn:aws:iam::222222222222:user/alice",
    "arn:aws:iam::111111111111:role/app",
    "arn:aws:iam::111111111111:role/team/deploy",
    "arn:aws:iam::222222222222:role/app",
    "arn:aws:sts::111111111111:assumed-role/app/one",
    "arn:aws:sts::111111111111:assumed-role/deploy/one",
    "arn:aws:sts::222222222222:assumed-role/app/one",
    "arn:aws:sts::111111111111:federated-user/alice",
];

pub const LINKED: [&str; 2] = [
    "arn:aws:iam::111111111111:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
    "arn:aws:sts::111111111111:assumed-role/AWSServiceRoleForECS/one",
];

/// Callers without; the empty one is anonymous.
pub const OTHERS: [&str; 8] = [
    "arn:aws:iam::111111111111:root",
    "arn:aws:iam::222222222222:root",
    "lambda.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "arn:aws:iam::111111111111:saml-provider/office",
    "arn:aws:iam::111111111111:oidc-provider/token.example.com",
    "accounts.google.com",
    "",
];

pub const ACCOUNTS: [&str; 4] =
    ["111111111111", "arn:aws:iam::111111111111:root", "222222222222", "arn:aws:iam::222222222222:root"];

/// A key, its spelling in policies, the values it has in a request, and those that policies compare it with.
pub struct Key {
    pub name: &'static str,
    pub written: &'static str,
    pub kind: KeyKind,
    pub values: &'static [&'static str],
    pub expected: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    Text,
    Many,
    Number,
    Date,
    Bool,
    Binary,
    Address,
    Arn,
}

pub static KEYS: [Key; 9] = [
    Key {
        name: "aws:username",
        written: "AWS:UserName",
        kind: KeyKind::Text,
        values: &["alice", "bob", "Alice", "*"],
        expected: &[
            "alice",
            "BOB",
            "a*",
            "?ob",
            "*",
            "${*}",
            "${aws:PrincipalTag/Team}",
            "${aws:principaltag/team, 'bob'}",
        ],
    },
    Key {
        name: "aws:PrincipalTag/Team",
        written: "aws:principaltag/TEAM",
        kind: KeyKind::Text,
        values: &["Red", "alice", "b", "home/alice"],
        expected: &[
            "red",
            "Red",
            "R?d",
            "${aws:username}",
            "home/${aws:username}",
            "home/${aws:username, 'alice'}*",
            "${?}",
        ],
    },
    Key {
        name: "aws:TagKeys",
        written: "aws:tagkeys",
        kind: KeyKind::Many,
        values: &["Red", "blue", "alice"],
        expected: &["Red", "red", "b*", "Blue", "${aws:username}", "*"],
    },
    Key {
        name: "s3:max-keys",
        written: "S3:Max-Keys",
        kind: KeyKind::Number,
        values: &["5", "10", "10.50", "-1", "many"],
        expected: &["5", "10.5", "5.0", "7"],
    },
    Key {
        name: "aws:CurrentTime",
        written: "aws:currenttime",
        kind: KeyKind::Date,
        values: &["2024-01-01T00:00:00Z", "2024-06-01", "1717200000", "2024-06-01T02:00:00+02:00", "soon"],
        expected: &["2024-06-01T00:00:00Z", "1717200000", "2024-01-01", "2024-03-01T12:00:00Z"],
    },
    Key {
        name: "aws:MultiFactorAuthPresent",
        written: "aws:multifactorauthpresent",
        kind: KeyKind::Bool,
        values: &["true", "false", "True", "maybe"],
        expected: &["true", "false", "TRUE"],
    },
    Key {
        name: "aws:PrincipalTag/Blob",
        written: "aws:PrincipalTag/blob",
        kind: KeyKind::Binary,
        values: &["QUJD", "qujd"],
        expected: &["QUJD", "YQ=="],
    },
    Key {
        name: "aws:SourceIp",
        written: "aws:sourceIP",
        kind: KeyKind::Address,
        values: &["10.0.0.1", "10.1.2.3", "192.0.2.1", "2001:db8::1", "nowhere"],
        expected: &["10.0.0.0/8", "10.0.0.1", "10.0.0.0/31", "2001:db8::/32", "0.0.0.0/0", "::/0"],
    },
    Key {
        name: "aws:SourceArn",
        written: "aws:sourcearn",
        kind: KeyKind::Arn,
        values: &[
            "arn:aws:sns:eu-west-1:111111111111:topic",
            "arn:aws:s3:::data",
            "arn:aws:sns:eu:west:1:to:pic",
            "data",
        ],
        expected: &[
            "arn:aws:sns:*:111111111111:*",
            "arn:aws:s3:::data",
            "arn:*:s3:::d?ta",
            "arn:aws:sns:*:topic",
            "arn:aws:sns:*:*:*:topic",
            "arn:aws:*:*:*:*",
            "arn:aws:s3:::${aws:username, 'data'}",
        ],
    },
];

pub const ORDERS: [&str; 6] = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals"];
