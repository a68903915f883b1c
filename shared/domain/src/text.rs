//! Text that others wrote: vendors, models and feeds are not trusted to be plain.

use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

/// Whether a character is invisible and can change what its neighbours look like or do: control, format
/// (bidirectional, zero-width, tag), private and variation characters, line and paragraph separators, and whatever else
/// Unicode calls ignorable by default (`Default_Ignorable_Code_Point`, DerivedCoreProperties.txt).
pub fn is_hidden(c: char) -> bool {
    use GeneralCategory::{
        Control, Format, LineSeparator, ParagraphSeparator, PrivateUse, Surrogate, Unassigned,
    };
    let category = c.general_category();
    matches!(
        category,
        Control | Format | LineSeparator | ParagraphSeparator | PrivateUse | Surrogate | Unassigned
    ) || is_ignorable_letter(c)
}

/// Marks and fillers that fonts show nothing of, though they count as letters or marks: those default-ignorable
/// characters that [`is_hidden`] does not know by their category.
fn is_ignorable_letter(c: char) -> bool {
    matches!(
        c,
        '\u{34f}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{e0100}'..='\u{e01ef}'
    )
}

/// The first `most` characters on one line, fit for a log, a terminal or a document: a space for each hidden one.
pub fn one_line(text: &str, most: usize) -> String {
    text.chars().map(|c| if is_hidden(c) { ' ' } else { c }).take(most).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_a_terminal_obeys_is_left() {
        let told = "x\r\nerror: y\u{1b}[2J\u{202e}\u{200b}\u{2028}\u{e0041}币 é";
        assert_eq!(one_line(told, 100), "x  error: y [2J    币 é");
        assert_eq!(one_line(told, 3), "x  ");
    }
}
