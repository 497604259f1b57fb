//! Wrong usage, broken files, and endings before the end: one clear sentence, the right exit status, nothing lost.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{acme, copy_folder, kickoff, only_run, outcome};

/// What a user reads, on one line, and the exit status.
fn refused(command: &mut Command) -> (Option<i32>, String) {
    let (status, stdout, stderr) = outcome(&command.output().unwrap());
    assert!(stdout.is_empty(), "{stdout}");
    // While AWS is tried again, it is said what is waited for.
    let told: Vec<&str> = stderr.trim_end().lines().filter(|line| !line.starts_with("Waiting for ")).collect();
    assert_eq!(told.len(), 1, "{stderr}");
    (status, told.concat())
}

fn scan(out: &Path) -> Command {
    let mut command = kickoff();
    command.args(["scan", "--no-package"]).arg("--out").arg(out);
    command
}

#[test]
fn credentials_that_are_missing_or_misnamed() {
    let out = tempfile::tempdir().unwrap();
    let (status, words) = refused(&mut scan(out.path()));
    assert_eq!(status, Some(2));
    assert!(words.starts_with("kickoff: no AWS credentials were found: set AWS_PROFILE"), "{words}");
    let (status, words) = refused(scan(out.path()).args(["--profile", "nowhere"]));
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("there is no profile \"nowhere\""), "{words}");
    assert_eq!(fs::read_dir(out.path()).unwrap().count(), 0, "no empty run is left behind");
}

/// Answers each request with the same response, as many times as are asked for.
fn server(response: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            std::thread::spawn(move || {
                let mut request = [0; 16 * 1024];
                while stream.read(&mut request).is_ok_and(|read| read > 0) {
                    if stream.write_all(response.as_bytes()).is_err() {
                        return;
                    }
                }
            });
        }
    });
    endpoint
}

fn with_keys<'a>(command: &'a mut Command, endpoint: &str) -> &'a mut Command {
    command
        .env("AWS_ENDPOINT_URL", endpoint)
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "secret")
        .env("AWS_REGION", "us-east-1")
}

#[test]
fn credentials_that_have_expired_and_an_endpoint_that_is_not_there() {
    let out = tempfile::tempdir().unwrap();
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error></ErrorResponse>";
    let answer =
        format!("HTTP/1.1 403 Forbidden\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let endpoint = server(Box::leak(answer.into_boxed_str()));
    let (status, words) = refused(with_keys(&mut scan(out.path()), &endpoint));
    assert_eq!(status, Some(4));
    assert!(words.contains("have expired: sign in again"), "{words}");

    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let (status, words) = refused(with_keys(&mut scan(out.path()), &format!("http://{closed}")));
    assert_eq!(status, Some(4));
    assert!(words.starts_with("kickoff: AWS cannot be reached: "), "{words}");
}

#[test]
fn names_that_do_not_exist_come_with_the_nearest_that_does() {
    let out = tempfile::tempdir().unwrap();
    for (arguments, part) in [
        (["--check", "iam-root-mfaa"], "did you mean `iam-root-mfa`?"),
        (["--check", "["], "is not a pattern"),
        (["--criterion", "CC6.11"], "did you mean `CC6.1`?"),
        (["--criterion", "P1.1"], "no check informs criterion P1.1"),
        (["--region", "europe"], "is not the name of a region"),
        (["--account", "1234"], "is not an account id"),
    ] {
        let (status, words) = refused(scan(out.path()).args(arguments));
        assert_eq!(status, Some(2), "{words}");
        assert!(words.contains(part), "{words}");
    }
    let mut explain = kickoff();
    let (status, words) = refused(explain.args(["checks", "explain", "iam-root-mfaa"]));
    assert_eq!(status, Some(2));
    assert!(words.contains("did you mean `iam-root-mfa`?"), "{words}");
}

#[test]
fn a_configuration_that_cannot_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("kickoff.toml");
    fs::write(&config, "[scope]\nregions = [\"eu-west-1\"]\n[thresholds]\nroot_idel_days = 3\n").unwrap();
    let (status, words) = refused(scan(folder.path()).arg("--config").arg(&config));
    assert_eq!(status, Some(2));
    assert!(
        words.contains("kickoff.toml, line 4: there is no threshold `root_idel_days`: did you mean `root_idle_days`?"),
        "{words}"
    );
    let (status, words) = refused(scan(folder.path()).args(["--config", "/nowhere/kickoff.toml"]));
    assert_eq!(status, Some(2));
    assert!(words.contains("/nowhere/kickoff.toml: it cannot be read"), "{words}");
    let bundle = folder.path().join("bundle.pem");
    fs::write(&bundle, "not a certificate").unwrap();
    let (status, words) = refused(scan(folder.path()).env("AWS_CA_BUNDLE", &bundle));
    assert_eq!(status, Some(2));
    assert!(words.contains("it holds no PEM certificate"), "{words}");
    fs::write(&bundle, "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n").unwrap();
    let (status, words) = refused(scan(folder.path()).env("AWS_CA_BUNDLE", &bundle));
    assert_eq!(status, Some(2));
    assert!(words.contains("bundle.pem cannot be used: certificate 1"), "{words}");
}

#[test]
fn a_run_that_lacks_files_was_cut_altered_or_is_newer() {
    let out = tempfile::tempdir().unwrap();
    let replay = |name: &str, change: &dyn Fn(&Path)| {
        let run = out.path().join(name);
        copy_folder(&acme(), &run);
        change(&run);
        let (status, words) = refused(scan(&out.path().join("out")).arg("--replay").arg(&run));
        assert_eq!(status, Some(2), "{words}");
        words
    };
    let archive = |run: &Path| run.join("exchanges/111122223333.jsonl.zst");
    let edit = |run: &Path, from: &str, to: &str| {
        let path = run.join("run.json");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from));
        fs::write(path, text.replace(from, to)).unwrap();
    };
    let words = replay("lacking", &|run| fs::remove_file(archive(run)).unwrap());
    assert!(words.contains("111122223333.jsonl.zst cannot be read"), "{words}");
    let words = replay("cut", &|run| {
        let bytes = fs::read(archive(run)).unwrap();
        fs::write(archive(run), &bytes[..bytes.len() / 2]).unwrap();
    });
    assert!(words.contains("111122223333.jsonl.zst was altered"), "{words}");
    let words = replay("altered", &|run| edit(run, "KickoffReadOnly", "KickoffReadOnlx"));
    assert!(words.contains("run.json was altered: its SHA-256 is"), "{words}");
    let words = replay("newer", &|run| edit(run, "kickoff/run/1", "kickoff/run/2"));
    assert!(words.contains("has format kickoff/run/2; this version reads up to kickoff/run/1"), "{words}");
    let words = replay("climbing-id", &|run| edit(run, "\"id\": \"RUN-", "\"id\": \"../RUN-"));
    assert!(words.contains("is not the id of a run"), "{words}");
    let words = replay("killed", &|run| edit(run, "\"complete\"", "\"running\""));
    assert!(words.contains("was not finished"), "{words}");
    let words = replay("unlisted", &|run| fs::write(run.join("exchanges/999999999999.jsonl.zst"), b"x").unwrap());
    assert!(words.contains("is there but not listed"), "{words}");
    let words = replay("broken", &|run| fs::write(run.join("run.json"), "{").unwrap());
    assert!(words.contains("run.json is damaged"), "{words}");
    let words = replay("no-manifest", &|run| fs::remove_file(run.join("MANIFEST.sha256")).unwrap());
    assert!(words.contains("no-manifest was not finished") && words.contains("`kickoff report "), "{words}");
    let words = replay("climbing", &|run| {
        let path = run.join("MANIFEST.sha256");
        let mut text = fs::read_to_string(&path).unwrap();
        text.push_str(&format!("{}  ../../secret\n", "0".repeat(64)));
        fs::write(path, text).unwrap();
    });
    assert!(words.contains("names \"../../secret\""), "{words}");
    // Frames that do not unpack, under a manifest that lists them as they are.
    let words = replay("no-archive", &|run| {
        let run_file = kickoff_evidence::Run::open(run).unwrap();
        fs::write(archive(run), b"plain text").unwrap();
        reseal(run, &run_file.metadata);
    });
    assert!(words.contains("111122223333.jsonl.zst is damaged"), "{words}");

    let (status, words) = refused(scan(out.path()).arg("--replay").arg(out.path()));
    assert_eq!(status, Some(2));
    assert!(words.contains("is not a run: it has no run.json"), "{words}");
    let (status, words) = refused(scan(out.path()).args(["--replay", "/nowhere"]));
    assert_eq!(status, Some(2));
    assert!(words.contains("/nowhere cannot be read"), "{words}");
}

/// Writes a manifest over a run as it is now.
fn reseal(run: &Path, metadata: &kickoff_evidence::RunMetadata) {
    let fresh = run.with_extension("fresh");
    let writer = kickoff_evidence::RunWriter::create(&fresh, metadata).unwrap();
    for name in ["results.json", "exchanges/111122223333.jsonl.zst", "facts/111122223333.json"] {
        writer.write(name, &fs::read(run.join(name)).unwrap()).unwrap();
    }
    writer.seal(metadata).unwrap();
    fs::remove_dir_all(run).unwrap();
    fs::rename(&fresh, run).unwrap();
}

#[cfg(unix)]
#[test]
fn an_interrupt_leaves_a_run_that_can_be_read_and_says_so() {
    // Answers who the caller is and then never again.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let body = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/me</Arn><UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>";
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            std::thread::spawn(move || {
                let mut request = [0; 16 * 1024];
                while let Ok(read) = stream.read(&mut request)
                    && read > 0
                {
                    if String::from_utf8_lossy(&request[..read]).contains("GetCallerIdentity") {
                        let head = format!(
                            "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: {}\r\n\r\n",
                            body.len()
                        );
                        let _ = stream.write_all(format!("{head}{body}").as_bytes());
                    }
                }
            });
        }
    });
    let out = tempfile::tempdir().unwrap();
    let mut command = scan(out.path());
    with_keys(&mut command, &endpoint);
    let child = command.args(["--region", "us-east-1"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let started = Instant::now();
    // The run's folder is made once the caller is known.
    while fs::read_dir(out.path()).unwrap().count() == 0 {
        assert!(started.elapsed() < Duration::from_secs(60), "the scan did not begin");
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(500));
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    let (status, _, stderr) = outcome(&child.wait_with_output().unwrap());
    assert_eq!(status, Some(4), "{stderr}");
    assert!(stderr.contains("the run was interrupted"), "{stderr}");
    let run = only_run(out.path());
    let text = fs::read_to_string(run.join("run.json")).unwrap();
    assert!(text.contains("\"state\": \"interrupted\""), "{text}");
    let again = tempfile::tempdir().unwrap();
    let replay = scan(again.path()).arg("--replay").arg(&run).output().unwrap();
    assert!(outcome(&replay).2.contains("the run was interrupted"), "{}", outcome(&replay).2);
    assert!(fs::read_to_string(run.join("report.html")).unwrap().contains("The run was interrupted"));
}

#[test]
fn a_proxy_of_the_environment_carries_the_calls() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let proxy = format!("http://{}", listener.local_addr().unwrap());
    let seen = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = [0; 16 * 1024];
        let read = stream.read(&mut request).unwrap();
        let body = "<ErrorResponse><Error><Code>InvalidClientTokenId</Code><Message>no such key</Message></Error></ErrorResponse>";
        let head = format!("HTTP/1.1 403 Forbidden\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
        let _ = stream.write_all(format!("{head}{body}").as_bytes());
        String::from_utf8_lossy(&request[..read]).into_owned()
    });
    let out = tempfile::tempdir().unwrap();
    let mut command = scan(out.path());
    with_keys(&mut command, "http://sts.invalid").env("HTTP_PROXY", &proxy);
    let (status, words) = refused(&mut command);
    assert_eq!(status, Some(4));
    assert!(words.contains("does not accept the credentials"), "{words}");
    assert!(seen.join().unwrap().starts_with("POST http://sts.invalid/ HTTP/1.1"), "the proxy saw the call");
}

#[test]
fn lists_explains_and_permits() {
    let run = |arguments: &[&str]| outcome(&kickoff().args(arguments).output().unwrap());
    let (status, stdout, _) = run(&["checks", "list", "--format", "json"]);
    assert_eq!(status, Some(0));
    let list: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(list["checks"].as_array().unwrap().len(), kickoff_checks::CHECKS.len());
    let (_, stdout, _) = run(&["checks", "explain", "iam-root-mfa"]);
    assert!(
        stdout.starts_with("# ") && stdout.contains("## Remediation") && stdout.contains("`iam:GetAccountSummary`")
    );

    // Least privilege: one check's policy is small and holds what the check calls; the whole one holds reads only.
    let (_, stdout, _) = run(&["permissions", "--check", "cloudtrail-log-validation"]);
    let policy: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let actions: Vec<&str> =
        policy["Statement"][0]["Action"].as_array().unwrap().iter().map(|a| a.as_str().unwrap()).collect();
    assert!(actions.contains(&"cloudtrail:DescribeTrails") && actions.contains(&"sts:GetCallerIdentity"));
    assert!(!actions.iter().any(|action| action.starts_with("guardduty:")), "{actions:?}");
    let (_, stdout, _) = run(&["permissions"]);
    let policy: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    let actions = policy["Statement"][0]["Action"].as_array().unwrap();
    assert!(actions.len() > 70);
    for action in actions {
        let name = action.as_str().unwrap().split_once(':').unwrap().1;
        assert!(
            ["Get", "List", "Describe", "Lookup", "Generate", "BatchGet"].iter().any(|verb| name.starts_with(verb)),
            "{action}"
        );
    }
    // The forms that other tools read hold the same policy.
    for form in ["terraform", "cloudformation"] {
        let (_, stdout, _) = run(&["permissions", "--format", form]);
        assert!(stdout.contains("\"cloudtrail:DescribeTrails\"") && stdout.contains("KickoffReadOnly"), "{form}");
    }
}

#[test]
fn documentation_is_up_to_date() {
    let docs = crate::support::root().join("docs");
    let output = kickoff().args(["generate-docs", "--check", "--dir"]).arg(docs).output().unwrap();
    assert_eq!(outcome(&output).0, Some(0), "{}", outcome(&output).2);
}
