use serde_json::{Value, json};

use super::*;

fn facts(global: Value, region: Value) -> AccountFacts {
    serde_json::from_value(json!({
        "account": "111122223333", "partition": "aws", "as_of": "2026-03-02T00:00:00Z", "home_region": "us-east-1",
        "global": global, "regions": { "us-east-1": region },
    }))
    .unwrap()
}

/// What does not tie: population, read, second count, members that lack, families that lack something.
/// A population, what each of the two answers counts, who is missing, and the families that it bears on.
type Untied = (String, u64, u64, Vec<String>, Vec<Need>);

fn untied(facts: &AccountFacts) -> Vec<Untied> {
    let untied = ties(facts).into_iter().filter(|tie| !tie.total.ties());
    untied
        .map(|tie| (tie.total.population, tie.total.counted, tie.total.expected, tie.total.missing, tie.lacking))
        .collect()
}

fn known(value: Value) -> Value {
    json!({ "value": value })
}

#[test]
fn what_is_listed_of_iam_is_what_the_summary_counts() {
    let own = "arn:aws:iam::111122223333:policy/own";
    let managed = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let global = |roles: Value, policies: u64| {
        json!({
            "account_summary": known(json!({
                "users": 1, "groups": 1, "roles": 1, "policies": policies, "providers": 2, "server_certificates": 1,
            })),
            "authorization": known(json!({
                "users": [{"name": "ann", "groups": ["people"], "attached": [own]}],
                "groups": [{"name": "people", "attached": [managed]}],
                "roles": roles,
                // AWS's own policies are no customer managed ones.
                "policies": [{"name": "own", "arn": own}, {"name": "ReadOnlyAccess", "arn": managed}],
            })),
            "saml_providers": known(json!(["arn:saml"])), "oidc_providers": known(json!([{"arn": "arn:oidc"}])),
            "server_certificates": known(json!([{"name": "web"}])),
        })
    };
    // Service-linked roles count, as in AWS's own count.
    let linked = json!([{"name": "AWSServiceRoleForSupport", "path": "/aws-service-role/support.amazonaws.com/"}]);
    assert_eq!(untied(&facts(global(linked.clone(), 1), json!({}))), []);
    let short = untied(&facts(global(json!([]), 2), json!({})));
    let lack = vec![Need::Authorization];
    assert_eq!(
        short,
        [
            ("IAM roles".to_owned(), 0, 1, vec![], lack.clone()),
            ("customer managed policies".to_owned(), 1, 2, vec![], lack),
        ]
    );
}

#[test]
fn what_principals_belong_to_and_hold_is_listed() {
    let global = json!({ "authorization": known(json!({
        "users": [{"name": "ann", "groups": ["gone"], "boundary": "arn:aws:iam::111122223333:policy/Edge", "attached": ["arn:aws:iam::aws:policy/service-role/AWSConfigRole"]}],
    })) });
    let lack = vec![Need::Authorization];
    assert_eq!(
        untied(&facts(global, json!({}))),
        [
            ("IAM groups that users belong to".to_owned(), 0, 1, vec!["gone".to_owned()], lack.clone()),
            (
                "customer managed policies that principals hold".to_owned(),
                0,
                1,
                vec!["arn:aws:iam::111122223333:policy/Edge".to_owned()],
                lack
            ),
        ]
    );
}

#[test]
fn a_virtual_device_of_a_user_is_in_the_list_of_them_all() {
    let ann = "arn:aws:iam::111122223333:mfa/ann";
    let global = |listed: Value| {
        json!({
            "virtual_mfa_devices": known(listed),
            "user_mfa_devices": known(json!([{
                "user": "ann", "devices": {"value": [ann, "arn:aws:iam::111122223333:u2f/user/ann/key"], "evidence": []},
            }])),
        })
    };
    let of_ann = json!({"serial": ann, "user_arn": "arn:aws:iam::111122223333:user/ann"});
    let of_root = json!({"serial": "arn:aws:iam::111122223333:mfa/root", "user_arn": "arn:aws:iam::111122223333:root"});
    assert_eq!(untied(&facts(global(json!([of_ann, of_root])), json!({}))), []);
    let short = untied(&facts(global(json!([])), json!({})));
    let families = vec![Need::VirtualMfaDevices, Need::UserMfaDevices];
    let population = "virtual MFA devices of users with a password".to_owned();
    assert_eq!(short, [(population, 0, 1, vec![ann.to_owned()], families)]);
}

#[test]
fn the_tree_of_an_organization_holds_the_accounts_that_are_listed() {
    let global = |members: Value, placed: Value| {
        json!({
            "organization": known(json!({"id": "o-1", "management_account": "111122223333", "feature_set": "ALL"})),
            "members": known(members),
            "organization_tree": known(json!([{"id": "r-1", "name": "Root", "parent": null, "accounts": placed}])),
        })
    };
    let [own, other] = [json!({"id": "111122223333"}), json!({"id": "444455556666"})];
    let both = json!(["111122223333", "444455556666"]);
    assert_eq!(untied(&facts(global(json!([own, other]), both.clone()), json!({}))), []);
    let population = "accounts of the organization".to_owned();
    let missing = vec!["444455556666".to_owned()];
    let short = untied(&facts(global(json!([own]), both), json!({})));
    assert_eq!(short, [(population.clone(), 1, 2, missing, vec![Need::Members])]);
    let short = untied(&facts(global(json!([own, other]), json!(["111122223333"])), json!({})));
    assert_eq!(short, [(population, 2, 1, vec![], vec![Need::OrganizationTree])]);
}

#[test]
fn a_multi_region_trail_has_a_shadow_where_regions_are_enabled_by_default() {
    let trail = json!({"arn": "arn:aws:cloudtrail:us-east-1:111122223333:trail/all", "home_region": "us-east-1", "multi_region": true});
    let lacking = |status: &str| {
        let mut facts = facts(
            json!({ "all_regions": known(json!([
                {"name": "us-east-1", "status": "ENABLED_BY_DEFAULT"}, {"name": "eu-south-1", "status": status},
            ])) }),
            json!({ "trails": known(json!([trail])) }),
        );
        let other = serde_json::from_value(json!({ "trails": known(json!([])) })).unwrap();
        facts.regions.insert("eu-south-1".to_owned(), other);
        ties(&facts).into_iter().filter(|tie| !tie.total.ties()).map(|tie| tie.region).collect::<Vec<_>>()
    };
    assert_eq!(lacking("ENABLED_BY_DEFAULT"), [Some("eu-south-1".to_owned())]);
    // CloudTrail takes hours to come to a region that was opted into.
    assert_eq!(lacking("ENABLED"), []);
}

#[test]
fn log_groups_count_their_metric_filters() {
    let region =
        |groups: Value, filters: Value| json!({ "log_groups": known(groups), "metric_filters": known(filters) });
    let groups = json!([{"name": "trail", "metric_filters": 2}, {"name": "app", "metric_filters": 0}]);
    let filter = |name: &str| json!({"name": name, "log_group": "trail"});
    assert_eq!(untied(&facts(json!({}), region(groups.clone(), json!([filter("a"), filter("b")])))), []);
    let short = untied(&facts(json!({}), region(groups, json!([filter("a")]))));
    let missing = vec!["1 of 2 filters of trail".to_owned()];
    assert_eq!(short, [("metric filters in us-east-1".to_owned(), 1, 2, missing, vec![Need::MetricFilters])]);
    let short = untied(&facts(json!({}), region(json!([]), json!([filter("a")]))));
    let population = "log groups with metric filters in us-east-1".to_owned();
    assert_eq!(short, [(population, 0, 1, vec!["trail".to_owned()], vec![Need::LogGroups])]);
}

#[test]
fn instances_and_interfaces_name_each_other_and_their_vpc() {
    let region = |vpcs: Value, interfaces: Value, instances: Value| json!({ "vpcs": known(vpcs), "network_interfaces": known(interfaces), "instances": known(instances) });
    let (vpc, interface) = (json!({"id": "vpc-1"}), json!({"id": "eni-1", "vpc": "vpc-1", "instance": "i-1"}));
    let instance = json!({"id": "i-1", "state": "running", "interfaces": ["eni-1"]});
    // What was terminated has no interface any more.
    let ended = json!({"id": "i-0", "state": "terminated", "interfaces": ["eni-0"]});
    let all = region(json!([vpc]), json!([interface]), json!([instance, ended]));
    assert_eq!(untied(&facts(json!({}), all)), []);
    let lack = |region: Value| untied(&facts(json!({}), region)).into_iter().map(|tie| tie.4).collect::<Vec<_>>();
    assert_eq!(lack(region(json!([]), json!([interface]), json!([instance]))), [[Need::Vpcs]]);
    assert_eq!(lack(region(json!([vpc]), json!([interface]), json!([]))), [[Need::Instances]]);
    assert_eq!(lack(region(json!([vpc]), json!([]), json!([instance]))), [[Need::NetworkInterfaces]]);
}

#[test]
fn who_is_in_a_group_is_in_the_directory_and_open_findings_are_among_all() {
    let region = json!({
        "directory_users": known(json!([{"id": "u-1", "name": "ann"}])),
        "directory_groups": known(json!([{"id": "g-1", "name": "all", "members": {"value": ["u-1", "u-2"], "evidence": []}}])),
        "guardduty_findings": known(json!([{"id": "f-1", "severity": 80}])),
        "guardduty_history": known(json!([{"id": "f-2", "severity": 80}, {"id": "f-3", "severity": 40}])),
    });
    assert_eq!(
        untied(&facts(json!({}), region)),
        [
            (
                "people in groups of the directory in us-east-1".to_owned(),
                1,
                2,
                vec!["u-2".to_owned()],
                vec![Need::DirectoryUsers]
            ),
            (
                "open high GuardDuty findings in us-east-1".to_owned(),
                1,
                1,
                vec!["f-2".to_owned()],
                vec![Need::GuardDutyFindings, Need::GuardDutyHistory]
            ),
        ]
    );
}

#[test]
fn what_comes_and_goes_while_it_is_read_is_no_loss_and_what_stays_away_is() {
    let tie = |list: &[&str], other: &[&str]| {
        let (list, other) = (list.iter().copied().collect(), other.iter().copied().collect());
        Tie::listed("instances", ("a", &list), ("b", &other), &[Need::Instances])
    };
    let first = tie(&["i-1", "i-2"], &["i-1", "i-3", "i-9"]);
    // i-3 has come since, i-4 is new to one of the two, i-5 has just gone.
    let mut second = tie(&["i-1", "i-3", "i-5"], &["i-1", "i-3", "i-4"]);
    second.persisting(&first);
    assert!(second.total.ties(), "{:?}", second.total);
    assert_eq!((second.total.counted, second.total.expected), (2, 2));
    // i-9 is lacking twice.
    let mut second = tie(&["i-1", "i-3"], &["i-1", "i-3", "i-4", "i-9"]);
    second.persisting(&first);
    assert_eq!((second.total.counted, second.total.expected), (2, 3));
    assert_eq!(second.total.missing, ["i-9"]);
    // Numbers alone have no members that could come and go.
    let mut second = Tie::counted("users", ("a", 4), ("b", 5), &[Need::Authorization]);
    second.persisting(&Tie::counted("users", ("a", 3), ("b", 5), &[Need::Authorization]));
    assert!(!second.total.ties());
}
