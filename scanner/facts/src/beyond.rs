//! Regions in which nobody can use what a check asks about: closed by a service control policy, or without the service.
//!
//! Neither is a gap that somebody could mend, and neither is an answer.

use std::collections::BTreeSet;

use kickoff_evidence::{Gap, GapKind};

use crate::need::{AccountFacts, Need, RegionalFacts};

/// Why a region has no say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Beyond<'a> {
    /// A service control policy closes it; a refusal that says so.
    Closed(&'a Gap),
    /// AWS does not offer the service there.
    NotOffered(&'a Gap),
}

/// Families of what runs or is kept in a region. A policy that closes a region refuses these; global services, and some
/// that answer for them, are exempt from such policies (AWS Organizations User Guide, "Deny access to AWS based on the
/// requested AWS Region"; AWS Control Tower, "Region deny control").
const WORKLOADS: [Need; 10] = [
    Need::Vpcs,
    Need::NetworkInterfaces,
    Need::Instances,
    Need::FlowLogs,
    Need::Databases,
    Need::LoadBalancers,
    Need::Functions,
    Need::Repositories,
    Need::Queues,
    Need::Topics,
];

fn asked(gap: Option<&Gap>) -> bool {
    gap.is_none_or(|gap| gap.kind != GapKind::NotCollected)
}

impl RegionalFacts {
    /// A refusal by which a service control policy is seen to close the region: of the families of workloads that were
    /// asked none was answered, and one at least names the policy's explicit deny. Where none of these was asked, every
    /// family that was has to be refused so. One service that is refused is a service that is denied: it takes two.
    fn closed(&self) -> Option<&Gap> {
        let workloads: Vec<Option<&Gap>> =
            WORKLOADS.iter().map(|need| self.gap(*need)).filter(|gap| asked(*gap)).collect();
        let all = || Need::ALL.iter().filter(|need| !need.is_global()).map(|need| self.gap(*need));
        let decisive = if workloads.is_empty() { all().filter(|gap| asked(*gap)).collect() } else { workloads };
        let named = decisive.iter().copied().flatten().find(|gap| gap.is_explicit_deny_of_policy())?;
        let refused =
            |gap: &Option<&Gap>| gap.is_some_and(|gap| matches!(gap.kind, GapKind::Denied | GapKind::NotOffered));
        let services: BTreeSet<&str> =
            decisive.iter().copied().flatten().filter_map(|gap| Some(gap.call.split_once(':')?.0)).collect();
        (services.len() > 1 && decisive.iter().all(refused)).then_some(named)
    }
}

impl AccountFacts {
    /// Regions that a service control policy closes to the caller, each with a refusal that says so. The region of global
    /// services is never one.
    pub fn closed_regions(&self) -> impl Iterator<Item = (&str, &Gap)> {
        let regions = self.regions.iter().filter(|(name, _)| **name != self.home_region);
        regions.filter_map(|(name, regional)| Some((name.as_str(), regional.closed()?)))
    }

    /// Why a region has no say in what these families tell, if it has none.
    #[must_use]
    pub fn beyond(&self, region: &str, needs: &[Need]) -> Option<Beyond<'_>> {
        let regional = self.regions.get(region)?;
        let gaps = || needs.iter().filter(|need| !need.is_global()).filter_map(|need| regional.gap(*need));
        if let Some(gap) = gaps().find(|gap| gap.kind == GapKind::NotOffered) {
            return Some(Beyond::NotOffered(gap));
        }
        if region == self.home_region {
            return None;
        }
        let refused = gaps().any(|gap| gap.kind == GapKind::Denied || gap.is_explicit_deny_of_policy());
        regional.closed().filter(|_| refused).map(Beyond::Closed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Observed;

    const BY_POLICY: &str = "AccessDeniedException: User: arn:aws:sts::111122223333:assumed-role/Auditor/run is not authorized to perform: x with an explicit deny in a service control policy";

    fn denied(message: &str) -> Gap {
        Gap {
            kind: GapKind::Denied,
            call: "ec2:DescribeVpcs".to_owned(),
            region: "eu-north-1".to_owned(),
            message: message.to_owned(),
            evidence: None,
        }
    }

    fn facts(region: RegionalFacts) -> AccountFacts {
        let text = r#"{"account": "111122223333", "partition": "aws", "as_of": "2026-03-02T02:00:00Z", "home_region": "us-east-1"}"#;
        let mut facts: AccountFacts = serde_json::from_str(text).unwrap();
        facts.regions.insert("eu-north-1".to_owned(), region);
        facts
    }

    #[test]
    fn a_region_is_closed_where_workloads_are_refused_by_policy_and_nothing_of_them_is_answered() {
        let mut region = RegionalFacts::default();
        region.set_gap(Need::Vpcs, denied(BY_POLICY));
        // Of some services the refusal gives no reason.
        let queues =
            Gap { call: "sqs:ListQueues".to_owned(), ..denied("AccessDenied: Access to the resource is denied.") };
        region.set_gap(Need::Queues, queues);
        region.set_gap(Need::Detectors, denied(BY_POLICY));
        // Exempt from the policy.
        region.analyzers = Observed::Known { value: Vec::new(), evidence: Vec::new() };
        let closed = facts(region.clone());
        assert_eq!(closed.closed_regions().map(|(name, _)| name).collect::<Vec<_>>(), ["eu-north-1"]);
        assert!(matches!(closed.beyond("eu-north-1", &[Need::Detectors]), Some(Beyond::Closed(_))));
        assert_eq!(closed.beyond("eu-north-1", &[Need::Analyzers]), None, "what was answered counts");

        region.functions = Observed::Known { value: Vec::new(), evidence: Vec::new() };
        let open = facts(region);
        assert_eq!(open.closed_regions().count(), 0, "functions can be used there");
        assert_eq!(
            open.beyond("eu-north-1", &[Need::Detectors]),
            None,
            "one service is denied, the region is not closed"
        );
    }

    #[test]
    fn a_refusal_for_want_of_rights_closes_nothing_and_neither_does_any_in_the_region_of_global_services() {
        let mut region = RegionalFacts::default();
        let queues = Gap { call: "sqs:ListQueues".to_owned(), ..denied(BY_POLICY) };
        region.set_gap(Need::Queues, Gap { message: "AccessDenied".to_owned(), ..queues.clone() });
        region.set_gap(Need::Vpcs, denied("UnauthorizedOperation: because no identity-based policy allows the action"));
        assert_eq!(facts(region.clone()).closed_regions().count(), 0);
        region.set_gap(Need::Vpcs, denied(BY_POLICY));
        region.set_gap(Need::Queues, queues);
        let mut facts = facts(region);
        facts.home_region = "eu-north-1".to_owned();
        assert_eq!(facts.closed_regions().count(), 0);
        assert_eq!(facts.beyond("eu-north-1", &[Need::Vpcs]), None);
    }

    #[test]
    fn without_workloads_every_answer_has_to_be_the_policys() {
        let mut region = RegionalFacts::default();
        region.set_gap(Need::Detectors, denied(BY_POLICY));
        assert_eq!(facts(region.clone()).closed_regions().count(), 0, "one service may be denied everywhere");
        let alarms = Gap { call: "cloudwatch:DescribeAlarms".to_owned(), ..denied(BY_POLICY) };
        region.set_gap(Need::Alarms, alarms);
        assert_eq!(facts(region.clone()).closed_regions().count(), 1);
        region.analyzers = Observed::Known { value: Vec::new(), evidence: Vec::new() };
        assert_eq!(facts(region).closed_regions().count(), 0);
    }

    #[test]
    fn a_service_that_is_not_offered_has_no_say_anywhere() {
        let mut region = RegionalFacts::default();
        region.set_gap(Need::Inspector, Gap { kind: GapKind::NotOffered, ..denied("no endpoint") });
        let mut facts = facts(region);
        assert!(matches!(facts.beyond("eu-north-1", &[Need::Inspector]), Some(Beyond::NotOffered(_))));
        facts.home_region = "eu-north-1".to_owned();
        assert!(facts.beyond("eu-north-1", &[Need::Inspector]).is_some());
    }
}
