//! Declared operations that take and give JSON.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::call::{Answer, Ask};
use crate::declared::{Payload, Service, send};
use crate::session::Session;

/// How one operation, or a service whose operations are alike, is asked.
#[derive(Debug, Clone, Copy)]
pub(super) struct Json {
    pub service: Service,
    /// Puts a body where the protocol wants it.
    pub payload: fn(Value) -> Payload,
    /// The field of the body that names the page.
    pub token: &'static str,
}

impl Json {
    /// Makes a call whose answer is one object.
    pub async fn one<T: DeserializeOwned>(self, session: &Session, asked: Ask<'_>, body: Value) -> Answer<T> {
        let (name, region) = (name(&asked), asked.region);
        session
            .one(asked, |call| send(session, self.service, name, region, (self.payload)(body), call))
            .await
            .parse(|body| serde_json::from_slice(&body).map_err(|e| e.to_string()))
    }

    /// Makes a call page by page; `split` takes a page apart into its records and the next page's token.
    pub async fn pages<P: DeserializeOwned, T>(
        self,
        session: &Session,
        asked: Ask<'_>,
        body: Value,
        split: fn(P) -> (Vec<T>, Option<String>),
    ) -> Answer<Vec<T>> {
        let (name, region) = (name(&asked), asked.region);
        session
            .declared_pages(
                asked,
                |token, call| {
                    let mut body = body.clone();
                    if let Some(token) = token {
                        body[self.token] = token.into();
                    }
                    send(session, self.service, name, region, (self.payload)(body), call)
                },
                |body| Ok(split(serde_json::from_slice(body).map_err(|e| e.to_string())?)),
            )
            .await
    }
}

fn name(asked: &Ask<'_>) -> &'static str {
    asked.operation.rsplit(':').next().unwrap_or(asked.operation)
}
