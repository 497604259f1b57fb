//! The services that are called by declared operations: their names, and how they speak.

/// How a service's hosts with FIPS are named in GovCloud, where the plain ones have FIPS themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gov {
    /// As elsewhere, with `-fips`.
    AsElsewhere,
    /// As the plain ones; with `-fips` where dual-stack is asked for too.
    Plain,
    /// As the plain ones.
    PlainAlways,
}

/// How a service speaks.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Protocol {
    /// Form in, XML out: EC2. Holds the API version.
    Query(&'static str),
    /// JSON with a target header, as CloudWatch takes it. Holds the target's prefix and the version of the protocol.
    Json(&'static str, &'static str),
    /// JSON over paths: Security Hub, Inspector.
    Rest,
}

/// A service that is called by declared operations.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Service {
    /// The first part of the endpoint's name.
    pub endpoint: &'static str,
    /// The name in signatures.
    pub signing: &'static str,
    /// The same with dual-stack.
    pub dual_stack: &'static str,
    /// Its names in GovCloud.
    pub gov: Gov,
    /// AWS's id of the service, by which environment and profile give it an endpoint.
    pub id: &'static str,
    /// How it speaks.
    pub protocol: Protocol,
}

/// EC2.
pub(crate) const EC2: Service = Service {
    endpoint: "ec2",
    signing: "ec2",
    dual_stack: "ec2",
    gov: Gov::Plain,
    id: "EC2",
    protocol: Protocol::Query("2016-11-15"),
};

/// CloudWatch, by its JSON protocol: the generated client speaks CBOR, which no auditor can read.
pub(crate) const CLOUDWATCH: Service = Service {
    endpoint: "monitoring",
    signing: "monitoring",
    dual_stack: "monitoring",
    gov: Gov::PlainAlways,
    id: "CloudWatch",
    protocol: Protocol::Json("GraniteServiceVersion20100801", "1.0"),
};

/// IAM Identity Center.
pub(crate) const SSO_ADMIN: Service = Service {
    endpoint: "sso",
    signing: "sso",
    dual_stack: "sso",
    gov: Gov::Plain,
    id: "SSO Admin",
    protocol: Protocol::Json("SWBExternalService", "1.1"),
};

/// The directory of IAM Identity Center.
pub(crate) const IDENTITY_STORE: Service = Service {
    endpoint: "identitystore",
    signing: "identitystore",
    dual_stack: "identitystore",
    gov: Gov::Plain,
    id: "identitystore",
    protocol: Protocol::Json("AWSIdentityStore", "1.1"),
};

/// Security Hub.
pub(crate) const SECURITY_HUB: Service = Service {
    endpoint: "securityhub",
    signing: "securityhub",
    dual_stack: "securityhub",
    gov: Gov::AsElsewhere,
    id: "SecurityHub",
    protocol: Protocol::Rest,
};

/// Amazon Inspector.
pub(crate) const INSPECTOR: Service = Service {
    endpoint: "inspector2",
    signing: "inspector2",
    dual_stack: "inspector2",
    gov: Gov::AsElsewhere,
    id: "Inspector2",
    protocol: Protocol::Rest,
};

/// Lambda.
pub(crate) const LAMBDA: Service = Service {
    endpoint: "lambda",
    signing: "lambda",
    dual_stack: "lambda",
    gov: Gov::AsElsewhere,
    id: "Lambda",
    protocol: Protocol::Rest,
};

/// ECR.
pub(crate) const ECR: Service = Service {
    endpoint: "api.ecr",
    signing: "ecr",
    dual_stack: "ecr",
    gov: Gov::AsElsewhere,
    id: "ECR",
    protocol: Protocol::Json("AmazonEC2ContainerRegistry_V20150921", "1.1"),
};

/// CloudWatch Observability Access Manager.
pub(crate) const OAM: Service = Service {
    endpoint: "oam",
    signing: "oam",
    dual_stack: "oam",
    gov: Gov::AsElsewhere,
    id: "OAM",
    protocol: Protocol::Rest,
};

/// Systems Manager.
pub(crate) const SSM: Service = Service {
    endpoint: "ssm",
    signing: "ssm",
    dual_stack: "ssm",
    gov: Gov::Plain,
    id: "SSM",
    protocol: Protocol::Json("AmazonSSM", "1.1"),
};

/// SQS.
pub(crate) const SQS: Service = Service {
    endpoint: "sqs",
    signing: "sqs",
    dual_stack: "sqs",
    gov: Gov::Plain,
    id: "SQS",
    protocol: Protocol::Json("AmazonSQS", "1.0"),
};

/// RDS.
pub(crate) const RDS: Service = Service {
    endpoint: "rds",
    signing: "rds",
    dual_stack: "rds",
    gov: Gov::Plain,
    id: "RDS",
    protocol: Protocol::Query("2014-10-31"),
};

/// Elastic Load Balancing, version 2.
pub(crate) const ELB: Service = Service {
    endpoint: "elasticloadbalancing",
    signing: "elasticloadbalancing",
    dual_stack: "elasticloadbalancing",
    gov: Gov::Plain,
    id: "Elastic Load Balancing v2",
    protocol: Protocol::Query("2015-12-01"),
};
