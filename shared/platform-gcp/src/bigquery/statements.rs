//! Every statement that this program sends, and the types of its parameters. The texts are files, beside those of
//! the views and the table function that they read; GoogleSQL analyses them all in the tests.

use super::types::Type;

/// A statement by its file's name.
#[derive(Debug)]
pub struct Statement {
    /// Name of the file, without its extension.
    pub name: &'static str,
    /// Its text.
    pub sql: &'static str,
    /// Its named parameters.
    pub parameters: &'static [(&'static str, Type)],
}

const WANT: Type = Type::Struct(&[("timeframe", Type::String), ("since", Type::Timestamp)]);

const RANGE: Type = Type::Struct(&[
    ("source", Type::String),
    ("symbol", Type::String),
    ("timeframe", Type::String),
    ("first_open", Type::Timestamp),
    ("last_open", Type::Timestamp),
]);

/// Candles of a run: the newest revision of each bar as of a time.
pub(super) const CANDLES_AS_OF: Statement = Statement {
    name: "candles_as_of",
    sql: include_str!("../../../../infra/sql/queries/candles_as_of.sql"),
    parameters: &[
        ("source", Type::String),
        ("symbol", Type::String),
        ("wants", Type::Array(&WANT)),
        ("oldest", Type::Timestamp),
        ("as_of", Type::Timestamp),
    ],
};

/// What an append is compared with.
pub(super) const NEWEST_KEPT: Statement = Statement {
    name: "newest_kept",
    sql: include_str!("../../../../infra/sql/queries/newest_kept.sql"),
    parameters: &[
        ("oldest", Type::Timestamp),
        ("newest", Type::Timestamp),
        ("symbols", Type::Array(&Type::String)),
        ("ranges", Type::Array(&RANGE)),
    ],
};

/// The newest closed bar of a series.
pub(super) const NEWEST_CLOSED: Statement = Statement {
    name: "newest_closed",
    sql: include_str!("../../../../infra/sql/queries/newest_closed.sql"),
    parameters: &[
        ("oldest", Type::Timestamp),
        ("source", Type::String),
        ("symbol", Type::String),
        ("timeframe", Type::String),
    ],
};

/// A report by its id.
pub(super) const REPORT_BY_ID: Statement = Statement {
    name: "report_by_id",
    sql: include_str!("../../../../infra/sql/queries/report_by_id.sql"),
    parameters: &[("report_id", Type::String)],
};

/// The newest reports of a series.
pub(super) const REPORTS_OF_SERIES: Statement = Statement {
    name: "reports_of_series",
    sql: include_str!("../../../../infra/sql/queries/reports_of_series.sql"),
    parameters: &[
        ("source", Type::String),
        ("symbol", Type::String),
        ("timeframe", Type::String),
        ("most", Type::Int64),
    ],
};

/// A recommendation by its id.
pub(super) const RECOMMENDATION_BY_ID: Statement = Statement {
    name: "recommendation_by_id",
    sql: include_str!("../../../../infra/sql/queries/recommendation_by_id.sql"),
    parameters: &[("recommendation_id", Type::String)],
};

/// The newest recommendations that a filter lets through.
pub(super) const RECOMMENDATIONS_MATCHING: Statement = Statement {
    name: "recommendations_matching",
    sql: include_str!("../../../../infra/sql/queries/recommendations_matching.sql"),
    parameters: &[
        ("symbol", Type::String),
        ("source", Type::String),
        ("direction", Type::String),
        ("min_strength", Type::Int64),
        ("since", Type::Timestamp),
        ("until", Type::Timestamp),
        ("most", Type::Int64),
    ],
};

/// All of them.
pub const STATEMENTS: [&Statement; 7] = [
    &CANDLES_AS_OF,
    &NEWEST_KEPT,
    &NEWEST_CLOSED,
    &REPORT_BY_ID,
    &REPORTS_OF_SERIES,
    &RECOMMENDATION_BY_ID,
    &RECOMMENDATIONS_MATCHING,
];
