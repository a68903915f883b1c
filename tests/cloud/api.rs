//! The API of the coordinator on Google Cloud.

use serde_json::{Value, json};
use tests::request;

use super::flow::collects;
use super::stage::Stage;
use super::tokens::{Issuer, claims, start_on_cloud_run};

/// Asks as `bearer` does; answers the status and the body.
pub(super) fn ask(
    address: &str,
    method: &str,
    path: &str,
    bearer: Option<&str>,
    body: &Value,
) -> (u16, Value) {
    let bearer = bearer.map(|bearer| format!("Bearer {bearer}"));
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let (status, answer) = request(address, method, path, &headers, body.as_bytes());
    (status, serde_json::from_slice(&answer).unwrap_or_else(|_| String::from_utf8_lossy(&answer).into()))
}

/// Whom IAM lets in is a caller under its own name; what IAM has not looked at is nobody.
#[test]
fn a_caller_is_the_account_of_its_token() {
    let issuer = Issuer::new();
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": "one"});
    let coordinator = start_on_cloud_run("coordinator");
    let address = coordinator.address();
    let asked = |change: &Value| {
        let token = issuer.token(&header, &claims(change));
        let removed = format!("{}.SIGNATURE_REMOVED_BY_GOOGLE", token.rsplit_once('.').unwrap().0);
        ask(&address, "GET", "/openapi.json", Some(&removed), &Value::Null).0
    };
    assert_eq!(asked(&json!({"email": "person@desk.example"})), 200);
    // what `gcloud auth print-identity-token` prints for a person
    let gcloud = "32555940559.apps.googleusercontent.com";
    assert_eq!(asked(&json!({"email": "person@desk.example", "aud": gcloud})), 200);
    for refused in [
        json!({"aud": "https://other.example"}),
        json!({"iss": "https://accounts.example"}),
        json!({"email_verified": false}),
        json!({"email": null}),
        json!({"exp": 1}),
    ] {
        assert_eq!(asked(&refused), 401, "{refused}");
    }
    let unchecked = issuer.token(&header, &claims(&json!({})));
    let (status, problem) = ask(&address, "GET", "/v1/runs", Some(&unchecked), &Value::Null);
    assert_eq!((status, &problem["type"]), (401, &"urn:topdown:problem:unknown-caller".into()));
    assert_eq!(ask(&address, "GET", "/v1/runs", None, &Value::Null).0, 401);
    // pages for those it knows, and for the platform, which asks as nobody, that it is up
    let token = issuer.token(&header, &claims(&json!({"email": "person@desk.example"})));
    let removed = format!("{}.SIGNATURE_REMOVED_BY_GOOGLE", token.rsplit_once('.').unwrap().0);
    assert_eq!(ask(&address, "GET", "/", None, &Value::Null), (200, "ready\n".into()));
    assert_eq!(ask(&address, "GET", "/assets/topdown.css", Some(&removed), &Value::Null).0, 200);
    assert_eq!(ask(&address, "GET", "/runs", None, &Value::Null).0, 401);
    let bearer = format!("Bearer {removed}");
    let form = [("Authorization", bearer.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
    let elsewhere = [&form[..], &[("Sec-Fetch-Site", "cross-site")]].concat();
    assert_eq!(request(&address, "POST", "/runs", &elsewhere, b"token=x").0, 403);
    let forged = b"token=x&once=a&symbol=BTCUSDT&flow=1&language=en";
    assert_eq!(request(&address, "POST", "/runs", &form, forged).0, 403, "the token is the account's own");
    // rates are the account's own
    let of = |email: &str| asked(&json!({"email": email}));
    assert!((0..120).all(|_| of("busy@desk.example") == 200));
    assert_eq!((of("busy@desk.example"), of("quiet@desk.example")), (429, 200));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_started_by_the_api_across_processes() {
    let Some(stage) = Stage::new("a_run_is_started_by_the_api_across_processes").await else { return };
    tokio::task::block_in_place(|| {
        let functions = stage.all();
        collects(&functions);
        let address = functions["coordinator"].address();
        let (status, unwatched) =
            ask(&address, "POST", "/v1/runs", None, &json!({"flow": 4, "symbol": "SOLUSDT"}));
        assert_eq!((status, &unwatched["type"]), (422, &"urn:topdown:problem:not-watched".into()));
        let (status, run) = ask(&address, "POST", "/v1/runs", None, &json!({"flow": 5, "symbol": "BTCUSDT"}));
        assert_eq!(status, 202, "{run}");
        let href = run["href"].as_str().unwrap();
        functions["coordinator"].waits_for(" ended\"");
        let (status, whole) = ask(&address, "GET", href, None, &Value::Null);
        assert_eq!((status, &whole["state"]), (200, &"done".into()), "{whole:#}");
        assert_eq!(whole["report"]["timeframe"], "4h");
        let steps = whole["steps"].as_array().unwrap();
        for step in steps {
            assert!(
                step["artifact"]["signed_url"].as_str().is_some_and(|url| url.contains("X-Goog-Signature=")),
                "{step:#}"
            );
        }
        let (_, page) = ask(&address, "GET", "/v1/runs?symbol=BTCUSDT&limit=1", None, &Value::Null);
        assert_eq!(page["runs"][0]["run_id"], run["run_id"]);
        the_reports_are_a_chain(&stage, &whole);
        the_account_lies_apart(&stage, &address, &whole);
        tools_answered_the_analyst(&stage, &whole);
    });
}

/// Each report was given the one above it, and the day and what is above it made the recommendation.
fn the_reports_are_a_chain(stage: &Stage, whole: &Value) {
    let steps = stage.documents(&format!("flow_runs/{}/steps", whole["run_id"].as_str().unwrap()));
    let id = |timeframe: &str| steps[&format!("{timeframe}-report")]["report_id"].clone();
    for (timeframe, above) in [("4h", "1d"), ("1d", "1w"), ("1w", "1M")] {
        assert_eq!(steps[&format!("{timeframe}-report")]["parent_report_id"], id(above), "{timeframe}");
    }
    // a list, as Firestore has it
    let ids: Vec<_> = ["1d", "1w", "1M"].map(id).into();
    let sources = json!({ "arrayValue": { "values": ids } });
    assert_eq!(steps["recommendation"]["source_report_id"], sources);
}

/// The analyst, a process of its own, asked the exchange for what the model wanted, and kept each answer.
fn tools_answered_the_analyst(stage: &Stage, whole: &Value) {
    let run_id = whole["run_id"].as_str().unwrap();
    let kept = stage.objects(&stage.artifacts);
    let asked: Vec<_> = whole["recommendation"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|used| (used["name"].as_str().unwrap(), used["status"].as_str().unwrap()))
        .collect();
    assert_eq!(asked, [("get_funding_rate", "ok"), ("get_open_interest", "ok")]);
    for step in ["1M-report", "1w-report", "1d-report", "4h-report", "recommendation"] {
        let document = &stage.documents(&format!("flow_runs/{run_id}/steps"))[step];
        let refs = document["tool_refs"]["arrayValue"]["values"].as_array().unwrap();
        let names = refs.iter().map(|uri| uri["stringValue"].as_str().unwrap());
        for name in names {
            let name = name.strip_prefix(&format!("gs://{}/", stage.artifacts)).unwrap();
            assert!(kept.iter().any(|object| object == name), "{name} of {step}");
        }
    }
}

/// What the exchange's account holds lies in its own bucket and in no other, is given to the model, and is shown to
/// who may see the run.
fn the_account_lies_apart(stage: &Stage, address: &str, whole: &Value) {
    let run_id = whole["run_id"].as_str().unwrap();
    let name = format!("runs/{run_id}/account.json");
    assert_eq!(stage.objects(&stage.account_files), std::slice::from_ref(&name));
    let others = stage.objects(&stage.artifacts);
    assert!(others.len() > 20 && !others.contains(&name), "{others:?}");

    let mut steps = whole["steps"].as_array().unwrap().iter();
    let account = steps.find(|step| step["kind"] == "account").unwrap();
    let uri = format!("gs://{}/{name}", stage.account_files);
    assert_eq!(account["artifact"]["gcs_uri"], uri.as_str());
    let recommendation = &whole["recommendation"];
    assert_eq!(recommendation["account"], "provided");
    // the market that the catalog's watchlist names, and what the account has set there
    assert_eq!((&whole["market"], &recommendation["market"]), (&"perp".into(), &"perp".into()));
    assert_eq!(recommendation["contract"]["leverage"], "5");
    assert_eq!(whole["recommendation"]["account_ref"]["gcs_uri"], uri.as_str());
    let page = format!("/runs/{run_id}/artifacts/account");
    let url = account["artifact"]["signed_url"].as_str().unwrap().strip_prefix("http://").unwrap();
    let (host, path) = url.split_once('/').unwrap();
    for (host, path) in [(address, page), (host, format!("/{path}"))] {
        let (status, file) = ask(host, "GET", &path, None, &Value::Null);
        assert_eq!((status, &file["schema"]), (200, &"topdown.account/1".into()), "{path}: {file}");
        assert_eq!(file["positions"][0]["symbol"], "BTCUSDT");
    }
}
