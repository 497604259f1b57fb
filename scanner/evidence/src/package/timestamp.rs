//! Time stamps (RFC 3161): the request for one, and the check of the answer. Sending is the caller's.

use std::fmt::Write as _;

use der::asn1::{Null, ObjectIdentifier, OctetStringRef, Uint};
use der::{Encode as _, Sequence};
use jiff::Timestamp;
use serde::Serialize;
use x509_cert::Certificate;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectKeyIdentifier};

use super::asn1::{self, Token};
use super::spki::{self, Hash, Refused};

const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const TIME_STAMPING: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8");
/// Authorities answer in a few kilobytes.
pub(crate) const LONGEST: usize = 1 << 20;

/// Why a time stamp does not hold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimestampError {
    /// Not a response, or one of a form that is not known.
    #[error("the response cannot be read: {0}")]
    Malformed(&'static str),
    /// The authority refused.
    #[error("the authority did not grant it: status {0}")]
    NotGranted(u8),
    /// It stamps something else.
    #[error("it stamps another digest")]
    OtherDigest,
    /// It answers another request.
    #[error("it does not carry the number of the request")]
    OtherNonce,
    /// The certificate of the signer is not there.
    #[error("the certificate of its signer is not in it")]
    NoCertificate,
    /// What was signed is not what it states.
    #[error("what it states is not what was signed")]
    Content,
    /// The key is of a kind that is not known, or too short.
    #[error("its signer's key cannot be used: RSA of 2048 to 8192 bits, P-256 and P-384 can")]
    Key,
    /// The signature does not hold.
    #[error("its signature does not hold")]
    Signature,
    /// The certificate is not the one whose digest was signed.
    #[error("its signer's certificate is not the one that it was signed with")]
    OtherCertificate,
    /// The certificate is not one for time stamps.
    #[error("its signer's certificate is not for time stamps only")]
    Usage,
    /// The certificate was not valid then.
    #[error("its time is outside the validity of its signer's certificate")]
    Validity,
}

impl From<asn1::Malformed> for TimestampError {
    fn from(why: asn1::Malformed) -> Self {
        Self::Malformed(why)
    }
}

/// A time stamp that holds. Whose it is rests on the certificate in it, whose root is not checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Stamp {
    /// When the authority saw the digest (UTC).
    pub time: Timestamp,
    /// The subject of the authority's certificate.
    pub authority: String,
}

#[derive(Sequence)]
struct Algorithm {
    oid: ObjectIdentifier,
    parameters: Null,
}

#[derive(Sequence)]
struct Imprint<'a> {
    algorithm: Algorithm,
    digest: &'a OctetStringRef,
}

#[derive(Sequence)]
struct Request<'a> {
    version: u8,
    imprint: Imprint<'a>,
    nonce: Uint,
    certificate: bool,
}

/// The request for a time stamp over a SHA-256, with a number that the answer must repeat, and the certificate.
#[must_use]
pub fn timestamp_request(digest: &[u8; 32], nonce: u64) -> Vec<u8> {
    let encode = || -> der::Result<Vec<u8>> {
        let algorithm = Algorithm { oid: SHA256, parameters: Null };
        let imprint = Imprint { algorithm, digest: OctetStringRef::new(digest)? };
        Request { version: 1, imprint, nonce: Uint::new(&nonce.to_be_bytes())?, certificate: true }.to_der()
    };
    // Everything in it has a fixed, small size: there is nothing that encoding could refuse.
    encode().unwrap_or_default()
}

/// Checks an authority's answer for a SHA-256; `nonce` is the number of the request, where it is known.
///
/// # Errors
/// The answer does not hold; the first reason is given.
pub fn check_response(bytes: &[u8], digest: &[u8; 32], nonce: Option<u64>) -> Result<Stamp, TimestampError> {
    if bytes.len() > LONGEST {
        return Err(TimestampError::Malformed("it is longer than a mebibyte"));
    }
    let (status, token) = asn1::response(bytes)?;
    // 0 is granted, 1 granted with modifications.
    let token = match (status, token) {
        (0 | 1, Some(token)) => asn1::token(token)?,
        (0 | 1, None) => return Err(TimestampError::Malformed("it has no token")),
        _ => return Err(TimestampError::NotGranted(status)),
    };
    if token.content_type != asn1::TST_INFO {
        return Err(TimestampError::Malformed("its token is not a time stamp"));
    }
    let stated = asn1::statement(token.content)?;
    if stated.hash != Hash::Sha256 || stated.imprint != digest {
        return Err(TimestampError::OtherDigest);
    }
    if let Some(nonce) = nonce {
        let expected = Uint::new(&nonce.to_be_bytes()).and_then(|n| n.to_der()).unwrap_or_default();
        if stated.nonce.is_none_or(|found| expected.get(2..) != Some(found)) {
            return Err(TimestampError::OtherNonce);
        }
    }
    let certificate = signer(&token).ok_or(TimestampError::NoCertificate)?;
    check_signature(&token, certificate)?;
    let time = time_of(stated.time)?;
    check_certificate(certificate, time)?;
    if let Some((hash, signed)) = token.certificate_digest()?
        && !certificate.to_der().is_ok_and(|encoded| hash.of(&encoded) == signed)
    {
        return Err(TimestampError::OtherCertificate);
    }
    let subject = certificate.tbs_certificate().subject().to_string();
    Ok(Stamp { time, authority: subject.escape_debug().to_string() })
}

fn signer<'a>(token: &'a Token<'_>) -> Option<&'a Certificate> {
    let named = asn1::issuer_and_serial(token.signer);
    let identifier = asn1::key_identifier(token.signer);
    token.certificates.iter().find(|certificate| {
        let tbs = certificate.tbs_certificate();
        let by_name = named.is_some_and(|(issuer, serial)| {
            positive(tbs.serial_number().as_bytes()) == positive(serial)
                && tbs.issuer().to_der().is_ok_and(|encoded| encoded == issuer)
        });
        by_name
            || identifier.is_some_and(|wanted| {
                tbs.get_extension::<SubjectKeyIdentifier>()
                    .ok()
                    .flatten()
                    .is_some_and(|(_, found)| found.0.as_bytes() == wanted)
            })
    })
}

/// A number without the zeros before it.
fn positive(number: &[u8]) -> &[u8] {
    &number[number.iter().take_while(|byte| **byte == 0).count()..]
}

fn check_signature(token: &Token<'_>, certificate: &Certificate) -> Result<(), TimestampError> {
    let digest = token.digest.of(token.content);
    if token.attribute_oid(CONTENT_TYPE) != Some(asn1::TST_INFO)
        || token.attribute_bytes(MESSAGE_DIGEST) != Some(digest.as_slice())
    {
        return Err(TimestampError::Content);
    }
    let key = certificate.tbs_certificate().subject_public_key_info();
    let key = key.to_der().map_err(|_| TimestampError::Key)?;
    spki::verify(&key, token.hash, &token.hash.of(&token.signed), token.signature).map_err(|refused| match refused {
        Refused::Key => TimestampError::Key,
        Refused::Signature => TimestampError::Signature,
    })
}

/// RFC 3161: the extended key usage is there, is critical, and is time stamping alone.
fn check_certificate(certificate: &Certificate, time: Timestamp) -> Result<(), TimestampError> {
    let tbs = certificate.tbs_certificate();
    let usage = tbs.get_extension::<ExtendedKeyUsage>().map_err(|_| TimestampError::Usage)?;
    if !usage.is_some_and(|(critical, usage)| critical && usage.0 == [TIME_STAMPING]) {
        return Err(TimestampError::Usage);
    }
    let second = |time: &x509_cert::time::Time| i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    let validity = tbs.validity();
    if (second(&validity.not_before)..=second(&validity.not_after)).contains(&time.as_second()) {
        Ok(())
    } else {
        Err(TimestampError::Validity)
    }
}

/// `20260302020000Z` or `20260302020000.25Z`: DER's generalized time with RFC 3161's fraction.
fn time_of(value: &[u8]) -> Result<Timestamp, TimestampError> {
    let wrong = TimestampError::Malformed("its time is not one");
    let text = std::str::from_utf8(value).ok().and_then(|text| text.strip_suffix('Z')).ok_or(wrong.clone())?;
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if whole.len() != 14 || !digits(whole) || fraction.is_some_and(|f| f.len() > 9 || !digits(f)) {
        return Err(wrong);
    }
    let (date, clock) = whole.split_at(8);
    let mut iso = format!("{date}T{clock}");
    if let Some(fraction) = fraction {
        let _ = write!(iso, ".{fraction}");
    }
    iso.push('Z');
    iso.parse().map_err(|_| wrong)
}
