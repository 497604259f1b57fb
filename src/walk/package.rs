//! The evidence package of a run: decided again from the stored answers, rendered, sealed.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read, Seek as _, Write};
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use kickoff_checks::{Check, Selection};
use kickoff_engagement::carried::{self, Carried};
use kickoff_engagement::{Engagement, Report, ReportType};
use kickoff_evidence::package::{ChainLine, Details, LeftOut, PackageError, PackageWriter, Sealed};
use kickoff_evidence::{Exchange, Run, RunMetadata, Tool, sha256_hex};
use kickoff_policy::access::Access;
use kickoff_policy::review::Review;
use kickoff_reports::html;
use kickoff_reports::inventory::{Inventory, inventory};
use kickoff_reports::outcomes::outcomes;
use kickoff_reports::package::{
    Control, Dossier, PackageParts, Sources, evidence, management_report, ocsf, registers, short_name, start_here,
    workbook, workpaper,
};
use kickoff_reports::paper::{Fonts, Paper, pdf};
use kickoff_reports::results::{Document, day};

use super::carry;
use super::decided::{Decided, decide, decide_in};
use super::estate::{Asked, Told};
use super::failure::Failure;
use super::news::{Listener, News};
use super::opened::{Opened, Registers};
use super::replay::replay;
use super::review::reviewed;
use super::scratch;
use super::seal::Seals;
use super::source::{Source, locked};
use super::version::VERSION;

/// What a package is made from, and how it is sealed.
pub struct Order<'a> {
    /// The run.
    pub run: &'a Arc<Run>,
    /// kickoff.toml, with the day that the package is for.
    pub opened: &'a Opened,
    /// The folder that the ZIP is written into.
    pub out: &'a Path,
    /// Who signs and stamps it.
    pub seals: &'a Seals,
    /// Whether the documents themselves are carried.
    pub with_documents: bool,
    /// The fonts of its papers.
    pub fonts: &'a Fonts,
    /// Who hears of what takes a while.
    pub listener: &'a dyn Listener,
}

/// A run that was decided again from its stored answers.
pub struct Replayed {
    /// What was stored.
    pub source: Source,
    /// What was decided from it.
    pub decided: Decided,
    /// What the run was made for and is not in the results.
    pub left_out: Vec<LeftOut>,
}

impl Replayed {
    /// Decides the checks that the run was made for, as far as this version has them, with the numbers of a folder of runs.
    ///
    /// # Errors
    /// The run has no check that this version knows, or its answers or the numbers cannot be read.
    pub fn of(run: &Arc<Run>, engagement: &Engagement, runs: Option<(&Path, &dyn Listener)>) -> Result<Self, Failure> {
        let (known, unknown) = known(run);
        if known.is_empty() {
            return Err(Failure::Usage(format!("{} has no check that this version knows", run.metadata.id)));
        }
        let selection = Selection(known);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let mut source = runtime.block_on(replay(run, &selection.needs_in(&run.metadata.needs)))?;
        let decided = match runs {
            Some((runs, listener)) => decide_in(runs, &mut source, &selection, engagement, listener)?,
            None => decide(&mut source, &selection, engagement)?,
        };
        let left_out = unknown.iter().map(|id| lost(id)).collect();
        Ok(Self { source, decided, left_out })
    }
}

/// Checks that a run was made for and that were not decided, with the reason.
pub(super) fn not_decided(run: &Run, selection: &Selection) -> Vec<LeftOut> {
    let chosen = |id: &&String| selection.0.iter().any(|check| check.meta.id == id.as_str());
    let others = run.metadata.checks.iter().filter(|id| !chosen(id));
    let unasked = |id: &String| LeftOut { what: format!("the results of {id}"), why: "it was not selected".to_owned() };
    others.map(|id| if Check::get(id).is_some() { unasked(id) } else { lost(id) }).collect()
}

fn lost(id: &str) -> LeftOut {
    LeftOut {
        what: format!("the results of {id}"),
        why: format!("the run was made for this check, and kickoff {VERSION} does not have it"),
    }
}

/// The checks that a run was made for: those that this version has, and the ids of the others.
pub(super) fn known(run: &Run) -> (Vec<&'static Check>, Vec<String>) {
    let (known, unknown): (Vec<&String>, Vec<&String>) =
        run.metadata.checks.iter().partition(|id| Check::get(id).is_some());
    (known.into_iter().filter_map(|id| Check::get(id)).collect(), unknown.into_iter().cloned().collect())
}

/// What a dossier needs besides results: worked out once from facts and kickoff.toml.
pub struct Parts {
    registers: Registers,
    inventory: Inventory,
    access: Option<Access>,
    review: Option<Review>,
    /// The digests of all answers, and the digest of those.
    pub digests: String,
    digest: String,
    /// Whether the results that the run recorded came out again, byte for byte.
    pub reperformed: bool,
}

impl Parts {
    /// Works them out.
    ///
    /// # Errors
    /// The facts or the request list cannot be read.
    pub fn of(run: &Run, opened: &Opened, replayed: &Replayed) -> Result<Self, Failure> {
        let Replayed { source, decided, .. } = replayed;
        let mut told = Told::default();
        let inventory =
            source.facts.each(|accounts| inventory(accounts.inspect(|facts| told.add(facts)), &opened.file))?;
        let asked = told.asked(source.metadata.started, &opened.file);
        let access = asked.as_ref().map(Asked::access);
        let review = asked.as_ref().zip(access.as_ref()).map(|(asked, access)| reviewed(asked, access));
        let digests = evidence::digests(&decided.document);
        Ok(Self {
            registers: opened.registers(Some(&outcomes(&decided.document, &opened.file)))?,
            inventory,
            access,
            review,
            digest: sha256_hex(digests.as_bytes()),
            digests,
            // The results that the run recorded when it was made: the same again, and they were re-performed.
            reperformed: is_recorded(run, &decided.document)?,
        })
    }

    /// Everything that kickoff.toml names, each with its place in the package.
    pub fn carried(&self, opened: &Opened) -> Vec<Carried> {
        carried::plan(&opened.file, &self.registers.documents, &self.registers.attestations, opened.folder())
    }

    /// `carried` is what the package carries of the documents themselves.
    pub fn dossier<'a>(
        &'a self,
        opened: &'a Opened,
        replayed: &'a Replayed,
        carried: Option<&'a [Carried]>,
    ) -> Dossier<'a> {
        Dossier::new(Sources {
            document: &replayed.decided.document,
            engagement: &opened.file,
            documents: &self.registers.documents,
            carried,
            requests: &self.registers.requests,
            findings: &self.registers.findings,
            risks: &self.registers.risks,
            returned: &self.registers.reviews,
            inventory: &self.inventory,
            ids: &replayed.source.numbered.ids,
            review: self.review.as_ref(),
            access: self.access.as_ref(),
            deviations: &replayed.decided.deviations,
            reperformed: self.reperformed,
            digest: &self.digest,
        })
    }
}

/// Whether a document is, byte for byte, the one that the run recorded.
fn is_recorded(run: &Run, document: &Document) -> Result<bool, Failure> {
    let Ok(file) = fs::File::open(run.path().join("results.json")) else { return Ok(false) };
    Ok(is_written(document, io::BufReader::new(file))?)
}

/// Whether a document is, byte for byte, what a reader gives.
pub(super) fn is_written(document: &Document, recorded: impl Read) -> io::Result<bool> {
    Compared::with(recorded, &mut |to| document.write_json(to))
}

/// Compares what is written with what a reader gives.
pub(super) struct Compared<R> {
    recorded: R,
    same: bool,
}

impl<R: Read> Compared<R> {
    /// Whether the two are the same to the end.
    pub(super) fn with(recorded: R, write: &mut dyn FnMut(&mut dyn Write) -> io::Result<()>) -> io::Result<bool> {
        let mut compared = Self { recorded, same: true };
        let mut writer = io::BufWriter::with_capacity(1 << 16, &mut compared);
        write(&mut writer)?;
        writer.flush()?;
        drop(writer);
        Ok(compared.same && compared.recorded.read(&mut [0])? == 0)
    }
}

impl<R: Read> Write for Compared<R> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.same {
            let mut recorded = vec![0; bytes.len()];
            self.same = self.recorded.read_exact(&mut recorded).is_ok() && recorded == bytes;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn failed(error: PackageError) -> Failure {
    Failure::usage(&error)
}

/// Writes the package of a run.
///
/// # Errors
/// The chain or the answers cannot be read, the package cannot be written, signed or stamped, or its documents are too many.
pub fn write(order: &Order<'_>, replayed: &Replayed, parts: &Parts) -> Result<Sealed, Failure> {
    let (run, engagement) = (order.run, &order.opened.file);
    let planned = order.with_documents.then(|| parts.carried(order.opened));
    if let Some(why) = planned.as_ref().and_then(|planned| carried::too_many(carried::total(planned).1)) {
        return Err(Failure::Usage(why));
    }
    // Two packages at once would take the same name and follow the same line of the chain.
    let chain = &order.seals.chain;
    let _lock = locked(chain.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")), order.listener)?;
    let name = free_name(order.out, engagement, &run.metadata, &chained(chain)?);
    kickoff_evidence::create_private_directory(order.out).map_err(|error| Failure::usage(&error))?;
    let path = order.out.join(format!("{name}.zip"));
    let mut package = PackageWriter::create(&path, &name, run.metadata.started).map_err(failed)?;
    let mut left_out = replayed.left_out.clone();
    let carried = planned.map(|planned| carry::documents(&mut package, order.opened.folder(), planned)).transpose()?;
    if let Some(carried) = &carried {
        order.listener.hear(News::Carried(carried));
    }
    match &carried {
        Some(carried) => left_out.extend(carry::left_out(carried)),
        None => left_out.push(LeftOut {
            what: carried::FOLDER.trim_end_matches('/').to_owned(),
            why: "the documents themselves are carried only where that is asked for (`--with-documents`)".to_owned(),
        }),
    }
    let dossier = parts.dossier(order.opened, replayed, carried.as_deref());
    evidence_files(&mut package, &dossier, run, &parts.digests)?;
    machine_files(&mut package, replayed, order.opened, &mut left_out)?;
    // Cut, not rounded: a package is not made half a second from now.
    let created = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second()).unwrap_or_default();
    let made = PackageParts { files: &[], key: None, name: &name, made: created };
    rendered(&mut package, &dossier, order, made, &mut left_out)?;
    let details = Details {
        run: run.metadata.id.clone(),
        tool: Tool { name: "kickoff".to_owned(), version: VERSION.to_owned() },
        created,
        left_out,
        earlier_chain: chain.is_file().then(|| chain.clone()),
    };
    let unsealed = package.manifest(&details, order.seals.signer.as_deref()).map_err(failed)?;
    let stamp = order.seals.stamp(&unsealed.digest())?;
    let sealed = unsealed.finish(stamp.as_deref()).map_err(failed)?;
    kickoff_evidence::write_private(chain, &sealed.chain).map_err(|error| Failure::usage(&error))?;
    Ok(sealed)
}

/// `20_evidence/`: each item with its answers, which are read from the run one item at a time.
fn evidence_files(package: &mut PackageWriter, dossier: &Dossier<'_>, run: &Run, digests: &str) -> Result<(), Failure> {
    for item in &dossier.sources.document.evidence {
        let exchanges = exchanges(run, &item.account, item.exchanges.iter().map(|exchange| exchange.position))?;
        for file in evidence::files(dossier, item, &exchanges)? {
            package.file(&file.path, &file.bytes).map_err(failed)?;
        }
    }
    package.file(evidence::DIGESTS, digests.as_bytes()).map_err(failed)
}

/// Exchanges of an account, as they were recorded, by their positions.
pub(super) fn exchanges(
    run: &Run,
    account: &str,
    positions: impl Iterator<Item = u32>,
) -> Result<Vec<Exchange>, Failure> {
    let Some(archive) = run.archive(account) else { return Ok(Vec::new()) };
    positions.map(|position| archive.read(position)).collect::<Result<_, _>>().map_err(|error| Failure::usage(&error))
}

/// `60_machine/`: what a verification decides again from, and compares with.
fn machine_files(
    package: &mut PackageWriter,
    replayed: &Replayed,
    opened: &Opened,
    left_out: &mut Vec<LeftOut>,
) -> Result<(), Failure> {
    let Replayed { source, decided, .. } = replayed;
    let mut metadata = serde_json::to_vec_pretty(&source.metadata).map_err(|error| Failure::usage(&error))?;
    metadata.push(b'\n');
    package.file("60_machine/run.json", &metadata).map_err(failed)?;
    package.file("60_machine/ids.json", &decided.ids.to_json()).map_err(failed)?;
    for text in source.facts.texts(&source.numbered) {
        let (account, text) = text?;
        package.file(&format!("60_machine/facts/{account}.json"), &text).map_err(failed)?;
    }
    let written = package.stream("60_machine/results.json", |to| {
        let mut to = io::BufWriter::with_capacity(1 << 16, to);
        decided.document.write_json(&mut to)?;
        to.flush()
    });
    written.map_err(failed)?;
    match opened.without_secrets()? {
        Some(text) => package.file("60_machine/kickoff.toml", text.as_bytes()).map_err(failed)?,
        None => left_out.push(LeftOut {
            what: "60_machine/kickoff.toml".to_owned(),
            why: "there is no kickoff.toml: scope and thresholds are the defaults".to_owned(),
        }),
    }
    Ok(())
}

/// What people read. Papers and sheets come last, when it is known what else there is.
fn rendered(
    package: &mut PackageWriter,
    dossier: &Dossier<'_>,
    order: &Order<'_>,
    parts: PackageParts<'_>,
    left_out: &mut Vec<LeftOut>,
) -> Result<(), Failure> {
    let told = |what: String, why: String| LeftOut { what, why };
    let registers = registers(dossier);
    for table in &registers.tables {
        package.stream(&table.path, |to| table.write(to).map(drop)).map_err(failed)?;
    }
    left_out.extend(registers.left_out.into_iter().map(|(what, why)| told(what, why)));
    package.stream("60_machine/ocsf_2003.jsonl", |to| ocsf::write(dossier, to).map(drop)).map_err(failed)?;
    package.stream("03_Explorer.html", |to| html::write(dossier, Some(order.run), true, to)).map_err(failed)?;
    let mut book = scratch::file()?;
    let sheets = workbook::workbook(dossier, &mut book).map_err(|error| Failure::usage(&error))?;
    book.rewind()?;
    package.stream("02_Workbook.xlsx", |to| io::copy(&mut book, to).map(drop)).map_err(failed)?;
    left_out.extend(
        sheets.left_out.into_iter().map(|(sheet, why)| told(format!("02_Workbook.xlsx, {sheet}"), why.to_owned())),
    );
    let render = |paper: &Paper| pdf(paper, order.fonts).map_err(|error| Failure::usage(&error));
    for control in &dossier.controls {
        let bytes = render(&workpaper(dossier, control))?;
        package.file(&workpaper_path(control), &bytes).map_err(failed)?;
    }
    package.file("01_Management_Report.pdf", &render(&management_report(dossier))?).map_err(failed)?;
    left_out.extend(NOT_OF_ONE_RUN.map(|(what, why)| told(what.to_owned(), why.to_owned())));
    let mut files: Vec<String> = package.names().map(str::to_owned).collect();
    files.extend(["00_START_HERE.pdf", "90_integrity/MANIFEST.sha256"].map(str::to_owned));
    files.extend(order.seals.signer.is_some().then(|| "90_integrity/manifest.sig".to_owned()));
    let start = start_here(dossier, &PackageParts { files: &files, ..parts });
    package.file("00_START_HERE.pdf", &render(&start)?).map_err(failed)
}

/// Where the workpaper of a control stands.
pub(super) fn workpaper_path(control: &Control<'_>) -> String {
    let criterion = control.check.meta.criteria.first().copied().unwrap_or("none");
    format!("10_workpapers/{criterion}/{}.pdf", control.id)
}

/// What a package could have and one run cannot fill.
const NOT_OF_ONE_RUN: [(&str, &str); 3] = [
    ("04_Kickoff_Brief.docx", "the brief has its own command, `kickoff report --brief`"),
    ("50_timeline", "one run has no timeline: it takes a series of runs"),
    ("60_machine/oscal", "OSCAL is not written by this version"),
];

/// The name of the package: the entity, the report with its days, the run with its day, and the first version that is
/// free in a folder and in the chain. A run that is off-date says so.
fn free_name(out: &Path, engagement: &Engagement, run: &RunMetadata, chained: &BTreeSet<String>) -> String {
    let stem = stem(engagement, run);
    let taken = |name: &String| {
        fs::symlink_metadata(out.join(format!("{name}.zip"))).is_ok() || chained.contains(name.as_str())
    };
    let mut free = (1..).map(|version| format!("{stem}_v{version}")).filter(|name| !taken(name));
    free.next().unwrap_or(stem)
}

/// `Acme_SOC2-T2_20260101-20260630_RUN-20260302-9f31c2aa`.
fn stem(engagement: &Engagement, run: &RunMetadata) -> String {
    let entity = engagement.entity.as_ref().map_or("", |entity| entity.name.as_str());
    let short = short_name(entity);
    let report = engagement.report.as_ref();
    let mut days = match report.and_then(|report| Some((report.kind, report.days()?))) {
        Some((ReportType::Type1, (day, _))) => format!("SOC2-T1_{}", day.strftime("%Y%m%d")),
        Some((ReportType::Type2, (from, to))) => {
            format!("SOC2-T2_{}-{}", from.strftime("%Y%m%d"), to.strftime("%Y%m%d"))
        }
        None => "SOC2".to_owned(),
    };
    if report.is_some_and(|report| off_date(report, run).is_some()) {
        days.push_str("_OFF-DATE");
    }
    let id = run.id.rsplit('-').next().unwrap_or(&run.id);
    format!("{}_{days}_RUN-{}-{id}", if short.is_empty() { "ENTITY" } else { &short }, day(run).strftime("%Y%m%d"))
}

/// Why a run is off-date.
pub(super) fn off_date(report: &Report, run: &RunMetadata) -> Option<String> {
    let last = run.finished.map_or(day(run), |finished| finished.to_zoned(TimeZone::UTC).date());
    report.off_date(day(run), last)
}

/// The names of the packages that a chain lists.
fn chained(chain: &Path) -> Result<BTreeSet<String>, Failure> {
    let unread = |why: &dyn std::fmt::Display| {
        Failure::Usage(format!("the chain {} cannot be read: {why}; see docs/evidence-package.md", chain.display()))
    };
    let text = match fs::read_to_string(chain) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeSet::new()),
        Err(error) => return Err(unread(&error)),
    };
    let name = |line: &str| serde_json::from_str::<ChainLine>(line).map(|line| line.package);
    text.lines().map(name).collect::<Result<_, _>>().map_err(|error| unread(&error))
}
