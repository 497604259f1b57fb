//! Where things stand: nodes in columns by hop, arrows between them. Deterministic, whatever the order of a map.

use std::collections::{BTreeMap, BTreeSet};

/// At most so many nodes a picture: more cannot be read.
pub(super) const MOST_NODES: usize = 40;

/// What a node is; each has its own outline and icon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    User,
    Role,
    Group,
    Resource,
    Outside,
    Anyone,
}

/// A box.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub id: String,
    pub kind: Kind,
    pub name: String,
    pub under: String,
    pub alarm: bool,
}

/// An arrow; `labels` are the distinct means that lead the same way.
#[derive(Debug, Clone)]
pub(super) struct Edge {
    pub from: usize,
    pub to: usize,
    pub labels: BTreeSet<String>,
    pub certain: bool,
    pub alarm: bool,
}

/// Nodes and arrows, each once.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
    by_id: BTreeMap<String, usize>,
    by_ends: BTreeMap<(usize, usize), usize>,
}

impl Graph {
    /// Whether these nodes can be added within the bound.
    pub fn has_room<'a>(&self, ids: impl Iterator<Item = &'a str>) -> bool {
        let new: BTreeSet<&str> = ids.filter(|id| !self.by_id.contains_key(*id)).collect();
        self.nodes.len() + new.len() <= MOST_NODES
    }

    /// The node of this id, made when it is new.
    pub fn node(&mut self, id: &str, make: impl FnOnce() -> Node) -> usize {
        if let Some(&at) = self.by_id.get(id) {
            return at;
        }
        self.by_id.insert(id.to_owned(), self.nodes.len());
        self.nodes.push(make());
        self.nodes.len() - 1
    }

    /// An arrow; one that is there already takes the label and the greater certainty.
    pub fn edge(&mut self, from: usize, to: usize, label: &str, certain: bool, alarm: bool) {
        let at = *self.by_ends.entry((from, to)).or_insert_with(|| {
            self.edges.push(Edge { from, to, labels: BTreeSet::new(), certain: false, alarm: false });
            self.edges.len() - 1
        });
        if let Some(edge) = self.edges.get_mut(at) {
            edge.labels.insert(label.to_owned());
            edge.certain |= certain;
            edge.alarm |= alarm;
        }
    }
}

/// A box's place.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Place {
    pub column: usize,
    pub y: f64,
    pub height: f64,
}

/// An arrow's way: from a point at the right of its source, through free slots of the columns between, to its end.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub start: f64,
    pub through: Vec<(usize, f64)>,
    pub end: f64,
    /// A lane under the picture, for an arrow that leads back or to its own column.
    pub lane: Option<usize>,
}

/// Everything placed.
#[derive(Debug)]
pub(super) struct Layout {
    pub places: Vec<Place>,
    pub ways: Vec<Way>,
    pub columns: usize,
    pub height: f64,
    pub lanes: usize,
}

const BOX: f64 = 44.0;
const SLOT: f64 = 18.0;
const GAP: f64 = 12.0;
const PORT: f64 = 19.0;

/// A thing in a column: a box, or the slot of an arrow that passes.
struct Item {
    column: usize,
    height: f64,
    y: f64,
    before: Vec<usize>,
    after: Vec<usize>,
}

/// Places a graph.
pub(super) fn place(graph: &Graph) -> Layout {
    let (forward, columns_of) = columns(graph);
    let columns = columns_of.iter().max().map_or(0, |most| most + 1);
    let mut items: Vec<Item> = columns_of
        .iter()
        .enumerate()
        .map(|(at, &column)| {
            let outs = graph.edges.iter().filter(|edge| edge.from == at).count();
            let ins = graph.edges.iter().filter(|edge| edge.to == at).count();
            let height = BOX.max(PORT * outs as f64 + 6.0).max(9.0 * ins as f64 + 8.0);
            Item { column, height, y: 0.0, before: Vec::new(), after: Vec::new() }
        })
        .collect();
    // Slots for what passes a column, so that no arrow crosses a box.
    let mut chains: Vec<Vec<usize>> = Vec::new();
    for (edge, &ahead) in graph.edges.iter().zip(&forward) {
        let mut chain = vec![edge.from];
        if ahead {
            for column in items[edge.from].column + 1..items[edge.to].column {
                chain.push(items.len());
                items.push(Item { column, height: SLOT, y: 0.0, before: Vec::new(), after: Vec::new() });
            }
            chain.push(edge.to);
            for pair in chain.windows(2) {
                if let [a, b] = *pair {
                    items[a].after.push(b);
                    items[b].before.push(a);
                }
            }
        }
        chains.push(chain);
    }
    let mut order: Vec<Vec<usize>> = vec![Vec::new(); columns];
    for (at, item) in items.iter().enumerate() {
        order[item.column].push(at);
    }
    settle(&mut items, &mut order);
    close_up(&mut items);
    let height = items.iter().map(|item| item.y + item.height).fold(0.0, f64::max);
    let ways = ways(graph, &items, &chains, &forward);
    let lanes = ways.iter().filter(|way| way.lane.is_some()).count();
    let places = items
        .iter()
        .take(graph.nodes.len())
        .map(|item| Place { column: item.column, y: item.y, height: item.height })
        .collect();
    Layout { places, ways, columns, height, lanes }
}

/// The arrows that lead forward, and the column of each node: one further than the furthest that leads to it.
/// An arrow that would close a circle leads back instead.
fn columns(graph: &Graph) -> (Vec<bool>, Vec<usize>) {
    let mut next: Vec<Vec<usize>> = vec![Vec::new(); graph.nodes.len()];
    let mut forward = Vec::with_capacity(graph.edges.len());
    for edge in &graph.edges {
        let ahead = !reaches(&next, edge.to, edge.from);
        if ahead {
            next[edge.from].push(edge.to);
        }
        forward.push(ahead);
    }
    let mut column = vec![0; graph.nodes.len()];
    // Without circles no path is longer than there are nodes.
    for _ in 0..graph.nodes.len() {
        for (from, to) in next.iter().enumerate().flat_map(|(from, all)| all.iter().map(move |&to| (from, to))) {
            column[to] = column[to].max(column[from] + 1);
        }
    }
    // Where a path ends is the rightmost column, however short the path was.
    let last = column.iter().max().copied().unwrap_or_default();
    for (at, next) in next.iter().enumerate() {
        if next.is_empty() && column[at] > 0 {
            column[at] = last;
        }
    }
    (forward, column)
}

fn reaches(next: &[Vec<usize>], from: usize, to: usize) -> bool {
    let (mut seen, mut stack) = (BTreeSet::new(), vec![from]);
    while let Some(at) = stack.pop() {
        if at == to {
            return true;
        }
        if seen.insert(at) {
            stack.extend(&next[at]);
        }
    }
    false
}

/// Orders each column by its neighbours' middles and sets it as near to them as the boxes allow; a few sweeps suffice.
fn settle(items: &mut [Item], order: &mut [Vec<usize>]) {
    for column in order.iter() {
        stack(items, column, None);
    }
    for sweep in 0..8 {
        let ahead = sweep % 2 == 0;
        let count = order.len();
        for step in 0..count {
            let column = &mut order[if ahead { step } else { count - 1 - step }];
            let wanted: BTreeMap<usize, f64> = column
                .iter()
                .map(|&at| {
                    let near = if ahead { &items[at].before } else { &items[at].after };
                    let middle = |at: usize| items[at].y + items[at].height / 2.0;
                    let here = middle(at);
                    let mean = near.iter().map(|&n| middle(n)).sum::<f64>() / near.len().max(1) as f64;
                    (at, if near.is_empty() { here } else { mean })
                })
                .collect();
            column.sort_by(|a, b| wanted[a].total_cmp(&wanted[b]));
            stack(items, column, Some(&wanted));
        }
    }
}

/// Stacks a column without overlaps, then moves it whole to where it wants to be on average.
fn stack(items: &mut [Item], column: &[usize], wanted: Option<&BTreeMap<usize, f64>>) {
    let mut floor = f64::NEG_INFINITY;
    let mut off = 0.0;
    for &at in column {
        let height = items[at].height;
        let want = wanted.and_then(|w| w.get(&at)).map_or(0.0, |middle| middle - height / 2.0);
        let y = want.max(floor);
        off += want - y;
        items[at].y = y;
        floor = y + height + GAP;
    }
    if wanted.is_some() && !column.is_empty() {
        let shift = off / column.len() as f64;
        for &at in column {
            items[at].y += shift;
        }
    }
}

/// Starts at nought and takes out bands in which no column has anything: parts that nothing connects drift apart.
fn close_up(items: &mut [Item]) {
    let mut by_height: Vec<usize> = (0..items.len()).collect();
    by_height.sort_by(|&a, &b| items[a].y.total_cmp(&items[b].y));
    let (mut up, mut floor) = (None, 0.0_f64);
    for at in by_height {
        let y = items[at].y;
        let shift = *up.get_or_insert(y);
        let shift = shift + (y - shift - floor - GAP).max(0.0);
        up = Some(shift);
        items[at].y = y - shift;
        floor = floor.max(items[at].y + items[at].height);
    }
}

/// Every arrow's points: at a box, arrows are spread over its side in the order of where they lead.
fn ways(graph: &Graph, items: &[Item], chains: &[Vec<usize>], forward: &[bool]) -> Vec<Way> {
    let middle = |at: usize| items[at].y + items[at].height / 2.0;
    let port = |at: usize, mut all: Vec<(f64, usize)>, edge: usize| {
        all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        let (rank, count) = (all.iter().position(|(_, e)| *e == edge).unwrap_or_default(), all.len());
        items[at].y + items[at].height * (rank as f64 + 0.5) / count.max(1) as f64
    };
    let mut lanes = 0;
    let mut ways = Vec::with_capacity(graph.edges.len());
    for (at, edge) in graph.edges.iter().enumerate() {
        let toward = |e: usize| match (forward[e], chains[e].get(1)) {
            (true, Some(&next)) => middle(next),
            _ => f64::INFINITY,
        };
        let whence = |e: usize| match (forward[e], chains[e].iter().rev().nth(1)) {
            (true, Some(&last)) => middle(last),
            _ => f64::INFINITY,
        };
        let outs = graph.edges.iter().enumerate().filter(|(_, e)| e.from == edge.from).map(|(e, _)| (toward(e), e));
        let ins = graph.edges.iter().enumerate().filter(|(_, e)| e.to == edge.to).map(|(e, _)| (whence(e), e));
        let through = match chains[at].as_slice() {
            [_, between @ .., _] if forward[at] => between.iter().map(|&i| (items[i].column, middle(i))).collect(),
            _ => Vec::new(),
        };
        let lane = (!forward[at]).then(|| {
            lanes += 1;
            lanes - 1
        });
        let (start, end) = (port(edge.from, outs.collect(), at), port(edge.to, ins.collect(), at));
        ways.push(Way { start, through, end, lane });
    }
    ways
}
