//! The one place that knows the engine's interface.
//!
//! STAND-IN until `kickoff_policy::simulate` is there: strict questions go to the reference itself, and the others are all `Conditional`. Then:
//!
//! ```ignore
//! use kickoff_policy::simulate::{Asked, Decision, Mode, Policies, Prepared};
//!
//! pub struct Engine(Prepared);
//!
//! impl Engine {
//!     pub fn new(policies: &Value) -> Result<Engine, String> {
//!         let policies = Policies::deserialize(policies).map_err(|error| error.to_string())?;
//!         Prepared::new(&policies, table()).map(Engine).map_err(|error| error.to_string())
//!     }
//!
//!     pub fn decide(&self, request: &Value, conditional: bool) -> Result<Answer, String> {
//!         let asked = Asked::deserialize(request).map_err(|error| error.to_string())?;
//!         let mode = if conditional { Mode::Conditional } else { Mode::Strict };
//!         let answer = self.0.decide(&asked, mode).map_err(|error| error.to_string())?;
//!         Ok(match answer.decision {
//!             Decision::Allow => Answer::Allow,
//!             Decision::ExplicitDeny => Answer::ExplicitDeny,
//!             Decision::ImplicitDeny => Answer::ImplicitDeny,
//!             Decision::Conditional => Answer::Conditional,
//!         })
//!     }
//! }
//! ```

use serde_json::Value;

use super::{Decision, decide_one};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Allow,
    ExplicitDeny,
    ImplicitDeny,
    Conditional,
}

pub struct Engine {
    policies: Value,
}

impl Engine {
    /// Parses the `policies` of a line.
    pub fn new(policies: &Value) -> Result<Engine, String> {
        Ok(Engine { policies: policies.clone() })
    }

    /// Decides the `request` of a line.
    pub fn decide(&self, request: &Value, conditional: bool) -> Result<Answer, String> {
        if conditional {
            return Ok(Answer::Conditional);
        }
        Ok(match decide_one(&self.policies, request) {
            Decision::Allow => Answer::Allow,
            Decision::ExplicitDeny => Answer::ExplicitDeny,
            Decision::ImplicitDeny => Answer::ImplicitDeny,
        })
    }
}
