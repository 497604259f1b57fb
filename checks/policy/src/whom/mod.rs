//! Whom a statement that names principals lets in: which callers can meet its conditions.
//!
//! A condition guards only if somebody who is not meant fails it. So callers that anybody could be (an account, an
//! organization, an address, an endpoint that no policy names) are put to the statement, and beside them every account,
//! organization, resource, network and external id that its conditions do name, each with the keys that such a caller's
//! request holds; a key that it lacks is missing. Who passes is let in.

mod candidate;
mod constants;
pub mod deputies;
pub mod issuers;
mod names;
mod network;
mod party;
mod standing;
mod witness;

use candidate::{Candidate, Kind, Network};
use constants::{Constants, FOREIGN, STRANGER};
use names::{Made, arns, externals, users};
use network::{ADDRESSES, narrow_range_holds};
pub use party::{Asks, Party, Reach, Who};
pub use standing::{Answer, Organization, Standing, WhoIsWho, Whose, answer};

use crate::compile::Compiled;
use crate::document::{Listed, PrincipalEntry, is_account_id};
use crate::template::tokens;
use crate::truth::Truth;
pub use witness::MARK;
use witness::witness;

/// Where a policy stands.
#[derive(Debug, Clone, Copy)]
pub struct Home<'a> {
    /// The account that owns it.
    pub account: &'a str,
    /// That account's organization, if one is known.
    pub organization: Option<&'a str>,
    /// The partition.
    pub partition: &'a str,
    /// The time that is asked about.
    pub now: &'a str,
    /// Whether a request that is not signed can be meant: of objects and messages, not of roles.
    pub anonymous: bool,
}

/// Callers that are put to a statement at the most.
const MOST: usize = 40_000;

/// Whom an Allow statement lets in, one party for each way of being let in; the `denies` are those statements of the same
/// policy that take back from everybody what this one grants.
#[must_use]
pub fn lets_in(statement: &Compiled, denies: &[&Compiled], home: &Home<'_>) -> Vec<Party> {
    let Some(principals) = &statement.source.principals else { return Vec::new() };
    // Everybody but those listed is everybody.
    let everybody = [PrincipalEntry::Anyone];
    let entries = if principals.not { &everybody[..] } else { &principals.entries };
    let mut found: Vec<Party> = entries.iter().flat_map(|entry| lets_in_as(statement, entry, denies, home)).collect();
    found.sort();
    found.dedup();
    found
}

/// Whom it lets in by one entry of its principals.
#[must_use]
pub fn lets_in_as(statement: &Compiled, entry: &PrincipalEntry, denies: &[&Compiled], home: &Home<'_>) -> Vec<Party> {
    let constants = Constants::of(denies.iter().copied().chain([statement]), home);
    Asked { statement, denies, home, constants }.entry(entry)
}

/// The Deny statements of a policy that mean everybody and speak of what a statement grants.
#[must_use]
pub fn taking_back<'p>(statements: &'p [Compiled], statement: &Compiled) -> Vec<&'p Compiled> {
    let everybody = |listed: &Listed<PrincipalEntry>| !listed.not && listed.entries.contains(&PrincipalEntry::Anyone);
    let of_all = |deny: &&Compiled| {
        let actions = &statement.source.actions;
        // A Deny that leaves some of the actions or resources alone takes back a part only.
        let wholly = !actions.not
            && !deny.source.actions.not
            && actions.entries.iter().all(|action| {
                deny.source.actions.entries.iter().any(|denied| {
                    crate::template::covers(
                        &tokens(&denied.to_ascii_lowercase(), true),
                        &tokens(&action.to_ascii_lowercase(), true),
                    )
                })
            });
        let there = deny.covers_everything() || deny.source.resources == statement.source.resources;
        wholly && there && deny.source.principals.as_ref().is_some_and(everybody)
    };
    statements.iter().filter(|deny| !deny.allows() && !deny.source.doubtful).filter(of_all).collect()
}

/// Principals of an account that the conditions of a statement name by `aws:PrincipalArn`, those whom a Deny may exempt: for
/// each pattern and kind of principal one, and one more for each star with what no policy writes ([`MARK`]) in its place.
/// Each with its pattern. `forms` are further kinds (`iam::{}:role/PATH/?*`, `{}` for the account).
#[must_use]
pub fn named_principals(statement: &Compiled, home: &Home<'_>, forms: &[&str]) -> Vec<(String, String)> {
    let constants = Constants::of(std::iter::once(statement), home);
    names::principals(&constants, home.partition, home.account, forms)
}

/// Roles of accounts that nobody names whom the pattern of a resource takes in, none where it takes in none. One that holds
/// [`MARK`] is there by a pattern of names.
#[must_use]
pub fn strangers_roles(pattern: &str) -> Vec<String> {
    names::strangers_roles(pattern)
}

/// A statement, and what its conditions name.
struct Asked<'a> {
    statement: &'a Compiled,
    denies: &'a [&'a Compiled],
    home: &'a Home<'a>,
    constants: Constants,
}

impl Asked<'_> {
    fn entry(&self, entry: &PrincipalEntry) -> Vec<Party> {
        match entry {
            PrincipalEntry::Anyone => self.anyone(),
            PrincipalEntry::Account(text) => {
                let account = if is_account_id(text) { text } else { text.split(':').nth(4).unwrap_or(text) };
                self.principals(Some(account), None)
            }
            PrincipalEntry::Arn(arn) => match arn.split(':').nth(4) {
                Some(account) if is_account_id(account) => self.principals(Some(account), Some(arn)),
                _ => vec![Party::new(Who::Unclear(arn.clone()))],
            },
            PrincipalEntry::Id(id) => vec![Party::new(Who::Gone(id.clone()))],
            PrincipalEntry::Service(name) => self.service(name),
            PrincipalEntry::Federated(name) => {
                let host = name.split_once(":oidc-provider/").map(|(_, host)| host);
                let party = |who| {
                    let mut party = Party::new(who);
                    party.account = Reach::Any;
                    vec![party]
                };
                match host {
                    Some(host) => party(Who::Web(host.to_owned())),
                    None if name.contains(":saml-provider/") => party(Who::Saml(name.clone())),
                    None => party(Who::Web(name.clone())),
                }
            }
            PrincipalEntry::Canonical(id) => vec![Party::new(Who::Canonical(id.clone()))],
        }
    }

    /// Everybody: principals of any account, services, and whoever does not sign.
    fn anyone(&self) -> Vec<Party> {
        let mut found = self.callers(None, None);
        let open = |party: &Party| party.account == Reach::Any && party.organization == Reach::Any;
        if self.home.anonymous {
            found.extend(self.gather(&[Kind::Anonymous], &[STRANGER], None));
        }
        if !found.iter().any(|party| open(party) && party.asks.is_nothing() && party.who == Who::Principal(None)) {
            found.extend(self.services("*"));
        }
        self.or_unsure(narrowest(found), Kind::Principal, STRANGER)
    }

    /// Who was found; where nobody was, whoever it is of whom that is not certain.
    fn or_unsure(&self, found: Vec<Party>, kind: Kind<'_>, account: &str) -> Vec<Party> {
        let unclear = self.constants.unsure();
        if !found.is_empty() || unclear.is_empty() {
            return found;
        }
        vec![self.party(kind, account, None, None, Asks { unclear, ..Asks::default() })]
    }

    /// The accounts that are put to the statement: made up, then those that it names.
    fn accounts(&self) -> Vec<&str> {
        let constants = &self.constants;
        let mut all = vec![STRANGER];
        if constants.asks(&[
            "aws:principalaccount",
            "aws:principalarn",
            "aws:source",
            "aws:vpceaccount",
            "kms:calleraccount",
        ]) {
            all.extend(constants.like.iter().map(String::as_str));
            all.push(self.home.account);
            all.extend(constants.accounts.iter().map(String::as_str));
        }
        all
    }

    fn principals(&self, account: Option<&str>, arn: Option<&str>) -> Vec<Party> {
        let found = self.or_unsure(self.callers(account, arn), Kind::Principal, account.unwrap_or(STRANGER));
        let who = |mut party: Party| {
            if let Some(account) = account {
                party.account = Reach::One(account.to_owned());
                party.who = Who::Principal(arn.map(str::to_owned));
            }
            party
        };
        narrowest(found.into_iter().map(who).collect())
    }

    /// Principals of an account, or of any.
    fn callers(&self, account: Option<&str>, arn: Option<&str>) -> Vec<Party> {
        let accounts = account.map_or_else(|| self.accounts(), |account| vec![account]);
        self.gather(&[Kind::Principal], &accounts, arn)
    }

    fn service(&self, name: &str) -> Vec<Party> {
        self.or_unsure(self.services(name), Kind::Service(name, true), STRANGER)
    }

    fn services(&self, name: &str) -> Vec<Party> {
        self.gather(&[Kind::Service(name, true), Kind::Service(name, false)], &self.accounts(), None)
    }

    /// Puts callers of some kinds and accounts to the statement, from every organization, network and so on.
    fn gather(&self, kinds: &[Kind<'_>], accounts: &[&str], arn: Option<&str>) -> Vec<Party> {
        let constants = &self.constants;
        if self.statement.source.conditions.is_empty() && self.denies.is_empty() {
            let who = |kind: &Kind<'_>, account: &&str| self.party(*kind, account, None, None, Asks::default());
            let all = kinds.iter().flat_map(|kind| accounts.iter().map(move |account| who(kind, account)));
            return all.collect();
        }
        let organizations = self.organizations();
        let (networks, externals) = (self.networks(), externals(constants));
        let told: Vec<_> =
            networks.iter().flat_map(|network| externals.iter().map(move |external| (network, external))).collect();
        let (mut found, mut put) = (Vec::new(), 0_usize);
        'all: for (kind, account) in kinds.iter().flat_map(|kind| accounts.iter().map(move |account| (kind, account))) {
            let users = users(constants, account);
            let arns = arns(constants, self.home.partition, *kind, account, arn);
            let names: Vec<_> = arns.iter().flat_map(|arn| users.iter().map(move |user| (arn, user))).collect();
            for organization in &organizations {
                // Of the own account it is known where it is.
                if *account == self.home.account
                    && self.home.organization.is_some()
                    && *organization != self.home.organization
                    && organizations.contains(&self.home.organization)
                {
                    continue;
                }
                let paths = self.paths(*organization);
                for (path, (named, user)) in paths.iter().flat_map(|path| names.iter().map(move |name| (path, name))) {
                    for (network, (external, is_told)) in &told {
                        put += 1;
                        if put > MOST {
                            break 'all;
                        }
                        let candidate = Candidate {
                            home: self.home,
                            kind: *kind,
                            account,
                            organization: *organization,
                            path,
                            arn: &named.0,
                            user: &user.0,
                            network: **network,
                            external: external.as_deref(),
                            bare: true,
                        };
                        let Some(mut unclear) = self.passes(candidate) else { continue };
                        if user.1 {
                            unclear.push("aws:userid".to_owned());
                        }
                        let asks = Asks {
                            arn: named.1 == Made::Named,
                            external_id: *is_told,
                            network: matches!(network, Network::Named(..)),
                            unclear,
                        };
                        let resource = (named.1 == Made::Resource).then_some(named.0.as_str());
                        found.push(self.party(*kind, account, *organization, resource, asks));
                    }
                }
            }
        }
        if put > MOST || constants.too_many {
            let unclear = vec!["more values than are looked at".to_owned()];
            let asks = Asks { unclear, ..Asks::default() };
            found.extend(kinds.iter().map(|kind| self.party(*kind, STRANGER, None, None, asks.clone())));
        }
        narrowest(found)
    }

    fn party(
        &self,
        kind: Kind<'_>,
        account: &str,
        organization: Option<&str>,
        resource: Option<&str>,
        asks: Asks,
    ) -> Party {
        let constants = &self.constants;
        let made_up = account == STRANGER
            || (constants.like.contains(account)
                && !constants.accounts.contains(account)
                && account != self.home.account);
        let foreign = |id: &&str| *id == FOREIGN || constants.foreign.contains(*id);
        Party {
            who: match kind {
                Kind::Principal => Who::Principal(None),
                Kind::Anonymous => Who::Unsigned,
                Kind::Service(name, _) => Who::Service(name.to_owned()),
            },
            account: if made_up { Reach::Any } else { Reach::One(account.to_owned()) },
            organization: match organization.filter(|id| !foreign(id) || self.home.organization == Some(*id)) {
                Some(id) if constants.asks(&["aws:principalorg", "aws:sourceorg", "aws:vpceorg"]) => {
                    Reach::One(id.to_owned())
                }
                _ => Reach::Any,
            },
            resource: resource.map(str::to_owned),
            asks,
        }
    }

    /// Whether a caller meets the statement; the keys of conditions of which that is not known.
    fn passes(&self, mut candidate: Candidate<'_>) -> Option<Vec<String>> {
        for bare in [true, false] {
            candidate.bare = bare;
            if self.statement.holds(&candidate) == Truth::False {
                continue;
            }
            if self.denies.iter().any(|deny| deny.holds(&candidate).certain()) {
                continue;
            }
            // A Deny of which it is not known whether it holds may keep the caller out.
            let denies = self.denies.iter().filter(|deny| deny.holds(&candidate).possible());
            let open = denies.chain([&self.statement]).flat_map(|statement| statement.open_conditions(&candidate));
            let keys = open.map(|condition| condition.key.to_ascii_lowercase());
            let mut unclear: Vec<String> = keys.filter(|key| !candidate::is_free(key)).collect();
            unclear.sort();
            unclear.dedup();
            return Some(unclear);
        }
        None
    }

    fn organizations(&self) -> Vec<Option<&str>> {
        let constants = &self.constants;
        let mut all = vec![None];
        if constants.asks(&["aws:principalorg", "aws:sourceorg", "aws:vpceorg"]) {
            all.push(Some(FOREIGN));
            all.extend(constants.foreign.iter().map(|id| Some(id.as_str())));
            all.extend(self.home.organization.map(Some));
            all.extend(constants.organizations.iter().map(|id| Some(id.as_str())));
        }
        all
    }

    /// Paths of an account in an organization.
    fn paths(&self, organization: Option<&str>) -> Vec<Vec<String>> {
        let Some(id) = organization else { return vec![Vec::new()] };
        let any = tokens(&format!("{id}/*"), true);
        let mut all = vec![vec![format!("{id}/r-zz0/ou-zz0-stranger/")]];
        all.extend(self.constants.paths.iter().filter_map(|path| witness(path, &any, 'x')).map(|path| vec![path]));
        all
    }

    fn networks(&self) -> Vec<Network<'_>> {
        let constants = &self.constants;
        if !constants.asks(&["aws:sourceip", "aws:vpcsource", "aws:sourcevpc", "aws:vpce"]) {
            return vec![Network::Address(ADDRESSES[0])];
        }
        // A narrow range that happens to hold one of them is not the internet.
        let narrow = |ip: &&&str| constants.ranges.iter().any(|(_, range)| narrow_range_holds(range, ip));
        let mut all: Vec<Network<'_>> =
            ADDRESSES.iter().filter(|ip| !narrow(ip)).map(|ip| Network::Address(ip)).collect();
        all.push(Network::Endpoint);
        all.extend(constants.networks.iter().map(|(key, value)| Network::Named(key, value)));
        if constants.asks(&["aws:vpceaccount", "aws:vpceorg"]) {
            all.push(Network::Named("aws:vpceaccount", ""));
        }
        all
    }
}

/// Without parties that another one includes.
fn narrowest(mut found: Vec<Party>) -> Vec<Party> {
    found.sort();
    found.dedup();
    let covered = |one: &Party, at: usize| {
        found
            .iter()
            .enumerate()
            .any(|(other, wider)| other != at && wider.includes(one) && !(one.includes(wider) && other > at))
    };
    let keep: Vec<bool> = found.iter().enumerate().map(|(at, one)| !covered(one, at)).collect();
    let mut keep = keep.into_iter();
    found.retain(|_| keep.next().unwrap_or(true));
    found
}
