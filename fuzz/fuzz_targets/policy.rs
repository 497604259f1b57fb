//! A request line, with its policies, as anybody might write it: answered by a decision or by an error, never both.
#![no_main]

use kickoff_policy::actions::ActionTable;
use kickoff_policy::simulate::answer_line;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (answer, decided) = answer_line(text, ActionTable::embedded());
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(decided, answer.get("decision").is_some());
    assert_eq!(!decided, answer.get("error").is_some());
});
