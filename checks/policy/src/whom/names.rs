//! What callers are called: ARNs and ids of those that anybody could be, and of those that conditions name.

use super::candidate::Kind;
use super::constants::{Constants, STRANGER};
use super::witness::{MARK, of_arns, ways, witness};
use crate::template::{Token, tokens};

/// Where the ARN of a caller comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Made {
    /// Made up: any of the account.
    Up,
    /// A condition names it.
    Named,
    /// A condition names it, and it tells no account.
    Resource,
}

/// ARNs as `aws:PrincipalArn` has them, without `arn:PARTITION:`; `{}` stands for the account. Of a session it is the role's.
///
/// Source: IAM User Guide, "AWS global condition context keys", `aws:PrincipalArn`, read 2026-11-30.
const PRINCIPALS: [&str; 4] = ["iam::{}:root", "iam::{}:user/?*", "iam::{}:role/?*", "sts::{}:federated-user/?*"];

/// A name that no policy has.
fn nameless() -> String {
    MARK.to_string().repeat(8)
}

/// The texts of a form that patterns match, for each pattern and each way in which its stars can hold something.
fn meeting<'p>(patterns: &'p [Vec<Token>], with: &str) -> Vec<(&'p Vec<Token>, String)> {
    let with = tokens(with, true);
    let each = patterns.iter().flat_map(|pattern| ways(pattern).into_iter().map(move |way| (pattern, way)));
    let mut all: Vec<(&Vec<Token>, String)> =
        each.filter_map(|(pattern, way)| Some((pattern, of_arns(&way, &with, 'x')?))).collect();
    // What a star has made of colons is nobody's ARN.
    all.retain(|(_, arn)| arn.matches(':').count() == 5);
    all.dedup_by(|one, other| one.1 == other.1);
    all
}

/// Principals of an account whom conditions name by `aws:PrincipalArn`: the ARN, and the pattern as it is written.
pub(super) fn principals(
    constants: &Constants,
    partition: &str,
    account: &str,
    forms: &[&str],
) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for form in PRINCIPALS.iter().chain(forms) {
        let with = format!("arn:{partition}:{}", form.replace("{}", account));
        found.extend(meeting(&constants.arns, &with).into_iter().map(|(pattern, arn)| (arn, written(pattern))));
    }
    found.sort();
    found.dedup();
    found
}

/// Roles of accounts that nobody names, as the pattern of a resource takes them in: one by the pattern as it is, and one more
/// for each star that can hold what no policy writes.
pub(super) fn strangers_roles(pattern: &str) -> Vec<String> {
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    let wild = |at: usize| parts.get(at).filter(|text| text.contains(['*', '?']));
    let partition = parts.get(1).filter(|_| parts.len() == 6 && wild(1).is_none()).unwrap_or(&"aws");
    // A part of the number still means whoever gets such a number.
    let account = if parts.len() == 6 && wild(4).is_some() { "????????????" } else { STRANGER };
    // A character that the pattern leaves open is no name.
    let open = parts.last().is_some_and(|name| name.contains('?'));
    let patterns = [tokens(pattern, true)];
    let all = meeting(&patterns, &format!("arn:{partition}:iam::{account}:role/?*"));
    // It is the name that has to be open.
    let of_account = |arn: &String| arn.splitn(6, ':').take(5).all(|part| !part.contains(MARK));
    let roles = all.into_iter().map(|(_, arn)| arn).filter(of_account);
    roles.map(|arn| if open { format!("{arn}{MARK}") } else { arn }).collect()
}

fn written(pattern: &[Token]) -> String {
    let one = |token: &Token| match token {
        Token::Star => '*',
        Token::One => '?',
        Token::Char(c) => *c,
    };
    pattern.iter().map(one).collect()
}

/// ARNs of a caller of an account, or of what a service works for.
pub(super) fn arns(
    constants: &Constants,
    partition: &str,
    kind: Kind<'_>,
    account: &str,
    arn: Option<&str>,
) -> Vec<(String, Made)> {
    if let Some(arn) = arn {
        return vec![(of_session(arn), Made::Up)];
    }
    let name = nameless();
    match kind {
        Kind::Principal if constants.arns.is_empty() => {
            vec![(format!("arn:{partition}:iam::{account}:role/{name}"), Made::Up)]
        }
        Kind::Principal => {
            let made_up = [format!("role/{name}"), format!("user/{name}"), "root".to_owned()];
            let made_up = made_up.iter().map(|name| (format!("arn:{partition}:iam::{account}:{name}"), Made::Up));
            let named = principals(constants, partition, account, &[]).into_iter().map(|(arn, _)| (arn, Made::Named));
            made_up.chain(named).collect()
        }
        Kind::Anonymous => vec![(String::new(), Made::Up)],
        Kind::Service(..) => {
            let mut all = vec![(format!("arn:{partition}:zz:us-east-1:{account}:zz/{name}"), Made::Up)];
            if constants.sources.is_empty() {
                return all;
            }
            let of_account = meeting(&constants.sources, &format!("arn:{partition}:?*:*:{account}:?*"));
            let of_account = of_account.into_iter().filter(|(_, arn)| arn.split(':').nth(4) == Some(account));
            all.extend(of_account.map(|(_, arn)| (arn, Made::Up)));
            // An ARN of a bucket or of an API tells no account.
            let of_none = meeting(&constants.sources, &format!("arn:{partition}:?*:*::?*"));
            let of_none = of_none.into_iter().filter(|(_, arn)| arn.split(':').nth(4) == Some(""));
            all.extend(of_none.map(|(pattern, arn)| {
                let made = if *pattern == tokens(&arn, false) { Made::Resource } else { Made::Up };
                (arn, made)
            }));
            all.push((format!("arn:{partition}:s3:::{name}"), Made::Up));
            all
        }
    }
}

/// Ids of users and sessions, and whether a condition names one.
pub(super) fn users(constants: &Constants, account: &str) -> Vec<(String, bool)> {
    let mut all = vec![(format!("AROA0STRANGER00000000:{}", nameless()), false)];
    for pattern in constants.users.iter().flat_map(|pattern| ways(pattern)) {
        for with in ["AROA0STRANGER00000000:?*", "AIDA0STRANGER00000000", account] {
            all.extend(witness(&pattern, &tokens(with, true), 'x').map(|id| (id, false)));
        }
        all.extend(witness(&pattern, &[Token::One, Token::Star], 'x').map(|id| (id, true)));
    }
    all
}

/// External ids, and whether each is one that a condition names.
pub(super) fn externals(constants: &Constants) -> Vec<(Option<String>, bool)> {
    let mut all = vec![(None, false)];
    if constants.asks(&["sts:externalid"]) {
        all.push((Some(nameless().repeat(2)), false));
        all.extend(constants.external.iter().map(|(id, told)| (Some(id.clone()), *told)));
    }
    all
}

/// The role's ARN for a session's, as `aws:PrincipalArn` has it, without the path.
fn of_session(arn: &str) -> String {
    match arn.split_once(":assumed-role/") {
        Some((before, rest)) => {
            let role = rest.split('/').next().unwrap_or(rest);
            format!("{}:role/{role}", before.replacen(":sts:", ":iam:", 1))
        }
        None => arn.to_owned(),
    }
}
