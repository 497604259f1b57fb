//! `--with-documents`: the documents that kickoff.toml names, copied into the package as they are.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::Path;

use kickoff_engagement::carried::{self, Carried, FOLDER};
use kickoff_engagement::files::hash_of;
use kickoff_evidence::count;
use kickoff_evidence::package::{LeftOut, Package, PackageWriter};

use crate::exit::Failure;
use crate::terminal::streams;
use crate::walk::opened::Opened;
use crate::walk::scratch;

/// Says beforehand how much will be carried, and refuses what is too much.
pub(crate) fn announce(opened: &Opened) -> Result<(), Failure> {
    let bytes = carried::expected(&opened.file, opened.folder());
    if let Some(why) = carried::too_many(bytes) {
        return Err(Failure::Usage(why));
    }
    writeln!(
        streams::words(),
        "Documents: {} goes into the package byte for byte; nothing in them is masked.",
        size(bytes)
    )?;
    Ok(())
}

/// Copies what was planned into a package; gives it with what became of it. A file that is not any more what the registers
/// saw is not carried.
pub(crate) fn documents(
    package: &mut PackageWriter,
    folder: &Path,
    mut planned: Vec<Carried>,
) -> Result<Vec<Carried>, Failure> {
    for at in 0..planned.len() {
        let (before, rest) = planned.split_at_mut(at);
        let Some((one, after)) = rest.split_first_mut() else { continue };
        let Ok(place) = one.place.clone() else { continue };
        if before.iter().any(|other| other.place.as_ref() == Ok(&place)) {
            continue;
        }
        let why = match fixed(one, folder)? {
            Ok(mut file) => {
                let copied = package.stream_as_it_is(&place, |to| io::copy(&mut file, to).map(drop));
                copied.map_err(|error| Failure::usage(&error))?;
                continue;
            }
            Err(why) => why,
        };
        for other in after.iter_mut().filter(|other| other.place.as_ref() == Ok(&place)) {
            other.place = Err(why.clone());
        }
        one.place = Err(why);
    }
    tell(&planned)?;
    Ok(planned)
}

/// A copy that nobody can change any more, where it has the digest of the register; why there is none, where not.
fn fixed(one: &Carried, folder: &Path) -> Result<Result<File, String>, Failure> {
    let opened = match carried::open(one, folder) {
        Ok(file) => file,
        Err(error) => return Ok(Err(format!("it was there when the registers were made, and now: {error}"))),
    };
    let mut copy = scratch::file()?;
    // No more than the register saw, and a byte that tells that there is more.
    let most = one.bytes.unwrap_or_default().saturating_add(1);
    if let Err(error) = io::copy(&mut opened.take(most), &mut copy) {
        return Ok(Err(format!("it cannot be copied: {error}")));
    }
    copy.rewind()?;
    let (digest, _) = hash_of(&mut copy)?;
    copy.rewind()?;
    let seen = one.sha256.as_deref().unwrap_or_default();
    Ok(if digest == seen {
        Ok(copy)
    } else {
        Err(format!("it changed while the package was made: the registers saw {seen}, and then it had {digest}"))
    })
}

fn tell(carried: &[Carried]) -> Result<(), Failure> {
    let (files, bytes) = carried::total(carried);
    writeln!(streams::words(), "Documents: {} ({}) in {FOLDER} of the package", count(files, "file"), size(bytes))?;
    for (one, why) in carried.iter().filter_map(|one| Some((one, one.place.as_ref().err()?))) {
        let what = if one.original.is_empty() { &one.title } else { &one.original };
        writeln!(streams::problems(), "Not carried: {what}, for {}: {why}", one.request)?;
    }
    Ok(())
}

/// What is not carried, for the manifest.
pub(crate) fn left_out(carried: &[Carried]) -> impl Iterator<Item = LeftOut> {
    carried.iter().filter_map(|one| {
        let why = one.place.as_ref().err()?.clone();
        let what = if one.original.is_empty() { &one.title } else { &one.original };
        Some(LeftOut { what: format!("{FOLDER}: {what}, for {}", one.request), why })
    })
}

/// Holds the documents that a package carries against the list of them; gives the paths that the list has. What is wrong is
/// added to `found`.
pub(crate) fn check(package: &Package, found: &mut Vec<String>) -> Result<Vec<String>, Failure> {
    let index = carried::INDEX;
    if package.size(index).is_none() {
        return Ok(Vec::new());
    }
    let mut text = Vec::new();
    let failed = |error: &dyn std::fmt::Display| Failure::Usage(error.to_string());
    package.read(index).map_err(|e| failed(&e))?.take(INDEX_MOST).read_to_end(&mut text).map_err(|e| failed(&e))?;
    let listed = match carried::read_index(&text) {
        Ok(listed) => listed,
        Err(why) => {
            found.push(format!("{index} cannot be read: it {why}"));
            return Ok(vec![index.to_owned()]);
        }
    };
    for (path, digest) in &listed {
        if package.size(path).is_none() {
            found.push(format!("{index} lists {path}, which is not there"));
            continue;
        }
        let (own, _) = hash_of(&mut package.read(path).map_err(|e| failed(&e))?).map_err(|e| failed(&e))?;
        if own != *digest {
            found.push(format!("{path} has the SHA-256 {own}, and {index} lists {digest}"));
        }
    }
    Ok(listed.into_keys().chain([index.to_owned()]).collect())
}

/// No list of documents is longer.
const INDEX_MOST: u64 = 64 << 20;

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => count(usize::try_from(bytes).unwrap_or_default(), "byte"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}
