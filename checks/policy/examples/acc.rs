#![allow(missing_docs, clippy::unwrap_used, clippy::print_stderr)]
use std::time::Instant;
use kickoff_policy::{account::AccountData, actions::ActionTable, estate::{Around, Estate}, reach::Reach};
fn main() {
    let t = Instant::now();
    let text = std::fs::read_to_string(std::env::args().nth(1).unwrap()).unwrap();
    let accounts = AccountData::from_details(&text).unwrap();
    eprintln!("load {:?}", t.elapsed());
    let t = Instant::now();
    let estate = Estate::new(accounts, Around::default(), ActionTable::embedded(), "2026-01-01T00:00:00Z");
    eprintln!("compile {:?}", t.elapsed());
    let t = Instant::now();
    let n = estate.who_can("s3:GetObject", "*").unwrap().principals.len();
    eprintln!("who {n} {:?}", t.elapsed());
    let t = Instant::now();
    let n = estate.who_can("iam:PassRole", "arn:aws:iam::111122223333:role/x").unwrap().principals.len();
    eprintln!("who {n} {:?}", t.elapsed());
    let t = Instant::now();
    let reach = Reach::new(&estate);
    eprintln!("reach {:?}", t.elapsed());
    let t = Instant::now();
    let access = reach.access();
    eprintln!("access {:?}", t.elapsed());
    let t = Instant::now();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    serde_json::to_writer(&mut out, &access).unwrap();
    drop(out);
    eprintln!("write {:?}", t.elapsed());
}
