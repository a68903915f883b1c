//! Numbers written as words, English and Russian. What is written so is checked like digits.

mod words;

use rust_decimal::Decimal;

use words::{ALONE, Part, part};

/// A number in words at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numeral {
    /// None if it is a row of words that make no number, such as spelled digits.
    pub(super) value: Option<Decimal>,
    /// Decimals written; below zero for thousands, as digits have it.
    pub(super) scale: i32,
    /// Bytes it takes.
    pub(super) length: usize,
}

impl Numeral {
    /// The value, if it is a whole number.
    pub(super) fn whole(&self) -> Option<u64> {
        self.value.filter(|value| value.fract().is_zero())?.try_into().ok()
    }
}

fn letters(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    &text[..end]
}

/// The power of ten that multiplies a number written before `rest`, and the bytes up to its end: `12 thousand`,
/// `1.2bn`, `80k`.
pub(super) fn multiplier(rest: &str) -> Option<(u32, usize)> {
    let attached = letters(rest);
    let power = match attached {
        "k" | "K" | "к" | "К" => Some(3),
        "m" | "M" | "м" => Some(6),
        "b" | "B" => Some(9),
        _ => None,
    };
    if let Some(power) = power {
        return Some((power, attached.len()));
    }
    let bare = rest.trim_start_matches(|c: char| c == '-' || (c.is_whitespace() && c != '\n'));
    let word = letters(bare);
    let power = match part(word.strip_suffix('s').unwrap_or(word))? {
        Part::Power(power) => power,
        Part::Hundred => 2,
        _ => return None,
    };
    Some((power, rest.len() - bare.len() + word.len()))
}

/// Where the next word starts in `rest`: past a space or a hyphen.
fn next(rest: &str) -> Option<usize> {
    rest.chars().next().filter(|c| *c == '-' || c.is_whitespace()).map(char::len_utf8)
}

/// The number in words that `text` starts with.
pub(super) fn read(text: &str) -> Option<Numeral> {
    let first = letters(text);
    let article = matches!(first.to_lowercase().as_str(), "a" | "an");
    let mut sum = Sum::default();
    let mut end = 0;
    let mut at = 0;
    if article {
        at = first.len() + next(&text[first.len()..])?;
        if !matches!(part(letters(&text[at..]))?, Part::Hundred | Part::Power(_)) {
            return None;
        }
        sum.add(Part::One(1));
    } else if ALONE.contains(&first.to_lowercase().as_str()) {
        sum.add(Part::One(1));
    }
    while let Some(next_part) = part(letters(&text[at..])) {
        if !sum.add(next_part) {
            break;
        }
        end = at + letters(&text[at..]).len();
        let Some(gap) = next(&text[end..]) else { break };
        at = end + gap;
        let and = letters(&text[at..]);
        if and.eq_ignore_ascii_case("and")
            && sum.takes_and()
            && let Some(gap) = next(&text[at + and.len()..])
        {
            at += and.len() + gap;
        }
    }
    if end == 0 {
        return None;
    }
    let (value, scale) = sum.value();
    if let Some(length) = row(text) {
        return Some(Numeral { value: None, scale: 0, length: length.max(end) });
    }
    Some(fraction(text, Numeral { value: Some(value), scale, length: end }))
}

/// Three words and more that are numbers each and make none together: spelled digits.
fn row(text: &str) -> Option<usize> {
    let (mut at, mut end, mut count, mut spelled) = (0, 0, 0, true);
    while let Some(part) = part(letters(&text[at..])) {
        spelled &= matches!(part, Part::One(_));
        count += 1;
        end = at + letters(&text[at..]).len();
        let Some(gap) = next(&text[end..]) else { break };
        at = end + gap;
    }
    (count >= 3 && spelled).then_some(end)
}

/// With `point five` or `and a half` after it.
fn fraction(text: &str, whole: Numeral) -> Numeral {
    let Some(value) = whole.value else { return whole };
    let rest = &text[whole.length..];
    let half = [" and a half", " с половиной"].iter().find(|half| rest.starts_with(**half));
    if let (Some(half), Some(value)) = (half, value.checked_add(Decimal::new(5, 1))) {
        return Numeral { value: Some(value), scale: 1, length: whole.length + half.len() };
    }
    let Some(digits) = rest.strip_prefix(" point ") else { return whole };
    let (mut at, mut end, mut written) = (0, 0, String::new());
    while let Some(Part::One(digit)) = part(letters(&digits[at..])) {
        written.push_str(&digit.to_string());
        end = at + letters(&digits[at..]).len();
        let Some(gap) = next(&digits[end..]) else { break };
        at = end + gap;
    }
    if written.is_empty() {
        return whole;
    }
    let exact = Decimal::from_str_exact(&format!("{value}.{written}")).ok();
    let scale = i32::try_from(written.len()).unwrap_or(i32::MAX);
    Numeral { value: exact, scale, length: whole.length + " point ".len() + end }
}

/// A number as its words add up.
#[derive(Default)]
struct Sum {
    total: u64,
    group: u64,
    last: Option<Part>,
    /// The power of the last group closed; a later one is smaller.
    power: Option<u32>,
}

impl Sum {
    /// Takes the next word in; false if it cannot follow.
    fn add(&mut self, part: Part) -> bool {
        use Part::{Hundred, Hundreds, One, Power, Teen, Ten};
        let follows = match (part, self.last) {
            (One(_), Some(last)) => matches!(last, Ten(_) | Hundred | Hundreds(_) | Power(_)),
            (Teen(_) | Ten(_), Some(last)) => matches!(last, Hundred | Hundreds(_) | Power(_)),
            (Hundreds(_), Some(last)) => matches!(last, Power(_)),
            (One(_) | Teen(_) | Ten(_) | Hundreds(_), None) => true,
            (Hundred, last) => self.group < 100 && matches!(last, Some(One(_) | Teen(_) | Ten(_))),
            (Power(power), Some(_)) => self.group > 0 && self.power.is_none_or(|before| power < before),
            (Power(_), None) => false,
        };
        if !follows {
            return false;
        }
        match part {
            One(n) | Teen(n) | Ten(n) | Hundreds(n) => self.group += n,
            Hundred => self.group *= 100,
            Power(power) => {
                self.total += self.group * 10_u64.pow(power);
                self.group = 0;
                self.power = Some(power);
            }
        }
        self.last = Some(part);
        true
    }

    fn takes_and(&self) -> bool {
        matches!(self.last, Some(Part::Hundred | Part::Power(_)))
    }

    fn value(&self) -> (Decimal, i32) {
        let scale = match self.last {
            Some(Part::Power(power)) => -i32::try_from(power).unwrap_or_default(),
            _ => 0,
        };
        (Decimal::from(self.total + self.group), scale)
    }
}
