//! Holds the parts of the file against each other: names that nothing has, days that are upside down, things that
//! stand twice, paths that lead out of the folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::civil::Date;
use kickoff_checks::{CHECKS, CRITERIA};

use crate::cadence::Occurrence;
use crate::file::{Engagement, Report, ReportType};
use crate::files::{leads_out, stays_below};
use crate::fold::folded_words;
use crate::problems::Problems;
use crate::regions::{REGIONS, is_region_name};
use crate::registers::{Document, RiskState};
use crate::requests::{self, Request};
use crate::runs::Runs;
use crate::scope::{CATEGORIES, is_account_id};
use crate::{nearest, zone};

/// Everything that needs no other file.
pub(crate) fn references(file: &Engagement, problems: &mut Problems<'_>) {
    scope(file, problems);
    if let Some(report) = &file.report {
        report_days(report, problems);
    }
    let mut check = Names::new(file, problems);
    check.unique();
    check.frame();
    check.registers();
    check.vendors();
    check.exceptions();
    check.auditor();
    if file.request_list.is_none() {
        request_ids(file, &requests::with_own(requests::default_list(), file), problems);
    }
}

/// The ids of requests, against the list in force; and two documents for one request.
pub(crate) fn request_ids(file: &Engagement, list: &[Request], problems: &mut Problems<'_>) {
    let mut known = |key: String, id: &str| {
        if !list.iter().any(|request| request.id == id) {
            let near = nearest(id, list.iter().map(|request| request.id.as_str()));
            problems.add(&key, format!("there is no request `{id}`{near}"));
        }
    };
    // What was said of a request of ours is said of the line that is the same as it.
    let mapped: BTreeSet<&String> = list.iter().flat_map(|request| &request.standard).collect();
    let mut known = |key: String, id: &String| {
        if !mapped.contains(id) {
            known(key, id);
        }
    };
    for (at, entry) in file.requests.iter().enumerate() {
        known(format!("requests[{at}].id"), &entry.id);
    }
    for (at, document) in file.documents.iter().enumerate() {
        known(format!("documents[{at}].request"), &document.request);
    }
    for (at, policy) in file.policies.iter().enumerate() {
        policy.request.iter().for_each(|id| known(format!("policies[{at}].request"), id));
    }
    for (at, attestation) in file.attestations.iter().enumerate() {
        attestation.request.iter().for_each(|id| known(format!("attestations[{at}].request"), id));
    }
    for (at, review) in file.access_reviews.iter().enumerate() {
        review.request.iter().for_each(|id| known(format!("access_reviews[{at}].request"), id));
    }
    // What came from a list was in the list of its day: one that was dropped since takes no word of the auditor away.
    for (at, said) in file.returns.iter().enumerate().filter(|(_, said)| said.file.is_none()) {
        known(format!("returns[{at}].request"), &said.request);
    }
    for (at, finding) in file.findings.iter().enumerate() {
        finding.requests.iter().for_each(|id| known(format!("findings[{at}].requests"), id));
    }
    requests::counterparts_named(file, list, problems);
}

/// Files that are there and lie elsewhere: a link that leads out of the folder of kickoff.toml.
pub(crate) fn links(file: &Engagement, folder: &Path, problems: &mut Problems<'_>) {
    let list = file.request_list.iter().map(|path| ("request_list".to_owned(), path));
    let documents = (0..).zip(&file.documents).filter_map(|(at, document): (usize, _)| {
        document.file.as_ref().map(|path| (format!("documents[{at}].file"), path))
    });
    let vendors = (0..).zip(&file.vendors).filter_map(|(at, vendor): (usize, _)| {
        vendor.report_file.as_ref().map(|path| (format!("vendors[{at}].report_file"), path))
    });
    let attestations = (0..).zip(&file.attestations);
    let attestations =
        attestations.map(|(at, said): (usize, _)| (format!("attestations[{at}].evidence"), &said.evidence));
    let reviews = (0..).zip(&file.access_reviews);
    let reviews = reviews.map(|(at, review): (usize, _)| (format!("access_reviews[{at}].file"), &review.file));
    let findings = (0..).zip(&file.findings).filter_map(|(at, finding): (usize, _)| {
        finding.evidence.as_ref().map(|path| (format!("findings[{at}].evidence"), path))
    });
    for (key, path) in list.chain(documents).chain(vendors).chain(attestations).chain(reviews).chain(findings) {
        if leads_out(folder, path) {
            let what = format!(
                "`{path}` is a link that leads out of the folder of kickoff.toml: put the file itself below it"
            );
            problems.add(&key, what);
        }
    }
}

fn scope(file: &Engagement, problems: &mut Problems<'_>) {
    let scope = &file.scope;
    let mut seen = BTreeSet::new();
    for (at, account) in scope.accounts.iter().enumerate() {
        let key = format!("scope.accounts[{at}].id");
        if !is_account_id(&account.id) {
            problems.say(&key, format!("`{}` is not an account id: twelve digits, in quotes", account.id));
        }
        if !seen.insert(&account.id) {
            problems.say(&key, format!("account {} stands twice in [[scope.accounts]]", account.id));
        }
    }
    let named = scope.categories.iter().enumerate().map(|(at, name)| (format!("scope.categories[{at}]"), name));
    let reasons = scope.category_reasons.keys().map(|name| (format!("scope.category_reasons.{name}"), name));
    for (key, name) in named.chain(reasons) {
        if !CATEGORIES.contains(&name.as_str()) {
            problems.say(&key, format!("there is no category `{name}`{}", nearest(name, CATEGORIES.into_iter())));
        }
    }
    let excluded = (0..).zip(&scope.exclusions).filter_map(|(at, exclusion): (usize, _)| {
        exclusion.region.as_ref().map(|region| (format!("scope.exclusions[{at}].region"), region))
    });
    for (key, name) in regions_asked(file).chain(excluded) {
        if !is_region_name(name) {
            let near = nearest(name, REGIONS.iter().copied());
            let near = if near.is_empty() { ", such as eu-west-1".to_owned() } else { near };
            problems.add(&key, format!("`{name}` is not the name of a region{near}"));
        }
    }
    for (at, account) in scope.accounts.iter().enumerate() {
        let (Some(role), key) = (&account.role, format!("scope.accounts[{at}].role")) else { continue };
        if let Some(rest) = role.strip_prefix("arn:") {
            let parts: Vec<&str> = rest.splitn(5, ':').collect();
            match parts.as_slice() {
                [_, "iam", "", of, name] if name.starts_with("role/") && is_account_id(of) => {
                    if *of != account.id {
                        problems.add(&key, format!("the role is of account {of}, not of {}", account.id));
                    }
                }
                _ => problems.add(&key, format!("`{role}` is not the ARN of a role: arn:aws:iam::ACCOUNT:role/NAME")),
            }
        }
    }
    for (at, exclusion) in scope.exclusions.iter().enumerate() {
        let key = format!("scope.exclusions[{at}]");
        let named = [&exclusion.account, &exclusion.region, &exclusion.service];
        if named.iter().filter(|name| name.is_some()).count() != 1 {
            problems.add(&key, "names one of `account`, `region` and `service`");
        }
        if let Some(id) = &exclusion.account {
            if !is_account_id(id) {
                problems.add(&format!("{key}.account"), format!("`{id}` is not an account id: twelve digits"));
            } else if seen.contains(id) {
                problems.add(&format!("{key}.account"), format!("account {id} is in [[scope.accounts]] too"));
            }
        }
        for (kind, name, within) in
            [("region", &exclusion.region, &scope.regions), ("service", &exclusion.service, &scope.services)]
        {
            if let Some(name) = name.as_ref().filter(|name| within.contains(name)) {
                problems.add(&format!("{key}.{kind}"), format!("{kind} {name} is in `scope.{kind}s` too"));
            }
        }
    }
}

/// The regions to ask, with their keys.
pub(crate) fn regions_asked(file: &Engagement) -> impl Iterator<Item = (String, &String)> {
    file.scope.regions.iter().enumerate().map(|(at, name)| (format!("scope.regions[{at}]"), name))
}

fn report_days(report: &Report, problems: &mut Problems<'_>) {
    match (report.kind, report.as_of, report.from, report.to) {
        (ReportType::Type1, Some(_), None, None) => {}
        (ReportType::Type1, ..) => problems.add("report", "a Type 1 report has `as_of`, and neither `from` nor `to`"),
        (ReportType::Type2, None, Some(from), Some(to)) => upright("report", ("from", from), ("to", to), problems),
        (ReportType::Type2, ..) => problems.add("report", "a Type 2 report has `from` and `to`, and no `as_of`"),
    }
}

pub(crate) fn upright(key: &str, first: (&str, Date), last: (&str, Date), problems: &mut Problems<'_>) {
    if last.1 < first.1 {
        problems.add(&format!("{key}.{}", last.0), format!("{} is before `{}`, {}", last.1, first.0, first.1));
    }
}

/// Holds names against what there is.
pub(crate) struct Names<'a, 'b> {
    pub(crate) file: &'a Engagement,
    pub(crate) problems: &'a mut Problems<'b>,
}

impl<'a, 'b> Names<'a, 'b> {
    fn new(file: &'a Engagement, problems: &'a mut Problems<'b>) -> Self {
        Self { file, problems }
    }

    /// Each name is one of those that exist.
    pub(crate) fn known<'n>(
        &mut self,
        key: &str,
        what: &str,
        names: impl IntoIterator<Item = &'n String>,
        all: impl Iterator<Item = &'n str> + Clone,
    ) {
        for name in names {
            if !all.clone().any(|known| known == name) {
                let near = nearest(name, all.clone());
                self.problems.add(key, format!("there is no {what} `{name}`{near}"));
            }
        }
    }

    pub(crate) fn people<'n>(&mut self, key: &str, names: impl IntoIterator<Item = &'n String>)
    where
        'a: 'n,
    {
        self.known(key, "person", names, self.file.people.iter().map(|person| person.id.as_str()));
    }

    pub(crate) fn criteria(&mut self, key: &str, names: &[String]) {
        self.known(&format!("{key}.criteria"), "criterion", names, CRITERIA.iter().map(|criterion| criterion.id));
    }

    pub(crate) fn checks<'n>(&mut self, key: &str, names: impl IntoIterator<Item = &'n String>) {
        self.known(key, "check", names, CHECKS.iter().map(|check| check.meta.id));
    }

    fn policies<'n>(&mut self, key: &str, names: impl IntoIterator<Item = &'n String>)
    where
        'a: 'n,
    {
        self.known(key, "policy", names, self.file.policies.iter().map(|policy| policy.id.as_str()));
    }

    /// Controls are free as long as none is declared.
    pub(crate) fn controls<'n>(&mut self, key: &str, names: impl IntoIterator<Item = &'n String>)
    where
        'a: 'n,
    {
        if !self.file.controls.is_empty() {
            self.known(key, "control", names, self.file.controls.iter().map(|control| control.id.as_str()));
        }
    }

    pub(crate) fn path(&mut self, key: &str, path: &str) {
        if path.contains('\\') && stays_below(&path.replace('\\', "/")) {
            let what = format!(
                "`{path}`: write `/` between folders, below that of kickoff.toml: `{}`",
                path.replace('\\', "/")
            );
            self.problems.add(key, what);
        } else if !stays_below(path) {
            self.problems.add(key, format!("`{path}` leads out of the folder of kickoff.toml: files lie below it"));
        }
    }

    fn occurrence(&mut self, key: &str, name: Option<&str>) {
        if let Some(name) = name.filter(|name| Occurrence::parse(name).is_none()) {
            let what =
                format!("`{name}` names no time: write 2026-Q3, 2026-08, 2026-H2, 2026-W31, or 2026 for a whole year");
            self.problems.add(&format!("{key}.occurrence"), what);
        }
    }

    fn unique(&mut self) {
        let file = self.file;
        for (section, key, ids) in [
            ("people", "id", file.people.iter().map(|x| &x.id).collect::<Vec<_>>()),
            ("vendors", "id", file.vendors.iter().map(|x| &x.id).collect()),
            ("vendors", "name", file.vendors.iter().map(|x| &x.name).collect()),
            ("controls", "id", file.controls.iter().map(|x| &x.id).collect()),
            ("policies", "id", file.policies.iter().map(|x| &x.id).collect()),
            ("requests", "id", file.requests.iter().map(|x| &x.id).collect()),
            ("risks", "id", file.risks.iter().map(|x| &x.id).collect()),
            ("exceptions", "id", file.exceptions.iter().map(|x| &x.id).collect()),
            ("findings", "id", file.findings.iter().map(|x| &x.id).collect()),
        ] {
            let mut seen = BTreeSet::new();
            for (at, id) in ids.into_iter().enumerate().filter(|(_, id)| !seen.insert(*id)) {
                self.problems.add(&format!("{section}[{at}].{key}"), format!("`{id}` stands twice in [[{section}]]"));
            }
        }
        // Several documents may answer one request, as long as they can be told apart.
        let mut answered = BTreeSet::new();
        let mut told = BTreeSet::new();
        for (at, document) in file.documents.iter().enumerate() {
            let Document { request, file, link, title, version, occurrence, .. } = document;
            let again = !answered.insert(request);
            let nothing = document.file.is_none() && document.link.is_none() && again;
            if !told.insert((request, [file, link, title, version, occurrence])) || nothing {
                let what = format!(
                    "two documents for request {} that cannot be told apart: give each its `file` or `link`, and its `version` or `occurrence` where they share one",
                    document.request
                );
                self.problems.add(&format!("documents[{at}].request"), what);
            }
        }
        let mut seeds = BTreeSet::new();
        for (at, risk) in file.risks.iter().enumerate() {
            if let Some(seed) = risk.seed.as_ref().filter(|seed| !seeds.insert(*seed)) {
                self.problems.add(&format!("risks[{at}].seed"), format!("`{seed}` stands twice in [[risks]]"));
            }
        }
    }

    fn frame(&mut self) {
        let file = self.file;
        if let Some(what) = file.schedule.zone.as_deref().and_then(zone::unknown) {
            self.problems.add("schedule.zone", what);
        }
        for (key, what) in file.runs.iter().flat_map(Runs::problems) {
            self.problems.add(key, what);
        }
        for (at, window) in file.schedule.windows.iter().enumerate() {
            let key = format!("schedule.windows[{at}]");
            upright(&key, ("from", window.from), ("to", window.to), self.problems);
        }
        for (at, deliverable) in file.schedule.deliverables.iter().enumerate() {
            let key = format!("schedule.deliverables[{at}].owner");
            match (&deliverable.owner, deliverable.from) {
                (Some(_), Some(_)) => {
                    self.problems.add(&key, "and `from` say two things: leave out the one that does not deliver it");
                }
                (Some(owner), None) if owner.eq_ignore_ascii_case("auditor") && self.file.person(owner).is_none() => {
                    let what = format!(
                        "there is no person `{owner}`: for what the auditor delivers, write from = \"auditor\""
                    );
                    self.problems.add(&key, what);
                }
                (owner, _) => self.people(&key, owner),
            }
        }
        for (at, exclusion) in file.scope.exclusions.iter().enumerate() {
            self.people(&format!("scope.exclusions[{at}].approver"), [&exclusion.approver]);
        }
        for (at, organization) in file.subservice.iter().enumerate() {
            for (below, control) in organization.user_controls.iter().enumerate() {
                let key = format!("subservice[{at}].user_controls[{below}]");
                self.criteria(&key, &control.criteria);
                self.checks(&format!("{key}.checks"), &control.checks);
                self.people(&format!("{key}.owner"), &control.owner);
            }
        }
        for (at, work) in file.work.iter().enumerate() {
            let key = format!("work[{at}]");
            if work.responsible.is_empty() {
                self.problems.add(&format!("{key}.responsible"), "names nobody");
            }
            self.people(&format!("{key}.responsible"), &work.responsible);
            self.people(&format!("{key}.accountable"), [&work.accountable]);
            self.people(&format!("{key}.consulted"), &work.consulted);
            self.people(&format!("{key}.informed"), &work.informed);
        }
        for (at, step) in file.escalation.iter().enumerate() {
            self.people(&format!("escalation[{at}].to"), [&step.to]);
        }
        for (threshold, policy) in &file.threshold_policies {
            self.policies(&format!("thresholds.{threshold}"), [policy]);
        }
        if let Some(list) = &file.request_list {
            self.path("request_list", list);
        }
    }

    fn registers(&mut self) {
        let file = self.file;
        for (at, control) in file.controls.iter().enumerate() {
            let key = format!("controls[{at}]");
            self.people(&format!("{key}.owner"), &control.owner);
            self.criteria(&key, &control.criteria);
            self.checks(&format!("{key}.checks"), &control.checks);
        }
        for (at, policy) in file.policies.iter().enumerate() {
            let key = format!("policies[{at}]");
            self.people(&format!("{key}.owner"), &policy.owner);
            self.criteria(&key, &policy.criteria);
            self.controls(&format!("{key}.controls"), &policy.controls);
            let risks = file.risks.iter().map(|risk| risk.id.as_str());
            self.known(&format!("{key}.risks"), "risk", &policy.risks, risks);
        }
        for (at, request) in file.requests.iter().enumerate() {
            let key = format!("requests[{at}]");
            self.people(&format!("{key}.owner"), &request.owner);
            self.criteria(&key, &request.criteria);
            self.checks(&format!("{key}.checks"), &request.checks);
            if let Some((delivered, accepted)) = request.delivered.zip(request.accepted) {
                upright(&key, ("delivered", delivered), ("accepted", accepted), self.problems);
            }
        }
        self.request_names();
        for (at, document) in file.documents.iter().enumerate() {
            let key = format!("documents[{at}]");
            self.people(&format!("{key}.owner"), &document.owner);
            self.people(&format!("{key}.approver"), &document.approver);
            document.file.iter().for_each(|path| self.path(&format!("{key}.file"), path));
            for (first, last) in [
                (("approved", document.approved), ("next_review", document.next_review)),
                (("collected", document.collected), ("received", document.received)),
                (("effective", document.effective), ("until", document.until)),
            ] {
                if let (Some(from), Some(to)) = (first.1, last.1) {
                    upright(&key, (first.0, from), (last.0, to), self.problems);
                }
            }
            self.occurrence(&key, document.occurrence.as_deref());
        }
        for (at, risk) in file.risks.iter().enumerate() {
            let key = format!("risks[{at}]");
            self.people(&format!("{key}.owner"), &risk.owner);
            self.criteria(&key, &risk.criteria);
            self.checks(&format!("{key}.checks"), &risk.checks);
            self.controls(&format!("{key}.controls"), &risk.controls);
            self.policies(&format!("{key}.policies"), &risk.policies);
            if risk.state == RiskState::Rejected && risk.note.is_none() {
                self.problems.add(&format!("{key}.note"), "is missing: a rejected risk says why");
            }
        }
        for (at, attestation) in file.attestations.iter().enumerate() {
            let key = format!("attestations[{at}]");
            self.people(&format!("{key}.by"), [&attestation.by]);
            self.criteria(&key, &attestation.criteria);
            self.controls(&format!("{key}.control"), [&attestation.control]);
            self.path(&format!("{key}.evidence"), &attestation.evidence);
            self.occurrence(&key, attestation.occurrence.as_deref());
        }
        self.access_reviews();
    }

    fn access_reviews(&mut self) {
        let file = self.file;
        let mut seen = BTreeSet::new();
        for (at, review) in file.access_reviews.iter().enumerate() {
            let key = format!("access_reviews[{at}]");
            self.path(&format!("{key}.file"), &review.file);
            self.occurrence(&key, Some(&review.occurrence));
            if !seen.insert(&review.file) {
                let what = format!("`{}` stands twice in [[access_reviews]]", review.file);
                self.problems.add(&format!("{key}.file"), what);
            }
            if review.sha256.len() != 64 || !review.sha256.bytes().all(|b| b.is_ascii_hexdigit()) {
                let what = "is no SHA-256: 64 hexadecimal figures, as `kickoff access-review --returned FILE --write` writes it";
                self.problems.add(&format!("{key}.sha256"), what);
            }
            for id in review.accounts.iter().filter(|id| !is_account_id(id)) {
                let what = format!("`{id}` is not an account id: twelve digits, in quotes");
                self.problems.add(&format!("{key}.accounts"), what);
            }
            if !file.scope.accounts.is_empty() {
                let ids = review.accounts.iter().filter(|id| is_account_id(id));
                let all = file.scope.accounts.iter().map(|account| account.id.as_str());
                self.known(&format!("{key}.accounts"), "account in [[scope.accounts]]", ids, all);
            }
        }
    }

    /// A file is of one request by its name.
    fn request_names(&mut self) {
        let mut seen: BTreeMap<BTreeSet<String>, &str> = BTreeMap::new();
        for (at, request) in self.file.requests.iter().enumerate() {
            for (nth, name) in request.names.iter().enumerate() {
                let key = format!("requests[{at}].names[{nth}]");
                let words: BTreeSet<String> = folded_words(name).split(' ').map(str::to_owned).collect();
                if words.iter().all(|word| word.is_empty()) {
                    self.problems.add(&key, format!("`{name}` has no word by which a file could be known"));
                    continue;
                }
                match seen.insert(words, &request.id) {
                    Some(other) if other != request.id => {
                        let what =
                            format!("`{name}` is a name of request {other} too: a file called so would be for both");
                        self.problems.add(&key, what);
                    }
                    _ => {}
                }
            }
        }
    }

    fn vendors(&mut self) {
        let file = self.file;
        for (at, vendor) in file.vendors.iter().enumerate() {
            let key = format!("vendors[{at}]");
            self.people(&format!("{key}.owner"), &vendor.owner);
            vendor.report_file.iter().for_each(|path| self.path(&format!("{key}.report_file"), path));
            for (first, last) in [
                (("report_from", vendor.report_from), ("report_until", vendor.report_until)),
                (("reviewed", vendor.reviewed), ("next_review", vendor.next_review)),
            ] {
                if let (Some(from), Some(to)) = (first.1, last.1) {
                    upright(&key, (first.0, from), (last.0, to), self.problems);
                }
            }
            for account in &vendor.accounts {
                let key = format!("{key}.accounts");
                if !is_account_id(account) {
                    self.problems.add(&key, format!("`{account}` is not an account id: twelve digits, in quotes"));
                } else if file.scope.accounts.iter().any(|own| own.id == *account) {
                    self.problems.add(&key, format!("account {account} is in [[scope.accounts]]: it is your own"));
                }
            }
        }
    }

    fn exceptions(&mut self) {
        let file = self.file;
        for (at, exception) in file.exceptions.iter().enumerate() {
            let key = format!("exceptions[{at}]");
            self.people(&format!("{key}.approver"), [&exception.approver]);
            self.people(&format!("{key}.requester"), &exception.requester);
            self.checks(&format!("{key}.check"), &exception.check);
            upright(&key, ("approved", exception.approved), ("expires", exception.expires), self.problems);
            if [&exception.check, &exception.account, &exception.resource].iter().all(|part| part.is_none()) {
                self.problems
                    .add(&key, "names neither `check`, `account` nor `resource`: it would take everything out");
            }
            let Some(account) = &exception.account else { continue };
            let accounts = file.scope.accounts.iter().map(|account| account.id.as_str());
            if !is_account_id(account) {
                let key = format!("{key}.account");
                self.problems.add(&key, format!("`{account}` is not an account id: twelve digits, in quotes"));
            } else if !file.scope.accounts.is_empty() {
                self.known(&format!("{key}.account"), "account in [[scope.accounts]]", [account], accounts);
            }
        }
    }
}
