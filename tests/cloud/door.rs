//! What comes to a function's door that should not.

use serde_json::{Value, json};
use tests::http;

use tests::FUNCTIONS;

use super::stage::Stage;
use std::process::Command;

#[test]
fn every_function_says_what_it_takes_and_refuses_to_start_without() {
    for name in FUNCTIONS {
        let binary = tests::binary(name);
        let described = Command::new(&binary).env_clear().arg("--env").output().unwrap();
        assert!(described.status.success(), "{name}");
        let variables: Vec<Value> = serde_json::from_slice(&described.stdout).unwrap();
        for variable in &variables {
            assert!(!variable["meaning"].as_str().unwrap().is_empty(), "{name}: {variable}");
        }
        for needed in variables.iter().filter(|variable| variable["required"] == true) {
            let others = variables.iter().filter(|other| other["required"] == true && other != &needed);
            let mut command = Command::new(&binary);
            command.env_clear().envs(others.map(|other| (other["name"].as_str().unwrap(), "x")));
            let refused = command.output().unwrap();
            let said = String::from_utf8_lossy(&refused.stderr).into_owned();
            assert_eq!(refused.status.code(), Some(2), "{name} without {}: {said}", needed["name"]);
            assert!(said.contains(needed["name"].as_str().unwrap()), "{name}: {said}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_read_is_acknowledged_and_leaves_nothing() {
    let Some(stage) = Stage::new("what_cannot_be_read_is_acknowledged_and_leaves_nothing").await else {
        return;
    };
    tokio::task::block_in_place(|| {
        for name in FUNCTIONS {
            let function = stage.start(name, &[]);
            let address = function.address();
            assert_eq!(http(&address, "GET", "/", None).0, 200, "{name} is ready");
            let hostile = [
                json!({"message": {"data": "bm90IGpzb24="}}),
                json!({"message": {"data": "%%%"}}),
                json!({"message": {}}),
                json!([]),
                // a run that does not exist, a bucket that is not ours
                json!({"message": {"data": encoded(&json!({"v": 1, "topic": "llm-analyst", "run_id": "r-none", "steps": ["1w-report"]}))}}),
                json!({"message": {"data": encoded(&json!({"v": 1, "topic": "notifier", "run_id": "../../x", "steps": ["gs://other/x"]}))}}),
            ];
            for body in &hostile {
                let (status, _) = http(&address, "POST", "/push", Some(body));
                assert_eq!(status, 204, "{name}: {body}");
            }
            let too_long = json!({"message": {"data": "A".repeat(100_000)}});
            let (status, _) = http(&address, "POST", "/push", Some(&too_long));
            assert!([204, 413].contains(&status), "{name}: {status}");
            assert_eq!(function.terminate(), Some(0), "{name}");
        }
        assert!(stage.documents("flow_runs").is_empty());
        assert_eq!(stage.world.requests().len(), 0, "and no vendor is asked");
    });
}

fn encoded(message: &Value) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(message.to_string())
}
