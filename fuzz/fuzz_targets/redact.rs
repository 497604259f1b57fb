//! Bodies as AWS, or something in between, might send them.
#![no_main]

use bytes::Bytes;
use kickoff_evidence::{redact_body, xml_is_complete};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let _ = xml_is_complete(body);
    let bytes = Bytes::copy_from_slice(body);
    for service in ["events", "sns", "iam"] {
        let redacted = redact_body(service, &bytes);
        if redacted.redactions.is_empty() {
            assert_eq!(redacted.body, bytes);
        } else if serde_json::from_slice::<serde_json::Value>(body).is_ok() {
            // What was JSON stays JSON.
            assert!(serde_json::from_slice::<serde_json::Value>(&redacted.body).is_ok());
        }
    }
});
