//! The words of numbers.

/// How a word takes part in a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// 0 to 9.
    One(u64),
    /// 10 to 19.
    Teen(u64),
    /// 20 to 90.
    Ten(u64),
    /// 100 to 900 in one word.
    Hundreds(u64),
    /// `hundred`.
    Hundred,
    /// A power of ten from a thousand on.
    Power(u32),
}

const PARTS: [(&str, Part); 37] = [
    ("zero", Part::One(0)),
    ("one", Part::One(1)),
    ("two", Part::One(2)),
    ("three", Part::One(3)),
    ("four", Part::One(4)),
    ("five", Part::One(5)),
    ("six", Part::One(6)),
    ("seven", Part::One(7)),
    ("eight", Part::One(8)),
    ("nine", Part::One(9)),
    ("ten", Part::Teen(10)),
    ("eleven", Part::Teen(11)),
    ("twelve", Part::Teen(12)),
    ("thirteen", Part::Teen(13)),
    ("fourteen", Part::Teen(14)),
    ("fifteen", Part::Teen(15)),
    ("sixteen", Part::Teen(16)),
    ("seventeen", Part::Teen(17)),
    ("eighteen", Part::Teen(18)),
    ("nineteen", Part::Teen(19)),
    ("twenty", Part::Ten(20)),
    ("thirty", Part::Ten(30)),
    ("forty", Part::Ten(40)),
    ("fifty", Part::Ten(50)),
    ("sixty", Part::Ten(60)),
    ("seventy", Part::Ten(70)),
    ("eighty", Part::Ten(80)),
    ("ninety", Part::Ten(90)),
    ("hundred", Part::Hundred),
    ("thousand", Part::Power(3)),
    ("million", Part::Power(6)),
    ("billion", Part::Power(9)),
    ("trillion", Part::Power(12)),
    ("grand", Part::Power(3)),
    ("mln", Part::Power(6)),
    ("mn", Part::Power(6)),
    ("bn", Part::Power(9)),
];

/// Russian words by their beginnings and the endings that may follow.
const STEMS: [(&str, &[&str], Part); 49] = [
    ("нол", &["ь", "я", "ю", "ём", "е"], Part::One(0)),
    ("нул", &["ь", "я", "ю", "ём", "е"], Part::One(0)),
    ("од", &["ин", "на", "но", "ного", "ной", "ну", "ном", "ним", "ному"], Part::One(1)),
    ("дв", &["а", "е", "ух", "ум", "умя"], Part::One(2)),
    ("тр", &["и", "ёх", "ех", "ём", "ем", "емя"], Part::One(3)),
    ("четыр", &["е", "ёх", "ех", "ём", "ем", "ьмя"], Part::One(4)),
    ("пят", &["ь", "и", "ью"], Part::One(5)),
    ("шест", &["ь", "и", "ью"], Part::One(6)),
    ("сем", &["ь", "и", "ью"], Part::One(7)),
    ("вос", &["емь", "ьми", "емью", "ьмью"], Part::One(8)),
    ("девят", &["ь", "и", "ью"], Part::One(9)),
    ("десят", &["ь", "и", "ью"], Part::Teen(10)),
    ("одиннадцат", &["ь", "и", "ью"], Part::Teen(11)),
    ("двенадцат", &["ь", "и", "ью"], Part::Teen(12)),
    ("тринадцат", &["ь", "и", "ью"], Part::Teen(13)),
    ("четырнадцат", &["ь", "и", "ью"], Part::Teen(14)),
    ("пятнадцат", &["ь", "и", "ью"], Part::Teen(15)),
    ("шестнадцат", &["ь", "и", "ью"], Part::Teen(16)),
    ("семнадцат", &["ь", "и", "ью"], Part::Teen(17)),
    ("восемнадцат", &["ь", "и", "ью"], Part::Teen(18)),
    ("девятнадцат", &["ь", "и", "ью"], Part::Teen(19)),
    ("двадцат", &["ь", "и", "ью"], Part::Ten(20)),
    ("тридцат", &["ь", "и", "ью"], Part::Ten(30)),
    ("сорок", &["", "а"], Part::Ten(40)),
    ("пятьдесят", &["", "ью"], Part::Ten(50)),
    ("пятидесят", &["и"], Part::Ten(50)),
    ("шестьдесят", &["", "ью"], Part::Ten(60)),
    ("шестидесят", &["и"], Part::Ten(60)),
    ("семьдесят", &["", "ью"], Part::Ten(70)),
    ("семидесят", &["и"], Part::Ten(70)),
    ("восемьдесят", &["", "ью"], Part::Ten(80)),
    ("восьмидесят", &["и"], Part::Ten(80)),
    ("девяност", &["о", "а"], Part::Ten(90)),
    ("ст", &["о", "а"], Part::Hundreds(100)),
    ("двест", &["и"], Part::Hundreds(200)),
    ("двухсот", &[""], Part::Hundreds(200)),
    ("трист", &["а"], Part::Hundreds(300)),
    ("четырест", &["а"], Part::Hundreds(400)),
    ("пят", &["ьсот", "исот"], Part::Hundreds(500)),
    ("шест", &["ьсот", "исот"], Part::Hundreds(600)),
    ("сем", &["ьсот", "исот"], Part::Hundreds(700)),
    ("вос", &["емьсот", "ьмисот"], Part::Hundreds(800)),
    ("девят", &["ьсот", "исот"], Part::Hundreds(900)),
    ("тысяч", &["", "а", "и", "у", "е", "ам", "ей", "ью", "ами"], Part::Power(3)),
    ("тыс", &[""], Part::Power(3)),
    ("миллион", &["", "а", "ов", "у", "ам"], Part::Power(6)),
    ("млн", &[""], Part::Power(6)),
    ("миллиард", &["", "а", "ов", "у", "ам"], Part::Power(9)),
    ("млрд", &[""], Part::Power(9)),
];

/// Powers that are a number by themselves; their plurals are not ("several thousands").
pub(super) const ALONE: [&str; 4] = ["тысяча", "тысячу", "миллион", "миллиард"];

pub(super) fn part(word: &str) -> Option<Part> {
    let word = word.to_lowercase();
    let english = PARTS.iter().find(|(name, _)| *name == word).map(|(_, part)| *part);
    english.or_else(|| {
        let (_, _, part) = STEMS.iter().find(|(stem, endings, _)| {
            word.strip_prefix(stem).is_some_and(|ending| endings.contains(&ending))
        })?;
        Some(*part)
    })
}
