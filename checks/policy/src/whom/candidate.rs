//! A caller that somebody could be, with the keys that AWS puts into such a caller's requests.
//!
//! Source: IAM User Guide, "AWS global condition context keys" (availability of each key), read 2026-11-30.

use super::Home;
use crate::context::{Context, Lookup};

/// What sort of caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind<'a> {
    /// A user, a role or a root of an account.
    Principal,
    /// Nobody in particular: the request is not signed.
    Anonymous,
    /// A service; whether it tells for whom it works.
    Service(&'a str, bool),
}

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Network<'a> {
    /// An address of the internet.
    Address(&'a str),
    /// An endpoint in a VPC of the caller's own.
    Endpoint,
    /// As a condition names it.
    Named(&'a str, &'a str),
}

/// A caller. What a request holds beside it is not told: the caller may set it, or it is not known here.
#[derive(Debug, Clone)]
pub(super) struct Candidate<'a> {
    pub(super) home: &'a Home<'a>,
    pub(super) kind: Kind<'a>,
    pub(super) account: &'a str,
    pub(super) organization: Option<&'a str>,
    pub(super) path: &'a [String],
    /// Of the caller, or of the resource that a service works for.
    pub(super) arn: &'a str,
    pub(super) user: &'a str,
    pub(super) network: Network<'a>,
    pub(super) external: Option<&'a str>,
    /// Keys that are not told are missing, not unknown.
    pub(super) bare: bool,
}

/// Keys that a caller sets as it likes, or that say nothing of who calls: `key why`; a star at the end of a key stands for
/// the rest.
const FREE: &str = include_str!("../../data/free_keys.txt");

/// Whether a key, in lower case, says nothing of who calls.
pub(super) fn is_free(key: &str) -> bool {
    let listed = FREE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_whitespace().next());
    listed.into_iter().any(|free| match free.strip_suffix('*') {
        Some(prefix) => key.starts_with(prefix),
        None => key == free,
    })
}

impl Context for Candidate<'_> {
    fn lookup(&self, key: &str) -> Lookup<'_> {
        let one = |text: &'_ str| Lookup::One(text.to_owned().into());
        let of = |text: Option<&str>| text.map_or(Lookup::Missing, one);
        let principal = self.kind == Kind::Principal;
        let told = matches!(self.kind, Kind::Service(_, true));
        match key {
            "aws:securetransport" => one("true"),
            "aws:currenttime" => one(self.home.now),
            "aws:resourceaccount" => one(self.home.account),
            "aws:resourceorgid" => self.home.organization.map_or(Lookup::Unknown, one),
            "aws:resourceorgpaths" => Lookup::Unknown,
            "aws:principalaccount" | "kms:calleraccount" => of(principal.then_some(self.account)),
            "aws:principalorgid" => of(self.organization.filter(|_| principal)),
            "aws:sourceorgid" => of(self.organization.filter(|_| told)),
            "aws:principalorgpaths" | "aws:sourceorgpaths" => {
                let there =
                    self.organization.is_some() && (told == (key == "aws:sourceorgpaths")) && (told || principal);
                if there && !self.path.is_empty() { Lookup::Many(self.path) } else { Lookup::Missing }
            }
            "aws:principalarn" => of(principal.then_some(self.arn)),
            "aws:principaltype" => match self.kind {
                Kind::Principal => Lookup::Unknown,
                Kind::Anonymous => one("Anonymous"),
                Kind::Service(..) => Lookup::Missing,
            },
            "aws:userid" => match self.kind {
                Kind::Principal => one(self.user),
                Kind::Anonymous => one("anonymous"),
                Kind::Service(..) => Lookup::Missing,
            },
            "aws:principalisawsservice" => one(if matches!(self.kind, Kind::Service(..)) { "true" } else { "false" }),
            "aws:principalservicename" => match self.kind {
                Kind::Service("*", _) => Lookup::Unknown,
                Kind::Service(name, _) => one(name),
                _ => Lookup::Missing,
            },
            "aws:principalservicenameslist" => match self.kind {
                Kind::Service(..) => Lookup::Unknown,
                _ => Lookup::Missing,
            },
            "aws:sourceaccount" | "aws:sourceowner" => of(told.then_some(self.account)),
            "aws:sourcearn" => of(told.then_some(self.arn)),
            "sts:externalid" => of(self.external.filter(|_| principal)),
            "aws:sourceip" => match self.network {
                Network::Address(ip) => one(ip),
                Network::Named("aws:sourceip", ip) => one(ip),
                _ => Lookup::Missing,
            },
            "aws:vpcsourceip" | "aws:sourcevpc" | "aws:sourcevpce" | "aws:sourcevpcarn" => match self.network {
                Network::Named(named, value) if named == key => one(value),
                Network::Endpoint => match key {
                    "aws:vpcsourceip" => one("10.77.13.9"),
                    "aws:sourcevpc" => one("vpc-0000000000stranger"),
                    "aws:sourcevpce" => one("vpce-000000000stranger"),
                    _ => one("arn:aws:ec2:us-east-1:000000000001:vpc/vpc-0000000000stranger"),
                },
                // Which others come along with the one that is named is not known.
                Network::Named(named, _) if named != "aws:sourceip" => Lookup::Unknown,
                _ => Lookup::Missing,
            },
            "aws:vpceaccount" | "aws:vpceorgid" | "aws:vpceorgpaths" => match (self.network, key) {
                (Network::Address(_) | Network::Named("aws:sourceip", _), _) => Lookup::Missing,
                (Network::Endpoint, "aws:vpceaccount") => one(self.account),
                (Network::Endpoint, "aws:vpceorgid") => of(self.organization),
                (Network::Endpoint, _) if self.organization.is_some() => Lookup::Many(self.path),
                (Network::Endpoint, _) => Lookup::Missing,
                (Network::Named(..), _) => Lookup::Unknown,
            },
            _ if self.bare && !is_free(key) => Lookup::Missing,
            _ => Lookup::Unknown,
        }
    }
}
