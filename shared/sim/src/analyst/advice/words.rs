//! What the recommendation says, in the language asked for.

use domain::number::{grouped, trimmed};
use domain::recommendation::Direction;
use domain::report::Bias;
use rust_decimal::Decimal;

use super::plan::Draft;
use crate::analyst::brief::{Source, Terms};
use crate::analyst::figures::Figure;
use crate::analyst::voice::Language;

/// Why there is no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aside {
    /// The weighted signs are too small.
    NoAgreement,
    /// The market cannot be sold short.
    NotShortable,
    /// No plan near the price keeps the rules.
    DoesNotPay,
}

/// The words of a language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words(pub(super) Language);

impl Words {
    fn pick(self, english: impl Into<String>, russian: impl Into<String>) -> String {
        match self.0 {
            Language::English => english.into(),
            Language::Russian => russian.into(),
        }
    }

    fn bias(self, bias: Bias) -> String {
        match bias {
            Bias::Bullish => self.pick("up", "вверх"),
            Bias::Bearish => self.pick("down", "вниз"),
            Bias::Neutral => self.pick("no way", "никуда"),
            Bias::None => self.pick("nothing, it abstained", "ничего, он воздержался"),
        }
    }

    pub(super) fn takeaway(self, source: &Source) -> String {
        let odds = &source.report.scenarios;
        let bias = self.bias(source.report.bias);
        if source.report.bias == Bias::None {
            return self.pick(format!("It says {bias}."), format!("Он говорит: {bias}."));
        }
        self.pick(
            format!("It points {bias}, with odds of {}% up and {}% down.", odds.p_up, odds.p_down),
            format!("Указывает {bias}: {}% вверх, {}% вниз.", odds.p_up, odds.p_down),
        )
    }

    pub(super) fn conflict(self, a: &Source, b: &Source) -> String {
        let (one, other) = (self.bias(a.report.bias), self.bias(b.report.bias));
        self.pick(
            format!("The {} report points {one}, the {} report {other}.", a.timeframe, b.timeframe),
            format!("Отчёт {} указывает {one}, отчёт {} — {other}.", a.timeframe, b.timeframe),
        )
    }

    pub(super) fn account(self, terms: Option<&Terms>) -> String {
        match terms.map(|terms| terms.account.as_str()) {
            Some("provided") => self
                .pick("Open positions do not change this view.", "Открытые позиции не меняют этого взгляда."),
            Some("known_empty") => {
                self.pick("The account is empty: nothing is at stake yet.", "Счёт пуст: риска пока нет.")
            }
            _ => self.pick(
                "The account was not given: size and exposure are unknown.",
                "Счёт не передан: размер позиции и риск неизвестны.",
            ),
        }
    }

    /// Where a side's nearest level lies, or the last close where it has none.
    pub(super) fn nearest(self, side: Direction, figure: &Figure, is_level: bool) -> String {
        let shown = figure.shown();
        match (is_level, side) {
            (false, _) => {
                self.pick(format!("The last close is {shown}."), format!("Последнее закрытие {shown}."))
            }
            (true, Direction::Long) => self
                .pick(format!("Support lies below, from {shown}."), format!("Поддержка ниже, от {shown}.")),
            (true, _) => self.pick(
                format!("Resistance lies above, from {shown}."),
                format!("Сопротивление выше, от {shown}."),
            ),
        }
    }

    /// What funding comes to, percent each time, and how open interest changed.
    pub(super) fn contract(self, funding: &Figure, interest: Option<&Figure>) -> String {
        let shown = funding.shown();
        let payer = match funding.value.is_sign_negative() {
            true => self.pick("shorts pay longs", "шорты платят лонгам"),
            false => self.pick("longs pay shorts", "лонги платят шортам"),
        };
        let head = self.pick(
            format!("Funding averages {shown}%: {payer}."),
            format!("Ставка финансирования в среднем {shown}%: {payer}."),
        );
        let Some(interest) = interest else { return head };
        let shown = interest.shown();
        let rest = self.pick(
            format!("Open interest changed by {shown}%."),
            format!("Открытый интерес изменился на {shown}%."),
        );
        format!("{head} {rest}")
    }

    pub(super) fn ends(self, direction: Direction, draft: &Draft) -> String {
        let price = price(draft.end.price);
        match direction {
            Direction::Long => {
                self.pick(format!("A daily close below {price}."), format!("Дневное закрытие ниже {price}."))
            }
            Direction::Short | Direction::StandAside => {
                self.pick(format!("A daily close above {price}."), format!("Дневное закрытие выше {price}."))
            }
        }
    }

    pub(super) fn change_mind(self, draft: Option<&Draft>) -> String {
        match draft {
            Some(draft) => {
                let price = price(draft.end.price);
                self.pick(format!("A daily close beyond {price}."), format!("Дневное закрытие за {price}."))
            }
            None => self.pick(
                "Reports of the week and the day that agree, and a level near enough for a stop.",
                "Согласие недели и дня и уровень, близкий для стопа.",
            ),
        }
    }

    pub(super) fn reasoning(self, sources: &[Source], direction: Direction) -> String {
        let told = sources.iter().map(|source| {
            let bias = self.bias(source.report.bias);
            self.pick(
                format!("{} points {bias}", source.timeframe),
                format!("{} указывает {bias}", source.timeframe),
            )
        });
        let told = told.collect::<Vec<_>>().join(", ");
        let verdict = match direction {
            Direction::Long => self.pick("The weight of them is for a long.", "Перевес за покупку."),
            Direction::Short => self.pick("The weight of them is for a short.", "Перевес за продажу."),
            Direction::StandAside => self.pick("That carries no plan.", "Для плана этого мало."),
        };
        format!("{told}. {verdict}")
    }

    pub(super) fn aside(self, aside: Aside) -> String {
        match aside {
            Aside::NoAgreement => self.pick(
                "Stand aside: the reports do not agree on a direction.",
                "В стороне: отчёты не сходятся в направлении.",
            ),
            Aside::NotShortable => self.pick(
                "Stand aside: the reports point down, and this market cannot be sold short.",
                "В стороне: отчёты указывают вниз, а этот рынок нельзя продать в шорт.",
            ),
            Aside::DoesNotPay => self.pick(
                "Stand aside: no entry near the price pays for its risk.",
                "В стороне: ни один вход у цены не оправдывает риска.",
            ),
        }
    }

    pub(super) fn summary(self, direction: Direction, draft: &Draft) -> String {
        let plan = &draft.plan;
        let (low, high, stop) = (price(plan.entry_low), price(plan.entry_high), price(plan.stop));
        let target = price(plan.targets.first().map(|target| target.price));
        let head = match direction {
            Direction::Long => {
                self.pick(format!("Long from {low} to {high}."), format!("Покупка от {low} до {high}."))
            }
            Direction::Short | Direction::StandAside => {
                self.pick(format!("Short from {low} to {high}."), format!("Продажа от {low} до {high}."))
            }
        };
        let rest = self.pick(
            format!("The stop is {stop}, the first target {target}."),
            format!("Стоп {stop}, первая цель {target}."),
        );
        format!("{head} {rest}")
    }
}

fn price(price: Option<Decimal>) -> String {
    price.map(|price| grouped(&trimmed(price))).unwrap_or_default()
}
