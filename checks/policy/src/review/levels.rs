//! Actions that a principal may do, counted by service and access level.

use std::collections::HashMap;
use std::sync::Arc;

use super::{LevelRights, Limit, ServiceRights};
use crate::actions::{AccessLevel, ActionSet, ActionTable};

/// Actions that are certainly meant, and all that may be.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Pair {
    pub(super) must: ActionSet,
    pub(super) may: ActionSet,
}

impl Pair {
    pub(super) fn join(all: &[&Pair]) -> Pair {
        Pair {
            must: ActionSet::union_all(all.iter().map(|pair| &pair.must)),
            may: ActionSet::union_all(all.iter().map(|pair| &pair.may)),
        }
    }
}

/// The levels in the order in which they are shown.
const LEVELS: [AccessLevel; 5] = [
    AccessLevel::List,
    AccessLevel::Read,
    AccessLevel::Tagging,
    AccessLevel::Write,
    AccessLevel::PermissionsManagement,
];

/// Counts of actions by level: a table has at most as many actions as an id counts.
type Counts = [u16; LEVELS.len()];

/// What is granted of a service: its place, the counts granted and certain, and how many are granted on every resource.
type Granted = (usize, Counts, Counts, usize);

/// Counts actions by service and level: differences of sums over the whole list.
pub(super) struct Levels<'t> {
    table: &'t ActionTable,
    sums: Vec<Counts>,
    /// First action and the one behind the last, a service each.
    spans: Vec<(usize, usize)>,
    /// What somebody is granted of a service, told once for all who are granted the same.
    told: HashMap<Granted, usize>,
    all: Vec<Arc<ServiceRights>>,
    lists: HashMap<Vec<usize>, Arc<[Arc<ServiceRights>]>>,
    /// Room for the counts of one principal, service by service: granted, certain, and on every resource.
    room: [Vec<Counts>; 3],
}

impl<'t> Levels<'t> {
    pub(super) fn new(table: &'t ActionTable) -> Levels<'t> {
        let mut sums = vec![Counts::default()];
        let mut sum = Counts::default();
        for action in table.ids() {
            if let Some(at) = LEVELS.iter().position(|level| *level == table.access_level(action)) {
                sum[at] += 1;
            }
            sums.push(sum);
        }
        let spans = table.services().iter().map(|service| {
            let mut actions = service.actions();
            let len = actions.len();
            let first = actions.next().map_or(0, |action| usize::from(action.0));
            (first, first + len)
        });
        let spans = spans.collect();
        let (told, lists) = (HashMap::new(), HashMap::new());
        Levels { table, sums, spans, told, all: Vec::new(), lists, room: Default::default() }
    }

    fn between(&self, start: usize, end: usize) -> Counts {
        std::array::from_fn(|level| self.sums[end][level] - self.sums[start][level])
    }

    fn by_service(&self, set: &ActionSet, counts: &mut Vec<Counts>) {
        counts.clear();
        counts.resize(self.spans.len(), Counts::default());
        for range in set.ranges() {
            let (start, end) = (usize::from(*range.start()), usize::from(*range.end()) + 1);
            let first = self.spans.partition_point(|(_, end)| *end <= start);
            for (at, span) in self.spans.iter().enumerate().skip(first).take_while(|(_, span)| span.0 < end) {
                let found = self.between(start.max(span.0), end.min(span.1));
                counts[at].iter_mut().zip(found).for_each(|(count, more)| *count += more);
            }
        }
    }

    /// What is granted, service by service.
    pub(super) fn services(&mut self, every: &Pair, any: &Pair) -> Arc<[Arc<ServiceRights>]> {
        let mut room = std::mem::take(&mut self.room);
        room.iter_mut().zip([&any.may, &any.must, &every.may]).for_each(|(counts, set)| self.by_service(set, counts));
        let [granted, certain, everywhere] = &room;
        let mut list = Vec::new();
        for at in (0..self.spans.len()).filter(|at| sum(&granted[*at]) > 0) {
            let key = (at, granted[at], certain[at], sum(&everywhere[at]));
            let place = match self.told.get(&key) {
                Some(place) => *place,
                None => {
                    self.all.extend(self.tell(key).map(Arc::new));
                    self.told.insert(key, self.all.len() - 1);
                    self.all.len() - 1
                }
            };
            list.push(place);
        }
        self.room = room;
        if let Some(known) = self.lists.get(&list) {
            return Arc::clone(known);
        }
        let services: Arc<[Arc<ServiceRights>]> = list.iter().map(|place| Arc::clone(&self.all[*place])).collect();
        self.lists.insert(list, Arc::clone(&services));
        services
    }

    fn tell(&self, (at, granted, certain, everywhere): Granted) -> Option<ServiceRights> {
        let service = self.table.services().get(at)?;
        let total = self.between(self.spans[at].0, self.spans[at].1);
        let levels = LEVELS.iter().enumerate().filter(|(level, _)| total[*level] > 0).map(|(i, level)| LevelRights {
            level: *level,
            granted: granted[i].into(),
            certain: certain[i].into(),
            total: total[i].into(),
        });
        Some(ServiceRights {
            prefix: service.prefix().to_owned(),
            name: service.name().to_owned(),
            full: granted == total,
            limited_by_resource: limit(everywhere, sum(&granted)),
            limited_by_condition: limit(sum(&certain), sum(&granted)),
            levels: levels.collect(),
        })
    }
}

fn sum(counts: &Counts) -> usize {
    counts.iter().map(|count| usize::from(*count)).sum()
}

fn limit(free: usize, all: usize) -> Limit {
    match free {
        0 => Limit::All,
        _ if free < all => Limit::Part,
        _ => Limit::No,
    }
}
