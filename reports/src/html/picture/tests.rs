use super::*;
use crate::access::{Evidence, Hop, OneStep, Unknown};

fn arn(name: &str) -> String {
    format!("arn:aws:iam::111122223333:{name}")
}

fn add(access: &mut Access, names: &[&str], certainty: Certainty) {
    let evidence = vec![Evidence {
        layer: "identity".into(),
        policy: arn("policy/Deploy"),
        version: Some("v3".into()),
        statement: 2,
        sid: Some("AllowPass".into()),
        pattern: Some("iam:*".into()),
    }];
    let means =
        ["iam:CreatePolicyVersion", "sts:AssumeRole", "iam:PassRole + ec2:RunInstances", "lambda:UpdateFunctionCode"];
    let hop = |pair: &[&str]| Hop {
        from: arn(pair[0]),
        to: arn(pair[1]),
        primitive: means[(pair[0].len() + pair[1].len()) % 4].into(),
        certainty,
        next: None,
        evidence: evidence.clone(),
    };
    let hops = names.windows(2).map(hop).collect();
    let way = Escalation { from: arn(names[0]), to: arn(names[names.len() - 1]), certainty, ..Escalation::default() };
    access.add_path(way, hops);
}

fn way(who: &str, kind: PartyKind, resource: &str, guarded: bool, administrator: bool) -> Outside {
    let account = (kind == PartyKind::Account).then(|| who.split(':').nth(4).unwrap_or(who).to_owned());
    let conditions = if guarded { vec!["sts:ExternalId = 7f3a-vendor-long-value".to_owned()] } else { Vec::new() };
    let evidence = vec![Evidence { layer: "trust".into(), policy: resource.into(), ..Default::default() }];
    let certainty = if guarded { Certainty::Possible } else { Certainty::Certain };
    Outside {
        who: who.into(),
        kind,
        account,
        resource: resource.into(),
        certainty,
        guarded,
        standing: if guarded { Standing::Stranger } else { Standing::Anybody },
        whom: format!("{who}: as the test says"),
        conditions,
        administrator,
        evidence,
    }
}

fn arrows(html: &str) -> usize {
    html.matches("<g class=\"arrow\">").count()
}

fn boxes(html: &str) -> usize {
    html.matches("<g class=\"node ").count()
}

fn sample() -> Access {
    use Certainty::{Certain, Possible};
    let admin = "role/OrganizationAdministrator";
    let mut access = Access::default();
    let ways: [(&[&str], Certainty); 15] = [
        (&["user/ann", admin], Certain),
        (&["user/ben", "role/ci/deploy", admin], Certain),
        (&["user/carla.with-a-very-long-name.of-the-platform-team", "role/ci/deploy", admin], Possible),
        (&["role/jenkins-agent", "role/ci/deploy", admin], Certain),
        (&["user/dora", "role/jenkins-agent", "role/ci/deploy", admin], Possible),
        (&["role/lambda-etl", "role/GlueServiceRole", admin], Certain),
        (&["user/eve", "role/lambda-etl", "role/GlueServiceRole", admin], Possible),
        (&["user/finn", "user/break-glass"], Certain),
        (&["role/support", "user/break-glass"], Possible),
        (&["role/read-only", "role/support", "user/break-glass"], Possible),
        (&["user/gus", admin], Possible),
        (&["role/ci/deploy", admin], Certain),
        (&["role/ci/deploy", "role/jenkins-agent", "user/break-glass"], Possible),
        (&["user/hal", "role/EC2-web", admin], Certain),
        (&["user/iris", "role/EC2-web", admin], Certain),
    ];
    for (names, certainty) in ways {
        add(&mut access, names, certainty);
    }
    let mut outside = vec![
        way("arn:aws:iam::999988887777:root", PartyKind::Account, &arn("role/VendorReadOnly"), true, false),
        way("arn:aws:iam::999988887777:root", PartyKind::Account, &arn("role/VendorDeploy"), false, true),
        way("*", PartyKind::Anyone, "arn:aws:s3:::public-assets-of-the-company-website", false, false),
        way("*", PartyKind::Anyone, "arn:aws:sqs:eu-west-1:111122223333:jobs", true, false),
        way("token.actions.githubusercontent.com", PartyKind::Oidc, &arn("role/ci/deploy"), false, true),
        way(&arn("saml-provider/Okta"), PartyKind::Saml, &arn("role/OrganizationAdministrator"), true, true),
        way("cloudtrail.amazonaws.com", PartyKind::Service, "arn:aws:s3:::trail-logs", true, false),
    ];
    for at in 0..8 {
        let who = format!("arn:aws:iam::44445555666{at}:role/partner-{at}");
        outside.push(way(&who, PartyKind::Account, &arn("role/VendorReadOnly"), at % 3 != 0, false));
    }
    let step = OneStep {
        principal: arn("user/ann"),
        primitive: "iam:AttachUserPolicy".into(),
        also: Vec::new(),
        ..Default::default()
    };
    Access {
        administrators: vec![arn(admin), arn("user/break-glass")],
        outside,
        one_step: vec![step],
        unknown: vec![Unknown {
            what: "resource policies".into(),
            count: 4,
            why: "AccessDenied".into(),
            example: None,
        }],
        ..access
    }
}

#[test]
fn an_arrow_for_every_hop_and_a_box_for_every_name() {
    let access = sample();
    let hops: BTreeSet<_> = access.escalations.iter().flat_map(|e| access.path(e)).map(|h| (&h.from, &h.to)).collect();
    let ends: BTreeSet<_> =
        access.escalations.iter().flat_map(|e| access.path(e)).flat_map(|h| [&h.from, &h.to]).collect();
    let drawn = escalations(&access).into_string();
    assert_eq!((arrows(&drawn), boxes(&drawn)), (hops.len(), ends.len()));
    assert!(drawn.contains("role=\"img\"") && drawn.contains("<desc") && drawn.contains("line possible"));
    assert_eq!(drawn, escalations(&access).into_string());
    let whole = page(&access, "Who can reach what", "Account 111122223333");
    assert!(!whole.contains("<script") && !whole.contains("src="));
}

#[test]
fn what_is_outside_is_worded_as_well_as_coloured() {
    let drawn = outside(&sample()).into_string();
    assert!(drawn.contains("administrator, unguarded") && drawn.contains("outline alarm"));
    assert_eq!(arrows(&drawn), 15);
}

#[test]
fn what_a_party_is_to_the_client_stands_in_its_box_and_row_and_ones_own_alarm_nobody() {
    let mut access = Access::default();
    for (at, standing) in Standing::ALL.into_iter().enumerate() {
        let who = format!("arn:aws:iam::11112222333{at}:root");
        let mut way = way(&who, PartyKind::Account, "arn:aws:s3:::b", false, false);
        way.standing = standing;
        access.outside.push(way);
    }
    let drawn = outside(&access).into_string();
    for word in ["account · ours", "account · declared", "account · unknown", "account · stranger", "account · anybody"]
    {
        assert!(drawn.contains(word), "{word}");
    }
    // Whom nobody knows stands first, and one's own is no alarm.
    assert!(drawn.find("· anybody") < drawn.find("· stranger") && drawn.find("· unknown") < drawn.find("· ours"));
    // On four arrows, and once in the box of what they lead to.
    assert_eq!(drawn.matches("unguarded</text>").count(), 5);
    let table = tables::outside(&access.outside_by_concern()).into_string();
    assert_eq!(table.matches("<strong class=\"alarm\">unguarded").count(), 4);
    assert_eq!(table.matches("<strong class=\"alarm\">stranger").count(), 1);
    assert!(table.contains("as the test says"));
}

#[test]
fn names_are_escaped() {
    let bad = "<script>alert(1)</script>";
    let mut access = Access::default();
    add(&mut access, &[bad, "role/\"'><b>"], Certainty::Certain);
    access.outside.push(way(bad, PartyKind::Unknown, bad, false, false));
    let text = page(&access, bad, bad);
    assert!(!text.contains("<script") && !text.contains("<b>"));
}

#[test]
fn many_are_capped_and_counted() {
    let mut access = Access::default();
    for at in 0..253 {
        add(&mut access, &[&format!("user/u{at:03}"), "role/admin"], Certainty::Possible);
        access.outside.push(way(&format!("party{at}"), PartyKind::Unknown, "arn:aws:s3:::b", true, false));
    }
    add(&mut access, &["user/zz", "role/x", "role/admin"], Certainty::Certain);
    let drawn = escalations(&access).into_string();
    assert_eq!(boxes(&drawn), 40);
    assert!(drawn.contains("user/zz") && drawn.contains("and 216 more in the table"), "certain ones come first");
    assert_eq!(boxes(&outside(&access).into_string()), 40);
    let text = section(&access).into_string();
    assert!(text.contains("The first 200 of 254 are shown"));
}

#[test]
fn nothing_is_said_not_drawn() {
    let text = section(&Access::default()).into_string();
    assert!(text.contains("None found.") && !text.contains("<svg"));
}

#[test]
fn circles_are_drawn() {
    let mut access = Access::default();
    add(&mut access, &["role/a", "role/b", "role/c", "role/a"], Certainty::Certain);
    add(&mut access, &["role/a", "role/a"], Certainty::Certain);
    let drawn = escalations(&access).into_string();
    assert_eq!((arrows(&drawn), boxes(&drawn)), (4, 3));
}

#[test]
fn long_names_are_cut_in_the_middle() {
    let long = format!("role/start{}end", "x".repeat(60));
    let mut access = Access::default();
    add(&mut access, &[&long, "role/b"], Certainty::Certain);
    let drawn = escalations(&access).into_string();
    assert!(drawn.contains("startxx") && drawn.contains("xend<") && drawn.contains('…') && drawn.contains(&arn(&long)));
}
