//! All evidence items of a run, and the ids that they get.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::ids::Ledger;
use super::item::{EvidenceId, EvidenceRef, Item, ItemKey, Outcome, Summary};

/// All evidence items of a run, filled from many tasks at once.
#[derive(Debug, Default)]
pub struct Register(Mutex<Vec<Item>>);

impl Register {
    fn items(&self) -> std::sync::MutexGuard<'_, Vec<Item>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a new item.
    pub fn open(&self, partition: &str, key: ItemKey) -> EvidenceRef {
        let mut items = self.items();
        let reference = EvidenceRef(u32::try_from(items.len()).unwrap_or(u32::MAX));
        let (partition, outcome) = (partition.to_owned(), Outcome::Pending);
        items.push(Item { key, partition, exchanges: Vec::new(), outcome, withdrawn: false });
        reference
    }

    /// Takes out the items that hold no exchange, of those that are named: calls that nobody made, and that the run does not
    /// lack.
    pub fn withdraw(&self, named: impl Fn(&ItemKey) -> bool) {
        for item in self.items().iter_mut().filter(|item| item.exchanges.is_empty() && named(&item.key)) {
            item.withdrawn = true;
        }
    }

    /// Adds an exchange to an item; one that is there already is not added twice.
    pub fn add(&self, item: EvidenceRef, summary: Summary) {
        if let Some(item) = self.items().get_mut(item.0 as usize)
            && !item.exchanges.iter().any(|known| known.position == summary.position)
        {
            item.exchanges.push(summary);
        }
    }

    /// Says how an item ended.
    pub fn close(&self, item: EvidenceRef, outcome: Outcome) {
        if let Some(item) = self.items().get_mut(item.0 as usize) {
            item.outcome = outcome;
        }
    }

    /// Says of an item that was read that AWS has more of it, which nobody asked for.
    pub fn goes_on(&self, item: EvidenceRef) {
        if let Some(Item { outcome: Outcome::Complete { more, .. }, .. }) = self.items().get_mut(item.0 as usize) {
            *more = true;
        }
    }

    /// The call (`service:Operation`) and region of an item.
    #[must_use]
    pub fn name(&self, item: EvidenceRef) -> (String, String) {
        self.items().get(item.0 as usize).map_or_else(Default::default, |item| {
            (format!("{}:{}", item.key.service, item.key.operation), item.key.region.clone())
        })
    }

    /// What every item asks, sorted, each once: what numbers are given for.
    #[must_use]
    pub fn keys(&self) -> Vec<ItemKey> {
        let mut keys: Vec<ItemKey> =
            self.items().iter().filter(|item| !item.withdrawn).map(|item| item.key.clone()).collect();
        keys.sort();
        keys.dedup();
        keys
    }

    /// All items with their ids; the register is empty afterwards. Who asks what another one asks has the same item. What a ledger knows keeps its id; the rest is numbered by
    /// what was asked only, so that the same run gives the same ids however its calls interleaved.
    #[must_use]
    pub fn number(&self, ledger: &mut Ledger) -> Numbered {
        let items = std::mem::take(&mut *self.items());
        let mut items: Vec<(EvidenceRef, Item)> =
            (0..).map(EvidenceRef).zip(items).filter(|(_, item)| !item.withdrawn).collect();
        items.sort_by(|(_, a), (_, b)| a.key.cmp(&b.key));
        let mut distinct: Vec<(Vec<EvidenceRef>, Item)> = Vec::new();
        for (handle, item) in items {
            match distinct.last_mut().filter(|(_, known)| known.key == item.key) {
                Some((handles, known)) => {
                    handles.push(handle);
                    known.join(item);
                }
                None => distinct.push((vec![handle], item)),
            }
        }
        let ids = ledger.evidence(distinct.iter().map(|(_, item)| &item.key));
        let (mut known, mut numbered) = (BTreeMap::new(), Vec::new());
        for ((handles, mut item), id) in distinct.into_iter().zip(ids) {
            item.exchanges.sort_by_key(|e| (e.started, e.attempt, e.position));
            known.extend(handles.into_iter().map(|handle| (handle, id)));
            numbered.push((id, item));
        }
        numbered.sort_by_key(|(id, _)| *id);
        Numbered { items: numbered, ids: Arc::new(known) }
    }
}

/// The items of a run with their ids.
#[derive(Debug, Clone, Default)]
pub struct Numbered {
    /// The items, in the order of their ids.
    pub items: Vec<(EvidenceId, Item)>,
    /// The id of every handle.
    pub ids: Arc<BTreeMap<EvidenceRef, EvidenceId>>,
}
