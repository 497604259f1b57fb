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

/// The fixtures come from `openssl ts`, with authorities made by `openssl req -x509` and `openssl ca`:
/// `printf kickoff > data; openssl ts -query -data data -sha256 -cert -out request.tsq` and, for each key,
/// `openssl ts -reply -config tsa.cnf -queryfile request.tsq -signer KEY.pem -inkey KEY.key [-sha512] -out KEY.tsr`.
/// `old` has a certificate of 2020 to 2021, `bare` no certificate, `refused` is a refusal.
#[cfg(test)]
mod tests {
    use super::*;

    const RSA: &[u8] = include_bytes!("fixtures/rsa.tsr");
    const P256: &[u8] = include_bytes!("fixtures/p256.tsr");
    /// The number in request.tsq, as `openssl ts -query -text` prints it.
    const NONCE: u64 = 0x75C3_9A8C_0F54_29F0;

    fn digest() -> [u8; 32] {
        use sha2::Digest as _;
        sha2::Sha256::digest(b"kickoff").into()
    }

    #[test]
    fn the_request_is_the_one_that_openssl_makes() {
        assert_eq!(timestamp_request(&digest(), NONCE), include_bytes!("fixtures/request.tsq"));
    }

    #[test]
    fn answers_with_rsa_and_with_both_curves_hold() {
        let all: [(&[u8], &str); 4] = [
            (RSA, "CN=Example rsa TSA,O=Example"),
            (include_bytes!("fixtures/rsa512.tsr"), "CN=Example rsa TSA,O=Example"),
            (P256, "CN=Example p256 TSA,O=Example"),
            (include_bytes!("fixtures/p384.tsr"), "CN=Example p384 TSA,O=Example"),
        ];
        for (bytes, authority) in all {
            let stamp = check_response(bytes, &digest(), Some(NONCE)).unwrap();
            assert_eq!(stamp.authority, authority);
            // openssl wrote 16:18 or 16:19 into all of them.
            assert!(stamp.time.to_string().starts_with("2026-11-23T16:1"), "{}", stamp.time);
        }
    }

    #[test]
    fn answers_that_do_not_hold_say_why() {
        let of = |bytes: &[u8]| check_response(bytes, &digest(), None).unwrap_err();
        assert_eq!(check_response(RSA, &[0; 32], None), Err(TimestampError::OtherDigest));
        assert_eq!(check_response(RSA, &digest(), Some(1)), Err(TimestampError::OtherNonce));
        assert_eq!(of(include_bytes!("fixtures/old.tsr")), TimestampError::Validity);
        assert_eq!(of(include_bytes!("fixtures/bare.tsr")), TimestampError::NoCertificate);
        assert_eq!(of(include_bytes!("fixtures/refused.tsr")), TimestampError::NotGranted(2));
        assert!(matches!(of(&RSA[..RSA.len() - 1]), TimestampError::Malformed(_)));
        assert!(matches!(of(b""), TimestampError::Malformed(_)));
    }

    /// The response with the bytes after the last occurrence of a pattern, at an offset, changed.
    fn changed(bytes: &[u8], pattern: &[u8], offset: usize) -> Vec<u8> {
        let at = bytes.windows(pattern.len()).rposition(|window| window == pattern).unwrap();
        let mut bytes = bytes.to_vec();
        bytes[at + offset] ^= 1;
        bytes
    }

    #[test]
    fn every_signed_part_is_checked() {
        for bytes in [RSA, P256] {
            let of = |bytes: &[u8]| check_response(bytes, &digest(), None).unwrap_err();
            // The time, in what the authority states.
            assert_eq!(of(&changed(bytes, b"\x18\x0f2026", 8)), TimestampError::Content);
            // The message digest among the signed attributes: 1.2.840.113549.1.9.4, SET, OCTET STRING of 32.
            let attribute = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04\x31\x22\x04\x20";
            assert_eq!(of(&changed(bytes, attribute, attribute.len())), TimestampError::Content);
            // The digest of the certificate is signed too: 1.2.840.113549.1.9.16.2.47, its last byte, then on.
            let certificate = b"\x06\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x02\x2f";
            assert_eq!(of(&changed(bytes, certificate, certificate.len() + 12)), TimestampError::Signature);
            let mut end = bytes.to_vec();
            *end.last_mut().unwrap() ^= 1;
            assert_eq!(of(&end), TimestampError::Signature);
            // The use in the certificate, 1.3.6.1.5.5.7.3.8: the token's signature does not cover that one.
            assert_eq!(of(&changed(bytes, b"\x2b\x06\x01\x05\x05\x07\x03\x08", 7)), TimestampError::Usage);
            // The year of the certificate's end moves: another certificate than the one that was signed with.
            assert_eq!(of(&changed(bytes, b"\x18\x0f2126", 4)), TimestampError::OtherCertificate);
        }
    }

    #[test]
    fn times_have_fractions_and_nothing_else() {
        assert_eq!(time_of(b"20260302020000.25Z").unwrap().to_string(), "2026-03-02T02:00:00.25Z");
        for wrong in
            ["", "Z", "20260302020000", "20260302020000+0100", "2026030202000Z", "20261302020000Z", "20260302020000.Z"]
        {
            assert!(time_of(wrong.as_bytes()).is_err(), "{wrong}");
        }
    }
}
