//! What others leave in a store, put there or take away: each is named, and stops nobody.

use jiff::SignedDuration;
use kickoff_evidence::store::{Expected, FolderHome, Home as _, Level, Store, StoreError};

use super::made::{self, ACCOUNTS, call, day, id, put, put_at};
use super::memory::{self, Memory, Objects};
use super::{check, expected, whole};

/// The objects of a store of three runs, with one changed.
fn changed(change: impl FnOnce(&mut Objects)) -> (Memory, tempfile::TempDir) {
    let (home, scratch) = (Memory::default(), tempfile::tempdir().unwrap());
    for number in 0..3 {
        put(Box::new(home.clone()), number, &ACCOUNTS, None, scratch.path()).unwrap();
    }
    change(&mut home.objects.lock().unwrap());
    (home, scratch)
}

fn object(text: &str) -> memory::Object {
    memory::Object { versions: vec![text.as_bytes().into()], marked: false }
}

fn edited(objects: &mut Objects, key: &str, from: &str, to: &str) {
    let object = objects.get_mut(key).unwrap();
    let text = String::from_utf8(object.versions[0].to_vec()).unwrap();
    assert!(text.contains(from), "{text}");
    object.versions[0] = text.replace(from, to).into_bytes().into();
}

#[test]
fn of_what_cannot_be_read_nothing_is_concluded() {
    let scratch = tempfile::tempdir().unwrap();
    let home = Memory::default();
    for number in 0..3 {
        put(Box::new(home.clone()), number, &ACCOUNTS, None, scratch.path()).unwrap();
    }
    let keys: Vec<String> = home.objects.lock().unwrap().keys().filter(|key| *key != "store.json").cloned().collect();
    for key in keys {
        let denied = Memory { denied: Some(key.clone()), ..home.clone() };
        let checked = check(denied, 3);
        assert_eq!(checked.worst(), Some(Level::Lacking), "{key}: {:#?}", checked.findings);
        assert!(checked.findings.iter().all(|finding| finding.what == key), "{key}: {:#?}", checked.findings);
    }
}

#[test]
fn a_newer_format_does_not_hide_what_was_altered() {
    for (key, schema) in [
        (format!("runs/{}.json", id(1)), "kickoff/store-run/1"),
        ("chain/00000002.json".to_owned(), "kickoff/link/1"),
        (format!("{}unit.json", kickoff_evidence::store::unit_folder(ACCOUNTS[0], day(1), &id(1))), "kickoff/unit/1"),
    ] {
        let newer = schema.replace("/1", "/2");
        let (home, _scratch) = changed(|objects| edited(objects, &key, schema, &newer));
        let checked = check(home, 3);
        assert_eq!(checked.worst(), Some(Level::Altered), "{key}: {:#?}", checked.findings);
        assert!(
            checked.findings.iter().any(|one| one.what == key && one.why.contains("use the kickoff that wrote it"))
        );
    }
}

#[test]
fn a_run_is_read_as_its_link_names_it_or_not_at_all() {
    let open = |home: &Memory| Store::open(Box::new(home.clone())).unwrap();
    // A list that somebody put there has no link: it is neither the newest run nor any.
    let (home, _scratch) = changed(|objects| {
        let text = objects[&format!("runs/{}.json", id(2))].clone();
        objects.insert("runs/RUN-20991231T000000Z-00000000.json".to_owned(), text);
    });
    assert_eq!(open(&home).closed(None).unwrap().run.id, id(2));
    let error = open(&home).closed(Some("RUN-20991231T000000Z-00000000")).unwrap_err();
    assert!(matches!(error, StoreError::NotClosed { .. }), "{error}");
    // Neither is one that was changed.
    let key = format!("runs/{}.json", id(2));
    let (home, _scratch) = changed(|objects| edited(objects, &key, "us-east-1", "us-west-1"));
    let error = open(&home).closed(None).unwrap_err().to_string();
    assert!(error.contains("and its link names"), "{error}");
    // Nothing in a list leads elsewhere, even where digests agree.
    for (from, to) in [
        ("\"account\": \"111122223333\"", "\"account\": \"../../../etc\""),
        ("\"folder\": \"units/", "\"folder\": \"../units/"),
        ("\"id\": \"111122223333\"", "\"id\": \"/home/u/x\""),
    ] {
        let (home, _scratch) = changed(|objects| {
            edited(objects, &key, from, to);
            let digest = kickoff_evidence::sha256_hex(&objects[&key].versions[0]);
            let link: serde_json::Value = serde_json::from_slice(&objects["chain/00000003.json"].versions[0]).unwrap();
            edited(objects, "chain/00000003.json", link["runs_sha256"].as_str().unwrap(), &digest);
        });
        let error = open(&home).closed(None).unwrap_err().to_string();
        assert!(error.starts_with(&format!("memory/{key} is damaged: it names")), "{from}: {error}");
    }
    for foreign in ["runs//home/u/x.json", "runs/zz/../../x.json", "runs/RUN-1/x.json"] {
        let (home, _scratch) = changed(|objects| drop(objects.insert(foreign.to_owned(), object("{}"))));
        let checked = check(home, 3);
        assert!(checked.findings[0].what == foreign && checked.findings[0].level == Level::Altered, "{foreign}");
    }
}

#[test]
fn numbers_that_nobody_gives_stop_nobody() {
    let scratch = tempfile::tempdir().unwrap();
    // The last key that there can be, of each kind: it is named, quickly, and nobody writes behind it for ever.
    for key in ["chain/99999999.json", "ids/block=99999999.json", "ids/account=111122223333/99999999.json"] {
        let (home, _scratch) = changed(|objects| drop(objects.insert(key.to_owned(), object("{}"))));
        let checked = check(home.clone(), 4);
        assert!(
            checked.findings.len() < 10 && checked.worst() == Some(Level::Altered),
            "{key}: {:#?}",
            checked.findings
        );
        // A new call, so that numbers are given.
        let error = put(Box::new(home), 9, &ACCOUNTS, None, scratch.path());
        assert!(error.is_err() || key.contains("block"), "{key}");
    }
    for (from, to) in
        [("\"blocks\": [\n    1\n  ]", "\"blocks\": [0]"), ("\"blocks\": [\n    1\n  ]", "\"blocks\": [4294968]")]
    {
        let key = "ids/account=111122223333/00000001.json";
        let (home, _scratch) = changed(|objects| edited(objects, key, from, to));
        let blocks = || home.objects.lock().unwrap().keys().filter(|key| key.contains("block=")).count();
        let before = blocks();
        put(Box::new(home.clone()), 9, &ACCOUNTS, None, scratch.path()).unwrap_err();
        assert_eq!(blocks(), before, "none was taken in vain");
        assert_eq!(check(home, 4).worst(), Some(Level::Altered));
    }
}

#[test]
fn what_somebody_throws_in_stops_no_writer() {
    let scratch = tempfile::tempdir().unwrap();
    for key in ["chain/00000004.json", "plan/x.json", "runs/RUN-x.json"] {
        let (home, _scratch) = changed(|objects| drop(objects.insert(key.to_owned(), object("junk"))));
        put(Box::new(home.clone()), 5, &ACCOUNTS, None, scratch.path()).unwrap();
        let checked = check(home, 6);
        assert!(
            checked.findings.iter().any(|one| one.what == key && one.level == Level::Altered),
            "{key}: {checked:#?}"
        );
        assert_eq!(checked.runs, 4, "{key}");
    }
    // A run that was deleted is not put a second time behind its marker.
    let key = format!("runs/{}.json", id(1));
    let (home, _scratch) = changed(|objects| objects.get_mut(&key).unwrap().marked = true);
    let error = Store::open(Box::new(home)).unwrap().run_if(&id(1)).unwrap_err();
    assert!(error.to_string().contains("it was deleted"), "{error}");
}

#[test]
fn a_number_is_not_given_to_another_name_later() {
    let (home, _scratch) = changed(|_| {});
    let key = "ids/account=111122223333/00000002.json".to_owned();
    let first = home.objects.lock().unwrap()["ids/account=111122223333/00000001.json"].versions[0].clone();
    let taken: serde_json::Value = serde_json::from_slice(&first).unwrap();
    let name = taken["evidence"].as_object().unwrap().keys().next().unwrap().clone();
    let part = serde_json::json!({
        "schema": "kickoff/ids-part/1", "account": ACCOUNTS[0], "seq": 2, "run": "RUN-1",
        "previous": kickoff_evidence::sha256_hex(&first), "blocks": [], "evidence": { name: 999, "222233334444 x y": 998 }, "deviations": {},
    });
    home.objects.lock().unwrap().insert(key.clone(), object(&part.to_string()));
    let found = check(home.clone(), 3).findings;
    assert_eq!(found.iter().filter(|one| one.what == key && one.level == Level::Altered).count(), 2, "{found:#?}");
    // What was given first stays.
    let number = |home: Memory| {
        Store::open(Box::new(home))
            .unwrap()
            .numbers(ACCOUNTS)
            .unwrap()
            .ledger
            .evidence([&call(ACCOUNTS[0], "ListUsers")])
    };
    assert!(number(home)[0].0 < 900);
}

#[test]
fn a_link_that_is_dated_in_the_future_is_named() {
    let (home, _scratch) = changed(|objects| {
        let link: serde_json::Value = serde_json::from_slice(&objects["chain/00000003.json"].versions[0]).unwrap();
        edited(objects, "chain/00000003.json", link["at"].as_str().unwrap(), "2036-01-01T00:00:00Z");
    });
    let checked = Store::open(Box::new(home)).unwrap();
    let checked = checked.check(&Expected { max_age: Some(SignedDuration::from_hours(36)), ..expected(3) }).unwrap();
    assert_eq!(checked.worst(), Some(Level::Altered), "{:#?}", checked.findings);
    assert!(checked.findings.iter().any(|one| one.why.contains("which is still to come")), "{:#?}", checked.findings);
}

#[test]
fn a_plan_that_no_run_names_and_a_run_by_hand_change_nothing_in_what_is_expected() {
    use kickoff_evidence::store::{Cadence, Every, Plan};
    let cadence = Cadence {
        cadence: Every::Daily,
        at: jiff::civil::Time::constant(2, 0, 0, 0),
        grace_seconds: 12 * 3600,
        zone: "UTC".to_owned(),
    };
    let (home, scratch) = (Memory::default(), tempfile::tempdir().unwrap());
    let nightly = |number| Plan { runs: Some(cadence.clone()), ..made::plan(number) };
    made::put_with(Box::new(home.clone()), 0, &ACCOUNTS, &nightly(0), true, scratch.path()).unwrap();
    // By hand, from a folder without kickoff.toml; and one that was interrupted.
    made::put_with(Box::new(home.clone()), 2, &ACCOUNTS, &made::plan(2), true, scratch.path()).unwrap();
    made::put_with(Box::new(home.clone()), 3, &ACCOUNTS, &nightly(3), false, scratch.path()).unwrap();
    // Somebody throws in a plan that expects nothing.
    Store::open(Box::new(home.clone())).unwrap().put_plan(&made::plan(1)).unwrap();
    let checked = Store::open(Box::new(home)).unwrap().check(&expected(5)).unwrap();
    let slots: Vec<(String, bool)> =
        checked.slots.iter().map(|slot| (slot.at.to_string(), slot.run.is_some())).collect();
    // On day 5 there is time until 14:00.
    let expected: Vec<(String, bool)> = [true, false, true, false, false]
        .iter()
        .enumerate()
        .map(|(number, run)| (day(number).to_string(), *run))
        .collect();
    assert_eq!(slots, expected);
    assert_eq!(checked.worst(), Some(Level::Lacking));
}

#[test]
fn hidden_files_are_nobodys_and_hide_nothing() {
    let (folder, scratch) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let home = || Box::new(FolderHome::new(folder.path()));
    // A place with nothing else in it is empty.
    std::fs::write(folder.path().join(".DS_Store"), "x").unwrap();
    put(home(), 0, &ACCOUNTS, None, scratch.path()).unwrap();
    let unit = kickoff_evidence::store::unit_folder(ACCOUNTS[0], day(0), &id(0));
    for hidden in ["plan/.DS_Store", ".snapshot/store.json", &format!("{unit}.nfs01")] {
        let path = folder.path().join(hidden);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "x").unwrap();
    }
    put(home(), 1, &ACCOUNTS, None, scratch.path()).unwrap();
    let checked = check(FolderHome::new(folder.path()), 2);
    assert_eq!((checked.worst(), checked.findings.len()), (Some(Level::Told), 4), "{:#?}", checked.findings);
    let copy = tempfile::tempdir().unwrap();
    let mirrored = Store::open(home()).unwrap().mirror(&FolderHome::new(copy.path())).unwrap();
    assert_eq!(mirrored.altered, []);
    assert_eq!(check(FolderHome::new(copy.path()), 2).findings, []);
    // A plan that was taken out is missed, whatever stands beside it.
    let plan = std::fs::read_dir(folder.path().join("plan")).unwrap().map(|entry| entry.unwrap().path());
    plan.filter(|path| path.extension().is_some()).for_each(|path| std::fs::remove_file(path).unwrap());
    assert_eq!(check(FolderHome::new(folder.path()), 2).worst(), Some(Level::Altered));
}

#[test]
fn a_unit_that_stands_beside_what_was_left_can_be_put_again() {
    let (home, scratch) = (Memory::default(), tempfile::tempdir().unwrap());
    Store::begin(Box::new(home.clone()), day(0)).unwrap();
    for account in ACCOUNTS {
        let left = format!("{}results.jsonl.zst", kickoff_evidence::store::unit_folder(account, day(0), &id(0)));
        home.create(&left, kickoff_evidence::store::Content::Bytes(b"of the first try")).unwrap();
    }
    // Killed after the unit of the first account: what was written is gone on with, and what is whole adds nothing.
    let whole = Memory::of(home.objects.lock().unwrap().clone());
    put(Box::new(whole.clone()), 0, &ACCOUNTS, None, scratch.path()).unwrap();
    let writes = whole.objects.lock().unwrap().len() - home.objects.lock().unwrap().len();
    for creates in 0..writes {
        let part = Memory::of(home.objects.lock().unwrap().clone());
        put(Box::new(part.killed_after(creates, false)), 0, &ACCOUNTS, None, scratch.path()).unwrap_err();
        for _ in 0..2 {
            put(Box::new(part.clone()), 0, &ACCOUNTS, None, scratch.path()).unwrap();
        }
        assert_eq!(check(part, 1).worst(), Some(Level::Told), "after {creates}");
    }
}

#[test]
fn a_slow_clock_and_lost_objects_end_in_words_and_not_in_a_second_link() {
    let scratch = tempfile::tempdir().unwrap();
    let (home, _scratch) = changed(|_| {});
    // AWS's clock dated the run; this machine's is an hour behind.
    let slow = day(5) - SignedDuration::from_hours(1);
    let error = put_at(Box::new(home.clone()), 5, &ACCOUNTS, None, scratch.path(), slow).unwrap_err();
    assert!(error.to_string().contains("set the clock"), "{error}");
    put(Box::new(home.clone()), 5, &ACCOUNTS, None, scratch.path()).unwrap();
    let checked = check(home, 6);
    whole(&checked);
    assert_eq!(checked.runs, 4);
    // The seal of the last link is lost behind a marker: the next run gets its link all the same.
    let (home, _scratch) = changed(|objects| {
        let seal = objects.get_mut("chain/00000003.seal.json").unwrap();
        (seal.versions, seal.marked) = (Vec::new(), true);
    });
    assert_eq!(put(Box::new(home), 4, &ACCOUNTS, None, scratch.path()).unwrap(), 4);
    // An increment that is there and is not listed: a folder of its name.
    let folder = tempfile::tempdir().unwrap();
    put(Box::new(FolderHome::new(folder.path())), 0, &ACCOUNTS, None, scratch.path()).unwrap();
    std::fs::create_dir(folder.path().join("ids/account=111122223333/00000002.json")).unwrap();
    let error = put(Box::new(FolderHome::new(folder.path())), 5, &ACCOUNTS, None, scratch.path()).unwrap_err();
    assert!(error.to_string().contains("is there, and is not listed"), "{error}");
}
