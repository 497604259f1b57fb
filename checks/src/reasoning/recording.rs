//! How often AWS Config records. A recorder may keep one state a day: what changes twice between is recorded once.

use kickoff_facts::detection::Recorder;

use crate::frame::wording::first;

/// So many types are named.
const NAMED: usize = 5;

/// In words, where a recorder does not record all types with every change; none where it does.
#[must_use]
pub fn how_often(recorder: &Recorder) -> Option<String> {
    let often = |frequency: &str| match frequency {
        "" | "CONTINUOUS" => "with every change".to_owned(),
        "DAILY" => "once a day".to_owned(),
        other => format!("at the frequency {other}"),
    };
    let usual = often(&recorder.frequency);
    let others: Vec<String> = recorder
        .frequency_of
        .iter()
        .filter(|one| often(&one.frequency) != usual)
        .map(|one| format!("{} {}", first(NAMED, &one.types), often(&one.frequency)))
        .collect();
    if others.is_empty() && usual == "with every change" {
        return None;
    }
    let but = if others.is_empty() { String::new() } else { format!(", but {}", others.join(", ")) };
    Some(format!("it records {usual}{but}: what changes between is not kept where that is not with every change"))
}

#[cfg(test)]
mod tests {
    use kickoff_facts::detection::FrequencyOf;

    use super::*;

    #[test]
    fn what_is_not_recorded_with_every_change_is_told() {
        let recorder = |usual: &str, others: &[(&str, &str)]| Recorder {
            frequency: usual.into(),
            frequency_of: others
                .iter()
                .map(|(kind, often)| FrequencyOf { types: vec![(*kind).to_owned()], frequency: (*often).to_owned() })
                .collect(),
            ..Recorder::default()
        };
        let between = ": what changes between is not kept where that is not with every change";
        for (recorder, expected) in [
            (recorder("", &[]), None),
            (recorder("CONTINUOUS", &[("AWS::IAM::Role", "CONTINUOUS")]), None),
            (recorder("DAILY", &[]), Some("it records once a day")),
            (
                recorder("CONTINUOUS", &[("AWS::EC2::NetworkInterface", "DAILY")]),
                Some("it records with every change, but AWS::EC2::NetworkInterface once a day"),
            ),
            (
                recorder("DAILY", &[("AWS::IAM::Role", "CONTINUOUS")]),
                Some("it records once a day, but AWS::IAM::Role with every change"),
            ),
            (recorder("HOURLY", &[]), Some("it records at the frequency HOURLY")),
        ] {
            assert_eq!(how_often(&recorder), expected.map(|words| format!("{words}{between}")), "{recorder:?}");
        }
    }
}
