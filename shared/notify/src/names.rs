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

/// `text` with the word of its aspect for each observation named in it, and U+2212 for a hyphen before a name or
/// number. `before` is the character that the text follows.
pub(crate) fn spelled(
    words: &Words,
    observations: &[Observation],
    before: Option<char>,
    text: &str,
) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut previous = before;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = after;
        let starts = previous.is_none_or(|before| !before.is_alphanumeric());
        // models write the Cyrillic letter too
        let named = matches!(c, 'o' | 'O' | 'о' | 'О').then(|| named(words, observations, after)).flatten();
        if let Some((word, length)) = named.filter(|_| starts) {
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

/// The word of the observation whose number `text` starts with, and the length of that number. Of several with one
/// aspect, their place among them is told.
fn named(words: &Words, observations: &[Observation], text: &str) -> Option<(String, usize)> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    if text[length..].starts_with(char::is_alphanumeric) {
        return None;
    }
    let index = text[..length].parse::<usize>().ok()?.checked_sub(1)?;
    let aspect = observations.get(index)?.aspect;
    let word = aspect_word(words, aspect);
    let alike = |list: &[Observation]| list.iter().filter(|other| other.aspect == aspect).count();
    let word = match alike(observations) {
        1 => word.to_owned(),
        _ => format!("{word} ({})", alike(&observations[..=index])),
    };
    Some((word, length))
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
        let said = |words, text| spelled(words, &list, None, text);
        assert_eq!(
            said(en, "Here o1 and o2 offset. O2 leads."),
            "Here structure and momentum offset. Momentum leads."
        );
        assert_eq!(said(en, "o1 against (o4)"), "Structure against (trend (2))");
        // the second o is the Cyrillic letter
        assert_eq!(said(ru, "Здесь o2 и о3 спорят."), "Здесь импульс и тренд (1) спорят.");
        // no such observation, a word, a part of one
        assert_eq!(said(en, "o0, o5, o, two1, o1b, to 2"), "o0, o5, o, two1, o1b, to 2");
        assert_eq!(spelled(en, &list, Some('.'), " o1"), " Structure");
        assert_eq!(spelled(en, &list, Some('t'), "o1"), "o1");
    }

    #[test]
    fn a_hyphen_before_a_name_is_a_minus() {
        let en = Words::of("en").unwrap();
        let said = |before, text| spelled(en, &[], before, text);
        assert_eq!(said(None, "-DI over +DI (-DI)"), "\u{2212}DI over +DI (\u{2212}DI)");
        assert_eq!(said(None, "four-hour 20-Week - and -ed"), "four-hour 20-Week - and -ed");
        assert_eq!(said(Some('4'), "-H bar"), "-H bar");
    }
}
