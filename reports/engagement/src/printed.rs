//! Sheets as pages: how high a row is, and what fits across a page that can be read.

/// A line of a row of ten points, and the highest row that Excel allows, in points.
const LINE: f64 = 13.0;
const HIGHEST: f64 = 409.0;

/// The size of the letters of cells, in points, and how small a page may print them, in per cent: eight points.
pub const SIZE: f64 = 10.0;
/// See [`SIZE`].
pub const LEAST: u16 = 80;

/// The paper, A4, lying; and its margins at the sides, in inches.
pub const PAPER: u8 = 9;
/// See [`PAPER`].
pub const MARGIN: f64 = 0.4;

/// How high a row of so many lines is: not every program reckons that by itself when it opens a file.
#[must_use]
pub fn height(lines: u32) -> f64 {
    (f64::from(lines.max(1)) * LINE + 2.0).min(HIGHEST)
}

/// How many lines a text takes in a column of a width in characters, broken at spaces; a word that is too long for a line is
/// broken where it ends.
#[must_use]
pub fn lines(text: &str, width: f64) -> u32 {
    // A width is in digits of the default size, and letters of a smaller size are narrower; a little is left for other fonts.
    let room = (width * 1.1).max(1.0);
    let mut count = 0;
    for line in text.lines() {
        let (mut full, mut used) = (1, 0.0);
        for word in line.split(' ') {
            let length = if word.is_ascii() { length(word.len()) } else { word.chars().map(wide).sum() };
            if used > 0.0 && used + 1.0 + length > room {
                full += 1;
                used = 0.0;
            }
            used += if used > 0.0 { length + 1.0 } else { length };
            while used > room && f64::from(full) * LINE < HIGHEST {
                full += 1;
                used -= room;
            }
        }
        count += full;
        if f64::from(count) * LINE > HIGHEST {
            break;
        }
    }
    count
}

fn length(characters: usize) -> f64 {
    u32::try_from(characters).map_or(f64::MAX, f64::from)
}

/// How many letters a character is wide: those of East Asia, and pictures, stand in a square.
fn wide(c: char) -> f64 {
    match c {
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' => 2.0,
        '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{1f300}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}' => {
            2.0
        }
        _ => 1.0,
    }
}

/// Whether columns of these widths, in characters, stand beside each other on one page and can be read there.
#[must_use]
pub fn fits(widths: impl Iterator<Item = f64>) -> bool {
    widths.map(pixels).sum::<f64>() <= across()
}

/// What a column of a width takes on the screen: Excel's default font is seven pixels wide, and a cell has five around it.
fn pixels(width: f64) -> f64 {
    width * 7.0 + 5.0
}

/// Between the margins of a page, at the least size that can be read: pixels are of 96 to the inch.
fn across() -> f64 {
    const LONG: f64 = 297.0 / 25.4;
    (LONG - 2.0 * MARGIN) * 96.0 * 100.0 / f64::from(LEAST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_high_as_its_text() {
        assert_eq!(lines("one two", 10.0), 1);
        assert_eq!(lines("one two three four five", 10.0), 3);
        assert_eq!(lines("a\nb\nc", 10.0), 3);
        // Twelve characters of East Asia are as wide as twenty-four letters.
        assert_eq!(lines("北京数据科技有限公司北京", 11.0), 2);
        assert_eq!((height(1), height(3), height(1000)), (15.0, 41.0, 409.0));
    }

    #[test]
    fn a_page_that_lies_has_room_for_so_much() {
        // 10.9 inches of 96 pixels at 80 per cent are 1307 pixels: nine columns of twenty characters, and not ten.
        assert!(fits([20.0; 9].into_iter()) && !fits([20.0; 10].into_iter()) && fits(std::iter::empty()));
    }
}
