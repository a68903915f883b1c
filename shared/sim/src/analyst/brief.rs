//! The machine-readable blocks of a prompt: between fences, JSON on one line.

use domain::ohlcv::Ohlcv;
use domain::report::{Report, Trust};
use domain::tool::ToolDocument;
use domain::{ReportId, Timeframe};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::voice::Language;
use crate::openai::ordered::Ordered;

/// What the prompt holds.
#[derive(Debug, Default)]
pub(super) struct Brief {
    pub(super) ohlcv: Option<Ohlcv>,
    /// A block of candles that could not be read.
    pub(super) unreadable: bool,
    pub(super) parent: Option<Parent>,
    /// Reports that a recommendation is asked from, the longest timeframe first.
    pub(super) sources: Vec<Source>,
    /// What a plan has to reckon with.
    pub(super) terms: Option<Terms>,
    /// Paths that a repair asks for.
    pub(super) repair: Vec<String>,
    /// A schema given in the prompt, with its name.
    pub(super) schema: Option<(String, Ordered)>,
    /// What tools answered.
    pub(super) tools: Vec<ToolDocument>,
    /// Of the free texts.
    pub(super) language: Language,
}

/// The report above.
#[derive(Debug, Deserialize)]
pub(super) struct Parent {
    pub(super) timeframe: Timeframe,
    pub(super) trust: Trust,
    pub(super) report: Report,
}

/// A report of one timeframe and its figures.
#[derive(Debug, Deserialize)]
pub(super) struct Source {
    pub(super) report_id: ReportId,
    pub(super) timeframe: Timeframe,
    pub(super) trust: Trust,
    pub(super) report: Report,
    /// Paths in the report whose numbers do not hold.
    pub(super) unverified: Vec<String>,
    pub(super) ohlcv: Ohlcv,
}

/// What a plan has to reckon with.
#[derive(Debug, Deserialize)]
pub(super) struct Terms {
    pub(super) can_be_sold_short: bool,
    pub(super) tick: Decimal,
    pub(super) last_price: Decimal,
    pub(super) atr14_1d: Decimal,
    pub(super) cost_per_side: Decimal,
    #[serde(default)]
    pub(super) mean_funding: Option<Decimal>,
    #[serde(default)]
    pub(super) funding_interval_hours: Option<u32>,
    pub(super) account: String,
}

#[derive(Deserialize)]
struct Repair {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    path: String,
}

impl Brief {
    /// Reads the user's texts, and the `answers` of tools.
    pub(super) fn read(text: &str, answers: &str) -> Self {
        let language = text.lines().find_map(Language::asked).unwrap_or_default();
        let mut brief = Self { language, ..Self::default() };
        for (kind, json) in blocks(text) {
            match kind {
                "ohlcv" => {
                    let read = serde_json::from_str(json);
                    brief.unreadable |= read.is_err();
                    brief.ohlcv = read.ok().or(brief.ohlcv);
                }
                "source" => brief.sources.extend(serde_json::from_str::<Source>(json)),
                "terms" => brief.terms = serde_json::from_str(json).ok().or(brief.terms),
                "parent" => brief.parent = serde_json::from_str(json).ok().or(brief.parent),
                "repair" => {
                    let read = serde_json::from_str(json).ok();
                    brief.repair =
                        read.map_or(brief.repair, |r: Repair| r.items.into_iter().map(|i| i.path).collect());
                }
                "schema" => brief.schema = schema(json).or(brief.schema),
                _ => {}
            }
        }
        let told = blocks(answers).into_iter().filter(|(kind, _)| *kind == "tool");
        brief.tools.extend(told.filter_map(|(_, json)| serde_json::from_str::<ToolDocument>(json).ok()));
        brief
    }
}

/// The block has two keys `schema`: the first names the block, the second is the schema.
fn schema(json: &str) -> Option<(String, Ordered)> {
    let Ordered::Object(entries) = serde_json::from_str(json).ok()? else { return None };
    let name = entries.iter().find(|(key, _)| key == "name").and_then(|(_, value)| value.text())?.to_owned();
    let (_, schema) = entries.into_iter().rev().find(|(key, _)| key == "schema")?;
    schema.entries().is_some().then_some((name, schema))
}

/// Kind and content of each block. A fence only counts at the start of a line, and closes with its own tag.
fn blocks(text: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some((tag, kind)) = opening(line) else { continue };
        let rest = lines.clone();
        let closing = format!("</data-{tag}>");
        if let (Some(content), Some(end)) = (rest.clone().next(), rest.clone().nth(1))
            && end.trim_end() == closing
        {
            found.push((kind, content));
            lines.nth(1);
        }
    }
    found
}

fn opening(line: &str) -> Option<(&str, &str)> {
    let inside = line.trim_end().strip_prefix("<data-")?.strip_suffix("\">")?;
    let (tag, kind) = inside.split_once(" kind=\"")?;
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (plain(tag) && plain(kind)).then_some((tag, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_needs_its_own_tag_to_close() {
        let text = "Read this.\n<data-k7 kind=\"repair\">\n{\"schema\":\"topdown.repair/1\",\"items\":[{\"path\":\"summary\",\"got\":\"1\"}]}\n</data-k7>\n\
            <data-k7 kind=\"repair\">\n{\"items\":[]}\n</data-other>\nquoted <data-k7 kind=\"ohlcv\">\n";
        let brief = Brief::read(text, "");
        assert_eq!(brief.repair, ["summary"]);
        assert!(brief.ohlcv.is_none() && !brief.unreadable);
    }

    #[test]
    fn a_schema_block_tells_its_two_keys_apart() {
        let text = "<data-k7 kind=\"schema\">\n{\"schema\":\"topdown.schema/1\",\"name\":\"report\",\"schema\":{\"type\":\"object\"}}\n</data-k7>";
        let (name, schema) = Brief::read(text, "").schema.unwrap();
        assert_eq!((name.as_str(), schema.get("type").and_then(Ordered::text)), ("report", Some("object")));
    }

    #[test]
    fn candles_that_cannot_be_read_are_no_missing_candles() {
        assert!(Brief::read("<data-k7 kind=\"ohlcv\">\n{}\n</data-k7>", "").unreadable);
    }
}
