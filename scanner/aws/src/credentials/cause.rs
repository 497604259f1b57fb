//! What an error of the SDK means, however deep it says so.

use std::error::Error;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::{ConnectorError, SdkError};
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};

use super::error::ConnectError;

/// Why a request for credentials failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cause {
    /// AWS answered with an error.
    Code {
        /// AWS's error code.
        code: String,
        /// Code and message, on one line.
        text: String,
    },
    /// No answer came.
    Unreachable(String),
    /// An answer came that is none of AWS's.
    Garbled(String),
    /// Something before any request.
    Other(String),
}

/// Codes by which services say that what the caller holds is no longer good.
const EXPIRED: [&str; 4] = ["ExpiredToken", "ExpiredTokenException", "RequestExpired", "ExpiredTokenError"];

impl Cause {
    /// AWS says that what was shown has expired.
    pub fn is_expired(&self) -> bool {
        matches!(self, Self::Code { code, .. } if EXPIRED.contains(&code.as_str()))
    }

    /// The words.
    pub fn text(&self) -> &str {
        match self {
            Self::Code { text, .. } | Self::Unreachable(text) | Self::Garbled(text) | Self::Other(text) => text,
        }
    }

    /// The error that has nothing to do with what was asked for: nothing came, or nothing of AWS's.
    pub fn of_the_way(&self, service: &str) -> Option<ConnectError> {
        match self {
            Self::Unreachable(text) => Some(ConnectError::Unreachable(format!("{service} did not answer: {text}"))),
            Self::Garbled(why) => Some(ConnectError::BadAnswer { service: service.to_owned(), why: why.to_owned() }),
            _ => None,
        }
    }

    /// The cause of an error whose type is not known: the first of its sources that says something.
    pub fn of(error: &(dyn Error + 'static)) -> Self {
        let mut at: Option<&(dyn Error + 'static)> = Some(error);
        let (mut last, mut connector) = (error.to_string(), false);
        while let Some(error) = at {
            last = error.to_string();
            connector |= error.downcast_ref::<ConnectorError>().is_some_and(|e| e.is_io() || e.is_timeout());
            if let Some(meta) = error.downcast_ref::<ErrorMetadata>()
                && let Some(code) = meta.code()
            {
                return Self::code(code, meta.message().unwrap_or_default());
            }
            at = error.source();
        }
        let last = one_line(&last);
        // Errors that a service's model knows show their name first.
        let name = last.split([':', ' ']).next().unwrap_or_default();
        if name.ends_with("Exception") || name.ends_with("Error") && name.len() > 5 {
            let message = last[name.len()..].trim_start_matches([':', ' ']).to_owned();
            return Self::code(name, &message);
        }
        if connector || ["timed out", "timeout"].iter().any(|words| last.contains(words)) {
            return Self::Unreachable(last);
        }
        Self::Other(last)
    }

    fn code(code: &str, message: &str) -> Self {
        let text = if message.is_empty() { code.to_owned() } else { format!("{code}: {}", one_line(message)) };
        Self::Code { code: code.to_owned(), text }
    }
}

/// The cause of an error of a call.
pub(crate) fn of_sdk<E>(error: &SdkError<E, HttpResponse>) -> Cause
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        SdkError::ServiceError(service) => {
            let meta = service.err().meta();
            let status = service.raw().status().as_u16();
            match meta.code() {
                Some(code) => Cause::code(code, meta.message().unwrap_or_default()),
                None => Cause::Garbled(format!("HTTP {status}, and no error of AWS's")),
            }
        }
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(error) if error.is_io() || error.is_timeout() => Cause::Unreachable(one_line(&innermost(error))),
            _ => Cause::Other(one_line(&innermost(error))),
        },
        SdkError::TimeoutError(_) => Cause::Unreachable("nothing came in time".to_owned()),
        SdkError::ResponseError(response) => {
            let status = response.raw().status().as_u16();
            Cause::Garbled(format!("HTTP {status}: {}", one_line(&innermost(error))))
        }
        _ => Cause::of(error),
    }
}

fn innermost(error: &dyn Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

pub(crate) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("{0}")]
    struct Said(&'static str);

    #[test]
    fn an_error_that_names_itself_is_a_code_and_other_words_are_not() {
        let known = Cause::of(&Said("UnauthorizedException: Session token not found or invalid"));
        let Cause::Code { code, text } = known else { panic!("{known:?}") };
        assert_eq!(code, "UnauthorizedException");
        assert_eq!(text, "UnauthorizedException: Session token not found or invalid");
        assert_eq!(
            Cause::of(&Said("Error retrieving credentials: no\n way")),
            Cause::Other("Error retrieving credentials: no way".to_owned())
        );
        let refused = ConnectorError::io(Box::new(Said("Connection refused (os error 111)")));
        assert_eq!(Cause::of(&refused), Cause::Unreachable("Connection refused (os error 111)".to_owned()));
    }
}
