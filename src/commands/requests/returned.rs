//! `kickoff requests --returned`: a list that comes back from the auditor, ours or theirs, entered as what was said on a day.

use std::io::{IsTerminal as _, Write as _};
use std::path::Path;

use kickoff::walk::Failure;
use kickoff::walk::opened::Opened;
use kickoff_engagement::requests::{
    Back, ListError, ListOptions, RequestStatus, ReturnOptions, ReturnedList, append_returns, returned,
};
use kickoff_engagement::{Return, ReturnState};
use serde_json::{Value, json};

use crate::cli::{RequestsArgs, day};
use crate::terminal::files::save;
use crate::terminal::{lists, streams};

/// Enters what a list says and the file does not have yet, and says what of it was taken and what was left out.
pub(crate) fn enter(opened: &Opened, list: &Path, arguments: &RequestsArgs) -> Result<(), Failure> {
    let mut said = ListOptions::of(&opened.file);
    said.dates = arguments.dates.map(Into::into).or(said.dates);
    arguments.columns.iter().for_each(|columns| said.columns.merge(columns));
    let mut options =
        ReturnOptions { list: said, on: arguments.on, by: arguments.by.clone(), today: Some(opened.today) };
    let back = read_or_ask(opened, list, &mut options)?;
    lists::tell_code(list)?;
    let mut words = streams::words();
    writeln!(words, "{}", back.account)?;
    if back.new.is_empty() {
        writeln!(words, "Nothing to add to {}", opened.path().display())?;
        return Ok(());
    }
    drop(words);
    let text = append_returns(opened.path(), &opened.text()?, &back.new).map_err(|error| Failure::usage(&error))?;
    save(opened.path(), text.as_bytes())
}

/// Reads a list; a person at a terminal is asked for the day of its answers where nothing tells it.
fn read_or_ask(opened: &Opened, list: &Path, options: &mut ReturnOptions) -> Result<ReturnedList, Failure> {
    let known = opened.requests()?;
    let asks = std::io::stdin().is_terminal() && console::Term::stderr().is_term();
    loop {
        let error: ListError = match returned(list, &known, &opened.file, options) {
            Ok(back) => return Ok(back),
            Err(error) => error,
        };
        if !(asks && error.asks_day) {
            return Err(Failure::usage(&error));
        }
        let terminal = console::Term::stderr();
        terminal.write_str(&format!("{error}\nOf what day are they (2026-12-01)? "))?;
        let answer = terminal.read_line()?;
        if answer.trim().is_empty() {
            return Err(Failure::usage(&error));
        }
        options.on = Some(day(answer.trim()).map_err(Failure::Usage)?);
    }
}

/// What the auditor said of a request, for people; nothing where nothing was said.
pub(crate) fn told(status: &RequestStatus) -> String {
    status.back.as_ref().map(|back| back.lines().join("; ")).unwrap_or_default()
}

/// ... and for programs.
pub(crate) fn describe(status: &RequestStatus) -> Value {
    let statement = |said: &Return| {
        json!({
            "on": said.on,
            "state": said.state.map(ReturnState::name),
            "word": said.word,
            "comment": said.comment,
            "by": said.by,
            "file": said.file,
        })
    };
    let back = |back: &Back| {
        json!({
            "state": back.state().map(ReturnState::name),
            "decides": back.decides.as_ref().map(statement),
            "remark": back.remark.as_ref().map(statement),
            "open_again": back.is_open(),
            "delivered_again": back.again,
        })
    };
    status.back.as_ref().map_or(Value::Null, back)
}
