//! Hand-written files of every shape.

use std::sync::Arc;

use super::*;

const FULL: &str = r#"{
  "UserDetailList": [{
    "Path": "/", "UserName": "ann", "UserId": "AIDA1", "Arn": "arn:aws:iam::111122223333:user/ann",
    "CreateDate": "2025-01-15T08:30:00+00:00",
    "UserPolicyList": [{"PolicyName": "own", "PolicyDocument": {"Version": "2012-10-17",  "Statement": []}}],
    "GroupList": ["ops", "d\u00e9v\"s"],
    "AttachedManagedPolicies": [{"PolicyName": "P", "PolicyArn": "arn:aws:iam::111122223333:policy/P"}],
    "PermissionsBoundary": {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/B"},
    "Tags": [{"Key": "team", "Value": "a\\b"}, {"Key": "empty"}], "Later": {"x": [1, null]}
  }, {"UserName": "bob", "Arn": "arn:aws:iam::111122223333:user/x/bob", "UserPolicyList": null, "Tags": null, "PermissionsBoundary": null}],
  "GroupDetailList": [{
    "GroupName": "ops", "Arn": "arn:aws:iam::111122223333:group/ops",
    "GroupPolicyList": [{"PolicyName": "g", "PolicyDocument": "%7B%22Version%22%3A%20%222012-10-17%22%2C%20%20%22Statement%22%3A%20%5B%5D%7D"}],
    "AttachedManagedPolicies": [{"PolicyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}]
  }],
  "RoleDetailList": [{
    "Path": "/aws-service-role/x.amazonaws.com/", "RoleName": "r", "RoleId": "AROA1",
    "Arn": "arn:aws:iam::111122223333:role/aws-service-role/x.amazonaws.com/r",
    "AssumeRolePolicyDocument": "{\"Version\": \"2012-10-17\",  \"Statement\": []}",
    "InstanceProfileList": [{"InstanceProfileName": "i", "Arn": "arn:aws:iam::111122223333:instance-profile/i", "Roles": [{}]}],
    "RoleLastUsed": {"LastUsedDate": "2026-01-01T00:00:00+00:00", "Region": "us-east-1"}
  }, {
    "RoleName": "s", "Arn": "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/s",
    "AssumeRolePolicyDocument": {}, "RoleLastUsed": {}
  }, {"RoleName": "t", "Arn": "arn:aws:iam::111122223333:role/t", "AssumeRolePolicyDocument": {}}],
  "Policies": [{
    "PolicyName": "P", "Arn": "arn:aws:iam::111122223333:policy/P", "DefaultVersionId": "v2", "AttachmentCount": 3,
    "PolicyVersionList": [
      {"VersionId": "v3", "IsDefaultVersion": false, "Document": {"Id": "3"}},
      {"VersionId": "v2", "IsDefaultVersion": true, "Document": {"Id": "2"}}]
  }, {
    "PolicyName": "ReadOnlyAccess", "Arn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "PolicyVersionList": [{"VersionId": "v9", "IsDefaultVersion": true, "Document": {"Id": "9"}}]
  }]
}"#;

fn user(account: &str, name: &str) -> String {
    format!(r#"{{"UserName": "{name}", "Arn": "arn:aws:iam::{account}:user/{name}"}}"#)
}

fn users(account: &str, name: &str, rest: &str) -> String {
    format!(r#"{{"UserDetailList": [{}]{rest}}}"#, user(account, name))
}

fn aws(rest: &str) -> String {
    format!(
        r#"{{"Policies": [{{"PolicyName": "A", "Arn": "arn:aws:iam::aws:policy/A", "PolicyVersionList": [
            {{"VersionId": "v1", "IsDefaultVersion": true, "Document": {{}}}}]}}]{rest}}}"#
    )
}

fn load(text: &str) -> Vec<AccountData> {
    AccountData::from_details(text).unwrap()
}

fn error(text: &str) -> String {
    AccountData::from_details(text).unwrap_err().to_string()
}

#[test]
fn everything_of_one_account() {
    let accounts = load(FULL);
    let [account] = accounts.as_slice() else { panic!("{accounts:?}") };
    assert_eq!((account.account.as_str(), account.partition.as_str(), account.complete), ("111122223333", "aws", true));

    let ann = &account.users[0];
    assert_eq!(ann.id.as_deref(), Some("AIDA1"));
    assert_eq!(ann.groups, ["ops", "dév\"s"]);
    assert_eq!(ann.attached, ["arn:aws:iam::111122223333:policy/P"]);
    assert_eq!(&*ann.inline[0].document, r#"{"Version": "2012-10-17",  "Statement": []}"#);
    assert_eq!(ann.boundary.as_deref(), Some("arn:aws:iam::111122223333:policy/B"));
    assert_eq!(ann.tags, [("team".into(), "a\\b".into()), ("empty".into(), String::new())]);
    let bob =
        UserData { name: "bob".into(), arn: "arn:aws:iam::111122223333:user/x/bob".into(), ..UserData::default() };
    assert_eq!(account.users[1], bob);

    assert_eq!(account.groups[0].attached, ["arn:aws:iam::aws:policy/ReadOnlyAccess"]);

    let [r, s, t] = account.roles.as_slice() else { panic!("{:?}", account.roles) };
    assert!(r.is_service_linked() && !r.is_identity_center());
    assert_eq!(r.last_used.as_deref(), Some("2026-01-01T00:00:00+00:00"));
    assert_eq!(r.instance_profiles, ["arn:aws:iam::111122223333:instance-profile/i"]);
    assert!(s.is_identity_center() && !s.is_service_linked());
    assert_eq!(s.path, "/aws-reserved/sso.amazonaws.com/eu-west-1/");
    assert_eq!((s.last_used.as_deref(), t.path.as_str()), (None, "/"));

    let [p, read] = account.policies.as_slice() else { panic!("{:?}", account.policies) };
    assert_eq!((p.default_version.as_str(), &*p.document, p.attachments), ("v2", r#"{"Id": "2"}"#, 3));
    assert_eq!(p.other_versions, [("v3".to_owned(), Arc::from(r#"{"Id": "3"}"#))]);
    assert_eq!((read.default_version.as_str(), read.attachments), ("v9", 0));
}

#[test]
fn equal_texts_share_one_allocation() {
    // An object, percent-encoded text and JSON text of the same document.
    let account = &load(FULL)[0];
    let own = &account.users[0].inline[0].document;
    assert!(Arc::ptr_eq(own, &account.groups[0].inline[0].document));
    assert!(Arc::ptr_eq(own, &account.roles[0].trust));
    assert!(!Arc::ptr_eq(own, &account.roles[1].trust));
}

#[test]
fn documents_in_text() {
    let trust = |document: &str| {
        format!(
            r#"{{"RoleDetailList": [{{"RoleName": "r", "Arn": "arn:aws:iam::111122223333:role/r", "AssumeRolePolicyDocument": {document}}}]}}"#
        )
    };
    let read = |document: &str| load(&trust(document))[0].roles[0].trust.to_string();
    assert_eq!(read(r#""%0A%7B%22Id%22%3A%22%C3%A9%22%7D%0A""#), r#"{"Id":"é"}"#);
    // What is JSON already is not decoded: percent signs are its own.
    assert_eq!(read(r#"" {\"Id\": \"%41\"} ""#), r#"{"Id": "%41"}"#);
    assert_eq!(read(r#""{}""#), "{}");
    for document in ["3", "[{}]", r#""hello""#, r#""""#, r#""%5B%5D""#, "true"] {
        assert_eq!(
            error(&trust(document)),
            "RoleDetailList, entry 1 (r): AssumeRolePolicyDocument is neither a JSON object nor the text of one"
        );
    }
    assert!(error(&trust(r#""%ff""#)).ends_with("AssumeRolePolicyDocument is not UTF-8"));
    assert!(error(&trust("null")).ends_with("no AssumeRolePolicyDocument"));
    // A lone surrogate is no text.
    AccountData::from_details(&trust(r#""{\ud800}""#)).unwrap_err();
}

#[test]
fn pages() {
    let (one, two) = ("111122223333", "444455556666");
    let first = users(one, "a", r#", "IsTruncated": true, "Marker": "m""#);
    let last = users(one, "b", r#", "IsTruncated": false"#);
    for text in [format!("[{first}, {last}]"), format!("{first}\n{last}\n"), format!("\u{feff}{first}{last}")] {
        let accounts = load(&text);
        assert_eq!(accounts.len(), 1);
        assert_eq!(accounts[0].users.iter().map(|user| user.name.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        assert!(accounts[0].complete);
    }
    assert!(!load(&first)[0].complete);
    assert!(!load(&format!("{last}{first}"))[0].complete);
    assert!(!load(&users(one, "a", r#", "NextToken": "n""#))[0].complete);
    assert!(!load(&users(one, "a", r#", "Marker": "n""#))[0].complete);
    assert!(load(&users(one, "a", r#", "Marker": null, "NextToken": null"#))[0].complete);

    // Each account has its own last page.
    let accounts = load(&format!("{first}{}", users(two, "c", "")));
    assert_eq!(
        accounts.iter().map(|data| (data.account.as_str(), data.complete)).collect::<Vec<_>>(),
        [(one, false), (two, true)]
    );

    // A page with policies of AWS's only is of the account before, and its end is that account's.
    let accounts = load(&format!("{}{first}{}", users(two, "c", ""), aws("")));
    assert_eq!(
        accounts.iter().map(|data| (data.policies.len(), data.complete)).collect::<Vec<_>>(),
        [(0, true), (1, true)]
    );
    assert!(!load(&format!("{first}{}", aws(r#", "IsTruncated": true"#)))[0].complete);
    // And of the account behind when none is before.
    assert_eq!(load(&format!("{}{first}", aws("")))[0].policies.len(), 1);
}

#[test]
fn several_accounts_on_one_page() {
    let gov = r#"{"UserName": "g", "Arn": "arn:aws-us-gov:iam::111122223333:user/g"}"#;
    let (a, b, c) = (user("111122223333", "a"), user("444455556666", "b"), user("111122223333", "c"));
    let text = aws(&format!(r#", "UserDetailList": [{a}, {b}, {gov}, {c}]"#));
    let accounts = load(&text);
    let told = accounts.iter().map(|data| (data.partition.as_str(), data.account.as_str(), data.users.len()));
    assert_eq!(
        told.collect::<Vec<_>>(),
        [("aws", "111122223333", 2), ("aws", "444455556666", 1), ("aws-us-gov", "111122223333", 1)]
    );
    assert!(accounts.iter().all(|data| data.policies.len() == 1));
}

#[test]
fn the_same_entry_again() {
    let page = users("111122223333", "a", "");
    assert_eq!(load(&format!("{page}{page}"))[0].users.len(), 1);
    let other = page.replace(r#""UserName""#, r#""UserId": "AIDA1", "UserName""#);
    assert_eq!(
        error(&format!("{page}{other}")),
        "UserDetailList, entry 1 (a) of page 2: arn:aws:iam::111122223333:user/a is there twice, and they differ"
    );
    // The number of attachments may have changed between two pages.
    let policy = aws("").replace(r#""PolicyName": "A""#, r#""PolicyName": "A", "AttachmentCount": 2"#);
    let accounts = load(&format!("{page}{}{policy}", aws("")));
    assert_eq!(accounts[0].policies.iter().map(|policy| policy.attachments).collect::<Vec<_>>(), [2]);
}

#[test]
fn errors_tell_where() {
    for (text, expected) in [
        ("", "not the JSON of get-account-authorization-details: it is empty"),
        ("[]", "not the JSON of get-account-authorization-details: it is empty"),
        (
            "{}",
            "not the JSON of get-account-authorization-details: it has neither UserDetailList nor GroupDetailList nor \
             RoleDetailList nor Policies",
        ),
        (
            "{\"UserDetailList\": [\n3]}",
            "not the JSON of get-account-authorization-details: invalid type: integer `3`, expected struct User at line \
             2 column 1",
        ),
        (
            r#"{"UserDetailList": [{"Arn": "arn:aws:iam::111122223333:user/a"}]}"#,
            "UserDetailList, entry 1 (arn:aws:iam::111122223333:user/a): no UserName",
        ),
        (r#"{"UserDetailList": [{"UserName": "a"}]}"#, "UserDetailList, entry 1 (a): no Arn"),
        (r#"{"GroupDetailList": [{}]}"#, "GroupDetailList, entry 1: no GroupName"),
        (
            r#"{"RoleDetailList": [{"RoleName": "r", "Arn": "arn:aws:iam::111122223333:user/r"}]}"#,
            "RoleDetailList, entry 1 (r): \"arn:aws:iam::111122223333:user/r\" is not the ARN of a role",
        ),
        (
            r#"{"Policies": [{"PolicyName": "p", "Arn": "arn:aws:iam::111122223333:policy/p", "PolicyVersionList": []}]}"#,
            "Policies, entry 1 (p): its default version is not in PolicyVersionList",
        ),
        (
            r#"{"UserDetailList": [{"UserName": "a", "Arn": "arn:aws:iam::111122223333:user/a", "PermissionsBoundary": {}}]}"#,
            "UserDetailList, entry 1 (a): PermissionsBoundary without PermissionsBoundaryArn",
        ),
        (
            r#"{"UserDetailList": [{"UserName": "a", "Arn": "arn:aws:iam::111122223333:user/a",
                "UserPolicyList": [{"PolicyName": "p"}]}]}"#,
            "UserDetailList, entry 1 (a): inline policy p: no PolicyDocument",
        ),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
    assert!(error(&aws("")).ends_with("so the account is not known"));
    let page = users("111122223333", "a", "");
    assert!(error(&format!("{page}{{}}")).contains("page 2 has neither"));
    assert!(matches!(
        AccountData::from_details(&format!("{page}\n  x")),
        Err(DetailsError::Json { line: 2, column: 3, .. })
    ));
    for wrong in
        ["x", "3", "\"{}\"", "[[3]]", "{\"UserDetailList\": {}}", "{\"UserDetailList\": [{\"UserName\": 3}]}", "\0"]
    {
        AccountData::from_details(wrong).unwrap_err();
    }
}

#[test]
fn cut_anywhere_it_is_an_error() {
    for (at, _) in FULL.char_indices() {
        AccountData::from_details(&FULL[..at]).unwrap_err();
    }
    AccountData::from_details(&"[".repeat(100_000)).unwrap_err();
    AccountData::from_details(&format!("{{\"Later\": {}", "[".repeat(100_000))).unwrap_err();
}

fn controls(text: &str) -> Vec<(String, Vec<(String, String)>)> {
    let levels = ControlLevel::load(text, "file.json").unwrap();
    let policies = |level: ControlLevel| {
        level.policies.into_iter().map(|policy| (policy.name, policy.document.to_string())).collect()
    };
    levels.into_iter().map(|level| (level.org.clone(), policies(level))).collect()
}

fn level(org: &str, policies: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
    (org.into(), policies.iter().map(|&(name, document)| (name.into(), document.into())).collect())
}

#[test]
fn control_policies_of_every_shape() {
    let one =
        r#"{"org": "r-1", "policies": [{"name": "a", "document": {"x": 1}}, {"name": "b", "document": "{\"x\": 1}"}]}"#;
    let both = [("a", r#"{"x": 1}"#), ("b", r#"{"x": 1}"#)];
    assert_eq!(controls(one), [level("r-1", &both)]);
    // A level without policies allows nothing: it must stay.
    let list = format!(r#" [{one}, {{"org": "ou-1", "policies": []}}]"#);
    assert_eq!(controls(&list), [level("r-1", &both), level("ou-1", &[])]);
    let plain = "\n{\"Version\": \"2012-10-17\", \"Statement\": []}\n";
    assert_eq!(controls(plain), [level("", &[("file.json", plain.trim())])]);
    let described = r#"{"Policy": {"PolicySummary": {"Id": "p-1", "Name": "Full"}, "Content": "{\"Statement\": []}"}}"#;
    assert_eq!(controls(described), [level("", &[("Full", r#"{"Statement": []}"#)])]);
    let unnamed = r#"{"Policy": {"Content": "{}"}}"#;
    assert_eq!(controls(unnamed), [level("", &[("file.json", "{}")])]);
}

#[test]
fn no_control_policies() {
    for (text, end) in [
        ("", "EOF while parsing a value at line 1 column 0"),
        ("[]", "the list is empty"),
        ("{}", "neither \"policies\" nor \"Policy\" nor \"Statement\" is in it"),
        (r#"[{"policies": []}, {"Statement": []}]"#, "entry 2 of the list has no \"policies\""),
        (r#"[{"policies": [{"document": {}}]}]"#, "entry 1 of the list, policy 1 has no name"),
        (r#"{"policies": [{"name": "a"}]}"#, "policy 1 (a): no document"),
        (r#"{"Policy": {"Content": "x"}}"#, "Content is neither a JSON object nor the text of one"),
    ] {
        let error = ControlLevel::load(text, "f").unwrap_err().to_string();
        assert_eq!(error, format!("not the JSON of service or resource control policies: {end}"));
    }
}

#[test]
fn resource_policies_of_both_shapes() {
    let map = r#"{"arn:aws:s3:::b": {"Statement": []}, "arn:aws:sqs:eu-west-1:111122223333:q": "{\"Statement\": []}"}"#;
    let list = r#"[{"arn": "arn:aws:s3:::b", "document": {"Statement": []}},
        {"resource": "arn:aws:sqs:eu-west-1:111122223333:q", "policy": "%7B%22Statement%22: []%7D"}]"#;
    let policies = ResourcePolicy::load(map).unwrap();
    assert_eq!(policies[0].arn, "arn:aws:s3:::b");
    assert_eq!(&*policies[1].document, r#"{"Statement": []}"#);
    assert!(Arc::ptr_eq(&policies[0].document, &policies[1].document));
    assert_eq!(ResourcePolicy::load(list).unwrap(), policies);
    assert_eq!(ResourcePolicy::load("{}").unwrap(), []);
    for (text, end) in [
        ("3", "invalid type: integer `3`, expected an object of ARNs or a list of objects at line 1 column 1"),
        (r#"{"Statement": []}"#, "entry 1: \"Statement\" is no ARN"),
        (r#"{"arn:aws:s3:::b": {}, "arn:aws:s3:::b": {}}"#, "entry 2: arn:aws:s3:::b is given twice"),
        (r#"{"arn:aws:s3:::b": null}"#, "entry 1: arn:aws:s3:::b: no document"),
        (r#"[{"document": {}}]"#, "entry 1: no \"arn\""),
    ] {
        let error = ResourcePolicy::load(text).unwrap_err().to_string();
        assert_eq!(error, format!("not the JSON of resource policies: {end}"));
    }
}
