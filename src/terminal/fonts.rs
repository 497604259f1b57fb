//! Fonts for names that the built-in ones cannot draw: those of `--font`, else what the system has.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use kickoff::walk::Failure;
use kickoff_reports::paper::{FontFile, Fonts};

use super::streams;
use crate::cli::FontArgs;

/// The fonts of a command. One that was named has to be there and to be of use.
pub(crate) fn fonts(arguments: &FontArgs) -> Result<Fonts, Failure> {
    if arguments.fonts.is_empty() {
        return Ok(Fonts::searched(|| installed(&folders())));
    }
    let mut wrong = Vec::new();
    let mut files = Vec::new();
    for path in &arguments.fonts {
        match fs::read(path) {
            Ok(data) => files.push((name(path), data)),
            Err(error) => wrong.push(format!("--font {}: {error}", path.display())),
        }
    }
    let fonts = Fonts::given(files).map_err(|refused| {
        wrong.extend(refused.iter().map(|(name, why)| format!("--font {name} cannot be used: {why}")));
    });
    match fonts {
        Ok(fonts) if wrong.is_empty() => Ok(fonts),
        _ => Err(Failure::Usage(wrong.join("\n"))),
    }
}

/// Says which characters no paper could show.
pub(crate) fn tell(fonts: &Fonts) -> io::Result<()> {
    match fonts.told() {
        Some(told) => writeln!(streams::problems(), "{told}"),
        None => Ok(()),
    }
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Where systems keep their fonts, and people theirs.
fn folders() -> Vec<PathBuf> {
    let of = |variable: &str, below: &[&str]| {
        let base = std::env::var_os(variable).filter(|base| !base.is_empty()).map(PathBuf::from);
        below.iter().filter_map(|below| base.as_ref().map(|base| base.join(below))).collect::<Vec<_>>()
    };
    let system = [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "/run/current-system/sw/share/X11/fonts",
        "/System/Library/Fonts",
        "/Library/Fonts",
    ];
    let mut folders: Vec<PathBuf> = system.iter().map(PathBuf::from).collect();
    folders.extend(of("WINDIR", &["Fonts"]));
    folders.extend(of("XDG_DATA_HOME", &["fonts"]));
    folders.extend(of("HOME", &[".local/share/fonts", ".fonts", "Library/Fonts"]));
    folders.extend(of("LOCALAPPDATA", &["Microsoft/Windows/Fonts"]));
    folders
}

/// Fonts that are known to draw what the built-in ones do not, in the order in which they are asked: those of one script
/// first, for they are small and drawn for it. A name may begin in many ways where it ends in `*`.
const KNOWN: &[&str] = &[
    // Arabic, before what has it among other things.
    "notosansarabic-regular.ttf",
    "notosansarabic[*",
    "notonaskharabic-regular.ttf",
    "notonaskharabic[*",
    "sfarabic.ttf",
    "geezapro.ttc",
    // Each other script has its own; East Asia stands below, for its files are large.
    "notosans*-regular.ttf",
    "notosans*-regular.otf",
    "notosans*[wght].ttf",
    "notosans*[wdth,wght].ttf",
    "nirmala.ttc",
    "nirmala.ttf",
    "leelawui.ttf",
    "mmrtext.ttf",
    "ebrima.ttf",
    "gadugi.ttf",
    "sylfaen.ttf",
    "segoeui.ttf",
    "thonburi.ttc",
    "kohinoor.ttc",
    "kohinoor*.ttc",
    // Chinese, Japanese, Korean.
    "notosanscjk-regular.ttc",
    "notosanscjk*-regular.otf",
    "notosanscjk*",
    "sourcehansans-regular.ttc",
    "sourcehansans*-regular.otf",
    "msyh.ttc",
    "yugothr.ttc",
    "malgun.ttf",
    "msjh.ttc",
    "msgothic.ttc",
    "simsun.ttc",
    "pingfang.ttc",
    "hiragino sans gb.ttc",
    "applesdgothicneo.ttc",
    "stheiti light.ttc",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "droidsansfallbackfull.ttf",
    "droidsansfallback.ttf",
    "ipaexg.ttf",
    "ipag.ttf",
    "vl-gothic-regular.ttf",
    "nanumgothic.ttf",
    // Pictures without colours, and what has a little of all.
    "notoemoji-regular.ttf",
    "notoemoji[*",
    "seguisym.ttf",
    "symbola*",
    "apple symbols.ttf",
    "arial unicode.ttf",
    "arialuni.ttf",
    "dejavusans.ttf",
    "freesans.ttf",
    "arial.ttf",
    "unifont.otf",
    "unifont.ttf",
];

/// Those of the known fonts that folders have. The same files are always in the same order.
fn installed(folders: &[PathBuf]) -> Vec<FontFile> {
    let mut found: BTreeMap<String, PathBuf> = BTreeMap::new();
    for folder in folders {
        collect(folder, DEPTH, &mut found);
    }
    let mut files = Vec::new();
    for known in KNOWN {
        let taken: Vec<String> = found.keys().filter(|name| is_called(name, known)).cloned().collect();
        for name in taken {
            if let Some(path) = found.remove(&name) {
                files.push(FontFile { name: self::name(&path), read: Box::new(move || read(&path)) });
            }
        }
    }
    files
}

/// Whether a font has a known name. Large files of many scripts are known by their own names alone.
fn is_called(name: &str, known: &str) -> bool {
    let Some((head, tail)) = known.split_once('*') else { return name == known };
    let within = |name: &str| name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail);
    let large = |name: &str| name.contains("cjk") || name.contains("mono") || name.contains("display");
    within(name) && (!large(name) || large(known))
}

/// How deep folders of fonts are looked through.
const DEPTH: u8 = 5;

/// The fonts of a folder, by their names in small letters; the first of a name counts.
fn collect(folder: &Path, depth: u8, found: &mut BTreeMap<String, PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            if depth > 0 {
                collect(&path, depth - 1, found);
            }
        } else {
            let name = name(&path).to_lowercase();
            if [".ttf", ".otf", ".ttc", ".otc"].iter().any(|end| name.ends_with(end)) {
                found.entry(name).or_insert(path);
            }
        }
    }
}

/// Reads a font. What is larger than any of them is none.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    const MOST: u64 = 200 << 20;
    if fs::metadata(path)?.len() > MOST {
        return Err(io::Error::other("too large for a font"));
    }
    fs::read(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_are_asked_in_an_order_that_depends_on_nothing_but_their_names() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("truetype/noto");
        fs::create_dir_all(&deep).unwrap();
        for name in [
            "NotoSansCJK-Regular.ttc",
            "NotoSansThai-Regular.ttf",
            "NotoSansArabic-Regular.ttf",
            "DejaVuSans.ttf",
            "NotoSansMono-Regular.ttf",
            "NotoColorEmoji.ttf",
            "readme.txt",
        ] {
            fs::write(deep.join(name), name).unwrap();
        }
        let names = |folders: &[PathBuf]| installed(folders).into_iter().map(|file| file.name).collect::<Vec<_>>();
        let order =
            ["NotoSansArabic-Regular.ttf", "NotoSansThai-Regular.ttf", "NotoSansCJK-Regular.ttc", "DejaVuSans.ttf"];
        assert_eq!(names(&[folder.path().to_owned()]), order);
        assert_eq!(names(&[deep, folder.path().to_owned()]), order);
        // Where there is no folder of fonts there are none.
        assert!(names(&[folder.path().join("none")]).is_empty());
    }
}
