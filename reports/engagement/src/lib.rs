//! kickoff.toml: the scope and the client's thresholds.
