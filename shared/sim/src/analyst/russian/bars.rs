//! What a bar is called in Russian.

use domain::Timeframe;

/// Endings of a bar's name and of what is said of it.
pub(super) struct Bar {
    /// `неделя`.
    pub(super) name: &'static str,
    /// `неделю`.
    pub(super) accusative: &'static str,
    pub(super) feminine: bool,
}

pub(super) fn bar(timeframe: Timeframe) -> Bar {
    let (name, accusative, feminine) = match timeframe {
        Timeframe::Month => ("месяц", "месяц", false),
        Timeframe::Week => ("неделя", "неделю", true),
        Timeframe::Day => ("день", "день", false),
        Timeframe::Hour4 => ("четырёхчасовая свеча", "четырёхчасовую свечу", true),
        Timeframe::Hour => ("час", "час", false),
    };
    Bar { name, accusative, feminine }
}

/// `Недельный`.
pub(super) fn adjective(timeframe: Timeframe) -> &'static str {
    match timeframe {
        Timeframe::Month => "Месячный",
        Timeframe::Week => "Недельный",
        Timeframe::Day => "Дневной",
        Timeframe::Hour4 => "Четырёхчасовой",
        Timeframe::Hour => "Часовой",
    }
}
