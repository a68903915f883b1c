//! What prose calls by a short name: observations (`o1` is the first), and minus signs before names (`-DI`).

use domain::report::{Aspect, Observation};

use crate::lang::Words;

/// The name of an aspect.
pub(crate) fn aspect_word(words: &Words, aspect: Aspect) -> &str {
    match aspect {
        Aspect::Structure => &words.reading.structure,
        Aspect::Trend => &words.reading.trend,
        Aspect::Momentum => &words.reading.momentum,
        Aspect::Volatility => &words.reading.volatility,
        Aspect::Volume => &words.reading.volume,
        Aspect::Level => &words.reading.level,
        Aspect::Pattern => &words.reading.pattern,
        Aspect::Context => &words.reading.context,
    }
}

/// What a text's short names stand for.
#[derive(Clone, Copy)]
pub(crate) struct Names<'a> {
    pub(crate) words: &'a Words,
    pub(crate) observations: &'a [Observation],
    /// The whole text.
    pub(crate) text: &'a str,
}

impl Names<'_> {
    /// `part` of the text with the word of its aspect for each observation named in it, and U+2212 for a hyphen
    /// before a name or number. `before` is the character that the part follows.
    pub(crate) fn spelled(self, before: Option<char>, part: &str) -> String {
        let mut out = String::with_capacity(part.len() + 16);
        let mut previous = before;
        let mut rest = part;
        while let Some(c) = rest.chars().next() {
            let after = &rest[c.len_utf8()..];
            rest = after;
            let starts = previous.is_none_or(|before| !before.is_alphanumeric());
            if starts
                && is_mark(c)
                && let Some((word, length)) = self.named(after)
            {
                let opens = match out.trim_end().chars().next_back().or(before) {
                    Some(last) => matches!(last, '.' | '!' | '?'),
                    None => true,
                };
                out.push_str(&if opens { word } else { lower_first(&word) });
                (previous, rest) = (Some('1'), &after[length..]);
                continue;
            }
            let signs = previous.is_none_or(|before| before.is_whitespace() || before == '(')
                && after.starts_with(|next: char| next.is_uppercase() || next.is_ascii_digit());
            out.push(if c == '-' && signs { '\u{2212}' } else { c });
            previous = Some(c);
        }
        out
    }

    /// The word of the observation whose number `rest` starts with, and the length of that number. Where the text
    /// names two of one aspect, their places among those are told.
    fn named(self, rest: &str) -> Option<(String, usize)> {
        let (index, length) = number(rest)?;
        let aspect = self.observations.get(index)?.aspect;
        let word = aspect_word(self.words, aspect);
        let marks = self.text.char_indices().filter(|(_, c)| is_mark(*c));
        let others = marks.filter_map(|(at, c)| number(&self.text[at + c.len_utf8()..]));
        let twin = |(other, _): (usize, usize)| {
            other != index && self.observations.get(other).is_some_and(|other| other.aspect == aspect)
        };
        if !others.into_iter().any(twin) {
            return Some((word.to_owned(), length));
        }
        let place = self.observations[..=index].iter().filter(|other| other.aspect == aspect).count();
        Some((format!("{word} ({place})"), length))
    }
}

/// Models write the Cyrillic letter too.
fn is_mark(c: char) -> bool {
    matches!(c, 'o' | 'O' | 'о' | 'О')
}

/// The index of the observation whose number `rest` starts with, and the length of that number.
fn number(rest: &str) -> Option<(usize, usize)> {
    let length = rest.bytes().take_while(u8::is_ascii_digit).count();
    let ends = !rest[length..].starts_with(char::is_alphanumeric);
    let index = rest[..length].parse::<usize>().ok()?.checked_sub(1)?;
    ends.then_some((index, length))
}

fn lower_first(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::report::Leans;

    fn observations(aspects: &[Aspect]) -> Vec<Observation> {
        let observation =
            |aspect| Observation { aspect, cites: Vec::new(), says: String::new(), leans: Leans::Neutral };
        aspects.iter().copied().map(observation).collect()
    }

    #[test]
    fn observations_are_called_by_their_aspect() {
        let (en, ru) = (Words::of("en").unwrap(), Words::of("ru").unwrap());
        let list = observations(&[Aspect::Structure, Aspect::Momentum, Aspect::Trend, Aspect::Trend]);
        let said = |words, text| Names { words, observations: &list, text }.spelled(None, text);
        assert_eq!(
            said(en, "Here o1 and o2 offset. O2 leads."),
            "Here structure and momentum offset. Momentum leads."
        );
        assert_eq!(said(en, "o1 against (o4)"), "Structure against (trend)");
        // the second o is the Cyrillic letter
        assert_eq!(said(ru, "Здесь o2 и о3 спорят."), "Здесь импульс и тренд спорят.");
        assert_eq!(said(en, "o3 and o4 offset"), "Trend (1) and trend (2) offset");
        // no such observation, a word, a part of one
        assert_eq!(said(en, "o0, o5, o, two1, o1b, to 2"), "o0, o5, o, two1, o1b, to 2");
        assert_eq!(
            Names { words: en, observations: &list, text: "" }.spelled(Some('.'), " o1"),
            " Structure"
        );
        assert_eq!(Names { words: en, observations: &list, text: "" }.spelled(Some('t'), "o1"), "o1");
    }

    #[test]
    fn a_hyphen_before_a_name_is_a_minus() {
        let en = Words::of("en").unwrap();
        let said = |before, text| Names { words: en, observations: &[], text }.spelled(before, text);
        assert_eq!(said(None, "-DI over +DI (-DI)"), "\u{2212}DI over +DI (\u{2212}DI)");
        assert_eq!(said(None, "four-hour 20-Week - and -ed"), "four-hour 20-Week - and -ed");
        assert_eq!(said(Some('4'), "-H bar"), "-H bar");
    }
}
