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
    /// Keeps what steers a terminal from getting through; none where bytes are a program's.
    filter: Option<Filter>,
}

/// Standard output for programs: JSON, byte for byte.
#[expect(clippy::disallowed_methods, reason = "here it is that kickoff prints")]
pub(crate) fn out() -> Stream<StdoutLock<'static>> {
    Stream { to: io::stdout().lock(), shut: false, failures_count: true, filter: None }
}

/// Standard output for people: names are foreign, and what would steer a terminal does not get through.
pub(crate) fn text() -> Stream<StdoutLock<'static>> {
    Stream { filter: Some(Filter::of(console::colors_enabled())), ..out() }
}

/// Standard output, for a program or for people.
pub(crate) fn stdout(json: bool) -> Stream<StdoutLock<'static>> {
    if json { out() } else { text() }
}

/// Standard error, for what is good to know: where things were written, what was used. Nothing with `--quiet`.
pub(crate) fn words() -> Stream<StderrLock<'static>> {
    Stream { shut: is_quiet(), ..problems() }
}

/// Standard error, for what must be known: what is wrong, what is missing.
#[expect(clippy::disallowed_methods, reason = "here it is that kickoff prints")]
pub(crate) fn problems() -> Stream<StderrLock<'static>> {
    let filter = Some(Filter::of(console::colors_enabled_stderr()));
    Stream { to: io::stderr().lock(), shut: false, failures_count: false, filter }
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
        match &mut self.filter {
            None => self.attempt(bytes.len(), |to| to.write(bytes)),
            Some(filter) => {
                let passed = filter.pass(bytes);
                self.attempt((), |to| to.write_all(&passed))?;
                Ok(bytes.len())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), W::flush)
    }
}

/// Lets text through, and of what steers a terminal only colours, where they are wanted. It sees the bytes in pieces.
#[derive(Debug, Default)]
struct Filter {
    colours: bool,
    /// What has begun and not ended: the first byte of a character, or of a colour.
    held: Vec<u8>,
}

impl Filter {
    fn of(colours: bool) -> Self {
        Self { colours, held: Vec::new() }
    }

    fn pass(&mut self, bytes: &[u8]) -> Vec<u8> {
        const INSTEAD: &[u8] = "\u{fffd}".as_bytes();
        /// The longest colour that we use is a few bytes.
        const LONGEST: usize = 12;
        let mut passed = Vec::with_capacity(bytes.len());
        for byte in bytes {
            match (self.held.as_slice(), *byte) {
                // The second half of a character: U+0080 to U+009F steer as well.
                ([0xc2], byte) => {
                    self.held.clear();
                    if (0x80..=0x9f).contains(&byte) {
                        passed.extend(INSTEAD)
                    } else {
                        passed.extend([0xc2, byte])
                    }
                    continue;
                }
                ([0x1b], b'[') => {
                    self.held.push(b'[');
                    continue;
                }
                ([0x1b, b'[', rest @ ..], b'0'..=b'9' | b';') if rest.len() < LONGEST => {
                    self.held.push(*byte);
                    continue;
                }
                ([0x1b, b'[', ..], b'm') => {
                    passed.append(&mut self.held);
                    passed.push(b'm');
                    continue;
                }
                ([0x1b, rest @ ..], _) => {
                    passed.extend(INSTEAD);
                    passed.extend(rest);
                    self.held.clear();
                }
                _ => {}
            }
            match *byte {
                0x1b if self.colours => self.held.push(0x1b),
                0xc2 => self.held.push(0xc2),
                b'\n' | b'\t' | b'\r' => passed.push(*byte),
                0..=0x1f | 0x7f => passed.extend(INSTEAD),
                byte => passed.push(byte),
            }
        }
        passed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_does_not_get_through_in_whatever_pieces_it_comes() {
        let text = "\u{1b}[31mred\u{1b}[0m é\u{9b}2J\u{85} \u{1b}]0;title\u{7}\u{1b}[2J\ttab\r\n naïve ·";
        let pass = |colours: bool, size: usize| {
            let mut filter = Filter::of(colours);
            let passed: Vec<u8> = text.as_bytes().chunks(size).flat_map(|piece| filter.pass(piece)).collect();
            String::from_utf8(passed).unwrap()
        };
        for size in [1, 2, 3, 7, 1000] {
            let plain =
                "\u{fffd}[31mred\u{fffd}[0m é\u{fffd}2J\u{fffd} \u{fffd}]0;title\u{fffd}\u{fffd}[2J\ttab\r\n naïve ·";
            assert_eq!(pass(false, size), plain);
            let coloured =
                "\u{1b}[31mred\u{1b}[0m é\u{fffd}2J\u{fffd} \u{fffd}]0;title\u{fffd}\u{fffd}[2J\ttab\r\n naïve ·";
            assert_eq!(pass(true, size), coloured);
        }
    }

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
        let mut stream =
            Stream { to: Fails(1, io::ErrorKind::BrokenPipe), shut: false, failures_count: true, filter: None };
        for _ in 0..3 {
            stream.write_all(b"a line\n").unwrap();
            stream.flush().unwrap();
        }
        assert!(stream.shut);
    }

    #[test]
    fn a_full_disk_counts_for_results_and_not_for_words() {
        let mut results =
            Stream { to: Fails(0, io::ErrorKind::StorageFull), shut: false, failures_count: true, filter: None };
        assert_eq!(results.write_all(b"{}").unwrap_err().kind(), io::ErrorKind::StorageFull);
        let mut words =
            Stream { to: Fails(0, io::ErrorKind::StorageFull), shut: false, failures_count: false, filter: None };
        words.write_all(b"Run: ...").unwrap();
    }
}
