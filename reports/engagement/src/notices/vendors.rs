//! Notices on vendors: reports that end too early or are not there, and reviews that are overdue.

use jiff::ToSpan as _;
use jiff::civil::Date;

use super::reach::Assured;
use crate::file::Engagement;
use crate::fold::folded;
use crate::problems::Problems;
use crate::sheets::left::short;
use crate::sheets::words::is_unknown;
use crate::vendors::Vendor;

/// A vendor is looked at again after so many months, where nobody said when.
const MONTHS: i32 = 12;

pub(super) fn tell(file: &Engagement, days: Option<(Date, Date)>, today: Date, notices: &mut Problems<'_>) {
    for (at, vendor) in file.vendors.iter().enumerate() {
        let key = |name: &str| format!("vendors[{at}].{name}");
        // What stands in [[subservice]] as well is told there.
        let relied_on = file.subservice.iter().any(|other| folded(&other.name) == folded(&vendor.name));
        if !relied_on {
            report(vendor, days, key, notices);
        }
        review(vendor, today, key, notices);
    }
}

fn report(vendor: &Vendor, days: Option<(Date, Date)>, key: impl Fn(&str) -> String, notices: &mut Problems<'_>) {
    let name = &vendor.name;
    // `none` is no report.
    let named = vendor.report.as_deref().filter(|report| !is_unknown(report));
    let says_something = named.is_some() || vendor.report_until.is_some() || vendor.report_file.is_some();
    if let Some(holds) = vendor.held().filter(|_| !says_something) {
        let what = format!(
            "{name} holds {}, and no report of its controls is on file: ask for one, or say in `report` what you go by instead",
            short(holds)
        );
        notices.add(&key("report"), what);
    }
    if let Some((_, last)) = days {
        let assured = Assured { name, report: named, until: vendor.report_until, bridge: vendor.bridge_until };
        assured.tell(last, key, notices);
    }
}

fn review(vendor: &Vendor, today: Date, key: impl Fn(&str) -> String, notices: &mut Problems<'_>) {
    let name = &vendor.name;
    match (vendor.next_review, vendor.reviewed) {
        (Some(due), _) if due < today => {
            let what =
                format!("the review of {name} was due on {due}: review it, and enter when, and when it is due next");
            notices.add(&key("next_review"), what);
        }
        (None, Some(reviewed)) if reviewed.saturating_add(MONTHS.months()) < today => {
            let what = format!(
                "{name} was reviewed on {reviewed}, more than {MONTHS} months ago: review it again, or say in `next_review` when it is due"
            );
            notices.add(&key("reviewed"), what);
        }
        _ => {}
    }
    if let Some(reviewed) = vendor.reviewed.filter(|reviewed| today < *reviewed) {
        notices.add(&key("reviewed"), format!("the review of {name} is entered for {reviewed}, a day to come"));
    }
}
