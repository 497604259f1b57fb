//! Files that only say where a document is: shortcuts, documents of a drive, pointers of a version control.

use serde_json::Value;

/// Endings of names whose files hold nothing but the way to something.
const ENDINGS: [&str; 24] = [
    "gdoc", "gdraw", "gform", "gjam", "glink", "gmap", "gnote", "gscript", "gsheet", "gsite", "gslides", "gtable",
    "url", "website", "lnk", "webloc", "inetloc", "fileloc", "desktop", "icloud", "cloud", "cloudf", "paper", "papert",
];
/// A pointer is no longer than this: what is longer says something of its own.
const LONGEST: usize = 4096;
/// So much of where one leads is told.
const SHOWN: usize = 200;

/// Whether a name ends like one of a pointer's.
pub(super) fn is_named(ending: &str) -> bool {
    ENDINGS.contains(&ending)
}

/// Whether bytes that are no text are a shortcut of a system.
pub(super) fn is_shortcut(head: &[u8]) -> bool {
    head.starts_with(b"L\0\0\0\x01\x14\x02\0") || head.starts_with(b"book\0\0\0\0mark\0\0\0\0")
}

/// Where a text leads that says nothing else; inner none where it does not say that.
pub(super) fn target(text: &str) -> Option<Option<String>> {
    let text = text.trim();
    if text.len() > LONGEST {
        return None;
    }
    let lower = text.to_ascii_lowercase();
    let key = |key: &str| {
        let mut lines = text.lines().filter_map(|line| line.trim().split_once('='));
        lines.find(|(name, _)| name.trim().eq_ignore_ascii_case(key)).map(|(_, value)| value.trim())
    };
    let has_line = |wanted: &str| lower.lines().any(|line| line.trim().starts_with(wanted));
    let is_entry = || has_line("[desktop entry]") && key("Type").is_some_and(|kind| kind.eq_ignore_ascii_case("link"));
    let found = if has_line("[internetshortcut") || is_entry() {
        key("URL")
    } else if lower.starts_with("version https://git-lfs.github.com/") || lower.starts_with("/annex/objects/") {
        return Some(None);
    } else if lower.contains("<plist") && lower.contains("<key>url</key>") {
        text.split_once("<string>").and_then(|(_, rest)| rest.split_once("</string>")).map(|(url, _)| url)
    } else if let Some(url) = refreshed(text, &lower) {
        Some(url)
    } else if let Some(url) = of_drive(text) {
        return Some(url.as_deref().and_then(shown));
    } else {
        Some(only_links(text)?)
    };
    Some(found.and_then(shown))
}

/// Where a page leads that sends its reader on at once.
fn refreshed<'a>(text: &'a str, lower: &str) -> Option<&'a str> {
    if !(lower.contains("http-equiv=\"refresh\"")
        || lower.contains("http-equiv='refresh'")
        || lower.contains("http-equiv=refresh"))
    {
        return None;
    }
    let at = lower.find("url=")?;
    let rest = text.get(at + 4..)?.trim_start_matches(['\'', '"', ' ']);
    rest.split(['"', '\'', '>', ' ']).next().filter(|url| !url.is_empty())
}

/// What a drive leaves in place of a document that only it can open.
fn of_drive(text: &str) -> Option<Option<String>> {
    let Value::Object(said) = serde_json::from_str::<Value>(text).ok()? else { return None };
    let url = said.get("url").and_then(Value::as_str);
    let of_drive = |url: &str| url.contains("://docs.google.com/") || url.contains("://drive.google.com/");
    let is_pointer = said.contains_key("doc_id") || said.contains_key("resource_id") || url.is_some_and(of_drive);
    is_pointer.then(|| url.map(str::to_owned))
}

/// The first of the links that are all that a text holds.
fn only_links(text: &str) -> Option<&str> {
    let link = |line: &'_ str| {
        let lower = line.to_ascii_lowercase();
        let is_link = ["http://", "https://", "file://", "smb://", "\\\\"].iter().any(|start| lower.starts_with(start));
        is_link && !line.contains(char::is_whitespace)
    };
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| {
        // `[its name](https://...)` and `<https://...>` of Markdown.
        let of_named = line.strip_prefix('[').and_then(|line| line.split_once("](")).map(|(_, link)| link);
        let bare = of_named.and_then(|line| line.strip_suffix(')'));
        bare.or_else(|| line.strip_prefix('<').and_then(|line| line.strip_suffix('>'))).unwrap_or(line)
    });
    let first = lines.next().filter(|line| link(line))?;
    lines.all(link).then_some(first)
}

/// Where an address leads, as far as it may be told: the host. The rest of a shared link may open it to whoever reads it, and a
/// user with a password may stand before it. A place on a disk or a share is told whole.
fn shown(url: &str) -> Option<String> {
    let plain: String = url.trim().chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    let Some((scheme, rest)) = plain.split_once("://") else {
        return plain.starts_with("\\\\").then_some(plain);
    };
    let (authority, _) = rest.split_once(['/', '\\', '?', '#']).unwrap_or((rest, ""));
    if authority.is_empty() && scheme.eq_ignore_ascii_case("file") {
        return Some(plain);
    }
    let host = authority.rsplit('@').next().unwrap_or(authority);
    let (name, port) = host.rsplit_once(':').unwrap_or((host, ""));
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let is_scheme = scheme.chars().all(|c| c.is_ascii_alphanumeric());
    (is_name && is_scheme && port.bytes().all(|b| b.is_ascii_digit())).then(|| format!("{scheme}://{host}"))
}
