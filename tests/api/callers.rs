//! Who is answered: callers by routes.

use std::os::unix::fs::PermissionsExt;

use super::client::ask;
use super::{Stage, week};

/// Status, problem, and the headers of the caller that gets them.
type Refused<'a> = (u16, &'a str, &'a [(&'a str, &'a str)]);

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_answered_but_the_folders_own() {
    let stage = Stage::new().await;
    tokio::task::block_in_place(|| {
        let address = stage.server.address;
        let (bearer, body) = (format!("Bearer {}", stage.token), week("BTCUSDT").to_string());
        let own = ("Authorization", bearer.as_str());
        let origin = format!("http://{address}");
        let wrong = format!("Bearer {}x", stage.token);
        let cookie =
            format!("token={0}; topdown_{1}={0}; Authorization=Bearer {0}", stage.token, address.port());
        let short = &bearer[..bearer.len() - 1];
        let callers: &[Refused<'_>] = &[
            (401, "unknown-caller", &[]),
            (401, "unknown-caller", &[("Authorization", &wrong)]),
            (401, "unknown-caller", &[("Authorization", short)]),
            (401, "unknown-caller", &[("Authorization", &stage.token)]),
            (401, "unknown-caller", &[("Authorization", "Basic dG9wOmRvd24=")]),
            (401, "unknown-caller", &[("Cookie", &cookie)]),
            (421, "misdirected", &[own, ("Host", "topdown.example")]),
            (421, "misdirected", &[own, ("Host", "127.0.0.1")]),
            (403, "forbidden", &[own, ("Origin", "http://topdown.example")]),
            (403, "forbidden", &[own, ("Origin", "null")]),
            (403, "forbidden", &[own, ("Origin", "http://127.0.0.1:1")]),
            (403, "forbidden", &[own, ("Origin", "null"), ("Sec-Fetch-Site", "cross-site")]),
            (
                403,
                "forbidden",
                &[own, ("Origin", "http://topdown.example"), ("Sec-Fetch-Site", "same-origin")],
            ),
            (403, "forbidden", &[own, ("Origin", &origin), ("Sec-Fetch-Site", "cross-site")]),
            (403, "forbidden", &[own, ("Sec-Fetch-Site", "same-site")]),
        ];
        let mut wrong_allows = 0;
        for (method, path) in coordinator::api::ROUTES {
            let path = path.replace("{run_id}", "r-none");
            for (status, problem, headers) in callers {
                let sent = (*method == "post").then_some(body.as_str());
                let answer = ask(address, &method.to_uppercase(), &path, headers, sent);
                wrong_allows += usize::from(answer.status < 400);
                assert_eq!(
                    (answer.status, answer.problem()),
                    (*status, *problem),
                    "{method} {path} {headers:?}"
                );
                let shares = answer.headers.iter().filter(|(name, _)| name.starts_with("access-control-"));
                assert_eq!(shares.count(), 0, "{:?}", answer.headers);
            }
            // a page that asks whether it may ask is told nothing
            let asks = [("Origin", "http://topdown.example"), ("Access-Control-Request-Method", "POST")];
            assert_eq!(ask(address, "OPTIONS", &path, &asks, None).status, 403);
        }
        tests::figure(
            "callers",
            &serde_json::json!({
                "pairs": callers.len() * coordinator::api::ROUTES.len(), "wrong_allows": wrong_allows,
            }),
        );
        let lower = format!("bearer {}", stage.token);
        for headers in [&[own][..], &[own, ("Origin", &origin)], &[("Authorization", &lower)]] {
            let answer = ask(address, "GET", "/v1/runs", headers, None);
            assert_eq!(answer.status, 200, "{}", answer.body);
            for (name, value) in [
                ("x-content-type-options", "nosniff"),
                ("referrer-policy", "no-referrer"),
                ("cache-control", "private, no-store"),
                ("cross-origin-resource-policy", "same-origin"),
            ] {
                assert_eq!(answer.header(name), Some(value), "{name}");
            }
            assert_eq!(answer.header("set-cookie"), None);
        }
        let runs = stage.ask("GET", "/v1/runs", None).body;
        assert_eq!(runs["runs"].as_array().unwrap().len(), 2, "nothing was started");
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn the_token_is_its_owners_alone() {
    let stage = Stage::new().await;
    tokio::task::block_in_place(|| {
        let path = stage.topdown.data().join("api.token");
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert!(stage.token.len() >= 32, "{} characters", stage.token.len());
        let Stage { server, topdown, token, .. } = stage;
        assert!(!server.said().contains(&token));
        drop(server);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refused = topdown.run(&["serve", "--port", "0", "--catalog", "catalog"]);
        assert_eq!(refused.code, 1, "{}", refused.stderr);
        assert!(refused.stderr.contains("chmod 600"), "{}", refused.stderr);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        let again = tests::Server::start(&topdown, 1024);
        let bearer = format!("Bearer {token}");
        let answer = ask(again.address, "GET", "/v1/runs", &[("Authorization", &bearer)], None);
        assert_eq!(answer.status, 200, "the token stays");
    });
}
