//! Credentials that cannot be had: each cause is told, with what to do, and nothing is waited for without a word.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::support::{kickoff, outcome};

/// Answers each connection's first request with the same bytes and closes it; without any, it never answers.
fn server(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        let mut silent = Vec::new();
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            if answer.is_empty() {
                silent.push(stream);
                continue;
            }
            std::thread::spawn(move || {
                let mut request = [0; 16 * 1024];
                let _ = stream.read(&mut request);
                let _ = stream.write_all(answer.as_bytes());
            });
        }
    });
    endpoint
}

fn answer(status: &str, kind: &str, body: &str) -> &'static str {
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    Box::leak(text.into_boxed_str())
}

const PROFILES: &str = "
[profile keys]
aws_access_key_id = AKIAIOSFODNN7EXAMPLE
aws_secret_access_key = verysecret
region = us-east-1
[profile role]
role_arn = arn:aws:iam::111122223333:role/Auditor
source_profile = keys
region = us-east-1
[profile mfa]
role_arn = arn:aws:iam::111122223333:role/Auditor
source_profile = keys
mfa_serial = arn:aws:iam::111122223333:mfa/alice
[profile typo]
role_arn = arn:aws:iam::111122223333:role/Auditor
source_profile = keyz
[profile here]
role_arn = arn:aws:iam::111122223333:role/Auditor
source_profile = there
[profile there]
role_arn = arn:aws:iam::111122223333:role/Auditor
source_profile = here
[profile sso]
sso_session = acme
sso_account_id = 111122223333
sso_role_name = Auditor
[sso-session acme]
sso_start_url = https://acme.awsapps.com/start
sso_region = us-east-1
sso_registration_scopes = sso:account:access
[profile ssolegacy]
sso_start_url = https://acme.awsapps.com/start
sso_region = us-east-1
sso_account_id = 111122223333
sso_role_name = Auditor
[profile login]
login_session = arn:aws:iam::111122223333:user/alice
region = us-east-1
[profile loginrole]
role_arn = arn:aws:iam::111122223333:role/Auditor
source_profile = login
[profile false]
credential_process = /bin/false --password verysecret
[profile garbage]
credential_process = /bin/echo verysecret
[profile gone]
credential_process = /nowhere/bin/credentials
[profile over]
credential_process = /bin/cat over.json
[profile web]
role_arn = arn:aws:iam::111122223333:role/Auditor
web_identity_token_file = /nowhere/token
[profile ec2]
role_arn = arn:aws:iam::111122223333:role/Auditor
credential_source = Ec2InstanceMetadata
";

/// A home with these profiles and an expired sign-in of IAM Identity Center.
fn home() -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let cache = home.path().join(".aws/sso/cache");
    fs::create_dir_all(&cache).unwrap();
    fs::write(home.path().join(".aws/config"), PROFILES).unwrap();
    let token = r#"{"startUrl": "https://acme.awsapps.com/start", "region": "us-east-1", "accessToken": "verysecret", "expiresAt": "2020-01-01T00:00:00Z"}"#;
    // The names are SHA-1 of the session's name, and of the start URL.
    for name in ["293abb6b76d7791c0732cc517d38c4b5c734b87f", "40169cea58ca6cbf23fb27b2542923fb5f524af0"] {
        fs::write(cache.join(format!("{name}.json")), token).unwrap();
    }
    let over = r#"{"Version": 1, "AccessKeyId": "ASIA", "SecretAccessKey": "verysecret", "SessionToken": "t", "Expiration": "2020-01-01T00:00:00Z"}"#;
    fs::write(home.path().join("over.json"), over).unwrap();
    home
}

fn scan(home: &Path, profile: Option<&str>) -> Command {
    let mut command = kickoff();
    command.args(["scan", "--no-package"]).arg("--out").arg(home.join("runs"));
    command.env("HOME", home).env("AWS_CONFIG_FILE", home.join(".aws/config")).current_dir(home);
    if let Some(profile) = profile {
        command.args(["--profile", profile]);
    }
    command
}

/// The words of a command that must fail, with its status: no secret, no inner name of a program.
fn told(command: &mut Command) -> (Option<i32>, String) {
    let (status, stdout, stderr) = outcome(&command.output().unwrap());
    assert!(stdout.is_empty(), "{stdout}");
    for never in ["verysecret", "cargo", "feature", "Error {", "Some(", "panicked"] {
        assert!(!stderr.contains(never), "{stderr}");
    }
    (status, stderr)
}

#[test]
fn what_a_profile_lacks_is_told_before_anything_is_asked() {
    let home = home();
    for (profile, status, parts) in [
        ("typo", 2, ["profile \"typo\" has source_profile \"keyz\"", "aws configure list-profiles"]),
        ("here", 2, ["goes round in a circle", "here, there, here"]),
        ("mfa", 2, ["with MFA (arn:aws:iam::111122223333:mfa/alice)", "there is no terminal to ask for the code"]),
        ("sso", 4, ["have expired: sign in again, with `aws sso login --profile sso`", "sso-session \"acme\""]),
        (
            "login",
            2,
            ["profile \"login\" signs in with `aws login`", "export-credentials --profile login --format process"],
        ),
        (
            "loginrole",
            2,
            ["profile \"login\" signs in with `aws login`", "export-credentials --profile login --format process"],
        ),
        (
            "false",
            4,
            ["\"/bin/false\", the credential_process of profile \"false\", gave none", "it ended with status 1"],
        ),
        ("garbage", 4, ["\"/bin/echo\", the credential_process of profile", "no JSON of credentials"]),
        ("gone", 4, ["\"/nowhere/bin/credentials\", the credential_process", "it ended with status 127"]),
        ("over", 4, ["have expired: sign in again", "they ended 2020-01-01T00:00:00Z"]),
        ("web", 2, ["the web identity token file /nowhere/token of profile \"web\" cannot be read", "No such file"]),
    ] {
        let (found, words) = told(&mut scan(home.path(), Some(profile)));
        assert_eq!(found, Some(status), "{profile}: {words}");
        for part in parts {
            assert!(words.contains(part), "{profile}: {words}");
        }
        // As AWS_PROFILE it is the same profile.
        let (again, same) = told(scan(home.path(), None).env("AWS_PROFILE", profile));
        assert_eq!((again, same), (found, words), "{profile}");
    }
    let (status, words) = told(scan(home.path(), None).env("AWS_PROFILE", "nowhere"));
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("there is no profile \"nowhere\""), "{words}");
    let (status, words) = told(scan(home.path(), None).env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"));
    assert_eq!(status, Some(2), "{words}");
    assert!(words.contains("AWS_ACCESS_KEY_ID is set in the environment, and AWS_SECRET_ACCESS_KEY is not"), "{words}");
    assert!(!home.path().join("runs").exists() || fs::read_dir(home.path().join("runs")).unwrap().count() == 0);
}

#[test]
fn what_aws_refuses_or_garbles_is_told_as_that() {
    let home = home();
    let denied = answer(
        "403 Forbidden",
        "text/xml",
        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: arn:aws:iam::111122223333:user/a is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::111122223333:role/Auditor</Message></Error></ErrorResponse>",
    );
    let portal = answer("200 OK", "text/html", "<html><body>Please accept our terms</body></html>");
    let cut =
        "HTTP/1.1 200 OK\r\ncontent-type: text/xml\r\ncontent-length: 900\r\n\r\n<GetCallerIdentityResponse><GetCaller";
    let signed_out = answer(
        "401 Unauthorized",
        "application/json\r\nx-amzn-errortype: UnauthorizedException",
        r#"{"message":"Session token not found or invalid"}"#,
    );
    let no_role = answer(
        "403 Forbidden",
        "application/json\r\nx-amzn-errortype: ForbiddenException",
        r#"{"message":"No access"}"#,
    );
    let failing = answer("500 Internal Server Error", "text/html", "<html>no</html>");
    for (profile, answer, status, parts) in [
        (
            "role",
            denied,
            4,
            ["role arn:aws:iam::111122223333:role/Auditor cannot be assumed: AccessDenied: User:", "trust policy"],
        ),
        ("role", portal, 4, ["the answer of AWS STS cannot be read", "sign-in page"]),
        ("keys", portal, 4, ["the answer of AWS STS cannot be read", "sign-in page"]),
        ("keys", cut, 4, ["AWS STS", ""]),
        ("role", cut, 4, ["AWS STS", ""]),
        ("keys", failing, 4, ["the answer of AWS STS cannot be read", "HTTP 500"]),
        (
            "ssolegacy",
            signed_out,
            4,
            ["sign in again, with `aws sso login --profile ssolegacy`", "Session token not found"],
        ),
        (
            "ssolegacy",
            no_role,
            4,
            ["gives whoever is signed in no role \"Auditor\" in account 111122223333", "No access"],
        ),
    ] {
        let mut command = scan(home.path(), Some(profile));
        // The token of the old kind is taken as it is: AWS says whether it still counts.
        let (found, words) = told(command.env("AWS_ENDPOINT_URL", server(answer)).env("AWS_MAX_ATTEMPTS", "1"));
        assert_eq!(found, Some(status), "{profile}: {words}");
        assert!(!words.contains("no AWS credentials were found"), "{profile}: {words}");
        for part in parts {
            assert!(words.contains(part), "{profile}, {part:?}: {words}");
        }
    }
}

#[test]
fn a_container_that_refuses_and_one_that_is_not_there() {
    let home = home();
    let refused = answer("403 Forbidden", "application/json", r#"{"code":"AccessDenied","message":"no association"}"#);
    let closed = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
    for endpoint in [server(refused), closed, "http://example.com/creds".to_owned()] {
        let mut command = scan(home.path(), None);
        let (status, words) = told(command.env("AWS_CONTAINER_CREDENTIALS_FULL_URI", &endpoint));
        assert!(status == Some(4) || status == Some(2), "{words}");
        assert!(words.contains(&endpoint) && words.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI"), "{words}");
    }
}

#[test]
fn a_silent_metadata_service_is_named_while_it_is_waited_for_and_not_for_long() {
    let home = home();
    let endpoint = server("");
    for profile in [None, Some("ec2")] {
        let mut command = scan(home.path(), profile);
        command.env_remove("AWS_EC2_METADATA_DISABLED").env("AWS_EC2_METADATA_SERVICE_ENDPOINT", &endpoint);
        command.env("AWS_METADATA_SERVICE_NUM_ATTEMPTS", "2");
        let begun = Instant::now();
        let (status, words) = told(&mut command);
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
        assert_eq!(status, Some(if profile.is_none() { 2 } else { 4 }), "{words}");
        let (waiting, end) = words.split_once('\n').unwrap();
        assert!(waiting.starts_with("Waiting for the EC2 instance metadata service, http://127.0.0.1:"), "{words}");
        assert!(
            end.contains("did not answer") && end.contains("AWS_EC2_METADATA_DISABLED=true turns it off"),
            "{words}"
        );
    }
}

#[test]
fn the_external_id_of_kickoff_toml_is_sent_with_each_role() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let (sender, asked) = std::sync::mpsc::channel();
    let me = answer(
        "200 OK",
        "text/xml",
        "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/a</Arn><UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
    );
    let no = answer(
        "403 Forbidden",
        "text/xml",
        "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>",
    );
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { return };
            let (mut text, mut chunk) = (String::new(), [0; 4096]);
            while !text.contains("Version=2011-06-15") {
                match stream.read(&mut chunk) {
                    Ok(read) if read > 0 => text.push_str(&String::from_utf8_lossy(&chunk[..read])),
                    _ => break,
                }
            }
            let reply = if text.contains("Action=GetCallerIdentity") { me } else { no };
            let _ = stream.write_all(reply.as_bytes());
            let _ = sender.send(text);
        }
    });
    let home = home();
    let config = home.path().join("kickoff.toml");
    fs::write(
        &config,
        "[scope]\nrole = \"KickoffReadOnly\"\nexternal_id = \"acme-audit-7\"\n[[scope.accounts]]\nid = \"444455556666\"\n",
    )
    .unwrap();
    let mut command = scan(home.path(), Some("keys"));
    let (status, words) = told(command.arg("--config").arg(&config).env("AWS_ENDPOINT_URL", endpoint));
    assert_eq!(status, Some(4), "{words}");
    assert!(words.contains("role arn:aws:iam::444455556666:role/KickoffReadOnly cannot be assumed"), "{words}");
    let asked: Vec<String> = asked.try_iter().collect();
    let role = asked.iter().find(|text| text.contains("Action=AssumeRole")).unwrap();
    assert!(role.contains("ExternalId=acme-audit-7"), "{role}");
}
