//! The event patterns of an account's rules, each read once however many checks ask.

use std::collections::HashMap;
use std::sync::Arc;

use kickoff_facts::View;

use crate::reasoning::event_pattern::Pattern;

/// Patterns by their text.
#[derive(Debug, Default)]
pub struct RulePatterns(HashMap<String, Arc<Pattern>>);

impl RulePatterns {
    /// Those of the rules of the account of a window.
    #[must_use]
    pub fn of(view: &View<'_>) -> Arc<Self> {
        view.shared(|facts| {
            let rules = facts.regions.values().filter_map(|regional| regional.rules.get().ok()).flatten();
            Self(rules.map(|rule| (rule.pattern.clone(), Arc::new(Pattern::read(&rule.pattern)))).collect())
        })
    }

    /// A pattern. One that is of no rule of the account is read here.
    #[must_use]
    pub fn get(&self, text: &str) -> Arc<Pattern> {
        self.0.get(text).map_or_else(|| Arc::new(Pattern::read(text)), Arc::clone)
    }
}
