//! A copy of a store, as an auditor takes it along: what is there already is not copied again.

use std::io::{self, Seek as _, Write as _};

use super::home::{Altered, Content, Created, Home, Stored};
use super::layout::{Place, STORE, UNIT, UNIT_SEAL, is_hidden};
use super::{Store, StoreError, place};

/// What was copied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mirrored {
    /// Objects that were copied.
    pub copied: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that were there.
    pub there: usize,
    /// Objects of the source that somebody touched, and objects that are no store's: each with what was found.
    pub altered: Vec<(String, String)>,
}

/// What a reader who comes in the middle must not find before the rest: a link before its run, a run before its units, a unit
/// before its files.
fn order(stored: &Stored) -> u8 {
    match Place::of(&stored.key) {
        Place::Store => 0,
        Place::Plan | Place::Block(_) | Place::Beside => 1,
        Place::Ids(..) => 2,
        Place::Unit { file: UNIT, .. } => 4,
        Place::Unit { file: UNIT_SEAL, .. } => 5,
        Place::Unit { .. } => 3,
        Place::Run(_) => 6,
        // The seal of a link stands behind it by its name, and before the next, which names it.
        Place::Link(_) | Place::LinkSeal(_) => 7,
        Place::Foreign => 8,
    }
}

impl Store {
    /// Copies what another place lacks of this store.
    ///
    /// # Errors
    /// The other place holds another store, or another object under the same key; or either cannot be read or written.
    pub fn mirror(&self, to: &dyn Home) -> Result<Mirrored, StoreError> {
        let there = to.list("")?;
        let find = |key: &str| there.binary_search_by(|stored| stored.key.as_str().cmp(key)).ok().map(|at| &there[at]);
        if let Some(other) = find(STORE) {
            let found = super::text(to, other)?;
            let found = crate::exchange::sha256_hex(&found);
            if found != self.digest {
                let place = place(to, STORE);
                return Err(StoreError::Different { place, there: found, new: self.digest.clone() });
            }
        } else if let Some(other) = there.iter().find(|stored| !is_hidden(&stored.key)) {
            let why = "the folder is not empty, and holds no store: name another".to_owned();
            return Err(StoreError::Damaged { place: place(to, &other.key), why });
        }
        let mut listed = self.listed()?;
        listed.sort_by(|a, b| (order(a), &a.key).cmp(&(order(b), &b.key)));
        let mut done = Mirrored::default();
        for stored in listed.iter().filter(|stored| !is_hidden(&stored.key)) {
            if let Some(altered) = stored.altered {
                done.altered.push((stored.key.clone(), altered.to_string()));
            }
            if Place::of(&stored.key) == Place::Foreign || !super::is_key(&stored.key) {
                done.altered.push((stored.key.clone(), "is no object of a store, and was not copied".to_owned()));
                continue;
            }
            if stored.altered.is_some_and(Altered::is_lost) {
                continue;
            }
            match find(&stored.key) {
                Some(known) if known.bytes == stored.bytes => done.there += 1,
                Some(_) => self.same(stored, to)?,
                None => {
                    self.copy(stored, to)?;
                    done.copied += 1;
                    done.bytes += stored.bytes;
                }
            }
        }
        Ok(done)
    }

    fn copy(&self, stored: &Stored, to: &dyn Home) -> Result<(), StoreError> {
        let failed = |error: &io::Error| super::HomeError {
            place: std::env::temp_dir().display().to_string(),
            why: format!("cannot hold a copy of {}: {error}; name a folder with room in TMPDIR", stored.key),
        };
        let mut copy = tempfile::NamedTempFile::new().map_err(|error| failed(&error))?;
        self.home.read(stored, &mut copy)?;
        copy.flush().and_then(|()| copy.rewind()).map_err(|error| failed(&error))?;
        match to.create(&stored.key, Content::File(copy.path()))? {
            Created::New => Ok(()),
            Created::There => self.same(stored, to),
        }
    }

    /// Refuses an object of the other place that is not the same.
    fn same(&self, stored: &Stored, to: &dyn Home) -> Result<(), StoreError> {
        let (mut here, mut other) = (super::Hash::default(), super::Hash::default());
        self.home.read(stored, &mut here)?;
        if let Some(known) = super::find(to, &stored.key)? {
            to.read(&known, &mut other)?;
        }
        let (new, there) = (here.end(), other.end());
        if new == there { Ok(()) } else { Err(StoreError::Different { place: place(to, &stored.key), there, new }) }
    }
}
