//! What is left when the program itself fails.
//!
//! A library may panic on what nobody thought of. The release is built without unwinding, which would make it a fifth larger,
//! so that nothing catches a panic; but the answers that were read until then are kept, the run says why it ended, no core
//! file holds anybody's keys, and the status is one of ours.

use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, TryLockError, Weak};
use std::time::Duration;

use kickoff_aws::Tape;
use kickoff_evidence::{RunMetadata, write_private};

use crate::exit::Exit;

/// The run that is being written.
static RUN: Mutex<Option<Weak<Tape>>> = Mutex::new(None);

/// No core file, which would hold credentials; and a panic ends the run in order.
pub(crate) fn prepare() {
    no_core();
    std::panic::set_hook(Box::new(end));
}

/// From here on the answers on a tape are kept if the program fails.
pub(crate) fn watch(tape: &Arc<Tape>) {
    if let Ok(mut run) = RUN.lock() {
        *run = Some(Arc::downgrade(tape));
    }
}

#[cfg(unix)]
fn no_core() {
    use rustix::process::{Resource, Rlimit, setrlimit};
    // Where the system does not allow that, nothing is lost but this.
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        // A handler of core files, to which limits do not apply, gets none either.
        let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
}

#[cfg(not(unix))]
fn no_core() {}

/// Ends the process after a panic, in any thread. Nothing here waits for a lock for long: whoever holds it may be the thread
/// that panicked.
#[expect(clippy::exit, clippy::disallowed_methods, reason = "after the hook a release would abort")]
fn end(panic: &PanicHookInfo<'_>) {
    static ENDING: AtomicBool = AtomicBool::new(false);
    if ENDING.swap(true, Ordering::SeqCst) {
        // Another thread, or this one while it ends: the first is at it.
        std::thread::sleep(Duration::from_secs(10));
        std::process::exit(Exit::Failed as i32);
    }
    // What was being done, and with which values, is not printed: it may hold anything.
    let place = panic.location().map_or_else(String::new, |at| format!(" ({}:{})", short(at.file()), at.line()));
    let why = format!("kickoff failed at something that it should have coped with{place}");
    let mut text = format!("kickoff: {why}. Please report this line: it is an error of kickoff or of a library in it.");
    if let Some(kept) = keep(&why) {
        text.push(' ');
        text.push_str(&kept);
    }
    let _ = writeln!(std::io::stderr(), "{text}");
    std::process::exit(Exit::Failed as i32);
}

/// The end of a source file's path that says which library it is of.
fn short(file: &str) -> &str {
    let Some(source) = file.rfind("/src/") else { return file };
    file[..source].rfind('/').map_or(file, |at| &file[at + 1..])
}

/// Closes what was recorded, and has the run say why it ended. What to do with it, in words.
fn keep(why: &str) -> Option<String> {
    let run = match RUN.try_lock() {
        Ok(run) => run,
        Err(TryLockError::Poisoned(run)) => run.into_inner(),
        Err(TryLockError::WouldBlock) => return None,
    };
    let tape = run.as_ref()?.upgrade()?;
    let folder = tape.run().path();
    let whole = tape.rescue();
    let path = folder.join("run.json");
    let noted = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice::<RunMetadata>(&text).ok());
    if let Some(mut metadata) = noted.filter(|metadata| metadata.finished.is_none()) {
        metadata.ended = Some(why.to_owned());
        if let Ok(mut text) = serde_json::to_vec_pretty(&metadata) {
            text.push(b'\n');
            // Where the disk is full the run is unfinished without a reason.
            let _ = write_private(&path, &text);
        }
    }
    let kept = if whole { "What AWS had answered is kept" } else { "Most of what AWS had answered is kept" };
    Some(format!("{kept}: `kickoff report {}` makes a report of it.", folder.display()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::panic)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Run by the next test, in a process of its own: nothing else ends it in order.
    #[test]
    #[ignore = "ends the process"]
    fn child() {
        let folder = std::env::var_os("KICKOFF_TEST_RUN").unwrap();
        let archive = kickoff_evidence::Archive::open(&recorded()).unwrap();
        let mut metadata =
            kickoff_evidence::Run::open(recorded().parent().unwrap().parent().unwrap()).unwrap().metadata.clone();
        metadata.state = kickoff_evidence::RunState::Running;
        metadata.finished = None;
        let writer = kickoff_evidence::RunWriter::create(std::path::Path::new(&folder), &metadata).unwrap();
        let tape = Arc::new(Tape::new(writer));
        tape.start("111122223333").unwrap();
        for at in 0..50 {
            tape.append(&archive.read(at).unwrap()).unwrap();
        }
        prepare();
        watch(&tape);
        std::thread::spawn(|| panic!("the secret is wJalrXUtnFEMI")).join().unwrap();
    }

    fn recorded() -> std::path::PathBuf {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/acme/exchanges/111122223333.jsonl.zst")
    }

    #[test]
    fn a_panic_keeps_what_was_read_and_ends_with_a_sentence() {
        let folder = tempfile::tempdir().unwrap();
        let run = folder.path().join("run");
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact", "crash::tests::child", "--nocapture"])
            .env("KICKOFF_TEST_RUN", &run)
            .output()
            .unwrap();
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(5), "{told}");
        let line = told.lines().find(|line| line.starts_with("kickoff: ")).unwrap();
        assert!(line.contains("crash.rs:") && line.contains("`kickoff report "), "{line}");
        assert!(!told.contains("wJalrXUtnFEMI") && !told.contains("panicked at"), "{told}");
        let kept = kickoff_evidence::Archive::open(&run.join("exchanges/111122223333.jsonl.zst")).unwrap();
        assert_eq!(kept.len(), 50);
        let metadata: RunMetadata = serde_json::from_slice(&std::fs::read(run.join("run.json")).unwrap()).unwrap();
        assert_eq!(metadata.state, kickoff_evidence::RunState::Running);
        assert!(metadata.ended.unwrap().contains("crash.rs:"));
    }

    #[test]
    fn a_place_is_told_without_the_machine_it_was_built_on() {
        for (file, told) in [
            (
                "/home/u/.cargo/registry/src/index.crates.io-1949/hyper-1.7.0/src/proto/h1.rs",
                "hyper-1.7.0/src/proto/h1.rs",
            ),
            ("/rustc/0f3a/library/core/src/option.rs", "core/src/option.rs"),
            ("src/scan.rs", "src/scan.rs"),
        ] {
            assert_eq!(short(file), told);
        }
    }
}
