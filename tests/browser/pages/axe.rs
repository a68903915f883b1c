//! axe-core, which others wrote, in the page.

use std::process::Command;

use crate::browser::launch::in_browser;
use crate::browser::session::Browser;

/// The one version that is asked for.
const PACKAGE: &str = "axe-core@4.14.1";

/// Its source, installed at first use; `None`, and one line, where that cannot be.
pub(super) fn source(test: &str) -> Option<String> {
    let own = std::env::current_exe().unwrap();
    // target/PROFILE/deps/all
    let folder = own.ancestors().nth(3).expect("a target folder").join("axe");
    let file = folder.join("node_modules/axe-core/axe.min.js");
    if !file.exists() {
        std::fs::create_dir_all(&folder).unwrap();
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", "--prefix"])
            .arg(&folder)
            .arg(PACKAGE);
        let installed = npm.output().is_ok_and(|output| output.status.success());
        if !installed {
            tests::left_out(test, "axe-core cannot be installed by npm");
            return None;
        }
    }
    Some(std::fs::read_to_string(file).unwrap())
}

/// What it finds serious or critical in the page.
pub(super) async fn look(browser: &Browser, source: &str) -> Vec<String> {
    let run = "const done = arguments[arguments.length - 1];
        axe.run(document, {resultTypes: ['violations']}).then(
          found => done(found.violations.filter(v => ['serious', 'critical'].includes(v.impact)).flatMap(
            v => v.nodes.map(n => `${v.id} (${v.impact}): ${n.html.slice(0, 120)}`))),
          error => done([String(error)]))";
    browser.script(&format!("if (!window.axe) {{ {source} }}"), Vec::new()).await;
    let found = browser.script_async(run).await;
    serde_json::from_value(found.clone()).unwrap_or_else(|e| panic!("{e}: {found}"))
}

/// The same look finds what was planted for it.
#[test]
fn what_is_planted_is_found() {
    let Some(source) = source("what_is_planted_is_found") else { return };
    in_browser("what_is_planted_is_found", async |browser| {
        let page = "<!doctype html><title>x</title><main><h1>x</h1><img src='data:,'><input><p style='color:#ccc'>faint</p></main>";
        browser.site.publish("planted", page, None);
        browser.visit("planted").await;
        let found = look(browser, &source).await.join("\n");
        for planted in ["image-alt", "label", "color-contrast", "html-has-lang"] {
            assert!(found.contains(planted), "{planted}: {found}");
        }
    });
}
