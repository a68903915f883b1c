use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::server::Security;
use super::*;
use crate::{About, DeliveryError, Notice, sample, sample_plan};

const PASSWORD: &str = "canary of a test";

fn now() -> Timestamp {
    "2026-04-30T04:00:00Z".parse().unwrap()
}

/// A server that answers commands that begin alike as told, and others like any server. What it was sent comes back.
async fn server(answers: &'static [(&'static str, &'static str)]) -> (Server, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let lines = Arc::<Mutex<Vec<String>>>::default();
    let kept = lines.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mut stream = BufReader::new(stream);
            let told =
                |command: &str| answers.iter().find(|(start, _)| command.starts_with(start)).map(|(_, a)| *a);
            let _ = stream.write_all(told("").unwrap_or("220 test\r\n").as_bytes()).await;
            let mut is_data = false;
            let mut line = String::new();
            while stream.read_line(&mut line).await.unwrap_or(0) > 0 {
                kept.lock().unwrap().push(line.trim_end().to_owned());
                let answer = match line.trim_end() {
                    "." => {
                        is_data = false;
                        told(".").unwrap_or("250 taken\r\n")
                    }
                    _ if is_data => "",
                    "DATA" => {
                        is_data = true;
                        told("DATA").unwrap_or("354 go on\r\n")
                    }
                    command if command.starts_with("EHLO") => {
                        told("EHLO").unwrap_or("250-test\r\n250 AUTH PLAIN LOGIN\r\n")
                    }
                    command if command.starts_with("AUTH") => told("AUTH").unwrap_or("235 welcome\r\n"),
                    command => told(command.split(' ').next().unwrap_or("")).unwrap_or("250 ok\r\n"),
                };
                if answer == "cut" {
                    break;
                }
                let _ = stream.write_all(answer.as_bytes()).await;
                line.clear();
            }
        }
    });
    (Server { host: "127.0.0.1".to_owned(), port, security: Security::Clear }, lines)
}

fn client(server: Server) -> Client {
    // refused if another test was first, and set either way
    let _ = rustls::crypto::ring::default_provider().install_default();
    let envelope =
        Envelope::parse("Topdown <topdown@example.org>", "a@example.org, Б <b@example.org>").unwrap();
    Client::new(server, Some(Account { user: "topdown".to_owned(), password: PASSWORD.into() }), envelope)
}

async fn told(answers: &'static [(&'static str, &'static str)]) -> (Result<(), DeliveryError>, Vec<String>) {
    let (server, lines) = server(answers).await;
    let (document, run_id) = (sample::weekly(), "r-7f3k9q".parse().unwrap());
    let told = client(server).send(&sample::notice(About::Report(&document), &run_id), now()).await;
    if let Err(error) = &told {
        assert!(!format!("{error} {error:?}").contains("canary"), "{error:?}");
    }
    let lines = lines.lock().unwrap().clone();
    (told, lines)
}

/// The letter of a notice as the server is given it.
fn written(notice: &Notice<'_>) -> String {
    let envelope = Envelope::parse("topdown@example.org", "a@example.org").unwrap();
    String::from_utf8(letter::letter(&envelope, notice, now()).unwrap().formatted()).unwrap()
}

fn header<'a>(letter: &'a str, name: &str) -> Vec<&'a str> {
    let head = letter.split("\r\n\r\n").next().unwrap();
    head.split("\r\n").filter_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).collect()
}

#[tokio::test]
async fn a_report_is_a_letter_with_its_page() {
    let (end, lines) = told(&[]).await;
    assert_eq!(end, Ok(()));
    let sent = |start: &str| lines.iter().filter(|line| line.starts_with(start)).cloned().collect::<Vec<_>>();
    assert_eq!(sent("MAIL FROM"), ["MAIL FROM:<topdown@example.org>"]);
    assert_eq!(sent("RCPT TO"), ["RCPT TO:<a@example.org>", "RCPT TO:<b@example.org>"]);
    assert_eq!(sent("Date: "), ["Date: Thu, 30 Apr 2026 04:00:00 +0000"]);
    assert_eq!(sent("Message-ID: "), ["Message-ID: <r-7f3k9q-notification@example.org>"]);
    assert_eq!(sent("Auto-Submitted: "), ["Auto-Submitted: auto-generated"]);
    assert_eq!(sent("Subject: "), ["Subject: BTCUSDT 1w Neutral, up 42, down 32"]);
    let kinds: Vec<String> =
        sent("Content-Type: ").iter().map(|line| line.split([';', ' ']).nth(1).unwrap().to_owned()).collect();
    assert_eq!(kinds, ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/html"]);
    assert_eq!(
        sent("Content-Disposition: "),
        ["Content-Disposition: attachment; filename=\"BTCUSDT-1w-notification.html\""]
    );
    assert_eq!(lines.last().unwrap(), "QUIT");
}

#[tokio::test]
async fn each_answer_has_its_end() {
    let later = async |answers| {
        let (end, _) = told(answers).await;
        assert!(matches!(end, Err(DeliveryError::Later { .. })), "{answers:?}: {end:?}");
    };
    later(&[("", "421 busy\r\n")]).await;
    later(&[("AUTH", "454 not now\r\n")]).await;
    later(&[("MAIL", "450 grey\r\n")]).await;
    later(&[("RCPT", "451 4.7.1 grey\r\n")]).await;
    later(&[(".", "452 full\r\n")]).await;
    later(&[("EHLO", "cut")]).await;
    for (answers, says) in [
        (
            &[("AUTH", "535 5.7.8 no canary of a test\r\n")][..],
            "535: 5.7.8 no [password]; mend SMTP_USERNAME",
        ),
        (&[("RCPT", "550 5.1.1 no such person\r\n")], "550: 5.1.1 no such person"),
        (&[("MAIL", "530 5.7.0 Must issue a STARTTLS command first\r\n")], "530"),
        (&[(".", "554 5.6.0 spam\u{1b}[31m\r\n")], "554: 5.6.0 spam[31m"),
        (&[("EHLO", "250 test\r\n")], "No compatible authentication mechanism"),
    ] {
        let (end, _) = told(answers).await;
        let Err(DeliveryError::Refused { why }) = &end else { panic!("{answers:?}: {end:?}") };
        assert!(why.contains(says), "{why}");
    }
    // the letter was handed over: it may have been taken
    let (end, _) = told(&[(".", "cut")]).await;
    assert!(matches!(end, Err(DeliveryError::Unknown { .. })), "{end:?}");
}

/// A server without STARTTLS, or somebody between who took its offer away, gets no password and no letter.
#[tokio::test]
async fn what_is_to_be_encrypted_is_not_sent_in_clear() {
    let (server, lines) = server(&[]).await;
    let (document, run_id) = (sample::weekly(), "r-7f3k9q".parse().unwrap());
    let notice = sample::notice(About::Report(&document), &run_id);
    let insisting = client(Server { security: Security::StartTls, ..server });
    let end = insisting.send(&notice, now()).await;
    assert!(matches!(&end, Err(DeliveryError::Refused { why }) if why.contains("STARTTLS")), "{end:?}");
    let lines = lines.lock().unwrap();
    assert!(lines.iter().all(|line| line.starts_with("EHLO") || line == "QUIT"), "{lines:?}");
}

#[test]
fn a_hostile_text_writes_no_header_and_no_markup() {
    let mut document = sample_plan::aside();
    document.recommendation.summary =
        "<img src=https://evil.example/x> <script>alert(1)</script>\r\nBcc: x@evil.example\r\n\r\nhttps://evil.example".into();
    document.llm_model = "a\r\nBcc: y@evil.example".to_owned();
    document.checks.items.clear();
    let run_id = "r-7f3k9q".parse().unwrap();
    let mut notice = sample::notice(About::Recommendation(&document), &run_id);
    notice.page.as_mut().unwrap().file_name = "a\"\r\nX-Own: b/../c.html";
    let letter = written(&notice);
    for injected in ["\r\nBcc:", "\r\nX-Own:", "\nBcc:"] {
        assert!(!letter.contains(injected), "{letter}");
    }
    assert_eq!(header(&letter, "Subject"), ["BTCUSDT Stand aside"]);
    assert!(letter.contains("filename=\"aX-Ownb..c.html\""), "{letter}");
    let html = letter.split("<!doctype html>").nth(1).unwrap();
    // quoted-printable breaks lines and spells equals signs
    let html = html.split("\r\n--").next().unwrap().replace("=\r\n", "").replace("=3D", "=");
    let tags: Vec<&str> = html.split('<').skip(1).filter_map(|rest| rest.split(['>', ' ']).next()).collect();
    assert_eq!(
        tags,
        [
            "html", "head", "meta", "/head", "body", "p", "b", "/b", "br", "br", "i", "/i", "br", "a", "/a",
            "/p", "/body", "/html"
        ],
        "{html}"
    );
    assert!(html.contains("&lt;script&gt;") && !html.contains("src=\""), "{html}");
}

#[test]
fn a_letter_is_read_in_its_language_and_links_where_a_link_opens() {
    let mut document = sample::weekly();
    document.language = "ru".into();
    let run_id = "r-7f3k9q".parse().unwrap();
    let mut notice = sample::notice(About::Report(&document), &run_id);
    let letter = written(&notice);
    let subject = header(&letter, "Subject")[0];
    assert!(subject.is_ascii() && subject.starts_with("BTCUSDT 1w =?utf-8?b?"), "{subject}");
    let [text, html] = read(&letter);
    assert!(text.starts_with("BTCUSDT 1w Нейтрально, вверх 42, вниз 32\r\n"), "{text}");
    assert!(text.ends_with("16:00 UTC:\r\nhttps://storage.example.org/pages/r.html?a=1&b=2\r\n"), "{text}");
    assert!(html.contains("<html lang=\"ru\">") && html.contains("<b>BTCUSDT 1w Нейтрально</b>, "), "{html}");
    assert!(html.contains("href=\"https://storage.example.org/pages/r.html?a=1&amp;b=2\""), "{html}");
    // a server of this machine opens for nobody else
    notice.page.as_mut().unwrap().link.as_mut().unwrap().url = "http://127.0.0.1:8377/x";
    let [text, html] = read(&written(&notice));
    assert!(!html.contains("href=") && !html.contains("8377") && !text.contains("8377"), "{text} {html}");
}

/// The two texts of a letter that is no ASCII.
fn read(letter: &str) -> [String; 2] {
    let mut parts = letter.split("base64\r\n\r\n").skip(1).map(|part| {
        let digits = part.split("--").next().unwrap().replace("\r\n", "");
        String::from_utf8(STANDARD.decode(digits).unwrap()).unwrap()
    });
    [parts.next().unwrap(), parts.next().unwrap()]
}

#[test]
fn addresses_are_checked() {
    assert!(Envelope::parse("a@b.example", " c@d.example , E <e@f.example> ").is_ok());
    for (from, to, error) in [
        ("", "c@d.example", EnvelopeError::From),
        ("a@b.example\r\nBcc: x@y.example", "c@d.example", EnvelopeError::From),
        ("a@b.example", "", EnvelopeError::To),
        ("a@b.example", "c@d.example\r\nBcc: x@y.example", EnvelopeError::To),
        ("a@b.example", "not an address", EnvelopeError::To),
    ] {
        assert_eq!(Envelope::parse(from, to).unwrap_err(), error, "{from} {to}");
    }
}
