//! The archive of one account's exchanges: JSON lines in Zstandard frames, `exchanges/<account>.jsonl.zst`.
//!
//! `zstd -dc` and any JSON tool read it. A frame holds about a mebibyte of lines, so that one exchange can be
//! read again without the whole archive in memory.

use std::collections::HashMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::error::RunError;
use crate::exchange::{CallKey, Exchange, sha256_hex};
use crate::files::{create_private, part_of};

/// Where an exchange stands in its archive: its line number, from 0.
pub type Position = u32;

/// Lines are gathered into a frame until it holds this many bytes.
const FRAME: u64 = 1 << 20;
/// What was appended reaches the system at least so often: a process that is killed loses no more.
const FLUSH: Duration = Duration::from_millis(200);
/// A frame that unpacks to more than this is refused: no AWS answer comes near it, a bomb does.
const FRAME_LIMIT: u64 = 256 << 20;
/// So many frames of a run stay unpacked: evidence is read by its ids, not in the order in which it was recorded.
const KEPT: usize = 32;
/// Zstandard's own default; higher levels cost more than they save on bodies like these.
const LEVEL: i32 = 3;

/// Appends exchanges to an archive; bodies do not stay in memory.
pub struct ArchiveWriter {
    path: PathBuf,
    frame: Option<zstd::Encoder<'static, BufWriter<File>>>,
    in_frame: u64,
    next: Position,
    /// Where each frame begins, with the exchange that is its first.
    frames: Vec<(u64, Position)>,
    flushed: Instant,
}

impl std::fmt::Debug for ArchiveWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ArchiveWriter").field("next", &self.next).finish_non_exhaustive()
    }
}

/// Counts what passes through to a writer.
struct Counted<W>(W, u64);

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.0.write(bytes)?;
        self.1 += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl ArchiveWriter {
    /// Creates the archive; only its owner may read it.
    ///
    /// # Errors
    /// The file cannot be created.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = BufWriter::new(create_private(path)?);
        Ok(Self {
            path: path.to_owned(),
            frame: Some(zstd::Encoder::new(file, LEVEL)?),
            in_frame: 0,
            next: 0,
            frames: vec![(0, 0)],
            flushed: Instant::now(),
        })
    }

    /// Appends one exchange and says where it stands.
    ///
    /// # Errors
    /// The disk is full or the file is gone.
    pub fn append(&mut self, exchange: &Exchange) -> io::Result<Position> {
        let Some(frame) = self.frame.as_mut() else {
            return Err(io::Error::other("the archive was closed by an earlier error"));
        };
        let mut line = Counted(frame, 0);
        serde_json::to_writer(&mut line, exchange)?;
        line.write_all(b"\n")?;
        self.in_frame += line.1;
        let position = self.next;
        self.next += 1;
        if self.in_frame >= FRAME {
            self.turn()?;
        } else if self.flushed.elapsed() >= FLUSH
            && let Some(frame) = self.frame.as_mut()
        {
            frame.flush()?;
            self.flushed = Instant::now();
        }
        Ok(position)
    }

    /// Ends the frame and begins another.
    fn turn(&mut self) -> io::Result<()> {
        if let Some(full) = self.frame.take() {
            let mut file = full.finish()?;
            self.frames.push((file.stream_position()?, self.next));
            self.frame = Some(zstd::Encoder::new(file, LEVEL)?);
            self.in_frame = 0;
            self.flushed = Instant::now();
        }
        Ok(())
    }

    /// Reads an exchange again that was appended.
    ///
    /// # Errors
    /// There is none at that position, or the file cannot be read.
    pub fn read(&mut self, position: Position) -> io::Result<Exchange> {
        if self.frames.last().is_some_and(|(_, first)| *first <= position) {
            self.turn()?;
        }
        let none = || io::Error::other(format!("there is no exchange {position}"));
        let at = self.frames.partition_point(|(_, first)| *first <= position).checked_sub(1).ok_or_else(none)?;
        let (offset, first) = *self.frames.get(at).ok_or_else(none)?;
        let mut reader = BufReader::new(File::open(&self.path)?);
        reader.seek(SeekFrom::Start(offset))?;
        let frame = read_frame(&mut reader)?.ok_or_else(none)?;
        let line = usize::try_from(position - first).ok().and_then(|line| frame.split(|b| *b == b'\n').nth(line));
        Ok(serde_json::from_slice(line.filter(|line| !line.is_empty()).ok_or_else(none)?)?)
    }

    /// Ends the last frame and the file.
    ///
    /// # Errors
    /// The disk is full or the file is gone.
    pub fn finish(mut self) -> io::Result<()> {
        if let Some(frame) = self.frame.take() {
            frame.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        }
        Ok(())
    }
}

#[derive(Debug)]
struct Line {
    frame: u64,
    start: usize,
    end: usize,
}

/// An archive opened for reading. Holds an index, not the bodies: a run may have a thousand archives.
#[derive(Debug)]
pub struct Archive {
    path: PathBuf,
    lines: Vec<Line>,
    /// Where exchanges stand, by the hash of their calls.
    calls: HashMap<u64, Vec<Position>>,
    frames: Arc<Frames>,
}

/// The frames that were read last, of all archives of a run.
#[derive(Debug, Default)]
pub(crate) struct Frames(Mutex<Vec<Frame>>);

#[derive(Debug)]
struct Frame {
    offset: u64,
    archive: PathBuf,
    bytes: Arc<Vec<u8>>,
}

impl Frames {
    /// The frame of an archive at an offset, read where it is not known.
    fn get(
        &self,
        archive: &Path,
        offset: u64,
        read: impl FnOnce() -> Result<Vec<u8>, RunError>,
    ) -> Result<Arc<Vec<u8>>, RunError> {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let frame = match last.iter().position(|frame| frame.offset == offset && frame.archive == archive) {
            Some(known) => last.remove(known),
            None => Frame { offset, archive: archive.to_owned(), bytes: Arc::new(read()?) },
        };
        let bytes = Arc::clone(&frame.bytes);
        if last.len() == KEPT {
            last.remove(0);
        }
        // The latest at the end.
        last.push(frame);
        Ok(bytes)
    }
}

fn hash(key: &CallKey) -> u64 {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    hasher.finish()
}

impl Archive {
    /// Reads the archive once and indexes it.
    ///
    /// # Errors
    /// The file is missing, cut short, no archive, or holds a line that is no exchange.
    pub fn open(path: &Path) -> Result<Self, RunError> {
        Self::open_beside(path, Arc::default())
    }

    /// Reads an archive of a run, whose archives share the frames that stay unpacked.
    pub(crate) fn open_beside(path: &Path, frames: Arc<Frames>) -> Result<Self, RunError> {
        let file = File::open(path).map_err(|source| RunError::Missing { path: path.to_owned(), source })?;
        let mut reader = BufReader::new(file);
        let mut archive = Self { path: path.to_owned(), lines: Vec::new(), calls: HashMap::new(), frames };
        loop {
            let offset = reader.stream_position().map_err(|e| archive.damaged(&e))?;
            let Some(frame) = read_frame(&mut reader).map_err(|e| archive.damaged(&e))? else {
                break;
            };
            archive.index(offset, &frame)?;
        }
        Ok(archive)
    }

    /// Makes an archive whole whose writer ended in the middle of it: every line that was written whole is kept. How many
    /// these are; one that is whole stays as it is.
    ///
    /// # Errors
    /// The file cannot be read or replaced, or what is wrong with it is not that it ends too early.
    pub fn mend(path: &Path) -> Result<usize, RunError> {
        if let Ok(whole) = Self::open(path) {
            return Ok(whole.len());
        }
        let failed = |source| RunError::Missing { path: path.to_owned(), source };
        let mut reader = BufReader::new(File::open(path).map_err(failed)?);
        let mut lines: Vec<u8> = Vec::new();
        let part = part_of(path);
        let unwritten = |source| RunError::Write { path: part.clone(), source };
        match fs::remove_file(&part) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unwritten(error)),
            _ => {}
        }
        let mut kept = ArchiveWriter::create(&part).map_err(unwritten)?;
        let mut whole = true;
        while whole && !reader.fill_buf().map_err(failed)?.is_empty() {
            lines.clear();
            let decoder = zstd::Decoder::with_buffer(&mut reader).map_err(failed)?;
            // What was unpacked before the end that came too early stays in `lines`.
            whole = decoder.single_frame().take(FRAME_LIMIT).read_to_end(&mut lines).is_ok();
            for line in lines.split_inclusive(|b| *b == b'\n').filter(|line| line.ends_with(b"\n")) {
                let exchange: Exchange = serde_json::from_slice(line).map_err(|error| RunError::Damaged {
                    path: path.to_owned(),
                    why: format!("line {} is no exchange: {error}", kept.next + 1),
                })?;
                kept.append(&exchange).map_err(unwritten)?;
            }
        }
        let lines = kept.next as usize;
        kept.finish().map_err(unwritten)?;
        fs::rename(&part, path).map_err(unwritten)?;
        Ok(lines)
    }

    fn damaged(&self, why: &dyn std::fmt::Display) -> RunError {
        RunError::Damaged { path: self.path.clone(), why: why.to_string() }
    }

    fn index(&mut self, offset: u64, frame: &[u8]) -> Result<(), RunError> {
        let mut start = 0;
        while start < frame.len() {
            let number = self.lines.len() + 1;
            let Some(length) = frame[start..].iter().position(|b| *b == b'\n') else {
                return Err(self.damaged(&format_args!("line {number} has no end")));
            };
            let end = start + length;
            let exchange: Exchange = serde_json::from_slice(&frame[start..end])
                .map_err(|e| self.damaged(&format_args!("line {number} is no exchange: {e}")))?;
            let position = Position::try_from(self.lines.len())
                .map_err(|_| self.damaged(&"more exchanges than can be numbered"))?;
            self.lines.push(Line { frame: offset, start, end });
            self.calls.entry(hash(&exchange.key())).or_default().push(position);
            start = end + 1;
        }
        Ok(())
    }

    /// Everything recorded for a call, in the order in which it was made; empty when the call was never made.
    ///
    /// # Errors
    /// As for [`Self::read`].
    pub fn find(&self, key: &CallKey) -> Result<Vec<(Position, Exchange)>, RunError> {
        let mut found = Vec::new();
        for position in self.calls.get(&hash(key)).into_iter().flatten() {
            let exchange = self.read(*position)?;
            if exchange.key() == *key {
                found.push((*position, exchange));
            }
        }
        found.sort_by_key(|(position, exchange)| (exchange.started, exchange.attempt, *position));
        Ok(found)
    }

    /// The number of exchanges.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// Whether there is no exchange at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    /// Reads one exchange again, and compares its body with its digest.
    ///
    /// # Errors
    /// The file changed since it was opened, or the body is not the one that was digested.
    pub fn read(&self, position: Position) -> Result<Exchange, RunError> {
        let Some(line) = self.lines.get(position as usize) else {
            return Err(self.damaged(&format_args!("there is no line {}", position + 1)));
        };
        let frame = self.frame(line.frame)?;
        let text = frame.get(line.start..line.end).ok_or_else(|| self.damaged(&"it changed while it was read"))?;
        let exchange: Exchange = serde_json::from_slice(text)
            .map_err(|e| self.damaged(&format_args!("line {} is no exchange: {e}", position + 1)))?;
        if let Some(response) = &exchange.response
            && sha256_hex(&response.body) != response.sha256
        {
            let what = format!("{}:{}", exchange.service, exchange.operation);
            return Err(self.damaged(&format_args!(
                "the body of line {} ({what}) does not have the digest that stands beside it",
                position + 1
            )));
        }
        Ok(exchange)
    }

    fn frame(&self, offset: u64) -> Result<Arc<Vec<u8>>, RunError> {
        let read = || -> io::Result<Option<Vec<u8>>> {
            let mut reader = BufReader::new(File::open(&self.path)?);
            reader.seek(SeekFrom::Start(offset))?;
            read_frame(&mut reader)
        };
        self.frames.get(&self.path, offset, || {
            read().map_err(|e| self.damaged(&e))?.ok_or_else(|| self.damaged(&"it became shorter"))
        })
    }
}

/// Reads one frame; none at the end of the file.
fn read_frame(reader: &mut BufReader<File>) -> io::Result<Option<Vec<u8>>> {
    if reader.fill_buf()?.is_empty() {
        return Ok(None);
    }
    let mut frame = Vec::new();
    let read = zstd::Decoder::with_buffer(reader)?.single_frame().take(FRAME_LIMIT + 1).read_to_end(&mut frame)?;
    if read as u64 > FRAME_LIMIT {
        return Err(io::Error::other("a frame unpacks to more than 256 MiB"));
    }
    Ok(Some(frame))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn exchange(number: u32, body: &str) -> Exchange {
        let at = "2026-03-02T00:00:00Z";
        serde_json::from_value(serde_json::json!({
            "account": "111122223333", "partition": "aws", "caller": "arn:aws:iam::111122223333:user/a", "region": "us-east-1",
            "service": "iam", "operation": "GetUser", "attempt": number, "started": at, "finished": at,
            "request": { "method": "POST", "uri": "https://iam.amazonaws.com/", "headers": {}, "body": { "text": body } },
        }))
        .unwrap()
    }

    /// Text that does not pack well, so that an archive has several frames.
    fn noise(seed: u32) -> String {
        let mut state = seed.wrapping_add(1);
        let next = |_| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            char::from(b'a' + u8::try_from((state >> 16) % 26).unwrap())
        };
        (0..200_000).map(next).collect()
    }

    #[test]
    fn what_was_appended_is_read_again_while_the_archive_grows() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl.zst");
        let mut writer = ArchiveWriter::create(&path).unwrap();
        for number in 0..12 {
            assert_eq!(writer.append(&exchange(number, &noise(number))).unwrap(), number);
            // The last one, and one of an earlier frame.
            for position in [number, number / 2] {
                assert_eq!(writer.read(position).unwrap().attempt, position);
            }
        }
        assert!(writer.read(12).is_err());
        writer.append(&exchange(12, "")).unwrap();
        writer.finish().unwrap();
        let archive = Archive::open(&path).unwrap();
        let read: Vec<u32> = (0..13).map(|at| archive.read(at).unwrap().attempt).collect();
        assert_eq!(read, (0..13).collect::<Vec<_>>());
    }

    #[test]
    fn an_archive_that_was_cut_anywhere_keeps_its_whole_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.jsonl.zst");
        let mut writer = ArchiveWriter::create(&path).unwrap();
        for number in 0..10 {
            writer.append(&exchange(number, &noise(number))).unwrap();
            // As time would do it.
            writer.frame.as_mut().unwrap().flush().unwrap();
        }
        // Its process is gone: the frame has no end.
        drop(writer);
        let cut = fs::read(&path).unwrap();
        assert!(Archive::open(&path).is_err());
        assert_eq!(Archive::mend(&path).unwrap(), 10);
        assert_eq!(Archive::open(&path).unwrap().len(), 10);
        let mut last = 10;
        for part in (0..cut.len()).rev().step_by(cut.len() / 23) {
            fs::write(&path, &cut[..part]).unwrap();
            let kept = Archive::mend(&path).unwrap();
            let archive = Archive::open(&path).unwrap();
            assert_eq!(archive.len(), kept);
            assert!((0..kept).all(|at| archive.read(u32::try_from(at).unwrap()).unwrap().attempt as usize == at));
            assert!(kept <= last, "{kept} after {last}");
            last = kept;
        }
        assert_eq!(last, 0);
        // What is no archive is not taken for one that ends too early.
        fs::write(&path, zstd::encode_all(&b"{}\n"[..], 3).unwrap()).unwrap();
        assert!(Archive::mend(&path).is_err());
    }
}
