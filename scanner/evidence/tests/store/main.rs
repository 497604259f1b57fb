//! A store under many writers, killed writers, and hands that alter it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod hostile;
mod made;
mod memory;
mod tampered;

use std::collections::BTreeSet;

use jiff::SignedDuration;
use kickoff_evidence::Ledger;
use kickoff_evidence::package::SigningKey;
use kickoff_evidence::store::{Checked, Expected, FolderHome, Home, Level, Store, StoreError};

use made::{ACCOUNTS, call, calls, day, id, put, put_at};
use memory::{Memory, Objects};

fn expected(last: usize) -> Expected {
    Expected { keys: Vec::new(), now: day(last) + SignedDuration::from_hours(1), max_age: None }
}

fn check(home: impl Home + 'static, last: usize) -> Checked {
    Store::open(Box::new(home)).unwrap().check(&expected(last)).unwrap()
}

/// Nothing is wrong, and nothing is missing.
fn whole(checked: &Checked) {
    let bad: Vec<_> = checked.findings.iter().filter(|finding| finding.level != Level::Told).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn a_run_after_another_gives_a_whole_store() {
    let (home, scratch) = (Memory::default(), tempfile::tempdir().unwrap());
    for number in 0..4 {
        assert_eq!(
            put(Box::new(home.clone()), number, &ACCOUNTS, None, scratch.path()).unwrap(),
            u32::try_from(number).unwrap() + 1
        );
    }
    let checked = check(home.clone(), 4);
    assert_eq!(checked.findings, []);
    assert_eq!((checked.runs, checked.units), (4, 8));
    assert_eq!(checked.newest.map(|(seq, run, _)| (seq, run)), Some((4, id(3))));
    // The same once more adds nothing.
    let before = home.objects.lock().unwrap().clone();
    put(Box::new(home.clone()), 2, &ACCOUNTS, None, scratch.path()).unwrap();
    assert!(*home.objects.lock().unwrap() == before);
}

#[test]
fn numbers_are_of_the_call_whoever_gives_them_first() {
    let (home, scratch) = (Memory::default(), tempfile::tempdir().unwrap());
    put(Box::new(home.clone()), 0, &ACCOUNTS[..1], None, scratch.path()).unwrap();
    put(Box::new(home.clone()), 1, &ACCOUNTS, None, scratch.path()).unwrap();
    let store = Store::open(Box::new(home)).unwrap();
    let mut ledger = store.numbers(ACCOUNTS).unwrap().ledger;
    // The first account has the numbers from 1, the second those from 1001: a number is one thing in every package.
    let keys = [call(ACCOUNTS[0], "ListUsers"), call(ACCOUNTS[1], "ListUsers")];
    assert_eq!(ledger.evidence(&keys).iter().map(ToString::to_string).collect::<Vec<_>>(), ["E-0001", "E-1001"]);
    let key = |account: &str| ["iam-root-mfa", account, "us-east-1", "root"].map(str::to_owned);
    let given = ledger.deviations(2026, [key(ACCOUNTS[0]), key(ACCOUNTS[1])]);
    assert_eq!(given.into_values().collect::<Vec<_>>(), ["DEV-2026-001", "DEV-2026-1001"]);
    // A failure keeps its number over the years.
    let later = store.number(&ACCOUNTS, "RUN-x", |ledger| drop(ledger.deviations(2027, [key(ACCOUNTS[0])]))).unwrap();
    assert_eq!(later, store.numbers(ACCOUNTS).unwrap());
}

#[test]
fn more_than_a_block_takes_another() {
    let store = Store::begin(Box::new(Memory::default()), day(0)).unwrap();
    let many: Vec<_> = (0..2500).map(|number| call(ACCOUNTS[1], &format!("Get{number:04}"))).collect();
    store.number(&ACCOUNTS[..1], "RUN-1", |ledger| drop(ledger.evidence([&call(ACCOUNTS[0], "ListUsers")]))).unwrap();
    let mut numbers = store.number(&ACCOUNTS[1..], "RUN-2", |ledger| drop(ledger.evidence(&many))).unwrap();
    let given = numbers.ledger.evidence(&many);
    assert_eq!((given[0].0, given[999].0, given[1000].0, given[2499].0), (1001, 2000, 2001, 3500));
    assert_eq!(store.check(&expected(1)).unwrap().findings, []);
}

#[test]
fn a_run_that_was_numbered_elsewhere_keeps_its_numbers_where_they_are_free() {
    let mut own = Ledger::default();
    own.evidence([&call(ACCOUNTS[0], "GetX"), &call(ACCOUNTS[0], "ListUsers"), &call(ACCOUNTS[1], "ListUsers")]);
    let store = Store::begin(Box::new(Memory::default()), day(0)).unwrap();
    let keys = [call(ACCOUNTS[0], "ListUsers"), call(ACCOUNTS[1], "ListUsers")];
    let give = |ledger: &mut Ledger| {
        ledger.adopt(&own);
        ledger.evidence(&keys);
    };
    let mut ledger = store.number(&ACCOUNTS, "RUN-1", give).unwrap().ledger;
    let given = ledger.evidence(&keys);
    // The number 3 lies in the block of the first account: the second gets one of its own.
    assert_eq!((given[0].0, given[1].0), (2, 1001));
}

/// Sixteen runs of the same accounts at once; the places that they get.
fn at_once(home: impl Fn() -> Box<dyn Home> + Sync) -> Checked {
    let scratch = tempfile::tempdir().unwrap();
    let (home, folder) = (&home, scratch.path());
    let write = move |number| put_at(home(), number, &ACCOUNTS, None, folder, day(16)).unwrap();
    let places: BTreeSet<u32> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..16).map(|number| scope.spawn(move || write(number))).collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    });
    assert_eq!(places, (1..=16).collect());
    Store::open(home()).unwrap().check(&expected(16)).unwrap()
}

#[test]
fn of_sixteen_writers_at_once_each_gets_a_place() {
    let (memory, folder) = (Memory::default(), tempfile::tempdir().unwrap());
    for checked in [at_once(|| Box::new(memory.clone())), at_once(|| Box::new(FolderHome::new(folder.path())))] {
        whole(&checked);
        assert_eq!((checked.runs, checked.units), (16, 32));
    }
    // No number was given twice, and the same call has one number, whoever gave it.
    let store = Store::open(Box::new(memory)).unwrap();
    let given = store.numbers(ACCOUNTS).unwrap().ledger.evidence(&calls(0, &ACCOUNTS));
    assert_eq!(given.iter().collect::<BTreeSet<_>>().len(), given.len());
}

#[test]
fn whenever_a_writer_is_killed_a_reader_sees_a_whole_earlier_state() {
    let scratch = tempfile::tempdir().unwrap();
    let base = Memory::default();
    for number in 0..2 {
        put(Box::new(base.clone()), number, &ACCOUNTS, None, scratch.path()).unwrap();
    }
    let base: Objects = base.objects.lock().unwrap().clone();
    let whole_run = Memory::of(base.clone());
    put(Box::new(whole_run.clone()), 3, &ACCOUNTS, None, scratch.path()).unwrap();
    let writes = whole_run.objects.lock().unwrap().len() - base.len();
    for (creates, done) in (0..writes).flat_map(|creates| [(creates, false), (creates, true)]) {
        let home = Memory::of(base.clone());
        put(Box::new(home.killed_after(creates, done)), 3, &ACCOUNTS, None, scratch.path()).unwrap_err();
        let checked = check(home.clone(), 4);
        let altered: Vec<_> = checked.findings.iter().filter(|finding| finding.level == Level::Altered).collect();
        assert!(altered.is_empty(), "after {creates}: {altered:#?}");
        // A run has its link last: either it is whole, or it does not count.
        assert!((2..=3).contains(&checked.runs) && checked.units == 2 * checked.runs, "after {creates}: {checked:#?}");
        // Whoever does the same again goes on where the other ended.
        put(Box::new(home.clone()), 3, &ACCOUNTS, None, scratch.path()).unwrap();
        let checked = check(home, 4);
        whole(&checked);
        assert_eq!((checked.runs, checked.units), (3, 6), "after {creates}");
    }
}

#[test]
fn what_a_killed_writer_left_is_in_nobodys_way() {
    let (home, scratch) = (Memory::default(), tempfile::tempdir().unwrap());
    // A run that was collected anew under the same id, as a schedule does: other bytes than the ones that were left.
    let store = Store::begin(Box::new(home.clone()), day(0)).unwrap();
    let folder = kickoff_evidence::store::unit_folder(ACCOUNTS[0], day(0), &id(0));
    let left = format!("{folder}exchanges.jsonl.zst");
    home.create(&left, kickoff_evidence::store::Content::Bytes(b"of the first try")).unwrap();
    put(Box::new(home.clone()), 0, &ACCOUNTS, None, scratch.path()).unwrap();
    let file = store.closed(Some(&id(0))).unwrap();
    let unit = store.unit(&folder, &file.units[0].sha256).unwrap();
    assert_eq!(unit.file("exchanges").unwrap().0, "exchanges.2.jsonl.zst");
    let checked = check(home, 1);
    let told: Vec<_> = checked.findings.iter().map(|finding| (finding.level, finding.what.as_str())).collect();
    assert_eq!(told, [(Level::Told, left.as_str())]);
}

#[test]
fn another_content_under_the_same_id_is_refused_by_name() {
    let (home, scratch) = (Memory::default(), tempfile::tempdir().unwrap());
    put(Box::new(home.clone()), 0, &ACCOUNTS, None, scratch.path()).unwrap();
    let before = home.objects.lock().unwrap().clone();
    let store = Store::open(Box::new(home.clone())).unwrap();
    let file = store.closed(Some(&id(0))).unwrap();
    let unit = store.unit(&file.units[0].folder, &file.units[0].sha256).unwrap();
    let archive = scratch.path().join("other");
    std::fs::write(&archive, "other answers").unwrap();
    let files = kickoff_evidence::store::UnitFiles { exchanges: &archive, results: b"", coverage: b"{}\n" };
    let error = store.put_unit(kickoff_evidence::store::Unit { files: Default::default(), ..unit }, files).unwrap_err();
    assert!(matches!(error, StoreError::Different { .. }), "{error}");
    assert!(error.to_string().contains(&file.units[0].folder), "{error}");
    assert!(*home.objects.lock().unwrap() == before, "nothing was written");
}

#[test]
fn a_clock_that_stands_before_the_last_link_is_told_and_nothing_is_lost() {
    let (home, scratch) = (Memory::default(), tempfile::tempdir().unwrap());
    put(Box::new(home.clone()), 3, &ACCOUNTS, None, scratch.path()).unwrap();
    // Its clock is a day behind.
    let error = put(Box::new(home.clone()), 2, &ACCOUNTS, None, scratch.path()).unwrap_err();
    assert!(matches!(error, StoreError::Clock { seq: 1, .. }), "{error}");
    let checked = check(home.clone(), 4);
    let lacking: Vec<_> = checked.findings.iter().map(|finding| (finding.level, finding.what.clone())).collect();
    assert_eq!(lacking, [(Level::Lacking, format!("runs/{}.json", id(2)))]);
    // With the clock set right the same run gets its link.
    let store = Store::open(Box::new(home.clone())).unwrap();
    let text = home.objects.lock().unwrap()[&format!("runs/{}.json", id(2))].versions[0].to_vec();
    let linked = store.link((&id(2), day(2)), &kickoff_evidence::sha256_hex(&text), || day(4), None).unwrap();
    assert_eq!((linked.seq, linked.new), (2, true));
    let checked = check(home, 5);
    whole(&checked);
    assert_eq!(checked.runs, 2);
}

#[test]
fn a_newer_store_is_refused_by_name() {
    let (home, scratch) = (Memory::default(), tempfile::tempdir().unwrap());
    put(Box::new(home.clone()), 0, &ACCOUNTS, None, scratch.path()).unwrap();
    let newer = |key: &str, from: &str, to: &str| {
        let mut objects = home.objects.lock().unwrap().clone();
        let object = objects.get_mut(key).unwrap();
        let text = String::from_utf8(object.versions[0].to_vec()).unwrap();
        assert!(text.contains(from), "{text}");
        object.versions[0] = text.replace(from, to).into_bytes().into();
        Memory::of(objects)
    };
    let error = Store::open(Box::new(newer("store.json", "kickoff/store/1", "kickoff/store/2"))).unwrap_err();
    assert!(
        error.to_string().starts_with("memory/store.json has format kickoff/store/2; this version reads up to"),
        "{error}"
    );
    // An object of a newer version in it is not called altered: who wrote it knows.
    let key = format!("runs/{}.json", id(0));
    let home = newer(&key, "kickoff/store-run/1", "kickoff/store-run/2");
    let found = check(home, 1).findings;
    assert!(
        found.iter().any(|finding| finding.what == key && finding.why.contains("kickoff/store-run/2")),
        "{found:#?}"
    );
    let none = Store::open(Box::new(Memory::default())).unwrap_err();
    assert!(none.to_string().contains("is no store"), "{none}");
}

#[test]
fn a_folder_keeps_to_itself_what_it_holds() {
    let (folder, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let home = || FolderHome::new(folder.path());
    put(Box::new(home()), 0, &ACCOUNTS, None, scratch.path()).unwrap();
    whole(&check(home(), 1));
    let listed = home().list("").unwrap();
    #[cfg(unix)]
    for stored in &listed {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(folder.path().join(&stored.key)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", stored.key);
    }
    for key in ["../x", "/x", "a//b", "a/../b", ".x", "a/.b", "", "a\\b", "a b"] {
        assert!(home().create(key, kickoff_evidence::store::Content::Bytes(b"x")).is_err(), "{key:?}");
    }
    // What a killed writer was at is no object, and a link leads nowhere.
    std::fs::write(folder.path().join("chain/.part-x"), "half").unwrap();
    assert_eq!(home().list("").unwrap(), listed);
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("/etc/hostname", folder.path().join("chain/00000002.json")).unwrap();
        let found = check(home(), 1).findings;
        assert!(found.iter().any(|finding| finding.what == "chain/00000002.json"), "{found:#?}");
    }
}

#[test]
fn a_mirror_is_as_whole_as_its_store_and_copies_what_it_lacks() {
    let (from, folder, scratch) = (Memory::default(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    put(Box::new(from.clone()), 0, &ACCOUNTS, None, scratch.path()).unwrap();
    let (store, to) = (Store::open(Box::new(from.clone())).unwrap(), FolderHome::new(folder.path()));
    let first = store.mirror(&to).unwrap();
    assert_eq!((first.copied, first.there), (from.objects.lock().unwrap().len(), 0));
    put(Box::new(from.clone()), 1, &ACCOUNTS, None, scratch.path()).unwrap();
    let second = store.mirror(&to).unwrap();
    assert_eq!(second.there, first.copied);
    assert_eq!(check(FolderHome::new(folder.path()), 2).findings, []);
    // A reader who comes in the middle sees what was whole before.
    for creates in 0..first.copied {
        let part = Memory::default();
        store.mirror(&part.killed_after(creates, false)).unwrap_err();
        if creates > 0 {
            let found = check(part, 2).findings;
            assert!(found.iter().all(|finding| finding.level != Level::Altered), "after {creates}: {found:#?}");
        }
    }
    // Another store does not go on top of it.
    let other = Memory::default();
    put(Box::new(other.clone()), 0, &ACCOUNTS, None, scratch.path()).unwrap();
    let error = Store::open(Box::new(other)).unwrap().mirror(&to).unwrap_err();
    assert!(error.to_string().contains("store.json is there already with other content"), "{error}");
}

#[test]
fn a_signed_chain_holds_under_its_key_and_no_other() {
    let (home, scratch) = (Memory::default(), tempfile::tempdir().unwrap());
    let key = SigningKey::generate("acme.example/kickoff").unwrap();
    for number in 0..3 {
        put(Box::new(home.clone()), number, &ACCOUNTS, Some(&key), scratch.path()).unwrap();
    }
    use kickoff_evidence::package::Signer as _;
    let other = SigningKey::generate("mallory.example/kickoff").unwrap();
    let with = |keys| Store::open(Box::new(home.clone())).unwrap().check(&Expected { keys, ..expected(3) }).unwrap();
    assert_eq!(with(Vec::new()).findings, []);
    assert_eq!(with(vec![key.verifier_key()]).findings, []);
    assert_eq!(with(vec![key.verifier_key()]).signed_by, Some(key.verifier_key().to_string()));
    let found = with(vec![other.verifier_key()]).findings;
    assert!(found.len() == 3 && found.iter().all(|finding| finding.level == Level::Altered), "{found:#?}");
    // The next run by another key, and one by none.
    put(Box::new(home.clone()), 3, &ACCOUNTS, Some(&other), scratch.path()).unwrap();
    let found = with(Vec::new()).findings;
    assert!(
        found[0].why.contains("mallory.example/kickoff, which is not the key of the links before it"),
        "{found:#?}"
    );
    assert_eq!(with(vec![key.verifier_key(), other.verifier_key()]).findings, []);
    // No link without a signature follows one with.
    let error = put(Box::new(home.clone()), 4, &ACCOUNTS, None, scratch.path()).unwrap_err();
    assert!(
        error.to_string().contains("link 4 of memory is signed by mallory.example/kickoff, and no key was given"),
        "{error}"
    );
}

#[test]
fn links_before_the_first_that_is_signed_stand_under_its_signature() {
    let (home, scratch) = (Memory::default(), tempfile::tempdir().unwrap());
    let key = SigningKey::generate("acme.example/kickoff").unwrap();
    for number in 0..4 {
        let key = (number >= 2).then_some(&key);
        put(Box::new(home.clone()), number, &ACCOUNTS, key, scratch.path()).unwrap();
    }
    use kickoff_evidence::package::Signer as _;
    let with = |keys| Store::open(Box::new(home.clone())).unwrap().check(&Expected { keys, ..expected(4) }).unwrap();
    let checked = with(vec![key.verifier_key()]);
    assert_eq!(checked.worst(), Some(Level::Told), "{:#?}", checked.findings);
    assert!(
        checked.findings[0].why.contains("the signature of chain/00000003.json covers it"),
        "{:#?}",
        checked.findings
    );
    // By a key that the entity does not have nothing stands.
    let other = SigningKey::generate("mallory.example/kickoff").unwrap();
    let checked = with(vec![other.verifier_key()]);
    assert_eq!((checked.worst(), checked.signed_by), (Some(Level::Altered), None));
    assert_eq!(checked.findings.len(), 4, "{:#?}", checked.findings);
}
