//! One call and its answer: kept, redacted, and held against another.

mod call;
mod difference;
mod redact;
mod route;
mod tree;
mod wellformed;

pub use call::{CallKey, Exchange, Request, Response, endpoint_of, sha256_hex};
pub use difference::{Difference, differences};
pub use redact::{Redacted, Redaction, redact_body, redact_uri};
pub use route::{Authority, CaBundle, Route};
pub use tree::{is_volatile, normalised, tree};
pub use wellformed::xml_is_complete;
