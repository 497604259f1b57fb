//! An attempt of which there is no answer.

use std::fmt;

use aws_smithy_runtime_api::box_error::BoxError;

/// Why no answer came, in words that are stored and read again on replay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// What happened.
    pub text: String,
    /// Which try it was.
    pub tried: u32,
}

impl Failure {
    /// One of a first try, as an error of the connector.
    pub fn boxed(text: impl Into<String>) -> BoxError {
        Box::new(Self { text: text.into(), tried: 1 })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Failure {}
