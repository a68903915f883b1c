use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The longest that an answer is waited for, so that a test which waits in vain ends with a word on it.
const PATIENCE: Duration = Duration::from_secs(180);

/// One request to an emulator at `HOST:PORT`, with a JSON body if there is one: status, and the answer's body.
pub fn http(address: &str, method: &str, path: &str, body: Option<&serde_json::Value>) -> (u16, Vec<u8>) {
    let body = body.map(ToString::to_string).unwrap_or_default();
    send(address, method, path, "application/json", body.as_bytes())
}

/// One request with a body of any type: status, and the answer's body.
pub fn send(address: &str, method: &str, path: &str, media_type: &str, body: &[u8]) -> (u16, Vec<u8>) {
    request(address, method, path, &[("Content-Type", media_type)], body)
}

/// One request with these headers: status, and the answer's body.
pub fn request(
    address: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> (u16, Vec<u8>) {
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let address = address.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).expect("the emulator listens");
    stream.set_read_timeout(Some(PATIENCE)).expect("a socket has a timeout");
    // of a version without chunks
    write!(
        stream,
        "{method} {path} HTTP/1.0\r\nHost: {address}\r\n{headers}\
         Content-Length: {}\r\n\r\n",
        body.len()
    )
    .and_then(|()| stream.write_all(body))
    .expect("the emulator takes a request");
    let mut answer = BufReader::new(stream);
    let (mut status, mut length, mut line) = (None, None, String::new());
    while answer.read_line(&mut line).expect("the emulator answers") > 2 {
        let text = line.trim_end().to_ascii_lowercase();
        status = status.or_else(|| text.split(' ').nth(1)?.parse().ok());
        length = length.or_else(|| text.strip_prefix("content-length:")?.trim().parse().ok());
        line.clear();
    }
    // the connection may stay open
    let mut body = Vec::new();
    answer.take(length.unwrap_or(u64::MAX)).read_to_end(&mut body).expect("the emulator answers");
    (status.expect("an answer has a status"), body)
}
