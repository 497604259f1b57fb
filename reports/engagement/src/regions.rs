//! Names of regions, as they stand in kickoff.toml.

/// The regions that AWS's documentation lists in November 2026, for suggestions and notices. AWS opens new ones: which there
/// are is AWS's to say, when it is asked.
pub(crate) const REGIONS: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-west-1",
    "us-west-2",
];

/// Whether a text has the shape of a region's name: `eu-west-1`, `us-gov-east-1`.
#[must_use]
pub fn is_region_name(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &str| part.len() >= 2 && part.bytes().all(|b| b.is_ascii_lowercase());
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    match parts.as_slice() {
        [a, b, n] => letters(a) && letters(b) && digits(n),
        [a, b, c, n] => letters(a) && letters(b) && letters(c) && digits(n),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn region_names_have_a_shape() {
        for good in ["eu-west-1", "us-gov-west-1", "ap-southeast-10", "eusc-de-east-1"] {
            assert!(is_region_name(good), "{good}");
        }
        for bad in ["", "eu", "eu-west", "EU-west-1", "eu-west-1a", "europe", "eu-west-x", "-west-1", "eu-west1"] {
            assert!(!is_region_name(bad), "{bad}");
        }
        assert!(REGIONS.iter().all(|region| is_region_name(region)) && REGIONS.is_sorted());
    }
}
