//! The rules in Russian, in the words of traders.

mod bars;

use std::cmp::Ordering;

use domain::Timeframe;
use domain::ohlcv::FlagKind;
use domain::report::Bias;
use rust_decimal::Decimal;

use super::figures::{Figure, Zone};
use super::verdict::{Ends, Odds};
use super::voice::{
    Direction, Headline, Kind, Lack, Meets, Missing, Move, Participation, Relation, Voice, zones_and_barriers,
};
use bars::{Bar, adjective, bar};

pub(super) struct Russian;

/// `выросли с 38.0 до 47.3`, by the verbs for up, down and unchanged.
fn moved(path: Move<'_>, verbs: [&str; 3]) -> String {
    let [up, down, held] = verbs;
    let (from, to) = (path.from.shown(), path.to.shown());
    match path.way() {
        Ordering::Greater => format!("{up} с {from} до {to}"),
        Ordering::Less => format!("{down} с {from} до {to}"),
        Ordering::Equal => format!("{held} на {to}"),
    }
}

const THEY: [&str; 3] = ["выросли", "снизились", "держатся"];
const HE: [&str; 3] = ["вырос", "снизился", "держится"];
const IT: [&str; 3] = ["выросло", "снизилось", "держится"];

/// `выше EMA20 (77,929) и ниже EMA50 (86,300)`.
fn standing(close: &Figure, averages: &[(&str, &Figure)]) -> String {
    let mut last = "";
    let stands = averages.iter().map(|(name, average)| {
        let side = match close.value.cmp(&average.value) {
            Ordering::Greater => "выше",
            Ordering::Less => "ниже",
            Ordering::Equal => "вровень с",
        };
        // a side that is repeated goes without saying
        let word = if side == last { "" } else { side };
        last = side;
        format!("{word} {name} ({})", average.shown()).trim_start().to_owned()
    });
    stands.collect::<Vec<_>>().join(" и ")
}

fn ended(timeframe: Timeframe, close: &Figure, averages: &[(&str, &Figure)]) -> String {
    let comma = if averages.is_empty() { "" } else { ", " };
    let Bar { name, feminine, .. } = bar(timeframe);
    let (last, closed) = if feminine {
        ("Последняя", "закрылась")
    } else {
        ("Последний", "закрылся")
    };
    format!("{last} {name} {closed} на {}{comma}{}", close.shown(), standing(close, averages))
}

fn zero(figure: &Figure) -> &'static str {
    match figure.value.cmp(&Decimal::ZERO) {
        Ordering::Greater => "выше нуля",
        Ordering::Less => "ниже нуля",
        Ordering::Equal => "на нуле",
    }
}

/// `R1 (от 84,000 до 89,256.69)`, or `R1 (84,000)` where it is one price.
fn zone(zone: &Zone<'_>) -> String {
    let (low, high) = (zone.low.shown(), zone.high.shown());
    if zone.low.value == zone.high.value {
        return format!("{} ({low})", zone.id);
    }
    format!("{} (от {low} до {high})", zone.id)
}

fn indicator(column: &str) -> &'static str {
    match column {
        "ema20" => "EMA20",
        "ema50" => "EMA50",
        "ema200" => "EMA200",
        "rsi14" => "RSI14",
        "macd" | "macd_signal" | "macd_hist" => "MACD",
        "bb_up" | "bb_mid" | "bb_low" => "Полоса Боллинджера",
        "atr14" => "ATR14",
        "adx14" | "pdi14" | "mdi14" => "ADX14",
        "rvol20" => "Относительный объём",
        _ => "Индикатор",
    }
}

impl Voice for Russian {
    fn swings(&self, highs: Move<'_>, lows: Move<'_>, holds: bool) -> String {
        let meaning = match (highs.way(), lows.way()) {
            _ if !holds => "подтверждённая структура под вопросом",
            (Ordering::Greater, Ordering::Greater) => "структура вверх",
            (Ordering::Less, Ordering::Less) => "структура вниз",
            (Ordering::Less, Ordering::Greater) => "размах сужается",
            (Ordering::Greater, Ordering::Less) => "размах растёт",
            _ => "структура смешанная",
        };
        format!("Максимумы {}, минимумы {}: {meaning}.", moved(highs, THEY), moved(lows, THEY))
    }

    fn unconfirmed(&self, kind: Kind, swing: &Figure) -> String {
        let which = if kind == Kind::High {
            "более высокий максимум"
        } else {
            "более низкий минимум"
        };
        format!("Уже есть {which} на {}, он ещё не подтверждён.", swing.shown())
    }

    fn swings_of(&self, kind: Kind, path: Move<'_>) -> String {
        let (these, other) = match kind {
            Kind::High => ("Максимумы", "минимума"),
            Kind::Low => ("Минимумы", "максимума"),
        };
        format!("{these} {}; второго {other} пока нет.", moved(path, THEY))
    }

    fn lone_swing(&self, kind: Kind, swing: &Figure) -> String {
        let kind = if kind == Kind::High { "максимум" } else { "минимум" };
        format!("Пары разворотов пока нет; последний из них {kind} на {}.", swing.shown())
    }

    fn no_swing(&self, closes: Move<'_>) -> String {
        format!("Разворотов пока нет; за показанные свечи закрытие {}.", moved(closes, IT))
    }

    fn last_close(
        &self,
        timeframe: Timeframe,
        close: &Figure,
        averages: &[(&str, &Figure)],
        lack: Lack,
    ) -> String {
        let start = ended(timeframe, close, averages);
        match lack {
            Lack::Nothing => format!("{start}."),
            Lack::Warming => format!("{start}; EMA50 ещё прогревается."),
            Lack::Short(average) => format!("{start}; для {average} мало истории."),
        }
    }

    fn close_between_records(
        &self,
        timeframe: Timeframe,
        close: &Figure,
        high: &Figure,
        low: &Figure,
    ) -> String {
        let start = ended(timeframe, close, &[]);
        format!("{start}, между рекордным максимумом {} и рекордным минимумом {}.", high.shown(), low.shown())
    }

    fn closes(&self, closes: Move<'_>) -> String {
        format!("За две свечи закрытие {}; для RSI14 мало истории.", moved(closes, IT))
    }

    fn momentum(&self, rsi: Move<'_>, histogram_and_line: Option<(&Figure, &Figure)>) -> String {
        let rsi = format!("За две свечи RSI14 {}.", moved(rsi, HE));
        let Some((histogram, line)) = histogram_and_line else { return rsi };
        format!(
            "{rsi} Гистограмма MACD {}: {}, линия MACD {}: {}.",
            zero(histogram),
            histogram.shown(),
            zero(line),
            line.shown()
        )
    }

    fn strength(&self, adx: &Figure, plus: &Figure, minus: &Figure) -> String {
        let balance = match plus.value.cmp(&minus.value) {
            Ordering::Greater => format!("+DI на {} выше -DI на {}", plus.shown(), minus.shown()),
            Ordering::Less => format!("-DI на {} выше +DI на {}", minus.shown(), plus.shown()),
            Ordering::Equal => format!("+DI и -DI оба на {}", plus.shown()),
        };
        let strength = match Direction::of(adx.value) {
            Direction::Directed => "движение направленное",
            Direction::None => "направленного движения нет",
            Direction::Open => "направленное ли движение, неясно",
        };
        format!("ADX14 на {}: {strength}; {balance}.", adx.shown())
    }

    fn volume(&self, timeframe: Timeframe, share: &Figure) -> String {
        let word = match Participation::of(share.value) {
            Participation::Thin => "слабый",
            Participation::Broad => "высокий",
            Participation::Ordinary => "обычный",
        };
        let Bar { accusative, feminine, .. } = bar(timeframe);
        let last = if feminine { "последнюю" } else { "последний" };
        format!("Объём {word}: за {last} {accusative} {} от среднего.", share.shown())
    }

    fn stochastic(&self, k: &Figure, d: &Figure) -> String {
        format!("Запрошенный стохастический RSI на {} при сигнальной линии {}.", k.shown(), d.shown())
    }

    fn forming(&self, timeframe: Timeframe, low: &Figure, high: &Figure, last: &Figure) -> String {
        let Bar { name, feminine, .. } = bar(timeframe);
        let (this, went, not_closed) = if feminine {
            ("Текущая", "ходила", "она не закрыта")
        } else {
            ("Текущий", "ходил", "он не закрыт")
        };
        format!(
            "{this} {name} {went} от {} до {}, сейчас {}; {not_closed} и пока ничего не доказывает.",
            low.shown(),
            high.shown(),
            last.shown()
        )
    }

    fn headline(&self, headline: Headline) -> &'static str {
        match headline {
            Headline::AdvanceHolds => "Рост держит структуру.",
            Headline::AdvanceFails => "Рост теряет опору.",
            Headline::AdvancePauses => "Пауза внутри роста.",
            Headline::AdvanceTires => "Рост без нового импульса.",
            Headline::DeclineGoesOn => "Снижение продолжается.",
            Headline::DeclineTurns => "Снижение разворачивается.",
            Headline::DeclineTires => "Снижение без нового импульса.",
            Headline::RangeOnTop => "Диапазон давит на верхнюю границу.",
            Headline::RangeOnFloor => "Диапазон давит на нижнюю границу.",
            Headline::Range => "Диапазон без перевеса.",
            Headline::TurnUp => "Намечается разворот вверх.",
            Headline::TurnDown => "Намечается разворот вниз.",
            Headline::Rebound => "Отскок внутри снижения.",
            Headline::Setback => "Откат внутри роста.",
            Headline::Between => "Рынок между двумя трендами.",
        }
    }

    fn close_and_now(
        &self,
        timeframe: Timeframe,
        close: &Figure,
        averages: &[(&str, &Figure)],
        now: Option<&Figure>,
    ) -> String {
        let start = ended(timeframe, close, averages);
        let Some(now) = now else { return format!("{start}.") };
        let words = match (now.value.cmp(&close.value), bar(timeframe).feminine) {
            (Ordering::Greater, true) => "текущая поднялась до",
            (Ordering::Greater, false) => "текущий поднялся до",
            (Ordering::Less, true) => "текущая опустилась до",
            (Ordering::Less, false) => "текущий опустился до",
            (Ordering::Equal, true) => "текущая стоит на",
            (Ordering::Equal, false) => "текущий стоит на",
        };
        format!("{start}; {words} {}.", now.shown())
    }

    fn rsi(&self, rsi: Move<'_>, participation: Participation) -> String {
        let volume = match participation {
            Participation::Thin => " на слабом объёме",
            Participation::Broad => " на высоком объёме",
            Participation::Ordinary => "",
        };
        format!("RSI14 {}{volume}.", moved(rsi, HE))
    }

    fn chances(&self, bias: Bias, odds: Odds) -> String {
        match bias {
            Bias::Bullish => {
                format!("Шансы склоняются к верхнему барьеру, {} против {}.", odds.up, odds.down)
            }
            Bias::Bearish => format!("Шансы склоняются к нижнему барьеру, {} против {}.", odds.down, odds.up),
            Bias::Neutral | Bias::None => "Перевеса нет ни у одной стороны.".to_owned(),
        }
    }

    fn parent(&self, timeframe: Timeframe, bias: Bias, relation: Relation) -> String {
        let report = format!("{} отчёт", adjective(timeframe));
        let looks = match bias {
            Bias::Bullish => "смотрит вверх",
            Bias::Bearish => "смотрит вниз",
            Bias::Neutral => "нейтрален",
            Bias::None => "прогноза не даёт",
        };
        match relation {
            Relation::Confirms(own) => format!("{report} {looks}, и o{own} говорит за то же."),
            Relation::Contradicts(own) => {
                format!("{report} {looks}, но o{own} на этом таймфрейме говорит против.")
            }
            Relation::NoView(own) => format!("{report} {looks}, здесь говорит только o{own}."),
            Relation::Offset(up, down) => {
                format!("{report} {looks}, и здесь o{up} и o{down} уравновешивают друг друга.")
            }
            Relation::BothNeutral(own) => format!("{report} {looks}, и o{own} направления тоже не даёт."),
            Relation::OwnDirection(own) => {
                format!("{report} {looks}; направление даёт этот таймфрейм: o{own}.")
            }
            Relation::Neither(own) => {
                format!("{report} {looks}; o{own} этого не подтверждает и не опровергает.")
            }
        }
    }

    fn advance(&self, barrier: Option<&Figure>, met: Option<(Meets, &Zone<'_>)>) -> String {
        let Some(barrier) = barrier else {
            return "Рост не встречает известных зон.".to_owned();
        };
        way(&format!("Рост до верхнего барьера {}", barrier.shown()), met)
    }

    fn decline(&self, barrier: Option<&Figure>, met: Option<(Meets, &Zone<'_>)>) -> String {
        let Some(barrier) = barrier else {
            return "Снижение не встречает известных зон.".to_owned();
        };
        way(&format!("Снижение до нижнего барьера {}", barrier.shown()), met)
    }

    fn ends(&self, ends: &Ends) -> String {
        let (zones, above, below) = zones_and_barriers(ends);
        let zones = match zones.as_slice() {
            [one, other] => Some(format!(
                "У {one} и {other} цена уже разворачивалась; закрытие за любой из этих зон значит, что она больше не держит."
            )),
            [one] => Some(format!(
                "У {one} цена уже разворачивалась; закрытие за этой зоной значит, что она больше не держит."
            )),
            _ => None,
        };
        let barrier = match (above, below) {
            (true, true) => Some("Достаточно далёких зон нет, вместо них взяты барьеры."),
            (true, false) => Some("Сверху достаточно далёкой зоны нет, вместо неё взят барьер."),
            (false, true) => Some("Снизу достаточно далёкой зоны нет, вместо неё взят барьер."),
            (false, false) => None,
        };
        let sentences: Vec<String> = zones.into_iter().chain(barrier.map(str::to_owned)).collect();
        sentences.join(" ")
    }

    fn missing(&self, missing: Missing) -> &'static str {
        match missing {
            Missing::History => "Истории меньше, чем нужно отчёту.",
            Missing::Late => "Последние свечи слишком старые для отчёта.",
            Missing::Sense => "Некоторые свечи противоречат сами себе.",
            Missing::Figures => "Нет показателей, которые нужны отчёту.",
            Missing::Readable => "Свечи не читаются.",
            Missing::Candles => "Свечей не дали.",
        }
    }

    fn gaps(&self) -> &'static str {
        "В ряду не хватает свечей."
    }

    fn flag(&self, kind: FlagKind) -> &'static str {
        match kind {
            FlagKind::Truncated => "Сбой биржи оборвал свечу.",
            FlagKind::ZeroTrades => "Есть свечи без сделок.",
            FlagKind::Spike => "Есть свеча с размахом далеко за обычным.",
            FlagKind::Corrected => "Закрытую свечу позже исправили.",
            FlagKind::PartialFirst => "Первая свеча неполная: символ появился внутри неё.",
            FlagKind::Stale => "Последние свечи запаздывают.",
            FlagKind::Insane => "Некоторые свечи противоречат сами себе.",
        }
    }

    fn warming(&self, column: &str) -> String {
        format!("{} ещё прогревается.", indicator(column))
    }

    fn absent(&self, column: &str) -> String {
        format!("{}: нет, мало истории.", indicator(column))
    }
}

fn way(start: &str, met: Option<(Meets, &Zone<'_>)>) -> String {
    match met {
        None => format!("{start} не встречает известных зон."),
        Some((Meets::StaysShort, at)) => format!("{start} не доходит до {}.", zone(at)),
        Some((Meets::GoesThrough, at)) => format!("{start} проходит сквозь {}.", zone(at)),
        Some((Meets::RunsInto, at)) => format!("{start} упирается в {}.", zone(at)),
    }
}
