//! Generated documentation: a page for each check, their index, where peers differ, and the schemas of results.json and
//! kickoff.toml.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use kickoff::walk::Failure;
use kickoff_checks::parameters::PARAMETERS;
use kickoff_checks::{CHECKS, differences};
use kickoff_reports::Document;

use crate::cli::DocsArgs;
use crate::commands::checks::page;
use crate::exit::Exit;
use crate::terminal::streams;

pub(crate) fn run(arguments: &DocsArgs) -> Result<Exit, Failure> {
    let wanted = files(&arguments.dir)?;
    if !arguments.check {
        for (path, text) in &wanted {
            if let Some(folder) = path.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::write(path, text)?;
        }
        for stale in stale(&arguments.dir, &wanted)? {
            fs::remove_file(stale)?;
        }
        return Ok(Exit::Done);
    }
    let mut words = streams::words();
    let mut exit = Exit::Done;
    for (path, text) in &wanted {
        if fs::read_to_string(path).is_ok_and(|found| found == *text) {
            continue;
        }
        writeln!(words, "{} is not up to date", path.display())?;
        exit = Exit::Found;
    }
    for path in stale(&arguments.dir, &wanted)? {
        writeln!(words, "{} belongs to no check", path.display())?;
        exit = Exit::Found;
    }
    if exit == Exit::Found {
        writeln!(words, "run `cargo run -- generate-docs`")?;
    }
    Ok(exit)
}

fn files(dir: &Path) -> Result<BTreeMap<PathBuf, String>, Failure> {
    let mut files = BTreeMap::new();
    for check in CHECKS {
        files.insert(dir.join("checks").join(format!("{}.md", check.meta.id)), page(check));
    }
    let mut checks: Vec<_> = CHECKS.iter().collect();
    checks.sort_by_key(|check| check.meta.id);
    let mut index = String::from(
        "# Checks\n\n| check | severity | criteria | what holds when it passes |\n| --- | --- | --- | --- |\n",
    );
    for check in checks {
        let meta = check.meta;
        index.push_str(&format!(
            "| [{}](checks/{}.md) | {} | {} | {} |\n",
            meta.id,
            meta.id,
            meta.severity,
            meta.criteria.join(", "),
            meta.title
        ));
    }
    files.insert(dir.join("checks.md"), index);
    let mut thresholds = String::from(
        "# Thresholds\n\nKeys of `[thresholds]` in kickoff.toml. Each result prints the value in force and whose it is.\n\nA threshold may name the policy that it comes from, by its id under `[[policies]]`:\n\n```toml\naccess_key_max_age_days = { value = 60, policy = \"access\" }\n```\n\n`kickoff check-config` names those that do not.\n\n| key | default | meaning | source of the default |\n| --- | --- | --- | --- |\n",
    );
    for parameter in PARAMETERS {
        let value = format!("{} {}", parameter.default_value(), parameter.unit);
        thresholds.push_str(&format!(
            "| `{}` | {} | {} | {} |\n",
            parameter.name,
            value.trim_end().replace('*', "\\*"),
            parameter.about.trim(),
            parameter.source
        ));
    }
    files.insert(dir.join("thresholds.md"), thresholds);
    let differences = differences::markdown().map_err(|error| Failure::usage(&error))?;
    files.insert(dir.join("differences.md"), differences);
    let schema = Document::json_schema().map_err(|error| Failure::usage(&error))?;
    files.insert(dir.join("results.schema.json"), schema);
    let schema = kickoff_engagement::json_schema().map_err(|error| Failure::usage(&error))?;
    files.insert(dir.join("kickoff.schema.json"), schema);
    Ok(files)
}

fn stale(dir: &Path, wanted: &BTreeMap<PathBuf, String>) -> Result<Vec<PathBuf>, Failure> {
    let checks = dir.join("checks");
    if !checks.is_dir() {
        return Ok(Vec::new());
    }
    let mut stale = Vec::new();
    for entry in fs::read_dir(checks)? {
        let path = entry?.path();
        if !wanted.contains_key(&path) {
            stale.push(path);
        }
    }
    stale.sort();
    Ok(stale)
}
