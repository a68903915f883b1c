//! A server that gives prepared answers in their order and remembers what it was asked.
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

pub(super) struct Scripted {
    pub(super) url: String,
    asked: Arc<Mutex<Vec<(String, String)>>>,
}

impl Scripted {
    /// Answers with these statuses and bodies, and with 500 once they are used up.
    pub(super) fn new(answers: &[(u16, &str)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let mut answers: std::collections::VecDeque<_> =
            answers.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
        let log = Arc::clone(&asked);
        // ends with the process: the listener has no other end
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut reader = BufReader::new(stream.unwrap());
                let mut head = Vec::new();
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
                    head.push(std::mem::take(&mut line));
                }
                let Some(request) = head.first() else { continue };
                let length = head.iter().find_map(|line| {
                    line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse().ok()
                });
                let mut body = vec![0; length.unwrap_or(0)];
                reader.read_exact(&mut body).unwrap();
                log.lock().unwrap().push((request.trim().to_owned(), String::from_utf8(body).unwrap()));
                let (status, text) = answers.pop_front().unwrap_or((500, "{}".to_owned()));
                let head = format!(
                    "HTTP/1.1 {status} Status\r\nConnection: close\r\nContent-Length: {}",
                    text.len()
                );
                write!(reader.get_mut(), "{head}\r\n\r\n{text}").unwrap();
            }
        });
        Self { url, asked }
    }

    /// Request lines and bodies so far.
    pub(super) fn asked(&self) -> Vec<(String, String)> {
        self.asked.lock().unwrap().clone()
    }
}
