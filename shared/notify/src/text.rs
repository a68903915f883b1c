//! Text that others wrote, made fit to show: models, venues and feeds are not trusted to be plain.

use domain::text::is_hidden;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Most marks on one character; Vietnamese has two.
const MARKS: usize = 2;

/// Whether a character is drawn onto the one before it.
fn is_mark(c: char) -> bool {
    matches!(c.general_category(), GeneralCategory::NonspacingMark | GeneralCategory::EnclosingMark)
}

/// The characters of `text` less marks piled upon each other, which would cover the lines around them.
fn unpiled(text: &str) -> impl Iterator<Item = char> {
    let mut marks = 0;
    text.chars().filter(move |c| {
        marks = match *c {
            c if is_mark(c) => marks + 1,
            // what is dropped parts nothing
            c if is_hidden(c) && c != '\n' => marks,
            _ => 0,
        };
        marks <= MARKS
    })
}

/// `text` on one line: hidden characters dropped, marks thinned out, runs of white space made one space.
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in unpiled(text) {
        let white = matches!(c, '\n' | '\r' | '\t' | ' ' | '\u{2028}' | '\u{2029}');
        if white {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if !is_hidden(c) {
            out.push(c);
        }
    }
    out
}

/// `text` without hidden characters and piled marks; line breaks stay. The last guard of a whole page.
pub fn visible(text: &str) -> String {
    unpiled(text).filter(|c| *c == '\n' || !is_hidden(*c)).collect()
}

/// The first `longest` characters, with an ellipsis where more was.
pub(crate) fn capped(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    let mut out: String = text.chars().take(longest.saturating_sub(1)).collect();
    out.truncate(out.trim_end().len());
    out.push('…');
    out
}

/// A model's own name, to stand between quotation marks: it cannot close them and go on in this program's words.
pub(crate) fn model_name(name: &str) -> String {
    let bare: String = plain(name).chars().filter(|c| !"\"“”„‟«»‹›".contains(*c)).collect();
    capped(bare.trim(), 60)
}

/// Whether a number may be too long for one line of a phone, in a headline's size.
pub(crate) fn is_long(text: &str) -> bool {
    text.chars().count() > 12
}

/// Where the first sentence ends: a byte offset, after its mark. A dot within a number ends nothing.
pub(crate) fn first_sentence(text: &str) -> usize {
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let closes = match c {
            '.' | '!' | '?' | '…' => chars.peek().is_none_or(|(_, next)| next.is_whitespace()),
            '。' | '！' | '？' | '\n' => true,
            _ => false,
        };
        if closes {
            return at + c.len_utf8();
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_dropped() {
        // RLO, ZWSP, ESC, BEL, soft hyphen, tag letter, variation selector 16, line separator
        let hostile = "a\u{202e}b\u{200b}c\u{1b}[31md\u{7}\u{ad}\u{e0041}\u{fe0f}\u{2028}e\r\n\tf";
        assert_eq!(plain(hostile), "abc[31md e f");
        assert_eq!(visible("x\u{2066}\ny\u{feff}"), "x\ny");
        assert_eq!(plain("Минимум 币安人生 ↻ −3 %"), "Минимум 币安人生 ↻ −3 %");
        // letters and marks that fonts show nothing of
        assert_eq!(plain("a\u{17b5}b\u{3164}c"), "abc");
    }

    #[test]
    fn marks_do_not_pile_up() {
        let piled = format!("z{}a", "\u{301}\u{20dd}".repeat(50));
        assert_eq!(plain(&piled), "z\u{301}\u{20dd}a");
        assert_eq!(visible(&piled), "z\u{301}\u{20dd}a");
        // hidden characters between them part nothing
        assert_eq!(plain("z\u{301}\u{200b}\u{301}\u{301}\u{301}"), "z\u{301}\u{301}");
        // й and ế in parts, as some systems write them
        for written in ["и\u{306}", "e\u{302}\u{301}"] {
            assert_eq!(plain(written), written);
        }
    }

    #[test]
    fn a_models_name_stays_within_its_quotes() {
        assert_eq!(model_name(" gpt-5.2\n"), "gpt-5.2");
        assert_eq!(model_name("x”. Rule-based «analyst»\"."), "x. Rule-based analyst.");
        assert_eq!(model_name(&"a".repeat(100)).chars().count(), 60);
    }

    #[test]
    fn a_dot_in_a_number_ends_no_sentence() {
        let text = "Close 78,657.55 over EMA20. Then more.";
        assert_eq!(&text[..first_sentence(text)], "Close 78,657.55 over EMA20.");
        assert_eq!(first_sentence("no mark"), 7);
        assert_eq!(first_sentence("One.\u{a0}Two"), 4);
        assert_eq!(first_sentence(""), 0);
    }

    #[test]
    fn a_cut_is_seen() {
        assert_eq!(capped("abcdef", 4), "abc…");
        assert_eq!(capped("abcd", 4), "abcd");
    }
}
