//! What cannot be read, what contradicts itself, and what a person wrote that must stay as it is.

use super::*;
use crate::Said;
use crate::dates::DateOrder;

const RISK: &str = "[[risks]]\nid = \"R-001\"\nthreat = \"Fire\"\nasset = \"Office\"\nlikelihood = 1\nimpact = 4\n";

#[test]
fn all_that_cannot_be_read_is_told_at_once_and_nothing_is_changed() {
    let toml = format!("{PEOPLE}\n{RISK}");
    let error = taken(
        "risks",
        &toml,
        "ID,Threat,Asset,Likelihood,Impact,Owner,Controls,Review date\n\
         R-001,Fire,Office,very high,4,nobody known,,next spring\n\
         R-002,Flood,Cellar,2,9,Bob Tanaka,,2027-01-31\n\
         R-003,Theft,,2,2,bob,,\n\
         R-004,Strike,Plant,2,2,bob,AC-99,\n",
    )
    .unwrap_err();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(
        lines,
        [
            "risks.csv, row 2, column D (Likelihood): `very high` is not a whole number from 1 to 5",
            "risks.csv, row 2, column F (Owner): `nobody known` is nobody of [[people]], neither by id nor by name or address",
            "risks.csv, row 2, column H (Review date): `next spring` is no day that can be read: write 2026-03-31",
            "risks.csv, row 3, column E (Impact): `9` is not a whole number from 1 to 5",
            "risks.csv, row 4, column C (Asset): is empty",
        ]
    );
    // What only the whole file shows is told of its row as well.
    let toml =
        format!("{toml}\n[[controls]]\nid = \"AC-01\"\nwording = \"Access is reviewed.\"\ncriteria = [\"CC6.1\"]\n");
    let error = taken(
        "risks",
        &toml,
        "ID,Threat,Asset,Likelihood,Impact,Controls\nR-001,Fire,Office,very high,4,\nR-004,Strike,Plant,2,2,AC-02\n",
    )
    .unwrap_err();
    assert_eq!(
        error.lines().collect::<Vec<_>>(),
        [
            "risks.csv, row 2, column D (Likelihood): `very high` is not a whole number from 1 to 5",
            "risks.csv, row 3, column F (Controls): there is no control `AC-02`: did you mean `AC-01`?",
        ]
    );
}

#[test]
fn one_id_for_two_entities_is_a_problem_and_the_same_row_twice_is_none() {
    let rows = |second: &str| format!("ID,Threat,Asset,Likelihood,Impact\nR-9,Fire,Office,1,4\n{second}\n");
    let error = taken("risks", "", &rows("R-9,Flood,Cellar,2,2")).unwrap_err();
    assert_eq!(error, "risks.csv, row 3, column A (ID): `R-9` stands in row 2 as well, and says something else there");
    // An id in small letters is the same id.
    assert!(taken("risks", "", &rows("r-9,Flood,Cellar,2,2")).is_err());
    let twice = taken("risks", "", &rows("R-9,Fire,Office,1,4")).unwrap();
    assert!(twice.account.contains("1 new") && twice.account.contains("rows 3 (there already)"), "{}", twice.account);
    // Of an entry that is there two rows say different things.
    let error = taken("risks", RISK, "Threat,Asset,Impact\nFire,Office,3\nfire,office,2\n").unwrap_err();
    assert!(error.contains("row 3") && error.contains("stands in row 2 as well"), "{error}");
}

#[test]
fn ids_are_made_where_there_are_none_and_never_used_again() {
    let toml = "[[risks]]\nid = \"R-041\"\nthreat = \"Fire\"\nasset = \"Office\"\nlikelihood = 1\nimpact = 4\nstate = \"rejected\"\nnote = \"No office any more.\"\n";
    let csv = "Threat,Asset,Likelihood,Impact\nFire,Office,1,4\nFlood,Cellar,2,2\nTheft,Shop,2,2\n";
    let imported = taken("risks", toml, csv).unwrap();
    assert_eq!(told(&imported), ["R-042 is new: Flood", "R-043 is new: Theft"]);
    // What is there by its words is that, and its decision stays.
    assert!(imported.account.contains("2 new, 0 changed, 1 as they are"), "{}", imported.account);
}

#[test]
fn an_empty_cell_and_a_row_that_is_missing_take_nothing_away() {
    let toml = format!(
        "{RISK}treatment = \"Sprinklers\"\n\n[[risks]]\nid = \"R-002\"\nthreat = \"Flood\"\nasset = \"Cellar\"\nlikelihood = 1\nimpact = 1\n"
    );
    let imported = taken("risks", &toml, "ID,Threat,Treatment,Impact\nR-001,Fire,,4\n").unwrap();
    assert_eq!((imported.text.as_str(), imported.changes.len()), (toml.as_str(), 0));
    assert!(imported.account.ends_with("0 new, 0 changed, 1 as they are. Not in the file, and kept: R-002"));
}

#[test]
fn what_people_wrote_beside_a_value_stays_however_the_file_is_written() {
    let csv = "ID,Threat,Asset,Likelihood,Impact,Controls,Treatment\nR-001,Fire,Office,2,4,\"A;C\",Sprinklers\nR-002,Flood,Cellar,1,1,,\n";
    // Lines that end as on Windows, and a list over several lines with remarks.
    let tables = "# Head.\r\n[[risks]]\r\n  id='R-001'   # first\r\nthreat = \"Fire\"\r\nasset = \"Office\"\r\nlikelihood=1 # agreed in May\r\nimpact = 4\r\ncontrols = [\r\n  \"A\", # the door\r\n  \"B\",\r\n]\r\n# Foot.";
    let imported = taken("risks", tables, csv).unwrap();
    assert_eq!(
        imported.text,
        "# Head.\r\n[[risks]]\r\n  id='R-001'   # first\r\nthreat = \"Fire\"\r\nasset = \"Office\"\r\nlikelihood=2 # agreed in May\r\nimpact = 4\r\ncontrols = [\r\n    # the door\r\n    \"A\",\r\n    \"C\",\r\n]\r\ntreatment = \"Sprinklers\"\r\n\r\n[[risks]]\r\nid = \"R-002\"\r\nstate = \"accepted\"\r\nthreat = \"Flood\"\r\nasset = \"Cellar\"\r\nlikelihood = 1\r\nimpact = 1\r\n# Foot."
    );
    // Between brackets and braces.
    let inline = "risks = [\n  { id = \"R-001\", threat = \"Fire\", asset = \"Office\", likelihood = 1, impact = 4 }, # kept\n]\n[report]\ntype = \"type-1\"\nas_of = 2026-12-31\n";
    let imported = taken("risks", inline, csv).unwrap();
    assert_eq!(
        imported.text,
        "risks = [\n  { id = \"R-001\", threat = \"Fire\", asset = \"Office\", likelihood = 2, impact = 4, treatment = \"Sprinklers\", controls = [\"A\", \"C\"] },\n    { id = \"R-002\", state = \"accepted\", threat = \"Flood\", asset = \"Cellar\", likelihood = 1, impact = 1 }, # kept\n]\n[report]\ntype = \"type-1\"\nas_of = 2026-12-31\n"
    );
    for empty in [
        "risks = []\n",
        "risks = [ ]\n",
        "risks = [ # none yet\n]\n",
        "",
        "[report]\ntype = \"type-1\"\nas_of = 2026-12-31",
    ] {
        let imported = taken("risks", empty, csv).unwrap();
        assert_eq!(file(&imported.text).risks.len(), 2, "{}", imported.text);
        assert!(!empty.contains("# none yet") || imported.text.contains("# none yet"));
    }
    // A table between braces cannot be added to, and that is said.
    let closed =
        taken("accounts", "scope = { regions = [\"eu-west-1\"] }\n", "Account,Name\n111122223333,Acme\n").unwrap_err();
    assert!(closed.contains("`scope` is not written under a head of its own"), "{closed}");
    let only = "[[scope.exclusions]]\nregion = \"me-south-1\"\nreason = \"Not enabled\"\napprover = \"alice\"\n";
    let imported = taken("accounts", &format!("{only}{PEOPLE}"), "Account,Name\n111122223333,Acme\n").unwrap();
    assert_eq!(file(&imported.text).scope.accounts.len(), 1);
}

#[test]
fn days_that_can_be_two_are_asked_for() {
    let csv = "ID,Threat,Asset,Likelihood,Impact,Review date\nR-1,Fire,Office,1,4,12/06/2026\n";
    let error = taken("risks", "", csv).unwrap_err();
    assert!(error.contains("`12/06/2026` can be 2026-06-12 or 2026-12-06: say which with --dates"), "{error}");
    for (order, day) in [(DateOrder::DayFirst, "2026-06-12"), (DateOrder::MonthFirst, "2026-12-06")] {
        let options = Options { dates: Some(order), ..Options::default() };
        let imported = taken_with("risks", "", "risks.csv", csv.as_bytes(), &options).unwrap();
        assert!(imported.text.contains(&format!("review = {day}\n")), "{}", imported.text);
    }
}

#[test]
fn a_figure_of_another_scale_is_none_of_ours() {
    let csv = "ID,Threat,Asset,Likelihood (1-3),Impact (1 to 5)\nR-1,Fire,Office,3,4\n";
    let error = taken("risks", "", csv).unwrap_err();
    assert_eq!(
        error,
        "risks.csv, column D (Likelihood (1-3)): is on a scale of 1 to 3, and `likelihood` takes 1 to 5: put its figures on that scale first"
    );
}

const SCALE: &str = "[risk_scale]\nlikelihood = [\"rare\", \"possible\", \"likely\"]\nimpact = 10\nbands = [{ name = \"green\", to = 9 }, { name = \"red\" }]\n";

#[test]
fn a_level_is_one_of_the_scale_of_the_file_by_its_figure_or_its_word() {
    let csv = "ID,Threat,Asset,Likelihood (1-3),Impact\nR-1,Fire,Office,LIKELY,7\nR-2,Flood,Cellar,3.0,10\nR-3,Theft,Shop,Possible (2),1\n";
    let imported = taken("risks", SCALE, csv).unwrap();
    let levels = |text: &str| file(text).risks.iter().map(|risk| (risk.likelihood, risk.impact)).collect::<Vec<_>>();
    assert_eq!(levels(&imported.text), [(3, 7), (3, 10), (2, 1)]);
    assert!(imported.text.contains("likelihood = \"likely\"\nimpact = 7\n"), "{}", imported.text);
    // The same level under its other name is no change, nor is what we write.
    let again = taken("risks", &imported.text, "ID,Threat,Likelihood\nR-1,Fire,3\nR-3,Theft,possible\n").unwrap();
    assert_eq!((again.changes.len(), again.text.as_str()), (0, imported.text.as_str()));
    let ours = table(Register::of("risks").unwrap(), &imported.text).unwrap().to_csv();
    let back = taken("risks", &imported.text, &ours).unwrap();
    assert_eq!((back.changes.len(), back.text.as_str()), (0, imported.text.as_str()));
    let figures = taken("risks", &SCALE.replace("[\"rare\", \"possible\", \"likely\"]", "3"), &ours).unwrap_err();
    assert!(figures.contains("`likely` is no level of [risk_scale]: there are 1, 2, 3"), "{figures}");
    for (cells, words) in [
        (
            "expected,7",
            "row 2, column D (Likelihood): `expected` is no level of [risk_scale]: there are rare (1), possible (2), likely (3)",
        ),
        ("4,7", "row 2, column D (Likelihood): `4` is no level"),
        ("2 likely,7", "row 2, column D (Likelihood): `2 likely` is no level"),
        ("rare,11", "row 2, column E (Impact): `11` is no level"),
    ] {
        let error = taken("risks", SCALE, &format!("ID,Threat,Asset,Likelihood,Impact\nR-1,Fire,Office,{cells}\n"));
        let error = error.unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    let error = taken("risks", SCALE, &csv.replace("(1-3)", "(1-5)")).unwrap_err();
    assert!(error.contains("is on a scale of 1 to 5, and `likelihood` takes 1 to 3"), "{error}");
}

#[test]
fn a_risk_is_decided_where_its_register_says_so_and_not_before() {
    let rows = |status: &str| {
        format!("ID,Threat,Asset,Likelihood,Impact,Status,Notes\nR-001,Fire,Office,1,4,{status},No office any more.\n")
    };
    for (status, state) in [
        ("Draft - not yet discussed", "proposed"),
        ("Open", "proposed"),
        ("zu besprechen", "proposed"),
        ("TBD", "proposed"),
        ("Closed (2026-11-30)", "accepted"),
        ("Genehmigt", "accepted"),
        ("mitigado", "accepted"),
        ("Rejected", "rejected"),
        ("pas un risque", "rejected"),
        ("Afgewezen", "rejected"),
        ("edited", "edited"),
        ("", "accepted"),
    ] {
        let imported = taken("risks", "", &rows(status)).unwrap();
        assert_eq!(file(&imported.text).risks[0].state.name(), state, "{status}");
    }
    let draft = taken("risks", "", &rows("Draft - not yet discussed")).unwrap();
    assert!(draft.account.contains("Taken: state `Draft - not yet discussed` as proposed"), "{}", draft.account);
    // Which of two words holds, and what another one means, nobody guesses.
    for status in ["Open - accepted by the board", "Purple"] {
        let error = taken("risks", "", &rows(status)).unwrap_err();
        assert!(error.contains(&format!("row 2, column F (Status): `{status}` is none of `proposed`")), "{error}");
    }
    let error = taken("risks", "", &rows("Rejected").replace("No office any more.", "")).unwrap_err();
    assert!(error.contains("a rejected risk says why"), "{error}");
    // What a person decided in the file stays; a list can say that it is rejected.
    for (state, status, then) in [
        ("accepted", "Draft", "accepted"),
        ("edited", "Open", "edited"),
        ("edited", "Approved", "edited"),
        ("rejected", "Open", "rejected"),
        ("proposed", "Approved", "accepted"),
        ("accepted", "Dismissed", "rejected"),
    ] {
        let toml = format!("{RISK}state = \"{state}\"\nnote = \"No office any more.\"\n");
        let imported = taken("risks", &toml, &rows(status)).unwrap();
        assert_eq!(file(&imported.text).risks[0].state.name(), then, "{state} {status}");
        let stays = imported.account.contains(&format!("R-001 stays {state}, though its state is `{status}`"));
        assert_eq!(stays, state == then && status != "Approved", "{}", imported.account);
    }
    // In what we write, a state is what it says.
    let toml = format!("{RISK}state = \"accepted\"\n");
    let ours = table(Register::of("risks").unwrap(), &toml).unwrap().to_csv().replace(",accepted,", ",proposed,");
    assert_eq!(told(&taken("risks", &toml, &ours).unwrap()), ["R-001 state: accepted -> proposed"]);
}

#[test]
fn a_dash_takes_nobodys_words_away() {
    let toml = "[[vendors]]\nid = \"V-001\"\nname = \"Acme Backup\"\nservice = \"Keeps the backups\"\nholds = \"Orders\"\nnote = \"Eva asked\"\n";
    let imported = taken("vendors", toml, "ID,Name,Service,Note\nV-001,Acme Backup,-,TBD\n").unwrap();
    assert_eq!((imported.changes.len(), imported.text.as_str()), (0, toml));
    assert!(
        imported.account.ends_with("Still to be said, and not entered: note `TBD`; service `-`"),
        "{}",
        imported.account
    );
    // Nor in what we write; and a vendor that holds nothing says so.
    let ours = table(Register::of("vendors").unwrap(), toml).unwrap().to_csv().replace("Eva asked", "n/a");
    assert_eq!(taken("vendors", toml, &ours).unwrap().text, toml);
    let imported = taken("vendors", toml, "ID,Name,Holds\nV-001,Acme Backup,None\n").unwrap();
    assert_eq!(told(&imported), ["V-001 holds: Orders -> None"]);
    // A new one has nothing in the place of a dash.
    let imported = taken("vendors", "", "Name,Service,Note\nAcme Backup,Backups,-\n").unwrap();
    assert!(!imported.text.contains("note"), "{}", imported.text);
}

#[test]
fn columns_that_no_head_tells_are_told_and_others_are_said() {
    let csv = "A,What may happen,Where,P,I,Team\n1,Fire,Office,1,4,Facilities\n";
    let error = taken("risks", "", csv).unwrap_err();
    assert!(error.starts_with("risks.csv: has no row of heads of risks; it has A A, B What may happen"), "{error}");
    let columns = Said::parse("threat=What may happen,asset=Where,likelihood=D,impact=E").unwrap();
    let options = Options { columns, ..Options::default() };
    let imported = taken_with("risks", "", "risks.csv", csv.as_bytes(), &options).unwrap();
    assert_eq!(told(&imported), ["R-001 is new: Fire"]);
    assert!(imported.account.contains("columns A, Team (not read here)"), "{}", imported.account);
    // What no column has, all new ones may get.
    let csv = "Threat,Likelihood,Impact\nFire,1,4\n";
    let missing = taken("risks", "", csv).unwrap_err();
    assert!(missing.contains("row 2: `asset`: is missing") && missing.contains("--fill asset=WORDS"), "{missing}");
    let fill = Said::parse("asset=Systems in scope").unwrap().keys;
    let imported =
        taken_with("risks", "", "risks.csv", csv.as_bytes(), &Options { fill, ..Options::default() }).unwrap();
    assert!(imported.text.contains("asset = \"Systems in scope\"\n"));
    let wrong = Options { columns: Said::parse("thread=B").unwrap(), ..Options::default() };
    let error = taken_with("risks", "", "risks.csv", csv.as_bytes(), &wrong).unwrap_err();
    assert_eq!(error, "risks have no key `thread`: did you mean `threat`?");
    let kept = Options { columns: Said { keys: Vec::new(), kept: vec!["Team".to_owned()] }, ..Options::default() };
    let error = taken_with("people", "", "people.csv", b"Name,Role,Team\nA,B,C\n", &kept).unwrap_err();
    assert_eq!(error, "people have no `note` to keep a column in");
}

#[test]
fn what_comes_back_masked_changes_nothing() {
    let toml = "[[risks]]\nid = \"R-001\"\nthreat = \"The password hunter2 is known\"\nasset = \"Office\"\nlikelihood = 1\nimpact = 4\n";
    let shown = toml.replace("hunter2", "[redacted]");
    let register = Register::of("risks").unwrap();
    let csv = table(register, &shown).unwrap().to_csv().replace(",4,", ",5,");
    assert!(csv.contains("[redacted]"));
    let toml_file = (Path::new("kickoff.toml"), toml);
    let file = (Path::new("risks.csv"), csv.as_bytes());
    let imported = from_bytes(register, toml_file, Some(&shown), file, &Options::default()).unwrap();
    assert_eq!(told(&imported), ["R-001 impact: 4 -> 5"]);
    assert!(imported.text.contains("hunter2"));
}

#[test]
fn a_csv_in_other_codes_is_read() {
    let text = "Name;Funktion;E-Mail\nJörg Müßig;Controller;joerg@acme.example\n";
    let latin: Vec<u8> = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let wide: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    for bytes in [text.as_bytes().to_vec(), latin, wide] {
        let imported = taken_with("people", PEOPLE, "personal.csv", &bytes, &Options::default()).unwrap();
        assert_eq!(told(&imported), ["jorg email:  -> joerg@acme.example"]);
    }
}

#[test]
fn five_thousand_rows_are_added_changed_and_left_in_one_go() {
    let row = |at: usize, impact: usize| format!("R-{at:04},Threat {at},Asset {at},{},{impact},bob\n", at % 5 + 1);
    let csv = |impact: usize| {
        let rows: String = (1..=5000).map(|at| row(at, if at % 2 == 0 { impact } else { 3 })).collect();
        format!("ID,Threat,Asset,Likelihood,Impact,Owner\n{rows}")
    };
    let first = taken("risks", PEOPLE, &csv(3)).unwrap();
    assert_eq!((first.changes.len(), file(&first.text).risks.len()), (5000, 5000));
    let second = taken("risks", &first.text, &csv(4)).unwrap();
    assert_eq!(second.changes.len(), 2500);
    assert!(second.account.contains("0 new, 2500 changed, 2500 as they are"), "{}", second.account);
    let third = taken("risks", &second.text, &csv(4)).unwrap();
    assert_eq!((third.changes.len(), third.text), (0, second.text));
}
