//! Bounds of what a workbook may take: a small file can unpack to any size, and a short part can ask for any number of cells.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

/// All parts of a list that are read are shorter together, unpacked.
const UNPACKED: u64 = 256 << 20;
/// One text, one element: a cell has at most 32,767 characters.
const PIECE: u64 = 1 << 20;
/// The cells of a list take less memory together.
const CELLS: usize = 256 << 20;
/// What a cell takes besides its text.
const CELL: usize = size_of::<String>();

/// How much is left of a workbook before it is no list any more.
#[derive(Debug, Clone)]
pub(super) struct Bounds {
    unpacked: Rc<Cell<u64>>,
    cells: Rc<Cell<usize>>,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { unpacked: Rc::new(Cell::new(UNPACKED)), cells: Rc::new(Cell::new(CELLS)) }
    }
}

impl Bounds {
    /// A reader of a part that fails where too much comes out of it, with the count of the piece that is read.
    pub(super) fn of<R: Read>(&self, part: R) -> (Bounded<R>, Rc<Cell<u64>>) {
        let piece = Rc::new(Cell::new(0));
        (Bounded { part, unpacked: Rc::clone(&self.unpacked), piece: Rc::clone(&piece) }, piece)
    }

    /// Makes room for a text.
    ///
    /// # Errors
    /// There is none left.
    pub(super) fn text(&self, length: usize) -> Result<(), String> {
        let left = self.cells.get().checked_sub(length);
        self.cells.set(left.ok_or("it holds more than a list does")?);
        Ok(())
    }

    /// Makes room for the cells of a row, without their texts.
    ///
    /// # Errors
    /// There is none left.
    pub(super) fn cells(&self, count: usize) -> Result<(), String> {
        self.text(count.saturating_mul(CELL))
    }
}

/// A part of a workbook.
pub(super) struct Bounded<R> {
    part: R,
    unpacked: Rc<Cell<u64>>,
    piece: Rc<Cell<u64>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.piece.get() > PIECE {
            return Err(io::Error::other("a text of it is longer than any of a list"));
        }
        let read = self.part.read(buffer)?;
        let count = u64::try_from(read).unwrap_or(u64::MAX);
        let left = self.unpacked.get().checked_sub(count);
        self.unpacked.set(left.ok_or_else(|| io::Error::other("it is larger, unpacked, than a list"))?);
        self.piece.set(self.piece.get().saturating_add(count));
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unpacked_a_piece_and_all_cells_have_their_bounds() {
        let bounds = Bounds::default();
        let mut buffer = vec![0; 1 << 20];
        let (mut part, piece) = bounds.of(io::repeat(0));
        let (mut other, _) = bounds.of(io::repeat(0));
        // The parts share what may be unpacked: 256 MiB, a mebibyte of it at a time.
        for _ in 0..255 {
            piece.set(0);
            assert_eq!(part.read(&mut buffer).unwrap(), 1 << 20);
        }
        assert_eq!(other.read(&mut buffer).unwrap(), 1 << 20);
        assert!(other.read(&mut buffer).unwrap_err().to_string().contains("larger, unpacked"));
        // A piece may be as long as a mebibyte, and is told once it is longer.
        let (mut part, piece) = Bounds::default().of(io::repeat(0));
        assert!((0..2).all(|_| part.read(&mut buffer).is_ok()));
        assert!(part.read(&mut buffer).unwrap_err().to_string().contains("longer than any"));
        piece.set(0);
        assert!(part.read(&mut buffer).is_ok());

        let bounds = Bounds::default();
        assert!(bounds.text(255 << 20).is_ok() && bounds.clone().text(1 << 20).is_ok());
        assert!(bounds.cells(1).is_err() && bounds.text(0).is_ok());
        assert!(Bounds::default().cells(usize::MAX).is_err());
    }
}
