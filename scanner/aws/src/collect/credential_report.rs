//! The credential report: asked for, waited for, read.

use std::cell::Cell;
use std::time::Duration;

use aws_smithy_types::error::metadata::ProvideErrorMetadata as _;
use jiff::Timestamp;
use kickoff_facts::Observed;
use kickoff_facts::iam::{CredentialKey, CredentialReport, CredentialRow};

use super::shared::time;
use crate::asked::Call;
use crate::call::ask;
use crate::session::{Session, client};

families! {
    global CredentialReport credential_report = |session, _| collect(session);
}

/// IAM makes a report within seconds; after so many waits, of a minute in all, something is wrong.
const WAITS: u32 = 30;
const GENERATE: &str = "iam:GenerateCredentialReport";
const GET: &str = "iam:GetCredentialReport";

/// The waits that are left for a report.
struct Patience<'a> {
    session: &'a Session,
    waited: Cell<u32>,
}

impl Patience<'_> {
    /// Waits; false where that was done often enough, and on replay, whose answers are the last ones.
    async fn wait(&self) -> bool {
        let waited = self.waited.get();
        if waited == WAITS || !self.session.is_live() {
            return false;
        }
        self.waited.set(waited + 1);
        self.session.rest(Duration::from_millis(if waited < 4 { 250 } else { 2000 })).await;
        true
    }
}

pub(super) async fn collect(session: &Session) -> Observed<CredentialReport> {
    let region = session.home_region();
    let iam = &client!(aws_sdk_iam, session, region);
    let patience = &Patience { session, waited: Cell::new(0) };
    // One evidence item for all polls of a kind: only the last answer counts, as it does on replay.
    let make = |call: Call| async move {
        loop {
            let sent = iam.generate_credential_report().customize().interceptor(call.clone()).send().await;
            let later = match &sent {
                Ok(out) => out.state().is_none_or(|state| state.as_str() != "COMPLETE"),
                // Another report is being made, or was asked for too often.
                Err(error) => matches!(error.code(), Some("LimitExceeded" | "ReportInProgress")),
            };
            if !later || !patience.wait().await {
                break sent.map(|_| !later);
            }
        }
    };
    let read = |call: Call| async move { iam.get_credential_report().customize().interceptor(call).send().await };
    let (mut making, mut reading) = (None, None);
    let mut generated = session
        .one(ask(GENERATE, region), |call| {
            making = Some(call.clone());
            make(call)
        })
        .await;
    // Asked for even where none was made, so that a replay, which knows the last answers only, asks the same.
    let mut report = session
        .one(ask(GET, region), |call| {
            reading = Some(call.clone());
            read(call)
        })
        .await;
    while let (Some(making), Some(reading)) = (&making, &reading) {
        let gone = match report.code() {
            Some("ReportInProgress") => false,
            // Between the two calls it became too old, or was lost: it is made anew.
            Some("ReportExpired" | "ReportNotPresent") => true,
            _ => break,
        };
        if !patience.wait().await {
            break;
        }
        if gone {
            generated = session.again(ask(GENERATE, region), generated, making, make(making.clone())).await;
            if generated.code().is_some() {
                break;
            }
        }
        report = session.again(ask(GET, region), report, reading, read(reading.clone())).await;
    }
    let late = "the report was not made within a minute";
    let generated = generated.parse(|complete| if complete { Ok(()) } else { Err(late.to_owned()) }).observed();
    let report = report
        .parse(|out| {
            let made = time(out.generated_time()).ok_or("it does not say when it was made")?;
            let content = out.content.ok_or("it has no content")?.into_inner();
            parse(&content, made)
        })
        .observed();
    generated.and(report).map(|((), report)| report)
}

/// Reads the CSV by its column names. A column that is missing is an error: its absence must not read as "no".
fn parse(content: &[u8], generated: Timestamp) -> Result<CredentialReport, String> {
    let mut reader = csv::Reader::from_reader(content);
    let headers = reader.headers().map_err(|e| e.to_string())?.clone();
    let at = |name: &str| headers.iter().position(|h| h == name).ok_or_else(|| format!("there is no column {name}"));
    let [user, arn, created] = [at("user")?, at("arn")?, at("user_creation_time")?];
    let [enabled, used, changed] = [at("password_enabled")?, at("password_last_used")?, at("password_last_changed")?];
    let mfa = at("mfa_active")?;
    let keys = [1, 2].map(|n| {
        Ok::<_, String>((
            at(&format!("access_key_{n}_active"))?,
            at(&format!("access_key_{n}_last_rotated"))?,
            at(&format!("access_key_{n}_last_used_date"))?,
        ))
    });
    let [one, two] = keys;
    let (one, two) = (one?, two?);
    let certificates = [at("cert_1_active")?, at("cert_2_active")?];
    // Left out of reports in which nobody has more credentials than there are columns for.
    let more = at("additional_credentials_info").ok();
    let (mut root, mut users) = (None, Vec::new());
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let field = |at: usize| record.get(at).unwrap_or_default();
        let key = |(active, rotated, used): (usize, usize, usize)| {
            Ok::<_, String>(CredentialKey {
                active: flag(field(active))?.unwrap_or(false),
                last_rotated: date(field(rotated))?,
                last_used: date(field(used))?,
            })
        };
        let mut row = CredentialRow::new(field(user).to_owned(), field(arn).to_owned());
        row.created = date(field(created))?;
        row.password_enabled = flag(field(enabled))?;
        row.password_last_used = date(field(used))?;
        row.password_last_changed = date(field(changed))?;
        row.keys = [key(one)?, key(two)?];
        row.certificates_active =
            [flag(field(certificates[0]))?.unwrap_or(false), flag(field(certificates[1]))?.unwrap_or(false)];
        row.more = more.map(field).filter(|text| !NOTHING.contains(text)).map(str::to_owned);
        let row = row.with_mfa(flag(field(mfa))?.unwrap_or(false));
        if row.user == "<root_account>" {
            root = Some(row);
        } else {
            users.push(row);
        }
    }
    Ok(CredentialReport::new(generated, root, users))
}

/// What stands in a column that has nothing to say.
const NOTHING: [&str; 4] = ["", "N/A", "no_information", "not_supported"];

/// `true` and `false`; `not_supported` and `N/A` are neither, and anything else must not read as "no".
fn flag(text: &str) -> Result<Option<bool>, String> {
    match text {
        "true" | "TRUE" => Ok(Some(true)),
        "false" | "FALSE" => Ok(Some(false)),
        _ if NOTHING.contains(&text) => Ok(None),
        _ => Err(format!("{text:?} is neither true nor false")),
    }
}

fn date(text: &str) -> Result<Option<Timestamp>, String> {
    if NOTHING.contains(&text) {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| format!("{text:?} is not a date"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

    fn at() -> Timestamp {
        "2026-03-02T00:00:00Z".parse().unwrap()
    }

    #[test]
    fn reads_root_never_used_and_not_supported() {
        let text = format!(
            "{HEADER}\n<root_account>,arn:aws:iam::111122223333:root,2020-01-01T00:00:00+00:00,not_supported,2025-05-01T10:00:00+00:00,not_supported,not_supported,true,true,2021-01-01T00:00:00+00:00,2026-02-20T00:00:00+00:00,us-east-1,s3,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\nann,arn:aws:iam::111122223333:user/ann,2024-01-01T00:00:00+00:00,true,no_information,2024-01-01T00:00:00+00:00,N/A,false,false,N/A,N/A,N/A,N/A,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A\n"
        );
        let report = parse(text.as_bytes(), at()).unwrap();
        let root = report.root.as_ref().unwrap();
        assert_eq!(root.password_enabled, None);
        assert!(root.reported_mfa() && root.keys[0].active && root.keys[0].last_used.is_some());
        assert_eq!(report.rows().len(), 1);
        assert_eq!(report.rows()[0].password_enabled, Some(true));
        assert_eq!(report.rows()[0].password_last_used, None);
    }

    #[test]
    fn credentials_that_the_report_has_no_columns_for_are_told() {
        let ann = "ann,arn:aws:iam::111122223333:user/ann,2024-01-01T00:00:00+00:00,false,N/A,N/A,N/A,false,true,2024-01-01T00:00:00+00:00,N/A,N/A,N/A,true,2024-02-01T00:00:00+00:00,N/A,N/A,N/A,false,N/A,false,N/A";
        let more = |text: &str| {
            let csv = format!("{HEADER},additional_credentials_info\n{ann},{text}\n");
            parse(csv.as_bytes(), at()).unwrap().rows()[0].more.clone()
        };
        assert_eq!(
            more("1 more access key. Use ListAccessKeys").as_deref(),
            Some("1 more access key. Use ListAccessKeys")
        );
        assert_eq!((more(""), more("N/A")), (None, None));
        assert_eq!(parse(format!("{HEADER}\n{ann}\n").as_bytes(), at()).unwrap().rows()[0].more, None);
    }

    #[test]
    fn a_missing_column_and_a_broken_date_are_errors() {
        let without = HEADER.replace("mfa_active", "mfa");
        assert!(parse(without.as_bytes(), at()).unwrap_err().contains("mfa_active"));
        let row = format!("{HEADER}\nann,arn,yesterday,{}\n", vec!["N/A"; 19].join(","));
        assert!(parse(row.as_bytes(), at()).unwrap_err().contains("yesterday"));
        let row = format!("{HEADER}\nann,arn,N/A,yes,{}\n", vec!["N/A"; 18].join(","));
        assert!(parse(row.as_bytes(), at()).unwrap_err().contains("neither true nor false"));
    }
}
