//! The HTML explorer: one file, no network. What is read first is static and needs no scripts; results and evidence travel
//! as data, and scripts show of them what is asked for.

use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use kickoff_evidence::Run;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest as _, Sha256};

use crate::package::Dossier;
use data::{Block, Names};

mod coverage;
mod data;
mod evidence;
mod frame;
mod lists;
mod overview;
pub mod picture;
mod results;
#[cfg(test)]
mod tests;

const STYLE: &str = include_str!("report.css");
const MORE_STYLE: &str = concat!(include_str!("explorer.css"), include_str!("print.css"));
/// One script: its parts share one scope, and the last one starts it.
const SCRIPT: &str = concat!(
    include_str!("script/data.js"),
    include_str!("script/search.js"),
    include_str!("script/list.js"),
    include_str!("script/results.js"),
    include_str!("script/control.js"),
    include_str!("script/evidence.js"),
    include_str!("script/main.js"),
);

/// Writes the explorer of a dossier. Bodies of evidence are read from the run one at a time; without a run there are none.
/// In a package, paths of the package are links.
///
/// # Errors
/// The file cannot be written.
pub fn write<'a>(dossier: &'a Dossier<'a>, run: Option<&Run>, in_package: bool, to: &mut dyn Write) -> io::Result<()> {
    let document = dossier.sources.document;
    put(to, html! { (DOCTYPE) })?;
    to.write_all(b"<html lang=\"en\">\n")?;
    put(to, head(dossier))?;
    to.write_all(b"<body>\n")?;
    put(
        to,
        html! { a.skip href="#main" { "Skip to the content" } p.furniture.top { (dossier.frame.entity) " | " (dossier.frame.report) " | " (dossier.frame.accounts) } },
    )?;
    to.write_all(b"<div class=\"content\">\n")?;
    put(to, frame::banner(&dossier.frame))?;
    put(to, frame::bar())?;
    to.write_all(b"<main id=\"main\" tabindex=\"-1\">\n")?;
    put(to, frame::unscripted(in_package))?;
    put(to, html! { p #notice.warning role="status" hidden {} })?;
    put(to, overview::overview(dossier))?;
    put(to, overview::criteria(document))?;
    put(to, lists::results(dossier))?;
    put(to, overview::populations(dossier, in_package))?;
    put(to, lists::deviations(dossier))?;
    put(to, access(dossier))?;
    put(to, coverage::section(document))?;
    put(to, lists::evidence())?;
    put(to, frame::legend())?;
    to.write_all(b"</main>\n")?;
    put(to, frame::footer(dossier))?;
    to.write_all(b"</div>\n")?;
    put(to, html! { p.furniture.bottom { (dossier.frame.line()) } })?;
    let mut names = Names::new("");
    results::write(dossier, in_package, &mut names, to)?;
    coverage::data(document, &mut names, to)?;
    evidence::index(dossier, &mut names, to)?;
    evidence::items(dossier, run, to)?;
    let mut block = Block::open(to, "data-names")?;
    block.column("names", names.values)?;
    block.close()?;
    put(to, html! { script { (PreEscaped(SCRIPT)) } })?;
    to.write_all(b"</body>\n</html>\n")
}

fn head(dossier: &Dossier<'_>) -> Markup {
    // Nothing is loaded, and no script runs but ours, whatever a recorded body holds.
    let digest = STANDARD.encode(Sha256::digest(SCRIPT.as_bytes()));
    let policy = format!(
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    );
    html! {
        head {
            meta charset="utf-8";
            meta name="viewport" content="width=device-width, initial-scale=1";
            meta http-equiv="Content-Security-Policy" content=(policy);
            meta name="color-scheme" content="light dark";
            title { "Evidence of " (dossier.frame.entity) ", " (dossier.frame.run) }
            style { (PreEscaped(STYLE)) (PreEscaped(MORE_STYLE)) }
        }
    }
}

fn access(dossier: &Dossier<'_>) -> Markup {
    html! {
        div.view data-view="access" {
            @match dossier.sources.access {
                Some(access) => (picture::summary(access)),
                None => section {
                    h2 #access { "Who can do what" }
                    p { "Not worked out: principals and policies were not read in this run, or not all of them." }
                },
            }
        }
    }
}

fn put(to: &mut dyn Write, markup: Markup) -> io::Result<()> {
    to.write_all(markup.into_string().as_bytes())?;
    to.write_all(b"\n")
}

fn badge(status: &str) -> Markup {
    html! { span class={ "badge " (status) } { (status) } }
}

fn cite(ids: &[String]) -> Markup {
    html! { @for id in ids { a.cite href={ "#" (id) } { (id) } " " } }
}

/// The first evidence ids of many; the others are in the data.
fn capped(ids: &[String]) -> Markup {
    const MOST: usize = 12;
    html! {
        (cite(&ids[..ids.len().min(MOST)]))
        @if ids.len() > MOST { span.muted { "and " (ids.len() - MOST) " more" } }
    }
}

/// What a list leaves out, and where it stands.
fn rest(count: usize, most: usize, place: &str) -> Markup {
    html! { @if count > most { p.rest { "The first " (most) " of " (count) " are shown; " (place) " has all of them." } } }
}
