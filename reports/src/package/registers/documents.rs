//! Documents, what people stated, and the files themselves where the package carries them.

use kickoff_engagement::Attested;
use kickoff_engagement::carried::{DIGEST, PLACE};

use super::super::dossier::Dossier;
use crate::paper::words::person;

pub(super) const DOCUMENTS: &[&str] = &[
    "Request",
    "Title",
    "Criteria",
    "Owner",
    "Status",
    "Observed",
    "Reasons",
    "In force since",
    "Taken",
    "Received",
    "Bytes",
    "SHA-256",
];

/// The heads of a register, with one for where a file lies in the package, where it carries them.
pub(super) fn with_place(dossier: &Dossier<'_>, heads: &[&'static str]) -> Vec<&'static str> {
    heads.iter().copied().chain(dossier.sources.carried.map(|_| PLACE)).collect()
}

/// The register of documents.
pub(super) fn documents<'d>(dossier: &'d Dossier<'_>) -> Box<dyn Iterator<Item = Vec<String>> + 'd> {
    Box::new(dossier.sources.documents.iter().map(|document| {
        let day = |day: Option<jiff::civil::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let mut cells = vec![
            document.request.clone(),
            document.title.clone(),
            document.criteria.join(" "),
            document
                .owner
                .as_deref()
                .map(|owner| person(dossier.sources.engagement, owner))
                .unwrap_or_default()
                .to_owned(),
            document.status.name().to_owned(),
            document.observed.clone(),
            document.reasons.join("; "),
            day(document.effective),
            day(document.collected),
            day(document.received),
            document.bytes.map(|bytes| bytes.to_string()).unwrap_or_default(),
            document.sha256.clone().unwrap_or_default(),
        ];
        cells.extend(place(dossier, &document.request, document.file.as_deref()));
        cells
    }))
}

/// Where a file lies in the package, if it does; none where the package carries no documents.
fn place(dossier: &Dossier<'_>, request: &str, file: Option<&str>) -> Option<String> {
    let all = dossier.sources.carried?;
    let found = all.iter().find(|one| one.request == request && Some(one.original.as_str()) == file);
    Some(found.and_then(|one| one.place.clone().ok()).unwrap_or_default())
}

pub(super) const CARRIED: &[&str] = &[
    "Request",
    "For",
    "Title",
    "Version",
    "Handed over as",
    "File or link in kickoff.toml",
    PLACE,
    "Bytes",
    DIGEST,
    "Carried",
];

/// The documents themselves, and those that are not carried with the reason.
pub(super) fn carried<'d>(dossier: &'d Dossier<'_>) -> Box<dyn Iterator<Item = Vec<String>> + 'd> {
    Box::new(dossier.sources.carried.unwrap_or_default().iter().map(|one| {
        let (place, told) = match &one.place {
            Ok(place) => (place.as_str(), "byte for byte, nothing masked".to_owned()),
            Err(why) => ("", format!("no: {why}")),
        };
        vec![
            one.request.clone(),
            one.occurrence.clone().unwrap_or_default(),
            one.title.clone(),
            one.version.clone().unwrap_or_default(),
            one.kind.name().to_owned(),
            one.original.clone(),
            place.to_owned(),
            one.bytes.map(|bytes| bytes.to_string()).unwrap_or_default(),
            one.sha256.clone().unwrap_or_default(),
            told,
        ]
    }))
}

pub(super) const ATTESTATIONS: &[&str] = &["Control", "Criteria", "Request", "Stated", "By", "On", "Shown by", "Note"];

/// What people stated, in their words.
pub(super) fn attestations<'d>(dossier: &'d Dossier<'_>) -> Box<dyn Iterator<Item = Vec<String>> + 'd> {
    Box::new(dossier.sources.engagement.attestations.iter().map(|said| {
        let stated = match said.result {
            Attested::Pass => "pass",
            Attested::Fail => "fail",
            Attested::NotApplicable => "not-applicable",
        };
        let mut cells = vec![
            said.control.clone(),
            said.criteria.join(" "),
            said.request.clone().unwrap_or_default(),
            stated.to_owned(),
            person(dossier.sources.engagement, &said.by).to_owned(),
            said.on.to_string(),
            said.evidence.clone(),
            said.note.clone().unwrap_or_default(),
        ];
        cells.extend(place(dossier, said.request.as_deref().unwrap_or(&said.control), Some(&said.evidence)));
        cells
    }))
}
