//! What S3 said instead of doing what was asked, and what to do about it.

use std::error::Error;

use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;

use crate::wire::root_cause;

/// No message is shown longer.
const LONGEST: usize = 600;

/// The HTTP status of the answer, if there was one.
pub(super) fn status<E>(error: &SdkError<E, HttpResponse>) -> Option<u16> {
    error.raw_response().map(|answer| answer.status().as_u16())
}

/// Whether it stays unknown: the caller may not ask, or what answers is no S3 that knows the question.
pub(super) fn unknown<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> bool {
    is_denied(error.code(), status(error)) || matches!(status(error), Some(200..=299 | 405 | 501))
}

fn is_denied(code: Option<&str>, status: Option<u16>) -> bool {
    match code {
        Some(code) => matches!(code, "AccessDenied" | "AllAccessDisabled" | "UnauthorizedAccess"),
        None => status == Some(403),
    }
}

/// `cannot be written: AccessDenied: ...; the caller needs s3:PutObject ...`
pub(super) fn why<E>(what: &str, error: &SdkError<E, HttpResponse>, right: &str) -> String
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let (code, status) = (error.code(), status(error));
    let message = clean(error.message().unwrap_or_default());
    let said = match (code, status) {
        (Some(code), _) if message.is_empty() => clean(code),
        (Some(code), _) => format!("{}: {message}", clean(code)),
        // An answer to HEAD has no more than that.
        (None, Some(status)) if status >= 300 => format!("HTTP status {status}"),
        (None, Some(_)) => format!("the answer cannot be read: {}", clean(&root_cause(error))),
        (None, None) => clean(&root_cause(error)),
    };
    format!("cannot be {what}: {said}; {}", next(code, status, &message, right))
}

/// What to do about it.
fn next(code: Option<&str>, status: Option<u16>, message: &str, right: &str) -> String {
    if is_denied(code, status) {
        // S3 asks KMS in the caller's name.
        let kms = message.split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '"' | '\''));
        return match kms.map(|word| word.trim_end_matches([':', '.'])).find(|word| word.starts_with("kms:")) {
            Some(kms) => format!(
                "the caller needs {kms} on the key that the bucket encrypts with, in his own policy and in the policy of the key"
            ),
            None => {
                format!("the caller needs {right} there, and no policy of the bucket or the organization may deny it")
            }
        };
    }
    let said = match code.unwrap_or_default() {
        code if code.starts_with("KMS.") => "the key that the bucket encrypts with has to be there and enabled",
        "NoSuchBucket" => "create the bucket, or correct its name",
        "ExpiredToken" | "InvalidToken" | "TokenRefreshRequired" | "InvalidAccessKeyId" | "SignatureDoesNotMatch" => {
            "sign in again, or take other credentials"
        }
        "RequestTimeTooSkewed" => "set the clock of this machine",
        "EntityTooLarge" => "S3 takes 5 GB in one request",
        "InvalidObjectState" => {
            "a lifecycle rule of the bucket moved it to an archive: restore it, and take it out of the rule"
        }
        "NoSuchKey" | "NoSuchVersion" => "it was deleted after it was listed",
        "BadDigest" | "XAmzContentChecksumMismatch" | "XAmzContentSHA256Mismatch" => {
            "it changed on its way: do the same again"
        }
        _ => match status {
            Some(300..=499) => "what S3 says there has to be put right first",
            _ => "do the same again later: what was written is not written twice",
        },
    };
    said.to_owned()
}

/// One line, without an end of its own.
fn clean(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST).collect();
    line.trim().trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_denied_is_told_by_the_right_that_lacks() {
        let key = "User: arn:aws:sts::111122223333:assumed-role/x/y is not authorized to perform: kms:GenerateDataKey on \
                   resource: arn:aws:kms:eu-west-1:111122223333:key/1 because no identity-based policy allows it";
        let denied = Some("AccessDenied");
        assert!(next(denied, Some(403), key, "s3:PutObject").contains("needs kms:GenerateDataKey on the key"));
        assert!(next(denied, Some(403), "Access Denied", "s3:PutObject").contains("needs s3:PutObject"));
        assert!(next(None, Some(403), "", "s3:ListBucket").contains("needs s3:ListBucket"));
        // Keys that expired are refused with the same status.
        assert!(next(Some("InvalidAccessKeyId"), Some(403), "", "s3:PutObject").contains("other credentials"));
        assert!(next(Some("SlowDown"), Some(503), "", "s3:PutObject").contains("later"));
        assert!(next(None, None, "", "s3:PutObject").contains("later"));
        assert!(next(Some("InvalidRequest"), Some(400), "", "s3:PutObject").contains("put right"));
    }

    #[test]
    fn a_message_is_one_line() {
        assert_eq!(clean("Access\nDenied.\u{1b}[31m"), "Access Denied. [31m");
        assert_eq!(clean("Please reduce your request rate."), "Please reduce your request rate");
    }
}
