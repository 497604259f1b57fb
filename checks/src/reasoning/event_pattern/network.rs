//! Ranges of addresses, `10.0.0.0/8`.

use std::net::IpAddr;

/// Whether a range holds an address: not, where the text is none; nothing, where the range is not understood.
pub fn contains(range: &str, text: &str) -> Option<bool> {
    let (base, length) = range.split_once('/')?;
    let (base, length): (IpAddr, u32) = (base.parse().ok()?, length.parse().ok()?);
    let Ok(address) = text.parse::<IpAddr>() else { return Some(false) };
    let (base, address, bits) = match (base, address) {
        (IpAddr::V4(base), IpAddr::V4(address)) => (u128::from(u32::from(base)), u128::from(u32::from(address)), 32),
        (IpAddr::V6(base), IpAddr::V6(address)) => (u128::from(base), u128::from(address), 128),
        _ => return Some(false),
    };
    let open = bits - Some(length).filter(|length| *length <= bits)?;
    // A range of length 0 leaves every bit open, which no shift can say.
    Some(base.checked_shr(open).unwrap_or(0) == address.checked_shr(open).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_in_their_ranges() {
        for (range, address, expected) in [
            ("10.0.0.0/8", "10.200.1.2", Some(true)),
            ("10.0.0.0/8", "11.0.0.1", Some(false)),
            ("203.0.113.10/32", "203.0.113.10", Some(true)),
            ("203.0.113.10/32", "203.0.113.11", Some(false)),
            ("0.0.0.0/0", "8.8.8.8", Some(true)),
            ("0.0.0.0/0", "2001:db8::1", Some(false)),
            ("::/0", "2001:db8::1", Some(true)),
            ("2001:db8::/32", "2001:db8:1::1", Some(true)),
            ("2001:db8::/32", "2001:db9::1", Some(false)),
            ("10.0.0.0/8", "delivery.logs.amazonaws.com", Some(false)),
            ("10.0.0.0/33", "10.0.0.1", None),
            ("10.0.0.0", "10.0.0.1", None),
            ("ten/8", "10.0.0.1", None),
        ] {
            assert_eq!(contains(range, address), expected, "{address} in {range}");
        }
    }
}
