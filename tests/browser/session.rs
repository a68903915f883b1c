use fantoccini::error::CmdError;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

use super::reports::Report;
use super::screen::{DESK, Screen, Theme};
use super::site::Site;

/// A browser with an empty profile, and the site it sees.
pub(super) struct Browser {
    client: Client,
    pub(super) site: Site,
}

impl Browser {
    pub(super) fn new(client: Client, site: Site) -> Self {
        Self { client, site }
    }

    /// Publishes a report under its file name, as its server sends it, and opens it.
    pub(super) async fn open(&self, report: &Report) {
        self.publish(report);
        self.visit(&report.file).await;
    }

    /// Publishes a report with the policy in the response's header.
    pub(super) fn publish(&self, report: &Report) {
        self.site.publish(&report.file, &report.html, Some(&notify::page::policy_header(&report.html)));
    }

    /// Opens a published page and waits until it is loaded, pictures and all.
    pub(super) async fn visit(&self, name: &str) {
        self.client.goto(&self.site.url(name)).await.unwrap_or_else(|e| panic!("{name}: {e}"));
    }

    /// Opens an address and waits until it is loaded.
    pub(super) async fn go(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|e| panic!("{url}: {e}"));
    }

    /// Chooses an option of a list.
    pub(super) async fn choose(&self, selector: &str, value: &str) {
        let list =
            self.client.find(Locator::Css(selector)).await.unwrap_or_else(|e| panic!("{selector}: {e}"));
        list.select_by_value(value).await.unwrap_or_else(|e| panic!("{selector} {value}: {e}"));
    }

    /// Writes into a field.
    pub(super) async fn write(&self, selector: &str, text: &str) {
        let field =
            self.client.find(Locator::Css(selector)).await.unwrap_or_else(|e| panic!("{selector}: {e}"));
        field.send_keys(text).await.unwrap_or_else(|e| panic!("{selector}: {e}"));
    }

    /// What the first element of the selector says; empty where there is none.
    pub(super) async fn says(&self, selector: &str) -> String {
        match self.client.find(Locator::Css(selector)).await {
            // the page may be on its way to the next
            Ok(element) => element.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits until the first element of the selector says that, half a minute at most.
    pub(super) async fn until(&self, selector: &str, part: &str) {
        let found = || async {
            let said = self.says(selector).await;
            if said.contains(part) { Ok(()) } else { Err(format!("{selector} never says {part}: {said}")) }
        };
        self.patient(found).await;
    }

    /// Waits until the page's address has that in it, half a minute at most.
    pub(super) async fn until_at(&self, part: &str) {
        let found = || async {
            let at = self.address().await;
            if at.contains(part) { Ok(()) } else { Err(format!("never at {part}: {at}")) }
        };
        self.patient(found).await;
    }

    /// Tries until it succeeds, half a minute at most; why it did not is told with the page.
    async fn patient<F: Future<Output = Result<(), String>>>(&self, tried: impl Fn() -> F) {
        let begun = tokio::time::Instant::now();
        while let Err(why) = tried().await {
            assert!(begun.elapsed().as_secs() < 30, "{why}\n{}", self.says("body").await);
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// Whether scripts of pages run.
    pub(super) async fn scripts(&self, run: bool) {
        self.devtools("Emulation.setScriptExecutionDisabled", json!({"value": !run})).await;
    }

    /// Runs a function body in the page. The page's policy does not bind the driver.
    pub(super) async fn script(&self, body: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(body, arguments).await.unwrap_or_else(|e| panic!("{e}\n{body}"))
    }

    /// Runs a function body that calls its last argument when it is done.
    pub(super) async fn script_async(&self, body: &str) -> Value {
        self.client.execute_async(body, Vec::new()).await.unwrap_or_else(|e| panic!("{e}\n{body}"))
    }

    /// What a script gives, as a list of texts.
    pub(super) async fn texts(&self, body: &str, arguments: Vec<Value>) -> Vec<String> {
        let value = self.script(body, arguments).await;
        serde_json::from_value(value).unwrap_or_else(|e| panic!("{e}\n{body}"))
    }

    pub(super) async fn title(&self) -> String {
        self.client.title().await.unwrap()
    }

    /// The page's address.
    pub(super) async fn address(&self) -> String {
        self.client.current_url().await.unwrap().to_string()
    }

    /// Clicks where a person would: the first element of the selector that is shown, scrolled into sight.
    pub(super) async fn click(&self, selector: &str) {
        let clicked = || async {
            match self.clicked(selector).await {
                Ok(true) => Ok(()),
                Ok(false) => panic!("nothing to click: {selector}"),
                // the page was on its way to the next
                Err(error) if error.is_stale_element_reference() => Err(format!("{selector}: {error}")),
                Err(error) => panic!("{selector}: {error}"),
            }
        };
        self.patient(clicked).await;
    }

    async fn clicked(&self, selector: &str) -> Result<bool, CmdError> {
        for element in self.client.find_all(Locator::Css(selector)).await? {
            if element.is_displayed().await? {
                element.click().await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Presses a key that `code` names (UI Events).
    pub(super) async fn press(&self, key: &str, code: u8) {
        let text = if key == "Enter" { "\r" } else { "" };
        for kind in ["keyDown", "keyUp"] {
            let event = json!({
                "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": code, "text": text,
            });
            self.devtools("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Puts the page on a screen; a small one is a phone's.
    pub(super) async fn on(&self, screen: Screen) {
        let metrics = json!({
            "width": screen.width, "height": screen.height, "deviceScaleFactor": 1,
            "mobile": screen.width < DESK.width,
        });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Puts the page on a screen so high that all of it shows, and says how high.
    pub(super) async fn whole(&self, width: u32) -> u32 {
        self.on(Screen { width, height: DESK.height }).await;
        let height = self.script("return document.documentElement.scrollHeight", Vec::new()).await;
        let height = height.as_u64().and_then(|height| u32::try_from(height).ok()).unwrap();
        self.on(Screen { width, height }).await;
        height
    }

    /// The whole page with its folds unfolded.
    pub(super) async fn unrolled(&self, width: u32) {
        let open = "for (const fold of document.querySelectorAll('details')) fold.open = true";
        self.script(open, Vec::new()).await;
        self.whole(width).await;
    }

    pub(super) async fn in_theme(&self, theme: Theme) {
        self.in_media("screen", theme).await;
    }

    /// The medium, `screen` or `print`, with the theme that the system asks for.
    pub(super) async fn in_media(&self, medium: &str, theme: Theme) {
        let features = json!([{"name": "prefers-color-scheme", "value": theme.word()}]);
        let media = json!({"media": medium, "features": features});
        self.devtools("Emulation.setEmulatedMedia", media).await;
    }

    /// The visible part of the page as a PNG.
    pub(super) async fn screenshot(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }

    /// The page as assistive technology is told of it, without what is left out there.
    pub(super) async fn accessibility(&self) -> Vec<Value> {
        let tree = self.devtools("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().unwrap();
        nodes.iter().filter(|node| node["ignored"] == false).cloned().collect()
    }

    async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let command = DevTools { body: json!({"cmd": command, "params": parameters}) };
        self.client.issue_cmd(command).await.unwrap()
    }
}

/// A command of the Chrome DevTools Protocol, by chromedriver's extension of WebDriver.
#[derive(Debug)]
struct DevTools {
    body: Value,
}

impl WebDriverCompatibleCommand for DevTools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
