use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use charts::Template;
use charts::chart_img::{ChartImgError, Client, Request};
use domain::Timeframe;
use jiff::Timestamp;
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

/// Asks the vendor for the chart. `Err` of the inner result says why the built-in renderer is to draw it.
pub(crate) async fn draw(
    services: &Services,
    client: &Client,
    run: &RunDocument,
    step: &StepDocument,
    timeframe: Timeframe,
    template: &Template,
) -> Result<Result<Picture, String>, Stop> {
    let request = Request::new(&run.symbol, timeframe, template);
    let pinned = match serde_json::to_vec(&Pinned { as_of: run.as_of, request: &request }) {
        Ok(pinned) => pinned,
        Err(error) => return Ok(Err(error.to_string())),
    };
    let call =
        PaidCall { vendor: CHART_IMG, endpoint: client.endpoint().to_owned(), number: 0, request: pinned };
    let request = &request;
    let attempt = |_: Vec<u8>| async move { judge(client.render(request).await) };
    let paid = match paid_call(services, step, call, attempt).await {
        Ok(paid) => paid,
        Err(PaidError::Store(error)) => return Err(error.into()),
        Err(PaidError::NoTime) => return Err(Stop::NoTime),
        Err(error) => return Ok(Err(error.to_string())),
    };
    let kept: Result<Kept, _> = serde_json::from_slice(&paid.answer);
    let read = kept.map_err(|error| error.to_string()).and_then(|kept| {
        let png = STANDARD.decode(kept.png).map_err(|error| error.to_string())?;
        Ok(Picture { png, studies: kept.studies })
    });
    Ok(read)
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
