use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tests::left_out;

use super::driver::Driver;
use super::session::Browser;
use super::site::{BROWSERS_OWN, Site};

/// Longest a test may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Runs `body` in a browser of its own; where none is installed the test is left out.
pub(super) fn in_browser(test: &str, body: impl AsyncFnOnce(&Browser)) {
    // removed after the driver, which ends the browser that writes to it
    let profile = tempfile::tempdir().unwrap();
    let Some(driver) = Driver::start() else {
        return left_out(test, "it needs chromium and chromedriver");
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let run = async {
        let site = Site::start().await;
        let client = connect(&driver, &site, profile.path().to_str().unwrap()).await;
        body(&Browser::new(client, site)).await;
    };
    runtime.block_on(async { tokio::time::timeout(PATIENCE, run).await }).expect("the test ends in time");
}

async fn connect(driver: &Driver, site: &Site, profile: &str) -> Client {
    let own = format!("http://{BROWSERS_OWN}");
    let arguments = [
        "--headless".to_owned(),
        // Chromium's own sandbox does not run in a container as root
        "--no-sandbox".to_owned(),
        // a container's shared memory is small
        "--disable-dev-shm-usage".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        // hints of a site are asked for some seconds after the start, and no flag above stops that
        "--disable-features=NetworkTimeServiceQuerying,OptimizationHints,OptimizationGuideModelDownloading"
            .to_owned(),
        // keeps the default search engine's new tab page away
        "--incognito".to_owned(),
        format!("--user-data-dir={profile}"),
        format!("--proxy-server={}", site.address()),
        // loopback goes through the proxy too
        "--proxy-bypass-list=<-loopback>".to_owned(),
        format!("--component-updater=url-source={own}/"),
        format!("--apps-gallery-update-url={own}/"),
        format!("--gaia-url={own}"),
        format!("--google-url={own}"),
        format!("--google-apis-url={own}"),
        format!("--lso-url={own}"),
        format!("--oauth-account-manager-url={own}"),
        format!("--variations-server-url={own}"),
        format!("--optimization-guide-service-get-hints-url={own}/"),
        format!("--optimization-guide-service-get-models-url={own}/"),
    ];
    let Value::Object(capabilities) = json!({"goog:chromeOptions": {"args": arguments}}) else {
        unreachable!("an object was written")
    };
    let mut builder = ClientBuilder::new(HttpConnector::new());
    builder.capabilities(capabilities);
    builder.connect(&driver.url()).await.expect("chromium starts")
}
