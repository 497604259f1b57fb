//! A server on loopback that answers as a test says: HTTP/1.1 by hand, so that it can also hang up without an answer.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use jiff::{SignedDuration, Timestamp};
use kickoff_evidence::{Archive, CallKey, Request};

/// A request as it came.
pub struct Asked {
    pub method: String,
    /// Path and query.
    pub uri: String,
    /// By lower-case names.
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    /// Which request of its connection it is, from 1.
    pub of_connection: usize,
}

impl Asked {
    /// The operation, where a header or a form names it.
    pub fn operation(&self) -> String {
        if let Some(target) = self.headers.get("x-amz-target") {
            return target.rsplit('.').next().unwrap_or_default().to_owned();
        }
        let body = String::from_utf8_lossy(&self.body).into_owned();
        let action = body.split('&').find_map(|field| field.strip_prefix("Action=")).map(str::to_owned);
        action.unwrap_or_default()
    }

    /// What the signature says of region and time: `(us-east-1, 20260302T020000Z)`.
    pub fn signed(&self) -> (String, String) {
        let authorization = self.headers.get("authorization").map(String::as_str).unwrap_or_default();
        let scope = authorization.split_once("Credential=").map(|(_, rest)| rest).unwrap_or_default();
        let region = scope.split('/').nth(2).unwrap_or_default().to_owned();
        (region, self.headers.get("x-amz-date").cloned().unwrap_or_default())
    }
}

/// What the server does with a request.
pub enum Reply {
    Answer {
        status: u16,
        headers: Vec<(&'static str, String)>,
        body: Vec<u8>,
    },
    /// Closes the connection without an answer.
    HangUp,
}

impl Reply {
    pub fn json(status: u16, body: &str) -> Self {
        let kind = ("content-type", "application/x-amz-json-1.0".to_owned());
        Self::Answer { status, headers: vec![kind], body: body.as_bytes().to_vec() }
    }

    pub fn xml(status: u16, body: &str) -> Self {
        Self::Answer { status, headers: vec![("content-type", "text/xml".to_owned())], body: body.as_bytes().to_vec() }
    }

    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name, value.to_owned()));
        }
        self
    }
}

/// Answers until it is dropped. Its clock may be ahead of ours.
pub struct Server {
    pub endpoint: String,
    port: u16,
    ends: Arc<AtomicBool>,
}

impl Server {
    pub fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        Self::ahead(SignedDuration::ZERO, answer)
    }

    pub fn ahead(ahead: SignedDuration, answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (ends, answer) = (Arc::new(AtomicBool::new(false)), Arc::new(answer));
        let ended = Arc::clone(&ends);
        std::thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                let answer = Arc::clone(&answer);
                std::thread::spawn(move || serve(&connection, ahead, &*answer));
            }
        });
        Self { endpoint: format!("http://127.0.0.1:{port}"), port, ends }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

fn serve(connection: &TcpStream, ahead: SignedDuration, answer: &(impl Fn(&Asked) -> Reply + ?Sized)) {
    let mut reader = BufReader::new(connection);
    let mut of_connection = 0;
    loop {
        let mut first = String::new();
        if reader.read_line(&mut first).unwrap_or(0) == 0 {
            return;
        }
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return;
            }
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_lowercase(), value.trim().to_owned());
        }
        let length = headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0);
        let mut body = vec![0; length];
        if reader.read_exact(&mut body).is_err() {
            return;
        }
        of_connection += 1;
        let mut words = first.split(' ').map(str::to_owned);
        let (method, uri) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let Reply::Answer { status, headers, body } = answer(&Asked { method, uri, headers, body, of_connection })
        else {
            return;
        };
        let date = (Timestamp::now() + ahead).strftime("%a, %d %b %Y %H:%M:%S GMT");
        let mut text = format!("HTTP/1.1 {status} -\r\ndate: {date}\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str("\r\n");
        let mut writer = connection;
        if writer.write_all(text.as_bytes()).and_then(|()| writer.write_all(&body)).is_err() {
            return;
        }
    }
}

/// Answers of the recorded account, by what is asked. What it was not asked is a 404.
pub fn recorded() -> impl Fn(&Asked) -> Reply + Send + Sync + 'static {
    let mut answers = HashMap::new();
    let archive = Archive::open(&super::acme().join("exchanges/111122223333.jsonl.zst")).unwrap();
    for at in 0..u32::try_from(archive.len()).unwrap() {
        let exchange = archive.read(at).unwrap();
        let key = exchange.key();
        let target = exchange.request.headers.get("x-amz-target").cloned();
        answers.insert((key.region, target, key.digest), exchange.response.unwrap());
    }
    move |asked: &Asked| {
        let request = Request {
            method: asked.method.clone(),
            uri: asked.uri.clone(),
            prefix: String::new(),
            headers: BTreeMap::new(),
            body: asked.body.clone().into(),
        };
        let target = asked.headers.get("x-amz-target").cloned();
        let key = (asked.signed().0, target, CallKey::digest(&request));
        let Some(response) = answers.get(&key) else {
            return Reply::Answer { status: 404, headers: Vec::new(), body: b"not recorded".to_vec() };
        };
        let mut reply = Reply::Answer { status: response.status, headers: Vec::new(), body: response.body.to_vec() };
        for name in ["content-type", "x-amzn-errortype", "x-amzn-requestid", "x-amzn-query-error"] {
            if let Some(value) = response.headers.get(name) {
                reply = reply.with(name, value);
            }
        }
        reply
    }
}
