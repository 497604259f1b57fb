//! A request list as anybody might send it: text of any code, or a workbook.
#![no_main]

use std::path::Path;

use kickoff_engagement::requests::{ListOptions, from_bytes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    for name in ["list.csv", "list.xlsx", "list.xlsm", "list.txt"] {
        match from_bytes(Path::new(name), bytes, &ListOptions::default()) {
            Ok(list) => {
                assert!(!list.account.contains('\n'));
                let mut ids: Vec<&str> = list.requests.iter().map(|request| request.id.as_str()).collect();
                ids.sort_unstable();
                assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "ids are told apart");
            }
            Err(error) => assert!(error.to_string().starts_with(name)),
        }
    }
});
