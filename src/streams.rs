//! Standard output and standard error, as every command uses them: a reader that went away (`| head`) ends the printing,
//! never the work.

use std::io::{self, StderrLock, StdoutLock, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether only problems are told: `--quiet`.
static QUIET: AtomicBool = AtomicBool::new(false);

/// Tells nothing but problems from here on.
pub(crate) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

/// Whether only problems are told.
pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// A stream whose reader may go away: what is written after that is dropped.
#[derive(Debug)]
pub(crate) struct Stream<W> {
    to: W,
    /// Nothing is written any more.
    shut: bool,
    /// Whether other failures count either: results that do not arrive must be told, words need not.
    failures_count: bool,
}

/// Standard output: what a command was asked for.
pub(crate) fn out() -> Stream<StdoutLock<'static>> {
    Stream { to: io::stdout().lock(), shut: false, failures_count: true }
}

/// Standard error, for what is good to know: where things were written, what was used. Nothing with `--quiet`.
pub(crate) fn words() -> Stream<StderrLock<'static>> {
    Stream { to: io::stderr().lock(), shut: is_quiet(), failures_count: false }
}

/// Standard error, for what must be known: what is wrong, what is missing.
pub(crate) fn problems() -> Stream<StderrLock<'static>> {
    Stream { to: io::stderr().lock(), shut: false, failures_count: false }
}

impl<W: Write> Stream<W> {
    /// Does something with the stream, unless it is shut.
    fn attempt<T>(&mut self, dropped: T, work: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.shut {
            return Ok(dropped);
        }
        match work(&mut self.to) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe || !self.failures_count => {
                self.shut = true;
                Ok(dropped)
            }
            done => done,
        }
    }
}

impl<W: Write> Write for Stream<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |to| to.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), W::flush)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many writes, then fails.
    struct Fails(u32, io::ErrorKind);

    impl Write for Fails {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(self.1)?;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.write(&[]).map(drop)
        }
    }

    #[test]
    fn a_reader_that_goes_away_ends_the_printing_and_nothing_else() {
        let mut stream = Stream { to: Fails(1, io::ErrorKind::BrokenPipe), shut: false, failures_count: true };
        for _ in 0..3 {
            stream.write_all(b"a line\n").unwrap();
            stream.flush().unwrap();
        }
        assert!(stream.shut);
    }

    #[test]
    fn a_full_disk_counts_for_results_and_not_for_words() {
        let mut results = Stream { to: Fails(0, io::ErrorKind::StorageFull), shut: false, failures_count: true };
        assert_eq!(results.write_all(b"{}").unwrap_err().kind(), io::ErrorKind::StorageFull);
        let mut words = Stream { to: Fails(0, io::ErrorKind::StorageFull), shut: false, failures_count: false };
        words.write_all(b"Run: ...").unwrap();
    }
}
