//! Systems Manager, by declared operations. Of all documents only the preferences of Session Manager are read.

use std::collections::BTreeMap;

use kickoff_facts::Observed;
use kickoff_facts::logging::SessionPreferences;
use serde::Deserialize;
use serde_json::json;

use super::json::Json;
use crate::call::ask;
use crate::declared::{Payload, SSM};
use crate::session::Session;

families! {
    regional SessionPreferences session_preferences = |session, _, region, _| preferences(session, region);
}

const DOCUMENT: Json = Json { service: SSM, payload: Payload::Json, token: "NextToken" };

/// The document that holds a region's preferences.
const PREFERENCES: &str = "SSM-SessionManagerRunShell";

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Document {
    content: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    inputs: Inputs,
    #[serde(default)]
    parameters: BTreeMap<String, Parameter>,
}

#[derive(Deserialize)]
struct Parameter {
    default: Option<serde_json::Value>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Inputs {
    s3_bucket_name: String,
    cloud_watch_log_group_name: String,
}

pub(super) async fn preferences(session: &Session, region: &str) -> Observed<Option<SessionPreferences>> {
    let parameters = [("Name", PREFERENCES)];
    DOCUMENT
        .one::<Document>(
            session,
            ask("ssm:GetDocument", region).with(&parameters),
            json!({ "Name": PREFERENCES, "DocumentFormat": "JSON" }),
        )
        .await
        .parse(|document| read(&document.content))
        .or_absent()
}

/// The preferences in the text of the document.
fn read(content: &str) -> Result<SessionPreferences, String> {
    let Content { inputs, parameters } = serde_json::from_str(content).map_err(|e| format!("{PREFERENCES}: {e}"))?;
    let given = |text: String| Some(text).filter(|text| !text.trim().is_empty());
    // Of the document's parameters those that name a destination: others may hold anything.
    let names = |name: &str| {
        let asks =
            |text: &str| text.split("{{").skip(1).any(|rest| rest.split("}}").next().map(str::trim) == Some(name));
        asks(&inputs.s3_bucket_name) || asks(&inputs.cloud_watch_log_group_name)
    };
    let default = |(name, parameter): (String, Parameter)| {
        let value = parameter.default?.as_str()?.to_owned();
        names(&name).then_some((name, value))
    };
    let defaults = parameters.into_iter().filter_map(default).collect();
    Ok(SessionPreferences {
        bucket: given(inputs.s3_bucket_name),
        log_group: given(inputs.cloud_watch_log_group_name),
        defaults,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_names_are_no_destination_and_another_document_is_none() {
        let document = r#"{"schemaVersion":"1.0","sessionType":"Standard_Stream","inputs":{"s3BucketName":"","cloudWatchLogGroupName":"/ssm","cloudWatchEncryptionEnabled":true,"idleSessionTimeout":"20"}}"#;
        let preferences = SessionPreferences { log_group: Some("/ssm".to_owned()), ..SessionPreferences::default() };
        assert_eq!(read(document), Ok(preferences));
        assert!(read(r#"{"schemaVersion":"2.2"}"#).is_err() && read("schemaVersion: 1").is_err());
    }

    #[test]
    fn parameters_of_the_document_have_their_defaults_or_none() {
        let document = r#"{"schemaVersion":"1.0","sessionType":"Standard_Stream","parameters":{"bucket":{"type":"String"},"group":{"type":"String","default":"/ssm"},"greeting":{"type":"String","default":"hello"}},"inputs":{"s3BucketName":"{{bucket}}","cloudWatchLogGroupName":"{{ group }}"}}"#;
        let read = read(document).unwrap();
        assert_eq!(read.bucket.as_deref(), Some("{{bucket}}"));
        assert_eq!(read.defaults, BTreeMap::from([("group".to_owned(), "/ssm".to_owned())]));
    }
}
