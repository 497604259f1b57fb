//! The 61 Trust Services Criteria, by their ids. AICPA's wording is copyrighted; the names are ours.

use std::sync::LazyLock;

use crate::frame::table::fields;

/// How far configuration of a cloud account can evidence the controls of a criterion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Strength {
    /// Not at all: documents and people.
    None,
    /// A supporting fact.
    Weak,
    /// A part of the controls.
    Medium,
    /// Most of the technical controls.
    Strong,
}

/// A criterion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// `CC6.1`.
    pub id: &'static str,
    /// `Security`, `Availability`, `Confidentiality`, `Processing Integrity`, `Privacy`.
    pub category: &'static str,
    /// Our short name for it.
    pub name: &'static str,
    /// How far configuration can evidence it.
    pub strength: Strength,
    /// How many checks bear on it, those of the neighbours that are not built yet (data, network, backup, change) included:
    /// with fewer, it is not tested as far as configuration goes.
    pub planned_checks: usize,
    /// What an auditor asks people for.
    pub documents: &'static str,
    /// What configuration adds.
    pub configuration: &'static str,
}

const DATA: &str = include_str!("../../data/tsc.csv");

/// All criteria, in the order of the standard.
pub static CRITERIA: LazyLock<Vec<Criterion>> = LazyLock::new(|| DATA.lines().skip(1).filter_map(criterion).collect());

fn criterion(line: &'static str) -> Option<Criterion> {
    let mut fields = fields(line).into_iter();
    let (id, category, name) = (fields.next()?, fields.next()?, fields.next()?);
    let strength = match fields.next()? {
        "none" => Strength::None,
        "weak" => Strength::Weak,
        "medium" => Strength::Medium,
        "strong" => Strength::Strong,
        _ => return None,
    };
    let planned_checks = fields.next()?.parse().ok()?;
    Some(Criterion {
        id,
        category,
        name,
        strength,
        planned_checks,
        documents: fields.next()?,
        configuration: fields.next()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_sixty_one_criteria_in_five_categories() {
        let of = |category: &str| CRITERIA.iter().filter(|c| c.category == category).count();
        assert_eq!(CRITERIA.len(), 61);
        assert_eq!(
            ["Security", "Availability", "Confidentiality", "Processing Integrity", "Privacy"].map(of),
            [33, 3, 2, 5, 18]
        );
    }

    #[test]
    fn every_check_informs_criteria_that_exist() {
        for check in crate::CHECKS {
            assert!(!check.meta.criteria.is_empty(), "{}", check.meta.id);
            for id in check.meta.criteria {
                assert!(CRITERIA.iter().any(|c| c.id == *id && c.strength > Strength::None), "{} {id}", check.meta.id);
            }
        }
    }
}
