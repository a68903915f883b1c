use crate::api::Stage;
use crate::browser::launch::in_browser;
use crate::browser::session::Browser;

/// Runs `body` in a browser that a server has let in, the week's runs behind it.
pub(super) fn on_pages(test: &str, body: impl AsyncFnOnce(&Browser, &mut Stage)) {
    // the world answers on threads of its own, whatever the browser's waits for
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let mut stage = runtime.block_on(async { tokio::spawn(Stage::new()).await.unwrap() });
    in_browser(test, async |browser| {
        browser.site.hand_on_to(stage.server.address);
        let entrance = stage.server.entrance.clone();
        browser.go(&entrance).await;
        body(browser, &mut stage).await;
    });
}

impl Stage {
    /// The address of a page.
    pub(super) fn page(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address)
    }
}
