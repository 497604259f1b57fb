//! ECR, by declared operations.

use kickoff_facts::Observed;
use serde::Deserialize;
use serde_json::json;

use super::json::Json;
use crate::call::ask;
use crate::declared::{ECR, Payload};
use crate::session::Session;

families! {
    regional Repositories repositories = |session, _, region, _| repositories(session, region);
}

const REGISTRY: Json = Json { service: ECR, payload: Payload::Json, token: "nextToken" };

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Repositories {
    repositories: Vec<RawRepository>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawRepository {
    repository_arn: String,
}

/// The repositories of the region, by ARN.
pub(super) async fn repositories(session: &Session, region: &str) -> Observed<Vec<String>> {
    let asked = ask("ecr:DescribeRepositories", region);
    let body = json!({ "maxResults": 1000 });
    REGISTRY
        .pages(session, asked, body, |page: Repositories| (page.repositories, page.next_token))
        .await
        .observed()
        .map(|list| {
            let mut arns: Vec<String> = list.into_iter().map(|r| r.repository_arn).collect();
            arns.sort();
            arns
        })
}
