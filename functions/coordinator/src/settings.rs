//! Schedule and deadline, as the environment has them.

use domain::{Source, Sources};
use flows::Flow;
use jiff::{SignedDuration, Timestamp};
use runtime::settings::{Settings, SettingsError, Variable};

use crate::{Scheduled, Watch};

const URL: Variable = Variable::or(
    "TOPDOWN_BINANCE_URL",
    "https://data-api.binance.vision",
    "the collector's base URL of Binance: runs read the candles that are kept under its name",
);
const BYBIT_URL: Variable = Variable::or(
    "TOPDOWN_BYBIT_URL",
    "https://api.bybit.com",
    "the collector's base URL of Bybit: runs read the candles that are kept under its name",
);
const FLOW: Variable = Variable::or("TOPDOWN_FLOW", "1", "the flow that the schedule begins");
const LANGUAGE: Variable = Variable::or("TOPDOWN_LANGUAGE", "en", "language of the reports, en or ru");
const MODEL: Variable =
    Variable::optional("TOPDOWN_MODEL", "model profile of scheduled runs, over the prompts' own");
const DEADLINE: Variable =
    Variable::or("TOPDOWN_DEADLINE_MINUTES", "120", "how long a run may take before it is failed");

const RETENTION: Variable = Variable::or(
    "TOPDOWN_RETENTION_DAYS",
    "400",
    "how long runs are kept in the journal: as long as artifacts are",
);

/// What the coordinator takes from its environment.
pub const VARIABLES: &[Variable] = &[URL, BYBIT_URL, FLOW, LANGUAGE, MODEL, DEADLINE, RETENTION];

/// What scheduled runs have in common.
///
/// # Errors
/// [`SettingsError`] if a value is of another form.
pub fn scheduled(settings: &Settings) -> Result<Scheduled, SettingsError> {
    let form = |variable: &Variable, why: String| SettingsError::Form { name: variable.name, why };
    let flow = Flow::numbered(settings.need(&FLOW)?).map_err(|error| form(&FLOW, error.to_string()))?;
    let binance = Source::of_url(settings.need(&URL)?).map_err(|error| form(&URL, error.to_string()))?;
    let bybit = Source::of_bybit_url(settings.need(&BYBIT_URL)?)
        .map_err(|error| form(&BYBIT_URL, error.to_string()))?;
    let sources = Sources::new(binance, bybit);
    let language = settings.need(&LANGUAGE)?.to_owned();
    if !crate::request::LANGUAGES.contains(&language.as_str()) {
        return Err(form(&LANGUAGE, "one of en and ru".to_owned()));
    }
    Ok(Scheduled { flow, sources, language, model: settings.get(&MODEL).map(str::to_owned) })
}

/// How long runs are kept in the journal.
///
/// # Errors
/// [`SettingsError`] if it is no number of days.
pub fn retention(settings: &Settings) -> Result<SignedDuration, SettingsError> {
    let days = settings.parse::<u16>(&RETENTION)?.filter(|days| *days > 0);
    let form =
        || SettingsError::Form { name: RETENTION.name, why: "a number of days, 1 at least".to_owned() };
    Ok(SignedDuration::from_hours(24 * i64::from(days.ok_or_else(form)?)))
}

/// Whose runs are looked after, and how long they may take.
///
/// # Errors
/// [`SettingsError`] if it is no number of minutes.
pub fn watch(settings: &Settings) -> Result<Watch, SettingsError> {
    let form = |why: &str| SettingsError::Form { name: DEADLINE.name, why: why.to_owned() };
    let minutes = settings.parse::<u32>(&DEADLINE)?.filter(|minutes| *minutes > 0);
    let minutes = minutes.ok_or_else(|| form("a number of minutes, 1 at least"))?;
    let deadline = SignedDuration::from_mins(minutes.into());
    Ok(Watch { sources: scheduled(settings)?.sources, since: Timestamp::MIN, deadline })
}
