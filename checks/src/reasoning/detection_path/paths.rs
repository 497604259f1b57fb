//! Ways that events may take to somebody, and whether one is told by them.

use kickoff_facts::Gap;

use crate::reasoning::event_pattern::Answer;
use crate::reasoning::last_mile::Delivery;
use crate::reasoning::routing::{Told, most};

/// A way that events may take to somebody.
#[derive(Debug)]
pub struct Path {
    /// In words.
    pub what: String,
    /// For each event, whether it takes this way.
    pub answers: Vec<Answer>,
    /// Where the way leads.
    pub delivery: Result<Delivery, Gap>,
}

impl Path {
    /// Whether an event is told by this way.
    pub fn told(&self, event: usize) -> Told {
        match (self.answers.get(event), &self.delivery) {
            (None | Some(Answer::No), _) | (_, Ok(Delivery::Nowhere(_))) => Told::No,
            (_, Err(gap)) => Told::Unread(gap.clone()),
            (Some(Answer::Yes), Ok(Delivery::Reaches(_))) => Told::Yes,
            _ => Told::Perhaps,
        }
    }

    /// How many events take this way, perhaps or for certain.
    pub fn taken(&self) -> usize {
        self.answers.iter().filter(|answer| **answer != Answer::No).count()
    }

    /// The way with its end.
    pub fn whole(&self) -> String {
        match &self.delivery {
            Ok(Delivery::Reaches(to)) => format!("{} -> {to}", self.what),
            Ok(Delivery::Nowhere(why) | Delivery::Unseen(why)) => format!("{}: {why}", self.what),
            Err(gap) => format!("{}: {gap}", self.what),
        }
    }

    /// What is in doubt about it; none where nothing is.
    pub fn doubt(&self) -> Option<String> {
        if matches!(self.delivery, Ok(Delivery::Unseen(_))) && self.taken() > 0 {
            return Some(self.whole());
        }
        let mut why: Vec<&str> = self
            .answers
            .iter()
            .filter_map(|answer| if let Answer::Unsure(why) = answer { Some(why) } else { None })
            .flatten()
            .map(String::as_str)
            .collect();
        why.sort_unstable();
        why.dedup();
        let reaches = matches!(self.delivery, Ok(Delivery::Reaches(_)));
        (reaches && !why.is_empty()).then(|| format!("{}: depends on {}", self.what, why.join(", ")))
    }
}

/// Ways, and what stops others from being known.
#[derive(Debug, Default)]
pub struct Paths {
    pub paths: Vec<Path>,
    /// Ways that lead nowhere whatever the event, in words.
    pub remarks: Vec<String>,
    /// Why there may be other ways.
    pub gap: Option<Gap>,
}

impl Paths {
    /// Whether an event is told by one of the ways.
    pub fn told(&self, event: usize) -> Told {
        let unknown = self.gap.clone().map_or(Told::No, Told::Unread);
        self.paths.iter().fold(unknown, |best, path| most(best, path.told(event)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_is_in_doubt_where_an_event_takes_it_and_its_end_is_not_seen_or_its_filter_not_sure() {
        let unsure = || Answer::unsure("$.errorCode");
        let (reaches, unseen) = (Delivery::Reaches("topic a".to_owned()), Delivery::Unseen("not seen".to_owned()));
        let nowhere = Delivery::Nowhere("deaf".to_owned());
        for (answers, delivery, expected) in [
            (vec![Answer::No, Answer::Yes], &unseen, Some("rule a: not seen")),
            (vec![unsure(), Answer::No], &unseen, Some("rule a: not seen")),
            (vec![Answer::No, Answer::No], &unseen, None),
            (vec![unsure(), unsure()], &reaches, Some("rule a: depends on $.errorCode")),
            (vec![Answer::Yes, Answer::No], &reaches, None),
            (vec![unsure(), Answer::Yes], &nowhere, None),
        ] {
            let path = Path { what: "rule a".to_owned(), answers, delivery: Ok(delivery.clone()) };
            assert_eq!(path.doubt().as_deref(), expected, "{path:?}");
        }
    }
}
