//! Where a way ends: people, a chat or ticket system, another system, nobody, or something that does not show whom it tells.

use super::delivery::Delivery;
use crate::frame::table::fields;

/// Kinds of ends, and what is known of them.
const ENDS: &str = include_str!("../../../data/ends.csv");

/// A row of the table.
struct Row {
    kind: &'static str,
    service: &'static str,
    begins: &'static str,
    reaches: &'static str,
    what: &'static str,
}

fn rows() -> impl Iterator<Item = Row> {
    ENDS.lines().skip(1).filter_map(|line| match fields(line).as_slice() {
        [kind, service, begins, reaches, what, _] => Some(Row { kind, service, begins, reaches, what }),
        _ => None,
    })
}

impl Row {
    fn delivery(&self, name: &str) -> Delivery {
        let what = self.what.replace("{name}", name);
        match self.reaches {
            "nobody" => Delivery::Nowhere(what),
            "unseen" => Delivery::Unseen(what),
            _ => Delivery::Reaches(what),
        }
    }
}

/// What an action of an alarm or a target of a rule amounts to, by its ARN; a topic is looked at elsewhere.
#[must_use]
pub fn action(arn: &str) -> Delivery {
    let (service, name) = (service(arn), last(arn));
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let row = rows().find(|row| row.kind == "action" && row.service == service && resource.starts_with(row.begins));
    row.map_or_else(
        || Delivery::Unseen(format!("goes to {service} {name}: whom that tells is not visible")),
        |row| row.delivery(name),
    )
}

/// What a subscription of a topic amounts to.
#[must_use]
pub fn subscription(protocol: &str, endpoint: &str) -> Delivery {
    let host = host(endpoint);
    let known = |row: &Row| {
        row.kind == "host"
            && (host == row.service || host.strip_suffix(row.service).is_some_and(|sub| sub.ends_with('.')))
    };
    let web = matches!(protocol, "http" | "https");
    let named = if web {
        format!("{protocol} {}", if host.is_empty() { "address" } else { host })
    } else {
        last(endpoint).to_owned()
    };
    let row = rows()
        .find(|row| web && known(row))
        .or_else(|| rows().find(|row| row.kind == "protocol" && row.service == protocol));
    row.map_or_else(
        || Delivery::Unseen(format!("goes by {protocol}: whom that tells is not visible")),
        |row| row.delivery(&named),
    )
}

/// The host of a web address.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = host.rsplit('@').next().unwrap_or(host);
    host.split(':').next().unwrap_or(host)
}

/// The service of an ARN.
#[must_use]
pub fn service(arn: &str) -> &str {
    arn.split(':').nth(2).unwrap_or(arn)
}

/// The last part of an ARN; the whole name of a log group, and the name of an API destination without its key.
#[must_use]
pub fn last(arn: &str) -> &str {
    if let Some((_, group)) = arn.split_once(":log-group:") {
        return group.trim_end_matches(":*");
    }
    if let Some((_, destination)) = arn.split_once(":api-destination/") {
        return destination.split('/').next().unwrap_or(destination);
    }
    arn.rsplit([':', '/']).next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(delivery: Delivery) -> &'static str {
        match delivery {
            Delivery::Reaches(_) => "reaches",
            Delivery::Nowhere(_) => "nowhere",
            Delivery::Unseen(_) => "unseen",
        }
    }

    #[test]
    fn every_row_of_the_table_is_whole() {
        assert_eq!(rows().count(), ENDS.lines().count() - 1);
        for row in rows() {
            assert!(matches!(row.kind, "action" | "protocol" | "host"), "{}", row.kind);
            assert!(
                matches!(row.reaches, "nobody" | "people" | "chat" | "ticket" | "system" | "unseen"),
                "{}",
                row.reaches
            );
            assert!(!row.service.is_empty() && !row.what.is_empty());
        }
    }

    #[test]
    fn actions_end_where_their_kind_does() {
        for (arn, expected) in [
            ("arn:aws:ssm:us-east-1:111122223333:opsitem:3#CATEGORY=Security", "reaches"),
            ("arn:aws:ssm-incidents::111122223333:response-plan/root-used", "reaches"),
            ("arn:aws:events:us-east-1:111122223333:api-destination/pager/0b1c", "reaches"),
            ("arn:aws:aiops:us-east-1:111122223333:investigation-group/DEFAULT", "nowhere"),
            (
                "arn:aws:autoscaling:us-east-1:111122223333:scalingPolicy:a:autoScalingGroupName/b:policyName/c",
                "nowhere",
            ),
            ("arn:aws:automate:us-east-1:ec2:stop", "nowhere"),
            ("arn:aws:swf:us-east-1:111122223333:action/actions/AWS_EC2.InstanceId.Stop/1.0", "nowhere"),
            ("arn:aws:logs:us-east-1:111122223333:log-group:/aws/events/all", "nowhere"),
            ("arn:aws:events:us-east-1:111122223333:target/stop-instance", "nowhere"),
            ("arn:aws:lambda:us-east-1:111122223333:function:notify", "unseen"),
            ("arn:aws:sqs:us-east-1:111122223333:findings", "unseen"),
            ("arn:aws:firehose:us-east-1:111122223333:deliverystream/x", "unseen"),
            ("arn:aws:events:us-east-1:111122223333:event-bus/security", "unseen"),
            ("arn:aws:states:us-east-1:111122223333:stateMachine:triage", "unseen"),
            ("arn:aws:ssm:us-east-1::document/AWS-StopEC2Instance", "unseen"),
            ("arn:aws:brandnew:us-east-1:111122223333:thing/x", "unseen"),
            ("nonsense", "unseen"),
        ] {
            assert_eq!(kind(action(arn)), expected, "{arn}");
        }
    }

    #[test]
    fn subscriptions_end_where_their_protocol_does() {
        for (protocol, endpoint, expected) in [
            ("email", "security@acme.example", Delivery::Reaches("email".to_owned())),
            ("sms", "+15550100142", Delivery::Reaches("sms".to_owned())),
            (
                "https",
                "https://global.sns-api.chatbot.amazonaws.com",
                Delivery::Reaches("chat by Amazon Q Developer".to_owned()),
            ),
            ("https", "https://events.pagerduty.com/[redacted by kickoff]", Delivery::Reaches("PagerDuty".to_owned())),
            ("https", "https://events.pager.example/x", Delivery::Reaches("https events.pager.example".to_owned())),
            ("https", "https://evilpagerduty.com/", Delivery::Reaches("https evilpagerduty.com".to_owned())),
            ("https", "", Delivery::Reaches("https address".to_owned())),
            (
                "lambda",
                "arn:aws:lambda:us-east-1:111122223333:function:logger",
                Delivery::Unseen("goes to function logger: whom it tells is not visible".to_owned()),
            ),
            ("telex", "x", Delivery::Unseen("goes by telex: whom that tells is not visible".to_owned())),
        ] {
            assert_eq!(subscription(protocol, endpoint), expected, "{protocol} {endpoint}");
        }
    }
}
