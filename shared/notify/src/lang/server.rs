//! The words of a server's pages.

use serde::Deserialize;

use super::Table;

macro_rules! words {
    ($($name:ident { $($field:ident),+ $(,)? })+) => {
        $(
            #[expect(missing_docs, reason = "each is said by its English word in lang/en.toml")]
            #[derive(Debug, Deserialize)]
            #[serde(try_from = "Table")]
            pub struct $name {
                $(pub $field: String),+
            }

            impl TryFrom<Table> for $name {
                type Error = String;

                fn try_from(mut table: Table) -> Result<Self, String> {
                    let words = Self { $($field: table.take(stringify!($field))?),+ };
                    table.end()?;
                    Ok(words)
                }
            }
        )+
    };
}

/// The words of a server's pages, by their place.
#[expect(missing_docs, reason = "each holds the words of what it is named after")]
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerWords {
    pub menu: Menu,
    pub filter: Filter,
    pub flows: Flows,
    pub status: Status,
    pub course: Course,
    pub watchlist: Watchlist,
    pub runs: Runs,
    pub run: Run,
    pub list: List,
    pub advice: Advice,
    pub audit: Audit,
    pub problem: Problem,
}

words! {
    Menu { skip, pages, watchlist, runs, recommendations, reports, utc, run, prices, language }
    Filter { symbol, direction, strength, state, flow, timeframe, since, until, any, apply, drop_one, drop_many, by_symbol, by_direction, by_strength, by_state, by_flow, by_timeframe, by_date }
    Flows { flow1, flow2, flow3, flow4, flow5, other }
    Status { waiting, pending, running, done, failed, skipped, cancelled, reused }
    Course { waiting, filled, target, stopped, invalidated, expired, unfilled, missed, invalid, title, seen, unseen, caption, event, time, price, entered, reached, gave_up, closed, ran_out, result, held, no_result, not_yet }
    Watchlist { nothing_watched, nothing_read, strong, nothing_strong, read, look_one, look_many, strongest, next, of_bar, spent, spent_note, nothing, caption, symbol, closes, advice, open_run, odds, doubted, age, stale, strength, no_advice, legend, parts, held, none_held, start, depth, language, begin, being_read, not_read, halted, halted_text, collecting, collected, follows, failed, under_way, invalid, no_reason, on_perp, confirms, contradicts, neutral, parent, top }
    Runs { none, start, caption, started, result, cost, older, steps, report }
    Run { elapsed, took, spent, caption, step, when, note, legend, happened, newest, ready, no_report, reused, audit, audit_of, advice, charts, given, chart, drawn, built_in, journal, journal_caption, attempts, artifact, updates, done, done_with, failed_at, its_end, cancelled, starting, reading_month, reading_week, reading_day, reading_hour4, reading, weighing, drawing, gathering, finishing, steps_ended, all_ended, kept, taken, left, since, calls, log_taken, log_began, log_ended, candles, charts_n, report, recommendation, notices, account, chart_step, of_run, tries, usually, cancel, cancel_note, resume, resume_from, resume_note, failed }
    List { no_report, first_run, reports, written, bias, odds, numbers, verified, unverified, audit_of, no_recommendation, flow3, recommendations, time, strength, plan, gist, entry, broken }
    Advice { audit, nothing, unfinished, missing }
    Audit { title, report, recommendation, no_number, holds, one, many, by_rules, by_model, verified, of, repaired, repaired_note, unverified, unverified_note, cost, calls, every, first, none, caption, text, place, source, value, check, word_unverified, word_repaired, word_derived, word_quoted, word_verified, had_been, inputs, inputs_caption, input, version, today, address, report_of, account, chart, a_chart, above, candles, prompt, profile, template, call, a_call, tool, a_tool, gone_today, same, now, nothing, expired, step_is }
    Problem { malformed, unknown_caller, forbidden, not_found, method, timeout, in_work, wrong_state, too_long, media_type, misdirected, invalid, not_watched, other_body, too_many, unavailable, home, as_told, how_in, no_page, no_run, lacks, strange, language, streams, not_written, expired, unshown }
}
