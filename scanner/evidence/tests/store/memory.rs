//! A place in memory that keeps versions and markers, and that a writer can be killed in.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::{Arc, Mutex};

use kickoff_evidence::store::{Altered, Content, Created, Home, HomeError, Stored};

/// An object: its contents, the oldest first, and whether a delete marker hides it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object {
    pub versions: Vec<Arc<[u8]>>,
    pub marked: bool,
}

pub type Objects = BTreeMap<String, Object>;

#[derive(Clone, Default)]
pub struct Memory {
    pub objects: Arc<Mutex<Objects>>,
    /// So many creates come to their end; those after it do not. The last may have been done before its writer heard of it.
    pub budget: Option<Arc<Mutex<(usize, bool)>>>,
    /// An object that may not be read.
    pub denied: Option<String>,
}

impl Memory {
    pub fn of(objects: Objects) -> Self {
        Self { objects: Arc::new(Mutex::new(objects)), ..Self::default() }
    }

    /// The same place, for a writer that is killed after some creates.
    pub fn killed_after(&self, creates: usize, done: bool) -> Self {
        Self { budget: Some(Arc::new(Mutex::new((creates, done)))), ..self.clone() }
    }
}

impl Home for Memory {
    fn name(&self) -> &str {
        "memory"
    }

    fn create(&self, key: &str, content: Content<'_>) -> Result<Created, HomeError> {
        let killed = || HomeError { place: format!("memory/{key}"), why: "was not written: killed".to_owned() };
        let mut last = false;
        if let Some(budget) = &self.budget {
            let mut left = budget.lock().unwrap();
            if left.0 == 0 {
                last = std::mem::take(&mut left.1);
                if !last {
                    return Err(killed());
                }
            } else {
                left.0 -= 1;
            }
        }
        let bytes = match content {
            Content::Bytes(bytes) => bytes.into(),
            Content::File(path) => std::fs::read(path).unwrap().into(),
        };
        let mut objects = self.objects.lock().unwrap();
        let object = objects.entry(key.to_owned()).or_default();
        // As S3 does: behind a delete marker the condition holds.
        let created = if object.versions.is_empty() || object.marked { Created::New } else { Created::There };
        if created == Created::New {
            object.versions.push(bytes);
            object.marked = false;
        }
        if last { Err(killed()) } else { Ok(created) }
    }

    fn list(&self, prefix: &str) -> Result<Vec<Stored>, HomeError> {
        let objects = self.objects.lock().unwrap();
        let under = objects.range(prefix.to_owned()..).take_while(|(key, _)| key.starts_with(prefix));
        let stored = under.map(|(key, object)| Stored {
            key: key.clone(),
            bytes: object.versions.first().map_or(0, |oldest| oldest.len() as u64),
            version: Some("1".to_owned()),
            altered: match (object.versions.len(), object.marked) {
                (0, _) => Some(Altered::Gone),
                (_, true) => Some(Altered::Marked),
                (1, false) => None,
                (more, false) => Some(Altered::Versions(more - 1)),
            },
        });
        Ok(stored.collect())
    }

    fn read(&self, object: &Stored, to: &mut dyn Write) -> Result<(), HomeError> {
        if self.denied.as_ref() == Some(&object.key) {
            return Err(HomeError { place: object.key.clone(), why: "cannot be read: denied".to_owned() });
        }
        let objects = self.objects.lock().unwrap();
        let oldest = objects.get(&object.key).and_then(|object| object.versions.first());
        to.write_all(oldest.ok_or_else(|| HomeError { place: object.key.clone(), why: "is not there".to_owned() })?)
            .unwrap();
        Ok(())
    }
}
