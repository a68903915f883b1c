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
