//! Environment variables; one that is set to nothing is not set, as in the AWS CLI.

/// The value of an environment variable.
pub(crate) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.trim().is_empty())
}
