//! Papers on pages.

mod scripts;

use proptest::prelude::*;

use std::sync::LazyLock;

use super::face::Faces;
use super::flow::{Flow, Mark, Page};
use super::words::printable;
use super::{Block, Furniture, Paper, Piece, Section, Words, pdf};

/// The built-in fonts alone.
static FACES: LazyLock<Faces> = LazyLock::new(|| Faces::new(Vec::new()).unwrap());

/// Texts that have broken documents before.
pub(crate) fn foreign() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[\u{0}-\u{20}\u{7f}-\u{a0}<>&\"']{0,40}",
        "[a-z/:]{200,400}",
        "[\u{5d0}-\u{5ea} a-z0-9()]{1,80}",
        "[\u{4e00}-\u{4fff}\u{1f600}-\u{1f640}\u{e000}-\u{e0ff}\u{fff0}-\u{ffff}]{1,80}",
    ]
}

fn paper(sections: Vec<Section>) -> Paper {
    Paper {
        title: "A paper".into(),
        subtitle: "of Acme".into(),
        date: jiff::civil::date(2026, 11, 23),
        furniture: Furniture {
            entity: "Acme".into(),
            confidentiality: "Confidential".into(),
            foot: vec![vec![Piece::new("one"), Piece::whole("two")], vec![Piece::whole("three")]],
        },
        elsewhere: "the workbook",
        opening: Vec::new(),
        sections,
        broad: false,
    }
}

fn laid(paper: &Paper) -> Vec<Page> {
    let mut flow = Flow::new(&FACES, paper.broad, paper.furniture.foot.len());
    flow.paper(paper, None, None);
    flow.pages
}

/// On how many pages a paper is.
pub(crate) fn pages_of(paper: &Paper) -> usize {
    laid(paper).len()
}

/// Each text with its left edge, its right edge, and its height.
fn texts(page: &Page) -> Vec<(&str, f32, f32, f32)> {
    let faces = &*FACES;
    let found = page.marks.iter().filter_map(|mark| match mark {
        Mark::Text { x, y, text, style, .. } => {
            let width = faces.of(style.bold).width(text.trim_end(), style.size);
            Some((text.trim_end(), *x, *x + width, *y))
        }
        Mark::Fill { .. } => None,
    });
    found.collect()
}

#[test]
fn a_section_that_lies_has_pages_of_its_own() {
    let words = |text: &str| vec![Block::paragraph(text)];
    let pages = laid(&paper(vec![
        Section::new("First", words("upright")),
        Section::broad("Second", words("lying")),
        Section::broad("Third", words("lying, too")),
        Section::new("Fourth", words("upright again")),
    ]));
    let sizes: Vec<(f32, f32)> = pages.iter().map(|page| (page.width(), page.height())).collect();
    assert_eq!(sizes, [(595.28, 841.89), (841.89, 595.28), (595.28, 841.89)]);
    let second: Vec<&str> = texts(&pages[1]).iter().map(|(text, ..)| *text).collect();
    assert_eq!(second, ["Second", "lying", "Third", "lying, too"]);
}

#[test]
fn cells_stay_in_their_columns_and_heads_are_repeated() {
    let arn = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Administrator";
    let name = "x".repeat(10_000);
    let mut rows: Vec<[Words; 2]> = (0..60).map(|at| [Words::from(arn), at.to_string().into()]).collect();
    rows.push([name.as_str().into(), "long".into()]);
    for broad in [false, true] {
        let blocks = vec![Block::table([("Resource", 30), ("Number", 70)], rows.clone())];
        let pages = laid(&paper(vec![Section { broad, ..Section::new("Table", blocks) }]));
        assert!(pages.len() > 3);
        for page in pages.iter().skip(usize::from(broad)) {
            let (texts, room) = (texts(page), page.width() - 108.0);
            assert!(texts.iter().any(|(text, ..)| *text == "Resource"), "a page without the heads");
            for (text, left, right, y) in texts {
                let end =
                    if left < 54.0 + room * 0.3 && text != "Table" { 54.0 + room * 0.3 } else { page.width() - 54.0 };
                assert!(right <= end + 0.01 || ["A paper", "of Acme"].contains(&text), "{text} ends at {right}");
                // Two lines at the foot: 71 points are theirs.
                assert!(y <= page.height() - 71.0, "{text} stands at {y}");
            }
        }
    }
}

#[test]
fn what_is_signed_stays_together() {
    let filler = |lines: usize| vec![Block::points(vec!["line".into(); lines])];
    for lines in 30..50 {
        let signed = Block::Lines(vec!["Prepared by", "Reviewed by", "Reviewed on"]);
        let pages = laid(&paper(vec![Section::new("Filler", filler(lines)), Section::new("Sign-off", vec![signed])]));
        let with = |text: &str| pages.iter().position(|page| texts(page).iter().any(|(found, ..)| *found == text));
        let (heading, first, last) = (with("Sign-off"), with("Prepared by"), with("Reviewed on"));
        assert!(heading.is_some() && heading == first && first == last, "{lines} lines");
    }
}

#[test]
fn a_foot_keeps_ids_and_digests_whole() {
    let digest = "3f0c9a5be1d24487a6b1c0ffee5a7e11d00dfeed0123456789abcdef02468ace";
    let regions = vec!["eu-central-1"; 40].join(", ");
    let pieces = [Piece::new("111122223333"), Piece::new(regions), Piece::whole("RUN-1"), Piece::whole(digest)];
    let line = pdf::foot_line(&FACES, &pieces, 6.5, 487.0);
    let parts: Vec<&str> = line.split("  \u{b7}  ").collect();
    assert_eq!([parts[0], parts[2], parts[3]], ["111122223333", "RUN-1", digest]);
    assert!(parts[1].starts_with("eu-central-1, eu") && parts[1].ends_with('\u{2026}'), "{}", parts[1]);
    assert!(FACES.of(false).width(&line, 6.5) <= 487.01);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn lines_fit_and_lose_nothing(text in foreign(), width in 20_f32..400.0) {
        let text = printable(&text);
        let faces = &*FACES;
        let lines = faces.of(false).lines(&text, 9.0, width);
        // A line of one character may be wider than a column that is narrower than it.
        prop_assert!(lines.iter().all(|line| line.chars().count() <= 1 || faces.of(false).width(line, 9.0) <= width + 0.01));
        prop_assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }
}
