//! Joins a file of people's own with a register of kickoff.toml: what is new is added, what is said otherwise is changed, and
//! nothing is taken out.

use std::collections::{BTreeSet, HashMap};
use std::path::Path;

use super::account::Account;
use super::entries::{Edits, Section, section};
use super::heads;
use super::ids::NewIds;
use super::kinds::{Field, Kind, Value, normal};
use super::matching::{self, Found, Index};
use super::outcome::{Change, ImportError, Imported, Options};
use super::read::{self, Sheet};
use super::told::{self, People, Reader, Told};
use super::{Ids, Register, SECRET};
use crate::dates::DateOrder;
use crate::file::Engagement;
use crate::problems::EngagementError;
use crate::read::LineStarts;
use crate::risks::RiskScale;
use crate::sheets::left::Why;
use crate::sheets::{self, Row, TableError, letters};

/// A row, read.
struct Draft<'a> {
    sheet: &'a Sheet<'a>,
    row: &'a Row,
    /// For each key what its cell holds, and what that says.
    cells: Vec<(String, Told)>,
    /// What is kept in the note.
    kept: Vec<String>,
}

impl Draft<'_> {
    fn place(&self) -> String {
        let sheet = self.sheet.name();
        if sheet.is_empty() {
            format!("row {}", self.row.number)
        } else {
            format!("row {} of {sheet}", self.row.number)
        }
    }

    fn is_same(&self, other: &Draft<'_>) -> bool {
        let said =
            |draft: &Draft<'_>| draft.cells.iter().map(|(_, told)| value(told).map(Value::cell)).collect::<Vec<_>>();
        said(self) == said(other) && self.kept == other.kept
    }
}

fn value(told: &Told) -> Option<&Value> {
    match told {
        Told::Value(value) | Told::Mended(value, _) => Some(value),
        _ => None,
    }
}

/// Takes a file as entries of a register of a text of kickoff.toml. `shown` is that text as it is handed to others, where
/// something of it is masked: what comes back masked changes nothing.
///
/// # Errors
/// The text cannot be used; the file cannot be read, or holds what cannot be. Nothing is changed then.
pub fn import(
    register: &'static Register,
    toml: (&Path, &str),
    shown: Option<&str>,
    file: &Path,
    options: &Options,
) -> Result<Imported, ImportError> {
    from_bytes(register, toml, shown, (file, &sheets::bytes(file)?), options)
}

/// As [`import`], from the bytes of a file.
pub(crate) fn from_bytes(
    register: &'static Register,
    (path, text): (&Path, &str),
    shown: Option<&str>,
    (file, bytes): (&Path, &[u8]),
    options: &Options,
) -> Result<Imported, ImportError> {
    let before = Engagement::parse(path, text)?;
    let unread = |what: String| ImportError::of(vec![format!("{}: {what}", path.display())]);
    let known = section(text, register.section).map_err(unread)?;
    let masked = shown.map(|shown| section(shown, register.section)).transpose().map_err(unread)?;
    let fields = register.fields();
    said_right(register, &fields, options)?;
    let tables = sheets::tables(file, bytes, &|cells| heads::known(register.name, cells))?;
    let read = read::read(file, &tables, register, &fields, &options.columns)
        .map_err(|problems| ImportError::of(problems.iter().map(ToString::to_string).collect()))?;
    let people = People::of(&before.people);
    let mut merge = Merge {
        register,
        fields: &fields,
        known: &known,
        masked: masked.as_ref().filter(|masked| masked.entries.len() == known.entries.len()),
        scale: Some(&before.risk_scale).filter(|scale| register.of == "Risk" && !scale.is_ours()),
        account: Account { sheets_left: read.left.clone(), ..Account::default() },
        problems: Vec::new(),
        asks_dates: false,
        changes: Vec::new(),
        edits: Edits::new(text),
        wrong: BTreeSet::new(),
        touched: HashMap::new(),
    };
    let mut drafts = Vec::new();
    let pool = DateOrder::of(
        read.sheets.iter().flat_map(|sheet| merge.days(sheet)).collect::<Vec<_>>().iter().map(String::as_str),
    );
    for sheet in &read.sheets {
        drafts.extend(merge.sheet(sheet, &people, options, pool));
    }
    if drafts.is_empty() && merge.problems.is_empty() {
        let left: Vec<String> = merge.account.sheets_left.iter().map(|(name, why)| format!("{name} ({why})")).collect();
        let left = if left.is_empty() { String::new() } else { format!("; left out: {}", left.join(", ")) };
        return Err(
            TableError::of_file(file, format!("has its heads, and no {} under them{left}", register.several)).into()
        );
    }
    merge.join(&drafts, options);
    merge.finish(path, text, file, &drafts)
}

/// Whether what is said of columns and fillings names keys that there are.
fn said_right(register: &Register, fields: &[Field], options: &Options) -> Result<(), ImportError> {
    let mut problems = Vec::new();
    let keys = options.columns.keys.iter().chain(&options.fill).map(|(key, _)| key);
    for key in keys.filter(|key| !fields.iter().any(|field| field.key == **key)) {
        let near = crate::nearest(key, fields.iter().map(|field| field.key));
        problems.push(format!("{} have no key `{key}`{near}", register.several));
    }
    if !options.columns.kept.is_empty() && !fields.iter().any(|field| field.key == "note") {
        problems.push(format!("{} have no `note` to keep a column in", register.several));
    }
    if problems.is_empty() { Ok(()) } else { Err(ImportError::of(problems)) }
}

/// What a row says under a key, as a cell has it.
fn said(fields: &[Field], draft: &Draft<'_>, key: &str) -> String {
    let at = fields.iter().position(|field| field.key == key);
    let Some((cell, told)) = at.and_then(|at| draft.cells.get(at)) else { return String::new() };
    value(told).map_or_else(|| cell.clone(), Value::cell)
}

struct Merge<'a> {
    register: &'static Register,
    fields: &'a [Field],
    known: &'a Section,
    masked: Option<&'a Section>,
    /// What risks are rated on, where it is not ours.
    scale: Option<&'a RiskScale>,
    account: Account,
    problems: Vec<TableError>,
    asks_dates: bool,
    changes: Vec<Change>,
    edits: Edits<'a>,
    /// The drafts in which something is wrong.
    wrong: BTreeSet<usize>,
    /// The entries that were changed or will be added, by number, and the drafts that say so.
    touched: HashMap<usize, usize>,
}

impl Merge<'_> {
    /// What the columns of days hold.
    fn days(&self, sheet: &Sheet<'_>) -> Vec<String> {
        let days = self.fields.iter().filter(|field| field.kind == Kind::Day);
        days.flat_map(|field| sheet.rows.iter().map(|row| sheet.cell(field.key, row))).collect()
    }

    /// Reads the rows of a sheet.
    fn sheet<'s>(
        &mut self,
        sheet: &'s Sheet<'s>,
        people: &People<'_>,
        options: &Options,
        pool: Option<DateOrder>,
    ) -> Vec<Draft<'s>> {
        self.account.sheets.push((sheet.name().to_owned(), sheet.rows.len()));
        for (why, row) in &sheet.left {
            self.account.leave_row(sheet.name(), *why, *row);
        }
        self.columns_left(sheet);
        self.scales(sheet);
        let orders: Vec<Option<DateOrder>> = self
            .fields
            .iter()
            .map(|field| {
                let cells: Vec<String> = match field.kind {
                    Kind::Day => sheet.rows.iter().map(|row| sheet.cell(field.key, row)).collect(),
                    _ => Vec::new(),
                };
                options.dates.or_else(|| DateOrder::of(cells.iter().map(String::as_str))).or(pool)
            })
            .collect();
        let mut drafts = Vec::with_capacity(sheet.rows.len());
        for row in &sheet.rows {
            let cells = self.fields.iter().zip(&orders).map(|(field, order)| {
                let reader = Reader {
                    register: self.register.name,
                    people,
                    dates: *order,
                    from_1904: sheet.table.from_1904,
                    own: sheet.own,
                    scale: self.scale,
                };
                let cell = normal(&sheet.cell(field.key, row));
                if cell.is_empty() && sheet.is_unknown(field.key, row) {
                    let what = "holds a formula without its value, or an error: open the file in a spreadsheet program and save it, or paste the values in its place";
                    return (cell, Told::Wrong(what.to_owned()));
                }
                let told = reader.told(field, &cell);
                (cell, told)
            });
            let kept = sheet.columns.kept.iter().filter(|at| !row.cell(**at).is_empty());
            let kept = kept.map(|at| match sheet.columns.head(*at) {
                "" => normal(row.cell(*at)),
                head => format!("{}: {}", normal(head), normal(row.cell(*at))),
            });
            if row.shortened.iter().chain(&row.struck).any(|at| sheet.columns.has(*at)) {
                self.account.shortened.push((sheet.name().to_owned(), row.number));
            }
            drafts.push(Draft { sheet, row, cells: cells.collect(), kept: kept.collect() });
        }
        drafts
    }

    /// Names the columns that have something in them and are not read.
    fn columns_left(&mut self, sheet: &Sheet<'_>) {
        if sheet.table.beyond {
            self.account.leave_column("beyond the 200th", "not read here");
        }
        let width = sheet.rows.iter().map(|row| row.cells.len()).max().unwrap_or_default();
        for at in (0..width).filter(|at| !sheet.columns.has(*at)) {
            if sheet.rows.iter().all(|row| row.cell(at).is_empty()) {
                continue;
            }
            let why = if sheet.table.hidden_columns.contains(&at) {
                "hidden"
            } else if sheet.columns.reckoned.contains(&at) {
                "reckoned here"
            } else {
                "not read here"
            };
            let head = sheet.columns.head(at);
            let letters = letters(at);
            self.account.leave_column(if head.trim().is_empty() { &letters } else { head }, why);
        }
    }

    /// Figures of another scale are no figures of ours.
    fn scales(&mut self, sheet: &Sheet<'_>) {
        for field in self.fields {
            let (Kind::Number(least, most), Some(at)) = (&field.kind, sheet.columns.place(field.key)) else {
                continue;
            };
            let own =
                told::levels(self.scale, field.key).and_then(|levels| levels.all().first().zip(levels.all().last()));
            let (least, most) = own.map_or((*least, *most), |(least, most)| (least.value.into(), most.value.into()));
            let given = heads::scale(sheet.columns.head(at));
            if let Some((from, to)) = given.filter(|given| *given != (least, most)) {
                let what = format!(
                    "is on a scale of {from} to {to}, and `{}` takes {least} to {most}: put its figures on that scale first",
                    field.key
                );
                self.problems.push(sheet.table.error(None, Some((at, sheet.columns.head(at))), what));
            }
        }
    }

    fn field(&self, key: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.key == key)
    }

    fn wrong(&mut self, number: usize, draft: &Draft<'_>, key: &str, what: impl Into<String>) {
        self.problems.push(draft.sheet.error(draft.row, key, what));
        self.wrong.insert(number);
    }

    /// Finds the entry of each row, and changes or adds it.
    fn join(&mut self, drafts: &[Draft<'_>], options: &Options) {
        let mut index = Index::new(self.register, &self.known.entries);
        let mut ids =
            NewIds::new(self.register, &self.known.entries, drafts.iter().map(|draft| said(self.fields, draft, "id")));
        let mut seen: HashMap<usize, usize> = HashMap::new();
        let mut fresh: HashMap<Vec<String>, usize> = HashMap::new();
        let mut added = 0;
        for (number, draft) in drafts.iter().enumerate() {
            let (fields, register) = (self.fields, self.register);
            let cell = |key: &str| said(fields, draft, key);
            let found = index.find(&matching::Row { cell: &cell });
            let name = matching::name(register, &cell);
            let at = match found {
                Found::Unclear(what) => {
                    self.wrong(number, draft, "", format!("`{name}` {what}"));
                    continue;
                }
                Found::Alike(at) => {
                    self.account.take_as(format!("`{name}` as {}", index.name(at)));
                    Some(at)
                }
                Found::Entry(at) => Some(at),
                Found::New => None,
            };
            let before = match at {
                Some(at) => seen.insert(at, number),
                // Where nothing tells entries apart, those that are the same word for word are one.
                None if self.register.ids.is_none() => {
                    let all: Vec<String> = draft.cells.iter().map(|(cell, _)| cell.clone()).collect();
                    fresh.insert(all, number)
                }
                None => matching::key(register, &cell).and_then(|key| fresh.insert(key, number)),
            };
            if let Some(other) = before.and_then(|before| drafts.get(before)) {
                if draft.is_same(other) {
                    self.account.leave_row(draft.sheet.name(), Why::Twice, draft.row.number);
                } else {
                    let what = format!("`{name}` stands in {} as well, and says something else there", other.place());
                    self.wrong(number, draft, if self.register.ids.is_some() { "id" } else { "" }, what);
                }
                continue;
            }
            match at {
                Some(at) => self.change(number, draft, at, &index.name(at)),
                None => {
                    if self.add(number, draft, options, &mut ids) {
                        self.touched.insert(self.known.entries.len() + added, number);
                        added += 1;
                    }
                }
            }
        }
        let absent = (0..self.known.entries.len()).filter(|at| !seen.contains_key(at));
        self.account.absent = absent.map(|at| index.name(at)).collect();
    }

    /// What is kept of a row in the note, after what stands there.
    fn note(&self, draft: &Draft<'_>, note: String) -> String {
        draft.kept.iter().fold(note, |note, line| match () {
            () if note.lines().any(|known| known == line) || note.contains(line.as_str()) => note,
            () if note.is_empty() => line.clone(),
            () => format!("{note}\n{line}"),
        })
    }

    /// What a cell says; what is open or wrong in it is told.
    fn heard(&mut self, number: usize, draft: &Draft<'_>, key: &str, cell: &str, told: &Told) -> Heard {
        match told {
            Told::Nothing => Heard::Nothing,
            Told::Value(value) => Heard::Value(value.clone()),
            Told::Mended(value, how) => {
                self.account.take_as(format!("{key} {how}"));
                Heard::Value(value.clone())
            }
            Told::Open => {
                self.account.open(key, cell);
                Heard::Nothing
            }
            Told::Wrong(what) | Told::Either(what) => {
                self.asks_dates |= matches!(told, Told::Either(_));
                self.wrong(number, draft, key, what.clone());
                Heard::Wrong
            }
        }
    }

    fn change(&mut self, number: usize, draft: &Draft<'_>, at: usize, name: &str) {
        let (known, masked) = (self.known, self.masked);
        let Some(entry) = known.entries.get(at) else { return };
        let before = self.changes.len();
        for (field, (cell, told)) in self.fields.iter().zip(&draft.cells) {
            let key = field.key;
            let was = entry.cell(key);
            let given = if key == "note" && !draft.kept.is_empty() {
                let is_open = cell.is_empty() || told::says_nothing(self.register.name, field, cell);
                let base = if is_open { was.clone() } else { cell.clone() };
                self.note(draft, base)
            } else {
                cell.clone()
            };
            let is_masked =
                masked.and_then(|masked| masked.entries.get(at)).is_some_and(|masked| masked.cell(key) == given);
            if given.is_empty() && !matches!(told, Told::Wrong(_)) || given == was || is_masked {
                continue;
            }
            // A dash takes nobody's words away.
            if told::says_nothing(self.register.name, field, &given) {
                self.account.open(key, &given);
                continue;
            }
            let heard = if given == *cell {
                self.heard(number, draft, key, cell, told)
            } else {
                Heard::Value(Value::Text(given))
            };
            let Heard::Value(new) = heard else { continue };
            if key == "id" || is_same(&new, entry.values.get(key)) || self.is_level(key, &new, &was) {
                continue;
            }
            if key == "state" && !draft.sheet.own && self.is_decided(&was, &new, name, cell) {
                continue;
            }
            self.edits.set(entry, key, &new);
            self.changes.push(Change {
                entry: name.to_owned(),
                key: Some(key.to_owned()),
                old: if SECRET.contains(&key) { String::new() } else { was },
                new: if SECRET.contains(&key) { "(not shown)".to_owned() } else { new.cell() },
            });
        }
        if self.changes.len() > before {
            self.account.changed += 1;
            self.touched.insert(at, number);
        } else if !self.wrong.contains(&number) {
            self.account.same += 1;
        }
    }

    /// Whether two words or figures are one level of the company's own scale.
    fn is_level(&self, key: &str, new: &Value, was: &str) -> bool {
        let levels = told::levels(self.scale, key);
        levels
            .is_some_and(|levels| levels.level_of(was).is_some_and(|level| levels.level_of(&new.cell()) == Some(level)))
    }

    /// Whether the decision on a risk stays as it is: a list that has it as decided says no more than that, and one that has it as
    /// open undoes nobody's decision, which is told.
    fn is_decided(&mut self, was: &str, new: &Value, name: &str, cell: &str) -> bool {
        let is_taken = ["accepted", "edited"].contains(&was);
        if (is_taken || was == "rejected") && new.cell() == "proposed" {
            self.account.take_as(format!("{name} stays {was}, though its state is `{cell}`"));
            return true;
        }
        is_taken && new.cell() == "accepted"
    }

    /// Adds a row as an entry; false where something of it is wrong.
    fn add(&mut self, number: usize, draft: &Draft<'_>, options: &Options, ids: &mut NewIds) -> bool {
        let mut entry: Vec<(String, Value)> = Vec::new();
        let cells: Vec<(&Field, &(String, Told))> = self.fields.iter().zip(&draft.cells).collect();
        for (field, (cell, told)) in cells {
            let key = field.key;
            let mut found = match self.heard(number, draft, key, cell, told) {
                Heard::Value(value) => Some(value),
                Heard::Nothing => None,
                Heard::Wrong => continue,
            };
            if key == "note" && !draft.kept.is_empty() {
                found = Some(Value::Text(self.note(draft, found.map(|value| value.cell()).unwrap_or_default())));
            }
            if found.is_none() && key == "id" && self.register.ids != Some(Ids::Itself) {
                let words = |key: &str| said(self.fields, draft, key);
                if let Some(made) = ids.make(&words) {
                    self.account.made.push(made.clone());
                    found = Some(Value::Text(made));
                }
            }
            let found = match found {
                Some(found) => Some(found),
                None => match self.filled(key, options) {
                    Some(words) => match self.fill(field, words) {
                        Ok(value) => Some(value),
                        Err(what) => {
                            self.wrong(number, draft, key, what);
                            continue;
                        }
                    },
                    None => None,
                },
            };
            match found {
                Some(value) => entry.push((key.to_owned(), value)),
                None if field.required => {
                    let what = if *told == Told::Open {
                        format!("says `{cell}`, and is needed")
                    } else if draft.sheet.has(key) {
                        "is empty".to_owned()
                    } else {
                        format!(
                            "is missing: say which column it is, --columns {key}=HEAD, or what all new ones get, --fill {key}=WORDS"
                        )
                    };
                    self.wrong(number, draft, key, what);
                }
                None => {}
            }
        }
        if self.wrong.contains(&number) {
            return false;
        }
        let told =
            |key: &str| entry.iter().find(|(known, _)| known == key).map(|(_, value)| value.cell()).unwrap_or_default();
        let first = self.register.natural.iter().flat_map(|keys| keys.iter()).find(|key| !told(key).is_empty());
        self.changes.push(Change {
            entry: matching::name(self.register, &told),
            key: None,
            old: String::new(),
            new: first.map(|key| told(key)).unwrap_or_else(|| told("name")),
        });
        self.account.new += 1;
        self.edits.add(entry);
        true
    }

    fn filled<'o>(&self, key: &str, options: &'o Options) -> Option<&'o str> {
        let given = options.fill.iter().find(|(known, _)| known == key).map(|(_, words)| words.as_str());
        given.or_else(|| self.register.new.iter().find(|(known, _)| *known == key).map(|(_, words)| *words))
    }

    /// What new entries get, as a value.
    fn fill(&self, field: &Field, words: &str) -> Result<Value, String> {
        let people = People::default();
        let reader = Reader {
            register: self.register.name,
            people: &people,
            dates: None,
            from_1904: false,
            own: false,
            scale: self.scale,
        };
        match reader.told(field, words) {
            // Whether there is such a person is told with the rest.
            _ if field.kind == Kind::Person => Ok(Value::Text(words.to_owned())),
            Told::Value(value) | Told::Mended(value, _) => Ok(value),
            Told::Wrong(what) | Told::Either(what) => Err(what),
            Told::Open | Told::Nothing => Err(format!("`{words}` says nothing")),
        }
    }

    /// Writes the text anew, and holds it against all that the file must be.
    fn finish(mut self, path: &Path, text: &str, file: &Path, drafts: &[Draft<'_>]) -> Result<Imported, ImportError> {
        let mut new = text.to_owned();
        if !self.edits.is_empty() {
            new = self
                .edits
                .apply(self.known, self.register.section)
                .map_err(|what| ImportError::of(vec![format!("{}: {what}", path.display())]))?;
            if let Err(error) = Engagement::parse(path, &new) {
                self.problems_of(&error, &new, file, drafts);
            }
        }
        if !self.problems.is_empty() {
            let mut seen = BTreeSet::new();
            let problems = self.problems.iter().map(ToString::to_string).filter(|line| seen.insert(line.clone()));
            return Err(ImportError { problems: problems.collect(), asks_dates: self.asks_dates });
        }
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Imported { text: new, account: self.account.line(&name), changes: self.changes })
    }

    /// What is wrong with the text that would be written, told of the rows that bring it.
    fn problems_of(&mut self, error: &EngagementError, new: &str, file: &Path, drafts: &[Draft<'_>]) {
        let starts = LineStarts::new(new);
        let entries = section(new, self.register.section).map(|section| section.entries).unwrap_or_default();
        let lines: Vec<(usize, usize)> =
            entries.iter().map(|entry| (starts.line(entry.range.start), starts.line(entry.range.end))).collect();
        for problem in error.problems() {
            let at = problem.line.and_then(|line| lines.iter().position(|(from, to)| (*from..=*to).contains(&line)));
            let draft = at.and_then(|at| self.touched.get(&at)).and_then(|number| drafts.get(*number));
            let key = problem.key.rsplit('.').next().unwrap_or_default();
            let told = match draft {
                Some(draft) if self.field(key).is_some() => draft.sheet.error(draft.row, key, problem.what.clone()),
                Some(draft) => draft.sheet.error(draft.row, "", problem.to_string()),
                None => TableError::of_file(file, format!("kickoff.toml would not be right any more: {problem}")),
            };
            self.problems.push(told);
        }
    }
}

/// What became of a cell.
enum Heard {
    Value(Value),
    /// It says nothing that is taken.
    Nothing,
    /// It cannot be read.
    Wrong,
}

/// Whether a value says what stands there: lists of names have no order.
fn is_same(new: &Value, old: Option<&Value>) -> bool {
    match (new, old) {
        (Value::List(new), Some(Value::List(old))) => {
            new.iter().collect::<BTreeSet<_>>() == old.iter().collect::<BTreeSet<_>>()
        }
        (new, Some(old)) => new.cell() == old.cell(),
        (_, None) => false,
    }
}
