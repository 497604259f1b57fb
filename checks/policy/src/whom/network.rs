//! Addresses that tell apart who passes conditions on where a request comes from.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::condition::{in_range, net};

/// Addresses over the whole of the internet: a range that holds one of them holds an eighth of a registry's at the least.
pub(super) const ADDRESSES: [&str; 16] = [
    "3.77.13.9",
    "18.77.13.9",
    "24.77.13.9",
    "45.77.13.9",
    "52.77.13.9",
    "67.77.13.9",
    "81.77.13.9",
    "93.77.13.9",
    "104.77.13.9",
    "128.77.13.9",
    "151.77.13.9",
    "185.77.13.9",
    "203.77.13.9",
    "2001:db7:77::9",
    "2600:77::9",
    "2a02:77::9",
];

/// Whether a range that is no whole part of the internet holds an address.
pub(super) fn narrow_range_holds(range: &str, address: &str) -> bool {
    let Some((net, bits)) = range.split_once('/') else { return range == address };
    let least = if net.contains(':') { 17 } else { 9 };
    bits.parse::<u8>().is_ok_and(|bits| bits >= least) && in_range(range, address)
}

/// Addresses of ranges, one at the least of each part that some of them have and others leave out: where each begins, and
/// what follows its end if that is in another one.
pub(super) fn edges(ranges: &[&str]) -> Vec<String> {
    let mut all = Vec::new();
    for range in ranges {
        let Some((address, bits)) = net(range) else { continue };
        let (first, after) = ends(address, bits);
        all.push(first.to_string());
        let after = after.map(|after| after.to_string());
        all.extend(after.filter(|after| ranges.iter().any(|other| in_range(other, after))));
    }
    all.sort();
    all.dedup();
    all
}

/// The first address of a range, and the one behind its last.
fn ends(address: IpAddr, bits: u8) -> (IpAddr, Option<IpAddr>) {
    match address {
        IpAddr::V4(address) => {
            let size = 1_u64 << (32 - u32::from(bits));
            let first = u64::from(u32::from(address)) / size * size;
            let at = |number: u64| u32::try_from(number).ok().map(|number| IpAddr::V4(Ipv4Addr::from(number)));
            (at(first).unwrap_or(IpAddr::V4(address)), at(first + size))
        }
        IpAddr::V6(address) => {
            let rest = u128::MAX.checked_shr(u32::from(bits)).unwrap_or(0);
            let first = u128::from(address) & !rest;
            let after = (first | rest).checked_add(1).map(|number| IpAddr::V6(Ipv6Addr::from(number)));
            (IpAddr::V6(Ipv6Addr::from(first)), after)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_of_ranges_that_overlap_has_an_address() {
        for (ranges, expected) in [
            (&["198.51.100.7/24"][..], &["198.51.100.0"][..]),
            (&["198.51.100.0/24", "198.51.100.0/32"], &["198.51.100.0", "198.51.100.1"]),
            (&["198.51.100.0/24", "198.51.100.255/32"], &["198.51.100.0", "198.51.100.255"]),
            (&["0.0.0.0/0", "255.255.255.255"], &["0.0.0.0", "255.255.255.255"]),
            (&["2001:db8::/32", "2001:db8::/128"], &["2001:db8::", "2001:db8::1"]),
            (&["::/0", "none"], &["::"]),
        ] {
            assert_eq!(edges(ranges), expected, "{ranges:?}");
        }
    }
}
