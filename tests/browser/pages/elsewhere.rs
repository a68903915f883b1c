//! A page of another origin on the same machine, in a browser that the server has let in: cookies ignore ports, so it
//! asks with the visitor's own.

use serde_json::Value;

use super::stage::on_pages;

/// What a page may send without asking first, and what it may ask for, by route: what it is told comes back.
const ASKS: &str = "const done = arguments[arguments.length - 1], server = SERVER, asked = [];
    const form = 'token=x&once=a&symbol=BTCUSDT&flow=1&language=en';
    const types = ['application/x-www-form-urlencoded', 'text/plain'];
    const ask = async (path, options) => {
      try {
        const answer = await fetch(server + path, {credentials: 'include', ...options});
        asked.push(`${path} ${options.mode} ${answer.type} ${answer.status}`);
      } catch (error) { asked.push(`${path} ${options.mode} refused`); }
    };
    (async () => {
      for (const mode of ['cors', 'no-cors']) {
        for (const path of ['/', '/runs', '/v1/runs', '/openapi.json', RUN, RUN + '/events', '/artifacts/x', '/enter'])
          await ask(path, {mode});
        for (const path of ['/runs', '/v1/runs', RUN + '/cancel', RUN + '/resume', '/v1' + RUN + ':cancel'])
          for (const type of types) await ask(path, {mode, method: 'POST', headers: {'Content-Type': type}, body: form});
      }
      await ask('/v1/runs', {mode: 'cors', method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'});
      const events = new EventSource(server + RUN + '/events', {withCredentials: true});
      await new Promise(resolve => { events.onerror = resolve; events.onmessage = () => { asked.push('events'); resolve(); }; });
      const picture = new Image();
      await new Promise(resolve => { picture.onerror = resolve; picture.onload = () => { asked.push('picture'); resolve(); };
        picture.src = server + RUN + '/artifacts/1w-chart-trend'; });
      done(asked);
    })()";

#[test]
fn a_page_of_another_origin_starts_and_learns_nothing() {
    on_pages("a_page_of_another_origin_starts_and_learns_nothing", async |browser, stage| {
        let listed = stage.ask("GET", "/v1/runs", None).body;
        let run = format!("/runs/{}", listed["runs"][0]["run_id"].as_str().unwrap());
        browser.site.publish("elsewhere", "<!doctype html><title>elsewhere</title><h1>elsewhere</h1>", None);
        browser.visit("elsewhere").await;
        let server = format!("'{}'", stage.page(""));
        let asks = ASKS.replace("SERVER", &server).replace("RUN", &format!("'{run}'"));
        let told = browser.script_async(&asks).await;
        let told: Vec<&str> = told.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert!(told.len() > 30, "{told:?}");
        for line in &told {
            let (what, found) = line.rsplit_once(' ').unwrap_or((line, ""));
            assert!(found == "refused" || (what.ends_with("opaque") && found == "0"), "{told:?}");
        }
        // a form that sends itself shows that it was refused
        let form = format!(
            "<!doctype html><title>form</title><form method=post action='{}'><input name=token value=x>\
             <input name=once value=a><input name=symbol value=BTCUSDT><input name=flow value=1>\
             <input name=language value=en><button id=send>x</button></form>",
            stage.page("/runs")
        );
        browser.site.publish("form", &form, None);
        browser.visit("form").await;
        browser.click("#send").await;
        browser.until("body", "asks nothing here").await;
        // nor may it be shown within another page
        let frame = format!("<!doctype html><title>frame</title><iframe src='{}'></iframe>", stage.page("/"));
        browser.site.publish("frame", &frame, None);
        browser.visit("frame").await;
        let shown =
            "try { return [String(frames[0].document.body.innerText)] } catch (error) { return ['refused'] }";
        assert_eq!(browser.texts(shown, Vec::new()).await, ["refused"]);

        let after = stage.ask("GET", "/v1/runs", None).body;
        assert_eq!(after, listed, "nothing was started or called off");
        // a person who follows a link from there comes in all the same
        let link =
            format!("<!doctype html><title>link</title><a id=follow href='{}'>x</a>", stage.page("/runs"));
        browser.site.publish("link", &link, None);
        browser.visit("link").await;
        browser.click("#follow").await;
        browser.until("h1", "Runs").await;
        tests::figure("callers", &serde_json::json!({ "pairs": told.len() + 3, "wrong_allows": 0 }));
    });
}
