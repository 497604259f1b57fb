//! What a file holds, by its bytes and not by its name. Only its beginning is read, and the list of what an archive holds.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use serde_json::Value;

use super::inside::{self, Office, Shows};
use super::{page, pointer};

/// So much of the beginning of a file is read.
const HEAD: u64 = 256 << 10;
/// The end of an archive's list lies so near its end, and no more of the list than this is read.
const TAIL: u64 = 66 << 10;
const LISTED: u64 = 1 << 20;

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Pdf,
    Word,
    Sheet,
    Slides,
    OpenDocument,
    Zip,
    BrokenZip,
    LockedZip,
    OldOffice,
    Locked,
    Png,
    Jpeg,
    Gif,
    Webp,
    Bmp,
    Tiff,
    Heic,
    Rtf,
    Gzip,
    SevenZip,
    Rar,
    Html,
    Markup,
    Json,
    Text,
    Unknown,
}

impl Kind {
    fn is_picture(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Gif | Self::Webp | Self::Bmp | Self::Tiff | Self::Heic)
    }

    /// A document whose pages can be looked for words.
    fn office(self) -> Option<Office> {
        Some(match self {
            Self::Word => Office::Word,
            Self::Sheet => Office::Sheet,
            Self::Slides => Office::Slides,
            Self::OpenDocument => Office::Open,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Self::Pdf => "a PDF",
            Self::Word => "a document of Word (.docx)",
            Self::Sheet => "a workbook of Excel (.xlsx)",
            Self::Slides => "a presentation of PowerPoint (.pptx)",
            Self::OpenDocument => "an OpenDocument",
            Self::Zip => "a ZIP archive",
            Self::BrokenZip => "a ZIP archive that is cut off or broken",
            Self::LockedZip => "a ZIP archive that is protected by a password",
            Self::OldOffice => "a file of Office 97 to 2003",
            Self::Locked => "a file of Office that is protected by a password",
            Self::Png => "a picture (PNG)",
            Self::Jpeg => "a picture (JPEG)",
            Self::Gif => "a picture (GIF)",
            Self::Webp => "a picture (WebP)",
            Self::Bmp => "a picture (BMP)",
            Self::Tiff => "a picture (TIFF)",
            Self::Heic => "a picture (HEIC)",
            Self::Rtf => "a text of RTF",
            Self::Gzip => "a gzip archive",
            Self::SevenZip => "a 7z archive",
            Self::Rar => "a RAR archive",
            Self::Html => "a web page (HTML)",
            Self::Markup => "XML",
            Self::Json => "JSON",
            Self::Text => "plain text",
            Self::Unknown => "of no type that is known",
        }
    }
}

/// What files whose name has an ending may be; none where nobody can say.
fn expected(ending: &str) -> Option<&'static [Kind]> {
    Some(match ending {
        "pdf" => &[Kind::Pdf],
        "docx" | "docm" | "dotx" | "dotm" => &[Kind::Word],
        "xlsx" | "xlsm" | "xltx" | "xlsb" => &[Kind::Sheet],
        "pptx" | "pptm" | "ppsx" | "potx" => &[Kind::Slides],
        "odt" | "ods" | "odp" | "odg" => &[Kind::OpenDocument],
        "doc" | "dot" | "xls" | "xlt" | "ppt" | "pps" | "msg" | "vsd" => &[Kind::OldOffice],
        "zip" | "pages" | "numbers" | "vsdx" | "epub" => &[Kind::Zip],
        "png" => &[Kind::Png],
        "jpg" | "jpeg" | "jpe" => &[Kind::Jpeg],
        "gif" => &[Kind::Gif],
        "webp" => &[Kind::Webp],
        "bmp" => &[Kind::Bmp],
        "tif" | "tiff" => &[Kind::Tiff],
        "heic" | "heif" => &[Kind::Heic],
        "rtf" => &[Kind::Rtf],
        "gz" | "tgz" => &[Kind::Gzip],
        "7z" => &[Kind::SevenZip],
        "rar" => &[Kind::Rar],
        "html" | "htm" | "xhtml" => &[Kind::Html, Kind::Markup],
        "xml" | "svg" | "drawio" | "bpmn" => &[Kind::Markup],
        "json" | "jsonl" | "ndjson" => &[Kind::Json, Kind::Text],
        "csv" | "tsv" | "tab" | "eml" => &[Kind::Text],
        "txt" | "text" | "md" | "markdown" | "rst" | "adoc" | "log" | "yaml" | "yml" | "toml" | "ini" | "conf" => {
            &[Kind::Text, Kind::Json, Kind::Markup]
        }
        _ if pointer::is_named(ending) => &[],
        _ => return None,
    })
}

/// What is to be said of what a file holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is what it is called, as far as its beginning tells.
    Fine,
    /// It holds nothing, and how.
    Nothing(&'static str),
    /// It only says where something is; where, if that can be read.
    Link(Option<String>),
    /// It is what a server sends in place of a document.
    Page(String),
    /// It is something else than it is called.
    Other(String),
}

/// What was seen of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seen {
    /// What is to be said of it.
    pub(crate) verdict: Verdict,
    /// It shows a picture, and not a word.
    pub(crate) picture: bool,
}

/// Looks at a file by its beginning, and where that does not tell by its end and its first words.
pub(crate) fn look(path: &Path) -> io::Result<Seen> {
    let mut picture = false;
    let verdict = verdict(path, &mut picture)?;
    Ok(Seen { verdict, picture })
}

fn verdict(path: &Path, picture: &mut bool) -> io::Result<Verdict> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut head = Vec::new();
    (&mut file).take(HEAD).read_to_end(&mut head)?;
    let whole = u64::try_from(head.len()).is_ok_and(|read| read == length);
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    if head.is_empty() {
        return Ok(Verdict::Nothing("is empty"));
    }
    let text = text_of(&head);
    let is_blank = |text: &String| text.chars().all(|c| c.is_whitespace() || c == '\u{feff}');
    if whole && text.as_ref().is_some_and(is_blank) {
        return Ok(Verdict::Nothing("holds nothing but blanks"));
    }
    if head.iter().all(|byte| *byte == 0) {
        let nothing = Verdict::Nothing("holds nothing but zeros");
        return Ok(if whole { nothing } else { Verdict::Other("begins with nothing but zeros".to_owned()) });
    }
    let mut kind = kind(&head, text.as_deref(), whole);
    if kind == Kind::Zip {
        match members(&mut file, length)? {
            Members::None => return Ok(Verdict::Nothing("is an archive that holds no files")),
            Members::Broken => kind = Kind::BrokenZip,
            Members::Locked => kind = Kind::LockedZip,
            Members::Names(names) => kind = packed(&head, &names),
        }
    }
    *picture = kind.is_picture();
    if let Some(target) = text.as_deref().filter(|_| whole).and_then(pointer::target) {
        return Ok(Verdict::Link(target));
    }
    let is_vague = matches!(kind, Kind::Text | Kind::Json | Kind::Markup | Kind::Html | Kind::Unknown);
    if pointer::is_shortcut(&head) || (is_vague && pointer::is_named(ending)) {
        return Ok(Verdict::Link(None));
    }
    let misnamed = expected(ending).filter(|kinds| !kinds.contains(&kind));
    let misnamed = misnamed.map(|_| format!("is named .{ending} and is {}", kind.name()));
    let page = match kind {
        Kind::Html => text.as_deref().and_then(|text| {
            let shell = || (whole && page::is_shell(text)).then(|| "shows nothing: its words are elsewhere".to_owned());
            page::is_other(text).or_else(shell)
        }),
        _ if text.as_deref().is_some_and(page::is_error) => {
            Some("looks like an answer that says what went wrong".to_owned())
        }
        _ => None,
    };
    Ok(match (page, misnamed) {
        (Some(page), Some(name)) => Verdict::Page(format!("{name}: it {page}")),
        (Some(page), None) => Verdict::Page(page),
        (None, Some(name)) => Verdict::Other(name),
        // One that nobody can open is none, whatever it is called.
        (None, None) if matches!(kind, Kind::Locked | Kind::LockedZip | Kind::BrokenZip) => {
            Verdict::Other(format!("is {}", kind.name()))
        }
        (None, None) => match within(&mut file, &head, length, kind, picture)? {
            Some(what) => Verdict::Other(what.to_owned()),
            None => Verdict::Fine,
        },
    })
}

/// What is wrong inside of a file that is what it is called.
fn within(
    file: &mut File,
    head: &[u8],
    length: u64,
    kind: Kind,
    picture: &mut bool,
) -> io::Result<Option<&'static str>> {
    if kind == Kind::Pdf {
        return inside::of_pdf(file, head, length);
    }
    let Some(office) = kind.office() else { return Ok(None) };
    file.seek(SeekFrom::Start(0))?;
    let shows = inside::of_office(file, office);
    *picture = shows == Shows::Pictures;
    Ok((shows == Shows::Nothing).then(|| office.blank()))
}

fn kind(head: &[u8], text: Option<&str>, whole: bool) -> Kind {
    const MAGIC: [(&[u8], Kind); 15] = [
        (b"%PDF-", Kind::Pdf),
        (b"PK\x03\x04", Kind::Zip),
        (b"PK\x05\x06", Kind::Zip),
        (b"PK\x07\x08", Kind::Zip),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Kind::OldOffice),
        (b"\x89PNG\r\n\x1a\n", Kind::Png),
        (b"\xff\xd8\xff", Kind::Jpeg),
        (b"GIF8", Kind::Gif),
        (b"II*\0", Kind::Tiff),
        (b"MM\0*", Kind::Tiff),
        (b"{\\rtf", Kind::Rtf),
        (b"\x1f\x8b", Kind::Gzip),
        (b"7z\xbc\xaf\x27\x1c", Kind::SevenZip),
        (b"Rar!\x1a\x07", Kind::Rar),
        (b"RIFF", Kind::Webp),
    ];
    let bare = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
    let found = MAGIC.iter().find(|(magic, _)| bare.starts_with(magic)).map(|(_, kind)| *kind);
    match found {
        Some(Kind::OldOffice) if has_packed(head) => return Kind::Locked,
        Some(Kind::Webp) if head.get(8..12) != Some(b"WEBP") => return Kind::Unknown,
        Some(kind) => return kind,
        None => {}
    }
    let brand = head.get(4..8).filter(|mark| *mark == b"ftyp").and_then(|_| head.get(8..12));
    if brand.is_some_and(|brand| [&b"heic"[..], b"heix", b"hevc", b"mif1", b"msf1", b"heif"].contains(&brand)) {
        return Kind::Heic;
    }
    let Some(text) = text else {
        if head.starts_with(b"BM") {
            return Kind::Bmp;
        }
        // Readers take a PDF that has something before it.
        let start = head.get(..1024).unwrap_or(head);
        return if start.windows(5).any(|at| at == b"%PDF-") { Kind::Pdf } else { Kind::Unknown };
    };
    of_text(text, whole)
}

fn of_text(text: &str, whole: bool) -> Kind {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    let is_xml = rest.starts_with("<?xml");
    // What stands before the first element.
    while let Some(after) = ["<?", "<!--"].iter().find_map(|start| rest.strip_prefix(start)) {
        let end = if rest.starts_with("<?") { "?>" } else { "-->" };
        let Some((_, later)) = after.split_once(end) else { break };
        rest = later.trim_start();
    }
    let start = rest.chars().take(16).collect::<String>().to_ascii_lowercase();
    if ["<!doctype html", "<html", "<head", "<body", "<meta", "<title", "<script"]
        .iter()
        .any(|tag| start.starts_with(tag))
    {
        return Kind::Html;
    }
    let mut begins = rest.chars();
    let is_tag = begins.next() == Some('<') && begins.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '!');
    // A table may begin with `<root_account>`.
    let ends = !whole || rest.trim_end().ends_with('>');
    if is_xml || (is_tag && ends) {
        return Kind::Markup;
    }
    let is_json = whole && rest.starts_with(['{', '[']) && serde_json::from_str::<Value>(rest).is_ok();
    if is_json { Kind::Json } else { Kind::Text }
}

/// The beginning of a file as text; none where it is not.
fn text_of(head: &[u8]) -> Option<String> {
    let wide = |of: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = head.get(2..)?.chunks_exact(2).map(|pair| of([pair[0], pair[1]])).collect();
        Some(String::from_utf16_lossy(&units))
    };
    if head.starts_with(b"\xff\xfe") {
        return wide(u16::from_le_bytes);
    }
    if head.starts_with(b"\xfe\xff") {
        return wide(u16::from_be_bytes);
    }
    let odd =
        head.iter().filter(|byte| **byte < 0x20 && !matches!(**byte, b'\t' | b'\n' | b'\r' | 0x0c | 0x1b)).count();
    let is_text = !head.contains(&0) && odd * 100 <= head.len();
    is_text.then(|| String::from_utf8_lossy(head).into_owned())
}

/// Whether a file of Office has its document in a locked part.
fn has_packed(head: &[u8]) -> bool {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    head.windows(name.len()).any(|window| window == name)
}

/// What an archive holds.
enum Members {
    None,
    Broken,
    /// Something in it takes a password.
    Locked,
    Names(Vec<Vec<u8>>),
}

/// The names in the list at the end of an archive, as far as that is read.
fn members(file: &mut File, length: u64) -> io::Result<Members> {
    let mut read = |from: u64, most: u64| {
        let mut bytes = Vec::new();
        // An archive may name a place that no file has.
        if from >= length {
            return Ok(bytes);
        }
        file.seek(SeekFrom::Start(from))?;
        (&mut *file).take(most).read_to_end(&mut bytes)?;
        io::Result::Ok(bytes)
    };
    let tail = read(length.saturating_sub(TAIL), TAIL)?;
    let Some(end) = tail.windows(22).rposition(|at| at.starts_with(b"PK\x05\x06")).and_then(|at| tail.get(at..)) else {
        return Ok(Members::Broken);
    };
    let (Some(mut size), Some(mut from)) = (number::<4>(end, 12), number::<4>(end, 16)) else {
        return Ok(Members::Broken);
    };
    // Archives that are large, or might have been, tell where their list is in another place, and that place before their end.
    if size == u64::from(u32::MAX) || from == u64::from(u32::MAX) {
        let before = tail.len() - end.len();
        let locator = before.checked_sub(20).and_then(|at| tail.get(at..)).filter(|at| at.starts_with(b"PK\x06\x07"));
        let Some(place) = locator.and_then(|locator| number::<8>(locator, 8)) else { return Ok(Members::Broken) };
        let large = read(place, 56)?;
        let told = number::<8>(&large, 40).zip(number::<8>(&large, 48));
        let Some(told) = told.filter(|_| large.starts_with(b"PK\x06\x06")) else { return Ok(Members::Broken) };
        (size, from) = told;
    }
    if size == 0 {
        return Ok(Members::None);
    }
    let list = read(from, size.min(LISTED))?;
    let (mut names, mut at, mut locked) = (Vec::new(), 0, false);
    while let Some(entry) = list.get(at..).filter(|rest| rest.starts_with(b"PK\x01\x02")) {
        let short = |at| number::<2>(entry, at).and_then(|short| usize::try_from(short).ok()).unwrap_or_default();
        let (name, extra, remark) = (short(28), short(30), short(32));
        let Some(name_bytes) = entry.get(46..46 + name) else { break };
        locked |= short(8) & 1 == 1;
        names.push(name_bytes.to_vec());
        at += 46 + name + extra + remark;
    }
    Ok(match names.is_empty() {
        true => Members::Broken,
        false if locked => Members::Locked,
        false => Members::Names(names),
    })
}

/// The number of so many bytes, the lowest first, at a place.
fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes = bytes.get(at..at + N)?;
    Some(bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte)))
}

fn packed(head: &[u8], names: &[Vec<u8>]) -> Kind {
    let mark = b"mimetypeapplication/vnd.oasis.opendocument.";
    if head.get(30..).is_some_and(|rest| rest.starts_with(mark)) {
        return Kind::OpenDocument;
    }
    let has = |start: &[u8]| names.iter().any(|name| name.starts_with(start));
    match () {
        () if !has(b"[Content_Types].xml") => Kind::Zip,
        () if has(b"word/") => Kind::Word,
        () if has(b"xl/") => Kind::Sheet,
        () if has(b"ppt/") => Kind::Slides,
        () => Kind::Zip,
    }
}
