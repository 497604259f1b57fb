//! CloudWatch cross-account observability, by declared operations.

use kickoff_facts::Observed;
use kickoff_facts::logging::SharingLink;
use serde::Deserialize;
use serde_json::json;

use super::json::Json;
use crate::call::ask;
use crate::declared::{OAM, Payload};
use crate::session::Session;

families! {
    regional SharingLinks sharing_links = |session, _, region, _| links(session, region);
}

const LINKS: Json = Json { service: OAM, payload: |body| Payload::Post("/ListLinks", body), token: "NextToken" };

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Links {
    items: Vec<RawLink>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawLink {
    arn: String,
    sink_arn: String,
    #[serde(default)]
    resource_types: Vec<String>,
}

pub(super) async fn links(session: &Session, region: &str) -> Observed<Vec<SharingLink>> {
    let asked = ask("oam:ListLinks", region);
    LINKS.pages(session, asked, json!({}), |page: Links| (page.items, page.next_token)).await.observed().map(|list| {
        let read = |l: RawLink| SharingLink { arn: l.arn, sink: l.sink_arn, data: l.resource_types };
        let mut links: Vec<SharingLink> = list.into_iter().map(read).collect();
        links.sort_by(|a, b| a.arn.cmp(&b.arn));
        links
    })
}
