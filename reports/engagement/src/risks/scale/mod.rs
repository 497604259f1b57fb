//! The scale that risks are rated on: ours, or the company's own (`[risk_scale]`), and the way from one to the other.

mod cells;
mod read;

pub(crate) use read::{RATED, schema, take};

use crate::fold::folded_words;

/// How likely times how bad, on our scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Score {
    /// 1 (rare) to 5 (expected).
    pub likelihood: u8,
    /// 1 (hardly felt) to 5 (the company is at stake).
    pub impact: u8,
}

impl Score {
    /// Their product, 1 to 25.
    #[must_use]
    pub fn product(self) -> u8 {
        self.likelihood * self.impact
    }

    /// `low` up to 4, `medium` up to 9, `high` up to 14, `critical` from 15.
    #[must_use]
    pub fn level(self) -> &'static str {
        match self.product() {
            0..=4 => "low",
            5..=9 => "medium",
            10..=14 => "high",
            _ => "critical",
        }
    }
}

/// Our scale has so many levels each way.
const OURS: u8 = 5;

/// A level of a scale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Its figure.
    pub value: u8,
    /// Its word, where the company has one.
    pub word: Option<String>,
}

impl Level {
    fn plain(value: u8) -> Self {
        Self { value, word: None }
    }

    /// `Likely (4)`, or `4` where there is no word.
    #[must_use]
    pub fn name(&self) -> String {
        self.word.as_ref().map_or_else(|| self.value.to_string(), |word| format!("{word} ({})", self.value))
    }

    /// As kickoff.toml has it: the word in quotes, or the figure.
    pub(crate) fn written(&self) -> String {
        self.word.as_deref().map_or_else(|| self.value.to_string(), crate::quote::quoted)
    }
}

/// The levels of one side, the lowest first: two at least, their figures ascending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Levels(Vec<Level>);

impl Levels {
    /// Figures from 1 on, without words.
    fn up_to(count: u8) -> Self {
        Self((1..=count).map(Level::plain).collect())
    }

    /// The levels, the lowest first.
    #[must_use]
    pub fn all(&self) -> &[Level] {
        &self.0
    }

    /// The figure that a text stands for: `Likely`, `4`, `4 - Likely`, `Likely (4)`; none where it is no level, or where word
    /// and figure say two things.
    #[must_use]
    pub fn level_of(&self, text: &str) -> Option<u8> {
        let given = folded_words(text);
        let by_word = |words: &str| {
            self.0.iter().find(|level| level.word.as_ref().is_some_and(|word| folded_words(word) == words))
        };
        // A spreadsheet may say 4.0.
        let by_figure = |figure: &str| self.0.iter().find(|level| figure.parse() == Ok(level.value));
        if let Some(level) = by_word(&given).or_else(|| by_figure(text.trim().trim_end_matches(".0"))) {
            return Some(level.value);
        }
        let has_words = self.0.iter().any(|level| level.word.is_some());
        let (first, after) = given.split_once(' ')?;
        let (before, last) = given.rsplit_once(' ')?;
        let mut told = [(first, after), (before, last)].into_iter().zip([true, false]).filter_map(|((a, b), leads)| {
            let (figure, words) = if leads { (a, b) } else { (b, a) };
            let level = by_figure(figure).filter(|_| !words.contains(|c: char| c.is_ascii_digit()))?;
            (!has_words || by_word(words) == Some(level)).then_some(level.value)
        });
        told.next()
    }

    /// Whether a figure is one of a level.
    fn has(&self, value: u8) -> bool {
        self.0.iter().any(|level| level.value == value)
    }

    /// The place of a figure, from 0; that of the next lower level where it is of none.
    fn rank(&self, value: u8) -> usize {
        self.0.iter().rposition(|level| level.value <= value).unwrap_or_default()
    }

    /// The level of a figure.
    pub(crate) fn level(&self, value: u8) -> Level {
        self.0.get(self.rank(value)).cloned().unwrap_or_else(|| Level::plain(value))
    }

    /// The level that one of ours is, by rank: the lowest is the lowest, the highest the highest, what is between is the nearest.
    fn of_ours(&self, ours: u8) -> u8 {
        let steps = self.0.len().saturating_sub(1);
        let at = rounded(usize::from(ours.clamp(1, OURS) - 1) * steps, usize::from(OURS - 1));
        self.0.get(at).map_or(ours, |level| level.value)
    }

    /// The level of ours that one is, by rank.
    fn to_ours(&self, value: u8) -> u8 {
        let steps = self.0.len().saturating_sub(1).max(1);
        let at = rounded(self.rank(value) * usize::from(OURS - 1), steps);
        u8::try_from(at + 1).unwrap_or(OURS).min(OURS)
    }

    /// `1 to 5`, or `Rare (1) to Almost certain (5)`.
    #[must_use]
    pub fn span(&self) -> String {
        let ends: Vec<String> = self.0.first().into_iter().chain(self.0.last()).map(Level::name).collect();
        ends.join(" to ")
    }
}

/// A quotient, rounded; what is half way goes up.
fn rounded(of: usize, by: usize) -> usize {
    (2 * of + by) / (2 * by)
}

/// How a score comes about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Likelihood times impact.
    Product,
    /// Likelihood plus impact.
    Sum,
    /// Each pair has its own band.
    Matrix,
}

/// A pair of levels: its score, where it has one, and the place of its band.
type Cell = (Option<u32>, usize);

/// The scale in force. Ours is the default: 1 to 5 each way, their product, `low` to `critical`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RiskScale {
    likelihood: Levels,
    impact: Levels,
    method: Method,
    /// The lowest first.
    bands: Vec<String>,
    /// For each likelihood a row with each impact, the lowest first.
    cells: Vec<Vec<Cell>>,
}

impl Default for RiskScale {
    fn default() -> Self {
        let ours = Levels::up_to(OURS);
        let bands: Vec<String> = ["low", "medium", "high", "critical"].map(str::to_owned).to_vec();
        let cell = |likelihood: u8, impact: u8| {
            let score = Score { likelihood, impact };
            let band = bands.iter().position(|band| band == score.level()).unwrap_or_default();
            (Some(u32::from(score.product())), band)
        };
        let cells = (1..=OURS).map(|likelihood| (1..=OURS).map(|impact| cell(likelihood, impact)).collect()).collect();
        Self { likelihood: ours.clone(), impact: ours, method: Method::Product, bands, cells }
    }
}

impl RiskScale {
    /// Whether it is ours.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        *self == Self::default()
    }

    /// The levels of likelihood.
    #[must_use]
    pub fn likelihood(&self) -> &Levels {
        &self.likelihood
    }

    /// The levels of impact.
    #[must_use]
    pub fn impact(&self) -> &Levels {
        &self.impact
    }

    /// How a score comes about.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// The bands, the lowest first.
    #[must_use]
    pub fn bands(&self) -> &[String] {
        &self.bands
    }

    /// Rates a likelihood and an impact, both in figures of this scale. `ours` is what they are on our scale, where that is known
    /// better than by rank.
    #[must_use]
    pub fn rate(&self, (likelihood, impact): (u8, u8), ours: Option<Score>) -> Rating {
        let (row, column) = (self.likelihood.rank(likelihood), self.impact.rank(impact));
        let (score, band) = self.cells.get(row).and_then(|row| row.get(column)).copied().unwrap_or_default();
        let name = self.bands.get(band).cloned().unwrap_or_default();
        let by_rank = || Score { likelihood: self.likelihood.to_ours(likelihood), impact: self.impact.to_ours(impact) };
        let ours = ours.unwrap_or_else(by_rank);
        let same = (ours.likelihood, ours.impact) == (likelihood, impact)
            && score == Some(u32::from(ours.product()))
            && ours.level() == folded_words(&name);
        let places = u32::try_from((row + 1) * (column + 1)).unwrap_or(u32::MAX);
        Rating {
            likelihood: self.likelihood.level(likelihood),
            impact: self.impact.level(impact),
            score,
            band: name,
            most: self.cells.last().and_then(|row| row.last()).and_then(|(score, _)| *score),
            is_top: band + 1 == self.bands.len(),
            weight: (band, score.unwrap_or(places)),
            ours: (!same).then_some(ours),
        }
    }

    /// A score of ours in figures of this scale, by rank.
    #[must_use]
    pub fn of_ours(&self, ours: Score) -> (u8, u8) {
        (self.likelihood.of_ours(ours.likelihood), self.impact.of_ours(ours.impact))
    }
}

/// How a risk is rated on the scale in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// The likelihood.
    pub likelihood: Level,
    /// The impact.
    pub impact: Level,
    /// The score; none where a matrix has bands alone.
    pub score: Option<u32>,
    /// The highest score that the scale has.
    pub most: Option<u32>,
    /// The band that it falls into.
    pub band: String,
    /// Whether that is the highest band.
    pub is_top: bool,
    /// To set risks in order, the greatest last.
    pub weight: (usize, u32),
    /// What it is on our scale, where that is something else.
    pub ours: Option<Score>,
}

impl Rating {
    /// `12 high`, or the band alone.
    #[must_use]
    pub fn short(&self) -> String {
        self.score.map_or_else(|| self.band.clone(), |score| format!("{score} {}", self.band))
    }

    /// `12 (high)`, or the band alone.
    #[must_use]
    pub fn in_words(&self) -> String {
        self.score.map_or_else(|| self.band.clone(), |score| format!("{score} ({})", self.band))
    }

    /// `12 (3×4) high`, or `(3×4) high`: how it comes about as well.
    #[must_use]
    pub fn in_full(&self) -> String {
        let pair = format!("({}×{}) {}", self.likelihood.value, self.impact.value, self.band);
        self.score.map_or_else(|| pair.clone(), |score| format!("{score} {pair}"))
    }

    /// What it is on our scale, where that is something else: `16 (4×4) critical`.
    #[must_use]
    pub fn ours_in_full(&self) -> Option<String> {
        self.ours.map(|ours| format!("{} ({}×{}) {}", ours.product(), ours.likelihood, ours.impact, ours.level()))
    }
}

#[cfg(test)]
mod tests;
