use std::path::Path;

use super::*;
use crate::file::Engagement;

const RISK: &str = "[[risks]]\nid = \"R-1\"\nthreat = \"t\"\nasset = \"a\"\n";

fn read(text: &str) -> Result<Engagement, String> {
    Engagement::parse(Path::new("kickoff.toml"), text).map_err(|error| error.to_string())
}

/// The scale of a file, and its only risk as it is rated.
fn rated(scale: &str, risk: &str) -> (RiskScale, Rating) {
    let file = read(&format!("{scale}\n{RISK}{risk}\n")).unwrap();
    let rating = file.risk_scale.rate(file.risks[0].inherent(), None);
    (file.risk_scale, rating)
}

const WORDS: &str = r#"[risk_scale]
likelihood = ["Rare", "Unlikely", "Possible", "Likely", "Almost certain"]
impact = ["Minor", "Serious", "Severe"]
bands = [{ name = "Acceptable", to = 4 }, { name = "Tolerable", to = 9 }, { name = "Unacceptable" }]
"#;

#[test]
fn without_a_table_the_scale_is_ours() {
    let (scale, rating) = rated("", "likelihood = 3\nimpact = 4");
    assert!(scale.is_ours());
    assert_eq!((rating.in_full().as_str(), rating.ours), ("12 (3×4) high", None));
    for (likelihood, impact, level) in [(2, 2, "low"), (3, 3, "medium"), (2, 5, "high"), (3, 5, "critical")] {
        assert_eq!(scale.rate((likelihood, impact), None).band, level, "{likelihood} × {impact}");
    }
    // Who writes ours down has ours.
    assert!(rated("[risk_scale]\nlikelihood = 5\nimpact = 5", "likelihood = 3\nimpact = 4").0.is_ours());
}

#[test]
fn words_and_figures_are_both_taken_and_ours_stands_beside() {
    for risk in [
        "likelihood = \"Likely\"\nimpact = \"severe\"",
        "likelihood = 4\nimpact = 3",
        "likelihood = \"4\"\nimpact = \"Severe (3)\"",
    ] {
        let (_, rating) = rated(WORDS, risk);
        assert_eq!(rating.in_full(), "12 (4×3) Unacceptable");
        assert_eq!(
            (rating.likelihood.name(), rating.impact.name()),
            ("Likely (4)".to_owned(), "Severe (3)".to_owned())
        );
        assert!(rating.is_top);
        // The highest of three is the highest of five.
        assert_eq!(rating.ours_in_full().as_deref(), Some("20 (4×5) critical"));
    }
    let (_, least) = rated(WORDS, "likelihood = \"Rare\"\nimpact = \"Minor\"");
    assert_eq!((least.short().as_str(), least.is_top), ("1 Acceptable", false));
}

#[test]
fn scales_of_many_kinds_can_be_said() {
    for (scale, risk, told, ours) in [
        // 3 × 3, 4 × 4, 10 × 10: figures alone.
        (
            "likelihood = 3\nimpact = 3\nbands = [{ name = \"L\", to = 2 }, { name = \"M\", to = 4 }, { name = \"H\", to = 9 }]",
            "likelihood = 2\nimpact = 3",
            "6 (2×3) H",
            "15 (3×5) critical",
        ),
        (
            "likelihood = 4\nimpact = 4\nbands = [{ name = \"Low\", from = 1, to = 4 }, { name = \"Medium\", from = 5, to = 8 }, { name = \"High\", from = 9, to = 16 }]",
            "likelihood = 2\nimpact = 4",
            "8 (2×4) Medium",
            "10 (2×5) high",
        ),
        (
            "likelihood = 10\nimpact = 10\nbands = [{ name = \"green\", to = 20 }, { name = \"amber\", to = 60 }, { name = \"red\" }]",
            "likelihood = 10\nimpact = 7",
            "70 (10×7) red",
            "20 (5×4) critical",
        ),
        // The sum of figures that begin at nought.
        (
            "likelihood = [0, 1, 2]\nimpact = [0, 1, 2, 3, 4]\nscore = \"sum\"\nbands = [{ name = \"Low\", to = 2 }, { name = \"Medium\", to = 5 }, { name = \"High\" }]",
            "likelihood = 0\nimpact = 3",
            "3 (0×3) Medium",
            "4 (1×4) low",
        ),
        // Figures of their own.
        (
            "likelihood = [{ name = \"Selten\", value = 1 }, { name = \"Möglich\", value = 2 }, { name = \"Häufig\", value = 4 }]\nimpact = [1, 3, 9]\nbands = [{ name = \"gering\", to = 4 }, { name = \"hoch\" }]",
            "likelihood = \"Moeglich\"\nimpact = 9",
            "18 (2×9) hoch",
            "15 (3×5) critical",
        ),
        // A matrix by rows, and by the names of the rows, in any order.
        (
            "likelihood = [\"Low\", \"High\"]\nimpact = 3\nbands = [\"Accept\", \"Watch\", \"Act\"]\nmatrix = [[\"Accept\", \"Accept\", \"Watch\"], [\"Accept\", \"Watch\", \"Act\"]]",
            "likelihood = \"High\"\nimpact = 2",
            "(2×2) Watch",
            "15 (5×3) critical",
        ),
        (
            "likelihood = [\"Low\", \"High\"]\nimpact = 3\nbands = [\"Accept\", \"Watch\", \"Act\"]\nmatrix = { \"High\" = [\"Accept\", \"Watch\", \"Act\"], \"Low\" = [\"Accept\", \"Accept\", \"Watch\"] }",
            "likelihood = \"Low\"\nimpact = 3",
            "(1×3) Watch",
            "5 (1×5) medium",
        ),
        // A matrix of scores.
        (
            "likelihood = 2\nimpact = 2\nbands = [{ name = \"low\", to = 2 }, { name = \"high\" }]\nmatrix = [[1, 2], [3, 4]]",
            "likelihood = 2\nimpact = 1",
            "3 (2×1) high",
            "5 (5×1) medium",
        ),
    ] {
        let (_, rating) = rated(&format!("[risk_scale]\n{scale}"), risk);
        assert_eq!((rating.in_full().as_str(), rating.ours_in_full().as_deref()), (told, Some(ours)), "{scale}");
    }
}

#[test]
fn a_text_is_a_level_only_where_word_and_figure_agree() {
    let (scale, _) = rated(WORDS, "likelihood = 1\nimpact = 1");
    for (text, level) in [
        ("Likely", Some(4)),
        (" ALMOST  CERTAIN ", Some(5)),
        ("almost-certain", Some(5)),
        ("4", Some(4)),
        ("4.0", Some(4)),
        ("4 - Likely", Some(4)),
        ("4: likely", Some(4)),
        ("Likely (4)", Some(4)),
        ("3 - Likely", None),
        ("Likely or rare", None),
        ("Probable", None),
        ("6", None),
        ("4/5", None),
        ("4.5", None),
        ("", None),
    ] {
        assert_eq!(scale.likelihood().level_of(text), level, "{text:?}");
    }
    // Without words a word beside the figure is the list's own.
    assert_eq!(RiskScale::default().impact().level_of("4 - major"), Some(4));
    assert_eq!(RiskScale::default().impact().level_of("major"), None);
    // German letters however they are typed.
    let german = "[risk_scale]\nlikelihood = [\"selten\", \"gelegentlich\", \"häufig\"]\nbands = [\"a\", \"b\"]\nmatrix = [[\"a\",\"a\",\"a\",\"a\",\"a\"],[\"a\",\"a\",\"a\",\"a\",\"a\"],[\"b\",\"b\",\"b\",\"b\",\"b\"]]\n";
    assert_eq!(rated(german, "likelihood = \"HAEUFIG\"\nimpact = 1").1.likelihood.value, 3);
}

#[test]
fn ours_and_theirs_are_one_by_rank() {
    let to = |count: u8| -> Vec<u8> { (1..=5).map(|ours| Levels::up_to(count).of_ours(ours)).collect() };
    // The ends are the ends; half way goes up.
    assert_eq!(to(2), [1, 1, 2, 2, 2]);
    assert_eq!(to(3), [1, 2, 2, 3, 3]);
    assert_eq!(to(4), [1, 2, 3, 3, 4]);
    assert_eq!(to(5), [1, 2, 3, 4, 5]);
    assert_eq!(to(10), [1, 3, 6, 8, 10]);
    let from = |count: u8| -> Vec<u8> { (1..=count).map(|own| Levels::up_to(count).to_ours(own)).collect() };
    assert_eq!(from(3), [1, 3, 5]);
    assert_eq!(from(4), [1, 2, 4, 5]);
    assert_eq!(from(10), [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
}

#[track_caller]
fn wrong(text: &str, expected: &[&str]) {
    let error = read(text).unwrap_err();
    let lines: Vec<&str> = error.lines().collect();
    assert_eq!(lines.len(), expected.len(), "{error}");
    for (line, part) in lines.iter().zip(expected) {
        assert!(line.starts_with("kickoff.toml, line ") && line.contains(part), "{line}\nlacks {part}");
    }
}

#[test]
fn what_is_wrong_with_a_scale_is_told_with_its_line() {
    let bands = "bands = [{ name = \"Low\", to = 4 }, { name = \"High\" }]\n";
    for (scale, part) in [
        ("likelihood = 1\n", "line 2: `risk_scale.likelihood`: takes how many levels there are, 2 to 100"),
        ("impact = [\"High\", \"Low\"]\n", "`risk_scale.impact`: seems to begin with the highest level"),
        ("impact = [1, 3, 2]\n", "`risk_scale.impact`: 2 follows 3: levels stand in order, the lowest first"),
        ("impact = [\"a\", \"A\"]\n", "`risk_scale.impact`: A (2) stands twice"),
        ("impact = [\"1\", \"2\"]\n", "`risk_scale.impact`: takes a word in quotes, a whole number"),
        ("impcat = 3\n", "unknown key `impcat`: did you mean `impact`?"),
        ("score = \"produkt\"\n", "did you mean `product`?"),
        ("score = \"matrix\"\n", "`risk_scale.matrix`: is missing"),
    ] {
        wrong(&format!("[risk_scale]\n{scale}{bands}"), &[part]);
    }
    for (bands, part) in [
        ("", "`risk_scale.bands`: is missing: from which score on a risk is what"),
        ("bands = [\"Low\", \"High\"]", "`Low` says not up to which score it goes"),
        (
            "bands = [{ name = \"Low\", to = 4 }, { name = \"High\", to = 9 }]",
            "scores go from 1 to 16, and no band has 12, 16",
        ),
        ("bands = [{ name = \"Low\", to = 4 }, { name = \"High\", from = 6 }]", "`Low`"),
        (
            "bands = [{ name = \"Low\", to = 4 }, { name = \"High\", from = 4 }]",
            "`High` begins at 4: the band before it goes up to 4",
        ),
        (
            "bands = [{ name = \"Low\", to = 9 }, { name = \"High\", to = 4 }, { name = \"Top\" }]",
            "the band before it goes up to 9",
        ),
        ("bands = [{ name = \"Low\", to = 4 }, { name = \"LOW\" }]", "`LOW` stands twice"),
        ("bands = [{ name = \"Low\", too = 4 }, { name = \"High\" }]", "unknown key `too`: did you mean `to`?"),
        ("bands = 3", "`risk_scale.bands`: takes a list, the lowest first"),
        (
            "bands = [\"a\", \"b\"]\nmatrix = [[\"a\", \"b\"]]",
            "`risk_scale.matrix`: has 1 rows, and likelihood has 4 levels",
        ),
        (
            "bands = [\"a\", \"b\"]\nlikelihood = 2\nmatrix = [[\"a\", \"b\"], [\"a\", \"a\", \"a\", \"b\"]]",
            "has 2 cells, and impact has 4 levels",
        ),
        (
            "bands = [\"low\", \"high\"]\nlikelihood = 2\nmatrix = [[\"low\", \"low\", \"hihg\", \"high\"], [\"low\", \"low\", \"low\", \"high\"]]",
            "there is no band `hihg`: did you mean `high`?",
        ),
        (
            "bands = [\"a\", \"b\"]\nlikelihood = 2\nmatrix = [[\"a\", \"b\", \"b\", \"b\"], [\"a\", \"a\", \"b\", \"b\"]]",
            "falls into a lower band: rows go from the lowest likelihood to the highest",
        ),
    ] {
        let own = if bands.contains("likelihood") { "impact = 4" } else { "likelihood = 4\nimpact = 4" };
        if bands.contains("from = 6") {
            // Nothing comes to 5 on 4 × 4: no gap.
            assert!(read(&format!("[risk_scale]\n{own}\n{bands}\n")).is_ok());
            continue;
        }
        wrong(&format!("[risk_scale]\n{own}\n{bands}\n"), &[part]);
    }
}

#[test]
fn all_that_is_wrong_is_told_at_once_and_words_are_held_against_the_scale() {
    wrong(
        &format!(
            "{WORDS}{RISK}likelihood = \"Likly\"\nimpact = 4\nowner = \"nobody\"\n[[risks]]\nid = \"R-2\"\nthreat = \"t\"\nasset = \"a\"\nlikelihood = \"Rare\"\nimpact = \"Catastrophic\"\nresidual_impact = 0\n"
        ),
        &[
            "line 9: `risks.likelihood`: `likelihood` of [risk_scale] has no level `Likly`: did you mean `Likely`?",
            "line 10: `risks.impact`: `impact` of [risk_scale] has no level `4`: there are Minor (1), Serious (2), Severe (3)",
            "line 11: `risks.owner`: there is no person `nobody`",
            "line 17: `risks.impact`: `impact` of [risk_scale] has no level `Catastrophic`: there are Minor (1)",
            "line 18: `risks.residual_impact`: `impact` of [risk_scale] has no level `0`",
        ],
    );
    // Words of a scale that cannot be read are not held against anything.
    wrong(
        &format!("[risk_scale]\nimpact = 0\n{RISK}likelihood = \"Likely\"\nimpact = \"Severe\"\n"),
        &["`risk_scale.impact`"],
    );
    // Without a scale a word is none.
    wrong(
        &format!("{RISK}likelihood = \"Likely\"\nimpact = 3\n"),
        &["takes a whole number from 1 to 5, not \"Likely\""],
    );
    wrong("risk_scale = 3\n", &["`risk_scale`: takes a table: write [risk_scale]"]);
}
