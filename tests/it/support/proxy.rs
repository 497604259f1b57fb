//! A proxy on loopback between kickoff and moto, which sees every request and can answer in moto's place, or spoil its answer.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use super::moto::Moto;
use super::server::Asked;

/// What becomes of a request.
pub enum Deed {
    /// moto answers.
    Forward,
    /// A successful answer of S3 with this XML.
    Say(&'static str),
    /// What S3 says to HEAD of a bucket in another region than the one that is asked.
    Elsewhere(&'static str),
    /// An error of S3: status, code, message.
    Refuse(u16, &'static str, &'static str),
    /// The connection is closed, and moto asked nothing.
    HangUp,
    /// moto does what it is asked, and its answer is lost.
    Lose,
    /// The answer breaks off in the middle of its body.
    Cut,
}

/// Of every answer that is not moto's.
const ID: &str = "4442587FB7D0A2F9";

type Decide = Box<dyn FnMut(&mut Asked) -> Deed + Send>;

/// Stands before a moto until it is dropped.
pub struct Proxy {
    pub endpoint: String,
    port: u16,
    ends: Arc<AtomicBool>,
    asked: Arc<Mutex<Vec<Asked>>>,
}

impl Proxy {
    /// A proxy that does with each request what `decide` says, which may change it too: moto checks no signature.
    pub fn before(moto: &Moto, decide: impl FnMut(&mut Asked) -> Deed + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (ends, asked) = (Arc::new(AtomicBool::new(false)), Arc::new(Mutex::new(Vec::new())));
        let decide: Arc<Mutex<Decide>> = Arc::new(Mutex::new(Box::new(decide)));
        let address = moto.endpoint.trim_start_matches("http://").to_owned();
        let (ended, seen) = (Arc::clone(&ends), Arc::clone(&asked));
        std::thread::spawn(move || {
            for connection in listener.incoming().map_while(Result::ok) {
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                let (decide, seen, address) = (Arc::clone(&decide), Arc::clone(&seen), address.clone());
                std::thread::spawn(move || serve(&connection, &address, &decide, &seen));
            }
        });
        Self { endpoint: format!("http://127.0.0.1:{port}"), port, ends, asked }
    }

    /// What `of` makes of all requests so far, in their order.
    pub fn seen<T>(&self, of: impl FnMut(&Asked) -> Option<T>) -> Vec<T> {
        self.asked.lock().unwrap().iter().filter_map(of).collect()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

/// One request of a connection, which is closed after it.
fn serve(connection: &TcpStream, moto: &str, decide: &Mutex<Decide>, seen: &Mutex<Vec<Asked>>) {
    let Some(mut asked) = read(connection) else { return };
    let deed = (*decide.lock().unwrap())(&mut asked);
    let head = asked.method == "HEAD";
    let answer = match deed {
        Deed::Forward | Deed::Lose | Deed::Cut => forward(&asked, moto),
        Deed::Say(xml) => Some(said(200, xml, head)),
        Deed::Elsewhere(region) => {
            let head =
                "HTTP/1.1 301 Moved Permanently\r\nconnection: close\r\ncontent-length: 0\r\nx-amz-bucket-region: ";
            Some(format!("{head}{region}\r\n\r\n").into_bytes())
        }
        Deed::Refuse(status, code, message) => {
            let error = format!("<Code>{code}</Code><Message>{message}</Message><RequestId>{ID}</RequestId>");
            Some(said(status, &format!("<Error>{error}</Error>"), head))
        }
        Deed::HangUp => None,
    };
    seen.lock().unwrap().push(asked);
    let Some(mut answer) = answer else { return };
    match deed {
        Deed::Lose => return,
        Deed::Cut => {
            let body = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
            let says = String::from_utf8_lossy(&answer[..body]).to_lowercase();
            assert!(says.contains("content-length: "), "without a length nobody sees that it is cut: {says}");
            answer.truncate(body + (answer.len() - body) / 2);
        }
        Deed::Forward | Deed::Say(_) | Deed::Elsewhere(_) | Deed::Refuse(..) | Deed::HangUp => {}
    }
    // kickoff may have hung up.
    let mut to = connection;
    let _ = to.write_all(&answer);
}

fn read(connection: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(connection);
    let mut line = || {
        let mut line = String::new();
        (reader.read_line(&mut line).ok()? > 0).then(|| line.trim_end().to_owned())
    };
    let first = line()?;
    let mut headers = BTreeMap::new();
    while let Some((name, value)) = line()?.split_once(':') {
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    assert!(!headers.contains_key("transfer-encoding"), "a body whose length is not said: {first}");
    let mut body = vec![0; headers.get("content-length").and_then(|text| text.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    let mut words = first.split(' ').map(str::to_owned);
    let (method, uri) = (words.next()?, words.next()?);
    Some(Asked { method, uri, headers, body, of_connection: 1 })
}

/// The answer of moto, as it comes, but that it says that the connection ends.
fn forward(asked: &Asked, moto: &str) -> Option<Vec<u8>> {
    let mut head = format!("{} {} HTTP/1.1\r\nconnection: close\r\n", asked.method, asked.uri);
    for (name, value) in asked.headers.iter().filter(|(name, _)| *name != "connection") {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut stream = TcpStream::connect(moto).ok()?;
    stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&asked.body)).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let first = answer.windows(2).position(|two| two == b"\r\n")? + 2;
    drop(answer.splice(first..first, *b"connection: close\r\n"));
    Some(answer)
}

/// An answer of S3; one to HEAD has no body.
fn said(status: u16, xml: &str, head: bool) -> Vec<u8> {
    let xml = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{xml}");
    let length = xml.len();
    let body = if head { "" } else { &xml };
    format!(
        "HTTP/1.1 {status} -\r\ncontent-type: application/xml\r\nx-amz-request-id: {ID}\r\nconnection: close\r\n\
         content-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
