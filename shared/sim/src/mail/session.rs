use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::SentMail;
use crate::faults::Fault;
use crate::recorder::{Recorded, Service};
use crate::world::Shared;

/// Longest letter taken.
const LARGEST: usize = 64 << 20;

/// What a client has said so far.
#[derive(Default)]
struct Talk {
    user: Option<String>,
    from: Option<String>,
    to: Vec<String>,
}

/// One connection, from greeting to farewell.
pub(super) async fn talk(stream: TcpStream, shared: &Shared) -> io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut talk = Talk::default();
    say(&mut stream, "220 topdown-sim ESMTP").await?;
    while let Some(line) = line(&mut stream).await? {
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => say(&mut stream, "250-topdown-sim\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN").await?,
            "HELO" | "NOOP" => say(&mut stream, "250 ok").await?,
            "AUTH" => {
                talk.user = login(&mut stream, rest).await?;
                let answer =
                    if talk.user.is_some() { "235 2.7.0 welcome" } else { "501 5.5.2 not understood" };
                say(&mut stream, answer).await?;
            }
            "MAIL" => {
                (talk.from, talk.to) = (Some(path(rest)), Vec::new());
                say(&mut stream, "250 ok").await?;
            }
            "RCPT" if talk.from.is_some() => {
                talk.to.push(path(rest));
                say(&mut stream, "250 ok").await?;
            }
            "DATA" if !talk.to.is_empty() => {
                say(&mut stream, "354 end with a dot").await?;
                let Some(raw) = letter(&mut stream).await? else { return Ok(()) };
                if !take(&mut stream, shared, &mut talk, raw).await? {
                    return Ok(());
                }
            }
            "RCPT" | "DATA" => say(&mut stream, "503 5.5.1 not yet").await?,
            "RSET" => {
                (talk.from, talk.to) = (None, Vec::new());
                say(&mut stream, "250 ok").await?;
            }
            "QUIT" => return say(&mut stream, "221 farewell").await,
            _ => say(&mut stream, "502 5.5.1 unknown").await?,
        }
    }
    Ok(())
}

async fn say(stream: &mut BufReader<TcpStream>, text: &str) -> io::Result<()> {
    stream.write_all(format!("{text}\r\n").as_bytes()).await
}

async fn line(stream: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let count = stream.read_until(b'\n', &mut line).await?;
    let text = String::from_utf8_lossy(&line);
    Ok((count > 0).then(|| text.trim_end_matches(['\r', '\n']).to_owned()))
}

/// The address in `FROM:<...>` or `TO:<...>`.
fn path(text: &str) -> String {
    let inner = text.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}

/// Who logs in, by PLAIN or LOGIN; the password is not looked at.
async fn login(stream: &mut BufReader<TcpStream>, rest: &str) -> io::Result<Option<String>> {
    let decoded = |text: &str| String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok();
    if let Some(response) = rest.strip_prefix("PLAIN ") {
        return Ok(decoded(response).and_then(|text| text.split('\0').nth(1).map(str::to_owned)));
    }
    say(stream, "334 VXNlcm5hbWU6").await?;
    let user = line(stream).await?;
    say(stream, "334 UGFzc3dvcmQ6").await?;
    let password = line(stream).await?;
    Ok(user.zip(password).and_then(|(user, _)| decoded(&user)))
}

/// The letter up to its dot.
async fn letter(stream: &mut BufReader<TcpStream>) -> io::Result<Option<String>> {
    let mut raw = String::new();
    while let Some(text) = line(stream).await? {
        if text == "." {
            return Ok(Some(raw));
        }
        // a dot that begins a line is doubled on the way
        raw.push_str(text.strip_prefix('.').filter(|rest| rest.starts_with('.')).unwrap_or(&text));
        raw.push_str("\r\n");
        if raw.len() > LARGEST {
            break;
        }
    }
    Ok(None)
}

/// Takes the letter, unless a fault strikes. Whether the connection goes on.
async fn take(
    stream: &mut BufReader<TcpStream>,
    shared: &Shared,
    talk: &mut Talk,
    raw: String,
) -> io::Result<bool> {
    let at = shared.clock.now();
    let seq = shared.recorder.arrived(Recorded {
        seq: 0,
        service: Service::Mail,
        method: "DATA".to_owned(),
        path: "/".to_owned(),
        query: None,
        headers: Vec::new(),
        body: raw.clone().into_bytes(),
        body_len: raw.len(),
        at,
        status: None,
    });
    let mut is_cut = false;
    let refusal = match shared.faults.strike(Service::Mail, "/") {
        Some(Fault::TooManyRequests { .. }) => Some("450 4.7.1 too many letters".to_owned()),
        Some(Fault::ServerError(_)) => Some("451 4.3.0 not now".to_owned()),
        Some(Fault::QuotaExceeded) => Some("552 5.2.2 the mailbox is full".to_owned()),
        Some(Fault::Answer { status, body, .. }) => {
            Some(format!("{status} {}", String::from_utf8_lossy(&body)))
        }
        Some(Fault::Cut { .. }) => {
            is_cut = true;
            None
        }
        Some(Fault::Delay(time)) => {
            tokio::time::sleep(time).await;
            None
        }
        Some(Fault::Held(gate)) => {
            gate.passed().await;
            None
        }
        Some(Fault::Hang) => std::future::pending().await,
        _ => None,
    };
    if let Some(refusal) = refusal {
        shared.recorder.answered(seq, refusal.get(..3).and_then(|code| code.parse().ok()).unwrap_or(451));
        say(stream, &refusal).await?;
        return Ok(true);
    }
    let (user, from) = (talk.user.clone(), talk.from.take().unwrap_or_default());
    shared.letters.keep(SentMail { at, user, from, to: std::mem::take(&mut talk.to), raw });
    shared.recorder.answered(seq, 250);
    if is_cut {
        return Ok(false);
    }
    say(stream, "250 2.0.0 taken").await?;
    Ok(true)
}
