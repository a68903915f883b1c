//! The document that describes the API, held against what the server does.

use serde_json::Value;

use super::client::Answer;
use super::client::ask;
use super::{Stage, week};

pub(super) fn document() -> Value {
    serde_json::from_str(coordinator::api::OPENAPI).unwrap()
}

/// The answer, if the document has one like it for that operation.
pub(super) fn documented(method: &str, path: &str, answer: &Answer) {
    let document = document();
    let status = answer.status.to_string();
    let response = &document["paths"][path][method]["responses"][&status];
    assert!(response.is_object(), "{method} {path}: {status} is not in the document: {}", answer.body);
    let response = match response["$ref"].as_str() {
        Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
        None => response,
    };
    let media_type = answer.header("content-type").unwrap();
    let mut schema = response["content"][media_type]["schema"].clone();
    assert!(schema.is_object(), "{method} {path}: {status} is no {media_type}");
    schema["components"] = document["components"].clone();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<_> = validator.iter_errors(&answer.body).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{method} {path} {status}: {errors:?}\n{:#}", answer.body);
}

#[test]
fn the_document_has_the_routes_and_no_others() {
    let document = document();
    let mut described = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        let methods = item.as_object().unwrap().keys().filter(|key| *key != "parameters");
        described.extend(methods.map(|method| (method.clone(), path.clone())));
    }
    described.sort();
    let mut routes: Vec<_> =
        coordinator::api::ROUTES.iter().map(|(m, p)| ((*m).to_owned(), (*p).to_owned())).collect();
    routes.sort();
    assert_eq!(described, routes);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_is_one_that_the_document_has() {
    let mut stage = Stage::new().await;
    tokio::task::block_in_place(|| {
        let published = stage.ask("GET", "/openapi.json", None);
        assert_eq!(published.body, document());
        documented("get", "/openapi.json", &published);
        // the address by which nothing is found: no route is missing
        for (method, path) in coordinator::api::ROUTES {
            let path_of_none = path.replace("{run_id}", "r-none");
            let answer = stage.ask(&method.to_uppercase(), &path_of_none, None);
            assert_ne!(answer.status, 405, "{method} {path}");
            documented(method, path, &answer);
            assert_ne!(answer.body["detail"], "see /openapi.json", "{method} {path} is no route");
        }
        let none = stage.ask("GET", "/v1/nothing", None);
        assert_eq!((none.status, none.problem()), (404, "not-found"));
        let method = stage.ask("DELETE", "/v1/runs", None);
        assert_eq!((method.status, method.problem()), (405, "method"));
        assert_eq!(method.header("allow"), Some("GET,HEAD,POST"));

        let started = stage.ask("POST", "/v1/runs", Some(&week("BTCUSDT")));
        documented("post", "/v1/runs", &started);
        let run = started.header("location").unwrap().to_owned();
        documented("get", "/v1/runs/{run_id}", &stage.ask("GET", &run, None));
        stage.until(&run, "done");
        documented("get", "/v1/runs/{run_id}", &stage.ask("GET", &run, None));
        documented("get", "/v1/runs", &stage.ask("GET", "/v1/runs", None));
        for wrong in ["cancel", "resume"] {
            let answer = stage.ask("POST", &format!("{run}:{wrong}"), None);
            documented("post", &format!("/v1/runs/{{run_id}}:{wrong}"), &answer);
            assert_eq!((answer.status, answer.problem()), (409, "wrong-state"));
        }
        let unknown = ask(stage.server.address, "GET", "/v1/runs", &[], None);
        documented("get", "/v1/runs", &unknown);
    });
}
