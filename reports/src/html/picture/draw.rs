//! A placed graph as SVG. Styles are classes of report.css; shape, dash and word say what colour says.

use maud::{Markup, html};

use super::layout::{Graph, Kind, Layout, Node, Place, place};
use crate::access::middle_cut;

const WIDE: f64 = 196.0;
const ICON: f64 = 34.0;
const CURVE: f64 = 46.0;
const EDGE: f64 = 34.0;
/// Letters of the fixed-width faces at their sizes, rounded up.
const NAME: f64 = 7.3;
const LABEL: f64 = 6.7;
/// Longest label in letters.
const LABELS: usize = 24;
const LANE: f64 = 20.0;

/// Draws the graph; `name` makes the identifiers of two pictures on a page differ.
pub(super) fn draw(graph: &Graph, name: &str, title: &str, description: &str) -> Markup {
    let layout = place(graph);
    let labels: Vec<String> = graph.edges.iter().map(|edge| label(edge.labels.iter())).collect();
    let run = labels.iter().map(|label| label.chars().count()).max().unwrap_or_default() as f64 * LABEL + 14.0;
    let left = |column: usize| EDGE + column as f64 * (WIDE + run + CURVE);
    let beyond = graph.edges.iter().zip(&layout.ways).any(|(edge, way)| {
        way.lane.is_some() && layout.places.get(edge.from).is_some_and(|p| p.column + 1 == layout.columns)
    });
    let wide = left(layout.columns.saturating_sub(1)) + WIDE + if beyond { run + CURVE } else { EDGE / 2.0 };
    let high = layout.height + 28.0 + layout.lanes as f64 * LANE;
    html! {
        div.picture {
            svg.graph role="img" aria-labelledby={ (name) "-title " (name) "-desc" } xmlns="http://www.w3.org/2000/svg"
                width=(round(wide)) height=(round(high)) viewBox={ "0 0 " (round(wide)) " " (round(high)) } {
                title id={ (name) "-title" } { (title) }
                desc id={ (name) "-desc" } { (description) }
                defs {
                    @for (suffix, class) in [("", "tip"), ("-alarm", "tip alarm")] {
                        marker id={ (name) "-tip" (suffix) } viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8"
                            markerUnits="userSpaceOnUse" orient="auto" { path class=(class) d="M0 0L10 5L0 10z" {} }
                    }
                }
                @for (at, edge) in graph.edges.iter().enumerate() {
                    @if let Some((way, points)) = layout.ways.get(at).zip(points(&layout, at, edge.from, edge.to, &left, run)) {
                        g.arrow {
                            title {
                                (id(graph, edge.from)) " → " (id(graph, edge.to)) ": "
                                (edge.labels.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
                                @if edge.certain { " (certain)" } @else { " (possible)" }
                            }
                            path.line.possible[!edge.certain].alarm[edge.alarm] d=(points)
                                marker-end={ "url(#" (name) "-tip" @if edge.alarm { "-alarm" } ")" } {}
                            @if let Some(from) = layout.places.get(edge.from) {
                                text.label.alarm[edge.alarm] x=(round(left(from.column) + WIDE + 6.0)) y=(round(14.0 + way.start - 4.0)) {
                                    (labels.get(at).map(String::as_str).unwrap_or_default())
                                }
                            }
                        }
                    }
                }
                @for (node, place) in graph.nodes.iter().zip(&layout.places) {
                    (boxed(node, *place, left(place.column)))
                }
            }
        }
    }
}

fn id(graph: &Graph, at: usize) -> &str {
    graph.nodes.get(at).map(|node| node.id.as_str()).unwrap_or_default()
}

fn label<'a>(mut labels: impl ExactSizeIterator<Item = &'a String>) -> String {
    let more = labels.len().saturating_sub(1);
    let first = labels.next().map(String::as_str).unwrap_or_default();
    if more == 0 {
        return middle_cut(first, LABELS);
    }
    let more = format!(" +{more}");
    format!("{}{more}", middle_cut(first, LABELS.saturating_sub(more.chars().count())))
}

/// Tenths of a point are enough, and the same on every machine.
fn round(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// The line: level under its label, then a curve to the next column, level through it, and so on.
fn points(layout: &Layout, at: usize, from: usize, to: usize, left: &dyn Fn(usize) -> f64, run: f64) -> Option<String> {
    let (way, from, to) = (layout.ways.get(at)?, layout.places.get(from)?, layout.places.get(to)?);
    let down = 14.0;
    let (mut x, mut y) = (left(from.column) + WIDE, way.start + down);
    let mut line = format!("M{} {}H{}", round(x), round(y), round(x + run));
    x += run;
    let (end_x, end_y) = (left(to.column), way.end + down);
    if let Some(lane) = way.lane {
        let under = down + layout.height + 12.0 + lane as f64 * LANE;
        let turn = 10.0 + (lane % 4) as f64 * 4.0;
        let parts = [x + turn, under, end_x - turn - 6.0, end_y, end_x].map(round);
        let [right, under, back, up, end] = parts;
        line.push_str(&format!("H{right}V{under}H{back}V{up}H{end}"));
        return Some(line);
    }
    for (column, level) in way.through.iter().map(|&(c, l)| (c, l + down)).chain([(to.column, end_y)]) {
        let next = left(column);
        let bend = (next - x) / 2.0;
        let parts = [x + bend, y, next - bend, level, next, level].map(round);
        line.push_str(&format!("C{} {} {} {} {} {}", parts[0], parts[1], parts[2], parts[3], parts[4], parts[5]));
        (x, y) = (next, level);
        if column < to.column {
            x += WIDE + run;
            line.push_str(&format!("H{}", round(x)));
        }
    }
    Some(line)
}

fn boxed(node: &Node, place: Place, x: f64) -> Markup {
    let (y, high) = (place.y + 14.0, place.height);
    let room = WIDE - ICON - 10.0;
    let letters = |each: f64| (room / each).floor().max(4.0) as usize;
    let class = match node.kind {
        Kind::User => "user",
        Kind::Role => "role",
        Kind::Group => "group",
        Kind::Resource => "resource",
        Kind::Outside => "outside",
        Kind::Anyone => "anyone",
    };
    html! {
        g class={ "node " (class) } {
            title { (node.id) " (" (node.under) ")" }
            (outline(node, x, y, high))
            g transform={ "translate(" (round(x + 11.0)) " " (round(y + high / 2.0 - 9.0)) ")" } { path.icon d=(icon(node.kind)) {} }
            // A drawing within the drawing clips: a wider face than expected cannot leave the box.
            svg x=(round(x + ICON)) y=(round(y)) width=(round(room + 6.0)) height=(round(high)) {
                text.name x="0" y=(round(high / 2.0 - 2.5)) { (middle_cut(&node.name, letters(NAME))) }
                text.under.alarm[node.alarm] x="0" y=(round(high / 2.0 + 12.5)) { (middle_cut(&node.under, letters(6.2))) }
            }
        }
    }
}

/// Users are round, roles and resources square, what is outside has cut corners, and anyone a second line.
fn outline(node: &Node, x: f64, y: f64, high: f64) -> Markup {
    let rect = |corner: &str| {
        html! { rect.outline.alarm[node.alarm] x=(round(x)) y=(round(y)) width=(round(WIDE)) height=(round(high)) rx=(corner) {} }
    };
    let cut = |inset: f64| {
        let (l, t, r, b, c) = (x + inset, y + inset, x + WIDE - inset, y + high - inset, 12.0);
        let corners = [(l + c, t), (r - c, t), (r, t + c), (r, b - c), (r - c, b), (l + c, b), (l, b - c), (l, t + c)];
        let points: Vec<String> = corners.iter().map(|(x, y)| format!("{},{}", round(*x), round(*y))).collect();
        html! { polygon.outline.alarm[node.alarm] points=(points.join(" ")) {} }
    };
    match node.kind {
        Kind::User | Kind::Group => rect("20"),
        Kind::Role => rect("2"),
        Kind::Resource => rect("8"),
        Kind::Outside => cut(0.0),
        Kind::Anyone => html! { (cut(0.0)) (cut(3.5)) },
    }
}

/// Line icons of eighteen points.
fn icon(kind: Kind) -> &'static str {
    match kind {
        Kind::User => "M9 9a3.5 3.5 0 1 0 0-7a3.5 3.5 0 0 0 0 7zM2.5 17c0-4 3-6 6.5-6s6.5 2 6.5 6z",
        Kind::Group => {
            "M6 9a3 3 0 1 0 0-6a3 3 0 0 0 0 6zM1 16c0-3 2-5 5-5s5 2 5 5zM12 9a3 3 0 1 0 0-6M13 11c3 0 4 2 4 5"
        }
        Kind::Role => "M9 1L16 4V9C16 13 13 16 9 17.500C5 16 2 13 2 9V4z",
        Kind::Resource => {
            "M3 4.500C3 1.500 15 1.500 15 4.500V13.500C15 16.500 3 16.500 3 13.500zM3 4.500C3 7.500 15 7.500 15 4.500"
        }
        Kind::Outside => "M8 2H16V16H8M1 9H11M7.500 5.500L11 9L7.500 12.500",
        Kind::Anyone => "M9 1a8 8 0 1 0 0 16a8 8 0 1 0 0-16zM1 9H17M9 1C4 5 4 13 9 17M9 1C14 5 14 13 9 17",
    }
}
