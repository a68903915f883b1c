use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::testbed::at;
use crate::{Fault, Rule, Service, SimClock, World, WorldConfig};

/// Says the lines one after the other and gives what was answered.
async fn said(world: &World, lines: &[&str]) -> String {
    let address = world.mail_url().trim_start_matches("smtp://").to_owned();
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(lines.join("\r\n").as_bytes()).await.unwrap();
    stream.write_all(b"\r\nQUIT\r\n").await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    answers
}

fn codes(answers: &str) -> Vec<&str> {
    answers.lines().filter(|line| line.as_bytes().get(3) == Some(&b' ')).map(|line| &line[..3]).collect()
}

#[tokio::test]
async fn a_letter_is_taken_with_its_envelope() {
    let world =
        World::start(WorldConfig::seeded(7, SimClock::fixed(at("2026-04-30T04:00:00Z")))).await.unwrap();
    // base64 of "\0user\0pass"
    let letter = [
        "EHLO x",
        "AUTH PLAIN AHVzZXIAcGFzcw==",
        "MAIL FROM:<a@example.org> BODY=8BITMIME",
        "RCPT TO:<b@example.org>",
        "RCPT TO:<c@example.org>",
        "DATA",
        "Subject: s",
        "",
        "..dotted",
        ".",
    ];
    let answers = said(&world, &letter).await;
    assert_eq!(codes(&answers), ["220", "250", "235", "250", "250", "250", "354", "250", "221"], "{answers}");
    let mails = world.mails();
    assert_eq!(
        (mails.len(), mails[0].user.as_deref(), mails[0].from.as_str()),
        (1, Some("user"), "a@example.org")
    );
    assert_eq!(mails[0].to, ["b@example.org", "c@example.org"]);
    assert_eq!(mails[0].raw, "Subject: s\r\n\r\n.dotted\r\n");

    world.faults().inject(Rule::next(Service::Mail, Fault::TooManyRequests { retry_after_s: 1 }));
    assert!(said(&world, &letter).await.contains("450 4.7.1"));
    // taken, and not said so
    world.faults().inject(Rule::next(Service::Mail, Fault::Cut { after: 0 }));
    assert!(said(&world, &letter).await.ends_with("354 end with a dot\r\n"));
    assert_eq!((world.mails().len(), world.count(Service::Mail)), (2, 3));
    // out of order
    assert_eq!(
        codes(&said(&world, &["DATA", "RCPT TO:<b@example.org>"]).await),
        ["220", "503", "503", "221"]
    );
}
