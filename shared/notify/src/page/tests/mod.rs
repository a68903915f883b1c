mod numbers;
mod safety;
mod words;

use domain::report::{Bias, CheckItem, CheckStatus, Outcome, Trust};
use rust_decimal::Decimal;

use super::*;
use crate::sample::{self, Case};

const RUN: RunFacts = RunFacts { wall_ms: 940, calls: 2, cost_usd: Decimal::ZERO };

fn input<'a>(own: &'a Case, parent: Parent<'a>) -> PageInput<'a> {
    PageInput {
        reading: own.reading(),
        parent,
        chart_css: ".w{stroke:var(--up)}",
        pictures: &[],
        inputs: &[],
        prompt_version: Some(3),
        run: RUN,
        no_recommendation: None,
    }
}

fn page(own: &Case, parent: Option<&Case>) -> String {
    let parent = match parent {
        Some(parent) => Parent::Report { reading: parent.reading(), page: Some("rep-1M-c41d09ab.html") },
        None => Parent::None,
    };
    render(&input(own, parent)).unwrap()
}

/// The page's text as a reader meets it: no tags, no style, entities of the template's escaping resolved.
pub(in crate::page) fn text(html: &str) -> String {
    let (_, body) = html.split_once("<body>").unwrap();
    let mut out = String::new();
    let mut within = false;
    for c in body.chars() {
        match c {
            '<' => within = true,
            '>' => within = false,
            '\n' if !within => out.push(' '),
            _ if !within => out.push(c),
            _ => {}
        }
    }
    out.replace("&#60;", "<")
        .replace("&#62;", ">")
        .replace("&#34;", "\"")
        .replace("&#39;", "'")
        .replace("&#38;", "&")
}
