//! The machine that kickoff runs on: a clock that is off, settings of the AWS tools as people have them, roles to be taken.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use kickoff_evidence::{Run, RunMetadata};

use crate::support::server::{Asked, Reply, Server, recorded};
use crate::support::{kickoff, only_run, outcome};

/// kickoff with a server in place of AWS.
fn at(server: &Server) -> Command {
    let mut command = kickoff();
    command
        .env("AWS_ENDPOINT_URL", &server.endpoint)
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMIplantedSECRETKEYinTheEnviron")
        .env("AWS_REGION", "us-east-1");
    command
}

/// Scans one region with two checks: one that a generated client answers, one that declared operations do.
fn scan(command: &mut Command, out: &Path) -> Output {
    with(command, out, &[])
}

fn with(command: &mut Command, out: &Path, arguments: &[&str]) -> Output {
    let checks = ["--check", "iam-password-policy-length", "--check", "vpc-flow-logs"];
    command.args(["scan", "--no-package", "--region", "us-east-1", "--out"]).arg(out).args(checks).args(arguments);
    command.output().unwrap()
}

fn metadata(out: &Path) -> RunMetadata {
    Run::open(&only_run(out)).unwrap().metadata.clone()
}

/// Answers only what is signed within five minutes of its own time, as AWS does (Signature Version 4).
fn punctual(ahead: SignedDuration) -> impl Fn(&Asked) -> Reply + Send + Sync + 'static {
    let rest = recorded();
    move |asked| {
        let now = Timestamp::now() + ahead;
        let signed = asked.signed().1;
        let signed = format!("{}+0000", signed.trim_end_matches('Z'));
        let signed = Timestamp::strptime("%Y%m%dT%H%M%S%z", &signed).unwrap();
        if now.duration_since(signed).abs() <= SignedDuration::from_mins(5) {
            return rest(asked).with("x-amzn-requestid", "11111111-2222-3333-4444-555555555555");
        }
        let (code, query) = match asked.headers.get("x-amz-target") {
            Some(_) => ("InvalidSignatureException", false),
            None if asked.body.starts_with(b"Action=DescribeRegions") => ("RequestExpired", true),
            None => ("SignatureDoesNotMatch", true),
        };
        let reply = if query {
            let error =
                format!("<Error><Type>Sender</Type><Code>{code}</Code><Message>Signature expired</Message></Error>");
            Reply::xml(403, &format!("<ErrorResponse>{error}</ErrorResponse>"))
        } else {
            Reply::json(400, &format!(r#"{{"__type":"{code}","message":"Signature expired"}}"#))
        };
        reply.with("x-amzn-requestid", "11111111-2222-3333-4444-555555555555")
    }
}

#[test]
fn a_clock_that_is_off_is_corrected_for_all_and_said() {
    for (minutes, words) in [(20, "20 minutes behind AWS's"), (-20, "20 minutes ahead of AWS's")] {
        let ahead = SignedDuration::from_mins(minutes);
        let server = Server::ahead(ahead, punctual(ahead));
        let out = tempfile::tempdir().unwrap();
        let (status, _, told) = outcome(&scan(&mut at(&server), out.path()));
        assert_eq!(status, Some(0), "{told}");
        assert_eq!(told.matches("The clock of this machine").count(), 1, "{told}");
        assert!(told.contains(words), "{told}");
        let metadata = metadata(out.path());
        assert!((metadata.clock_ahead.unwrap() - minutes * 60).abs() <= 2, "{metadata:?}");
        let off = (Timestamp::now() + ahead).duration_since(metadata.started);
        assert!(off.abs() < SignedDuration::from_mins(2), "the run is dated by AWS's clock: {metadata:?}");
        assert!(metadata.finished.unwrap() >= metadata.started);
    }
    // One that agrees within a minute is not spoken of.
    let ahead = SignedDuration::from_secs(20);
    let server = Server::ahead(ahead, punctual(ahead));
    let out = tempfile::tempdir().unwrap();
    let (status, _, told) = outcome(&scan(&mut at(&server), out.path()));
    assert_eq!((status, metadata(out.path()).clock_ahead), (Some(0), None), "{told}");
    assert!(!told.contains("clock"), "{told}");
}

/// Settings of the AWS SDKs and the CLI (AWS SDKs and Tools Reference Guide), some with values that they document, some
/// without sense. Each by its environment variable and its key in a profile.
const SETTINGS: &[(&str, &str, &[&str])] = &[
    ("AWS_RETRY_MODE", "retry_mode", &["legacy", "standard", "adaptive", "sometimes", ""]),
    ("AWS_MAX_ATTEMPTS", "max_attempts", &["0", "-1", "1", "many", "99999999999999"]),
    ("AWS_STS_REGIONAL_ENDPOINTS", "sts_regional_endpoints", &["legacy", "regional", "x"]),
    ("AWS_DEFAULTS_MODE", "defaults_mode", &["legacy", "in-region", "auto", "x"]),
    ("AWS_S3_US_EAST_1_REGIONAL_ENDPOINT", "s3_us_east_1_regional_endpoint", &["legacy", "x"]),
    ("AWS_S3_USE_ARN_REGION", "s3_use_arn_region", &["true", "x"]),
    ("AWS_S3_DISABLE_MULTIREGION_ACCESS_POINTS", "s3_disable_multiregion_access_points", &["true", "x"]),
    ("AWS_S3_DISABLE_EXPRESS_SESSION_AUTH", "s3_disable_express_session_auth", &["true", "x"]),
    ("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint", &["x"]),
    ("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint", &["x"]),
    ("AWS_REQUEST_CHECKSUM_CALCULATION", "request_checksum_calculation", &["when_required", "x"]),
    ("AWS_RESPONSE_CHECKSUM_VALIDATION", "response_checksum_validation", &["when_required", "x"]),
    ("AWS_ACCOUNT_ID_ENDPOINT_MODE", "account_id_endpoint_mode", &["disabled", "x"]),
    ("AWS_AUTH_SCHEME_PREFERENCE", "auth_scheme_preference", &["sigv4a,sigv4", "x,,y"]),
    ("AWS_SIGV4A_SIGNING_REGION_SET", "sigv4a_signing_region_set", &["*", ","]),
    ("AWS_SDK_UA_APP_ID", "sdk_ua_app_id", &["app", "with spaces and \u{fc}"]),
    ("AWS_DISABLE_REQUEST_COMPRESSION", "disable_request_compression", &["true", "x"]),
    (
        "AWS_REQUEST_MIN_COMPRESSION_SIZE_BYTES",
        "request_min_compression_size_bytes",
        &["0", "-1", "99999999999999999999"],
    ),
    ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls", &["x"]),
    ("AWS_ENDPOINT_DISCOVERY_ENABLED", "endpoint_discovery_enabled", &["auto", "x"]),
    ("AWS_METADATA_SERVICE_TIMEOUT", "metadata_service_timeout", &["0", "x"]),
    ("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "metadata_service_num_attempts", &["0", "x"]),
    ("AWS_EC2_METADATA_SERVICE_ENDPOINT", "ec2_metadata_service_endpoint", &["not an address"]),
    ("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", "ec2_metadata_service_endpoint_mode", &["x"]),
    ("AWS_NEW_RETRIES_2026", "", &["true", "x"]),
    ("AWS_DISABLE_CLOCK_SKEW_CORRECTION", "disable_clock_skew_correction", &["true", "x"]),
    ("AWS_CA_BUNDLE", "ca_bundle", &["/does/not/exist", "/dev/null"]),
    ("AWS_REGION", "region", &["eu west 1", "eu-west-1\u{fc}", "a", "-", "aws-global"]),
    ("AWS_ENDPOINT_URL", "endpoint_url", &["not an address", "http://", "ftp://x"]),
    ("AWS_ENDPOINT_URL_IAM", "", &["not an address"]),
    ("AWS_ENDPOINT_URL_EC2", "", &["not an address"]),
    ("HTTPS_PROXY", "", &["not an address", "http://"]),
    ("HTTP_PROXY", "", &["::"]),
    ("NO_PROXY", "", &["*,,/"]),
];

#[test]
fn no_setting_of_the_aws_tools_ends_in_a_crash() {
    let server = Server::start(recorded());
    let folder = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    let mut tried = 0;
    let mut run = |name: &str, value: &str, command: &mut Command| {
        tried += 1;
        let out = tempfile::tempdir().unwrap();
        let (status, _, told) = outcome(&scan(command, out.path()));
        let ended = matches!(status, Some(0 | 2 | 3 | 4));
        let silent = status != Some(0) && told.trim().is_empty();
        if !ended || silent || told.contains("panicked") || told.contains("cargo feature") {
            wrong.push(format!("{name}={value:?}: {status:?} {told}"));
        }
    };
    for (variable, key, values) in SETTINGS {
        for value in *values {
            run(variable, value, at(&server).env(variable, value));
            if !key.is_empty() && !value.is_empty() {
                let path = folder.path().join("config");
                std::fs::write(&path, format!("[profile odd]\nregion = us-east-1\n{key} = {value}\n")).unwrap();
                let mut command = at(&server);
                if *key == "region" || *key == "endpoint_url" {
                    command.env_remove("AWS_REGION").env_remove("AWS_ENDPOINT_URL");
                }
                run(key, value, command.env("AWS_CONFIG_FILE", &path).env("AWS_PROFILE", "odd"));
            }
        }
    }
    assert!(tried > 100, "{tried}");
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_cli_s_old_way_of_trying_again_is_as_good_as_any() {
    let server = Server::start(recorded());
    for (mode, attempts) in [("legacy", "5"), ("sometimes", "0")] {
        let out = tempfile::tempdir().unwrap();
        let mut command = at(&server);
        command.env("AWS_RETRY_MODE", mode).env("AWS_MAX_ATTEMPTS", attempts);
        let (status, _, told) = outcome(&scan(&mut command, out.path()));
        assert_eq!(status, Some(0), "{mode}: {told}");
    }
}

#[test]
fn every_call_says_whose_it_is_also_those_for_credentials() {
    let agents = Arc::new(Mutex::new(Vec::new()));
    let (noted, rest) = (Arc::clone(&agents), recorded());
    let server = Server::start(move |asked| {
        let agent = asked.headers.get("user-agent").cloned().unwrap_or_default();
        noted.lock().unwrap().push((asked.operation(), agent));
        match asked.operation().as_str() {
            "AssumeRole" => Reply::xml(
                200,
                "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIAIOSFODNN7EXAMPLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials><AssumedRoleUser><AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/auditor/x</Arn></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>",
            ),
            _ => rest(asked),
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("kickoff.toml");
    std::fs::write(&config, "[[scope.accounts]]\nid = \"111122223333\"\nrole = \"auditor\"\n").unwrap();
    let out = folder.path().join("runs");
    let (status, _, told) = outcome(&with(&mut at(&server), &out, &["--config", config.to_str().unwrap()]));
    // Who the recorded answers say that we are is another than the role, which is no matter here.
    assert!(matches!(status, Some(0 | 3)), "{told}");
    let id = metadata(&out).id;
    let ours = format!("kickoff/{} run/{id} ", env!("CARGO_PKG_VERSION"));
    let agents = agents.lock().unwrap();
    let asked: BTreeSet<&str> = agents.iter().map(|(operation, _)| operation.as_str()).collect();
    assert!(asked.is_superset(&BTreeSet::from(["GetCallerIdentity", "AssumeRole"])), "{asked:?}");
    for (operation, agent) in agents.iter() {
        assert!(agent.starts_with(&ours), "{operation}: {agent}");
    }
}
