//! Addresses that others name lead to the public internet or nowhere. Within a network of its own every address there
//! is belongs to one trap, so that whatever this program connects to is counted there by the address it was called by.

mod forms;
mod names;
mod trap;

use std::net::{IpAddr, SocketAddr};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use domain::Timeframe;
use egress::{Bounds, Client, EgressError, Lookup};
use jiff::Timestamp;
use notify::message::Trouble;
use notify::{About, Notice, webhook};
use serde_json::json;
use tests::{figure, left_out};
use trap::{Redirector, Trap};

use forms::{FORMS, PUBLIC};
use names::{Flipping, Names};

const BOUNDS: Bounds = Bounds { deadline: Duration::from_secs(20), bytes: 1 << 16 };

/// Set for the process that has a network of its own.
const WITHIN: &str = "TOPDOWN_TEST_OWN_NETWORK";

const SET_UP: &str = "ip link set lo up && ip route add local 0.0.0.0/0 dev lo && \
                      (ip -6 route add local ::/0 dev lo || true) && exec \"$0\" \"$@\"";

/// Starts the ignored test of that name, in a network of its own.
fn within_a_network_of_its_own(test: &str) {
    let mut command = Command::new("unshare");
    command.args(["--net", "--map-root-user", "sh", "-c", SET_UP]).arg(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("ssrf::{test}"), "--ignored", "--nocapture"]).env(WITHIN, "1");
    // a proxy would be somebody else to ask, and is not used
    command.env("HTTPS_PROXY", "http://10.9.9.9:3128").env("ALL_PROXY", "http://10.9.9.9:3128");
    let output = match command.output() {
        Ok(output) => output,
        Err(error) => return left_out(test, &error.to_string()),
    };
    let (shown, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if errors.contains("Operation not permitted") || errors.contains("unshare: ") {
        return left_out(test, errors.trim());
    }
    assert!(output.status.success(), "{shown}{errors}");
    assert!(shown.contains("1 passed"), "the test was found: {shown}");
}

/// Whether this process is the one; the ignored tests are nothing by themselves.
#[expect(clippy::disallowed_methods, reason = "a test has no main to pass it in")]
fn is_within() -> bool {
    std::env::var_os(WITHIN).is_some()
}

fn client(server: Option<SocketAddr>, names: Arc<dyn Lookup>) -> Client {
    Client::with_names(runtime::http::tls().unwrap(), server, names).unwrap()
}

fn url(text: &str) -> url::Url {
    text.parse().unwrap()
}

/// Sends a notice to the webhook.
async fn tell(hook: &webhook::Client) -> Result<(), notify::DeliveryError> {
    let (symbol, run_id, now) = ("BTCUSDT".parse().unwrap(), "r-1".parse().unwrap(), Timestamp::UNIX_EPOCH);
    let trouble = Trouble {
        symbol: &symbol,
        timeframe: Timeframe::Week,
        reason: "a reason",
        next_try: None,
        command: "a command",
        last_report: None,
        language: "en",
    };
    let about = About::Trouble(&trouble, now);
    let notice = Notice { key: "r-1-failure", run_id: &run_id, flow: 1, about, page: None };
    hook.send(&notice, now).await
}

/// Whether nothing was asked because of what the address is.
fn is_refused(error: &EgressError) -> bool {
    matches!(error, EgressError::Refused { .. } | EgressError::LedInside { .. })
}

#[test]
fn no_form_of_an_address_leads_inside() {
    within_a_network_of_its_own("every_form_directly_and_by_redirect");
}

#[test]
fn a_name_that_changes_its_mind_leads_outside_only() {
    within_a_network_of_its_own("every_answer_of_a_flipping_name");
}

#[tokio::test]
#[ignore = "started in a network of its own"]
async fn every_form_directly_and_by_redirect() {
    if !is_within() {
        return;
    }
    let trap = Trap::set().await;
    // the trap catches: a client that asks anybody reaches it by most of the forms
    let naive = trap::naive(Names::resolving());
    let mut reached = 0;
    for form in FORMS {
        let before = trap.caught().len();
        // it ends as the trap hangs up
        let _ = naive.get(*form).send().await;
        reached += usize::from(trap.caught().len() > before);
    }
    assert!(reached >= 30, "a client without a guard reaches {reached} of {}", FORMS.len());

    trap.forget();
    let (posted, fed, mut led) = (client(None, Names::resolving()), client(None, Names::resolving()), 0);
    for form in FORMS {
        let post = posted.post(&url(form), Default::default(), b"{}".to_vec(), BOUNDS.deadline).await;
        let get = fed.get(&url(form), BOUNDS).await;
        for error in [post.map(drop).unwrap_err(), get.map(drop).unwrap_err()] {
            assert!(is_refused(&error), "{form}: {error:?}");
        }
        let secret = "a secret of this test".into();
        let address = webhook::Address::parse(&(*form).into()).unwrap();
        let hook = webhook::Client::new(posted.clone(), address, secret);
        let told = tell(&hook).await.unwrap_err();
        assert!(matches!(told, notify::DeliveryError::Refused { .. }), "{form}: {told:?}");
    }
    for status in [301, 302, 303, 307, 308] {
        for form in FORMS {
            let server = Redirector::to(status, form).await;
            let client = client(Some(server.address), Names::resolving());
            let hook = url(&format!("http://{}/hook", server.address));
            let head = client.post(&hook, Default::default(), b"{}".to_vec(), BOUNDS.deadline).await.unwrap();
            assert_eq!(head.status, status, "nobody is followed with a body");
            let error = client.get(&hook, BOUNDS).await.unwrap_err();
            assert!(is_refused(&error), "{form}: {error:?}");
            led += 1;
        }
    }
    assert_eq!(trap.caught(), Vec::<IpAddr>::new());
    let cases = FORMS.len() * 3 + led;
    figure("outside", &json!({ "ssrf": { "cases": cases, "through": 0, "unguarded": reached } }));

    // and what is public is let through, by address, by name, by redirect
    for public in PUBLIC {
        let before = trap.caught().len();
        let error = fed.get(&url(public), BOUNDS).await.unwrap_err();
        // the trap speaks no TLS
        assert!(matches!(error, EgressError::Unavailable { .. }), "{public}: {error:?}");
        let server = Redirector::to(302, public).await;
        let beside = client(Some(server.address), Names::resolving());
        beside.get(&url(&format!("http://{}/", server.address)), BOUNDS).await.unwrap_err();
        assert_eq!(trap.caught().len() - before, 2, "{public}");
    }
}

/// The first answer is public, the next are not, or both kinds come at once.
#[tokio::test]
#[ignore = "started in a network of its own"]
async fn every_answer_of_a_flipping_name() {
    if !is_within() {
        return;
    }
    let trap = Trap::set().await;
    let outside: IpAddr = "93.184.216.34".parse().unwrap();
    let mut asked = 0;
    for inside in names::INSIDE {
        let inside: IpAddr = inside.parse().unwrap();
        for answers in [
            vec![vec![outside], vec![inside], vec![inside]],
            vec![vec![inside], vec![outside], vec![inside]],
            vec![vec![outside, inside], vec![inside, outside], vec![inside, inside]],
        ] {
            let flipping = Arc::new(Flipping::new(answers));
            let client = client(None, flipping.clone());
            for _ in 0..3 {
                let address = url("https://feeds.example.com/feed");
                client.get(&address, BOUNDS).await.unwrap_err();
                asked += 1;
            }
            assert_eq!(flipping.asked(), 3, "a name is looked up for each connection, once");
        }
    }
    let caught = trap.caught();
    assert!(caught.iter().all(|address| *address == outside), "{caught:?}");
    // of the answers of each inside address: one and one and two
    assert_eq!(caught.len(), names::INSIDE.len() * 4);
    figure("outside", &json!({ "ssrf": { "cases": asked, "through": 0 } }));
}
