//! Actions that a principal may do, counted by service and access level.

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

/// Counts of actions by level.
type Counts = [usize; LEVELS.len()];

/// Counts actions by service and level: differences of sums over the whole list.
pub(super) struct Levels<'t> {
    table: &'t ActionTable,
    sums: Vec<Counts>,
    /// First action and the one behind the last, a service each.
    spans: Vec<(usize, usize)>,
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
        Levels { table, sums, spans: spans.collect() }
    }

    fn between(&self, start: usize, end: usize) -> Counts {
        std::array::from_fn(|level| self.sums[end][level] - self.sums[start][level])
    }

    fn by_service(&self, set: &ActionSet) -> Vec<Counts> {
        let mut counts = vec![Counts::default(); self.spans.len()];
        for range in set.ranges() {
            let (start, end) = (usize::from(*range.start()), usize::from(*range.end()) + 1);
            let first = self.spans.partition_point(|(_, end)| *end <= start);
            for (at, span) in self.spans.iter().enumerate().skip(first).take_while(|(_, span)| span.0 < end) {
                let found = self.between(start.max(span.0), end.min(span.1));
                counts[at].iter_mut().zip(found).for_each(|(count, more)| *count += more);
            }
        }
        counts
    }

    /// What is granted, service by service.
    pub(super) fn services(&self, every: &Pair, any: &Pair) -> Vec<ServiceRights> {
        let (granted, certain) = (self.by_service(&any.may), self.by_service(&any.must));
        let everywhere = self.by_service(&every.may);
        let sum = |counts: &Counts| counts.iter().sum::<usize>();
        let mut services = Vec::new();
        for (at, service) in self.table.services().iter().enumerate().filter(|(at, _)| sum(&granted[*at]) > 0) {
            let total = self.between(self.spans[at].0, self.spans[at].1);
            let levels = LEVELS.iter().enumerate().filter(|(level, _)| total[*level] > 0).map(|(i, level)| {
                LevelRights { level: *level, granted: granted[at][i], certain: certain[at][i], total: total[i] }
            });
            services.push(ServiceRights {
                prefix: service.prefix().to_owned(),
                name: service.name().to_owned(),
                full: granted[at] == total,
                limited_by_resource: limit(sum(&everywhere[at]), sum(&granted[at])),
                limited_by_condition: limit(sum(&certain[at]), sum(&granted[at])),
                levels: levels.collect(),
            });
        }
        services
    }
}

fn limit(free: usize, all: usize) -> Limit {
    match free {
        0 => Limit::All,
        _ if free < all => Limit::Part,
        _ => Limit::No,
    }
}
