//! The one place that knows the engine's interface.

use kickoff_policy::actions::ActionTable;
use kickoff_policy::simulate::{Asked, Decision, Mode, Policies, Prepared};
use serde::Deserialize;
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Allow,
    ExplicitDeny,
    ImplicitDeny,
    Conditional,
}

pub struct Engine(Prepared);

impl Engine {
    /// Parses the `policies` of a line.
    pub fn new(policies: &Value) -> Result<Engine, String> {
        let policies: Policies = serde_json::from_str(&policies.to_string()).map_err(|error| error.to_string())?;
        Prepared::new(&policies, ActionTable::embedded()).map(Engine).map_err(|error| error.to_string())
    }

    /// Decides the `request` of a line.
    pub fn decide(&self, request: &Value, conditional: bool) -> Result<Answer, String> {
        let asked = Asked::deserialize(request).map_err(|error| error.to_string())?;
        let mode = if conditional { Mode::Conditional } else { Mode::Strict };
        let answer = self.0.decide(&asked, mode).map_err(|error| error.to_string())?;
        Ok(match answer.decision {
            Decision::Allow => Answer::Allow,
            Decision::ExplicitDeny => Answer::ExplicitDeny,
            Decision::ImplicitDeny => Answer::ImplicitDeny,
            Decision::Conditional => Answer::Conditional,
        })
    }
}
