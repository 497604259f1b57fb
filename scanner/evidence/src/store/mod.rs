//! Runs that last: what each account gave in each run, immutable, in a folder or a bucket of the same tree.
//!
//! Everything is written once, by conditional create: of two writers at once one is told that the other was there. A unit has
//! its `unit.json` last, and a run its link of the chain: without it there is no unit, and no run. Nothing is ever replaced or
//! deleted, by nobody; what was is named when a store is [checked](Store::check).

mod chain;
mod check;
mod error;
mod folder;
mod home;
mod ids;
mod layout;
mod mirror;
mod runs;
mod slots;
mod unit;

use std::io::{self, Write};

use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::exchange::sha256_hex;

pub use chain::{Link, Linked};
pub use check::{Checked, Expected, Finding, Level};
pub use error::StoreError;
pub use folder::FolderHome;
pub use home::{Altered, Content, Created, Home, HomeError, Stored, is_key};
pub use ids::Numbers;
pub use layout::unit_folder;
pub use mirror::Mirrored;
pub use runs::{RunFile, UnitOf, Without};
pub use slots::{Cadence, Every, Plan, Slot};
pub use unit::{FileOf, IdsAt, Put, SealCall, Unit, UnitFiles};

/// A store's schema, and the newest that this version reads.
pub const STORE_SCHEMA: &str = "kickoff/store/1";

/// No object that is read whole is longer: lists of thousands of accounts are not.
const LONGEST: u64 = 64 << 20;

/// `store.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct About {
    /// `kickoff/store/1`.
    pub schema: String,
    /// 32 hexadecimal digits: two stores are never taken for one.
    pub id: String,
    /// When it was begun (UTC).
    pub created: Timestamp,
}

/// A store that was opened.
pub struct Store {
    home: Box<dyn Home>,
    /// What it says of itself.
    pub about: About,
    /// The SHA-256 of `store.json`, which every link names.
    digest: String,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Store").field("home", &self.home.name()).field("about", &self.about).finish_non_exhaustive()
    }
}

impl Store {
    /// Opens the store of a place.
    ///
    /// # Errors
    /// There is none, it is of a newer version, or the place cannot be read.
    pub fn open(home: Box<dyn Home>) -> Result<Self, StoreError> {
        let place = home.name().to_owned();
        Self::of(home)?.ok_or(StoreError::NoStore { place })
    }

    /// Opens the store of a place, and begins one where there is none.
    ///
    /// # Errors
    /// It is of a newer version, or the place cannot be read or written.
    pub fn begin(home: Box<dyn Home>, now: Timestamp) -> Result<Self, StoreError> {
        let place = home.name().to_owned();
        if find(&*home, layout::STORE)?.is_none() {
            // Whoever begins it writes this first: where another one did in the meantime, it is there now.
            if !home.is_empty()? && find(&*home, layout::STORE)?.is_none() {
                let why = "holds something else, and no store: name a place that is empty, or not there yet".to_owned();
                return Err(HomeError { place, why }.into());
            }
            let mut seed = [0; 16];
            getrandom::fill(&mut seed)
                .map_err(|error| HomeError { place: place.clone(), why: format!("cannot be begun: {error}") })?;
            let created = now.round(jiff::Unit::Second).unwrap_or(now);
            let about = About { schema: STORE_SCHEMA.to_owned(), id: hex::encode(seed), created };
            home.create(layout::STORE, Content::Bytes(&to_json(&about)))?;
        }
        // Another one may have begun it in the meantime: what is there counts.
        Self::of(home)?.ok_or(StoreError::NoStore { place })
    }

    fn of(home: Box<dyn Home>) -> Result<Option<Self>, StoreError> {
        let Some(stored) = find(&*home, layout::STORE)? else { return Ok(None) };
        let text = text(&*home, &stored)?;
        let about: About = parse(&place(&*home, layout::STORE), &text, STORE_SCHEMA)?;
        Ok(Some(Self { digest: sha256_hex(&text), about, home }))
    }

    /// What the place is called: a path, or `s3://bucket/prefix`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.home.name()
    }

    /// An object as messages name it.
    fn place(&self, key: &str) -> String {
        place(&*self.home, key)
    }

    /// An object, if it is there.
    fn find(&self, key: &str) -> Result<Option<Stored>, StoreError> {
        find(&*self.home, key)
    }

    /// What an object holds, whole.
    fn text(&self, stored: &Stored) -> Result<Vec<u8>, StoreError> {
        text(&*self.home, stored)
    }

    /// An object that is JSON of a schema, with its SHA-256.
    fn read<T: DeserializeOwned>(&self, stored: &Stored, schema: &'static str) -> Result<(T, String), StoreError> {
        let text = self.text(stored)?;
        Ok((parse(&self.place(&stored.key), &text, schema)?, sha256_hex(&text)))
    }

    /// The SHA-256 of what an object holds, without holding it.
    fn digest(&self, stored: &Stored) -> Result<String, StoreError> {
        let mut hash = Hash::default();
        self.home.read(stored, &mut hash)?;
        Ok(hash.end())
    }

    /// Creates an object; one that is there with the same content is as good, and one with another is refused. Whether it was
    /// created.
    fn put(&self, key: &str, bytes: &[u8]) -> Result<bool, StoreError> {
        if self.home.create(key, Content::Bytes(bytes))? == Created::New {
            return Ok(true);
        }
        let (there, new) = (self.digest_at(key)?, sha256_hex(bytes));
        if there == new { Ok(false) } else { Err(StoreError::Different { place: self.place(key), there, new }) }
    }

    /// The SHA-256 of an object that must be there.
    fn digest_at(&self, key: &str) -> Result<String, StoreError> {
        let gone =
            || StoreError::Damaged { place: self.place(key), why: "it was there a moment ago, and is gone".to_owned() };
        self.digest(&self.find(key)?.ok_or_else(gone)?)
    }
}

/// The SHA-256 of what is written to it.
#[derive(Default)]
struct Hash(sha2::Sha256);

impl Hash {
    fn end(self) -> String {
        use sha2::Digest as _;
        hex::encode(self.0.finalize())
    }
}

impl Write for Hash {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        use sha2::Digest as _;
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn place(home: &dyn Home, key: &str) -> String {
    format!("{}/{key}", home.name().trim_end_matches('/'))
}

fn find(home: &dyn Home, key: &str) -> Result<Option<Stored>, StoreError> {
    Ok(home.list(key)?.into_iter().find(|stored| stored.key == key))
}

fn text(home: &dyn Home, stored: &Stored) -> Result<Vec<u8>, StoreError> {
    if stored.bytes > LONGEST {
        let why = format!("it has {} bytes", stored.bytes);
        return Err(StoreError::Damaged { place: place(home, &stored.key), why });
    }
    let mut text = Vec::new();
    home.read(stored, &mut text)?;
    Ok(text)
}

/// JSON as every object of a store has it.
fn to_json(value: &impl Serialize) -> Vec<u8> {
    // Structures of strings, numbers and maps are always JSON.
    let mut text = serde_json::to_vec_pretty(value).unwrap_or_default();
    text.push(b'\n');
    text
}

/// Reads JSON of a schema; another version of it is told apart from what is none.
fn parse<T: DeserializeOwned>(place: &str, text: &[u8], schema: &'static str) -> Result<T, StoreError> {
    #[derive(Deserialize)]
    struct Named {
        schema: String,
    }
    let damaged = |why: String| StoreError::Damaged { place: place.to_owned(), why };
    let Named { schema: found } = serde_json::from_slice(text).map_err(|error| damaged(error.to_string()))?;
    if found != schema {
        let family = |name: &str| name.rsplit_once('/').map(|(family, _)| family.to_owned());
        return Err(if family(&found) == family(schema) {
            StoreError::Newer { place: place.to_owned(), found, newest: schema }
        } else {
            damaged(format!("its schema is {found:?}, not {schema:?}"))
        });
    }
    serde_json::from_slice(text).map_err(|error| damaged(error.to_string()))
}
