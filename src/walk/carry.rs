//! `--with-documents`: the documents that kickoff.toml names, copied into the package as they are.

use std::fs::File;
use std::io::{self, Read as _, Seek as _};
use std::path::Path;

use kickoff_engagement::carried::{self, Carried, FOLDER};
use kickoff_engagement::files::hash_of;
use kickoff_evidence::package::{LeftOut, Package, PackageWriter};

use super::failure::Failure;
use super::opened::Opened;
use super::scratch;

/// How many bytes of documents will be carried.
///
/// # Errors
/// It is too much.
pub fn expected(opened: &Opened) -> Result<u64, Failure> {
    let bytes = carried::expected(&opened.file, opened.folder());
    carried::too_many(bytes).map_or(Ok(bytes), |why| Err(Failure::Usage(why)))
}

/// Copies what was planned into a package; gives it with what became of it. A file that is not any more what the registers
/// saw is not carried.
pub(super) fn documents(
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

/// What is not carried, for the manifest.
pub(super) fn left_out(carried: &[Carried]) -> impl Iterator<Item = LeftOut> {
    carried.iter().filter_map(|one| {
        let why = one.place.as_ref().err()?.clone();
        let what = if one.original.is_empty() { &one.title } else { &one.original };
        Some(LeftOut { what: format!("{FOLDER}: {what}, for {}", one.request), why })
    })
}

/// Holds the documents that a package carries against the list of them; gives the paths that the list has. What is wrong is
/// added to `found`.
pub(super) fn check(package: &Package, found: &mut Vec<String>) -> Result<Vec<String>, Failure> {
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
