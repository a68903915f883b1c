//! Numbers in the answer's texts.

use domain::report::{CheckStatus, Report};

use super::facts::Facts;
use super::findings::{Findings, Wrong};
use super::judge::{Verdict, judge};
use super::masks::{self, Mask};
use super::scope::{Numbers, Scope};
use super::tokens::{self, Token};
use super::units::Assets;

/// Numbers of the data that a repair is told for one that is wrong.
const MOST: usize = 12;

/// A text of the answer.
pub(super) struct Text<'a> {
    pub(super) path: String,
    /// The claim whose text it is, by position.
    pub(super) claim: Option<usize>,
    pub(super) text: &'a str,
}

pub(super) fn texts(report: &Report) -> Vec<Text<'_>> {
    let plain = |path: &str, text| Text { path: path.to_owned(), claim: None, text };
    let mut texts = Vec::new();
    for (i, issue) in report.issues.iter().enumerate() {
        texts.push(plain(&format!("issues[{i}]"), issue.as_str()));
    }
    for (i, observation) in report.observations.iter().enumerate() {
        texts.push(Text { path: format!("observations[{i}].says"), claim: Some(i), text: &observation.says });
    }
    texts.push(plain("parent_reason", &report.parent_reason));
    texts.push(plain("scenarios.up", &report.scenarios.up));
    texts.push(plain("scenarios.down", &report.scenarios.down));
    texts.push(plain("invalidation.reason", &report.invalidation.reason));
    texts.push(plain("summary", &report.summary));
    texts
}

pub(super) fn check(report: &Report, facts: &Facts<'_>, scope: &Scope, findings: &mut Findings) {
    check_all(texts(report), facts, scope, findings);
}

/// Checks every number in `texts`.
pub(super) fn check_all(texts: Vec<Text<'_>>, facts: &Facts<'_>, scope: &Scope, findings: &mut Findings) {
    for Text { path, claim, text } in texts {
        let numbers = claim.and_then(|i| scope.claims.get(i)).unwrap_or(&scope.rest);
        check_text(&path, text, facts, numbers, findings);
    }
}

fn check_text(path: &str, text: &str, facts: &Facts<'_>, numbers: &Numbers, findings: &mut Findings) {
    for piece in pieces(text, facts) {
        match piece {
            Piece::Odd(start, end, why) => {
                fail(path, text, (start, end), ("", ""), why, numbers, findings);
            }
            Piece::Number(token) => {
                let verdict = judge(&token, numbers, facts);
                let apart = || token.parts.iter().map(|part| (part, judge(part, numbers, facts)));
                // "45 000" is no pair of 45 and 000: apart they must be numbers of the data, each a number by itself
                let stands = |part: &Token, verdict: &Verdict| {
                    let leads = text.get(part.start..part.end).is_some_and(|t| !t.starts_with('0'));
                    leads && matches!(verdict, Verdict::Verified { .. })
                };
                let all_hold =
                    !token.parts.is_empty() && apart().all(|(part, verdict)| stands(part, &verdict));
                if matches!(verdict, Verdict::Wrong { .. }) && all_hold {
                    for (part, verdict) in apart() {
                        record(path, text, part, verdict, numbers, findings);
                    }
                } else {
                    record(path, text, &token, verdict, numbers, findings);
                }
            }
        }
    }
}

fn record(
    path: &str,
    text: &str,
    token: &Token,
    verdict: Verdict,
    numbers: &Numbers,
    findings: &mut Findings,
) {
    let got = text.get(token.start..token.end).unwrap_or_default();
    let span = span(token.start, token.end);
    match verdict {
        Verdict::Exempt => {}
        Verdict::Verified { expected, reference } => {
            findings.holds(path, CheckStatus::Verified, got, &expected, &reference, span);
        }
        Verdict::Derived { how, reference } => {
            findings.holds(path, CheckStatus::Derived, got, &how, &reference, span);
        }
        Verdict::Wrong { nearest, reference } => {
            let why = "this number is none of those the text may use, nor rounded or reached from them";
            fail(path, text, (token.start, token.end), (&nearest, &reference), why, numbers, findings);
        }
    }
}

fn fail(
    path: &str,
    text: &str,
    (start, end): (usize, usize),
    (expected, reference): (&str, &str),
    why: &str,
    numbers: &Numbers,
    findings: &mut Findings,
) {
    let all = numbers.all.iter();
    let mut allowed: Vec<String> =
        all.take(MOST).map(|known| format!("{} = {}", known.reference, known.text)).collect();
    if let Some(more) = numbers.all.len().checked_sub(MOST).filter(|more| *more > 0) {
        allowed.push(format!("and {more} more"));
    }
    let allowed = allowed.join("; ");
    let got = text.get(start..end).unwrap_or_default();
    let data = Some(allowed.as_str());
    findings.fails(&Wrong { path, got, expected, reference, why, span: span(start, end), data });
}

fn span(start: usize, end: usize) -> Option<(u32, u32)> {
    Some((u32::try_from(start).ok()?, u32::try_from(end - start).ok()?))
}

enum Piece {
    Number(Token),
    /// Digits that are wrong whatever they say.
    Odd(usize, usize, &'static str),
}

fn pieces(text: &str, facts: &Facts<'_>) -> Vec<Piece> {
    let assets = Assets { quote: facts.evidence.ohlcv.price_unit.as_str(), base: facts.base };
    let mut pieces = Vec::new();
    let (mut at, mut inside_word) = (0, false);
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if !inside_word && c.is_alphanumeric() {
            match masks::at(text, at, facts) {
                Some(Mask::Until(end)) => {
                    at = end;
                    inside_word = true;
                    continue;
                }
                Some(Mask::OutOfRange(end)) => {
                    pieces.push(Piece::Odd(at, end, "the data does not reach this date"));
                    at = end;
                    inside_word = true;
                    continue;
                }
                None => {}
            }
            if let Some(token) = tokens::in_words(text, at, &assets) {
                at = token.end.max(at + 1);
                pieces.push(Piece::Number(token));
                inside_word = true;
                continue;
            }
        }
        if c.is_ascii_digit() {
            let token = tokens::read(text, at, &assets);
            at = token.end.max(at + 1);
            if !masks::is_year(&token, text, facts) {
                pieces.push(Piece::Number(token));
            }
            inside_word = true;
            continue;
        }
        if c.is_numeric() {
            let end = at + text[at..].find(|c: char| !c.is_numeric()).unwrap_or(text.len() - at);
            pieces.push(Piece::Odd(at, end, "numbers are written in the digits 0 to 9"));
            at = end;
            continue;
        }
        inside_word = c.is_alphanumeric();
        at += c.len_utf8();
    }
    set_apart(text, &mut pieces);
    pieces
}

/// Digits of one number that are set apart ("8 0 0 0 0") are no counts.
fn set_apart(text: &str, pieces: &mut [Piece]) {
    for i in 1..pieces.len() {
        let [before, after] = &mut pieces[i - 1..=i] else { continue };
        let (Piece::Number(before), Piece::Number(after)) = (before, after) else { continue };
        let between = text.get(before.end..after.start).unwrap_or_default();
        if between.chars().all(|c| c.is_whitespace() || "_'’·*`~|".contains(c)) {
            (before.is_plain, after.is_plain) = (false, false);
        }
    }
}
