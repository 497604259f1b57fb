//! Criteria out of what auditors write in their place.

use kickoff_checks::CRITERIA;

/// What a cell says of criteria.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// The criteria, in the order in which they are named.
    pub(crate) criteria: Vec<String>,
    /// The pieces of it that say something else as well, word for word.
    pub(crate) words: Vec<String>,
}

/// Letters of criteria; a point or a dash may stand after the first two, which no other catalogue has.
const LETTERS: [&str; 5] = ["CC", "PI", "A", "C", "P"];

/// Words after which a number, or a single letter with one, is of another catalogue or of a page: `ISO 27001 6.2`.
const OTHERS: [&str; 31] = [
    "iso", "iec", "nist", "cis", "csc", "pci", "dss", "hipaa", "gdpr", "cobit", "coso", "csf", "ccm", "csa", "hitrust",
    "fedramp", "cmmc", "sox", "bsi", "c5", "tisax", "annex", "appendix", "clause", "section", "page", "pages", "pg",
    "pp", "version", "priority",
];

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'a> {
    /// Criteria from one place of the list of all to another.
    Criteria(usize, usize),
    /// A number without letters, which are those before: criteria where nothing but criteria stands beside it.
    Bare(usize, usize, &'a str),
    /// `to`, `-`: what stands between is meant too.
    Through,
    /// Says nothing.
    Between,
    /// Says something else.
    Word(&'a str),
}

/// Reads a cell.
pub(crate) fn told(text: &str) -> Told {
    let mut told = Told::default();
    // `CC6.1, 6.2`: the letters are those before.
    let mut letters = None;
    for part in text.split([';', '\n', '|', ',']).map(str::trim).filter(|part| !part.is_empty()) {
        if ["n/a", "na", "none", "-", "–"].contains(&part.to_lowercase().as_str()) {
            continue;
        }
        let pieces = pieces(part, &mut letters);
        let mut at = 0;
        while let Some(piece) = pieces.get(at) {
            let Piece::Criteria(first, last) = *piece else {
                at += 1;
                continue;
            };
            let last = match (pieces.get(at + 1), pieces.get(at + 2)) {
                (Some(Piece::Through), Some(Piece::Criteria(from, to)))
                    if *from > last && letters_of(*from) == letters_of(first) =>
                {
                    at += 2;
                    *to
                }
                _ => last,
            };
            at += 1;
            let ids = CRITERIA.get(first..=last).unwrap_or_default().iter().map(|criterion| criterion.id.to_owned());
            let new: Vec<String> = ids.filter(|id| !told.criteria.contains(id)).collect();
            told.criteria.extend(new);
        }
        let some = pieces.iter().any(|piece| matches!(piece, Piece::Criteria(..)));
        let other = pieces.iter().any(|piece| matches!(piece, Piece::Word(_)));
        if (other || !some) && !told.words.iter().any(|word| word == part) {
            told.words.push(part.to_owned());
        }
    }
    told
}

/// Whether words name a category or all of them, of which criteria beside them are but a part.
pub(super) fn names_more(words: &str) -> bool {
    const MORE: [&str; 7] =
        ["all", "security", "availability", "confidentiality", "processing integrity", "privacy", "common criteria"];
    words.split("; ").any(|word| MORE.contains(&word.to_lowercase().trim_end_matches(" category")))
}

fn letters_of(at: usize) -> &'static str {
    CRITERIA.get(at).map_or("", |criterion| criterion.id.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.'))
}

fn pieces<'a>(text: &'a str, letters: &mut Option<&'static str>) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    // Letters that a number has to follow: `CC 6.1`.
    let mut open: Option<(&'static str, &'a str)> = None;
    // Another catalogue was named: single letters and numbers are its own.
    let mut of_other = false;
    while let Some(c) = rest.chars().next() {
        let inside = |c: char| c.is_alphanumeric() || c == '.' || c == '*';
        if !inside(c) {
            let through = ['-', '–', '—', '~'].contains(&c);
            if through && let Some((_, word)) = open.filter(|(letters, _)| letters.len() == 1) {
                // `A-1` is of another catalogue.
                pieces.push(Piece::Word(word));
                open = None;
            }
            if open.is_none() {
                pieces.push(if through { Piece::Through } else { Piece::Between });
            }
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let end = rest.find(|c| !inside(c)).unwrap_or(rest.len());
        let (chunk, after) = rest.split_at(end);
        rest = after;
        let word = chunk.trim_matches('.');
        if let Some((before, said)) = open.take() {
            // `P 3` may be a page; a number with a point is none.
            let told = number(word).filter(|(_, number)| before.len() == 2 || number.is_some());
            match told.and_then(|number| places(before, number)) {
                Some(found) => {
                    *letters = Some(before);
                    pieces.push(Piece::Criteria(found.0, found.1));
                    continue;
                }
                None => pieces.push(Piece::Word(said)),
            }
        }
        let upper = word.to_ascii_uppercase();
        let own = LETTERS.into_iter().find_map(|own| upper.strip_prefix(own).map(|number| (own, number)));
        let is_small = word.chars().all(|c| !c.is_uppercase());
        // `CC6.1-3`, `CC6.1-6.3`: without a space it is a range whatever follows.
        let series = match pieces.as_slice() {
            [.., Piece::Criteria(_, at) | Piece::Bare(_, at, _), Piece::Through] => Some(*at),
            _ => None,
        };
        let after_through = matches!(last(&pieces), Some(Piece::Through));
        let bare = |(first, last): (usize, usize)| match series {
            Some(_) => Piece::Criteria(first, last),
            None => Piece::Bare(first, last, word),
        };
        let piece = match (own, *letters) {
            // `p. 3` is a page, `(a)` an item, and `a 1` a word.
            (Some((own, "")), _) if own.len() == 2 || !(is_small || of_other || chunk.ends_with('.')) => {
                open = Some((own, word));
                continue;
            }
            (Some((own, tail)), _) => {
                let tail = if own.len() == 2 { tail.trim_start_matches('.') } else { tail };
                // `p3` is a page, and `A1.2` behind `ISO` no criterion.
                let is_ours = own.len() == 2 || !(of_other || (is_small && !tail.contains('.')));
                let found = number(tail).filter(|_| is_ours).and_then(|number| places(own, number));
                found.map(|(first, last)| {
                    *letters = Some(own);
                    of_other = false;
                    Piece::Criteria(first, last)
                })
            }
            // Another of the same series.
            (None, Some(_)) if after_through && word.chars().all(|c| c.is_ascii_digit()) => {
                let before = pieces.iter().rev().find_map(|piece| match piece {
                    Piece::Criteria(_, at) | Piece::Bare(_, at, _) => {
                        CRITERIA.get(*at).and_then(|c| c.id.split_once('.'))
                    }
                    _ => None,
                });
                before.and_then(|(series, _)| at(&format!("{series}.{word}"))).map(|at| bare((at, at)))
            }
            (None, Some(own)) if word.contains('.') => number(word).and_then(|number| places(own, number)).map(bare),
            (None, _) => None,
        };
        pieces.push(match (piece, word.to_lowercase().as_str()) {
            (Some(piece), _) => piece,
            (None, "to" | "through" | "thru" | "bis" | "until") => Piece::Through,
            (
                None,
                "" | "and" | "or" | "und" | "et" | "y" | "en" | "tsc" | "tsp" | "soc" | "2" | "soc2" | "criteria"
                | "criterion",
            ) => Piece::Between,
            (None, small) => {
                // `ISO27001` names it too.
                let name = small.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
                of_other |= OTHERS.contains(&name) || OTHERS.contains(&small);
                // What follows other words goes on with nothing.
                *letters = None;
                Piece::Word(word)
            }
        });
    }
    if let Some((_, word)) = open {
        pieces.push(Piece::Word(word));
    }
    let alone = !pieces.iter().any(|piece| matches!(piece, Piece::Word(_)));
    if !alone {
        *letters = None;
    }
    for piece in &mut pieces {
        if let Piece::Bare(first, last, word) = *piece {
            *piece = if alone { Piece::Criteria(first, last) } else { Piece::Word(word) };
        }
    }
    // What is between says nothing, and a range is told by what stands around its sign.
    pieces.retain(|piece| *piece != Piece::Between);
    pieces
}

/// The last piece that says something.
fn last<'a, 'b>(pieces: &'b [Piece<'a>]) -> Option<&'b Piece<'a>> {
    pieces.iter().rev().find(|piece| **piece != Piece::Between)
}

/// `6.1`, `6`, `6.x`, `6.01`: the series, and the number in it; none where all of the series is meant.
fn number(text: &str) -> Option<(u8, Option<u8>)> {
    let (series, rest) = text.split_once('.').map_or((text, None), |(series, rest)| (series, Some(rest)));
    let digits = |text: &str| {
        let digits = !text.is_empty() && text.len() <= 2 && text.bytes().all(|b| b.is_ascii_digit());
        text.parse::<u8>().ok().filter(|_| digits)
    };
    let rest = match rest {
        None | Some("x" | "X" | "*") => None,
        Some(rest) => Some(digits(rest)?),
    };
    Some((digits(series)?, rest))
}

fn at(id: &str) -> Option<usize> {
    CRITERIA.iter().position(|criterion| criterion.id == id)
}

/// The places of a criterion, or of all of a series, in the list of all.
fn places(letters: &str, (series, number): (u8, Option<u8>)) -> Option<(usize, usize)> {
    match number {
        Some(number) => at(&format!("{letters}{series}.{number}")).map(|at| (at, at)),
        None => {
            let of_series =
                |id: &str| id.strip_prefix(letters).and_then(|id| id.split_once('.')).map(|(s, _)| s.to_owned());
            let mut of = CRITERIA.iter().enumerate().filter(|(_, c)| of_series(c.id) == Some(series.to_string()));
            let first = of.next()?.0;
            Some((first, of.next_back().map_or(first, |(at, _)| at)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn criteria_are_read_as_auditors_write_them() {
        let series6 = "CC6.1 CC6.2 CC6.3 CC6.4 CC6.5 CC6.6 CC6.7 CC6.8";
        for (text, criteria, words) in [
            ("CC6.1, CC6.2", "CC6.1 CC6.2", ""),
            ("CC 6.1", "CC6.1", ""),
            ("CC6.1/CC6.2", "CC6.1 CC6.2", ""),
            ("CC6.1 & CC6.2", "CC6.1 CC6.2", ""),
            ("CC6.1-CC6.3", "CC6.1 CC6.2 CC6.3", ""),
            ("CC6.1 – 6.3", "CC6.1 CC6.2 CC6.3", ""),
            ("CC6.1-3", "CC6.1 CC6.2 CC6.3", ""),
            ("CC6.1 to CC6.3", "CC6.1 CC6.2 CC6.3", ""),
            ("CC6.7-CC7.2", "CC6.7 CC6.8 CC7.1 CC7.2", ""),
            ("CC6", series6, ""),
            ("CC6.x", series6, ""),
            ("CC 6", series6, ""),
            ("CC6.1 - Logical access", "CC6.1", "CC6.1 - Logical access"),
            ("N/A", "", ""),
            ("All", "", "All"),
            ("CC6.1\nCC6.2", "CC6.1 CC6.2", ""),
            ("CC6.01", "CC6.1", ""),
            ("CC6.1.", "CC6.1", ""),
            ("CC6.1 (a)", "CC6.1", "CC6.1 (a)"),
            ("TSC CC6.1", "CC6.1", ""),
            ("A1", "A1.1 A1.2 A1.3", ""),
            ("Security", "", "Security"),
            ("P1.1", "P1.1", ""),
            ("PI1.1", "PI1.1", ""),
            ("AC-01", "", "AC-01"),
            ("ISO A.9.2.1", "", "ISO A.9.2.1"),
            ("cc6.1|cc6.2", "CC6.1 CC6.2", ""),
            ("CC6.1 and CC6.2", "CC6.1 CC6.2", ""),
            ("Common Criteria", "", "Common Criteria"),
            ("CC7.2; A.8.15", "CC7.2", "A.8.15"),
            ("A.8.15", "", "A.8.15"),
            ("CC6.1, 6.2, 6.3", "CC6.1 CC6.2 CC6.3", ""),
            ("CC.6.1", "CC6.1", ""),
            ("CC-6.1", "CC6.1", ""),
            ("CC6.77", "", "CC6.77"),
            ("CC6.10", "", "CC6.10"),
            ("A-1", "", "A-1"),
            ("A1.2 + C1.1", "A1.2 C1.1", ""),
            ("CC6.1 CC6.2", "CC6.1 CC6.2", ""),
            ("CC6.1;;", "CC6.1", ""),
            ("(CC6.1)", "CC6.1", ""),
            ("", "", ""),
            ("CC6.3-CC6.1", "CC6.3 CC6.1", ""),
            ("NIST AC-2, CC6.2", "CC6.2", "NIST AC-2"),
            // Numbers of another catalogue are none of ours.
            ("CC6.1; ISO 27001 6.2", "CC6.1", "ISO 27001 6.2"),
            ("CC6.1, ISO 27001: 6.2, 6.3", "CC6.1", "ISO 27001: 6.2; 6.3"),
            ("CC6.1; 6.2 of ISO 27001", "CC6.1", "6.2 of ISO 27001"),
            ("CC6.1 / ISO27001 6.2", "CC6.1", "CC6.1 / ISO27001 6.2"),
            ("CC6.1 PCI DSS 6.2", "CC6.1", "CC6.1 PCI DSS 6.2"),
            ("CC6.1 v2.2", "CC6.1", "CC6.1 v2.2"),
            ("PCI DSS 6.2, CC6.1", "CC6.1", "PCI DSS 6.2"),
            ("ISO 27001 Annex A1.2; A1.2", "A1.2", "ISO 27001 Annex A1.2"),
            ("ISO 27001 A 1.2", "", "ISO 27001 A 1.2"),
            ("CIS C1.1, CC6.1", "CC6.1", "CIS C1.1"),
            ("COSO principle 1, CC1.1", "CC1.1", "COSO principle 1"),
            ("NIST CSF and CC6.1", "CC6.1", "NIST CSF and CC6.1"),
            // Nor are those of pages and items.
            ("CC6.1 (p. 3)", "CC6.1", "CC6.1 (p. 3)"),
            ("CC6.1 (p 3)", "CC6.1", "CC6.1 (p 3)"),
            ("CC6.1 (P. 3)", "CC6.1", "CC6.1 (P. 3)"),
            ("CC6.1, P 3", "CC6.1", "P 3"),
            ("CC6.1, p3", "CC6.1", "p3"),
            ("CC6.1 pp. 3-4", "CC6.1", "CC6.1 pp. 3-4"),
            ("CC6.1 page 6.2", "CC6.1", "CC6.1 page 6.2"),
            ("Review of a 1 year period", "", "Review of a 1 year period"),
            ("CC6.1 (c) 1.1", "CC6.1", "CC6.1 (c) 1.1"),
            ("CC6.1-3 (logical access)", "CC6.1 CC6.2 CC6.3", "CC6.1-3 (logical access)"),
            ("CC6.1-6.3 Logical access", "CC6.1 CC6.2 CC6.3", "CC6.1-6.3 Logical access"),
            ("CC6.1; 6.2", "CC6.1 CC6.2", ""),
            ("A 1.2, P 3.1", "A1.2 P3.1", ""),
            ("a1.2", "A1.2", ""),
            ("Availability A1.2", "A1.2", "Availability A1.2"),
        ] {
            let told = told(text);
            assert_eq!((told.criteria.join(" ").as_str(), told.words.join("; ").as_str()), (criteria, words), "{text}");
        }
    }
}
