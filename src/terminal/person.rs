//! The person at the terminal: told what is waited for, and asked for codes of MFA devices.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;

use kickoff_aws::Person;

use super::streams;

/// Who sits at the terminal, if it is one.
#[derive(Debug, Clone, Copy)]
struct AtTheTerminal;

/// Who starts this process.
pub(super) fn person() -> Arc<dyn Person> {
    Arc::new(AtTheTerminal)
}

impl Person for AtTheTerminal {
    fn waiting(&self, what: &str) {
        // Where nothing can be said, waiting goes on all the same.
        let _ = writeln!(streams::problems(), "Waiting for {what}.");
    }

    fn code(&self, device: &str) -> Option<String> {
        let terminal = console::Term::stderr();
        if !std::io::stdin().is_terminal() || !terminal.is_term() {
            return None;
        }
        terminal.write_str(&format!("Code of the MFA device {device}: ")).ok()?;
        let code = terminal.read_line().ok()?;
        Some(code.trim().to_owned()).filter(|code| !code.is_empty())
    }
}
