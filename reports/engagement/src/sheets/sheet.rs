//! The rows of a sheet: what they hold, whether they are seen, and where cells reach over others.

use quick_xml::events::{BytesStart, Event};

use super::bound::Bounds;
use super::formula;
use super::grid::{COLUMNS, ROWS, Row, Table, column_of};
use super::part::{Book, Part, Runs, Text, attribute, push};

/// A cell while it is read.
#[derive(Debug, Default)]
struct Cell {
    column: usize,
    style: usize,
    kind: String,
    value: String,
    formula: Option<String>,
    inline: Runs,
}

/// A sheet has fewer cells that reach over others: a list has fewer cells.
const MERGED: usize = ROWS * 5;

/// A sheet has no more columns.
const WIDEST: usize = 16_384;

/// A rectangle of cells that are one: rows counted from 1, columns from 0.
struct Merged {
    rows: (u64, u64),
    columns: (usize, usize),
}

/// `B12`: the column, counted from 0, and the row.
fn place(name: &str) -> Option<(usize, u64)> {
    let at = name.find(|c: char| c.is_ascii_digit())?;
    let (letters, row) = name.split_at(at);
    Some((column_of(letters)?, row.parse().ok()?))
}

/// Reads a sheet, one cell at a time: it may claim any size.
pub(super) fn read(part: &mut Part<'_>, book: &Book, table: &mut Table, bounds: &Bounds) -> Result<(), String> {
    let (mut merged, mut cols) = (Vec::new(), 0);
    let (mut row, mut cell) = (Row::default(), Cell::default());
    let (mut number, mut column, mut inside) = (0_u64, 0_usize, "");
    loop {
        match part.next()? {
            Event::Start(element) => match element.local_name().as_ref() {
                "row" => {
                    number = attribute(&element, "r").and_then(|r| r.parse().ok()).unwrap_or(number.saturating_add(1));
                    column = 0;
                    row = Row { number, hidden: is_hidden(&element), bold: true, ..Row::default() };
                }
                "c" => {
                    cell = begun(&element, column);
                    column = cell.column + 1;
                }
                "v" => inside = "v",
                "f" => {
                    inside = "f";
                    cell.formula = Some(String::new());
                }
                "is" => inside = "is",
                "col" => {
                    cols += 1;
                    if cols > WIDEST {
                        return Err("it says more of its columns than a sheet has".to_owned());
                    }
                    hidden_columns(&element, table);
                }
                "mergeCell" if merged.len() >= MERGED => {
                    return Err("it has more merged cells than a list".to_owned());
                }
                "mergeCell" => merged.extend(merge(&element)),
                _ if inside == "is" => cell.inline.start(&element),
                _ => {}
            },
            Event::End(element) => match element.local_name().as_ref() {
                "v" | "f" | "is" => inside = "",
                "c" => put(std::mem::take(&mut cell), book, &mut row, table, bounds)?,
                "row" => {
                    let done = std::mem::take(&mut row);
                    if done.filled().next().is_none() && done.unknown.is_empty() {
                        continue;
                    }
                    if table.rows.len() < ROWS {
                        bounds.cells(done.cells.len())?;
                        table.rows.push(done);
                    } else {
                        table.cut = true;
                    }
                }
                name if inside == "is" => cell.inline.end(name),
                _ => {}
            },
            Event::Eof => break,
            event => match inside {
                "v" => push(&mut cell.value, &event),
                "f" => push(cell.formula.get_or_insert_default(), &event),
                "is" => cell.inline.text(&event),
                _ => {}
            },
        }
    }
    spread(&merged, table, bounds)
}

/// A cell, by its attributes: its place, where it says one, its style and its kind. There are millions of empty ones.
fn begun(element: &BytesStart<'_>, next: usize) -> Cell {
    let mut cell = Cell { column: next, ..Cell::default() };
    for attribute in element.attributes().with_checks(false).flatten() {
        match attribute.key.as_ref() {
            "r" => cell.column = place(&attribute.value).map_or(next, |(at, _)| at),
            "s" => cell.style = attribute.value.parse().unwrap_or_default(),
            "t" => cell.kind = attribute.value.into_owned(),
            _ => {}
        }
    }
    cell
}

/// Whether nobody sees a row: hidden by hand, by a filter, or by its height.
fn is_hidden(row: &BytesStart<'_>) -> bool {
    let on = |name| attribute(row, name).is_some_and(|on| ["1", "true"].contains(&on.as_str()));
    on("hidden") || attribute(row, "ht").and_then(|height| height.parse::<f64>().ok()) == Some(0.0)
}

fn hidden_columns(element: &BytesStart<'_>, table: &mut Table) {
    let number = |name| attribute(element, name).and_then(|at| at.parse::<usize>().ok());
    let hidden = attribute(element, "hidden").is_some_and(|on| ["1", "true"].contains(&on.as_str()));
    if let (true, Some(first), Some(last)) = (hidden, number("min"), number("max")) {
        let known = &mut table.hidden_columns;
        let new: Vec<usize> = (first.saturating_sub(1)..last.min(COLUMNS)).filter(|at| !known.contains(at)).collect();
        known.extend(new);
    }
}

fn merge(element: &BytesStart<'_>) -> Option<Merged> {
    let (first, last) = attribute(element, "ref")?.split_once(':').map(|(a, b)| (place(a), place(b)))?;
    let ((left, top), (right, bottom)) = (first?, last?);
    Some(Merged { rows: (top, bottom), columns: (left, right) })
}

/// Puts what a cell holds into its row.
fn put(cell: Cell, book: &Book, row: &mut Row, table: &mut Table, bounds: &Bounds) -> Result<(), String> {
    let Cell { column, style, kind, value, formula, mut inline } = cell;
    if value.is_empty() && formula.is_none() && kind.is_empty() {
        return Ok(());
    }
    let look = book.looks.get(style);
    let (mut struck, mut shortened) = (look.is_some_and(|look| look.struck), false);
    let mut of_text = |text: Text| {
        struck |= text.struck;
        shortened = text.shortened;
        text.text
    };
    let computed = formula.as_deref().and_then(|formula| formula::value(formula, row.number));
    let text = match (computed, kind.as_str()) {
        (Some(computed), _) => computed,
        (None, "s") => {
            let at = value.trim().parse::<usize>().ok();
            at.and_then(|at| book.texts.get(at)).cloned().map(&mut of_text).unwrap_or_default()
        }
        (None, "inlineStr") => of_text(inline.take()),
        (None, "b") => if value.trim() == "1" { "TRUE" } else { "FALSE" }.to_owned(),
        (None, "e") => String::new(),
        (None, "str" | "d") => value,
        (None, _) => match look {
            Some(look) if !value.is_empty() => look.format.show(value.trim(), book.from_1904),
            _ if value.is_empty() => value,
            _ => super::format::Format::Plain.show(value.trim(), false),
        },
    };
    let text = text.replace("\r\n", "\n").trim().to_owned();
    bounds.text(text.len())?;
    if text.is_empty() && formula.is_none() && kind != "e" {
        return Ok(());
    }
    if column >= COLUMNS {
        table.beyond |= !text.is_empty();
        return Ok(());
    }
    // A formula that gives nothing on purpose is text; one that was never computed has no type of text.
    if text.is_empty() && kind != "str" {
        once(&mut row.unknown, column);
        return Ok(());
    }
    if struck && !text.is_empty() {
        once(&mut row.struck, column);
    }
    if shortened {
        once(&mut row.shortened, column);
    }
    row.bold &= look.is_some_and(|look| look.bold);
    row.put(column, text);
    Ok(())
}

/// A column that a row names twice is told once.
fn once(columns: &mut Vec<usize>, column: usize) {
    if !columns.contains(&column) {
        columns.push(column);
    }
}

/// Cells that reach over others: down, their text holds for the rows below; across, they are told by their row.
fn spread(merged: &[Merged], table: &mut Table, bounds: &Bounds) -> Result<(), String> {
    // Those of a sheet do not lie upon each other.
    let mut left_over = ROWS * COLUMNS;
    for Merged { rows: (top, bottom), columns: (left, right) } in merged {
        let first = table.rows.partition_point(|row| row.number < *top);
        let Some(row) = table.rows.get_mut(first).filter(|row| row.number == *top) else { continue };
        row.wide |= right > left && !row.cell(*left).is_empty();
        let text = row.cell(*left).to_owned();
        let struck = row.struck.contains(left);
        if text.is_empty() {
            continue;
        }
        for row in table.rows.iter_mut().skip(first + 1).take_while(|row| row.number <= *bottom) {
            left_over = left_over.checked_sub(1).ok_or("its merged cells lie upon each other")?;
            if row.cell(*left).is_empty() {
                bounds.text(text.len())?;
                bounds.cells((left + 1).saturating_sub(row.cells.len()))?;
                row.put(*left, text.clone());
                row.from_above.push(*left);
                if struck {
                    row.struck.push(*left);
                }
            }
        }
    }
    Ok(())
}
