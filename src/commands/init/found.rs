//! What a first kickoff.toml finds out from facts: accounts, organization, regions and services in use.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};
use kickoff_engagement::init::{Found, FoundAccount};
use kickoff_facts::iam::{Authorization, Role};
use kickoff_facts::{AccountFacts, Gap, Need, Observed, RegionalFacts};
use kickoff_policy::document::{Document, Kind, PrincipalEntry};

/// What is asked.
pub(crate) const NEEDS: &[Need] = &[
    Need::Regions,
    Need::Aliases,
    Need::Organization,
    Need::Members,
    Need::OrganizationRoot,
    Need::OrganizationTree,
    Need::Authorization,
    Need::Buckets,
    Need::LogGroups,
    Need::NetworkInterfaces,
    Need::Instances,
    Need::Functions,
    Need::Repositories,
    Need::Databases,
    Need::LoadBalancers,
    Need::Queues,
];

/// A role that was used within so many days shows that its service is in use.
const RECENT: i64 = 90;

/// Services that run something for a client, by the principal that assumes their roles.
const SERVICES: [(&str, &str); 14] = [
    ("apigateway", "API Gateway"),
    ("batch", "Batch"),
    ("codebuild", "CodeBuild"),
    ("codepipeline", "CodePipeline"),
    ("ec2", "EC2"),
    ("ecs-tasks", "ECS"),
    ("eks", "EKS"),
    ("elasticmapreduce", "EMR"),
    ("glue", "Glue"),
    ("lambda", "Lambda"),
    ("redshift", "Redshift"),
    ("sagemaker", "SageMaker"),
    ("states", "Step Functions"),
    ("transfer", "Transfer Family"),
];

/// What could not be found out: by the call and what AWS said, with the places.
#[derive(Default)]
struct Gaps(BTreeMap<(String, String), BTreeSet<String>>);

impl Gaps {
    fn known<'a, T>(&mut self, fact: &'a Observed<T>) -> Option<&'a T> {
        fact.get().map_err(|gap| self.add(gap)).ok()
    }

    fn add(&mut self, gap: &Gap) {
        let kind = gap.kind.name();
        let why = if gap.message.is_empty() { kind.to_owned() } else { format!("{kind}: {}", gap.message) };
        self.0.entry((gap.call.clone(), why)).or_default().insert(gap.region.clone());
    }

    fn lines(self) -> impl Iterator<Item = String> {
        self.0.into_iter().map(|((call, why), places)| {
            let places: Vec<String> = places.into_iter().collect();
            format!("{call} in {}: {why}", crate::terminal::lists::some(&places, 5))
        })
    }
}

/// What facts tell.
pub(crate) fn found(facts: &[AccountFacts]) -> Found {
    let (mut gaps, mut regions, mut services) = (Gaps::default(), BTreeSet::new(), BTreeSet::new());
    let mut found = Found::default();
    for facts in facts {
        let global = &facts.global;
        let alias = gaps.known(&global.aliases).and_then(|aliases| aliases.first().cloned());
        let environment = alias.as_deref().and_then(environment).map(str::to_owned);
        found.accounts.push(FoundAccount { id: facts.account.clone(), name: alias, environment, own: true });
        if let Some(Some(organization)) = gaps.known(&global.organization) {
            found.organization.get_or_insert_with(|| organization.id.clone());
        }
        if gaps.known(&global.buckets).is_some_and(|buckets| !buckets.is_empty()) {
            services.insert("S3");
        }
        if let Some(authorization) = gaps.known(&global.authorization) {
            services.extend(used_by_roles(authorization, facts.as_of));
        }
        for (name, region) in &facts.regions {
            if look(region, &mut gaps, &mut services) {
                regions.insert(name.clone());
            }
        }
    }
    let mut left_out = Vec::new();
    for facts in facts {
        members(facts, &mut gaps, &mut found.accounts, &mut left_out);
    }
    found.regions = regions.into_iter().collect();
    found.services = services.into_iter().map(str::to_owned).collect();
    found.gaps = gaps.lines().chain(left_out).collect();
    found
}

/// The other accounts of the organization; names that it gives go before aliases.
fn members(facts: &AccountFacts, gaps: &mut Gaps, accounts: &mut Vec<FoundAccount>, left_out: &mut Vec<String>) {
    let global = &facts.global;
    let Some(Some(members)) = gaps.known(&global.members) else { return };
    let tree = gaps.known(&global.organization_tree).and_then(Option::as_ref);
    for member in members {
        if member.state != "ACTIVE" {
            left_out.push(format!("account {} ({}) is {}, and left out", member.id, member.name, member.state));
            continue;
        }
        let unit = tree.into_iter().flatten().find(|unit| unit.accounts.contains(&member.id));
        let environment = environment(&member.name).or_else(|| unit.and_then(|unit| self::environment(&unit.name)));
        let named = |account: &mut FoundAccount| {
            account.name = Some(member.name.clone()).filter(|name| !name.is_empty()).or(account.name.take());
            account.environment = environment.map(str::to_owned).or(account.environment.take());
        };
        match accounts.iter_mut().find(|account| account.id == member.id) {
            Some(account) => named(account),
            None => {
                let mut account = FoundAccount { id: member.id.clone(), ..FoundAccount::default() };
                named(&mut account);
                accounts.push(account);
            }
        }
    }
}

/// Whether something of the client's is in a region, and which services it is of.
fn look(region: &RegionalFacts, gaps: &mut Gaps, services: &mut BTreeSet<&'static str>) -> bool {
    let mut seen = false;
    let mut there = |service: Option<&'static str>, some: bool| {
        seen |= some;
        services.extend(service.filter(|_| some));
    };
    let instances = gaps.known(&region.instances).is_some_and(|all| all.iter().any(|instance| instance.exists()));
    there(Some("EC2"), instances);
    there(Some("RDS"), gaps.known(&region.databases).is_some_and(|all| !all.is_empty()));
    there(Some("CloudWatch Logs"), gaps.known(&region.log_groups).is_some_and(|all| !all.is_empty()));
    there(None, gaps.known(&region.network_interfaces).is_some_and(|all| !all.is_empty()));
    for (service, list) in [
        ("Lambda", &region.functions),
        ("ECR", &region.repositories),
        ("Elastic Load Balancing", &region.load_balancers),
        ("SQS", &region.queues),
    ] {
        there(Some(service), gaps.known(list).is_some_and(|all| !all.is_empty()));
    }
    seen
}

/// Services whose roles were used lately.
fn used_by_roles(authorization: &Authorization, now: Timestamp) -> BTreeSet<&'static str> {
    let recent = |role: &&Role| {
        role.last_used.is_some_and(|used| now.duration_since(used) <= SignedDuration::from_hours(24 * RECENT))
    };
    let roles = authorization.roles.iter().filter(|role| !role.is_service_linked()).filter(recent);
    roles
        .filter_map(|role| Document::parse(&role.trust, Kind::Resource).ok())
        .flat_map(|policy| services_of(&policy))
        .collect()
}

fn services_of(policy: &Document) -> Vec<&'static str> {
    let entries = policy.statements.iter().flat_map(|statement| &statement.principals).flat_map(|list| &list.entries);
    let names = entries.filter_map(|entry| match entry {
        PrincipalEntry::Service(name) => Some(name.split('.').next().unwrap_or(name)),
        _ => None,
    });
    names.filter_map(|name| SERVICES.iter().find(|(known, _)| *known == name).map(|(_, service)| *service)).collect()
}

/// The environment that a name speaks of.
fn environment(name: &str) -> Option<&'static str> {
    let lower = name.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).find_map(|word| match word {
        "production" | "prod" | "prd" => Some("production"),
        "staging" | "stage" | "stg" | "preprod" => Some("staging"),
        "development" | "dev" => Some("development"),
        "test" | "testing" | "qa" => Some("test"),
        "sandbox" | "sandboxes" => Some("sandbox"),
        _ => None,
    })
}
