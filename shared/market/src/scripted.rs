//! A server on loopback that answers what a test wrote down.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A server on loopback that gives the scripted answers, one a connection, and keeps the request lines.
pub(crate) struct Exchange {
    pub(crate) base_url: String,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Exchange {
    pub(crate) fn answering(answers: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Vec::new()));
        let lines = Arc::clone(&seen);
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                lines.lock().unwrap().push(request_line(&mut stream));
                // a client that has read enough hangs up
                let _ = stream.write_all(&answer);
            }
        });
        Self { base_url, seen }
    }

    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().unwrap().clone()
    }
}

/// The client of an exchange on loopback.
pub(crate) fn http() -> reqwest::Client {
    // another test may have installed it
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap()
}

fn request_line(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut byte).unwrap();
        head.push(byte[0]);
    }
    String::from_utf8(head).unwrap().lines().next().unwrap().to_owned()
}

/// An answer of the exchange.
pub(crate) fn answer(status: &str, headers: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = body.len();
    let mut out = format!(
        "HTTP/1.1 {status}\r\nDate: Thu, 30 Apr 2026 04:00:48 GMT\r\nConnection: close\r\n\
         {headers}Content-Length: {length}\r\n\r\n"
    )
    .into_bytes();
    out.extend_from_slice(body);
    out
}
