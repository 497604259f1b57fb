//! Who reviewed, and whether that is who was reviewed.

use super::row::{Fault, JudgedRow, is_of_permission_set};
use super::sheet::Line;
use super::words::{is, plain};
use crate::file::Engagement;
use crate::person_names::{Same, folded, one_person, people};

/// Who reviewed, and how many rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reviewer {
    /// The name as it stands first.
    pub name: String,
    /// The id of `[[people]]`; none for nobody of it.
    pub person: Option<String>,
    /// How many rows.
    pub rows: usize,
}

/// Whether who decided is who was decided on. Of several reviewers one other is enough, where `[[people]]` knows him: what stands
/// beside a name may be a team, or nobody.
pub(super) fn self_review(line: &Line, label: &str, engagement: &Engagement) -> Option<(Fault, String)> {
    let names = reviewers_of(&line.reviewer);
    let is_himself = |name: &String| is("self", &plain(name));
    let principals = behind(line);
    if principals.is_empty() {
        // A role reviews nobody: who calls himself so is not named.
        let is_nobody = !names.is_empty() && names.iter().all(is_himself);
        return is_nobody.then(|| (Fault::NoReviewer, format!("`{}` names nobody", line.reviewer)));
    }
    let found: Vec<(&String, Same)> = names
        .iter()
        .map(|name| {
            let each = principals.iter().map(|principal| one_person(engagement, name, principal));
            let how = each.max().unwrap_or(Same::No);
            (name, if is_himself(name) { Same::Yes } else { how })
        })
        .collect();
    if found.iter().any(|(name, how)| *how == Same::No && !people(engagement, name).is_empty()) {
        return None;
    }
    let what = format!("{label} by {}", line.reviewer);
    match found.iter().map(|(_, how)| *how).max()? {
        Same::Yes => Some((Fault::SelfReview, what)),
        Same::Maybe => Some((Fault::MaybeSelf, what)),
        Same::No => None,
    }
}

/// The names that who is behind a principal goes by: that of its ARN and that of the row, as either may have been written over.
/// None for a role and the root user; which of them it is the ARN tells, and the type only where there is none.
fn behind(line: &Line) -> Vec<&str> {
    let last = line.arn.rsplit(['/', ':']).next().unwrap_or_default();
    let arn = line.arn.to_ascii_lowercase();
    let of_set = is_of_permission_set(&arn);
    let is_nobody = if arn.is_empty() {
        ["role", "root user"].contains(&plain(&line.kind).as_str())
    } else if of_set {
        line.name.is_empty() || folded(&line.name) == folded(last)
    } else {
        arn.contains(":role/") || arn.ends_with(":root")
    };
    if is_nobody {
        return Vec::new();
    }
    // The ARN of a permission set names none of its people.
    let names = [Some(line.name.as_str()), (!of_set).then_some(last)];
    names.into_iter().flatten().filter(|name| !name.is_empty()).collect()
}

/// A cell without what stands in brackets: a team, a place, an address. Where all of it does, that is taken.
fn outside(cell: &str) -> String {
    let (mut depth, mut bare) = (0_usize, String::new());
    for c in cell.chars() {
        match c {
            '(' | '[' | '（' => {
                depth += 1;
                bare.push(' ');
            }
            ')' | ']' | '）' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    if plain(&bare).is_empty() { cell.replace(['(', ')', '[', ']', '（', '）'], " ") } else { bare }
}

/// The reviewers of a cell. A comma may stand within a name, `Holm, Ida`, and a plus within an address.
fn reviewers_of(cell: &str) -> Vec<String> {
    let mut found = Vec::new();
    let cell = outside(cell);
    for part in cell.split(['/', ';', '&', '\n']).flat_map(|part| part.split(" + ")) {
        let mut start = 0;
        for (at, _) in part.match_indices(' ') {
            let rest = part.get(at + 1..).unwrap_or_default();
            let word = rest.split(' ').next().unwrap_or_default();
            let more = rest.len() > word.len();
            if more && at > start && is("between", &plain(word)) {
                found.push(part.get(start..at).unwrap_or_default());
                start = at + 1 + word.len();
            }
        }
        found.push(part.get(start..).unwrap_or_default());
    }
    found.into_iter().map(str::trim).filter(|name| !name.is_empty()).map(str::to_owned).collect()
}

/// Who reviewed, in the order in which they stand first.
pub(super) fn reviewers(rows: &[JudgedRow], engagement: &Engagement) -> Vec<Reviewer> {
    let mut found: Vec<(String, Reviewer)> = Vec::new();
    for row in rows.iter().filter(|row| row.decision.is_some()) {
        for name in reviewers_of(&row.line.reviewer) {
            let known = people(engagement, &name);
            let person = match known.as_slice() {
                [one] => Some(one.id.clone()),
                _ => None,
            };
            let key = person.clone().unwrap_or_else(|| format!("?{}", folded(&name)));
            match found.iter_mut().find(|(known, _)| *known == key) {
                Some((_, reviewer)) => reviewer.rows += 1,
                None => found.push((key, Reviewer { name, person, rows: 1 })),
            }
        }
    }
    found.into_iter().map(|(_, reviewer)| reviewer).collect()
}
