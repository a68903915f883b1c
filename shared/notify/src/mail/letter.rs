use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, Mailboxes, MultiPart, SinglePart};
use lettre::{Address, Message};

use crate::LanguageError;
use crate::delivery::DeliveryError;
use crate::message::Markup;
use crate::notice::Notice;
use crate::text::{capped, plain};

/// Most characters of a subject.
const SUBJECT: usize = 150;

/// Who writes to whom.
#[derive(Debug, Clone)]
pub struct Envelope {
    from: Mailbox,
    to: Vec<Mailbox>,
}

/// An address that is none. It is not repeated: it is somebody's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    /// The sender's.
    #[error("the sender is no address; write name@example.org, or Name <name@example.org>")]
    From,
    /// A receiver's.
    #[error("a receiver is no address; write name@example.org, commas between several")]
    To,
}

impl Envelope {
    /// From one address to one or more, commas between them.
    ///
    /// # Errors
    /// [`EnvelopeError`].
    pub fn parse(from: &str, to: &str) -> Result<Self, EnvelopeError> {
        let from = from.trim().parse().map_err(|_| EnvelopeError::From)?;
        let to: Mailboxes = to.trim().parse().map_err(|_| EnvelopeError::To)?;
        let to: Vec<Mailbox> = to.into_iter().collect();
        if to.is_empty() { Err(EnvelopeError::To) } else { Ok(Self { from, to }) }
    }
}

/// Letters and digits of ASCII, hyphens and dots: what can stand in a message's id and in a file's name.
fn safe(text: &str) -> String {
    text.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.')).collect()
}

/// The letter of a notice, written at `now`.
pub(super) fn letter(
    envelope: &Envelope,
    notice: &Notice<'_>,
    now: Timestamp,
) -> Result<Message, DeliveryError> {
    let text = notice.message(Markup::PLAIN)?;
    let subject = capped(plain(text.lines().next().unwrap_or_default()).trim(), SUBJECT);
    let since_1970 = Duration::from_secs(now.as_second().unsigned_abs());
    let mut builder = Message::builder()
        .from(envelope.from.clone())
        .subject(subject)
        .date(SystemTime::UNIX_EPOCH + since_1970)
        // the same each time: a second copy is known as one
        .message_id(Some(format!("<{}@{}>", safe(notice.key), host(&envelope.from.email))));
    for to in &envelope.to {
        builder = builder.to(to.clone());
    }
    // no answer of an absent person's program
    let name = HeaderName::new_from_ascii_str("Auto-Submitted");
    builder = builder.raw_header(HeaderValue::new(name, "auto-generated".to_owned()));
    let html = html(notice)?;
    let both = MultiPart::alternative()
        .singlepart(SinglePart::plain(with_link(notice, text)?))
        .singlepart(SinglePart::builder().header(ContentType::TEXT_HTML).body(html));
    let refused =
        |error: lettre::error::Error| DeliveryError::Refused { why: format!("the letter: {error}") };
    let letter = match notice.page {
        None => builder.multipart(both),
        Some(page) => {
            let page =
                Attachment::new(safe(page.file_name)).body(page.html.to_owned(), ContentType::TEXT_HTML);
            builder.multipart(MultiPart::mixed().multipart(both).singlepart(page))
        }
    };
    letter.map_err(refused)
}

fn host(address: &Address) -> String {
    Some(safe(address.domain()))
        .filter(|host| !host.is_empty())
        .unwrap_or_else(|| "topdown.invalid".to_owned())
}

/// A link of a local server opens nowhere else, and the page is attached.
fn link(notice: &Notice<'_>) -> Result<Option<(String, &'static str, String)>, LanguageError> {
    let url = notice.page.and_then(|page| page.link).map(|link| plain(link.url));
    let url = url.filter(|url| url.starts_with("https://"));
    Ok(url.zip(notice.opens()?).map(|(url, (name, opens))| (url, name, opens)))
}

fn with_link(notice: &Notice<'_>, mut text: String) -> Result<String, LanguageError> {
    if let Some((url, name, opens)) = link(notice)? {
        text.push_str(&format!("\n\n{name} · {opens}:\n{url}"));
    }
    text.push('\n');
    Ok(text)
}

/// The letter for those who read HTML: it fetches nothing.
///
/// # Errors
///
/// [`LanguageError`] on a broken build.
pub fn html(notice: &Notice<'_>) -> Result<String, LanguageError> {
    let mut body = notice.message(Markup::HTML)?.replace('\n', "<br>\n");
    if let Some((url, name, opens)) = link(notice)? {
        let url = Markup::HTML.escape(&url);
        body.push_str(&format!("<br>\n<a href=\"{url}\" rel=\"noopener noreferrer\">{name}</a> · {opens}"));
    }
    let language = if notice.language() == "ru" { "ru" } else { "en" };
    Ok(format!(
        "<!doctype html>\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"></head><body><p>{body}</p></body></html>\n"
    ))
}
