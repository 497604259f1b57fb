//! What the conditions of a statement name: the constants by which callers can be told apart.

use std::collections::BTreeSet;

use super::witness::witness;
use crate::compile::Compiled;
use crate::condition::{Base, Condition};
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
    /// Network by key: the values.
    pub(super) networks: Vec<(String, String)>,
    pub(super) external: BTreeSet<String>,
    /// There are more constants than are looked at.
    pub(super) too_many: bool,
}

impl Constants {
    /// Those of a statement, and of others that may take back what it grants.
    pub(super) fn of<'a>(statements: impl Iterator<Item = &'a Compiled>) -> Constants {
        let mut found = Constants::default();
        for condition in statements.flat_map(|statement| &statement.source.conditions) {
            found.add(condition);
        }
        found
    }

    /// Whether a key is asked about that begins so.
    pub(super) fn asks(&self, prefixes: &[&str]) -> bool {
        prefixes.iter().any(|prefix| self.keys.iter().any(|key| key.starts_with(prefix)))
    }

    fn add(&mut self, condition: &Condition) {
        let key = condition.key.to_ascii_lowercase();
        let wild = matches!(condition.operator.base, Base::Like | Base::Arn);
        if condition.values.len() > MOST {
            self.too_many = true;
        }
        for value in condition.values.iter().take(MOST) {
            self.constant(&key, value, wild);
        }
        self.keys.insert(key);
    }

    fn constant(&mut self, key: &str, value: &str, wild: bool) {
        let pattern = || pattern(value, wild);
        match key {
            "aws:principalaccount"
            | "aws:sourceaccount"
            | "aws:sourceowner"
            | "kms:calleraccount"
            | "aws:vpceaccount" => self.account(&pattern()),
            "aws:principalorgid" | "aws:sourceorgid" | "aws:vpceorgid" => self.organization(&pattern()),
            "aws:principalorgpaths" | "aws:sourceorgpaths" | "aws:vpceorgpaths" => {
                let path = pattern();
                let first: Vec<Token> = path.iter().copied().take_while(|t| *t != Token::Char('/')).collect();
                self.organization(&first);
                self.paths.push(path);
            }
            "aws:principalarn" | "aws:sourcearn" => {
                let arn = pattern();
                if let Some(account) = arn.split(|token| *token == Token::Char(':')).nth(4) {
                    self.account(account);
                }
                if key == "aws:principalarn" { self.arns.push(arn) } else { self.sources.push(arn) }
            }
            "aws:userid" => self.users.push(pattern()),
            "sts:externalid" => {
                self.external.extend(witness(&pattern(), &[Token::Star], 'x'));
            }
            "aws:sourceip" | "aws:vpcsourceip" | "aws:sourcevpc" | "aws:sourcevpce" | "aws:sourcevpcarn" => {
                let text = if wild { witness(&pattern(), &[Token::Star], 'x') } else { Some(value.to_owned()) };
                self.networks.extend(text.map(|text| (key.to_owned(), text)));
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

/// The tokens of a value; what a policy variable stands for is open.
fn pattern(value: &str, wild: bool) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = value;
    while let Some((before, inside)) = rest.split_once("${") {
        let Some((_, behind)) = inside.split_once('}') else { break };
        found.extend(tokens(before, wild));
        found.push(Token::Star);
        rest = behind;
    }
    found.extend(tokens(rest, wild));
    found
}
