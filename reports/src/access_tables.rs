//! The terminal's tables of what `kickoff access` found; every line with the statement behind it.

use tabled::builder::Builder;
use tabled::settings::Style;

use crate::access::{Access, Certainty, Evidence, short};
use crate::drawing::clean;

/// How many rows of each section are drawn where not all are wanted.
pub const FIRST: usize = 10;

/// Steps of a path that are drawn; the JSON has them all.
const MOST_STEPS: usize = 20;

/// All sections, each said to be empty when it is, with at most so many rows each.
#[must_use]
pub fn render(access: &Access, width: usize, colour: bool, most: usize) -> String {
    let mut page = Page { width: width.max(50), colour, most, text: String::new() };
    page.administrators(access);
    page.escalations(access);
    page.one_step(access);
    page.outside(access);
    page.tamper(access);
    page.unknown(access);
    page.text
}

/// A column: its head and its share of the width.
type Column = (&'static str, usize);

struct Page {
    width: usize,
    colour: bool,
    /// At most so many rows of a section are drawn.
    most: usize,
    text: String,
}

impl Page {
    fn paint(&self, text: &str, code: &str) -> String {
        if self.colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn sure(&self, certainty: Certainty) -> String {
        self.paint(certainty.name(), if certainty == Certainty::Certain { "31" } else { "33" })
    }

    fn alarm(&self, text: &str) -> String {
        self.paint(text, "31")
    }

    fn section(&mut self, title: &str, columns: &[Column], rows: Vec<Vec<String>>) {
        let title = self.paint(title, "1");
        self.text.push_str(&title);
        if rows.is_empty() {
            self.text.push_str(": none found\n\n");
            return;
        }
        let all = rows.len();
        self.text.push_str(&format!(": {all}\n"));
        let room = self.width.saturating_sub(3 * columns.len() + 1);
        let shares: usize = columns.iter().map(|(_, share)| share).sum();
        let widths: Vec<usize> =
            columns.iter().map(|(_, share)| (room * share / shares.max(1)).max(MOST_NARROW)).collect();
        let mut table = Builder::default();
        table.push_record(columns.iter().map(|(head, _)| *head));
        for row in rows.into_iter().take(self.most) {
            table.push_record(row.iter().zip(&widths).map(|(cell, &width)| wrap(cell, width)));
        }
        self.text.push_str(&table.build().with(Style::modern_rounded()).to_string());
        self.text.push('\n');
        if all > self.most {
            let more = all - self.most;
            self.text
                .push_str(&format!("and {more} more: --full draws all, --format json and --html FILE have them\n"));
        }
        self.text.push('\n');
    }

    fn administrators(&mut self, access: &Access) {
        let sure = access.administrators.iter().map(|arn| vec![clean(arn), "always".to_owned()]);
        let conditional = access
            .conditional_administrators
            .iter()
            .map(|one| vec![clean(&one.principal), format!("when {}", clean(&one.residual.join(" and ")))]);
        let rows = sure.chain(conditional).collect();
        self.section("Administrators", &[("principal", 55), ("when", 45)], rows);
    }

    fn escalations(&mut self, access: &Access) {
        let mut rows = Vec::new();
        for one in &access.escalations {
            let ends = format!("{}\n→ {}\n{}", clean(&one.from), clean(&one.to), self.sure(one.certainty));
            let mut steps: Vec<String> = access
                .path(one)
                .take(MOST_STEPS)
                .enumerate()
                .map(|(at, hop)| {
                    let (number, to) = (at + 1, clean(short(&hop.to)));
                    let (means, sure) = (clean(&hop.primitive), self.sure(hop.certainty));
                    format!("{number}. {means} → {to}\n{sure}\n{}", grounds(&hop.evidence))
                })
                .collect();
            if one.length > MOST_STEPS {
                steps.push(format!("and {} more steps", one.length - MOST_STEPS));
            }
            let others = one.alternatives.iter().map(|other| {
                format!("or {} → {} ({})", clean(&other.primitive), clean(short(&other.to)), other.certainty.name())
            });
            rows.push(vec![ends, steps.into_iter().chain(others).collect::<Vec<_>>().join("\n")]);
        }
        self.section("Escalation paths", &[("from → to", 38), ("steps and evidence", 62)], rows);
    }

    fn one_step(&mut self, access: &Access) {
        let mut rows = Vec::new();
        for one in &access.one_step {
            let mut leads = one.reaches.name().to_owned();
            if let Some(example) = &one.example {
                leads.push_str(&format!(", such as {}", clean(short(example))));
            }
            if let Some(needs) = &one.needs {
                leads.push_str(&format!("\nneeds {}", clean(needs)));
            }
            let also = if one.also.is_empty() { String::new() } else { format!(" (also {})", one.also.join(", ")) };
            let step = format!("{}{also}\n{}\n{leads}", clean(&one.primitive), self.sure(one.certainty));
            rows.push(vec![clean(&one.principal), step, grounds(&one.evidence)]);
        }
        self.section("One step away", &[("principal", 32), ("step", 34), ("evidence", 34)], rows);
        let rows: Vec<_> = access
            .blocked
            .iter()
            .map(|one| {
                let what = format!("{}\nprevented by {}", clean(&one.what.join(", ")), clean(&one.by));
                vec![clean(&one.principal), what, grounds(&one.evidence)]
            })
            .collect();
        self.section("Prevented", &[("principal", 32), ("step", 34), ("evidence", 34)], rows);
    }

    fn outside(&mut self, access: &Access) {
        let mut rows = Vec::new();
        for one in access.outside_by_concern() {
            let account = one.account.as_deref().map(|id| format!(" {}", clean(id))).unwrap_or_default();
            let standing = one.standing.name();
            let standing = if one.standing.is_foreign() { self.alarm(standing) } else { standing.to_owned() };
            let who = format!("{}\n{}{account}\n{standing}\n{}", clean(&one.who), one.kind.name(), clean(&one.whom));
            let mut what = vec![clean(&one.resource), self.sure(one.certainty)];
            what.extend(one.alarms().into_iter().map(|word| self.alarm(word)));
            if one.guarded {
                what.push("guarded".to_owned());
            }
            what.extend(one.conditions.iter().map(|condition| clean(condition)));
            rows.push(vec![who, what.join("\n"), grounds(&one.evidence)]);
        }
        self.section("Outside access", &[("who", 30), ("reaches", 36), ("evidence", 34)], rows);
    }

    fn tamper(&mut self, access: &Access) {
        let mut rows = Vec::new();
        for one in &access.log_tamper {
            for grant in &one.grants {
                let who = format!("{}\n{}", clean(&one.principal), self.sure(grant.certainty));
                let on = grant.resources.iter().map(|resource| format!("on {}", clean(resource)));
                let what: Vec<String> = grant.actions.iter().map(|action| clean(action)).chain(on).collect();
                rows.push(vec![who, what.join("\n"), grounds(&grant.evidence)]);
            }
        }
        self.section("Log tampering", &[("who", 32), ("can", 34), ("evidence", 34)], rows);
    }

    fn unknown(&mut self, access: &Access) {
        let rows = access
            .unknown
            .iter()
            .map(|one| {
                let example = one.example.as_deref().map(|e| format!("\nsuch as {}", clean(e))).unwrap_or_default();
                vec![clean(&one.what), one.count.to_string(), format!("{}{example}", clean(&one.why))]
            })
            .collect();
        self.section("Not decided", &[("what", 34), ("count", 10), ("why", 56)], rows);
    }
}

/// A column narrower than a word such as `certain` would break it.
const MOST_NARROW: usize = 10;

fn grounds(all: &[Evidence]) -> String {
    if all.is_empty() {
        return "evidence not recorded".to_owned();
    }
    all.iter().map(|one| clean(&one.to_string())).collect::<Vec<_>>().join("\n")
}

fn wrap(text: &str, width: usize) -> String {
    textwrap::fill(text, width)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::{Escalation, Hop};

    #[test]
    fn lines_fit_and_carry_evidence() {
        let evidence =
            Evidence { policy: "Deploy".into(), statement: 3, sid: Some("Pass".into()), ..Default::default() };
        let arn = |name: &str| format!("arn:aws:iam::111122223333:role/{}", name.repeat(12));
        let hop = Hop {
            from: arn("ab"),
            to: arn("cd\u{1b}"),
            primitive: "iam:PassRole".into(),
            evidence: vec![evidence],
            ..Default::default()
        };
        let path = Escalation { from: arn("ab"), to: arn("cd\u{1b}"), ..Default::default() };
        let mut access = Access::default();
        access.add_path(path, vec![hop]);
        for width in [80, 120] {
            let text = render(&access, width, false, FIRST);
            assert!(text.lines().all(|line| line.chars().count() <= width), "{text}");
            assert!(text.contains("Deploy, statement 3 Sid Pass") && !text.contains('\u{1b}'), "{text}");
        }
        assert!(render(&access, 80, true, FIRST).contains("\u{1b}[33mpossible\u{1b}[0m"));
    }

    #[test]
    fn what_is_not_drawn_is_counted() {
        let administrators = (0..25).map(|n| format!("arn:aws:iam::111122223333:role/r{n}")).collect();
        let access = Access { administrators, ..Default::default() };
        let text = render(&access, 100, false, FIRST);
        assert!(text.starts_with("Administrators: 25\n"), "{text}");
        assert_eq!(text.matches(":role/r").count(), 10);
        assert!(text.contains("and 15 more: --full"), "{text}");
        assert_eq!(render(&access, 100, false, usize::MAX).matches(":role/r").count(), 25);
    }

    #[test]
    fn empty_is_said() {
        let text = render(&Access::default(), 80, false, FIRST);
        assert_eq!(text.matches("none found").count(), 7);
    }
}
