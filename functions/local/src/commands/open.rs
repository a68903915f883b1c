use std::process::{Command, Stdio};

use storage::ArtifactStore;

use super::run_id;
use crate::app::{self, PORT};
use crate::arguments::OneRun;
use crate::failure::Failure;
use crate::outcome::Outcome;
use crate::terminal::Terminal;

pub(crate) async fn run(arguments: &OneRun, terminal: &Terminal) -> Result<(), Failure> {
    let id = run_id(&arguments.run)?;
    let data = &arguments.folder.data;
    let local = app::open(data, platform_local::Access::Read, PORT)?;
    let read = Outcome::read(&local, &id).await.map_err(|error| Failure::store(&error, data))?;
    let missing = || Failure::usage(format!("run {id} has no page")).at(data.display());
    let outcome = read.ok_or_else(missing)?;
    let uri = outcome.page_uri().ok_or_else(missing)?;
    // what a browser is given is what was written: a damaged page, or another in its place, is refused
    local.artifacts.get(uri).await.map_err(|error| Failure::store(&error, data))?;
    let page = outcome.page.ok_or_else(missing)?;
    let path = std::path::absolute(&page).unwrap_or(page);
    // the opener's own words would mix with the path
    let opened = Command::new(opener()).arg(&path).stdout(Stdio::null()).stderr(Stdio::null()).status();
    terminal.line(&match terminal.json() {
        true => serde_json::json!({ "page": path }).to_string(),
        false => path.display().to_string(),
    });
    match opened {
        Ok(status) if status.success() => Ok(()),
        _ => Err(Failure::run("no browser could be opened")
            .at(path.display())
            .advice("open that file yourself")),
    }
}

fn opener() -> &'static str {
    if cfg!(target_os = "macos") { "open" } else { "xdg-open" }
}
