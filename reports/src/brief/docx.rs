//! The brief as a DOCX that can be edited before the meeting.

use std::collections::BTreeSet;
use std::io::Cursor;

use docx_rs::{
    AbstractNumbering, AlignmentType, BorderType, Docx, Footer, Header, IndentLevel, Level, LevelJc, LevelText,
    LineSpacing, NumPages, NumberFormat, Numbering, NumberingId, PageMargin, PageNum, Paragraph, Run, RunFonts,
    Shading, ShdType, SpecialIndentType, Start, Style, StyleType, Tab, TabValueType, Table as DocxTable, TableBorder,
    TableBorderPosition, TableBorders, TableCell, TableCellMargins, TableLayoutType, TableRow, WidthType,
};

use crate::paper::script::{EastAsian, by_direction, east_asian, has_east_asian, is_rtl};
use crate::paper::words::shortened;
use crate::paper::{Block, Furniture, LANGUAGE, Paper, Piece, Table, Words};

/// Why there is no DOCX.
#[derive(Debug)]
pub struct DocxError(String);

impl std::fmt::Display for DocxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the DOCX cannot be written: {}", self.0)
    }
}

impl std::error::Error for DocxError {}

/// The width of the text of an A4 page, in twentieths of a point.
const ROOM: u32 = 11906 - 2 * 1080;
/// Ids of the lists.
const BULLETS: usize = 2;
const NUMBERS: usize = 3;
/// The scripts of a document besides the Latin one, for which Word takes fonts and languages of their own.
struct Scripts {
    /// Font and language of East Asia.
    east_asian: (&'static str, &'static str),
    /// The language of what runs from right to left.
    bidi: &'static str,
}

impl Scripts {
    fn of(brief: &Paper) -> Self {
        let chars: BTreeSet<char> = brief.texts().flat_map(|words| words.text.chars()).collect();
        let east_asian = match east_asian(&chars) {
            Some(EastAsian::Japanese) => ("Yu Gothic", "ja-JP"),
            Some(EastAsian::Korean) => ("Malgun Gothic", "ko-KR"),
            Some(EastAsian::Traditional) => ("Microsoft JhengHei", "zh-TW"),
            Some(EastAsian::Simplified) => ("Microsoft YaHei", "zh-CN"),
            None => ("Arial", LANGUAGE),
        };
        let any = |of: std::ops::RangeInclusive<char>| chars.range(of).next().is_some();
        let bidi = match (any('\u{600}'..='\u{6ff}'), any('\u{590}'..='\u{5ff}')) {
            (true, _) if ['پ', 'چ', 'ژ', 'گ'].iter().any(|c| chars.contains(c)) => "fa-IR",
            (true, _) => "ar-SA",
            (false, true) => "he-IL",
            (false, false) => LANGUAGE,
        };
        Self { east_asian, bidi }
    }
}

/// Colours.
const OPEN: &str = "963E00";
const TITLE: &str = "16345C";
const MUTED: &str = "5A626E";
const RULE: &str = "C6CCD4";
const SHADE: &str = "EBEFF4";

/// Writes the brief. The same brief gives the same bytes.
///
/// # Errors
/// The writer refuses.
pub fn docx(brief: &Paper) -> Result<Vec<u8>, DocxError> {
    let day = format!("{}T00:00:00Z", brief.date);
    let scripts = Scripts::of(brief);
    let mut document = numbered(styled(Docx::new(), &scripts))
        .created_at(&day)
        .updated_at(&day)
        .page_size(11906, 16838)
        .page_margin(PageMargin {
            top: 1280,
            left: 1080,
            bottom: 1240,
            right: 1080,
            header: 640,
            footer: 600,
            gutter: 0,
        })
        .header(header(&brief.furniture))
        .footer(footer(&brief.furniture))
        .add_paragraph(filled(Paragraph::new().style("Title"), &brief.title, false, false))
        .add_paragraph(filled(Paragraph::new().style("Subtitle"), &brief.subtitle, false, false));
    let mut lists = 0;
    for block in &brief.opening {
        document = add(document, block, &mut lists);
    }
    for section in &brief.sections {
        document = document.add_paragraph(heading("Heading1", &section.heading));
        for block in &section.blocks {
            document = add(document, block, &mut lists);
        }
    }
    let mut parts = document.build();
    let directed = |part: Vec<u8>| text(part).replace(RTL_HINT, RTL_RUN);
    parts.document = directed(parts.document).replace(PLAIN_ROW, HEAD_ROW).into_bytes();
    parts.headers = parts.headers.into_iter().map(|part| directed(part).into_bytes()).collect();
    parts.styles = text(parts.styles).replacen(END_OF_DEFAULTS, &language(&scripts), 1).into_bytes();
    parts.doc_props.core = properties(brief, &day).into_bytes();
    let mut bytes = Cursor::new(Vec::new());
    parts.pack(&mut bytes).map_err(|error| DocxError(error.to_string()))?;
    Ok(bytes.into_inner())
}

// The writer knows neither heads that are repeated, nor directions of runs, nor a language, nor who wrote a document. What is replaced holds
// angle brackets, which no text has after the writer escaped it.

/// The properties of a row that may break: heads alone are left without, to be found.
const PLAIN_ROW: &str = "<w:trPr />";
/// A row that stays whole, and stands at the head of each page that its table reaches.
const HEAD_ROW: &str = "<w:trPr><w:cantSplit /><w:tblHeader /></w:trPr>";
/// What is read from right to left is told by the font's hint until it is written, and by this from then on.
const RTL: &str = "cs";
const RTL_HINT: &str = "<w:rFonts w:hint=\"cs\" />";
const RTL_RUN: &str = "<w:rFonts w:hint=\"cs\" /><w:rtl />";
const END_OF_DEFAULTS: &str = "</w:rPr></w:rPrDefault>";

fn text(part: Vec<u8>) -> String {
    String::from_utf8(part).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

fn language(scripts: &Scripts) -> String {
    let Scripts { east_asian: (_, east_asia), bidi } = scripts;
    format!("<w:lang w:val=\"{LANGUAGE}\" w:eastAsia=\"{east_asia}\" w:bidi=\"{bidi}\" />{END_OF_DEFAULTS}")
}

/// Title, author, language and day of the document.
fn properties(brief: &Paper, day: &str) -> String {
    let entity = escaped(&brief.furniture.entity.text);
    let title = escaped(&brief.title.text);
    let time = |name: &str| format!("<dcterms:{name} xsi:type=\"dcterms:W3CDTF\">{day}</dcterms:{name}>");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
         <cp:coreProperties xmlns:cp=\"http://schemas.openxmlformats.org/package/2006/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\" xmlns:dcterms=\"http://purl.org/dc/terms/\" \
         xmlns:dcmitype=\"http://purl.org/dc/dcmitype/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\
         <dc:title>{title}: {entity}</dc:title><dc:creator>{entity}</dc:creator>\
         <cp:lastModifiedBy>{entity}</cp:lastModifiedBy><dc:language>{LANGUAGE}</dc:language>{}{}</cp:coreProperties>",
        time("created"),
        time("modified"),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn styled(document: Docx, scripts: &Scripts) -> Docx {
    let style = |id: &str, name: &str| Style::new(id, StyleType::Paragraph).name(name);
    let spacing = |before, after| LineSpacing::new().before(before).after(after);
    let fonts = RunFonts::new().ascii("Arial").hi_ansi("Arial").cs("Arial").east_asia(scripts.east_asian.0);
    document
        .default_fonts(fonts)
        .default_size(19)
        .add_style(style("Title", "Title").size(40).bold().color(TITLE).line_spacing(spacing(0, 60)))
        .add_style(style("Subtitle", "Subtitle").size(24).color(MUTED).line_spacing(spacing(0, 200)))
        .add_style(
            style("Heading1", "heading 1").size(26).bold().color(TITLE).outline_lvl(0).line_spacing(spacing(300, 100)),
        )
        .add_style(style("Heading2", "heading 2").size(21).bold().outline_lvl(1).line_spacing(spacing(160, 60)))
        .add_style(style("Text", "Body Text").line_spacing(spacing(0, 120)))
        .add_style(style("Furniture", "Page Furniture").size(16).color(MUTED))
        .add_style(style("Cell", "Table Text").size(17).line_spacing(spacing(30, 30)))
}

/// Bullets. Each list of numbers gets a numbering of its own as it is met, to begin at one again.
fn numbered(document: Docx) -> Docx {
    let level = |format: &str, text: &str| {
        Level::new(0, Start::new(1), NumberFormat::new(format), LevelText::new(text), LevelJc::new("left")).indent(
            Some(360),
            Some(SpecialIndentType::Hanging(280)),
            None,
            None,
        )
    };
    document
        .add_abstract_numbering(AbstractNumbering::new(BULLETS).add_level(level("bullet", "\u{2022}")))
        .add_abstract_numbering(AbstractNumbering::new(NUMBERS).add_level(level("decimal", "%1.")))
        .add_numbering(Numbering::new(BULLETS, BULLETS))
}

/// A paragraph with a text, a run for each direction that it is read in. One that runs from right to left begins there where
/// it is prose; a cell or a heading stays where the others stand.
fn filled(paragraph: Paragraph, words: &Words, bold: bool, prose: bool) -> Paragraph {
    let styled = |run: Run| {
        let run = if words.open { run.color(OPEN) } else { run };
        if bold { run.bold() } else { run }
    };
    let mut paragraph = paragraph;
    if is_rtl(&words.text) {
        paragraph.property = paragraph.property.bidi(true);
        if !prose {
            paragraph = paragraph.align(AlignmentType::End);
        }
    }
    let runs = by_direction(&words.text).into_iter().map(|(text, rtl)| {
        let run = Run::new().add_text(text);
        styled(match rtl {
            true => run.fonts(RunFonts::new().hint(RTL)),
            false if has_east_asian(text) => run.fonts(RunFonts::new().hint("eastAsia")),
            false => run,
        })
    });
    runs.fold(paragraph, Paragraph::add_run)
}

fn heading(style: &str, words: &Words) -> Paragraph {
    filled(Paragraph::new().style(style).keep_next(true), words, false, false)
}

fn add(document: Docx, block: &Block, lists: &mut usize) -> Docx {
    match block {
        Block::Paragraph(words) => document.add_paragraph(filled(Paragraph::new().style("Text"), words, false, true)),
        Block::Subheading(words) => document.add_paragraph(heading("Heading2", words)),
        Block::List { numbered, points } => {
            let mut document = document;
            let mut id = BULLETS;
            if *numbered {
                *lists += 1;
                id = NUMBERS + *lists;
                document = document.add_numbering(Numbering::new(id, NUMBERS));
            }
            points.iter().fold(document, |document, point| {
                let point = filled(Paragraph::new().style("Text"), point, false, true);
                document.add_paragraph(point.numbering(NumberingId::new(id), IndentLevel::new(0)))
            })
        }
        Block::Facts(facts) => {
            let rows = facts.iter().map(|(name, words)| {
                let name = cell(&Words::from(*name), true, ROOM * 24 / 100);
                TableRow::new(vec![name, cell(words, false, ROOM * 76 / 100)]).cant_split()
            });
            after(document.add_table(framed(rows.collect(), vec![ROOM * 24 / 100, ROOM * 76 / 100])))
        }
        Block::Table(table) => after(document.add_table(drawn(table))),
        Block::Lines(names) => names.iter().fold(document, |document, name| {
            let line = Run::new().add_text(format!("{name}: {}", "_".repeat(40)));
            document.add_paragraph(Paragraph::new().style("Text").add_run(line))
        }),
    }
}

/// Two tables without a paragraph between them are one.
fn after(document: Docx) -> Docx {
    document.add_paragraph(Paragraph::new().style("Cell"))
}

fn drawn(table: &Table) -> DocxTable {
    let all: u32 = table.columns.iter().map(|(_, share)| share).sum();
    let widths: Vec<u32> = table.columns.iter().map(|(_, share)| ROOM * share / all.max(1)).collect();
    let heads = table.columns.iter().zip(&widths).map(|((head, _), width)| {
        let shade = Shading::new().shd_type(ShdType::Clear).fill(SHADE);
        let head = Paragraph::new().style("Cell").keep_next(true).add_run(Run::new().add_text(*head).bold());
        TableCell::new().add_paragraph(head).width(size(*width), WidthType::Dxa).shading(shade)
    });
    let heads = TableRow::new(heads.collect());
    let rows = table.rows.iter().map(|row| {
        let cells = row.iter().zip(&widths).map(|(words, width)| cell(words, false, *width));
        TableRow::new(cells.collect()).cant_split()
    });
    framed(std::iter::once(heads).chain(rows).collect(), widths)
}

fn cell(words: &Words, bold: bool, width: u32) -> TableCell {
    let paragraph = filled(Paragraph::new().style("Cell"), words, bold, false);
    TableCell::new().add_paragraph(paragraph).width(size(width), WidthType::Dxa)
}

fn size(width: u32) -> usize {
    usize::try_from(width).unwrap_or(usize::MAX)
}

/// A table with rules between its rows.
fn framed(rows: Vec<TableRow>, widths: Vec<u32>) -> DocxTable {
    let rule = |position| TableBorder::new(position).border_type(BorderType::Single).size(4).color(RULE);
    let borders = TableBorders::with_empty()
        .set(rule(TableBorderPosition::Top))
        .set(rule(TableBorderPosition::Bottom))
        .set(rule(TableBorderPosition::InsideH));
    DocxTable::new(rows)
        .set_grid(widths.into_iter().map(size).collect())
        .layout(TableLayoutType::Fixed)
        .width(size(ROOM), WidthType::Dxa)
        .set_borders(borders)
        .margins(TableCellMargins::new().margin(20, 80, 20, 80))
}

/// A line with something at both ends.
fn ends() -> Paragraph {
    Paragraph::new().style("Furniture").add_tab(Tab::new().val(TabValueType::Right).pos(size(ROOM)))
}

/// Letters of the size of a running head that stand beside each other on a page.
const ON_A_LINE: usize = 88;

fn header(furniture: &Furniture) -> Header {
    // The line itself runs from left to right, whatever the names in it do.
    let room = ON_A_LINE.saturating_sub(furniture.confidentiality.text.chars().count()).clamp(12, 50);
    let entity = Words::from(shortened(&furniture.entity.text, room));
    let entity = filled(Paragraph::new(), &entity, true, true).children;
    let confidentiality = filled(Paragraph::new(), &furniture.confidentiality, false, true).children;
    let mut line = ends();
    line.children.extend(entity);
    line = line.add_run(Run::new().add_tab());
    line.children.extend(confidentiality);
    Header::new().add_paragraph(line)
}

/// What every page carries, and at the end of the last line its number and how many there are.
fn footer(furniture: &Furniture) -> Footer {
    let words = |line: &Vec<Piece>| {
        let pieces: Vec<&str> = line.iter().map(|piece| piece.words.text.as_str()).collect();
        ends().add_run(Run::new().add_text(pieces.join("  \u{b7}  ")))
    };
    let mut lines: Vec<Paragraph> = furniture.foot.iter().map(words).collect();
    let last = lines.pop().unwrap_or_else(ends);
    let last = last
        .add_run(Run::new().add_tab().add_text("Page "))
        .add_page_num(PageNum::new())
        .add_run(Run::new().add_text(" of "))
        .add_num_pages(NumPages::new());
    lines.into_iter().chain([last]).fold(Footer::new(), Footer::add_paragraph)
}
