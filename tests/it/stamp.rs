//! A time-stamp authority asked over HTTP: one that answers as it should, and others.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

use crate::package::only_package;
use crate::support::{acme, kickoff, outcome};

/// A time-stamp authority of the test's own.
const AUTHORITY: &str = include_str!("../../scanner/evidence/tests/authority.cnf");

fn openssl(folder: &Path, arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Serves one request on loopback with what `answer` makes of its body; the address.
fn serve(answer: impl FnOnce(&[u8]) -> (u16, Vec<u8>) + Send + 'static) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/tsr", listener.local_addr().unwrap());
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream);
        let (mut length, mut kind) = (0, String::new());
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                if line.trim_end().is_empty() {
                    break;
                }
                assert!(line.starts_with("POST /tsr "), "{line}");
                continue;
            };
            match name.to_ascii_lowercase().as_str() {
                "content-length" => length = value.parse().unwrap(),
                "content-type" => value.clone_into(&mut kind),
                _ => {}
            }
        }
        assert_eq!(kind, "application/timestamp-query");
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let (status, bytes) = answer(&body);
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", bytes.len());
        let mut stream = reader.into_inner();
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&bytes)).unwrap();
    });
    url
}

#[test]
fn a_package_is_stamped_over_http_and_a_bad_answer_leaves_none() {
    if Command::new("openssl").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        println!("skipped: openssl is not on this machine");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().to_owned();
    fs::write(work.join("tsa.cnf"), AUTHORITY).unwrap();
    fs::write(work.join("serial"), "01\n").unwrap();
    let make =
        "req -x509 -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.pem -days 2 -config tsa.cnf -extensions stamp";
    let make: Vec<&str> = make.split(' ').chain(["-subj", "/CN=Test TSA"]).collect();
    openssl(&work, &make);
    let report = |url: &str, out: &Path| {
        outcome(&kickoff().arg("report").arg(acme()).args(["--tsa", url, "--out"]).arg(out).output().unwrap())
    };

    // Answers of the wrong kind: the run is still there, a package without its stamp is not.
    let bad = folder.path().join("bad");
    for (answer, said) in [((200, b"no stamp".to_vec()), "gave no time stamp"), ((503, Vec::new()), "HTTP status 503")]
    {
        let (status, _, words) = report(&serve(move |_| answer), &bad);
        assert_eq!(status, Some(2), "{words}");
        assert!(words.contains(said), "{words}");
        let left = fs::read_dir(&bad).into_iter().flatten().map(|entry| entry.unwrap().path());
        assert!(!left.into_iter().any(|path| path.extension().is_some_and(|e| e == "zip")), "nothing is left");
    }

    let authority = work.clone();
    let url = serve(move |request| {
        fs::write(authority.join("request"), request).unwrap();
        let reply = "ts -reply -config tsa.cnf -queryfile request -signer tsa.pem -inkey tsa.key -out stamp.tsr";
        openssl(&authority, &reply.split(' ').collect::<Vec<_>>());
        (200, fs::read(authority.join("stamp.tsr")).unwrap())
    });
    let out = folder.path().join("out");
    let (status, _, words) = report(&url, &out);
    assert_eq!(status, Some(3), "{words}");
    let verified = kickoff().arg("verify").arg(only_package(&out)).output().unwrap();
    let (status, told, _) = outcome(&verified);
    assert_eq!(status, Some(0), "{told}");
    assert!(
        told.contains("CN=Test TSA") && told.contains("root of that authority's certificate was not checked"),
        "{told}"
    );
}
