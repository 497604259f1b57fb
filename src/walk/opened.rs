//! kickoff.toml as the commands use it: read with its folder, saved with a backup, held against its schema.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use kickoff_engagement::access_review::{self, ReviewResult};
use kickoff_engagement::attestations::{self, AttestationResult};
use kickoff_engagement::documents::{self, DocumentResult};
use kickoff_engagement::findings::{self, FindingResult};
use kickoff_engagement::init::write_with_backup;
use kickoff_engagement::readiness::{Readiness, ReadinessInput, assess};
use kickoff_engagement::requests::{self, Outcomes, Request, RequestStatus};
use kickoff_engagement::risks::{self, RegisterEntry};
use kickoff_engagement::{Engagement, EngagementError, Problem, counted};
use kickoff_evidence::redact_body;

use crate::cli::{CheckConfigArgs, FileArgs};
use crate::exit::{Exit, Failure};

/// The file where none is named.
pub(crate) const DEFAULT: &str = "kickoff.toml";

/// The day that is told, or today where the engagement is.
fn today(told: Option<Date>, file: &Engagement) -> Date {
    told.unwrap_or_else(|| file.day_of(Timestamp::now()))
}

/// A text without what looks like a secret, where something does.
fn clean(text: &str) -> Option<String> {
    let redacted = redact_body("kickoff", &text.as_bytes().to_vec().into());
    (!redacted.redactions.is_empty()).then(|| String::from_utf8_lossy(&redacted.body).into_owned())
}

/// The file, where it lies, and the day.
pub(crate) struct Opened {
    pub file: Engagement,
    pub today: Date,
    path: PathBuf,
    /// The text that was read; none where there is no file.
    text: Option<String>,
}

impl Opened {
    pub(crate) fn of(arguments: &FileArgs) -> Result<Self, Failure> {
        Self::read(arguments.config.as_deref(), arguments.today)
    }

    /// The file alone: what it names, its request list among it, need not be there, nor be what can be read.
    pub(crate) fn alone(arguments: &FileArgs) -> Result<Self, Failure> {
        Self::read_by(arguments.config.as_deref(), arguments.today, Engagement::parse_with_text)
    }

    /// Reads kickoff.toml: the one that is named, or the one in the working directory, or nothing. The day is the one that is
    /// told, or today.
    pub(crate) fn read(config: Option<&Path>, told: Option<Date>) -> Result<Self, Failure> {
        Self::read_by(config, told, Engagement::read_with_text)
    }

    fn read_by(
        config: Option<&Path>,
        told: Option<Date>,
        read: impl Fn(&Path) -> Result<(Engagement, String), EngagementError>,
    ) -> Result<Self, Failure> {
        let path = config.unwrap_or(Path::new(DEFAULT)).to_owned();
        if config.is_none() && !path.is_file() {
            let file = Engagement::default();
            return Ok(Self { today: today(told, &file), file, path, text: None });
        }
        let failed = |error: EngagementError| Failure::usage(&error);
        let (file, text) = read(&path).map_err(failed)?;
        let today = today(told, &file);
        let clean = kickoff_engagement::redacted(&text, &clean).map_err(|error| Failure::usage(&error))?;
        let Some((text, places)) = clean else { return Ok(Self { file, today, path, text: Some(text) }) };
        // What is handed over is made from what is handed over: reports, results and the file in a package agree.
        writeln!(
            crate::terminal::streams::problems(),
            "{}: `{}` holds what looks like a secret; whatever is written has a mark in its place",
            path.display(),
            places.join("`, `")
        )?;
        let file = Engagement { lines: file.lines, ..Engagement::parse(&path, &text).map_err(failed)? };
        Ok(Self { file, today, path, text: Some(text) })
    }

    /// A file that came from elsewhere, as if it lay in a folder.
    pub(crate) fn in_folder(folder: &Path, file: Engagement, today: Date) -> Self {
        Self { file, today, path: folder.join(DEFAULT), text: None }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of the file, below which other files lie.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// The path of something that lies below the folder of the file, as the file would name it.
    pub(crate) fn below(&self, path: &Path) -> Result<String, Failure> {
        let real = |path: &Path| {
            path.canonicalize().map_err(|error| Failure::Usage(format!("{} cannot be read: {error}", path.display())))
        };
        let (folder, whole) = (real(self.folder())?, real(path)?);
        let below = whole.strip_prefix(&folder).ok().and_then(Path::to_str);
        below.map(|below| below.replace('\\', "/")).ok_or_else(|| {
            Failure::Usage(format!(
                "{} lies outside {}: files that kickoff.toml names lie below its folder, so move it there first",
                path.display(),
                folder.display()
            ))
        })
    }

    /// The text of the file, to be added to.
    pub(crate) fn text(&self) -> Result<String, Failure> {
        fs::read_to_string(&self.path).map_err(|error| {
            Failure::Usage(format!(
                "{} cannot be read: {error}; `kickoff init` writes a first one",
                self.path.display()
            ))
        })
    }

    /// The file as it was read, with marks in place of what looks like a secret; none where there is no file.
    pub(crate) fn shown(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// Replaces the file, and says where the old one is.
    pub(crate) fn save(&self, text: &str) -> Result<(), Failure> {
        save(&self.path, text.as_bytes())
    }

    /// The file as it was read, without what lets others in, to be handed over; none where there is no file.
    pub(crate) fn without_secrets(&self) -> Result<Option<String>, Failure> {
        let stripped = self.text.as_deref().map(kickoff_engagement::without_secrets).transpose();
        stripped.map_err(|error| Failure::usage(&error))
    }

    /// The list of requests in force.
    pub(crate) fn requests(&self) -> Result<Vec<Request>, Failure> {
        requests::list(&self.file, self.folder()).map_err(|error| Failure::usage(&error))
    }

    /// The documents, the requests and the risks as they stand.
    pub(crate) fn registers(&self, run: Option<&Outcomes>) -> Result<Registers, Failure> {
        let list = self.requests()?;
        let documents = documents::register(&self.file, &list, self.folder(), self.today);
        let attestations = attestations::register(&self.file, self.folder(), self.today);
        let requests = requests::statuses(&self.file, &list, run, &documents, &attestations, self.today);
        let risks = risks::register(&self.file, run.unwrap_or(&Outcomes::default()));
        let reviews = access_review::register(&self.file, self.folder(), self.today);
        let findings = findings::register(&self.file, self.folder(), run, self.today);
        Ok(Registers { list, documents, attestations, requests, risks, reviews, findings })
    }

    /// How far the engagement is, by its registers.
    pub(crate) fn readiness(&self, registers: &Registers, run: Option<&Outcomes>) -> Readiness {
        assess(&ReadinessInput {
            engagement: &self.file,
            requests: &registers.requests,
            documents: &registers.documents,
            risks: &registers.risks,
            reviews: &registers.reviews,
            findings: &registers.findings,
            run,
            today: self.today,
        })
    }
}

/// The registers as they stand.
pub(crate) struct Registers {
    /// The list of requests in force.
    pub list: Vec<Request>,
    pub documents: Vec<DocumentResult>,
    pub attestations: Vec<AttestationResult>,
    pub requests: Vec<RequestStatus>,
    pub risks: Vec<RegisterEntry>,
    pub reviews: Vec<ReviewResult>,
    pub findings: Vec<FindingResult>,
}

/// Writes a person's file whole or not at all, and says where the one that it replaces is.
pub(crate) fn save(path: &Path, contents: &[u8]) -> Result<(), Failure> {
    let backup = write_with_backup(path, contents, Timestamp::now())
        .map_err(|error| Failure::Usage(format!("{} cannot be written: {error}", path.display())))?;
    let mut words = crate::terminal::streams::words();
    writeln!(words, "Written: {}", path.display())?;
    if let Some(backup) = backup {
        writeln!(words, "Backup:  {}", backup.display())?;
    }
    Ok(())
}

/// Something about the file, with where it stands: `kickoff.toml:7: notice: ...`.
pub(crate) fn told(path: &Path, word: &str, problem: &Problem) -> String {
    let line = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}{line}: {word}{problem}", path.display())
}

/// `kickoff check-config`.
pub(crate) fn check(arguments: &CheckConfigArgs) -> Result<Exit, Failure> {
    let mut out = crate::terminal::streams::text();
    let mut tell = |word: &str, problem: &Problem| writeln!(out, "{}", told(&arguments.file, word, problem));
    let file = match Engagement::read(&arguments.file) {
        Ok(file) => file,
        Err(error) => {
            error.problems().iter().try_for_each(|problem| tell("", problem))?;
            return Ok(Exit::Usage);
        }
    };
    let today = today(arguments.today, &file);
    let notices = file.notices(today);
    notices.iter().try_for_each(|notice| tell("notice: ", notice))?;
    let zone = file.schedule.zone.as_ref().map(|_| format!(", {today} in {}", file.zone())).unwrap_or_default();
    writeln!(out, "{}: can be used{zone}; {}", arguments.file.display(), counted(&notices))?;
    Ok(Exit::Done)
}
