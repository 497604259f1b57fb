//! Declared operations: calls of services whose generated client would cost minutes of compiling for a few reads.
//!
//! Only the shape of a call is ours. Signing, retries, timeouts, credentials and TLS are the SDK's, and the recorder sees
//! these calls as it sees the others.

use std::fmt;

use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::request_info::RequestInfoInterceptor;
use aws_runtime::retries::classifiers::AwsErrorCodeClassifier;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime::client::retries::classifiers::{HttpStatusCodeClassifier, TransientErrorClassifier};
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::config_bag::Layer;
use aws_smithy_types::error::ErrorMetadata;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use bytes::Bytes;

use crate::again::Again;
use crate::asked::Call;
use crate::endpoint::endpoint;
use crate::service::Protocol;
pub(crate) use crate::service::{
    CLOUDWATCH, EC2, ECR, ELB, IDENTITY_STORE, INSPECTOR, LAMBDA, OAM, RDS, SECURITY_HUB, SQS, SSM, SSO_ADMIN, Service,
};
use crate::session::Session;

/// One request of a declared operation.
#[derive(Debug, Clone)]
pub(crate) enum Payload {
    /// The form's fields.
    Form(Vec<(String, String)>),
    /// A JSON body for `POST /`.
    Json(serde_json::Value),
    /// `GET` of a path with its query.
    Get(String),
    /// `POST` of JSON to a path.
    Post(&'static str, serde_json::Value),
}

/// An error answer of a declared operation.
#[derive(Debug)]
pub(crate) struct DeclaredError(ErrorMetadata);

impl fmt::Display for DeclaredError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for DeclaredError {}

impl ProvideErrorMetadata for DeclaredError {
    fn meta(&self) -> &ErrorMetadata {
        &self.0
    }
}

/// What a declared operation gives: the body, to be read by serde.
pub(crate) type Body = Result<Bytes, SdkError<DeclaredError, HttpResponse>>;

/// Calls a declared operation.
pub(crate) async fn send(
    session: &Session,
    service: Service,
    name: &'static str,
    region: &str,
    payload: Payload,
    call: Call,
) -> Body {
    let config = session.sdk(region);
    let endpoint = endpoint(service, region, &config);
    let mut layer = Layer::new("declared operation");
    layer.store_put(AuthSchemeOptionResolverParams::new(()));
    layer.store_put(SigV4OperationSigningConfig {
        region: Some(SigningRegion::from(Region::new(region.to_owned()))),
        name: Some(SigningName::from(service.signing)),
        signing_options: SigningOptions::default(),
        ..SigV4OperationSigningConfig::default()
    });
    layer.store_put(session.retry_partition(service.endpoint, region));
    let mut components = RuntimeComponentsBuilder::new("declared operation")
        .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
        .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
            StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
        )))
        .with_identity_cache(config.identity_cache());
    if let Some(credentials) = config.credentials_provider() {
        components = components.with_identity_resolver(SCHEME_ID, SharedIdentityResolver::new(credentials));
    }
    let mut builder = Operation::builder()
        .service_name(service.endpoint)
        .operation_name(name)
        .endpoint_url(&endpoint)
        // As the generated clients have them.
        .retry_classifier(TransientErrorClassifier::<DeclaredError>::new())
        .retry_classifier(HttpStatusCodeClassifier::default())
        .retry_classifier(AwsErrorCodeClassifier::<DeclaredError>::new())
        .retry_classifier(Again)
        .standard_retry(config.retry_config().unwrap_or(&RetryConfig::disabled()))
        .timeout_config(config.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled))
        .sleep_impl(aws_smithy_async::rt::sleep::TokioSleep::new())
        .time_source(config.time_source().unwrap_or_default())
        // Says which try it is.
        .interceptor(RequestInfoInterceptor::new())
        .interceptor(call)
        .with_connection_poisoning()
        .runtime_plugin(StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components));
    if let Some(version) = config.behavior_version() {
        builder = builder.behavior_version(version);
    }
    if let Some(client) = config.http_client() {
        builder = builder.http_client(client);
    }
    let operation = builder
        .serializer(move |payload: Payload| request(service, name, payload))
        .deserializer(|response: &HttpResponse| {
            let body = Bytes::copy_from_slice(response.body().bytes().unwrap_or_default());
            if response.status().is_success() {
                Ok(body)
            } else {
                Err(OrchestratorError::operation(DeclaredError(error_of(response, &body))))
            }
        })
        .build();
    operation.invoke(payload).await
}

fn request(service: Service, name: &str, payload: Payload) -> Result<HttpRequest, BoxError> {
    let (method, path, kind, body) = match payload {
        Payload::Form(fields) => {
            let Protocol::Query(version) = service.protocol else {
                return Err("a form is for the query protocol".into());
            };
            let mut body = format!("Action={name}&Version={version}");
            for (key, value) in fields {
                body.push('&');
                body.push_str(&key);
                body.push('=');
                body.extend(percent_encoding::utf8_percent_encode(&value, percent_encoding::NON_ALPHANUMERIC));
            }
            ("POST", "/".to_owned(), Some("application/x-www-form-urlencoded".to_owned()), body)
        }
        Payload::Json(body) => {
            let Protocol::Json(_, version) = service.protocol else {
                return Err("a body with a target is for the JSON protocol".into());
            };
            ("POST", "/".to_owned(), Some(format!("application/x-amz-json-{version}")), body.to_string())
        }
        Payload::Get(path) => ("GET", path, None, String::new()),
        Payload::Post(path, body) => ("POST", path.to_owned(), Some("application/json".to_owned()), body.to_string()),
    };
    let mut builder = http::Request::builder().method(method).uri(path).header("user-agent", "aws-sdk-rust");
    if let Some(kind) = kind {
        builder = builder.header("content-type", kind).header("content-length", body.len());
    }
    if let Protocol::Json(prefix, _) = service.protocol {
        builder = builder.header("x-amz-target", format!("{prefix}.{name}"));
    }
    Ok(builder.body(SdkBody::from(body))?.try_into()?)
}

/// The code and message of an error answer, in any of the protocols.
fn error_of(response: &HttpResponse, body: &[u8]) -> ErrorMetadata {
    let mut meta = ErrorMetadata::builder();
    let text = std::str::from_utf8(body).unwrap_or_default();
    if let Ok(json) = serde_json::from_str::<serde_json::Value>(text) {
        let field = |names: &[&str]| {
            names.iter().find_map(|name| json.get(name)).and_then(serde_json::Value::as_str).map(str::to_owned)
        };
        let code = response
            .headers()
            .get("x-amzn-errortype")
            .map(str::to_owned)
            .or_else(|| field(&["__type", "code", "Code"]))
            .map(|code| {
                let code = code.split(':').next().unwrap_or_default();
                code.rsplit('#').next().unwrap_or_default().to_owned()
            });
        if let Some(code) = code {
            meta = meta.code(code);
        }
        if let Some(message) = field(&["message", "Message"]) {
            meta = meta.message(message);
        }
    } else {
        let element = |name: &str| {
            let (_, rest) = text.split_once(&format!("<{name}>"))?;
            Some(rest.split_once(&format!("</{name}>"))?.0)
        };
        if let Some(code) = element("Code") {
            meta = meta.code(code);
        }
        if let Some(message) = element("Message") {
            meta = meta.message(message);
        }
    }
    meta.build()
}
