//! Findings into AWS Security Hub: the one call of kickoff's that writes, made only when a person asks for it.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::call::ask;
use crate::declared::{Payload, SECURITY_HUB, send};
use crate::session::Session;

/// So many findings go into one call at the most (Security Hub API Reference, `BatchImportFindings`).
const BATCH: usize = 100;

/// How an import ended in one region.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// How many findings Security Hub took.
    pub taken: u64,
    /// Those that it did not take: the finding's id, and why.
    pub refused: Vec<(String, String)>,
}

/// Why nothing more could be imported in a region. What went before stays imported: ids are stable, so that another try
/// updates it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("securityhub:BatchImportFindings failed in {region} after {taken} findings: {why}")]
pub struct HubError {
    /// The region.
    pub region: String,
    /// How many findings had been taken.
    pub taken: u64,
    /// What AWS said.
    pub why: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    success_count: u64,
    #[serde(default)]
    failed_findings: Vec<Failed>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Failed {
    id: String,
    error_code: String,
    error_message: String,
}

/// Imports findings, which must be of the session's account, into a region. Throttled and failed calls are tried again.
///
/// # Errors
/// Security Hub is not enabled there, or refuses a whole call.
pub async fn import_findings(session: &Session, region: &str, findings: &[Value]) -> Result<Imported, HubError> {
    let mut imported = Imported::default();
    for batch in findings.chunks(BATCH) {
        let body = json!({ "Findings": batch });
        let answer = session
            .one(ask("securityhub:BatchImportFindings", region), |call| {
                send(
                    session,
                    SECURITY_HUB,
                    "BatchImportFindings",
                    region,
                    Payload::Post("/findings/import", body),
                    call,
                )
            })
            .await
            .parse(|body| serde_json::from_slice::<Answer>(&body).map_err(|error| error.to_string()))
            .observed();
        let failed = |why: String| HubError { region: region.to_owned(), taken: imported.taken, why };
        let answer = answer.get().map_err(|gap| failed(gap.to_string()))?;
        imported.taken += answer.success_count;
        let refused = answer.failed_findings.iter();
        imported.refused.extend(refused.map(|f| (f.id.clone(), format!("{}: {}", f.error_code, f.error_message))));
    }
    Ok(imported)
}
