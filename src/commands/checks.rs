//! `kickoff checks list` and `kickoff checks explain`.

use std::io::Write as _;

use kickoff::walk::Failure;
use kickoff_checks::{CHECKS, Check};
use kickoff_engagement::nearest;
use serde_json::json;

use super::given;
use crate::cli::{ChecksArgs, ChecksCommand, Format};
use crate::exit::Exit;
use crate::terminal::streams;

pub(crate) fn run(arguments: &ChecksArgs) -> Result<Exit, Failure> {
    let mut out = streams::out();
    match &arguments.command {
        ChecksCommand::List { select: selected, format } => {
            let selection = given::selection(selected)?;
            match format {
                Format::Json => {
                    let checks: Vec<_> = selection.0.iter().map(|check| describe(check)).collect();
                    let text = serde_json::to_string_pretty(&json!({ "checks": checks }))
                        .map_err(|error| Failure::usage(&error))?;
                    writeln!(out, "{text}")?;
                }
                Format::Table => {
                    let width = selection.0.iter().map(|check| check.meta.id.len()).max().unwrap_or_default();
                    for check in &selection.0 {
                        let meta = check.meta;
                        writeln!(
                            out,
                            "{:width$}  {:8}  {:20}  {}",
                            meta.id,
                            meta.severity,
                            meta.criteria.join(" "),
                            meta.title
                        )?;
                    }
                }
            }
        }
        ChecksCommand::Explain { id } => {
            let check = Check::get(id).ok_or_else(|| {
                let near = nearest(id, CHECKS.iter().map(|check| check.meta.id));
                Failure::Usage(format!("there is no check {id:?}{near} (`kickoff checks list` has them all)"))
            })?;
            write!(out, "{}", page(check))?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

fn describe(check: &Check) -> serde_json::Value {
    let meta = check.meta;
    json!({
        "id": meta.id,
        "title": meta.title,
        "severity": meta.severity.name(),
        "level": meta.level.name(),
        "criteria": meta.criteria,
        "parameters": meta.parameters.iter().map(|p| p.name).collect::<Vec<_>>(),
        "operations": check.operations().iter().map(|op| op.id).collect::<Vec<_>>(),
    })
}

/// The page of a check, in Markdown: what stands in its file, and what its constant says.
pub(crate) fn page(check: &Check) -> String {
    let meta = check.meta;
    let page = check.page();
    let mut text = format!("# {}\n\n`{}`\n\n", page.title, meta.id);
    text.push_str("| | |\n| --- | --- |\n");
    let mut row = |name: &str, value: String| text.push_str(&format!("| {name} | {value} |\n"));
    row("Severity", meta.severity.name().to_owned());
    row("Criteria", meta.criteria.join(", "));
    row("Decided for each", meta.level.name().to_owned());
    row("Expected", check.expected(&kickoff_checks::Parameters::default()));
    for parameter in meta.parameters {
        let value = format!("{} {}", parameter.default_value(), parameter.unit);
        row("Threshold", format!("`{}`, default {} ({})", parameter.name, value.trim_end(), parameter.source));
    }
    let calls: Vec<String> = check.operations().iter().map(|op| format!("`{}`", op.id)).collect();
    row("Calls", if calls.is_empty() { "none".to_owned() } else { calls.join(", ") });
    for section in page.sections {
        text.push_str(&format!("\n## {}\n\n{}\n", section.heading, section.lines.join("\n")));
    }
    text
}
