//! Where output goes: into a pipe whose reader leaves, into a quiet terminal, with every result or with a summary.

use std::path::Path;
use std::process::Stdio;

use crate::support::{acme, kickoff, only_run, outcome};

/// A package lies in the folder of the run, or beside it.
fn packages(run: &Path) -> usize {
    let folders = [run, run.parent().unwrap()];
    let files = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|entry| entry.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|ending| ending == "zip")).count()
}

/// `kickoff scan ... | head -1`, and the same with stderr in the pipe.
#[test]
fn a_reader_that_leaves_ends_the_printing_and_not_the_scan() {
    for (name, both) in [("stdout", false), ("stdout and stderr", true)] {
        let folder = tempfile::tempdir().unwrap();
        let mut command = kickoff();
        command.args(["scan", "--format", "lines", "--replay"]).arg(acme()).arg("--out").arg(folder.path());
        command.stdout(Stdio::piped()).stderr(if both { Stdio::piped() } else { Stdio::null() });
        let mut scan = command.spawn().unwrap();
        drop((scan.stdout.take(), scan.stderr.take()));
        // 3, as with a reader who stays: one call of that account was denied.
        assert_eq!(scan.wait().unwrap().code(), Some(3), "{name}");
        let run = only_run(folder.path());
        assert!(run.join("report.html").is_file(), "{name}");
        assert_eq!(packages(&run), 1, "{name}");
    }
}

#[test]
fn a_list_whose_reader_leaves_is_no_failure() {
    for arguments in [vec!["checks", "list"], vec!["permissions"], vec!["checks", "explain", "iam-root-mfa"]] {
        let mut list = kickoff().args(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(list.stdout.take());
        let (code, _, words) = outcome(&list.wait_with_output().unwrap());
        assert_eq!((code, words.as_str()), (Some(0), ""), "{arguments:?}");
    }
}

/// A full disk under stdout is told, and the run and its package are there all the same.
#[test]
#[cfg(target_os = "linux")]
fn results_that_cannot_be_printed_are_told_and_the_run_is_kept() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut command = kickoff();
    command.args(["scan", "--format", "json", "--replay"]).arg(acme()).arg("--out").arg(folder.path());
    let (code, _, words) = outcome(&command.stdout(full).output().unwrap());
    assert_eq!(code, Some(2), "{words}");
    assert!(words.contains("standard output cannot be written"), "{words}");
    assert_eq!(packages(&only_run(folder.path())), 1, "{words}");
}

#[test]
fn a_pipe_gets_a_summary_and_every_result_where_they_are_asked_for() {
    let printed = |format: &[&str]| {
        let folder = tempfile::tempdir().unwrap();
        let mut command = kickoff();
        command.args(["scan", "--no-package", "--replay"]).arg(acme()).arg("--out").arg(folder.path());
        outcome(&command.args(format).output().unwrap())
    };
    let (_, json, _) = printed(&["--format", "json"]);
    let results: serde_json::Value = serde_json::from_str(&json).unwrap();
    let rows = results["results"].as_array().unwrap();
    let mut failing: Vec<&str> =
        rows.iter().filter(|row| row["status"] == "fail").map(|row| row["check"].as_str().unwrap()).collect();
    failing.sort_unstable();
    failing.dedup();

    let (_, summary, words) = printed(&[]);
    let lines: Vec<&str> = summary.lines().collect();
    // A header, a line for each check that fails, and the tally.
    assert_eq!(lines.len(), failing.len() + 2, "{summary}");
    assert!(lines.last().unwrap().starts_with(&format!("{} results: ", rows.len())), "{summary}");
    assert!(words.contains("Report: "), "{words}");
    for check in failing {
        assert!(lines.iter().any(|line| line.split('\t').nth(1) == Some(check)), "{check}");
    }

    let (_, all, _) = printed(&["--format", "lines"]);
    assert_eq!(all.lines().count(), rows.len() + 1);

    let (code, nothing, words) = printed(&["--quiet"]);
    assert_eq!((code, nothing.as_str()), (Some(3), ""));
    // What is missing is no chatter.
    assert!(words.starts_with("Coverage is incomplete") && !words.contains("Report: "), "{words}");
}

/// A caller that looks at the status alone is told that 1 hides 3.
#[test]
fn a_failure_that_wins_over_incomplete_coverage_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = kickoff();
    command.args(["scan", "--no-package", "--fail-on", "low", "--replay"]).arg(acme()).arg("--out").arg(folder.path());
    let (code, _, words) = outcome(&command.output().unwrap());
    assert_eq!(code, Some(1), "{words}");
    assert!(words.contains("coverage is incomplete as well"), "{words}");
}

/// Amazon Linux 2023 has glibc 2.34: a symbol that is newer keeps the program from starting there.
#[test]
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn the_program_starts_where_glibc_is_2_34() {
    let program = std::fs::read(env!("CARGO_BIN_EXE_kickoff")).unwrap();
    let needed = program.windows(8).enumerate().filter(|(_, bytes)| *bytes == b"GLIBC_2.").filter_map(|(at, _)| {
        let digits = program[at + 8..].iter().take_while(|byte| byte.is_ascii_digit());
        String::from_utf8(digits.copied().collect()).ok()?.parse::<u32>().ok()
    });
    let newest = needed.max().expect("the program needs no glibc at all");
    assert!(newest <= 34, "the program needs glibc 2.{newest}");
}

/// What a part of the checks says does not take the place of what all of them said: each replay has a folder of its own.
#[test]
fn a_replay_of_some_checks_has_a_folder_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let replay = |more: &[&str]| {
        let mut command = kickoff();
        command.args(["scan", "--no-package", "--quiet", "--replay"]).arg(acme()).arg("--out").arg(folder.path());
        command.args(more).output().unwrap();
        let mut names: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.starts_with("RUN-"))
            .collect();
        names.sort();
        names
    };
    let whole = replay(&[]);
    assert!(whole.len() == 1 && whole[0].ends_with("-replay"), "{whole:?}");
    let results = std::fs::read(folder.path().join(&whole[0]).join("results.json")).unwrap();
    let both = replay(&["--check", "iam-root-mfa", "--check", "iam-root-no-access-keys"]);
    assert_eq!(both, [whole[0].clone(), format!("{}-2-checks", whole[0])]);
    assert_eq!(std::fs::read(folder.path().join(&whole[0]).join("results.json")).unwrap(), results);
}
