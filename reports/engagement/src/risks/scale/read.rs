//! Reads `[risk_scale]`, and puts figures in the place of the words of `[[risks]]`.

use serde_json::{Map, Value, json};

use super::cells::{self, Band};
use super::{Level, Levels, Method, OURS, RiskScale};
use crate::fold::folded_words;
use crate::nearest;
use crate::problems::Problems;

const KEYS: [&str; 5] = ["likelihood", "impact", "score", "bands", "matrix"];
/// The keys of a risk that take a level.
pub(crate) const RATED: [&str; 4] = ["likelihood", "impact", "residual_likelihood", "residual_impact"];
/// A scale has so many levels at most.
const MOST: u8 = 100;

/// Takes `[risk_scale]` out of a file, where it is there; the words of its risks become the figures of their levels. Ours, for
/// the rest to be read with, where the scale cannot be used: that is told.
pub(crate) fn take(file: &mut Value, problems: &mut Problems<'_>) -> Option<RiskScale> {
    let table = file.as_object_mut()?.remove("risk_scale")?;
    let scale = match &table {
        Value::Object(table) => read(table, problems),
        _ => {
            problems.add("risk_scale", "takes a table: write [risk_scale]");
            None
        }
    };
    let risks = file.get_mut("risks").and_then(Value::as_array_mut);
    for (at, risk) in risks.into_iter().flatten().enumerate() {
        for name in RATED {
            if let Some(level) = risk.get_mut(name) {
                rated(level, scale.as_ref(), at, name, problems);
            }
        }
    }
    Some(scale.unwrap_or_default())
}

/// Puts the figure of a level in the place of its word. Without a scale that can be used nothing is said of it.
fn rated(level: &mut Value, scale: Option<&RiskScale>, at: usize, name: &str, problems: &mut Problems<'_>) {
    let side = if name.ends_with("impact") { "impact" } else { "likelihood" };
    let levels = scale.map(|scale| if side == "impact" { scale.impact() } else { scale.likelihood() });
    let (found, given) = match &*level {
        Value::String(word) => (levels.map(|levels| levels.level_of(word)), word.clone()),
        Value::Number(figure) if figure.is_i64() || figure.is_u64() => {
            let value = figure.as_u64().and_then(|figure| u8::try_from(figure).ok());
            (levels.map(|levels| value.filter(|value| levels.has(*value))), figure.to_string())
        }
        // What is neither is told as it is everywhere.
        _ => return,
    };
    let lowest = levels.and_then(|levels| levels.all().first()).map_or(1, |level| level.value);
    if let (Some(None), Some(levels)) = (found, levels) {
        let what = format!("`{side}` of [risk_scale] has no level `{given}`{}", levels.told(&given));
        problems.add(&format!("risks[{at}].{name}"), what);
    }
    *level = Value::from(found.flatten().unwrap_or(lowest));
}

impl Levels {
    /// `: did you mean ...?`, or which levels there are.
    pub(super) fn told(&self, given: &str) -> String {
        let words = || self.all().iter().filter_map(|level| level.word.as_deref());
        let near = nearest(given, words());
        if near.is_empty() {
            let names: Vec<String> = self.all().iter().map(Level::name).collect();
            return format!(": there are {}", names.join(", "));
        }
        near
    }
}

fn read(table: &Map<String, Value>, problems: &mut Problems<'_>) -> Option<RiskScale> {
    let mut sound = true;
    for given in table.keys().filter(|name| !KEYS.contains(&name.as_str())) {
        let near = nearest(given, KEYS.into_iter());
        let near = if near.is_empty() { format!(": there are `{}`", KEYS.join("`, `")) } else { near };
        problems.say(&format!("risk_scale.{given}"), format!("unknown key `{given}`{near}"));
        sound = false;
    }
    let likelihood = levels("likelihood", table.get("likelihood"), problems);
    let impact = levels("impact", table.get("impact"), problems);
    let method = method(table, problems);
    let ours = Levels::up_to(OURS);
    let same_scores = || {
        let plain = |levels: &Option<Levels>| {
            levels.as_ref().is_some_and(|own| {
                own.all().iter().zip(ours.all()).all(|(a, b)| a.value == b.value) && own.all().len() == ours.all().len()
            })
        };
        plain(&likelihood) && plain(&impact) && method == Some(Method::Product)
    };
    let bands = match table.get("bands") {
        Some(value) => cells::bands(value, problems),
        None if same_scores() => Some(cells::ours()),
        None => {
            // Where the rest cannot be read, whether they are needed is open.
            if likelihood.is_some() && impact.is_some() && method.is_some() {
                problems.add("risk_scale.bands", "is missing: from which score on a risk is what, the lowest first: [{ name = \"Low\", to = 4 }, { name = \"High\" }]");
            }
            None
        }
    };
    let (likelihood, impact, method, bands) = (likelihood?, impact?, method?, bands?);
    let sides = (&likelihood, &impact);
    let cells = match table.get("matrix") {
        Some(rows) => cells::matrix(rows, sides, &bands, problems),
        None => cells::scored(sides, method, &bands, problems),
    }?;
    let bands = bands.into_iter().map(|Band { name, .. }| name).collect();
    sound.then_some(RiskScale { likelihood, impact, method, bands, cells })
}

fn method(table: &Map<String, Value>, problems: &mut Problems<'_>) -> Option<Method> {
    let has_matrix = table.contains_key("matrix");
    let key = "risk_scale.score";
    match table.get("score").map(Value::as_str) {
        None if has_matrix => Some(Method::Matrix),
        None => Some(Method::Product),
        Some(Some("matrix")) if has_matrix => Some(Method::Matrix),
        Some(Some("matrix")) => {
            problems.add("risk_scale.matrix", "is missing: a row for each likelihood, in it a band for each impact");
            None
        }
        Some(Some("product" | "sum")) if has_matrix => {
            problems.add(key, "a matrix says itself what each pair is: leave one of the two out");
            None
        }
        Some(Some("product")) => Some(Method::Product),
        Some(Some("sum")) => Some(Method::Sum),
        Some(given) => {
            let names = ["product", "sum", "matrix"];
            let near = nearest(given.unwrap_or_default(), names.into_iter());
            let near = if near.is_empty() { format!(": takes one of `{}`", names.join("`, `")) } else { near };
            problems.add(key, format!("there is no such way to a score{near}"));
            None
        }
    }
}

/// How many levels there are, or which: figures, words, or both.
fn levels(side: &str, value: Option<&Value>, problems: &mut Problems<'_>) -> Option<Levels> {
    let key = format!("risk_scale.{side}");
    let list = match value {
        None => return Some(Levels::up_to(OURS)),
        Some(Value::Array(list)) => list,
        Some(other) => {
            let count = other.as_u64().and_then(|count| u8::try_from(count).ok());
            let count = count.filter(|count| (2..=MOST).contains(count));
            if count.is_none() {
                problems.add(
                    &key,
                    format!(
                        "takes how many levels there are, 2 to {MOST}, or a list of them, the lowest first, not {other}"
                    ),
                );
            }
            return count.map(Levels::up_to);
        }
    };
    if list.len() < 2 || list.len() > usize::from(MOST) {
        problems.add(&key, format!("takes 2 to {MOST} levels, the lowest first"));
        return None;
    }
    let read: Vec<Option<Level>> =
        (1..=MOST).zip(list).map(|(place, entry)| level(&key, place, entry, problems)).collect();
    let read: Vec<Level> = read.into_iter().collect::<Option<_>>()?;
    let mut sound = true;
    for (at, level) in read.iter().enumerate() {
        let before = || read.iter().take(at);
        if let Some(other) = before().next_back().filter(|other| other.value >= level.value) {
            let what = format!("{} follows {}: levels stand in order, the lowest first", level.name(), other.name());
            problems.add(&format!("{key}[{at}]"), what);
            sound = false;
        }
        let word = level.word.as_deref().map(folded_words);
        if word.is_some() && before().any(|other| other.word.as_deref().map(folded_words) == word) {
            problems.add(&format!("{key}[{at}]"), format!("{} stands twice", level.name()));
            sound = false;
        }
    }
    if sound && is_reversed(&read) {
        let what = "seems to begin with the highest level: levels stand in order, the lowest first";
        problems.add(&key, what);
        sound = false;
    }
    sound.then_some(Levels(read))
}

fn level(key: &str, place: u8, entry: &Value, problems: &mut Problems<'_>) -> Option<Level> {
    let key = format!("{key}[{}]", place.saturating_sub(1));
    let figure = |value: &Value| value.as_u64().and_then(|value| u8::try_from(value).ok());
    let word = |word: &str| {
        (folded_words(word).parse::<u64>().is_err() && !folded_words(word).is_empty()).then(|| word.trim().to_owned())
    };
    let read = match entry {
        Value::String(text) => word(text).map(|word| Level { value: place, word: Some(word) }),
        Value::Number(_) => figure(entry).map(Level::plain),
        Value::Object(table) if table.keys().all(|name| ["name", "value"].contains(&name.as_str())) => {
            let name = table.get("name").and_then(Value::as_str).and_then(word);
            let value = table.get("value").map_or(Some(place), figure);
            name.zip(value).map(|(word, value)| Level { value, word: Some(word) })
        }
        _ => None,
    };
    if read.is_none() {
        problems.add(&key, "takes a word in quotes, a whole number from 0 to 255, or { name = \"Likely\", value = 4 }");
    }
    read
}

/// Words that are the lowest or the highest of a scale wherever they stand.
const LOWEST: [&str; 10] =
    ["rare", "very low", "remote", "negligible", "insignificant", "low", "minor", "niedrig", "gering", "sehr niedrig"];
const HIGHEST: [&str; 10] = [
    "almost certain",
    "very high",
    "expected",
    "catastrophic",
    "severe",
    "high",
    "critical",
    "hoch",
    "kritisch",
    "sehr hoch",
];

fn is_reversed(levels: &[Level]) -> bool {
    let is_one = |level: Option<&Level>, of: &[&str]| {
        level.and_then(|level| level.word.as_deref()).is_some_and(|word| of.contains(&folded_words(word).as_str()))
    };
    is_one(levels.first(), &HIGHEST) && is_one(levels.last(), &LOWEST)
}

/// The schema of the table, for editors.
pub(crate) fn schema() -> Value {
    let figure = json!({ "type": "integer", "minimum": 0, "maximum": 255 });
    let level = json!({ "anyOf": [{ "type": "string" }, figure, {
        "type": "object",
        "properties": { "name": { "type": "string" }, "value": figure },
        "required": ["name"],
        "additionalProperties": false,
    }] });
    let levels = |what: &str| {
        json!({
            "description": format!("{what}: how many levels there are, or the levels themselves, the lowest first. 1 to 5, where nothing is said."),
            "anyOf": [
                { "type": "integer", "minimum": 2, "maximum": MOST },
                { "type": "array", "items": level, "minItems": 2, "maxItems": MOST },
            ],
        })
    };
    let bound = json!({ "type": "integer", "minimum": 0 });
    let band = json!({ "anyOf": [{ "type": "string" }, {
        "type": "object",
        "properties": { "name": { "type": "string" }, "from": bound, "to": bound },
        "required": ["name"],
        "additionalProperties": false,
    }] });
    let row = json!({ "type": "array", "items": { "anyOf": [{ "type": "string" }, bound] } });
    json!({
        "type": "object",
        "description": "The company's own scale of risks, where it is not 1 to 5 each way, their product, and low to critical.",
        "properties": {
            "likelihood": levels("How likely a risk is"),
            "impact": levels("How bad it would be"),
            "score": {
                "description": "How a score comes about: `product` (where nothing is said), `sum`, or `matrix`.",
                "enum": ["product", "sum", "matrix"],
            },
            "bands": {
                "description": "What scores are called, the lowest first: each up to which score it goes, but for the last; names alone, for a matrix of names.",
                "type": "array",
                "items": band,
                "minItems": 2,
            },
            "matrix": {
                "description": "In place of a score: a row for each likelihood, the lowest first or by its name; in it a band, or a score, for each impact, the lowest first.",
                "anyOf": [{ "type": "array", "items": row }, { "type": "object", "additionalProperties": row }],
            },
        },
        "additionalProperties": false,
    })
}
