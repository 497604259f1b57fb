//! What a time-stamp token is made of: CMS signed data (RFC 5652) around a `TSTInfo` (RFC 3161), by position.

use der::asn1::AnyRef;
use der::{Decode as _, Reader as _, SliceReader, Tag, TagNumber, Tagged as _};
use x509_cert::Certificate;
use x509_cert::spki::ObjectIdentifier;

use super::spki::Hash;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
pub(crate) const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");
const SIGNING_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.2.47");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// Algorithms that name their hash: RSA PKCS #1 v1.5 and ECDSA.
const WITH_HASH: [(ObjectIdentifier, Hash); 6] = [
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11"), Hash::Sha256),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12"), Hash::Sha384),
    (ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13"), Hash::Sha512),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2"), Hash::Sha256),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3"), Hash::Sha384),
    (ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.4"), Hash::Sha512),
];

/// One element: its tag and value, and its own bytes.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    pub(crate) raw: &'a [u8],
    any: AnyRef<'a>,
}

/// What is not as it must be.
pub(crate) type Malformed = &'static str;

impl<'a> Element<'a> {
    /// The whole of some bytes as one element.
    pub(crate) fn whole(raw: &'a [u8]) -> Result<Self, Malformed> {
        let any = AnyRef::from_der(raw).map_err(|_| "it is not DER, or is cut short")?;
        Ok(Self { raw, any })
    }

    pub(crate) fn value(&self) -> &'a [u8] {
        self.any.value()
    }

    fn is(&self, tag: Tag) -> bool {
        self.any.tag() == tag
    }

    fn is_context(&self, number: u32) -> bool {
        self.is(Tag::ContextSpecific { constructed: true, number: TagNumber(number) })
    }

    /// The elements inside, in order.
    fn inside(&self) -> Result<std::vec::IntoIter<Element<'a>>, Malformed> {
        let damaged = |_| "it is damaged inside";
        let mut reader = SliceReader::new(self.value()).map_err(damaged)?;
        let mut elements = Vec::new();
        while !reader.is_finished() {
            elements.push(Element::whole(reader.tlv_bytes().map_err(damaged)?)?);
        }
        Ok(elements.into_iter())
    }

    fn inside_as(&self, tag: Tag) -> Result<std::vec::IntoIter<Element<'a>>, Malformed> {
        if self.is(tag) { self.inside() } else { Err("an element is of another kind than its place") }
    }

    fn as_oid(&self) -> Result<ObjectIdentifier, Malformed> {
        self.any.decode_as().map_err(|_| "an identifier is damaged")
    }

    fn as_bytes(&self, tag: Tag) -> Result<&'a [u8], Malformed> {
        if self.is(tag) { Ok(self.value()) } else { Err("an element is of another kind than its place") }
    }

    /// The algorithm of an `AlgorithmIdentifier`.
    fn algorithm(&self) -> Result<ObjectIdentifier, Malformed> {
        next(&mut self.inside_as(Tag::Sequence)?)?.as_oid()
    }

    fn hash(&self) -> Result<Hash, Malformed> {
        match self.algorithm()? {
            SHA256 => Ok(Hash::Sha256),
            SHA384 => Ok(Hash::Sha384),
            SHA512 => Ok(Hash::Sha512),
            _ => Err("it hashes with something else than SHA-256, SHA-384 or SHA-512"),
        }
    }
}

fn next<'a>(elements: &mut impl Iterator<Item = Element<'a>>) -> Result<Element<'a>, Malformed> {
    elements.next().ok_or("an element is missing")
}

/// `TimeStampResp`: the status, and the token where there is one.
pub(crate) fn response(bytes: &[u8]) -> Result<(u8, Option<Element<'_>>), Malformed> {
    let mut parts = Element::whole(bytes)?.inside_as(Tag::Sequence)?;
    let status = next(&mut next(&mut parts)?.inside_as(Tag::Sequence)?)?.as_bytes(Tag::Integer)?;
    let [status] = status else {
        return Err("its status is not a small number");
    };
    Ok((*status, parts.next()))
}

/// The parts of a token that its check needs.
pub(crate) struct Token<'a> {
    /// The type of what is signed.
    pub(crate) content_type: ObjectIdentifier,
    /// What is signed.
    pub(crate) content: &'a [u8],
    /// The certificates that came with it.
    pub(crate) certificates: Vec<Certificate>,
    /// Who signed: issuer and serial number, or a key identifier.
    pub(crate) signer: Element<'a>,
    /// How the content was hashed.
    pub(crate) digest: Hash,
    /// The attributes that were signed, as they were signed.
    pub(crate) signed: Vec<u8>,
    /// Each with its type and its values.
    pub(crate) attributes: Vec<(ObjectIdentifier, Vec<Element<'a>>)>,
    /// How the attributes were hashed.
    pub(crate) hash: Hash,
    pub(crate) signature: &'a [u8],
}

/// `ContentInfo` with `SignedData` and one signer.
pub(crate) fn token(element: Element<'_>) -> Result<Token<'_>, Malformed> {
    let mut info = element.inside_as(Tag::Sequence)?;
    if next(&mut info)?.as_oid()? != SIGNED_DATA {
        return Err("its token is not signed data");
    }
    let mut data = next(&mut next(&mut info)?.inside()?)?.inside_as(Tag::Sequence)?;
    let (_version, _digests) = (next(&mut data)?, next(&mut data)?);
    let mut content = next(&mut data)?.inside_as(Tag::Sequence)?;
    let content_type = next(&mut content)?.as_oid()?;
    let content = next(&mut next(&mut content)?.inside()?)?.as_bytes(Tag::OctetString)?;
    let (mut certificates, mut signers) = (Vec::new(), None);
    for part in data {
        if part.is_context(0) {
            let of_x509 = part.inside()?.filter(|c| c.is(Tag::Sequence));
            certificates = of_x509
                .map(|c| Certificate::from_der(c.raw).map_err(|_| "a certificate in it is damaged"))
                .collect::<Result<_, _>>()?;
        } else if part.is(Tag::Set) {
            signers = Some(part);
        }
    }
    let mut signers = signers.ok_or("nobody signed it")?.inside()?;
    let mut signer_info = next(&mut signers)?.inside_as(Tag::Sequence)?;
    if signers.next().is_some() {
        return Err("it has more than one signer");
    }
    let (_version, signer, digest) = (next(&mut signer_info)?, next(&mut signer_info)?, next(&mut signer_info)?);
    let attributes = next(&mut signer_info)?;
    if !attributes.is_context(0) {
        return Err("it has no signed attributes");
    }
    // What is hashed is the attributes as the SET that they are, not under the tag that they have here.
    let mut signed = attributes.raw.to_vec();
    if let Some(tag) = signed.first_mut() {
        *tag = 0x31;
    }
    let digest = digest.hash()?;
    let algorithm = next(&mut signer_info)?.algorithm()?;
    let hash = match WITH_HASH.iter().find(|(oid, _)| *oid == algorithm) {
        Some((_, hash)) => *hash,
        None if algorithm == RSA => digest,
        None => return Err("it is signed with something else than RSA (PKCS #1 v1.5) or ECDSA"),
    };
    let signature = next(&mut signer_info)?.as_bytes(Tag::OctetString)?;
    let attributes = attributes.inside()?.map(attribute).collect::<Result<_, _>>()?;
    Ok(Token { content_type, content, certificates, signer, digest, signed, attributes, hash, signature })
}

fn attribute(element: Element<'_>) -> Result<(ObjectIdentifier, Vec<Element<'_>>), Malformed> {
    let mut parts = element.inside_as(Tag::Sequence)?;
    let kind = next(&mut parts)?.as_oid()?;
    Ok((kind, next(&mut parts)?.inside_as(Tag::Set)?.collect()))
}

impl<'a> Token<'a> {
    /// The one value of a signed attribute.
    fn attribute(&self, kind: ObjectIdentifier) -> Option<Element<'a>> {
        let mut found = self.attributes.iter().filter(|(oid, _)| *oid == kind);
        match (found.next(), found.next()) {
            (Some((_, values)), None) if values.len() == 1 => values.first().copied(),
            _ => None,
        }
    }

    pub(crate) fn attribute_oid(&self, kind: ObjectIdentifier) -> Option<ObjectIdentifier> {
        self.attribute(kind)?.as_oid().ok()
    }

    /// The digest of the signer's certificate (RFC 5816), where it is signed, and how it was made.
    pub(crate) fn certificate_digest(&self) -> Result<Option<(Hash, &'a [u8])>, Malformed> {
        let Some(value) = self.attribute(SIGNING_CERTIFICATE) else { return Ok(None) };
        let mut certificates = next(&mut value.inside_as(Tag::Sequence)?)?.inside_as(Tag::Sequence)?;
        let mut first = next(&mut certificates)?.inside_as(Tag::Sequence)?;
        let part = next(&mut first)?;
        if part.is(Tag::OctetString) {
            return Ok(Some((Hash::Sha256, part.value())));
        }
        Ok(Some((part.hash()?, next(&mut first)?.as_bytes(Tag::OctetString)?)))
    }

    pub(crate) fn attribute_bytes(&self, kind: ObjectIdentifier) -> Option<&'a [u8]> {
        self.attribute(kind)?.as_bytes(Tag::OctetString).ok()
    }
}

/// `IssuerAndSerialNumber`, as encoded issuer and the bytes of the number; none for a key identifier.
pub(crate) fn issuer_and_serial(element: Element<'_>) -> Option<(&[u8], &[u8])> {
    let mut parts = element.inside_as(Tag::Sequence).ok()?;
    Some((parts.next()?.raw, parts.next()?.as_bytes(Tag::Integer).ok()?))
}

/// A subject key identifier as the name of a signer.
pub(crate) fn key_identifier(element: Element<'_>) -> Option<&[u8]> {
    element.is(Tag::ContextSpecific { constructed: false, number: TagNumber(0) }).then(|| element.value())
}

/// What the authority states.
pub(crate) struct Statement<'a> {
    /// How the imprint was made.
    pub(crate) hash: Hash,
    pub(crate) imprint: &'a [u8],
    /// `20260302020000Z`, or with a fraction.
    pub(crate) time: &'a [u8],
    /// The number of the request, as DER has it.
    pub(crate) nonce: Option<&'a [u8]>,
}

/// `TSTInfo`.
pub(crate) fn statement(bytes: &[u8]) -> Result<Statement<'_>, Malformed> {
    let mut parts = Element::whole(bytes)?.inside_as(Tag::Sequence)?;
    let (_version, _policy) = (next(&mut parts)?.as_bytes(Tag::Integer)?, next(&mut parts)?.as_oid()?);
    let mut imprint = next(&mut parts)?.inside_as(Tag::Sequence)?;
    let hash = next(&mut imprint)?.hash()?;
    let imprint = next(&mut imprint)?.as_bytes(Tag::OctetString)?;
    let _serial = next(&mut parts)?.as_bytes(Tag::Integer)?;
    let time = next(&mut parts)?.as_bytes(Tag::GeneralizedTime)?;
    // Accuracy is a SEQUENCE and ordering a BOOLEAN; only the nonce is an INTEGER.
    let nonce = parts.find(|part| part.is(Tag::Integer)).map(|part| part.value());
    Ok(Statement { hash, imprint, time, nonce })
}
