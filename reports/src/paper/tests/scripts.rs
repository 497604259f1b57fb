//! Names in scripts that the built-in fonts do not have, drawn with a few letters of other fonts.

use std::collections::BTreeSet;

use super::*;
use crate::paper::face::Run;
use crate::paper::{FontFile, Fonts};

static ARABIC: &[u8] = include_bytes!("../../../fonts/tests/arabic.ttf");
static CJK: &[u8] = include_bytes!("../../../fonts/tests/cjk.ttc");

fn given() -> Fonts {
    Fonts::given(vec![("arabic.ttf".to_owned(), ARABIC.to_vec()), ("cjk.ttc".to_owned(), CJK.to_vec())]).unwrap()
}

fn faces(text: &str) -> Faces {
    Faces::new(given().of(&text.chars().filter(|c| !FACES.has(*c)).collect())).unwrap()
}

/// The first byte of the text of each glyph, from left to right.
fn order(runs: &[Run]) -> Vec<usize> {
    runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.text_range.start).collect()
}

fn ids(runs: &[Run]) -> Vec<u32> {
    runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.glyph_id.to_u32()).collect()
}

fn of_entity(name: &str) -> Paper {
    let mut paper = paper(vec![Section::new("One", vec![Block::paragraph(name)])]);
    paper.furniture.entity = name.into();
    paper
}

#[test]
fn arabic_letters_are_joined_and_run_from_right_to_left() {
    let faces = faces("بنك");
    let face = faces.of(false);
    let word = face.runs("بنك", true);
    // The last letter stands on the left; each is two bytes.
    assert_eq!(order(&word), [4, 2, 0]);
    // Beside each other letters take other shapes than alone.
    let alone: Vec<u32> = ["ك", "ن", "ب"].iter().flat_map(|letter| ids(&face.runs(letter, true))).collect();
    assert!(ids(&word).iter().zip(&alone).all(|(joined, alone)| joined != alone && *joined != 0), "{alone:?}");
    // Between words of English it is the word that runs the other way, and the words that do not.
    let within = face.runs("of بنك, AWS", false);
    assert_eq!(order(&within), [0, 1, 2, 7, 5, 3, 9, 10, 11, 12, 13]);
    // What begins in Arabic begins on the right, the English word in it as it is read.
    assert_eq!(order(&face.runs("بنك AWS", true)), [7, 8, 9, 6, 4, 2, 0]);
    // A bracket opens towards what it holds: drawn from the right it is the other one.
    let bracket = |text: &str, rtl| ids(&face.runs(text, rtl).split_off(0));
    assert_eq!(bracket("(بنك)", true).first(), bracket("é(", false).last());
}

#[test]
fn east_asian_lines_break_between_characters_and_keep_their_marks() {
    let text = "北京数据科技有限公司。北京数据科技有限公司。";
    let faces = faces(text);
    let face = faces.of(false);
    // A character is as wide as it is high: ten of them in a line of ten sizes.
    assert!((face.width("北京", 10.0) - 20.0).abs() < 0.01);
    assert_eq!(face.lines(text, 10.0, 102.0), ["北京数据科技有限公", "司。北京数据科技有限", "公司。"]);
    assert_eq!(face.lines("Acme 北京", 10.0, 40.0), ["Acme 北", "京"]);
}

#[test]
fn a_paper_says_which_fonts_it_is_set_in() {
    let title = |text: &str| faces(text).others.iter().map(|font| font.title.clone()).collect::<Vec<_>>();
    let digest = kickoff_evidence::sha256_hex(CJK);
    assert_eq!(title("北京"), [format!("Noto Sans CJK SC (cjk.ttc, sha256 {digest})")]);
    // Kana make it Japanese, whose characters are written in another way.
    assert_eq!(title("株式会社アクメ"), [format!("Noto Sans CJK JP (cjk.ttc, sha256 {digest})")]);
    assert!(title("Größe Ελλάδα Россия שלום").is_empty());
}

#[test]
fn what_no_font_has_is_told_with_what_to_do() {
    let fonts = given();
    let bytes = pdf(&of_entity("北京 🚀 بنك"), &fonts).unwrap();
    assert!(bytes.starts_with(b"%PDF-1.7"));
    let told = fonts.told().unwrap();
    assert!(
        told.starts_with("No font at hand has 🚀 (U+1F680): drawn as boxes in the PDFs. Name a font that has it"),
        "{told}"
    );
    assert!(told.contains("--font FILE") && told.contains("Noto Emoji"), "{told}");
    // Where each character has a font there is nothing to tell, and the paper is the same each time.
    let fonts = given();
    let first = pdf(&of_entity("北京 بنك"), &fonts).unwrap();
    assert_eq!(fonts.told(), None);
    assert!(first == pdf(&of_entity("北京 بنك"), &given()).unwrap());
    // What was drawn before changes nothing.
    let fonts = given();
    pdf(&of_entity("بنك アクメ"), &fonts).unwrap();
    assert!(first == pdf(&of_entity("北京 بنك"), &fonts).unwrap());
}

#[test]
fn a_font_is_looked_for_only_when_a_character_is_missing() {
    let fonts = Fonts::searched(|| panic!("nothing is missing"));
    pdf(&of_entity("Größe"), &fonts).unwrap();
    let broken = || {
        let unread = FontFile { name: "a.ttf".to_owned(), read: Box::new(|| Err(std::io::Error::other("gone"))) };
        let text = FontFile { name: "b.ttf".to_owned(), read: Box::new(|| Ok(b"no font".to_vec())) };
        let cut = FontFile { name: "c.ttf".to_owned(), read: Box::new(|| Ok(ARABIC[..ARABIC.len() / 2].to_vec())) };
        let good = FontFile { name: "d.ttf".to_owned(), read: Box::new(|| Ok(ARABIC.to_vec())) };
        vec![unread, text, cut, good]
    };
    let fonts = Fonts::searched(broken);
    let found = fonts.of(&BTreeSet::from(['ب']));
    assert!(found[0].title.starts_with("Noto Sans Arabic (d.ttf, sha256 "), "{}", found[0].title);
}

#[test]
fn a_font_that_cannot_be_used_is_refused_by_name() {
    let wrong = Fonts::given(vec![("x.ttf".to_owned(), b"no font".to_vec()), ("d.ttf".to_owned(), ARABIC.to_vec())]);
    assert_eq!(wrong.unwrap_err(), [("x.ttf".to_owned(), "it is no TrueType or OpenType font")]);
    // A font whose licence forbids it: embedding is restricted by bit 1 of fsType, in the table OS/2.
    let mut restricted = ARABIC.to_vec();
    let table = restricted.windows(4).position(|tag| tag == b"OS/2").unwrap();
    let at: usize = restricted[table + 8..table + 12].iter().fold(0, |at, byte| at << 8 | usize::from(*byte));
    restricted[at + 8..at + 10].copy_from_slice(&[0, 2]);
    let wrong = Fonts::given(vec![("r.ttf".to_owned(), restricted)]).unwrap_err();
    assert_eq!(wrong, [("r.ttf".to_owned(), "its licence forbids putting it into documents")]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn lines_of_any_script_fit_and_lose_nothing(text in "[ a-z().北京数据科技。，「アクメー\u{628}\u{646}\u{643}\u{64e}\u{200d}\u{fe0f}🚀]{0,60}", width in 20_f32..300.0) {
        let text = printable(&text);
        let fonts = given();
        let lacking: BTreeSet<char> = text.chars().filter(|c| !FACES.has(*c)).collect();
        let faces = Faces::new(fonts.of(&lacking)).unwrap();
        for bold in [false, true] {
            let lines = faces.of(bold).lines(&text, 9.0, width);
            prop_assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
        }
        let bytes = pdf(&of_entity(&text), &fonts);
        prop_assert!(bytes.is_ok(), "{:?}", bytes.err());
    }
}
