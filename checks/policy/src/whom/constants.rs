//! What the conditions of a statement name: the constants by which callers can be told apart.

use std::collections::{BTreeMap, BTreeSet};

use super::Home;
use super::network::edges;
use super::witness::{ways, witness};
use crate::compile::Compiled;
use crate::condition::{Base, Condition, net};
use crate::document::is_account_id;
use crate::template::{Token, tokens};

/// An account that no policy names.
pub(super) const STRANGER: &str = "000000000001";
/// An organization that no policy names.
pub(super) const FOREIGN: &str = "o-0stranger0";

/// Constants at the most of each kind: what a policy has room for. Beyond them nothing is said.
const MOST: usize = 64;

/// What conditions name.
#[derive(Debug, Default)]
pub(super) struct Constants {
    /// Keys that are asked about, in lower case.
    keys: BTreeSet<String>,
    /// Accounts by their number.
    pub(super) accounts: BTreeSet<String>,
    /// Accounts that match a pattern, each made up.
    pub(super) like: BTreeSet<String>,
    pub(super) organizations: BTreeSet<String>,
    pub(super) foreign: BTreeSet<String>,
    /// Patterns of `aws:PrincipalOrgPaths` and of the source's.
    pub(super) paths: Vec<Vec<Token>>,
    pub(super) arns: Vec<Vec<Token>>,
    pub(super) sources: Vec<Vec<Token>>,
    pub(super) users: Vec<Vec<Token>>,
    /// Networks by key: addresses, and ids of others.
    pub(super) networks: Vec<(String, String)>,
    /// Ranges of addresses by key.
    pub(super) ranges: Vec<(String, String)>,
    /// External ids, and whether a condition says more of one than that there is one.
    pub(super) external: BTreeSet<(String, bool)>,
    /// Keys of which a value turns on a variable that each caller fills otherwise.
    variable: BTreeSet<String>,
    /// How many conditions ask that a key is like something.
    alike: BTreeMap<String, usize>,
    /// There are more constants than are looked at.
    pub(super) too_many: bool,
}

impl Constants {
    /// Those of a statement, and of others that may take back what it grants.
    pub(super) fn of<'a>(statements: impl Iterator<Item = &'a Compiled>, home: &Home<'_>) -> Constants {
        let mut found = Constants::default();
        for statement in statements {
            for condition in &statement.source.conditions {
                found.add(condition, statement.allows(), home);
            }
        }
        for key in ["aws:sourceip", "aws:vpcsourceip"] {
            let ranges: Vec<&str> =
                found.ranges.iter().filter(|(of, _)| of == key).map(|(_, range)| range.as_str()).collect();
            found.networks.extend(edges(&ranges).into_iter().map(|address| (key.to_owned(), address)));
        }
        found
    }

    /// Keys of which it is not certain that nobody meets what is asked, where nobody was found: by a variable, or because
    /// several patterns have to be met by one value.
    pub(super) fn unsure(&self) -> Vec<String> {
        let together = self.alike.iter().filter(|(_, conditions)| **conditions > 1).map(|(key, _)| key);
        self.variable.iter().chain(together).cloned().collect::<BTreeSet<String>>().into_iter().collect()
    }

    /// Whether a key is asked about that begins so.
    pub(super) fn asks(&self, prefixes: &[&str]) -> bool {
        prefixes.iter().any(|prefix| self.keys.iter().any(|key| key.starts_with(prefix)))
    }

    fn add(&mut self, condition: &Condition, allows: bool, home: &Home<'_>) {
        let key = condition.key.to_ascii_lowercase();
        let wild = matches!(condition.operator.base, Base::Like | Base::Arn);
        if condition.values.len() > MOST {
            self.too_many = true;
        }
        let patterns: Vec<(&String, Vec<Token>, bool)> = condition
            .values
            .iter()
            .take(MOST)
            .map(|value| {
                let (pattern, variable) = pattern(value, wild, home);
                (value, pattern, variable)
            })
            .collect();
        let open = |pattern: &[Token]| pattern.iter().any(|token| !matches!(token, Token::Char(_)));
        if allows != condition.operator.negated && patterns.iter().any(|(_, pattern, _)| open(pattern)) {
            *self.alike.entry(key.clone()).or_default() += 1;
        }
        for (value, pattern, variable) in patterns {
            if variable {
                self.variable.insert(key.clone());
            }
            self.constant(&key, value, pattern);
        }
        self.keys.insert(key);
    }

    fn constant(&mut self, key: &str, value: &str, pattern: Vec<Token>) {
        match key {
            "aws:principalaccount"
            | "aws:sourceaccount"
            | "aws:sourceowner"
            | "kms:calleraccount"
            | "aws:vpceaccount" => self.account(&pattern),
            "aws:principalorgid" | "aws:sourceorgid" | "aws:vpceorgid" => self.organization(&pattern),
            "aws:principalorgpaths" | "aws:sourceorgpaths" | "aws:vpceorgpaths" => {
                let first: Vec<Token> = pattern.iter().copied().take_while(|t| *t != Token::Char('/')).collect();
                self.organization(&first);
                self.paths.push(pattern);
            }
            "aws:principalarn" | "aws:sourcearn" => {
                if let Some(account) = pattern.split(|token| *token == Token::Char(':')).nth(4) {
                    self.account(account);
                }
                if key == "aws:principalarn" { self.arns.push(pattern) } else { self.sources.push(pattern) }
            }
            "aws:userid" => self.users.push(pattern),
            "sts:externalid" => {
                // Wildcards alone ask for any id.
                let told = pattern.iter().any(|token| matches!(token, Token::Char(_)));
                let ids = ways(&pattern).into_iter().filter_map(|way| witness(&way, &[Token::Star], 'x'));
                self.external.extend(ids.map(|id| (id, told)));
            }
            "aws:sourceip" | "aws:vpcsourceip" if net(value).is_some() => {
                self.ranges.push((key.to_owned(), value.to_owned()));
            }
            "aws:sourceip" | "aws:vpcsourceip" | "aws:sourcevpc" | "aws:sourcevpce" | "aws:sourcevpcarn" => {
                let texts = ways(&pattern).into_iter().filter_map(|way| witness(&way, &[Token::Star], 'x'));
                self.networks.extend(texts.map(|text| (key.to_owned(), text)));
            }
            _ => {}
        }
    }

    fn account(&mut self, pattern: &[Token]) {
        let Some(number) = witness(pattern, &[Token::One; 12], '0').filter(|number| is_account_id(number)) else {
            return;
        };
        let fixed = pattern.iter().all(|token| matches!(token, Token::Char(_)));
        if fixed {
            self.accounts.insert(number)
        } else {
            self.like.insert(number)
        };
    }

    fn organization(&mut self, pattern: &[Token]) {
        let Some(id) = witness(pattern, &[Token::One, Token::Star], '0') else { return };
        let fixed = pattern.iter().all(|token| matches!(token, Token::Char(_)));
        if fixed {
            self.organizations.insert(id)
        } else {
            self.foreign.insert(id)
        };
    }
}

/// The tokens of a value, and whether a variable is in it that each caller fills otherwise: what that stands for is open.
fn pattern(value: &str, wild: bool, home: &Home<'_>) -> (Vec<Token>, bool) {
    let (mut found, mut variable) = (Vec::new(), false);
    let mut rest = value;
    while let Some((before, inside)) = rest.split_once("${") {
        let Some((name, behind)) = inside.split_once('}') else { break };
        found.extend(tokens(before, wild));
        let key = name.split(',').next().unwrap_or(name).trim().to_ascii_lowercase();
        let known = match key.as_str() {
            "*" | "?" | "$" => Some(name),
            "aws:resourceaccount" => Some(home.account).filter(|account| !account.is_empty()),
            "aws:resourceorgid" => home.organization,
            _ => None,
        };
        match known {
            Some(text) => found.extend(tokens(text, false)),
            None => {
                found.push(Token::Star);
                variable = true;
            }
        }
        rest = behind;
    }
    found.extend(tokens(rest, wild));
    (found, variable)
}
