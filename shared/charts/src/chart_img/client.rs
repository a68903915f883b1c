//! The network side of Chart-IMG.

use std::sync::Mutex;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::parse;
use super::wire::Request;
use crate::png_check::LONGEST;

/// Why there is no picture, by what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChartImgError {
    /// Too many calls at once: back off one to three seconds, then ask again.
    #[error("Chart-IMG: too many requests at once; the chart is drawn built-in")]
    RateLimited,
    /// The day's calls are spent: stop until the daily reset.
    #[error(
        "Chart-IMG: the daily quota is spent; charts are drawn built-in until it resets, or take a larger plan"
    )]
    QuotaExhausted,
    /// The plan allows no picture of this size, and one of `max` failed as well.
    #[error("Chart-IMG: the plan allows at most {}x{} pixels; set a smaller size in the template", max.0, max.1)]
    TooLarge {
        /// Largest width and height, pixels.
        max: (u32, u32),
    },
    /// The plan allows no so many indicators, and `max` of them failed as well.
    #[error("Chart-IMG: the plan allows at most {max} studies; name fewer in the template")]
    TooManyStudies {
        /// Most studies.
        max: usize,
    },
    /// The key is missing, wrong or blocked: tell the user.
    #[error("Chart-IMG refuses the key ({message}); check CHART_IMG_API_KEY")]
    Forbidden {
        /// The vendor's words.
        message: String,
    },
    /// The request is wrong: asking again changes nothing.
    #[error("Chart-IMG refuses the chart (status {status}: {message}); check symbol and template")]
    Refused {
        /// HTTP status.
        status: u16,
        /// The vendor's words.
        message: String,
    },
    /// No answer, or a server fault: ask again once or twice.
    #[error("Chart-IMG is unavailable ({why}); the chart is drawn built-in")]
    Unavailable {
        /// What happened.
        why: String,
    },
    /// The answer is no whole PNG of the size asked for: ask again once.
    #[error("Chart-IMG answered with something else than the picture ({why}); the chart is drawn built-in")]
    NotAnImage {
        /// What is wrong with it.
        why: String,
    },
}

/// A picture: a whole PNG, not decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The PNG.
    pub bytes: Vec<u8>,
    /// Width, pixels; less than asked for where the plan allows less.
    pub width: u32,
    /// Height, pixels.
    pub height: u32,
    /// Names of the studies drawn; fewer than asked for where the plan allows fewer.
    pub studies: Vec<String>,
}

/// What the plan was seen to allow, so that a limit is met once and not before every picture.
#[derive(Debug, Clone, Copy, Default)]
struct Limits {
    size: Option<(u32, u32)>,
    studies: Option<usize>,
}

/// A client of one account.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    url: String,
    key: SecretString,
    seen: Mutex<Limits>,
}

/// The vendor's gateway gives up after 29 s.
const DEADLINE: Duration = Duration::from_secs(40);
/// Bytes of an error body that are read.
const LONGEST_FAILURE: usize = 64 * 1024;

impl Client {
    /// A client that sends `key` to `base_url` only. `http` must not follow redirects.
    pub fn new(http: reqwest::Client, base_url: &str, key: SecretString) -> Self {
        let url = format!("{}/v2/tradingview/advanced-chart", base_url.trim_end_matches('/'));
        Self { http, url, key, seen: Mutex::default() }
    }

    /// The address that pictures come from.
    pub fn endpoint(&self) -> &str {
        &self.url
    }

    /// Draws `request`. Where the plan allows only smaller pictures or fewer studies, it asks once more within
    /// that limit.
    ///
    /// # Errors
    /// [`ChartImgError`]; no other call is repeated here.
    pub async fn render(&self, request: &Request) -> Result<Image, ChartImgError> {
        let mut request = request.clone();
        let mut tried = Limits::default();
        self.shrink(&mut request);
        loop {
            let error = match self.once(&request).await {
                Ok(bytes) => return Ok(image(bytes, &request)),
                Err(error) => error,
            };
            match error {
                ChartImgError::TooLarge { max } if tried.size.is_none() && max.0 > 0 && max.1 > 0 => {
                    tried.size = Some(max);
                }
                ChartImgError::TooManyStudies { max } if tried.studies.is_none() => tried.studies = Some(max),
                other => return Err(other),
            }
            tracing::info!(reason = %error, "chart request shrunk to the plan");
            if let Ok(mut seen) = self.seen.lock() {
                seen.size = tried.size.or(seen.size);
                seen.studies = tried.studies.or(seen.studies);
            }
            self.shrink(&mut request);
        }
    }

    fn shrink(&self, request: &mut Request) {
        let seen = self.seen.lock().map(|seen| *seen).unwrap_or_default();
        if let Some((width, height)) = seen.size {
            request.width = request.width.min(width);
            request.height = request.height.min(height);
        }
        if let Some(most) = seen.studies {
            request.studies.truncate(most);
        }
    }

    async fn once(&self, request: &Request) -> Result<Vec<u8>, ChartImgError> {
        let gone =
            |error: reqwest::Error| ChartImgError::Unavailable { why: error.without_url().to_string() };
        let mut key =
            HeaderValue::from_str(self.key.expose_secret()).map_err(|_| ChartImgError::Forbidden {
                message: "the key holds characters that no header may hold".to_owned(),
            })?;
        key.set_sensitive(true);
        let call = self.http.post(&self.url).header("x-api-key", key).timeout(DEADLINE).json(request);
        let mut response = call.send().await.map_err(gone)?;
        let status = response.status().as_u16();
        let kind = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default().to_owned();
        let most = if status == 200 { LONGEST } else { LONGEST_FAILURE };
        let mut body = Vec::new();
        // counted after decompression, so that a small answer cannot become a large one
        while let Some(part) = response.chunk().await.map_err(gone)? {
            if body.len() + part.len() > most {
                if status == 200 {
                    return Err(ChartImgError::NotAnImage {
                        why: format!("it has more than {LONGEST} bytes"),
                    });
                }
                break;
            }
            body.extend_from_slice(&part);
        }
        if status != 200 {
            self.hide_key(&mut body);
        }
        parse::answer(status, &kind, &body, (request.width, request.height))?;
        Ok(body)
    }

    /// A vendor may repeat the key it refuses.
    fn hide_key(&self, body: &mut Vec<u8>) {
        let key = self.key.expose_secret();
        if !key.is_empty() {
            *body = String::from_utf8_lossy(body).replace(key, "[key]").into_bytes();
        }
    }
}

fn image(bytes: Vec<u8>, request: &Request) -> Image {
    let studies = request.studies.iter().map(|study| study.name.to_owned()).collect();
    Image { bytes, width: request.width, height: request.height, studies }
}
