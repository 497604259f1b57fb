//! The asset inventory: what the facts of a run know to exist, whose it is, and whether it is in scope.
//!
//! What was not read is unknown and never "no"; a kind of which not everything could be read is said to be incomplete,
//! with the call and the reason.

mod global;
mod regional;
mod scope;
pub(crate) mod tables;
mod tags;
mod tested;

use std::borrow::Borrow;

use kickoff_engagement::Engagement;
use kickoff_evidence::{EvidenceRef, Gap, GapKind};
use kickoff_facts::{AccountFacts, Observed, RegionalFacts};

pub use scope::{Placed, Standing};
pub(crate) use tables::{HEADS, record, records};
pub use tables::{json, listing, population};
pub(crate) use tested::OTHER_CREDENTIALS;

/// What is said about one property of an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Property {
    /// It has it.
    Yes,
    /// It was looked at, and it does not have it.
    No,
    /// What it is.
    Is(String),
    /// It was looked for, and nothing is set.
    NotSet,
    /// It is not known, and why.
    Unknown(String),
    /// An asset of this kind cannot have it.
    NotApplicable,
}

impl Property {
    /// The word for a cell; the reason why something is unknown stands elsewhere.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Is(text) => text,
            Self::NotSet => "not set",
            Self::Unknown(_) => "unknown",
            Self::NotApplicable => "not applicable",
        }
    }

    /// Yes or no as it was observed; unknown where it could not be.
    fn of<T>(fact: &Observed<T>, judge: impl Fn(&T) -> bool) -> Self {
        Self::told(fact, |value| if judge(value) { Self::Yes } else { Self::No })
    }

    /// What an observation tells; unknown where it could not be made.
    fn told<T>(fact: &Observed<T>, judge: impl Fn(&T) -> Self) -> Self {
        match fact.get() {
            Ok(value) => judge(value),
            Err(gap) => Self::Unknown(gap.to_string()),
        }
    }
}

/// Something that the entity has.
///
/// Public, encrypted and logged are about the asset's own settings: whether its policy or address opens it to everybody,
/// whether what it holds is encrypted at rest, and whether its use, or what passes through it, is written to a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    /// Its ARN; its name where AWS gives it none.
    pub arn: String,
    /// Its name.
    pub name: String,
    /// Its type, as CloudFormation names it.
    pub kind: &'static str,
    /// The account.
    pub account: String,
    /// The region; `global` for what belongs to none.
    pub region: String,
    /// Who answers for it, by its tags.
    pub owner: Property,
    /// `production`, `staging`, ...: the account's, or by its tags.
    pub environment: Property,
    /// The class of the data in it, by its tags.
    pub data_class: Property,
    /// Whether it is open to everybody.
    pub public: Property,
    /// Whether what it holds is encrypted at rest.
    pub encrypted: Property,
    /// Whether its use is logged.
    pub logged: Property,
    /// Whether it is in scope, and why.
    pub scope: Placed,
    /// What else the facts say, in words.
    pub details: String,
    /// What it was read from.
    pub evidence: Vec<EvidenceRef>,
}

impl Asset {
    /// The order of lists.
    fn order(&self) -> (&str, &str, &str, &str, &str) {
        (&self.account, &self.region, self.kind, &self.arn, &self.name)
    }

    /// What is not known of it, with the reason.
    #[must_use]
    pub fn not_known(&self) -> Vec<String> {
        let named = [
            ("owner", &self.owner),
            ("environment", &self.environment),
            ("data class", &self.data_class),
            ("public", &self.public),
            ("encrypted", &self.encrypted),
            ("logged", &self.logged),
        ];
        let unknown = named.into_iter().filter_map(|(name, property)| match property {
            Property::Unknown(why) => Some(format!("{name}: {why}")),
            _ => None,
        });
        unknown.collect()
    }
}

/// A kind of which the list is not complete, or may not be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Incomplete {
    /// The account.
    pub account: String,
    /// The region; `global` for what belongs to none.
    pub region: String,
    /// The kinds.
    pub kinds: Vec<&'static str>,
    /// The call, and why it did not tell.
    pub why: String,
}

/// What a check tests and is no asset of the account's: it stands on the list of one population alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tested {
    /// The population, by the name in its file's name: `root-users`.
    pub population: &'static str,
    /// What is tested, as an asset is described.
    pub asset: Asset,
}

/// How many of a kind AWS Config has discovered in a region.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovered {
    /// The account.
    pub account: String,
    /// The region whose recorder counts.
    pub region: String,
    /// The kind, as CloudFormation names it.
    pub kind: String,
    /// How many.
    pub count: u64,
    /// What it was read from.
    pub evidence: Vec<EvidenceRef>,
}

/// The inventory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inventory {
    /// The assets, by account, region, kind and ARN.
    pub assets: Vec<Asset>,
    /// What checks test besides, in the same order by population.
    pub tested: Vec<Tested>,
    /// The kinds that are not complete.
    pub incomplete: Vec<Incomplete>,
    /// Kinds of what checks test besides that are not complete.
    pub untold: Vec<Incomplete>,
    /// What AWS Config counts, which decides nothing: it counts what is recorded, and late.
    pub discovered: Vec<Discovered>,
    /// Where AWS Config's counts are not known, and why.
    pub uncounted: Vec<String>,
}

/// What the inventory cannot have, in any account.
pub const LIMITS: &str = "Only kinds that a scan reads are listed. Others, such as volumes, DynamoDB tables, containers \
    and certificates of ACM, are not; nor are keys other than those that protect logs, and topics other than those that \
    alarms and rules tell.";

/// Lists what the facts of all accounts know to exist.
#[must_use]
pub fn inventory<F: Borrow<AccountFacts>>(accounts: impl IntoIterator<Item = F>, engagement: &Engagement) -> Inventory {
    let mut inventory = Inventory::default();
    for facts in accounts {
        let facts = facts.borrow();
        let mut list = Lister { facts, engagement, region: GLOBAL, found: &mut inventory };
        list.global(&facts.global);
        list.tested_globally(&facts.global);
        for (region, regional) in &facts.regions {
            list.region = region;
            list.regional(regional);
            list.tested_regionally(regional);
            list.discovered(regional);
        }
        list.region = GLOBAL;
        list.trail_buckets();
        list.unread_regions();
        list.totals();
    }
    inventory.assets.sort_by(|a, b| a.order().cmp(&b.order()));
    inventory.tested.sort_by(|a, b| (a.population, a.asset.order()).cmp(&(b.population, b.asset.order())));
    inventory.incomplete.sort();
    inventory.untold.sort();
    inventory
}

/// The region of what belongs to none.
pub const GLOBAL: &str = "global";

/// Puts the assets of one account on the list.
struct Lister<'a> {
    facts: &'a AccountFacts,
    engagement: &'a Engagement,
    region: &'a str,
    found: &'a mut Inventory,
}

/// What differs from asset to asset; the rest follows from where it was found.
struct Found {
    kind: &'static str,
    arn: String,
    name: String,
    tags: Option<tags::Tags>,
    public: Property,
    encrypted: Property,
    logged: Property,
    details: String,
}

impl Found {
    /// An asset to which being public, encrypted or logged does not apply.
    fn setting(kind: &'static str, arn: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            kind,
            arn: arn.into(),
            name: name.into(),
            tags: None,
            public: Property::NotApplicable,
            encrypted: Property::NotApplicable,
            logged: Property::NotApplicable,
            details: String::new(),
        }
    }

    /// An asset whose settings a scan does not read.
    fn unread(kind: &'static str, arn: impl Into<String>, name: impl Into<String>) -> Self {
        let unknown = || Property::Unknown("a scan does not read it for this kind".to_owned());
        Self { public: unknown(), encrypted: unknown(), logged: unknown(), ..Self::setting(kind, arn, name) }
    }

    fn details(mut self, details: impl Into<String>) -> Self {
        self.details = details.into();
        self
    }
}

impl Lister<'_> {
    fn push(&mut self, found: Found, evidence: &[EvidenceRef]) {
        self.push_in(self.region.to_owned(), found, evidence);
    }

    fn push_in(&mut self, region: String, found: Found, evidence: &[EvidenceRef]) {
        let asset = self.asset(region, found, evidence);
        self.found.assets.push(asset);
    }

    fn asset(&self, region: String, found: Found, evidence: &[EvidenceRef]) -> Asset {
        let account = &self.facts.account;
        let declared = self.engagement.scope.accounts.iter().find(|declared| &declared.id == account);
        let tags = found.tags.as_ref();
        let by_tag = |property: fn(&tags::Tags) -> Property| {
            tags.map_or_else(|| Property::Unknown("a scan does not read the tags of this kind".to_owned()), property)
        };
        let environment = match declared.and_then(|declared| declared.environment.clone()) {
            Some(environment) => Property::Is(environment),
            None => by_tag(tags::Tags::environment),
        };
        Asset {
            owner: by_tag(tags::Tags::owner),
            data_class: by_tag(tags::Tags::data_class),
            environment,
            scope: scope::place(self.engagement, account, &region, found.kind),
            account: account.clone(),
            region,
            arn: found.arn,
            name: found.name,
            kind: found.kind,
            public: found.public,
            encrypted: found.encrypted,
            logged: found.logged,
            details: found.details,
            evidence: evidence.to_vec(),
        }
    }

    /// What a family tells; where it could not be read, its kinds are not complete.
    fn read<'f, T>(&mut self, fact: &'f Observed<T>, kinds: &[&'static str]) -> Option<(&'f T, &'f [EvidenceRef])> {
        match fact.get() {
            Ok(value) => Some((value, fact.evidence())),
            Err(gap) => {
                self.gap(gap, kinds);
                None
            }
        }
    }

    fn gap(&mut self, gap: &Gap, kinds: &[&'static str]) {
        self.incomplete(self.region.to_owned(), kinds, gap.to_string());
    }

    fn incomplete(&mut self, region: String, kinds: &[&'static str], why: String) {
        let account = self.facts.account.clone();
        self.found.incomplete.push(Incomplete { account, region, kinds: kinds.to_vec(), why });
    }

    /// Regions that are enabled and were not asked; or that nobody could list.
    fn unread_regions(&mut self) {
        let all = match self.facts.global.all_regions.get() {
            Ok(all) => all,
            Err(gap) => {
                let why = format!("whether there are other regions is not known: {gap}");
                return self.incomplete(GLOBAL.to_owned(), &[EVERY_REGIONAL_KIND], why);
            }
        };
        let (account, scope) = (&self.facts.account, &self.engagement.scope);
        // What an approved exclusion takes out of the scope is not lacking in it.
        let lacks = |region: &str| scope.exclusion(account, region, "").is_none();
        let unread = all.iter().filter(|r| r.is_enabled() && !self.facts.regions.contains_key(&r.name));
        let unread: Vec<String> =
            unread.filter(|region| lacks(&region.name)).map(|region| region.name.clone()).collect();
        for region in unread {
            let why = "the region is enabled, and the scan did not ask it".to_owned();
            self.incomplete(region, &[EVERY_REGIONAL_KIND], why);
        }
    }

    /// Second counts that do not agree with what was read.
    fn totals(&mut self) {
        let facts = self.facts;
        for total in facts.control_totals.iter().filter(|total| !total.ties()) {
            let (read, by) = (total.counted, &total.counted_by);
            let why =
                format!("{}: {read} were read by {by}, {} says {}", total.population, total.tied_to, total.expected);
            self.incomplete(GLOBAL.to_owned(), &[], why);
        }
    }

    /// What AWS Config counts in the region at hand.
    fn discovered(&mut self, facts: &RegionalFacts) {
        let counts = match facts.discovered_counts.get() {
            Ok(Some(counts)) => counts,
            Ok(None) => return,
            // An older run did not ask.
            Err(gap) if gap.kind == GapKind::NotCollected => return,
            Err(gap) => {
                self.found.uncounted.push(format!("{} {}: {gap}", self.facts.account, self.region));
                return;
            }
        };
        let (account, region, evidence) = (&self.facts.account, self.region, facts.discovered_counts.evidence());
        self.found.discovered.extend(counts.iter().map(|counted| Discovered {
            account: account.clone(),
            region: region.to_owned(),
            kind: counted.kind.clone(),
            count: counted.count,
            evidence: evidence.to_vec(),
        }));
    }

    /// An ARN of the account in the region at hand.
    fn arn(&self, service: &str, resource: &str) -> String {
        let AccountFacts { partition, account, .. } = self.facts;
        format!("arn:{partition}:{service}:{}:{account}:{resource}", self.region)
    }
}

/// In the place of a kind: all that belong to a region.
pub const EVERY_REGIONAL_KIND: &str = "every kind that belongs to a region";

/// The last part of an ARN, after the last `/` or `:`.
fn short(arn: &str) -> &str {
    arn.rsplit(['/', ':']).next().unwrap_or(arn)
}

#[cfg(test)]
mod tests;
