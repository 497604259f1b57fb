//! A printed page of a sheet: what it carries, so that it stands alone.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::super::dossier::Frame;

/// So many characters fit into the header or the footer of a page, with its codes.
const MARGIN: usize = 255;

/// A4.
const PAPER: u8 = 9;

/// What a printed page carries, and how it is printed.
pub(super) fn set_up(page: &mut Worksheet, frame: &Frame, width: f64) -> Result<(), XlsxError> {
    page.set_freeze_panes(1, 0)?;
    page.set_repeat_rows(0, 0)?;
    page.set_landscape().set_paper_size(PAPER).set_print_fit_to_pages(across(width), 0);
    // Whose row it is stands on every page that a wide row goes over.
    if across(width) > 1 {
        page.set_repeat_columns(0, 1)?;
    }
    page.set_margins(0.4, 0.4, 0.85, 0.75, 0.3, 0.3);
    page.set_header(header(frame)).set_footer(footer(frame));
    Ok(())
}

/// How many pages a row of a width, in characters, goes over: what is printed smaller than six points cannot be read.
fn across(width: f64) -> u16 {
    /// Characters of the default size on a landscape page of A4 without a scale, and the least scale.
    const ROOM: f64 = 130.0 / 0.55;
    (1..=8).find(|pages| f64::from(*pages) * ROOM >= width).unwrap_or(8)
}

/// Entity and accounts to the left with the regions under them, the sheet's name to the right.
fn header(frame: &Frame) -> String {
    let (left, right) = ("&L&8 ", "&R&8 &A");
    let off = if frame.off_date.is_some() { "OFF-DATE | " } else { "" };
    let first = within(&format!("{off}{} | {}", frame.entity, frame.accounts), 150);
    let room = MARGIN - 1 - units(left) - units(right) - units(&first);
    format!("{left}{first}\n{}{right}", within(&frame.regions, room))
}

/// The run with its times and its digest to the left, the page's number to the right.
fn footer(frame: &Frame) -> String {
    let (left, right) = ("&L&8 ", "&R&8 Page &P of &N");
    let digest = within(&format!("evidence sha256 {}", frame.digest), 100);
    let room = MARGIN - 1 - units(left) - units(right) - units(&digest);
    let first = within(&format!("{} | {} | collected {}", frame.tool, frame.run, frame.collected), room);
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
    fn what_is_too_wide_to_be_read_on_one_page_goes_over_several() {
        assert_eq!([80.0, 236.0, 240.0, 640.0, 1e9].map(across), [1, 1, 2, 3, 8]);
    }

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
        assert!(header(&long).contains("&&...\neu-west-1") || header(&long).contains("🎸...\neu-west-1"));
    }
}
