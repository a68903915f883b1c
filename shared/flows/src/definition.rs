use domain::Timeframe;

/// A flow: which timeframes it reads, from the longest down; each report is given the one before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// Its number, by which people ask for it.
    pub number: u8,
    /// What it is for, in a few words.
    pub title: &'static str,
    /// Its readings, the longest timeframe first.
    pub reads: &'static [Reading],
    /// The recommendation it ends in, if it does.
    pub decides: Option<Decision>,
    /// Whether the model may ask for data that it was not given.
    pub tools: bool,
}

/// The recommendation of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Decision {
    /// The prompt's task.
    pub task: &'static str,
    /// The timeframes whose reports it is given; those it is not given stand beside it.
    pub reads: &'static [Timeframe],
    /// Whether it is given the account, read after the last report.
    pub account: bool,
}

/// One timeframe of a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    /// The timeframe.
    pub timeframe: Timeframe,
    /// The prompt's task.
    pub task: &'static str,
    /// Chart templates by name.
    pub charts: &'static [&'static str],
}

/// No flow has that number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no flow {number}; this version runs {known}")]
pub struct UnknownFlow {
    number: String,
    known: String,
}

const CHARTS: &[&str] = &["trend", "momentum"];

const MONTH: Reading = Reading { timeframe: Timeframe::Month, task: "monthly-report", charts: CHARTS };
const WEEK: Reading = Reading { timeframe: Timeframe::Week, task: "weekly-report", charts: CHARTS };
const DAY: Reading = Reading { timeframe: Timeframe::Day, task: "daily-report", charts: CHARTS };
const FOUR_HOURS: Reading = Reading { timeframe: Timeframe::Hour4, task: "four-hour-report", charts: CHARTS };

const DOWN_TO_FOUR_HOURS: &[Reading] = &[MONTH, WEEK, DAY, FOUR_HOURS];

/// The day is where a plan stands; four hours are its timing, shown beside it.
const RECOMMENDATION: Decision = Decision {
    task: "recommendation",
    reads: &[Timeframe::Month, Timeframe::Week, Timeframe::Day],
    account: false,
};

const FLOWS: &[Flow] = &[
    Flow { number: 1, title: "the month, then the week", reads: &[MONTH, WEEK], decides: None, tools: false },
    Flow {
        number: 2,
        title: "the month, the week, the day, then four hours",
        reads: DOWN_TO_FOUR_HOURS,
        decides: None,
        tools: false,
    },
    Flow {
        number: 3,
        title: "the same, then a recommendation",
        reads: DOWN_TO_FOUR_HOURS,
        decides: Some(RECOMMENDATION),
        tools: false,
    },
    Flow {
        number: 4,
        title: "the same, with the account before the recommendation",
        reads: DOWN_TO_FOUR_HOURS,
        decides: Some(Decision { account: true, ..RECOMMENDATION }),
        tools: false,
    },
    Flow {
        number: 5,
        title: "the same, and the model may ask for technical data it was not given",
        reads: DOWN_TO_FOUR_HOURS,
        decides: Some(Decision { account: true, ..RECOMMENDATION }),
        tools: true,
    },
];

impl Flow {
    /// Every flow of this version, by number.
    pub const ALL: &'static [Self] = FLOWS;

    /// The flow of that number.
    ///
    /// # Errors
    /// [`UnknownFlow`], which lists those there are.
    pub fn numbered(number: &str) -> Result<Self, UnknownFlow> {
        let found = FLOWS.iter().find(|flow| flow.number.to_string() == number);
        found.copied().ok_or_else(|| UnknownFlow {
            number: number.chars().filter(|c| !c.is_control()).take(20).collect(),
            known: FLOWS.iter().map(Self::told).collect::<Vec<_>>().join(", "),
        })
    }

    /// The number and what it reads.
    fn told(&self) -> String {
        let reads: Vec<_> = self.reads.iter().map(|reading| reading.timeframe.as_str()).collect();
        let decides = match self.decides {
            Some(Decision { account: true, .. }) => ", account, recommendation",
            Some(_) => ", recommendation",
            None => "",
        };
        let tools = if self.tools { ", tools" } else { "" };
        format!("{} ({}{decides}{tools})", self.number, reads.join(", "))
    }
}
