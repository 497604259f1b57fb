//! A digest of the rules: whatever in this crate, and in the policy engine, may change a verdict.

use std::io;
use std::path::{Path, PathBuf};
use std::{env, fs};

use sha2::{Digest as _, Sha256};

/// Where rules and their data are.
const ROOMS: [&str; 4] = ["src", "data", "policy/src", "policy/data"];

/// Tests, and what only people read, decide nothing.
fn decides(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let made = path.components().any(|part| part.as_os_str() == "make");
    !made
        && name != "tests.rs"
        && !name.ends_with(".cases.json")
        && !name.ends_with(".md")
        && !name.starts_with("LICENSE")
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else if decides(&path) {
            found.push(path);
        }
    }
    Ok(())
}

fn main() -> io::Result<()> {
    let own = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let mut found = Vec::new();
    for room in ROOMS {
        println!("cargo:rerun-if-changed={room}");
        files(&own.join(room), &mut found)?;
    }
    // By their names in the crate, so that the same rules have the same digest wherever they are built.
    let name = |path: &Path| path.strip_prefix(&own).unwrap_or(path).to_string_lossy().replace('\\', "/");
    found.sort_by_key(|path| name(path));
    let mut hash = Sha256::new();
    for path in &found {
        let text = fs::read(path)?;
        hash.update(format!("{}\0{}\0", name(path), text.len()));
        hash.update(&text);
    }
    let digest: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    println!("cargo:rustc-env=KICKOFF_RULESET={digest}");
    Ok(())
}
