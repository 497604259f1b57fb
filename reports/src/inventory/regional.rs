//! Assets of a region: trails and logs, alarms and topics, detection, networks, what runs, Identity Center.

use kickoff_evidence::{EvidenceRef, count};
use kickoff_facts::network::FlowLog;
use kickoff_facts::{Observed, RegionalFacts};

use super::{Found, Lister, Property, short};

const TRAIL: &str = "AWS::CloudTrail::Trail";
const LOG_GROUP: &str = "AWS::Logs::LogGroup";
const ALARM: &str = "AWS::CloudWatch::Alarm";
const COMPOSITE_ALARM: &str = "AWS::CloudWatch::CompositeAlarm";
const RULE: &str = "AWS::Events::Rule";
const TOPIC: &str = "AWS::SNS::Topic";
const KEY: &str = "AWS::KMS::Key";
const RECORDER: &str = "AWS::Config::ConfigurationRecorder";
const AGGREGATOR: &str = "AWS::Config::ConfigurationAggregator";
const DETECTOR: &str = "AWS::GuardDuty::Detector";
const HUB: &str = "AWS::SecurityHub::Hub";
const ANALYZER: &str = "AWS::AccessAnalyzer::Analyzer";
const VPC: &str = "AWS::EC2::VPC";
const FLOW_LOG: &str = "AWS::EC2::FlowLog";
const INSTANCE: &str = "AWS::EC2::Instance";
const DATABASE: &str = "AWS::RDS::DBInstance";
const FUNCTION: &str = "AWS::Lambda::Function";
const REPOSITORY: &str = "AWS::ECR::Repository";
const LOAD_BALANCER: &str = "AWS::ElasticLoadBalancingV2::LoadBalancer";
const QUEUE: &str = "AWS::SQS::Queue";
const IDENTITY_CENTER: &str = "AWS::SSO::Instance";
const PERMISSION_SET: &str = "AWS::SSO::PermissionSet";
const SHARING_LINK: &str = "AWS::Oam::Link";

impl Lister<'_> {
    pub(super) fn regional(&mut self, facts: &RegionalFacts) {
        self.logs(facts);
        self.alerting(facts);
        self.keys(facts);
        self.detection(facts);
        self.network(facts);
        self.compute(facts);
        self.identity_center(facts);
    }

    /// An asset for each entry of a family.
    fn each<T>(&mut self, fact: &Observed<Vec<T>>, kind: &'static str, found: impl Fn(&Self, &T) -> Option<Found>) {
        let Some((entries, evidence)) = self.read(fact, &[kind]) else { return };
        for found in entries.iter().filter_map(|entry| found(self, entry)).collect::<Vec<_>>() {
            self.push(found, evidence);
        }
    }

    fn logs(&mut self, facts: &RegionalFacts) {
        if let Some((trails, evidence)) = self.read(&facts.trails, &[TRAIL]) {
            // A trail is listed in every region that it covers, and by every member of the organization.
            for trail in trails.iter().filter(|trail| trail.primary && trail.owner() == self.facts.account) {
                let mut cited: Vec<EvidenceRef> = evidence.to_vec();
                cited.extend(trail.status.evidence());
                let key = trail.kms_key.as_ref().map_or("a key of S3", String::as_str);
                let details = format!("delivers to the bucket {}; encrypted with {key}", trail.bucket);
                let logged = Property::of(&trail.status, |status| status.logging);
                let found =
                    Found { encrypted: Property::Yes, logged, ..Found::setting(TRAIL, &trail.arn, &trail.name) };
                self.push_in(trail.home_region.clone(), found.details(details), &cited);
            }
        }
        self.each(&facts.log_groups, LOG_GROUP, |_, group| {
            let kept =
                group.retention_days.map_or("kept for ever".to_owned(), |days| format!("kept {}", count(days, "day")));
            let key = group.kms_key.as_ref().map_or("a key of the service", String::as_str);
            let found =
                Found::setting(LOG_GROUP, &group.arn, &group.name).details(format!("{kept}; encrypted with {key}"));
            let public = Property::Unknown("policies on log groups are judged by the check logs-not-public".to_owned());
            // CloudWatch Logs always encrypts.
            Some(Found { encrypted: Property::Yes, public, ..found })
        });
        self.each(&facts.sharing_links, SHARING_LINK, |_, link| {
            let details = format!("shares {} with {}", link.data.join(", "), link.sink);
            Some(Found::setting(SHARING_LINK, &link.arn, short(&link.arn)).details(details))
        });
    }

    fn alerting(&mut self, facts: &RegionalFacts) {
        self.each(&facts.alarms, ALARM, |_, alarm| {
            let actions = if alarm.actions_enabled { "actions on" } else { "actions off" };
            let kind = if alarm.composite { COMPOSITE_ALARM } else { ALARM };
            Some(Found::setting(kind, &alarm.arn, &alarm.name).details(actions))
        });
        self.each(&facts.rules, RULE, |_, rule| {
            let enabled = if rule.enabled { "enabled" } else { "disabled" };
            Some(Found::setting(RULE, &rule.arn, &rule.name).details(enabled))
        });
        let account = self.facts.account.clone();
        self.each(&facts.topics, TOPIC, |_, topic| {
            // A topic that was deleted, or is another account's, may still be told.
            let gone = matches!(topic.subscriptions.get(), Ok(None));
            let own = topic.arn.split(':').nth(4) == Some(account.as_str());
            let details = format!("told by {}", topic.told_by.join(", "));
            (own && !gone).then(|| Found::unread(TOPIC, &topic.arn, short(&topic.arn)).details(details))
        });
    }

    fn keys(&mut self, facts: &RegionalFacts) {
        let Some((keys, evidence)) = self.read(&facts.log_keys, &[KEY]) else { return };
        for key in keys.iter().filter(|key| key.owned) {
            let mut cited = evidence.to_vec();
            cited.extend(key.key.evidence());
            let protects = format!("protects {}", key.protects.join(", "));
            match key.key.get() {
                Ok(None) => {}
                Ok(Some(settings)) => {
                    let rotation = match settings.rotates.get() {
                        Ok(Some(true)) => "rotated",
                        Ok(Some(false)) => "not rotated",
                        Ok(None) => "of a kind that AWS does not rotate",
                        Err(_) => "rotation unknown",
                    };
                    let details = format!("{}, {rotation}; {protects}", settings.state);
                    let public = Property::Unknown("key policies are not judged here".to_owned());
                    let found = Found { public, ..Found::setting(KEY, &settings.arn, short(&settings.arn)) };
                    self.push(found.details(details), &cited);
                }
                Err(gap) => {
                    self.gap(gap, &[KEY]);
                    self.push(Found::unread(KEY, &key.id, short(&key.id)).details(protects), &cited);
                }
            }
        }
    }

    fn detection(&mut self, facts: &RegionalFacts) {
        self.each(&facts.recorders, RECORDER, |_, recorder| {
            let logged = if recorder.recording { Property::Yes } else { Property::No };
            Some(Found { logged, ..Found::setting(RECORDER, &recorder.name, &recorder.name) })
        });
        self.each(&facts.aggregators, AGGREGATOR, |_, one| Some(Found::setting(AGGREGATOR, &one.arn, &one.name)));
        self.each(&facts.detectors, DETECTOR, |list, detector| {
            let state = match detector.settings.get() {
                Ok(settings) if settings.enabled => "on".to_owned(),
                Ok(_) => "suspended".to_owned(),
                Err(gap) => format!("whether it is on is unknown: {gap}"),
            };
            let arn = list.arn("guardduty", &format!("detector/{}", detector.id));
            Some(Found::setting(DETECTOR, arn, &detector.id).details(state))
        });
        if let Some((Some(hub), evidence)) = self.read(&facts.security_hub, &[HUB]) {
            self.push(Found::setting(HUB, &hub.arn, short(&hub.arn)), evidence);
        }
        self.each(&facts.analyzers, ANALYZER, |_, analyzer| {
            let details = format!("{}, {}", analyzer.kind, analyzer.status);
            Some(Found::setting(ANALYZER, &analyzer.arn, &analyzer.name).details(details))
        });
    }

    fn network(&mut self, facts: &RegionalFacts) {
        let account = self.facts.account.clone();
        self.each(&facts.vpcs, VPC, |list, vpc| {
            // A shared VPC belongs to its owner's list.
            let own = vpc.owner == account || vpc.owner.is_empty();
            let found = Found::setting(VPC, list.arn("ec2", &format!("vpc/{}", vpc.id)), named(&vpc.name, &vpc.id));
            let logged = Property::told(&facts.flow_logs, |logs| watched(logs, &vpc.id));
            let details = if vpc.default { "the region's default VPC" } else { "" };
            own.then(|| Found { logged, ..found }.details(details))
        });
        self.each(&facts.flow_logs, FLOW_LOG, |list, log| {
            let arn = list.arn("ec2", &format!("vpc-flow-log/{}", log.id));
            let logged = if delivers(log) { Property::Yes } else { Property::No };
            let details = format!("{} traffic of {}", log.traffic, log.resource);
            Some(Found { logged, ..Found::setting(FLOW_LOG, arn, &log.id) }.details(details))
        });
    }

    fn compute(&mut self, facts: &RegionalFacts) {
        self.each(&facts.instances, INSTANCE, |list, instance| {
            let arn = list.arn("ec2", &format!("instance/{}", instance.id));
            let found = Found::unread(INSTANCE, arn, named(&instance.name, &instance.id));
            instance.exists().then(|| found.details(&instance.state))
        });
        self.each(&facts.databases, DATABASE, |_, database| {
            let cluster = database.cluster.as_ref().map(|name| format!(", cluster {name}")).unwrap_or_default();
            let details = format!("{}{cluster}", database.engine);
            let kind = match database.engine.as_str() {
                "neptune" => "AWS::Neptune::DBInstance",
                "docdb" => "AWS::DocDB::DBInstance",
                _ => DATABASE,
            };
            Some(Found::unread(kind, &database.arn, &database.id).details(details))
        });
        let by_arn = |kind| move |_: &Self, arn: &String| Some(Found::unread(kind, arn, short(arn)));
        self.each(&facts.functions, FUNCTION, by_arn(FUNCTION));
        self.each(&facts.repositories, REPOSITORY, |_, arn| {
            // The names of repositories have slashes.
            let name = arn.split_once(":repository/").map_or(arn.as_str(), |(_, name)| name);
            Some(Found::unread(REPOSITORY, arn, name))
        });
        self.each(&facts.load_balancers, LOAD_BALANCER, |_, arn| {
            // `.../loadbalancer/app/<name>/<id>`
            let name = arn.rsplit('/').nth(1).unwrap_or(arn);
            Some(Found::unread(LOAD_BALANCER, arn, name))
        });
        self.each(&facts.queues, QUEUE, |list, url| {
            // `https://sqs.<region>.amazonaws.com/<account>/<name>`
            let name = url.rsplit('/').next().unwrap_or(url);
            Some(Found::unread(QUEUE, list.arn("sqs", name), name))
        });
    }

    fn identity_center(&mut self, facts: &RegionalFacts) {
        let account = self.facts.account.clone();
        self.each(&facts.identity_centers, IDENTITY_CENTER, |list, center| {
            let own = center.is_administered(&account, list.region);
            own.then(|| Found::setting(IDENTITY_CENTER, &center.arn, short(&center.arn)).details(&center.status))
        });
        let Some((Some(sets), evidence)) = self.read(&facts.permission_sets, &[PERMISSION_SET]) else { return };
        for set in sets {
            let name = set.settings.get().map_or_else(|_| short(&set.arn), |settings| &settings.name);
            let cited: Vec<EvidenceRef> = evidence.iter().chain(set.settings.evidence()).copied().collect();
            self.push(Found::setting(PERMISSION_SET, &set.arn, name), &cited);
        }
    }
}

/// The `Name` tag, or the id where there is none.
fn named<'a>(name: &'a Option<String>, id: &'a str) -> &'a str {
    name.as_deref().filter(|name| !name.is_empty()).unwrap_or(id)
}

fn delivers(log: &FlowLog) -> bool {
    log.status == "ACTIVE" && log.deliver_status != "FAILED"
}

/// Whether the traffic of a VPC is logged. Of flow logs on subnets and interfaces nobody knows the VPC.
fn watched(logs: &[FlowLog], vpc: &str) -> Property {
    if logs.iter().any(|log| log.resource == vpc && delivers(log)) {
        Property::Yes
    } else if logs.iter().any(|log| !log.resource.starts_with("vpc-")) {
        Property::Unknown("the region has flow logs on subnets or interfaces, which may be the VPC's".to_owned())
    } else {
        Property::No
    }
}
