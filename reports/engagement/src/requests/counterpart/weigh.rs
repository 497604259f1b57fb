//! The readings of a line, held against each other: the one that explains more of the same words stands, and those that
//! explain other words stand beside it.

use super::asks::{ALL, Ask};
use super::set::{Concepts, Places};
use super::text::{self, Word};
use super::vocabulary::{Mark, Meant, Sort, Spot, VOCABULARY};

/// A reading: a way to ask that fits, and the words that it explains.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found {
    pub(super) ask: &'static Ask,
    /// The words for what it is about.
    pub(super) things: Places,
    /// The words for what it is answered with.
    pub(super) kinds: Places,
    /// The words that name another system, where one takes the line away.
    pub(super) away: Places,
}

impl Found {
    fn weight(&self) -> (usize, usize) {
        (self.things.len(), self.kinds.len())
    }

    /// The words that it explains.
    pub(super) fn words(&self) -> Places {
        self.things.with(self.kinds)
    }

    /// Whether it is a counterpart, and not what stands against one.
    pub(super) fn counts(&self) -> bool {
        self.ask.standard.is_some() && self.away.is_empty()
    }

    /// The same answer as another, by whatever words.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self.counts(), other.counts()) {
            (true, true) => self.ask.standard == other.ask.standard,
            (false, false) => true,
            _ => false,
        }
    }

    fn is_beside(&self, other: &Self) -> bool {
        self.things.beside(other.things)
    }

    /// Whether another explains more of the same words.
    fn yields_to(&self, other: &Self) -> bool {
        if self.is_beside(other) {
            return false;
        }
        let within = self.things.within(other.things) && self.things != other.things;
        let around = other.things.within(self.things) && self.things != other.things;
        within || (!around && other.weight() > self.weight())
    }
}

/// A line that was read.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) words: Vec<Word>,
    /// The readings that stand.
    pub(super) found: Vec<Found>,
    /// Words that it mainly says and that mean nothing here.
    pub(super) unknown: Places,
    /// Words for things that it mainly says and that no reading that stands explains.
    pub(super) unclaimed: Places,
}

/// A request within a line: the places of its words, those of its details apart.
#[derive(Debug, Default)]
struct Segment {
    main: Places,
    details: Places,
    /// What it mainly speaks of.
    mainly: Concepts,
    /// What it speaks of at all.
    at_all: Concepts,
    /// What its details speak of.
    in_details: Concepts,
}

impl Segment {
    fn is_main(&self, spot: &Spot) -> bool {
        spot.words.within(self.main)
    }

    fn is_there(&self, spot: &Spot) -> bool {
        spot.words.within(self.main.with(self.details))
    }

    /// Knows what it speaks of.
    fn speaks(mut self, meant: &Meant) -> Self {
        for spot in &meant.spots {
            if self.is_main(spot) {
                self.mainly.add(spot.concept);
                self.at_all.add(spot.concept);
            } else if self.is_there(spot) {
                self.in_details.add(spot.concept);
                self.at_all.add(spot.concept);
            }
        }
        self
    }
}

/// Reads a line under its heading, and with the name of what it is answered with, where a column says so.
pub(super) fn read(line: &str, heading: &str, kind: Option<&str>) -> Line {
    let words = text::words(line);
    let marks = VOCABULARY.marks(&words);
    let mut meant = VOCABULARY.meant(&words, &marks);
    let segments = segments(&words, &marks, &meant);
    let headed = {
        let words = text::words(heading);
        let marks = VOCABULARY.marks(&words);
        VOCABULARY.meant(&words, &marks)
    };
    let of_elsewhere = headed.spots.iter().any(|spot| is_elsewhere(spot.concept));
    add_kind(&mut meant, &headed, kind);
    let segments: Vec<Segment> = segments.into_iter().map(|segment| segment.speaks(&meant)).collect();
    let mut mainly: Vec<Found> = Vec::new();
    let mut in_details: Vec<Found> = Vec::new();
    for segment in &segments {
        for ask in ALL.iter() {
            if let Some((found, is_main)) = fits(ask, segment, &meant, of_elsewhere) {
                if is_main { &mut mainly } else { &mut in_details }.push(found);
            }
        }
    }
    // What stands in details alone counts where nothing else does, and stands against nothing.
    if in_details.iter().any(Found::counts) {
        in_details.retain(Found::counts);
    }
    let found = if mainly.is_empty() { in_details } else { mainly };
    let main = segments.iter().fold(Places::default(), |all, segment| all.with(segment.main));
    let found = standing(found);
    let claimed = found.iter().fold(Places::default(), |all, one| all.with(one.words()));
    let is_thing = |spot: &&Spot| VOCABULARY.sort(spot.concept) == Sort::Thing;
    // A thing is explained with a word of it.
    let free = meant.spots.iter().filter(is_thing).filter(|spot| spot.words.beside(claimed));
    let free = free.filter(|spot| spot.words.within(main));
    Line {
        unclaimed: free.fold(Places::default(), |all, spot| all.with(spot.words)),
        unknown: main.without(meant.known),
        found,
        words,
    }
}

/// What a line is answered with, where its column or its heading says so and it does not itself: it stands there without
/// words.
fn add_kind(meant: &mut Meant, headed: &Meant, kind: Option<&str>) {
    let kinds = ["policy", "list", "sample"];
    let says = |meant: &Meant, name: &str| {
        let concept = VOCABULARY.concept(name);
        meant.spots.iter().any(|spot| Some(spot.concept) == concept)
    };
    if kinds.iter().any(|name| says(meant, name)) {
        return;
    }
    let name = kind.or_else(|| {
        let mut headings = kinds.into_iter().filter(|name| says(headed, name));
        // `Policies and listings` says neither of a line below it.
        headings.next().filter(|_| headings.next().is_none())
    });
    let concept = name.filter(|name| kinds.contains(name)).and_then(|name| VOCABULARY.concept(name));
    meant.spots.extend(concept.map(|concept| Spot { concept, words: Places::default() }));
}

/// A heading such as `Physical security` takes what is below it out of the cloud.
fn is_elsewhere(concept: usize) -> bool {
    VOCABULARY.sort(concept) == Sort::Away || is_place(concept)
}

/// Offices, data centers, and who enters them.
fn is_place(concept: usize) -> bool {
    VOCABULARY.concepts.get(concept).is_some_and(|(name, _)| name == "physical")
}

/// The requests of a line. Its title belongs to each of them; details begin where a word says so and something is named
/// before it.
fn segments(words: &[Word], marks: &[(usize, usize, Mark)], meant: &Meant) -> Vec<Segment> {
    let title: Places = (0..words.len()).filter(|at| words.get(*at).is_some_and(|word| word.title)).collect();
    let names = |within: Places| {
        let is_thing = |spot: &&Spot| [Sort::Thing, Sort::Aspect].contains(&VOCABULARY.sort(spot.concept));
        meant.spots.iter().filter(is_thing).any(|spot| spot.words.within(within))
    };
    // Evidence that something was reviewed, or put right, is asked for with it.
    let goes_on = |at: usize| {
        let end = marks.iter().filter(|(place, ..)| *place == at).map(|(place, length, _)| place + length).max();
        let follows = ["remedy", "review"].map(|name| VOCABULARY.concept(name));
        end.is_some_and(|end| {
            let soon: Places = (end..end + 3).collect();
            let near = |spot: &&Spot| spot.words.within(soon);
            meant.spots.iter().filter(near).any(|spot| follows.contains(&Some(spot.concept)))
        })
    };
    let mut segments: Vec<Segment> = Vec::new();
    let mut now = Segment { main: title, ..Segment::default() };
    let (mut in_details, mut aside, mut sentence) = (false, false, 0);
    let close = |now: &mut Segment, segments: &mut Vec<Segment>| {
        let full = now.main.len() > title.len() || !now.details.is_empty();
        let new = Segment { main: title, ..Segment::default() };
        let old = std::mem::replace(now, new);
        if full || (segments.is_empty() && !old.main.is_empty()) {
            segments.push(old);
        }
    };
    for (at, word) in words.iter().enumerate() {
        let begins = |mark: Mark| marks.iter().any(|(place, _, known)| *place == at && *known == mark);
        if word.sentence != sentence {
            close(&mut now, &mut segments);
            (in_details, sentence) = (false, word.sentence);
            aside = begins(Mark::Aside);
        }
        if aside {
            continue;
        }
        if begins(Mark::Join) && !goes_on(at) && names(now.main.without(title)) {
            close(&mut now, &mut segments);
            in_details = false;
        }
        if begins(Mark::Cut) && names(now.main) {
            in_details = true;
        }
        let bracketed = word.bracketed && names(now.main);
        match (word.title, in_details || bracketed) {
            (true, _) => {}
            (false, true) => now.details.add(at),
            (false, false) => now.main.add(at),
        }
    }
    close(&mut now, &mut segments);
    segments
}

/// Whether a way to ask fits a request, and whether by what it mainly asks for.
fn fits(ask: &'static Ask, segment: &Segment, meant: &Meant, of_elsewhere: bool) -> Option<(Found, bool)> {
    if ask.without.iter().any(|concept| segment.mainly.has(*concept))
        || ask.without_details.iter().any(|concept| segment.in_details.has(*concept))
        || !ask.needs.iter().all(|need| need.iter().any(|concept| segment.at_all.has(*concept)))
    {
        return None;
    }
    let mut found = Found { ask, things: Places::default(), kinds: Places::default(), away: Places::default() };
    let mut mainly = false;
    let by_kinds = ask.needs.iter().flatten().all(|concept| VOCABULARY.sort(*concept) == Sort::Kind);
    for need in &ask.needs {
        let main = need.iter().find(|concept| segment.mainly.has(**concept));
        let concept = *main.or_else(|| need.iter().find(|concept| segment.at_all.has(**concept)))?;
        let spots = meant.spots.iter().filter(|spot| spot.concept == concept);
        let words = spots.filter(|spot| if main.is_some() { segment.is_main(spot) } else { segment.is_there(spot) });
        let words = words.fold(Places::default(), |all, spot| all.with(spot.words));
        if VOCABULARY.sort(concept) == Sort::Kind {
            mainly |= by_kinds && main.is_some();
            found.kinds = found.kinds.with(words);
        } else {
            mainly |= main.is_some();
            found.things = found.things.with(words);
        }
    }
    if !mainly && ask.without.iter().any(|concept| segment.at_all.has(*concept)) {
        return None;
    }
    if ask.standard.is_some() {
        let takes_away = |concept: usize| match VOCABULARY.sort(concept) {
            Sort::Away => ask.cloud,
            _ => is_place(concept) && !ask.place,
        };
        let away = meant.spots.iter().filter(|spot| takes_away(spot.concept) && segment.is_there(spot));
        found.away = away.fold(found.away, |all, spot| all.with(spot.words));
        if of_elsewhere && ask.cloud && found.away.is_empty() {
            return None;
        }
    }
    Some((found, mainly))
}

/// The readings that yield to no other. One that yields to what yields itself still yields: it explains less.
fn standing(found: Vec<Found>) -> Vec<Found> {
    let yields = |one: &Found| found.iter().any(|other| one.yields_to(other));
    let kept: Vec<Found> = found.iter().filter(|one| !yields(one)).copied().collect();
    let mut standing: Vec<Found> = Vec::new();
    for one in kept {
        match standing.iter_mut().find(|known| known.counts() && known.same(&one)) {
            Some(known) => {
                known.things = known.things.with(one.things);
                known.kinds = known.kinds.with(one.kinds);
            }
            None => standing.push(one),
        }
    }
    standing
}

/// The readings that stand against one another over the same words.
pub(super) fn rivals(found: &[Found]) -> Vec<usize> {
    let against = |one: &Found| found.iter().any(|other| !one.same(other) && !one.is_beside(other));
    found.iter().enumerate().filter(|(_, one)| against(one)).map(|(at, _)| at).collect()
}
