//! Lambda, by declared operations. The environment of functions is taken out of the answer before it is kept.

use kickoff_facts::Observed;
use serde::Deserialize;

use crate::call::ask;
use crate::declared::{LAMBDA, Payload, send};
use crate::session::Session;

families! {
    regional Functions functions = |session, _, region, _| functions(session, region);
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Functions {
    functions: Vec<RawFunction>,
    next_marker: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct RawFunction {
    function_arn: String,
}

/// The functions of the region, by ARN.
pub(super) async fn functions(session: &Session, region: &str) -> Observed<Vec<String>> {
    session
        .declared_pages(
            ask("lambda:ListFunctions", region),
            |marker, call| {
                let mut path = "/2015-03-31/functions".to_owned();
                if let Some(marker) = marker {
                    let marker = percent_encoding::utf8_percent_encode(&marker, percent_encoding::NON_ALPHANUMERIC);
                    path.push_str(&format!("?Marker={marker}"));
                }
                send(session, LAMBDA, "ListFunctions", region, Payload::Get(path), call)
            },
            |body| {
                let page: Functions = serde_json::from_slice(body).map_err(|e| e.to_string())?;
                Ok((page.functions, page.next_marker))
            },
        )
        .await
        .observed()
        .map(|list| {
            let mut arns: Vec<String> = list.into_iter().map(|f| f.function_arn).collect();
            arns.sort();
            arns
        })
}
