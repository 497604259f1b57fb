//! Lays a paper out on pages: what stands where, and which part of the structure it belongs to.

use super::face::{Face, Faces};
use super::script::is_rtl;
use super::{Block, Paper, Section, Table, Words};

/// The sides of A4, in points.
const SHORT: f32 = 595.28;
const LONG: f32 = 841.89;
/// The room at the left and the right, above and below; more below for each further line at the foot.
pub(super) const SIDE: f32 = 54.0;
const ABOVE: f32 = 64.0;
const BELOW: f32 = 62.0;
pub(super) const FOOT: f32 = 9.0;

/// The heading of a section.
const SECTION: f32 = 13.0;
const BODY: f32 = 9.5;
const CELL: f32 = 8.5;
const SMALL: f32 = 6.5;
/// From line to line, as a multiple of the size.
const LEADING: f32 = 1.35;
/// A line for a hand.
const BLANK: f32 = 26.0;
/// Around the text of a cell.
const PADDING: f32 = 4.0;

/// Colours: red, green, blue.
pub(super) type Colour = [u8; 3];
pub(super) const INK: Colour = [28, 32, 38];
pub(super) const MUTED: Colour = [90, 98, 110];
pub(super) const RULE: Colour = [198, 204, 212];
const SHADE: Colour = [235, 239, 244];
const TITLE: Colour = [22, 52, 92];
/// What is open. The words say so, too.
const OPEN: Colour = [150, 62, 0];

/// A part of the structure that readers of the screen walk along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Heading(u16),
    Paragraph,
    List { numbered: bool },
    Item,
    Label,
    Body,
    Table,
    Row,
    Head,
    RowHead,
    Cell,
}

/// A node of the structure.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) part: Part,
    /// The text of a heading.
    pub(super) title: Option<String>,
    pub(super) children: Vec<usize>,
}

/// Something on a page.
#[derive(Debug)]
pub(super) enum Mark {
    /// A line of text; of a node, or none for what is repeated on every page.
    Text { x: f32, y: f32, text: String, style: Style, node: Option<usize> },
    /// A filled rectangle.
    Fill { x: f32, y: f32, width: f32, height: f32, colour: Colour },
}

/// A page.
pub(super) struct Page {
    /// Whether it lies.
    broad: bool,
    pub(super) marks: Vec<Mark>,
}

impl Page {
    const fn new(broad: bool) -> Self {
        Self { broad, marks: Vec::new() }
    }

    pub(super) fn width(&self) -> f32 {
        if self.broad { LONG } else { SHORT }
    }

    pub(super) fn height(&self) -> f32 {
        if self.broad { SHORT } else { LONG }
    }
}

/// How a text is drawn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    pub(super) bold: bool,
    pub(super) size: f32,
    pub(super) colour: Colour,
    /// Whether the text runs from right to left.
    pub(super) rtl: bool,
}

/// The pages.
pub(super) struct Flow<'a> {
    faces: &'a Faces,
    pub(super) pages: Vec<Page>,
    pub(super) nodes: Vec<Node>,
    /// The nodes at the top.
    pub(super) top: Vec<usize>,
    /// Headings of sections, with page and height.
    pub(super) outline: Vec<(String, usize, f32)>,
    /// Whether the page at hand lies.
    broad: bool,
    /// Where the room of a page that stands ends, above its lower edge.
    below: f32,
    y: f32,
}

/// A cell whose lines are known.
struct Laid {
    lines: Vec<String>,
    style: Style,
    part: Part,
}

const fn style(bold: bool, size: f32, colour: Colour) -> Style {
    Style { bold, size, colour, rtl: false }
}

fn of(words: &Words, bold: bool, size: f32) -> Style {
    Style { rtl: is_rtl(&words.text), ..style(bold, size, if words.open { OPEN } else { INK }) }
}

const fn leading(size: f32) -> f32 {
    size * LEADING
}

impl<'a> Flow<'a> {
    /// Pages whose feet have so many lines.
    pub(super) fn new(faces: &'a Faces, broad: bool, feet: usize) -> Self {
        let (pages, nodes, top, outline) = (vec![Page::new(broad)], Vec::new(), Vec::new(), Vec::new());
        let further = u8::try_from(feet.saturating_sub(1)).unwrap_or(u8::MAX);
        Self { faces, pages, nodes, top, outline, broad, below: BELOW + FOOT * f32::from(further), y: ABOVE }
    }

    /// A paper, with a note before its first section and small print behind its last one.
    pub(super) fn paper(&mut self, paper: &Paper, note: Option<&Words>, small: Option<&Words>) {
        let coloured = |words: &Words, bold, size, colour| Style { colour, ..of(words, bold, size) };
        self.text(&paper.title, coloured(&paper.title, true, 20.0, TITLE), Part::Heading(1), 4.0);
        let colour = if paper.subtitle.open { OPEN } else { MUTED };
        self.text(&paper.subtitle, coloured(&paper.subtitle, false, 12.0, colour), Part::Paragraph, 10.0);
        self.blocks(&paper.opening);
        if let Some(note) = note {
            self.text(note, of(note, false, BODY), Part::Paragraph, 6.0);
        }
        for section in &paper.sections {
            self.section(section);
        }
        if let Some(small) = small {
            self.text(small, coloured(small, false, SMALL, MUTED), Part::Paragraph, 0.0);
        }
    }

    fn section(&mut self, section: &Section) {
        if self.broad != section.broad {
            self.broad = section.broad;
            self.turn();
        }
        const BEFORE: f32 = 12.0;
        const AFTER: f32 = 5.0;
        self.need(BEFORE + leading(SECTION) + AFTER + self.least(&section.blocks));
        self.y += if self.y > ABOVE { BEFORE } else { 0.0 };
        self.outline.push((section.heading.text.clone(), self.pages.len() - 1, self.y));
        self.text(
            &section.heading,
            Style { colour: TITLE, ..of(&section.heading, true, SECTION) },
            Part::Heading(2),
            AFTER,
        );
        self.blocks(&section.blocks);
    }

    /// Between the margins.
    fn room(&self) -> f32 {
        let width = if self.broad { LONG } else { SHORT };
        width - 2.0 * SIDE
    }

    /// Where the room of a page ends.
    fn end(&self) -> f32 {
        let height = if self.broad { SHORT } else { LONG };
        height - self.below
    }

    fn turn(&mut self) {
        self.pages.push(Page::new(self.broad));
        self.y = ABOVE;
    }

    fn blocks(&mut self, blocks: &[Block]) {
        for (at, block) in blocks.iter().enumerate() {
            self.need(self.least(&blocks[at..]));
            match block {
                Block::Paragraph(words) => self.text(words, of(words, false, BODY), Part::Paragraph, 6.0),
                Block::Subheading(heading) => {
                    self.y += 4.0;
                    self.text(heading, style(true, 10.5, INK), Part::Heading(3), 3.0);
                }
                Block::List { numbered, points } => self.list(*numbered, points),
                Block::Facts(facts) => self.facts(facts),
                Block::Table(table) => self.table(table),
                Block::Lines(names) => self.blanks(names),
            }
        }
    }

    /// The height that the first of some blocks needs at least where it begins, so that nothing stands alone at the foot of
    /// a page: no heading without what it heads, no short paragraph without the table that it is about.
    fn least(&self, blocks: &[Block]) -> f32 {
        let Some((block, rest)) = blocks.split_first() else { return 0.0 };
        let height = match block {
            Block::Paragraph(words) => {
                // Near enough: where exactly lines end does not matter here.
                let lines = (self.faces.of(false).width(&words.text, BODY) / self.room()).ceil().max(1.0);
                match rest.first() {
                    Some(Block::Table(_)) if lines <= 3.0 => lines * leading(BODY) + 6.0 + self.least(rest),
                    _ => lines.min(2.0) * leading(BODY),
                }
            }
            Block::List { .. } => 2.0 * leading(BODY),
            Block::Subheading(_) => leading(10.5) + 7.0 + self.least(rest),
            Block::Facts(_) => 2.0 * leading(CELL),
            Block::Table(table) => {
                let first = table.rows.first().map_or(0.0, |row| height(&self.row(table, row)));
                height(&self.head(table)) + first
            }
            // What is signed stays together.
            Block::Lines(names) => rows_of(names.len(), BLANK),
        };
        height.min(self.end() / 3.0)
    }

    /// A new page, unless a height is left on this one.
    fn need(&mut self, height: f32) {
        if self.y + height > self.end() && self.y > ABOVE {
            self.turn();
        }
    }

    fn face(&self, style: Style) -> Face<'a> {
        self.faces.of(style.bold)
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.marks.push(mark);
        }
    }

    fn node(&mut self, part: Part, parent: Option<usize>) -> usize {
        let id = self.nodes.len();
        self.nodes.push(Node { part, title: None, children: Vec::new() });
        match parent {
            Some(parent) => self.nodes[parent].children.push(id),
            None => self.top.push(id),
        }
        id
    }

    /// A line at the height at hand, without moving on.
    fn line(&mut self, x: f32, text: &str, style: Style, node: Option<usize>) {
        let y = self.y + style.size;
        self.mark(Mark::Text { x, y, text: text.to_owned(), style, node });
    }

    fn text(&mut self, words: &Words, style: Style, part: Part, after: f32) {
        let node = self.node(part, None);
        // A name of which nothing can be shown is still the title of what it heads.
        let title = if words.text.is_empty() { "untitled" } else { &words.text };
        self.nodes[node].title = matches!(part, Part::Heading(_)).then(|| title.to_owned());
        self.lines(&words.text, SIDE, self.room(), style, node);
        self.y += after;
    }

    /// Lines one below the other, from page to page where need be.
    fn lines(&mut self, text: &str, x: f32, width: f32, style: Style, node: usize) {
        let lines = self.face(style).lines(text, style.size, width);
        let all = lines.len();
        for (at, line) in lines.into_iter().enumerate() {
            // The last line does not stand alone on the next page.
            let keep = if all - at == 2 { 2.0 } else { 1.0 };
            self.need(keep * leading(style.size));
            // What is read from the right begins there; a heading stays above what it heads.
            let prose = style.rtl && style.size <= BODY;
            let x = if prose { x + width - self.face(style).width(&line, style.size) } else { x };
            self.line(x, &spaced(line, at + 1 < all, style), style, Some(node));
            self.y += leading(style.size);
        }
    }

    fn list(&mut self, numbered: bool, points: &[Words]) {
        const INDENT: f32 = 16.0;
        let list = self.node(Part::List { numbered }, None);
        for (number, point) in (1..).zip(points) {
            let item = self.node(Part::Item, Some(list));
            let (label, body) = (self.node(Part::Label, Some(item)), self.node(Part::Body, Some(item)));
            let sign = if numbered { format!("{number}.") } else { "\u{2022}".to_owned() };
            self.need(leading(BODY));
            self.line(SIDE + 2.0, &sign, style(false, BODY, INK), Some(label));
            self.lines(&point.text, SIDE + INDENT, self.room() - INDENT, of(point, false, BODY), body);
            self.y += 2.0;
        }
        self.y += 4.0;
    }

    /// Names and what they stand for: a table whose rows have heads.
    fn facts(&mut self, facts: &[(&'static str, Words)]) {
        let table = self.node(Part::Table, None);
        let widths = [self.room() * 0.24, self.room() * 0.76];
        for (name, words) in facts {
            let name = Laid { part: Part::RowHead, ..self.laid(&Words::from(*name), true, widths[0]) };
            let cells = [name, self.laid(words, false, widths[1])];
            self.row_of(&cells, &widths, Some(table), None);
        }
        self.y += 8.0;
    }

    /// Lines to write on, each with what belongs there.
    fn blanks(&mut self, names: &[&'static str]) {
        for name in names {
            self.need(BLANK);
            let node = self.node(Part::Paragraph, None);
            self.y += BLANK - leading(CELL);
            self.line(SIDE, name, style(true, CELL, INK), Some(node));
            self.y += leading(CELL);
            let (x, width) = (SIDE + self.room() * 0.24, self.room() * 0.76);
            self.mark(Mark::Fill { x, y: self.y - 0.5, width, height: 0.5, colour: RULE });
        }
        self.y += 8.0;
    }

    fn laid(&self, words: &Words, bold: bool, width: f32) -> Laid {
        let style = of(words, bold, CELL);
        // A cell that is empty would be missing from the structure.
        let text = if words.text.is_empty() { "\u{2013}" } else { &words.text };
        let lines = self.face(style).lines(text, CELL, width - 2.0 * PADDING);
        Laid { lines, style, part: Part::Cell }
    }

    fn widths(&self, table: &Table) -> Vec<f32> {
        let all: u32 = table.columns.iter().map(|(_, share)| share).sum();
        // Shares are small numbers, and exact.
        #[expect(clippy::cast_precision_loss)]
        table.columns.iter().map(|(_, share)| self.room() * *share as f32 / all.max(1) as f32).collect()
    }

    fn head(&self, table: &Table) -> Vec<Laid> {
        let heads = table.columns.iter().zip(self.widths(table));
        let laid = heads.map(|((head, _), width)| self.laid(&Words::from(*head), true, width));
        laid.map(|cell| Laid { part: Part::Head, ..cell }).collect()
    }

    fn row(&self, table: &Table, row: &[Words]) -> Vec<Laid> {
        row.iter().zip(self.widths(table)).map(|(words, width)| self.laid(words, false, width)).collect()
    }

    fn table(&mut self, table: &Table) {
        let node = self.node(Part::Table, None);
        let widths = self.widths(table);
        let head = self.head(table);
        // The heads do not stay behind on a page alone.
        let first = table.rows.first().map(|row| height(&self.row(table, row))).unwrap_or_default();
        let room = self.end() - ABOVE;
        self.need((height(&head) + first).min(room));
        self.row_of(&head, &widths, Some(node), None);
        for row in &table.rows {
            let cells = self.row(table, row);
            self.row_of(&cells, &widths, Some(node), Some(&head));
        }
        self.y += 8.0;
    }

    /// A row of a table. One that does not fit goes to the next page, under the heads again; one that is higher than a
    /// page is continued.
    fn row_of(&mut self, cells: &[Laid], widths: &[f32], table: Option<usize>, head: Option<&[Laid]>) {
        let row = table.map(|table| self.node(Part::Row, Some(table)));
        let nodes: Vec<Option<usize>> =
            cells.iter().map(|cell| row.map(|row| self.node(cell.part, Some(row)))).collect();
        let all = cells.iter().map(|cell| cell.lines.len()).max().unwrap_or_default();
        let mut done = 0;
        while done < all {
            let (pages, whole) = (self.pages.len(), rows_height(all - done));
            let most = self.end() - ABOVE - head.map_or(0.0, height);
            self.need(whole.min(if done == 0 { most } else { rows_height(1) }));
            if self.pages.len() > pages
                && let Some(head) = head
            {
                self.row_of(head, widths, None, None);
            }
            let left = self.end() - self.y - 2.0 * PADDING;
            let fit =
                (1..=all - done).take_while(|count| rows_height(*count) - 2.0 * PADDING <= left).last().unwrap_or(1);
            self.slice(cells, widths, &nodes, done, fit);
            done += fit;
        }
    }

    /// So many lines of each cell of a row, with the shade of heads and the rule below.
    fn slice(&mut self, cells: &[Laid], widths: &[f32], nodes: &[Option<usize>], from: usize, count: usize) {
        let (top, height) = (self.y, rows_height(count));
        if cells.iter().all(|cell| cell.part == Part::Head) {
            self.mark(Mark::Fill { x: SIDE, y: top, width: self.room(), height, colour: SHADE });
        }
        let mut x = SIDE;
        for ((cell, width), node) in cells.iter().zip(widths).zip(nodes) {
            self.y = top + PADDING;
            for (at, line) in cell.lines.iter().enumerate().skip(from).take(count) {
                self.line(x + PADDING, &spaced(line.clone(), at + 1 < cell.lines.len(), cell.style), cell.style, *node);
                self.y += leading(CELL);
            }
            x += width;
        }
        self.mark(Mark::Fill { x: SIDE, y: top + height - 0.5, width: self.room(), height: 0.5, colour: RULE });
        self.y = top + height;
    }
}

/// The height of so many lines for a hand.
fn rows_of(lines: usize, each: f32) -> f32 {
    f32::from(u16::try_from(lines).unwrap_or(u16::MAX)) * each
}

/// The height of a row of so many lines.
fn rows_height(lines: usize) -> f32 {
    rows_of(lines, leading(CELL)) + 2.0 * PADDING - 1.0
}

fn height(cells: &[Laid]) -> f32 {
    rows_height(cells.iter().map(|cell| cell.lines.len()).max().unwrap_or_default())
}

/// Words are parted by spaces at the ends of lines, too: readers of the screen read on. Where a text runs from right to left
/// the space would stand before the line.
fn spaced(mut line: String, more: bool, style: Style) -> String {
    if more && !line.is_empty() && !style.rtl {
        line.push(' ');
    }
    line
}
