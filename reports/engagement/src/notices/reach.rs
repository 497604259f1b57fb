//! How far reports of other companies reach, and the bridge letters after them.

use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::problems::Problems;

/// A bridge letter covers so many months after the report, about: it is management's word and nobody examined it.
pub(super) const MONTHS: i32 = 3;

/// The last day that a letter reaches to that goes on from the day after another.
pub(super) fn reach(after: Date) -> Date {
    after.saturating_add(1.days()).saturating_add(MONTHS.months()).saturating_sub(1.days())
}

/// What a company shows of its own controls.
pub(super) struct Assured<'a> {
    pub(super) name: &'a str,
    pub(super) report: Option<&'a str>,
    /// The last day that its report covers.
    pub(super) until: Option<Date>,
    /// The last day that its bridge letter covers.
    pub(super) bridge: Option<Date>,
}

impl Assured<'_> {
    /// Tells what does not reach the last day of one's own period.
    pub(super) fn tell(&self, last: Date, key: impl Fn(&str) -> String, notices: &mut Problems<'_>) {
        let Self { name, report, until, bridge } = *self;
        let Some(until) = until else {
            if report.is_some() || bridge.is_some() {
                let what = format!("the report of {name} does not say until when it reaches: write `report_until`");
                notices.add(&key("report"), what);
            }
            return;
        };
        let newer = "ask for a newer report";
        let about = format!("a bridge letter covers about {MONTHS} months");
        match bridge {
            None if until < last => {
                let what = if report.is_some_and(is_certificate) {
                    "ask for the one that follows".to_owned()
                } else if reach(until) < last {
                    format!("{newer}: {about}, and does not reach that far")
                } else {
                    "ask for a bridge letter".to_owned()
                };
                notices.add(
                    &key("report_until"),
                    format!("the report of {name} ends on {until}, yours on {last}: {what}"),
                );
            }
            Some(bridge) if bridge <= until && until < last => {
                let what = format!(
                    "the bridge letter of {name} ends on {bridge}, and its report on {until}: ask for one that reaches {last}, where yours ends"
                );
                notices.add(&key("bridge_until"), what);
            }
            Some(bridge) if until < last => {
                if bridge < last {
                    let what = format!(
                        "the bridge letter of {name} ends on {bridge}, yours on {last}: ask for one that reaches it"
                    );
                    notices.add(&key("bridge_until"), what);
                }
                if reach(until) < bridge {
                    let what =
                        format!("the bridge letter of {name} goes on from {until} to {bridge}: {about}; {newer}");
                    notices.add(&key("bridge_until"), what);
                }
            }
            None | Some(_) => {}
        }
    }
}

/// Whether what a company shows is a certificate, which no letter goes on from.
fn is_certificate(report: &str) -> bool {
    let lower = report.to_lowercase();
    let words = || lower.split(|c: char| !c.is_alphanumeric());
    let has = |known: &[&str]| words().any(|word| known.iter().any(|start| word.starts_with(start)));
    has(&["iso", "iso27001", "certificat", "certificad", "zertifi", "certificaat", "pci", "hitrust", "tisax"])
        && !has(&["soc", "isae", "ssae"])
}
