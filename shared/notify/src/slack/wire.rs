use serde::Serialize;

use super::TEXT_LIMIT;
use crate::LanguageError;
use crate::message::Markup;
use crate::notice::Notice;
use crate::text::plain;

/// A message. Nothing in it is fetched for a preview: a signed link would be.
#[derive(Serialize)]
pub(super) struct Payload {
    /// What a notification shows, where blocks cannot be.
    text: String,
    blocks: Vec<Block>,
    unfurl_links: bool,
    unfurl_media: bool,
}

#[derive(Serialize)]
struct Block {
    #[serde(rename = "type")]
    kind: &'static str,
    text: Text,
}

#[derive(Serialize)]
struct Text {
    #[serde(rename = "type")]
    kind: &'static str,
    text: String,
    /// No address, name or channel in a text becomes a link: those of models would.
    verbatim: bool,
}

fn block(text: String) -> Block {
    Block { kind: "section", text: Text { kind: "mrkdwn", text, verbatim: true } }
}

impl Payload {
    pub(super) fn of(notice: &Notice<'_>) -> Result<Self, LanguageError> {
        let message = notice.message(Markup::SLACK)?;
        let first = message.lines().next().unwrap_or_default().to_owned();
        let fits = |text: &String| text.chars().count() <= TEXT_LIMIT;
        let mut blocks = vec![block(if fits(&message) { message } else { first.clone() })];
        if let (Some(link), Some((name, opens))) = (notice.page.and_then(|page| page.link), notice.opens()?) {
            let is_web = link.url.starts_with("https://") || link.url.starts_with("http://");
            let url = Markup::SLACK.address(&plain(link.url));
            let line = format!("<{url}|{name}> · {opens}");
            blocks.extend(Some(line).filter(|line| is_web && fits(line)).map(block));
        }
        Ok(Self { text: first, blocks, unfurl_links: false, unfurl_media: false })
    }
}
