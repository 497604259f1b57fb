//! Notices on the frame: thresholds without a policy, names that this version does not know, accounts without a way in,
//! categories without a reason, days outside the report's.

use jiff::civil::Date;

use crate::check::regions_asked;
use crate::file::Engagement;
use crate::problems::Problems;
use crate::regions::REGIONS;
use crate::scope::Account;
use crate::{nearest, thresholds};

pub(super) fn tell(file: &Engagement, today: Date, notices: &mut Problems<'_>) {
    for parameter in kickoff_checks::parameters::PARAMETERS {
        for entry in thresholds::unknown_names(parameter.name, &file.thresholds.get(parameter)) {
            let what = format!("this version does not know `{entry}`: a scan looks for exactly that name");
            notices.add(&format!("thresholds.{}", parameter.name), what);
        }
        if file.thresholds.is_set(parameter) && !file.threshold_policies.contains_key(parameter.name) {
            let what = "names no policy: write { value = ..., policy = \"an id of [[policies]]\" }";
            notices.add(&format!("thresholds.{}", parameter.name), what);
        }
    }
    for (key, name) in regions_asked(file).filter(|(_, name)| !REGIONS.contains(&name.as_str())) {
        let near = nearest(name, REGIONS.iter().copied());
        notices.add(&key, format!("this version does not know the region `{name}`{near}; a scan asks AWS for it"));
    }
    let enters = |account: &&Account| account.role.is_none() && account.profile.is_none();
    let without: Vec<&Account> = file.scope.accounts.iter().filter(enters).collect();
    if file.scope.role.is_none() && without.len() > 1 {
        let ids: Vec<&str> = without.iter().map(|account| account.id.as_str()).collect();
        let what = format!(
            "no way into {} is known but with credentials of its own: name a `role` or a `profile` for each, or `role` under [scope]; a scan of all of them stops there",
            ids.join(", ")
        );
        notices.add("scope.accounts", what);
    }
    for (at, category) in file.scope.categories.iter().enumerate() {
        if !file.scope.category_reasons.contains_key(category) {
            let what = format!("{category} has no reason: say why under [scope.category_reasons]");
            notices.add(&format!("scope.categories[{at}]"), what);
        }
    }
    if let Some(off) = file.report.as_ref().and_then(|report| report.off_date(today, today)) {
        let off = off.replace("collected on", "what is collected today,");
        notices.add("report", format!("{off}; each page of such a package says so"));
    }
}
