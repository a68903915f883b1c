//! A run from its form to its report.

use sim::{Fault, Gate, Rule, Service};

use super::stage::on_pages;

#[test]
fn a_person_starts_a_run_watches_it_and_reads_what_it_wrote() {
    on_pages("a_person_starts_a_run_watches_it_and_reads_what_it_wrote", async |browser, stage| {
        assert_eq!(browser.says("h1").await, "Nothing strong right now");
        let rows = browser.says(".matrix tbody").await;
        assert!(
            rows.contains("BTCUSDT") && rows.contains("ETHUSDT") && rows.contains("not read yet"),
            "{rows}"
        );
        let gate = Gate::shut();
        stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::Held(gate.clone())));
        browser.choose("#symbol", "ETHUSDT").await;
        browser.choose("#flow", "3").await;
        browser.choose("#language", "ru").await;
        browser.click("form button").await;
        browser.until("h1", "Reading the month").await;
        let run = browser.address().await;
        assert!(run.starts_with(&stage.page("/runs/r-")), "{run}");
        assert_eq!(browser.says("#line-4h-report .word").await, "waiting");
        // what changes changes in place: the page is not loaded again before there is a report to read
        browser.script("window.kept = true", Vec::new()).await;
        browser.until("#line-1d-chart-trend .word", "done").await;
        assert_eq!(browser.script("return window.kept === true", Vec::new()).await, true);
        gate.open();
        browser.until("h1", "Done: ").await;
        assert!(browser.says("#spent").await.starts_with("$0.0"), "{}", browser.says("#spent").await);
        let pictures =
            "return [...document.querySelectorAll('.gallery img')].map(i => (i.loading = 'eager', i.alt))";
        assert_eq!(browser.texts(pictures, Vec::new()).await.len(), 8);

        browser.click(".ready a").await;
        browser.until("#report h1", "").await;
        assert!(browser.address().await.ends_with("/page/4h"), "{}", browser.address().await);
        assert!(browser.title().await.contains("ETHUSDT"), "{}", browser.title().await);
        browser.go(&run).await;
        browser.click(".ready li:nth-child(2) a + a").await;
        browser.until("h1", "number").await;
        assert!(browser.says(".evidence").await.contains("verified"), "{}", browser.says(".evidence").await);
        let inputs = browser.says(".inputs").await;
        for part in ["daily-report@", "trend@", "openai@", "the same", "topdown cat gs://local/"] {
            assert!(inputs.contains(part), "{part}: {inputs}");
        }
        // of an input that is gone the row stays, without a command that would fail
        let address = browser.address().await;
        let id = address.split("/runs/").nth(1).unwrap().split('/').next().unwrap().to_owned();
        let picture = stage.topdown.data().join("runs").join(id).join("1d-chart-trend.png");
        std::fs::remove_file(&picture).unwrap();
        browser.go(&address).await;
        let inputs = browser.says(".inputs").await;
        assert!(inputs.contains("Chart trend") && inputs.contains("missing or damaged"), "{inputs}");
        assert!(!inputs.contains("1d-chart-trend.png"), "{inputs}");

        browser.go(&stage.page("/recommendations")).await;
        browser.click(".listed tbody a").await;
        // it is written in the language of its run
        browser.until("#why-title", "Почему").await;
        assert!(browser.says("#sources").await.contains("1M"), "{}", browser.says("#sources").await);
        browser.click(".crumbs a[href*=audit]").await;
        browser.until("h1", "number").await;
        browser.click(".pages a").await;
        browser.until(".matrix thead", "4h").await;
        let advice = browser.says(".matrix tbody tr:nth-child(2) .advice").await;
        assert!(["Long", "Short", "Stand aside"].iter().any(|word| advice.contains(word)), "{advice}");
    });
}

/// The same without a script: the page loads itself again until the run has ended.
#[test]
fn nothing_needs_a_script() {
    on_pages("nothing_needs_a_script", async |browser, stage| {
        browser.scripts(false).await;
        let gate = Gate::shut();
        stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::Held(gate.clone())));
        browser.go(&stage.page("/")).await;
        browser.choose("#language", "ru").await;
        browser.click("form button").await;
        browser.until("#lede", "steps have ended").await;
        assert!(!browser.says("h1").await.contains("Done"), "{}", browser.says("h1").await);
        gate.open();
        browser.until("h1", "Done: 1w").await;
        browser.go(&stage.page("/reports")).await;
        browser.choose("#timeframe", "1w").await;
        browser.click("form button").await;
        browser.until_at("timeframe=1w").await;
        browser.click(".listed tbody a").await;
        browser.until("#report h1", "").await;
        assert!(browser.address().await.ends_with("/page/1w"), "{}", browser.address().await);
    });
}
