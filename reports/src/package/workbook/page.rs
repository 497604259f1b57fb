//! A printed page of a sheet: what it carries, so that it stands alone.

use kickoff_engagement::printed::{LEAST, MARGIN, PAPER, fits};
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::super::dossier::Frame;

/// So many characters fit into the header or the footer of a page, with its codes.
const ROOM: usize = 255;

/// What a printed page carries, and how it is printed: on one page across where it can be read there, else over several, one
/// beside the other.
pub(super) fn set_up(
    page: &mut Worksheet,
    frame: &Frame,
    widths: impl Iterator<Item = f64> + Clone,
) -> Result<(), XlsxError> {
    page.set_freeze_panes(1, 0)?;
    page.set_repeat_rows(0, 0)?;
    page.set_landscape().set_paper_size(PAPER);
    if fits(widths.clone()) {
        page.set_print_fit_to_pages(1, 0);
    } else {
        page.set_print_scale(LEAST).set_page_order(true);
        // Whose row it is stands on every page that a row goes over.
        let last = if widths.take(2).sum::<f64>() <= REPEATED { 1 } else { 0 };
        page.set_repeat_columns(0, last)?;
    }
    page.set_margins(MARGIN, MARGIN, 0.85, 0.75, 0.3, 0.3);
    page.set_header(header(frame)).set_footer(footer(frame));
    Ok(())
}

/// Columns that stand on every page take at most so many characters of it.
const REPEATED: f64 = 60.0;

/// Entity and accounts to the left with the regions under them, the sheet's name to the right.
fn header(frame: &Frame) -> String {
    let (left, right) = ("&L&8 ", "&R&8 &A");
    let off = if frame.off_date.is_some() { "OFF-DATE | " } else { "" };
    // A long name does not push out which account it is.
    let accounts = within(&format!(" | {}", frame.accounts), 90);
    let first = format!("{}{accounts}", within(&format!("{off}{}", frame.entity), 150 - units(&accounts)));
    let room = ROOM - 1 - units(left) - units(right) - units(&first);
    format!("{left}{first}\n{}{right}", within(&frame.regions, room))
}

/// The run with its times and its digest to the left, the page's number to the right.
fn footer(frame: &Frame) -> String {
    let (left, right) = ("&L&8 ", "&R&8 Page &P of &N");
    let digest = within(&format!("evidence sha256 {}", frame.digest), 100);
    let room = ROOM - 1 - units(left) - units(right) - units(&digest);
    let marks: String = frame.marks.iter().map(|mark| format!(" | {mark}")).collect();
    let first = within(&format!("{} | {} | collected {}{marks}", frame.tool, frame.run, frame.collected), room);
    format!("{left}{first}\n{digest}{right}")
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

/// A text for a page's margin, where `&` begins a code and is doubled; cut so that it has at most so many characters.
fn within(text: &str, room: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let doubled = plain.replace('&', "&&");
    if units(&doubled) <= room {
        return doubled;
    }
    let mut short = plain.as_str();
    while units(&short.replace('&', "&&")) + 3 > room {
        let Some((at, _)) = short.char_indices().next_back() else { break };
        short = &short[..at];
    }
    short.replace('&', "&&") + "..."
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_printed_page_stands_alone() {
        let frame = |entity: &str| Frame {
            entity: entity.to_owned(),
            system: None,
            report: String::new(),
            off_date: None,
            accounts: "111122223333 (acme-prod, production)".to_owned(),
            regions: "eu-west-1, us-east-1".to_owned(),
            collected: "2026-03-02 02:00:00 to 02:01:10 UTC".to_owned(),
            tool: "kickoff 0.1.0".to_owned(),
            run: "RUN-20260302T020000Z-9f31c2aa".to_owned(),
            digest: "9f".repeat(32),
            marks: Vec::new(),
            warnings: Vec::new(),
        };
        let short = frame("Rock & Roll GmbH");
        assert_eq!(
            header(&short),
            "&L&8 Rock && Roll GmbH | 111122223333 (acme-prod, production)\neu-west-1, us-east-1&R&8 &A"
        );
        assert_eq!(
            footer(&short),
            format!(
                "&L&8 kickoff 0.1.0 | RUN-20260302T020000Z-9f31c2aa | collected 2026-03-02 02:00:00 to 02:01:10 UTC\n\
                 evidence sha256 {}&R&8 Page &P of &N",
                "9f".repeat(32)
            )
        );
        let long = frame(&"&🎸".repeat(200));
        for text in [header(&long), footer(&long)] {
            assert!(text.encode_utf16().count() <= 255, "{text}");
        }
        // The name is cut, and the account stays.
        let cut = |entity: &str| format!("{entity}... | 111122223333 (acme-prod, production)\neu-west-1");
        assert!(header(&long).contains(&cut("&&")) || header(&long).contains(&cut("🎸")), "{}", header(&long));
        let marked = Frame { marks: vec!["NOT AWS", "SCOPE IN PART"], ..frame("Acme") };
        assert!(footer(&marked).contains(" UTC | NOT AWS | SCOPE IN PART\nevidence"), "{}", footer(&marked));
    }
}
