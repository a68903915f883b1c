//! The few words a chart says, in the languages of the pages.

/// Language of a chart's words. Numbers are the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    En,
    /// Russian.
    Ru,
}

impl Language {
    pub(crate) fn volume(self) -> &'static str {
        match self {
            Self::En => "Volume",
            Self::Ru => "Объём",
        }
    }

    pub(crate) fn forming(self) -> &'static str {
        match self {
            Self::En => "forming",
            Self::Ru => "формируется",
        }
    }

    pub(crate) fn stop(self) -> &'static str {
        match self {
            Self::En => "Stop",
            Self::Ru => "Стоп",
        }
    }

    /// The target at `place`, counted from 1.
    pub(crate) fn target(self, place: usize) -> String {
        match self {
            Self::En => format!("Target {place}"),
            Self::Ru => format!("Цель {place}"),
        }
    }

    pub(crate) fn to(self) -> &'static str {
        match self {
            Self::En => "to",
            Self::Ru => "до",
        }
    }

    /// Short name of the month, 1 to 12.
    pub(crate) fn month(self, month: i8) -> &'static str {
        const EN: [&str; 12] =
            ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        const RU: [&str; 12] =
            ["янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек"];
        let index = usize::try_from(month - 1).unwrap_or_default();
        let names = match self {
            Self::En => EN,
            Self::Ru => RU,
        };
        names.get(index).copied().unwrap_or_default()
    }

    /// A day of a month as an axis names it.
    pub(crate) fn day(self, day: i8, month: i8) -> String {
        format!("{day} {}", self.month(month))
    }
}
