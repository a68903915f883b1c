//! What pages show of what did not go well, and of nothing.

use sim::{Fault, Gate, Rule, Service};

use super::stage::on_pages;

#[test]
fn a_run_is_cancelled_and_gone_on_with() {
    on_pages("a_run_is_cancelled_and_gone_on_with", async |browser, stage| {
        let gate = Gate::shut();
        stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::Held(gate.clone())));
        browser.choose("#language", "ru").await;
        browser.click("form button").await;
        browser.until("h1", "Reading the month").await;
        let run = browser.address().await;
        let id = run.rsplit('/').next().unwrap().to_owned();
        browser.click(".act button").await;
        browser.until("h1", "Cancelled").await;
        gate.open();
        let sql = "SELECT count(*) FROM steps WHERE run_id = ?1 AND document ->> 'status' = 'running'";
        stage.counts("nobody at work on the run", sql, &[&id], 0);
        assert!(
            browser.says("#lede").await.contains("What was done is kept"),
            "{}",
            browser.says("#lede").await
        );
        browser.click(".act button").await;
        browser.until("h1", "Done: 1w").await;
        assert!(browser.says(".waterfall").await.contains("reused"), "{}", browser.says(".waterfall").await);
    });
}

#[test]
fn a_failed_run_says_why_and_where_to_go_on() {
    on_pages("a_failed_run_says_why_and_where_to_go_on", async |browser, stage| {
        stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::ServerError(500)).after(1).times(2));
        browser.choose("#language", "ru").await;
        browser.click("form button").await;
        browser.until("h1", "Failed at 1w report").await;
        let notice = browser.says(".notice.error").await;
        assert!(notice.contains("answered 500") && notice.contains("resume the run"), "{notice}");
        assert_eq!(browser.says("#line-1w-report .word").await, "failed");
        assert_eq!(browser.says(".act button").await, "Resume from 1w report");
        browser.go(&stage.page("/")).await;
        let held = browser.says("[aria-labelledby=held-title]").await;
        assert!(held.contains("BTCUSDT") && held.contains("answered 500"), "{held}");
        // the audit of a report that there is not
        browser.go(&stage.page("/runs?state=failed")).await;
        browser.click(".listed tbody a").await;
        browser.until_at("/runs/r-").await;
        let run = browser.address().await;
        browser.go(&format!("{run}/audit/1w-report")).await;
        assert_eq!(browser.says("h1").await, "There is nothing to hold numbers against");
        browser.go(&format!("{run}/page/1w")).await;
        assert_eq!(browser.says("h1").await, "There is nothing here");
        browser.go(&run).await;
        browser.click(".act button").await;
        browser.until("h1", "Done: 1w").await;
    });
}

#[test]
fn where_nothing_fits_a_page_says_which_filter_to_drop() {
    on_pages("where_nothing_fits_a_page_says_which_filter_to_drop", async |browser, stage| {
        browser.go(&stage.page("/recommendations")).await;
        assert!(
            browser.says(".notice").await.contains("A run of flow 3"),
            "{}",
            browser.says(".notice").await
        );
        for (page, field, text) in [
            ("/runs", "#symbol", "SOLUSDT"),
            ("/reports", "#symbol", "SOLUSDT"),
            ("/recommendations", "#strength", "70"),
        ] {
            browser.go(&stage.page(page)).await;
            browser.write(field, text).await;
            browser.click("form button").await;
            let name = field.trim_start_matches('#');
            browser.until(".notice", &format!("Drop the filter by {name}.")).await;
        }
        // what nothing can be called fits nothing, rather than everything
        for (address, name) in [
            ("/runs?symbol=BTC/USDT", "symbol"),
            ("/runs?state=finished", "state"),
            ("/runs?flow=first", "flow"),
            ("/reports?symbol=BTC/USDT", "symbol"),
            ("/recommendations?symbol=&strength=many", "strength"),
            ("/recommendations?since=yesterday", "date"),
        ] {
            browser.go(&stage.page(address)).await;
            let notice = browser.says(".notice").await;
            assert!(notice.contains(&format!("Drop the filter by {name}.")), "{address}: {notice}");
        }
        for missing in ["/runs/r-none", "/runs/r-none/page/1w", "/?part=2", "/runs/%00", "/nothing"] {
            browser.go(&stage.page(missing)).await;
            let said = browser.says("body").await;
            assert!(said.contains("here") || said.contains("no run"), "{missing}: {said}");
        }
    });
}

/// What an analyst, a venue or a vendor could write into the journal.
const PAYLOAD: &str = "\"'><img src=http://example.invalid/x onerror=\"document.documentElement.id='x'\">\
    <script>document.documentElement.id='x'</script></title><a href=javascript:alert(1)>a</a>";

#[test]
fn hostile_texts_of_the_journal_stay_text() {
    on_pages("hostile_texts_of_the_journal_stay_text", async |browser, stage| {
        stage.world.faults().inject(Rule::next(Service::OpenAi, Fault::ServerError(500)).times(2));
        browser.choose("#language", "ru").await;
        browser.click("form button").await;
        browser.until("h1", "Failed at 1M report").await;
        let run = browser.address().await;
        let database = rusqlite::Connection::open(stage.topdown.data().join("topdown.sqlite")).unwrap();
        let run_id = run.rsplit('/').next().unwrap();
        for (table, fields) in
            [("runs", &["reason", "model"][..]), ("steps", &["reason", "chart_provider", "llm_model"])]
        {
            for field in fields {
                let sql = format!(
                    "UPDATE {table} SET sum = NULL, document = json_set(document, '$.{field}', ?1) WHERE run_id = ?2"
                );
                database.execute(&sql, [PAYLOAD, run_id]).unwrap();
            }
        }
        browser.site.requests();
        for page in ["/", "/runs", "/reports", "/recommendations"]
            .map(|path| stage.page(path))
            .into_iter()
            .chain([run.clone(), format!("{run}/audit/1M-report"), format!("{run}/audit/1M-chart-trend")])
        {
            browser.go(&page).await;
            let look = "return [document.documentElement.id, ...[...document.querySelectorAll('[onerror], [src*=invalid], [href^=javascript]')].map(e => e.outerHTML)]";
            assert_eq!(browser.texts(look, Vec::new()).await, [""], "{page}");
        }
        browser.go(&run).await;
        assert!(browser.says("main").await.contains("<script>"), "{}", browser.says("main").await);
        let asked = browser.site.requests();
        assert!(asked.iter().all(|request| !request.contains("example.invalid")), "{asked:?}");
    });
}
