//! Loading the table of actions, and expanding patterns against it.
#![allow(clippy::unwrap_used, missing_docs)]

use divan::black_box;
use kickoff_policy::actions::{ActionSet, ActionTable};

fn main() {
    divan::main();
}

/// What the first use of the built-in table costs.
#[divan::bench]
fn load() -> ActionTable {
    ActionTable::read(black_box(include_bytes!("../data/actions.zst"))).unwrap()
}

/// Of which this is decompression.
#[divan::bench]
fn unpack() -> Vec<u8> {
    zstd::decode_all(black_box(&include_bytes!("../data/actions.zst")[..])).unwrap()
}

/// A literal, a service, a prefix, a middle, one without any beginning, and everything.
#[divan::bench(args = ["s3:GetObject", "ec2:*", "s3:Get*", "iam:*Role*", "*:*tag*", "*"])]
fn expand(bencher: divan::Bencher<'_, '_>, pattern: &str) {
    let table = ActionTable::embedded();
    bencher.bench(|| table.expand(black_box(pattern)));
}

/// A name to its id.
#[divan::bench]
fn id(bencher: divan::Bencher<'_, '_>) {
    let table = ActionTable::embedded();
    bencher.bench(|| table.id(black_box("secretsmanager:GetSecretValue")));
}

/// What a policy with two dozen patterns gives, less a deny.
#[divan::bench]
fn join(bencher: divan::Bencher<'_, '_>) {
    let table = ActionTable::embedded();
    let allow: Vec<_> = table.services().iter().take(24).map(|s| table.expand(&format!("{}:*", s.prefix()))).collect();
    let deny = table.expand("*:Delete*");
    bencher.bench(|| ActionSet::union_all(black_box(&allow)).subtract(black_box(&deny)));
}
