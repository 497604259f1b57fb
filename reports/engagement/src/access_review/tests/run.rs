//! What a run says of a sheet: who is lacking in it, and whether what was revoked is gone.

use super::*;

fn became(review: &Review, present: &Present) -> (&'static str, String) {
    let followed = follow(review, present);
    let one = followed.iter().find(|one| one.name == "old.timer").unwrap();
    (one.became.name(), one.became.why().to_owned())
}

#[test]
fn what_was_revoked_is_gone_or_named_and_a_gap_is_never_gone() {
    let review = with(&[]);
    let day = date(2026, 10, 20);
    let without = |day: Date| {
        let mut without = present(day);
        without.principals.retain(|one| one.name != "old.timer");
        without
    };
    assert_eq!(became(&review, &without(day)), ("gone", "not in RUN-1 any more".to_owned()));
    assert_eq!(became(&review, &present(day)), ("still-there", "ways in: console: console password".to_owned()));
    let followed = follow(&review, &present(day));
    let one = followed.iter().find(|one| one.name == "old.timer").unwrap();
    assert_eq!(
        (one.days, one.words()),
        (Some(14), "revoke old.timer, decided on 2026-10-06 by Alice Meyer".to_owned())
    );
    // There, and shut.
    let mut shut = present(day);
    shut.principals[2].shut = Some("with neither a password nor an active access key".to_owned());
    assert_eq!(became(&review, &shut).0, "gone");
    // Made again under the same name.
    let mut again = present(day);
    again.principals[2].created = Some(date(2026, 10, 9));
    assert_eq!(
        became(&review, &again),
        ("still-there", "made again on 2026-10-09, after the decision of 2026-10-06".to_owned())
    );
    // A run from before proves nothing, and one of the same day proves no failure.
    assert_eq!(became(&review, &without(date(2026, 10, 5))).0, "not-known");
    assert_eq!(became(&review, &present(date(2026, 10, 6))).0, "not-known");
    // Nor does one that could not read the account.
    let mut gap = without(day);
    gap.accounts.clear();
    assert_eq!(became(&review, &gap), ("not-known", format!("the principals of account {ACCOUNT} are not in RUN-1")));
    // Nor does an ARN that somebody wrote over, or a name that a user and a role share.
    let mut moved = present(day);
    moved.principals[2].arn = arn("user", "team/old.timer");
    assert_eq!(became(&review, &moved).0, "not-known");
    let mut shared = present(day);
    shared.principals.push(principal("role", "old.timer"));
    let named = text(&GOLD, ',').replace(&arn("user", "old.timer"), "");
    assert_eq!(became(&judged(named.as_bytes()), &shared).0, "not-known");
    assert_eq!(became(&judged(named.as_bytes()), &present(day)).0, "still-there");
    assert_eq!(became(&judged(named.as_bytes()), &without(day)).0, "gone");
    // What is to be changed is held against what the sheet says.
    let change = |present: &Present| {
        let followed = follow(&review, present);
        let one = followed.into_iter().find(|one| one.name == "joerg.muessig").unwrap();
        (one.became.name(), one.became.why().to_owned())
    };
    assert_eq!(change(&present(day)), ("still-there", "nothing that it holds is changed".to_owned()));
    let mut other = present(day);
    let policies = HEADS.iter().position(|head| *head == "Policies").unwrap();
    other.principals[1].facts.iter_mut().find(|(at, _)| *at == policies).unwrap().1 = "ViewOnlyAccess".to_owned();
    assert_eq!(change(&other), ("gone", "changed: Policies; a person compares".to_owned()));
    // Results that tell of users alone tell nothing of roles.
    let role = with(&[(3, ("role", "deploy", "Bob Tanaka", "remove", "2026-10-06"))]);
    let users = Present { users_only: true, ..without(day) };
    let followed = follow(&role, &users);
    let states: Vec<&str> = followed.iter().map(|one| one.became.name()).collect();
    assert_eq!(states, ["not-known", "gone", "not-known"]);
}

#[test]
fn a_person_of_the_directory_is_one_of_several_behind_a_role() {
    let role = "AWSReservedSSO_Admin_0123456789abcdef";
    let row = |kind: &str, name: &str, decision: &str| {
        let mut cells = cells(&(kind, name, "Alice Meyer", decision, "2026-10-05"));
        cells[1] = arn("role", role);
        cells.join(",")
    };
    let sheet = [
        HEADS.join(","),
        row("role", role, "keep"),
        row("person", "jörg.müßig", "remove"),
        row("person", "bob", "keep"),
    ];
    let review = judged(sheet.join("\n").as_bytes());
    assert_eq!(review.rows.len(), 3);
    assert!(faults(&review).is_empty());
    let mut present = Present { run: "RUN-2".to_owned(), day: date(2026, 10, 20), ..Present::default() };
    present.accounts.insert(ACCOUNT.to_owned());
    let person = |name: &str| Principal { arn: arn("role", role), ..principal("role", name) };
    present.principals = vec![person(role), person("bob")];
    let state = |present: &Present| follow(&review, present)[0].became.name();
    assert_eq!(state(&present), "gone");
    // The accent as a sign of its own is the same person.
    present.principals.push(person("jo\u{308}rg.mu\u{308}ßig"));
    assert_eq!(state(&present), "still-there");
    present.principals.pop();
    present.principals[0].people_not_known = Some("who is assigned the permission set was not collected".to_owned());
    assert_eq!(state(&present), "not-known");
}

#[test]
fn the_control_total_names_who_is_lacking_who_is_new_and_who_is_nobody_of_ours() {
    let review = with(&[(4, ("user", "ghost", "Alice Meyer", "keep", "2026-10-05"))]);
    let mut run = present(date(2026, 10, 1));
    run.principals.push(principal("user", "left.out"));
    run.principals.push(Principal { account: "999988887777".to_owned(), ..principal("user", "else") });
    let policies = HEADS.iter().position(|head| *head == "Policies").unwrap();
    run.principals[0].facts.iter_mut().find(|(at, _)| *at == policies).unwrap().1 = "AdministratorAccess".to_owned();
    let same = totals(&review, &run);
    assert!(same.same_day);
    assert_eq!((same.principals, same.found), (5, 4));
    assert_eq!((same.left_out, same.not_in_run), (vec!["left.out".to_owned()], vec!["ghost".to_owned()]));
    assert_eq!(same.accounts_left, [("999988887777".to_owned(), 1)]);
    assert_eq!(same.altered, Some(vec![("bob.tanaka".to_owned(), vec!["Policies"])]));
    // Of a later run, the day that it was made on tells a new one from one that was left out.
    run.day = date(2026, 10, 20);
    run.principals.push(Principal { created: Some(date(2026, 10, 12)), ..principal("user", "newcomer") });
    run.principals.push(Principal { created: None, ..principal("role", "ageless") });
    let later = totals(&review, &run);
    assert_eq!((later.left_out, later.new_since), (vec!["left.out".to_owned()], vec!["newcomer".to_owned()]));
    assert_eq!((later.unknown_age, later.altered), (vec!["ageless".to_owned()], None));
    // A row that says nothing of whom it names was written by hand.
    let mut cells = cells(&("user", "ghost", "Alice Meyer", "keep", "2026-10-05"));
    (4..22).for_each(|at| cells[at].clear());
    let review = judged(format!("{}{}\n", text(&GOLD, ','), cells.join(",")).as_bytes());
    assert_eq!(faults(&review), [("ghost".to_owned(), Fault::ByHand)]);
}

#[test]
fn a_sheet_without_its_day_is_held_against_the_run_all_the_same() {
    let mut run = present(date(2026, 10, 20));
    run.principals.push(principal("user", "left.out"));
    run.principals.push(Principal { created: None, ..principal("role", "ageless") });
    let review = judged(text(&GOLD, ',').replace("2026-10-01", "").as_bytes());
    assert_eq!(review.as_of, None);
    let totals = totals(&review, &run);
    assert_eq!(totals.left_out, ["left.out", "ageless"]);
    assert!(totals.unknown_age.is_empty() && totals.new_since.is_empty());
}

#[test]
fn what_is_entered_of_a_count_is_what_nothing_explains() {
    let ghost = |decision: &'static str| with(&[(4, ("user", "ghost", "Alice Meyer", decision, "2026-10-05"))]);
    let mut run = present(date(2026, 10, 1));
    run.principals.push(Principal { account: "999988887777".to_owned(), ..principal("user", "else") });
    let administrator = HEADS.iter().position(|head| *head == "Administrator").unwrap();
    run.principals[0].facts.iter_mut().find(|(at, _)| *at == administrator).unwrap().1 = "under conditions".to_owned();
    let counted = |review: &Review, run: &Present, accounts: &[&str]| {
        let accounts: Vec<String> = accounts.iter().map(|id| (*id).to_owned()).collect();
        Counted::of(&totals(review, run), &accounts)
    };
    let wanted =
        Counted { run: "RUN-1".to_owned(), other_accounts: 1, not_in_run: 1, altered: Some(1), ..Counted::default() };
    assert_eq!(counted(&ghost("keep"), &run, &[]), wanted);
    assert_eq!(counted(&ghost("remove"), &run, &[]), wanted);
    // A review that is for one account need not have another.
    assert_eq!(counted(&ghost("keep"), &run, &[ACCOUNT]).other_accounts, 0);
    // From a later run one may be gone who was to go, and facts are other ones.
    run.day = date(2026, 10, 20);
    assert_eq!(counted(&ghost("remove"), &run, &[]), Counted { not_in_run: 0, altered: None, ..wanted.clone() });
    assert_eq!(counted(&ghost("keep"), &run, &[]).not_in_run, 1);
}

#[test]
fn a_name_or_type_that_was_written_over_is_an_altered_row() {
    let run = present(date(2026, 10, 1));
    let altered = |from: &str, to: &str| {
        let review = judged(text(&GOLD, ',').replace(from, to).as_bytes());
        assert_eq!(review.rows.len(), 4);
        totals(&review, &run).altered.unwrap()
    };
    assert_eq!(altered(",bob.tanaka,user,", ",carla,user,"), [("carla".to_owned(), vec!["Name"])]);
    assert_eq!(altered(",bob.tanaka,user,", ",bob.tanaka,role,"), [("bob.tanaka".to_owned(), vec!["Type"])]);
    assert!(altered(",bob.tanaka,user,", ",Bob.Tanaka,User,").is_empty());
}
