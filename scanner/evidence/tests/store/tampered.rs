//! Random hands on a store of thirty runs: each is found and named, or stands in docs/store.md as what nothing here can show.

use std::collections::BTreeSet;
use std::sync::Arc;

use kickoff_evidence::package::SigningKey;
use kickoff_evidence::sha256_hex;
use kickoff_evidence::store::{Level, Link};

use super::check;
use super::made::{ACCOUNTS, id, put};
use super::memory::{Memory, Objects};

const RUNS: usize = 30;

/// Random numbers that are the same in every run of the tests.
struct Random(u64);

impl Random {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn of<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        &list[self.below(list.len())]
    }
}

fn store(key: &SigningKey) -> Objects {
    let (home, scratch) = (Memory::default(), tempfile::tempdir().unwrap());
    for number in 0..RUNS {
        put(Box::new(home.clone()), number, &ACCOUNTS, Some(key), scratch.path()).unwrap();
    }
    assert_eq!(check(home.clone(), RUNS).findings, []);
    home.objects.lock().unwrap().clone()
}

/// Changes a link, and signs it anew where there is a key.
fn relinked(objects: &mut Objects, seq: usize, key: Option<&SigningKey>, change: impl Fn(&mut Link)) {
    let object = objects.get_mut(&format!("chain/{seq:08}.json")).unwrap();
    let mut link: Link = serde_json::from_slice(&object.versions[0]).unwrap();
    change(&mut link);
    if let Some(key) = key {
        use kickoff_evidence::package::Signer as _;
        link.key = Some(key.verifier_key().to_string());
        let note = kickoff_evidence::package::Note::sign(&link.text(), key).unwrap();
        link.note = Some(note);
    }
    let mut text = serde_json::to_vec_pretty(&link).unwrap();
    text.push(b'\n');
    object.versions[0] = text.into();
}

/// Takes out everything whose key begins so.
fn without(objects: &mut Objects, begins: &str) {
    objects.retain(|key, _| !key.starts_with(begins));
}

fn unit(account: &str, number: usize) -> String {
    kickoff_evidence::store::unit_folder(account, super::made::day(number), &id(number))
}

/// One hand on the store; which it was, in words.
fn tamper(objects: &mut Objects, random: &mut Random, other: &SigningKey) -> String {
    let keys: Vec<String> = objects.keys().cloned().collect();
    // The seal of the newest link is named by nothing yet: told apart below.
    let last_seal = format!("chain/{RUNS:08}.seal.json");
    let keys: Vec<String> = keys.into_iter().filter(|key| *key != last_seal).collect();
    let key = random.of(&keys).clone();
    let number = random.below(RUNS);
    let account = *random.of(&ACCOUNTS);
    let replaced =
        |objects: &mut Objects, key: &str, bytes: Vec<u8>| objects.get_mut(key).unwrap().versions[0] = bytes.into();
    match random.below(12) {
        0 => {
            let mut bytes = objects[&key].versions[0].to_vec();
            let at = random.below(bytes.len());
            bytes[at] ^= 1 << random.below(7);
            replaced(objects, &key, bytes);
            format!("a bit of {key}")
        }
        1 => {
            let mut bytes = objects[&key].versions[0].to_vec();
            bytes.truncate(random.below(bytes.len()));
            replaced(objects, &key, bytes);
            format!("{key} cut short")
        }
        2 => {
            objects.get_mut(&key).unwrap().versions.push(Arc::from(*b"other"));
            format!("a version on top of {key}")
        }
        3 => {
            objects.remove(&key);
            format!("{key} deleted")
        }
        4 => {
            objects.get_mut(&key).unwrap().marked = true;
            format!("a marker on {key}")
        }
        5 => {
            // The content of another object of the same kind.
            let end = key.rsplit('/').next().unwrap().to_owned();
            let alike: Vec<&String> = keys
                .iter()
                .filter(|one| {
                    **one != key
                        && one.split('/').next() == key.split('/').next()
                        && one.ends_with(&end[end.len() - 5..])
                })
                .filter(|one| objects[*one].versions != objects[&key].versions)
                .collect();
            if alike.is_empty() {
                objects.remove(&key);
                return format!("{key} deleted");
            }
            let from = (*random.of(&alike)).clone();
            let bytes = objects[&from].versions[0].to_vec();
            replaced(objects, &key, bytes);
            format!("{from} in place of {key}")
        }
        6 => {
            // A unit under the name of another run.
            let to = (number + 1 + random.below(RUNS - 1)) % RUNS;
            let (from, to) = (unit(account, number), unit(account, to));
            let moved: Vec<(String, _)> = objects
                .iter()
                .filter(|(key, _)| key.starts_with(&from))
                .map(|(key, object)| (key.replace(&from, &to), object.clone()))
                .collect();
            without(objects, &from);
            objects.extend(moved);
            format!("the unit {from} moved to {to}")
        }
        7 => {
            let seq = number + 1;
            let change = random.below(3);
            relinked(objects, seq, Some(other), |link| match change {
                0 => link.at -= jiff::SignedDuration::from_hours(48),
                1 => link.runs_sha256 = sha256_hex(b"other"),
                _ => link.run = "RUN-20260101T020000Z-00000000".to_owned(),
            });
            format!("link {seq} changed and signed by another key")
        }
        8 => {
            // A run with its link, and with its units or without; not the last one, of which nothing would be left.
            let number = random.below(RUNS - 1);
            without(objects, &format!("runs/{}.json", id(number)));
            without(objects, &format!("chain/{:08}", number + 1));
            if random.below(2) == 0 {
                ACCOUNTS.iter().for_each(|account| without(objects, &unit(account, number)));
            }
            format!("run {} removed with its link", id(number))
        }
        9 => {
            relinked(objects, number + 1, None, |link| {
                link.note = None;
                link.key = None;
            });
            format!("link {} without its signature", number + 1)
        }
        10 => {
            let key = format!("{}extra.json", unit(account, number));
            let object = objects[&format!("{}unit.json", unit(account, number))].clone();
            objects.insert(key.clone(), object);
            format!("{key} put in")
        }
        _ => {
            // Two links change places.
            let (a, b) =
                (format!("chain/{:08}.json", number + 1), format!("chain/{:08}.json", (number + 1) % RUNS + 1));
            let (one, two) = (objects[&a].clone(), objects[&b].clone());
            objects.insert(a.clone(), two);
            objects.insert(b.clone(), one);
            format!("{a} and {b} changed places")
        }
    }
}

#[test]
fn every_hand_on_a_store_is_named() {
    let (key, other) = (SigningKey::generate("acme").unwrap(), SigningKey::generate("mallory").unwrap());
    let whole = store(&key);
    // Ten thousand where they are asked for; a part of them in every run of the tests.
    let hands = std::env::var("KICKOFF_TAMPERS").ok().and_then(|hands| hands.parse().ok()).unwrap_or(600);
    let mut random = Random(20_261_201);
    let mut kinds = BTreeSet::new();
    for _ in 0..hands {
        let mut objects = whole.clone();
        let what = tamper(&mut objects, &mut random, &other);
        kinds.insert(what.split(' ').next().unwrap_or_default().to_owned());
        let changed: Vec<String> =
            whole.keys().chain(objects.keys()).filter(|key| whole.get(*key) != objects.get(*key)).cloned().collect();
        let home = Memory::of(objects);
        let opened = kickoff_evidence::store::Store::open(Box::new(home.clone()));
        let Ok(opened) = opened else {
            // Without its first object there is no store, and that is said.
            assert!(changed.iter().any(|key| key == "store.json"), "{what}");
            continue;
        };
        let checked = opened.check(&super::expected(RUNS)).unwrap();
        let named = |finding: &kickoff_evidence::store::Finding| finding.level != Level::Told;
        let found: Vec<_> = checked.findings.iter().filter(|finding| named(finding)).collect();
        assert!(!found.is_empty(), "{what}: nothing was found, {:#?}", checked.findings);
        // What was touched is named, by itself or by what vouches for it.
        let touched = found.iter().any(|finding| {
            changed.iter().any(|key| key == &finding.what)
                // A plan that is gone is known by the digest in its name.
                || finding.what.strip_prefix("plan/…").is_some_and(|end| changed.iter().any(|key| key.ends_with(end)))
                || changed.iter().any(|key| finding.what.starts_with("chain/") && key.starts_with("chain/"))
                || changed.iter().any(|key| key == "store.json")
        });
        assert!(touched, "{what}: {changed:#?}\n{found:#?}");
        assert_eq!(checked.worst(), Some(Level::Altered), "{what}: {found:#?}");
    }
    assert!(kinds.len() >= 5, "{kinds:?}");
}

#[test]
fn what_nothing_in_a_store_can_show() {
    // As docs/store.md says: the end cut off with all that belongs to it, and the seal of the newest link. Calls in CloudTrail
    // show both (a seal that the store lacks), and so does anybody who has the newest link.
    let key = SigningKey::generate("acme").unwrap();
    let mut objects = store(&key);
    let last = RUNS - 1;
    without(&mut objects, &format!("chain/{RUNS:08}.seal.json"));
    assert_eq!(check(Memory::of(objects.clone()), RUNS).findings, []);
    without(&mut objects, &format!("chain/{RUNS:08}"));
    without(&mut objects, &format!("runs/{}.json", id(last)));
    ACCOUNTS.iter().for_each(|account| without(&mut objects, &unit(account, last)));
    assert_eq!(check(Memory::of(objects), RUNS).findings, []);
}
