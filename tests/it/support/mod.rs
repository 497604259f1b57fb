//! What the tests share.

pub mod counted;
pub mod law;
pub mod models;
pub mod moto;
pub mod offline;
pub mod proxy;
pub mod replay;
pub mod server;
pub mod session;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The kickoff that is tested, in an environment without the tester's own AWS settings.
pub fn kickoff() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kickoff"));
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy().to_uppercase();
        if text.starts_with("AWS_") || text.ends_with("_PROXY") {
            command.env_remove(&name);
        }
    }
    command
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("NO_COLOR", "1")
        .current_dir(env!("CARGO_TARGET_TMPDIR"));
    command
}

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

pub fn acme() -> PathBuf {
    root().join("fixtures/acme")
}

/// Copies a folder with all that is in it; a copy may be written to, whatever the first one was.
pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_folder(&path, &target)
        } else {
            std::fs::write(&target, std::fs::read(&path).unwrap()).unwrap()
        }
    }
}

/// The exit status, and what was printed as one text for assertions.
pub fn outcome(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// The only folder in a folder: the run of a scan, for which the law holds.
pub fn only_run(out: &Path) -> PathBuf {
    let entries = std::fs::read_dir(out).unwrap().map(|e| e.unwrap().path());
    // Beside the runs lie their ids and the chain of their packages.
    let mut entries: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    let run = entries.remove(0);
    // Every run of every test says as many records as its answers hold.
    counted::agrees(&run);
    law::holds(&run);
    run
}
