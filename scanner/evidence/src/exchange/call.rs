//! One API exchange: a request as it was sent, and the answer as it came.

use std::collections::BTreeMap;

use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::redact::Redaction;

/// The SHA-256 of some bytes, in lower-case hexadecimal.
#[must_use]
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// One API exchange. A call that failed is an exchange too.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// The twelve-digit account that was asked.
    pub account: String,
    /// `aws`, `aws-us-gov`, `aws-cn`, ...
    pub partition: String,
    /// Who asked: the caller's ARN, as STS named it.
    pub caller: String,
    /// The region whose endpoint was asked; global services answer from the partition's main region.
    pub region: String,
    /// The service, by the prefix that kickoff's catalogue uses (`iam`, `cloudtrail`, `logs`, ...).
    pub service: String,
    /// The API operation, `DescribeTrails`.
    pub operation: String,
    /// The request as it was sent, without credentials.
    pub request: Request,
    /// The answer, if one came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub response: Option<Response>,
    /// Why no answer came (connection refused, timeout, ...).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// 1 for the first try, 2 for the first retry, ...
    pub attempt: u32,
    /// 1, or 2 where the question was put a second time because the first answer did not agree with another one.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub reading: u32,
    /// When the request was handed to the connection (UTC, by AWS's clock where ours is off).
    pub started: Timestamp,
    /// When the answer was complete (UTC, by AWS's clock where ours is off).
    pub finished: Timestamp,
}

fn first() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_first(reading: &u32) -> bool {
    *reading == first()
}

/// The request of an exchange.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// `GET`, `POST`, ...
    pub method: String,
    /// The whole URI, endpoint and query included.
    pub uri: String,
    /// The path of the endpoint that was asked in place of AWS, where it has one: the path of the URI begins with it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub prefix: String,
    /// Headers from an allow-list: none that carries or derives from a credential.
    pub headers: BTreeMap<String, String>,
    /// The body.
    #[serde(with = "body")]
    pub body: Bytes,
}

/// The response of an exchange.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers from an allow-list.
    pub headers: BTreeMap<String, String>,
    /// The body: every byte that AWS sent, but for what `redactions` lists.
    #[serde(with = "body")]
    pub body: Bytes,
    /// SHA-256 of `body`.
    pub sha256: String,
    /// SHA-256 of the bytes as received; differs from `sha256` when something was redacted.
    pub sha256_received: String,
    /// What was taken out before the body was stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub redactions: Vec<Redaction>,
}

impl Response {
    /// AWS's id of the request, by which the client's own CloudTrail knows it.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        ["x-amzn-requestid", "x-amz-request-id", "x-amzn-request-id"]
            .iter()
            .find_map(|name| self.headers.get(*name))
            .map(String::as_str)
    }

    /// AWS's own clock, the `Date` header.
    #[must_use]
    pub fn date(&self) -> Option<&str> {
        self.headers.get("date").map(String::as_str)
    }
}

/// What identifies a call on replay: where it went and what it asked, never in which order.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CallKey {
    /// The account that was asked.
    pub account: String,
    /// The region whose endpoint was asked.
    pub region: String,
    /// The service.
    pub service: String,
    /// The operation.
    pub operation: String,
    /// SHA-256 over method, path, query and body.
    pub digest: String,
    /// 1, or 2 for a question that was put a second time.
    pub reading: u32,
}

impl CallKey {
    /// The digest part of a key. The endpoint does not count, nor does its path, so that a run recorded at one endpoint
    /// replays at any.
    #[must_use]
    pub fn digest(request: &Request) -> String {
        let Request { method, uri, prefix, body, .. } = request;
        let path = uri.split_once("://").map_or(&**uri, |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        let path = path.strip_prefix(prefix.trim_end_matches('/')).filter(|rest| rest.starts_with('/')).unwrap_or(path);
        // Members of a JSON object have no order, and the SDK writes maps in a different one each time.
        let sorted = if body.first() == Some(&b'{') { sorted_json(body) } else { None };
        let body = sorted.as_deref().unwrap_or(body);
        let mut hash = Sha256::new();
        for part in [method.as_bytes(), path.as_bytes(), body] {
            hash.update(part);
            hash.update([0]);
        }
        hex::encode(hash.finalize())
    }
}

/// JSON with the members of every object in the order of their names; none for what is not JSON.
fn sorted_json(text: &[u8]) -> Option<Vec<u8>> {
    let mut value: Value = serde_json::from_slice(text).ok()?;
    value.sort_all_objects();
    serde_json::to_vec(&value).ok()
}

/// The endpoint of a URI: scheme and authority.
#[must_use]
pub fn endpoint_of(uri: &str) -> &str {
    let Some((scheme, rest)) = uri.split_once("://") else {
        return uri;
    };
    let authority = rest.find(['/', '?']).unwrap_or(rest.len());
    &uri[..scheme.len() + 3 + authority]
}

impl Exchange {
    /// The key under which replay finds this exchange.
    #[must_use]
    pub fn key(&self) -> CallKey {
        CallKey {
            account: self.account.clone(),
            region: self.region.clone(),
            service: self.service.clone(),
            operation: self.operation.clone(),
            digest: CallKey::digest(&self.request),
            reading: self.reading,
        }
    }
}

impl Exchange {
    /// The SHA-256 of the exchange's record: all that is known of it, the answer's body by its digest. Any word of it that
    /// is another one gives another digest.
    #[must_use]
    pub fn digest(&self) -> String {
        let mut record = self.clone();
        if let Some(response) = &mut record.response {
            response.body = Bytes::new();
        }
        // Plain types are always JSON.
        sha256_hex(&serde_json::to_vec(&record).unwrap_or_default())
    }

    /// The exchange as JSON, with the name of a file in the place of the answer's body.
    ///
    /// # Errors
    /// None that can happen: the types are plain.
    pub fn filed(&self, file: Option<&str>) -> serde_json::Result<Value> {
        let mut value = serde_json::to_value(self)?;
        if let (Some(file), Some(response)) = (file, value.get_mut("response")) {
            response["body"] = json!({ "file": file });
        }
        Ok(value)
    }

    /// The file that stands in the place of the answer's body, where one does.
    #[must_use]
    pub fn file_of(filed: &Value) -> Option<&str> {
        filed.get("response")?.get("body")?.get("file")?.as_str()
    }

    /// The exchange again, with the body that its file holds.
    ///
    /// # Errors
    /// It is no exchange.
    pub fn unfiled(mut filed: Value, body: Option<Vec<u8>>) -> serde_json::Result<Self> {
        let Some(body) = body else { return serde_json::from_value(filed) };
        if let Some(response) = filed.get_mut("response") {
            response["body"] = json!({ "text": "" });
        }
        let mut exchange: Self = serde_json::from_value(filed)?;
        if let Some(response) = &mut exchange.response {
            response.body = body.into();
        }
        Ok(exchange)
    }
}

/// Bodies are `{"text": ...}` where they are UTF-8, so that a person can read them, and `{"base64": ...}` elsewhere.
mod body {
    use super::{Bytes, Deserialize, Deserializer, STANDARD, Serialize, Serializer};
    use base64::Engine as _;
    use serde::de::Error as _;

    #[derive(Serialize)]
    #[serde(rename_all = "lowercase")]
    enum Out<'a> {
        Text(&'a str),
        Base64(String),
    }

    #[derive(Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum In {
        Text(String),
        Base64(String),
    }

    pub fn serialize<S: Serializer>(body: &Bytes, to: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(body) {
            Ok(text) => Out::Text(text).serialize(to),
            Err(_) => Out::Base64(STANDARD.encode(body)).serialize(to),
        }
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Bytes, D::Error> {
        match In::deserialize(from)? {
            In::Text(text) => Ok(Bytes::from(text)),
            In::Base64(text) => STANDARD
                .decode(text)
                .map(Bytes::from)
                .map_err(|error| D::Error::custom(format_args!("a body is not Base64: {error}"))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_call_leaves_out_endpoint_and_member_order() {
        let request = |uri: &str, body: &str, prefix: &str| Request {
            method: "POST".to_owned(),
            uri: uri.to_owned(),
            prefix: prefix.to_owned(),
            headers: BTreeMap::new(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        };
        let digest = |uri: &str, body: &str| CallKey::digest(&request(uri, body, ""));
        let one = digest("https://a.amazonaws.com/x?y=1", r#"{"a":1,"b":{"c":[{"d":1,"e":2}]}}"#);
        assert_eq!(one, digest("http://127.0.0.1:5000/x?y=1", r#"{"b":{"c":[{"e":2,"d":1}]},"a":1}"#));
        assert_ne!(one, digest("https://a.amazonaws.com/x?y=2", r#"{"a":1,"b":{"c":[{"d":1,"e":2}]}}"#));
        assert_ne!(one, digest("https://a.amazonaws.com/x?y=1", r#"{"a":1,"b":{"c":[{"d":2,"e":2}]}}"#));
        // The path of an endpoint is the endpoint's.
        let proxied = |prefix: &str| CallKey::digest(&request("http://127.0.0.1:5000/aws/x?y=1", "", prefix));
        assert_eq!(proxied("/aws"), digest("https://a.amazonaws.com/x?y=1", ""));
        assert_eq!(proxied("/aws/"), proxied("/aws"));
        assert_ne!(proxied("/aw"), digest("https://a.amazonaws.com/x?y=1", ""));
        assert_eq!(endpoint_of("https://a.amazonaws.com?x"), "https://a.amazonaws.com");
    }
}
