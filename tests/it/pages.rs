//! Names in other scripts, from kickoff.toml to the pages and the name of the package.

use std::fs;
use std::path::Path;

use crate::support::{acme, kickoff, outcome, root};

/// Writes an engagement of this entity.
fn engagement(folder: &Path, entity: &str) {
    let text = format!(
        "[entity]\nname = \"{entity}\"\nsystem = \"Shop\"\n[report]\ntype = \"type-2\"\nfrom = 2026-07-01\nto = 2026-12-31\n"
    );
    fs::write(folder.join("kickoff.toml"), text).unwrap();
}

#[test]
fn a_font_that_is_given_draws_what_the_built_in_one_cannot() {
    let folder = tempfile::tempdir().unwrap();
    engagement(folder.path(), "شركة البيانات 北");
    let brief = |fonts: &[&str], out: &str| {
        let mut command = kickoff();
        command.current_dir(folder.path()).args(["report", "--brief", "--today", "2026-11-23", "--out", out]);
        for font in fonts {
            command.arg("--font").arg(root().join("reports/fonts/tests").join(font));
        }
        outcome(&command.output().unwrap())
    };
    let (status, _, words) = brief(&["arabic.ttf"], "one");
    assert_eq!(status, Some(0), "{words}");
    assert!(words.contains("No font at hand has 北 (U+5317): drawn as boxes in the PDFs."), "{words}");
    assert!(words.contains("--font FILE"), "{words}");
    let (status, _, words) = brief(&["arabic.ttf", "cjk.ttc"], "two");
    assert_eq!((status, words.contains("No font")), (Some(0), false), "{words}");
    brief(&["arabic.ttf", "cjk.ttc"], "three");
    let of = |out: &str| fs::read(folder.path().join(out).join("kickoff-brief.pdf")).unwrap();
    assert!(of("two") == of("three") && of("one") != of("two"));
    // A font that is none is told before anything is written.
    let (status, _, words) = brief(&["LICENSE", "none.ttf"], "four");
    assert_eq!(status, Some(2));
    assert!(words.contains("--font LICENSE cannot be used: it is no TrueType or OpenType font"), "{words}");
    assert!(words.contains("none.ttf: ") && !folder.path().join("four").exists(), "{words}");
}

#[test]
fn a_package_is_called_by_its_entity_in_latin_letters_and_verifies_without_its_fonts() {
    let folder = tempfile::tempdir().unwrap();
    engagement(folder.path(), "Über\u{ad}größen & Söhne شركة");
    let mut command = kickoff();
    command.current_dir(folder.path()).arg("report").arg(acme()).args(["--out", "out", "--font"]);
    let (status, _, words) = outcome(&command.arg(root().join("reports/fonts/tests/arabic.ttf")).output().unwrap());
    assert_eq!(status, Some(3), "{words}");
    let name = "Uebergroessen-Soehne-shrk_SOC2-T2_20260701-20261231_RUN-20261123-9f25b58b_v1.zip";
    assert!(words.contains(name), "{words}");
    let mut command = kickoff();
    command.arg("verify").arg(folder.path().join("out").join(name));
    let (status, stdout, words) = outcome(&command.output().unwrap());
    assert_ne!(status, Some(1), "{stdout}{words}");
}
