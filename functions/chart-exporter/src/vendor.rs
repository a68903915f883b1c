use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use charts::Template;
use charts::chart_img::{ChartImgError, Client, Request};
use domain::Timeframe;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use runtime::{Attempt, PaidCall, PaidError, Services, Stop, paid_call};
use serde::{Deserialize, Serialize};
use storage::{RunDocument, StepDocument};

/// The journal's name for the vendor, and the key of its answers.
pub(crate) const CHART_IMG: &str = "chart-img";

/// The request with the instant it was made for: the vendor draws the present, so an answer is another run's only
/// if that run sees the same instant.
#[derive(Serialize)]
struct Pinned<'a> {
    as_of: Timestamp,
    request: &'a Request,
}

/// A picture as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    studies: Vec<String>,
    png: String,
}

/// A vendor's picture.
pub(crate) struct Picture {
    pub(crate) png: Vec<u8>,
    pub(crate) studies: Vec<String>,
}

/// How long a vendor is left alone that refuses the key.
const REST: SignedDuration = SignedDuration::from_hours(1);

/// The vendor as this process knows it.
pub(crate) struct Vendor {
    client: Client,
    /// Until when it is not asked, and why.
    rests: Mutex<Option<(Timestamp, String)>>,
}

impl Vendor {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, rests: Mutex::default() }
    }

    /// Asks for the chart. `Err` of the inner result says why the built-in renderer is to draw it.
    pub(crate) async fn draw(
        &self,
        services: &Services,
        run: &RunDocument,
        step: &StepDocument,
        timeframe: Timeframe,
        template: &Template,
    ) -> Result<Result<Picture, String>, Stop> {
        let now = services.clock.now();
        let rests = self.rests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((until, why)) = rests.filter(|(until, _)| now < *until) {
            return Ok(Err(format!("{why}; not asked again before {}", until.strftime("%F %H:%M UTC"))));
        }
        let request = Request::new(run.venue, &run.symbol, timeframe, template);
        let pinned = match serde_json::to_vec(&Pinned { as_of: run.as_of, request: &request }) {
            Ok(pinned) => pinned,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let endpoint = self.client.endpoint().to_owned();
        let call = PaidCall { vendor: CHART_IMG, endpoint, number: 0, request: pinned };
        let (client, request) = (&self.client, &request);
        let attempt = |_: Vec<u8>| async move { judge(client.render(request).await) };
        // the vendor is paid by the month: nothing is reserved for a call
        let paid = match paid_call(services, step, call, std::future::ready(Ok(())), attempt).await {
            Ok(paid) => paid,
            Err(unpaid) => return self.without(unpaid.error, now),
        };
        let kept: Result<Kept, _> = serde_json::from_slice(&paid.answer);
        let read = kept.map_err(|error| error.to_string()).and_then(|kept| {
            let png = STANDARD.decode(kept.png).map_err(|error| error.to_string())?;
            Ok(Picture { png, studies: kept.studies })
        });
        Ok(read)
    }

    /// What is done where no picture came.
    fn without(
        &self,
        error: PaidError<ChartImgError>,
        now: Timestamp,
    ) -> Result<Result<Picture, String>, Stop> {
        match error {
            PaidError::Store(error) => Err(error.into()),
            PaidError::NoTime => Err(Stop::NoTime),
            PaidError::Vendor(error) => {
                if let Some(until) = rests_until(&error, now) {
                    let mut rests = self.rests.lock().unwrap_or_else(PoisonError::into_inner);
                    *rests = Some((until, error.to_string()));
                }
                Ok(Err(error.to_string()))
            }
            error => Ok(Err(error.to_string())),
        }
    }
}

/// Until when the vendor is not asked after `error`: the day's calls come back with the next day (UTC), a key that
/// is refused is refused for the next chart too.
fn rests_until(error: &ChartImgError, now: Timestamp) -> Option<Timestamp> {
    match error {
        ChartImgError::QuotaExhausted => {
            let tomorrow = TimeZone::UTC.to_datetime(now).date().tomorrow().ok()?;
            TimeZone::UTC.to_timestamp(tomorrow.into()).ok()
        }
        ChartImgError::Forbidden { .. } => Some(now + REST),
        // waited for, asked again, shrunk to the plan, or wrong for this chart alone
        ChartImgError::RateLimited
        | ChartImgError::TooLarge { .. }
        | ChartImgError::TooManyStudies { .. }
        | ChartImgError::Refused { .. }
        | ChartImgError::Unavailable { .. }
        | ChartImgError::NotAnImage { .. } => None,
    }
}

fn judge(drawn: Result<charts::chart_img::Image, ChartImgError>) -> Attempt<ChartImgError> {
    match drawn {
        Ok(image) => {
            let kept = Kept { studies: image.studies, png: STANDARD.encode(&image.bytes) };
            match serde_json::to_vec(&kept) {
                Ok(bytes) => Attempt::Answered(bytes),
                Err(error) => Attempt::Refused(ChartImgError::NotAnImage { why: error.to_string() }),
            }
        }
        Err(error @ ChartImgError::RateLimited) => Attempt::Busy { retry_after: None, error },
        Err(error @ (ChartImgError::Unavailable { .. } | ChartImgError::NotAnImage { .. })) => {
            Attempt::Unknown(error)
        }
        Err(error) => Attempt::Refused(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vendor_rests_for_a_day_or_an_hour() {
        let now: Timestamp = "2026-04-30T23:59:59Z".parse().unwrap();
        let until = |error| rests_until(&error, now).map(|until| until.to_string());
        assert_eq!(until(ChartImgError::QuotaExhausted).as_deref(), Some("2026-05-01T00:00:00Z"));
        let message = String::new();
        assert_eq!(
            until(ChartImgError::Forbidden { message: message.clone() }).as_deref(),
            Some("2026-05-01T00:59:59Z")
        );
        assert_eq!(until(ChartImgError::RateLimited), None);
        assert_eq!(until(ChartImgError::Refused { status: 422, message }), None);
    }
}
