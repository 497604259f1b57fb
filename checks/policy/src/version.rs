//! The version of the policy language, which decides what a text of it means.

/// The version of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, and a document without a version: no policy variables.
    V2008,
    /// `2012-10-17`.
    V2012,
}
