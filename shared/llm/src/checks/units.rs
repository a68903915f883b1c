//! What stands beside a number and says what it measures.

/// What the number is said to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    None,
    Percent,
    /// `1.35x`, `1.35 times`.
    Times,
    /// `1.2 ATR14`.
    Atr,
    /// A currency stands beside it.
    Money,
    /// The base asset stands beside it.
    Amount,
    /// A place on the price scale: "support at".
    Level,
}

/// The assets of a symbol, as the data names them.
pub(super) struct Assets<'a> {
    pub(super) quote: &'a str,
    pub(super) base: &'a str,
}

pub(super) const CURRENCIES: [char; 7] = ['$', '€', '£', '¥', '₽', '₿', '₮'];
pub(super) const SPACES: [char; 4] = [' ', '\u{a0}', '\u{2009}', '\u{202f}'];

/// The first word of `rest`, past spaces and hyphens, in small letters.
fn next_word(rest: &str) -> String {
    let bare = rest.trim_start_matches(|c| SPACES.contains(&c) || c == '-');
    let end = bare.find(|c: char| !c.is_alphanumeric()).unwrap_or(bare.len());
    bare[..end].to_lowercase()
}

pub(super) fn unit(rest: &str, assets: &Assets<'_>) -> Unit {
    let attached = rest.chars().next().unwrap_or(' ');
    if matches!(attached, 'x' | '×' | 'х') && !rest.chars().nth(1).is_some_and(char::is_alphanumeric) {
        return Unit::Times;
    }
    let bare = rest.trim_start_matches(|c| SPACES.contains(&c) || c == '-');
    let word = next_word(rest);
    let is = |names: &[&str]| names.contains(&word.as_str());
    let starts = |names: &[&str]| names.iter().any(|name| word.starts_with(name));
    let percent = starts(&["percent", "процент"]) || is(&["pct", "perc", "проц"]);
    if bare.starts_with(['%', '\u{ff05}', '\u{66a}', '‰']) || percent || bare.starts_with("per cent") {
        Unit::Percent
    } else if is(&["times", "раз", "раза"]) {
        Unit::Times
    } else if starts(&["atr"]) {
        Unit::Atr
    } else if bare.starts_with(CURRENCIES)
        || starts(&["usd", "dollar", "доллар", "бакс", "рубл", "евро"])
        || is(&["eur", "euro", "euros", "cent", "cents", "руб"])
        || (!assets.quote.is_empty() && is(&[&assets.quote.to_lowercase()]))
    {
        Unit::Money
    } else if !assets.base.is_empty() && is(&[&assets.base.to_lowercase()]) {
        Unit::Amount
    } else {
        Unit::None
    }
}

/// What stands at a price, as words begin.
const PLACES: [&str; 10] =
    ["support", "resistance", "target", "stop", "entry", "поддержк", "сопротивлени", "цел", "стоп", "вход"];
/// What leads from there to the price.
const LEADS: [&str; 8] = ["at", "near", "around", "of", "на", "у", "около", "возле"];
/// What has supports and targets of its own, which are no prices.
const OTHER_SCALES: [&str; 7] = ["rsi", "macd", "histogram", "volume", "atr", "odds", "объ"];

/// Whether the words before a number say that it is a price, without a currency: "support at", "цель около". A share
/// is no price, however often the data holds it.
pub(super) fn is_place(before: &str) -> bool {
    let sentence = before.rsplit(". ").next().unwrap_or_default().to_lowercase();
    let mut words = sentence.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).rev();
    let (lead, place) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let begins = |word: &str, names: &[&str]| names.iter().any(|name| word.starts_with(name));
    // anything but a space before the number belongs to it
    let is_apart = sentence.ends_with(|c: char| SPACES.contains(&c));
    let is_place =
        LEADS.contains(&lead) && begins(place, &PLACES) || begins(lead, &["поддержк", "сопротивлени"]);
    is_apart && is_place && !words.any(|word| begins(word, &OTHER_SCALES))
}

/// Whether points are told, of which no data says what they are.
pub(super) fn is_point(rest: &str) -> bool {
    ["points", "pts", "pips", "bps", "basis", "пункта", "пунктов"].contains(&next_word(rest).as_str())
}

/// Whether `times` compares: "three times the average", not "three times since".
pub(super) fn is_compared(rest: &str) -> bool {
    let bare = rest.trim_start_matches(|c| SPACES.contains(&c) || c == '-');
    let after = &bare[bare.find(|c: char| !c.is_alphanumeric()).unwrap_or(bare.len())..];
    let than = [
        "the",
        "its",
        "as",
        "average",
        "normal",
        "mean",
        "higher",
        "lower",
        "larger",
        "more",
        "больше",
        "выше",
        "меньше",
        "ниже",
        "среднего",
    ];
    than.contains(&next_word(after).as_str())
}
