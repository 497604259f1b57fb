//! Checks a package: its files against the root, the two manifests against each other, and the seals.

use std::collections::BTreeMap;
use std::io;

use jiff::{SignedDuration, Timestamp};

use super::check_seal;
use super::manifest::{self, Listed, Manifest};
use super::read::Package;
use super::verification::{Difference, Trust, Verification};
use super::{MANIFEST_JSON, NOT_LISTED, ROOT};
use crate::exchange::sha256_hex;
use crate::files::digest_reader;

/// A manifest of two million files stays below this.
const LONGEST: u64 = 1 << 30;
/// How far clocks may be apart.
const CLOCKS: SignedDuration = SignedDuration::from_mins(5);

/// Checks a package; `now` is the time of the check.
#[must_use]
pub fn verify(package: &Package, trust: &Trust, now: Timestamp) -> Verification {
    let mut differences = Vec::new();
    let root = package.whole(ROOT, LONGEST).unwrap_or_else(|e| {
        differences.push(Difference::Damaged { name: ROOT.to_owned(), why: e.to_string() });
        Vec::new()
    });
    let listed = match std::str::from_utf8(&root) {
        Ok(text) => manifest::parse_root(text),
        Err(e) => {
            differences.push(Difference::Damaged { name: ROOT.to_owned(), why: e.to_string() });
            Listed::default()
        }
    };
    differences.extend(listed.wrong.iter().map(|(line, why)| Difference::Line { line: *line, why: why.clone() }));
    let sizes = compare_files(package, &listed, &mut differences);
    let manifest = read_manifest(package, &mut differences);
    if let Some(manifest) = &manifest {
        compare_manifests(manifest, &listed, &sizes, &mut differences);
        refuse_future(MANIFEST_JSON, manifest.created, now, &mut differences);
    }
    let seals = check_seal::check(package, manifest.as_ref(), &root, trust, &mut differences);
    if let Some(stamp) = seals.stamp() {
        refuse_future(super::TIMESTAMP, stamp.time, now, &mut differences);
    }
    Verification {
        package: manifest.as_ref().map(|manifest| manifest.package.clone()),
        run: manifest.as_ref().map(|manifest| manifest.run.clone()),
        tool: manifest.as_ref().map(|manifest| manifest.tool.clone()),
        created: manifest.as_ref().map(|manifest| manifest.created),
        left_out: manifest.as_ref().map(|manifest| manifest.left_out.clone()).unwrap_or_default(),
        manifest_sha256: sha256_hex(&root),
        files: sizes.len() as u64,
        bytes: sizes.values().sum(),
        differences,
        signature: seals.signature,
        timestamp: seals.timestamp,
        chain: seals.chain,
        statement: seals.statement,
    }
}

/// Reads every listed file, and names those that are not listed. The sizes of what could be read come back.
fn compare_files<'a>(
    package: &Package,
    listed: &'a Listed,
    differences: &mut Vec<Difference>,
) -> BTreeMap<&'a str, u64> {
    let mut sizes = BTreeMap::new();
    for (name, listed) in &listed.files {
        if package.size(name).is_none() {
            differences.push(Difference::Missing { name: name.clone() });
            continue;
        }
        match package.read(name).and_then(digest_reader) {
            Ok((found, bytes)) => {
                sizes.insert(name.as_str(), bytes);
                if found != *listed {
                    differences.push(Difference::Changed { name: name.clone(), listed: listed.clone(), found });
                }
            }
            Err(e) => differences.push(Difference::Unreadable { name: name.clone(), why: e.to_string() }),
        }
    }
    let extra = package.names().filter(|name| !listed.files.contains_key(*name) && !NOT_LISTED.contains(name));
    differences.extend(extra.chain(package.outside()).map(|name| Difference::NotListed { name: name.to_owned() }));
    sizes
}

fn read_manifest(package: &Package, differences: &mut Vec<Difference>) -> Option<Manifest> {
    let read = package.whole(MANIFEST_JSON, LONGEST).and_then(|bytes| Ok(serde_json::from_slice(&bytes)?));
    read.map_err(|e: io::Error| {
        differences.push(Difference::Damaged { name: MANIFEST_JSON.to_owned(), why: e.to_string() });
    })
    .ok()
}

fn compare_manifests(
    manifest: &Manifest,
    listed: &Listed,
    sizes: &BTreeMap<&str, u64>,
    differences: &mut Vec<Difference>,
) {
    let mut disagree = |name: &str, why: String| {
        differences.push(Difference::Manifests { name: name.to_owned(), why });
    };
    let mut described = BTreeMap::new();
    for file in &manifest.files {
        if described.insert(file.path.as_str(), file).is_some() {
            disagree(&file.path, "manifest.json has it twice".to_owned());
        }
    }
    for (name, file) in &described {
        match listed.files.get(*name) {
            None => disagree(name, "only manifest.json has it".to_owned()),
            Some(digest) if *digest != file.sha256 => {
                disagree(name, format!("the one has {}, the other {digest}", file.sha256));
            }
            Some(_) => {}
        }
        if let Some(bytes) = sizes.get(name)
            && *bytes != file.bytes
        {
            disagree(name, format!("manifest.json gives it {} bytes, it has {bytes}", file.bytes));
        }
    }
    for name in listed.files.keys().filter(|name| *name != MANIFEST_JSON) {
        if !described.contains_key(name.as_str()) {
            disagree(name, "only MANIFEST.sha256 has it".to_owned());
        }
    }
}

fn refuse_future(what: &str, time: Timestamp, now: Timestamp, differences: &mut Vec<Difference>) {
    if time.duration_since(now) > CLOCKS {
        differences.push(Difference::Future { what: what.to_owned(), time });
    }
}
