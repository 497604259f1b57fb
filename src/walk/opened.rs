//! kickoff.toml as a walk uses it: read with its folder and what it names, for a day.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use jiff::civil::Date;
use kickoff_engagement::access_review::{self, ReviewResult};
use kickoff_engagement::attestations::{self, AttestationResult};
use kickoff_engagement::documents::{self, DocumentResult};
use kickoff_engagement::findings::{self, FindingResult};
use kickoff_engagement::readiness::{Readiness, ReadinessInput, assess};
use kickoff_engagement::requests::{self, Outcomes, Request, RequestStatus};
use kickoff_engagement::risks::{self, RegisterEntry};
use kickoff_engagement::{Engagement, EngagementError};
use kickoff_evidence::redact_body;

use super::failure::Failure;

/// The file where none is named.
pub const DEFAULT: &str = "kickoff.toml";

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
pub struct Opened {
    /// What it says.
    pub file: Engagement,
    /// What is due or stale is judged on this day.
    pub today: Date,
    /// The keys that held what looks like a secret: whatever is written has a mark in its place.
    pub masked: Vec<String>,
    path: PathBuf,
    /// The text that was read; none where there is no file.
    text: Option<String>,
}

impl Opened {
    /// The file alone: what it names, its request list among it, need not be there, nor be what can be read.
    ///
    /// # Errors
    /// It cannot be read, or says what cannot be.
    pub fn alone(config: Option<&Path>, told: Option<Date>) -> Result<Self, Failure> {
        Self::read_by(config, told, Engagement::parse_with_text)
    }

    /// Reads kickoff.toml: the one that is named, or the one in the working directory, or nothing. The day is the one that is
    /// told, or today.
    ///
    /// # Errors
    /// It or its request list cannot be read, or says what cannot be.
    pub fn read(config: Option<&Path>, told: Option<Date>) -> Result<Self, Failure> {
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
            return Ok(Self { today: today(told, &file), file, masked: Vec::new(), path, text: None });
        }
        let failed = |error: EngagementError| Failure::usage(&error);
        let (file, text) = read(&path).map_err(failed)?;
        let today = today(told, &file);
        let clean = kickoff_engagement::redacted(&text, &clean).map_err(|error| Failure::usage(&error))?;
        let Some((text, places)) = clean else {
            return Ok(Self { file, today, masked: Vec::new(), path, text: Some(text) });
        };
        // What is handed over is made from what is handed over: reports, results and the file in a package agree.
        let masked = Engagement::parse(&path, &text).map_err(|error| {
            let places = places.join("`, `");
            Failure::Usage(format!(
                "`{places}` holds what looks like a secret; with a mark in its place the file cannot be used: {error}"
            ))
        });
        let file = Engagement { lines: file.lines, ..masked? };
        Ok(Self { file, today, masked: places, path, text: Some(text) })
    }

    /// A file that came from elsewhere, as if it lay in a folder.
    pub fn in_folder(folder: &Path, file: Engagement, today: Date) -> Self {
        Self { file, today, masked: Vec::new(), path: folder.join(DEFAULT), text: None }
    }

    /// Where it lies, or would lie.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder of the file, below which other files lie.
    pub fn folder(&self) -> &Path {
        self.path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
    }

    /// The path of something that lies below the folder of the file, as the file would name it.
    ///
    /// # Errors
    /// It is not there, or lies elsewhere.
    pub fn below(&self, path: &Path) -> Result<String, Failure> {
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
    ///
    /// # Errors
    /// It cannot be read.
    pub fn text(&self) -> Result<String, Failure> {
        fs::read_to_string(&self.path).map_err(|error| {
            Failure::Usage(format!(
                "{} cannot be read: {error}; `kickoff init` writes a first one",
                self.path.display()
            ))
        })
    }

    /// The file as it was read, with marks in place of what looks like a secret; none where there is no file.
    pub fn shown(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The file as it was read, without what lets others in, to be handed over; none where there is no file.
    ///
    /// # Errors
    /// It is not TOML.
    pub fn without_secrets(&self) -> Result<Option<String>, Failure> {
        let stripped = self.text.as_deref().map(kickoff_engagement::without_secrets).transpose();
        stripped.map_err(|error| Failure::usage(&error))
    }

    /// The list of requests in force.
    ///
    /// # Errors
    /// The request list that the file names cannot be read.
    pub fn requests(&self) -> Result<Vec<Request>, Failure> {
        requests::list(&self.file, self.folder()).map_err(|error| Failure::usage(&error))
    }

    /// The documents, the requests and the risks as they stand.
    ///
    /// # Errors
    /// The request list that the file names cannot be read.
    pub fn registers(&self, run: Option<&Outcomes>) -> Result<Registers, Failure> {
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
    pub fn readiness(&self, registers: &Registers, run: Option<&Outcomes>) -> Readiness {
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
pub struct Registers {
    /// The list of requests in force.
    pub list: Vec<Request>,
    /// What is there in writing, and what is wrong with it.
    pub documents: Vec<DocumentResult>,
    /// What people did by hand, with its evidence.
    pub attestations: Vec<AttestationResult>,
    /// The requests with their status.
    pub requests: Vec<RequestStatus>,
    /// The risks with what the results say of them.
    pub risks: Vec<RegisterEntry>,
    /// The access reviews that came back.
    pub reviews: Vec<ReviewResult>,
    /// What the auditor found.
    pub findings: Vec<FindingResult>,
}
