//! SQS, by declared operations.

use kickoff_facts::Observed;
use serde::Deserialize;
use serde_json::json;

use super::json::Json;
use crate::call::ask;
use crate::declared::{Payload, SQS};
use crate::session::Session;

families! {
    regional Queues queues = |session, _, region, _| queues(session, region);
}

const QUEUES: Json = Json { service: SQS, payload: Payload::Json, token: "NextToken" };

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Queues {
    // AWS leaves the list out where there is no queue.
    #[serde(default)]
    queue_urls: Vec<String>,
    next_token: Option<String>,
}

/// The queues of the region, by URL.
pub(super) async fn queues(session: &Session, region: &str) -> Observed<Vec<String>> {
    let asked = ask("sqs:ListQueues", region);
    QUEUES
        .pages(session, asked, json!({ "MaxResults": 1000 }), |page: Queues| (page.queue_urls, page.next_token))
        .await
        .observed()
        .map(|mut urls| {
            urls.sort();
            urls
        })
}
