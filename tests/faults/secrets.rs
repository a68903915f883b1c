//! Secrets are looked for, in every form that a program gives them by accident, in everything it writes and sends:
//! whole runs through faults, with logs at their most talkative.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use runtime::{Clock, SystemClock};
use serde_json::{Value, json};
use sim::{Fault, Recorded, Rule, Service, SimClock, World, WorldConfig};
use tests::{Topdown, figure};

use super::bench::{finish, program, under_timeout};

/// Forty characters each, found nowhere else; those that headers carry hold what encodings change.
const OPENAI: &str = "sk-canary/openai+7Qm2Zx9Lw4Rt8Vb3Nc6Hd1=";
const CHART_IMG: &str = "canary/chart+img=5Kp8Ys2Gd7Fj4Ta9Ue3Mb6W";
const TELEGRAM: &str = "70111222:canary_telegram-4Xv9Sq2Lk7Pz8Ro";
const ACCOUNT: &str = "canary/account+key=8Dn3Wf6Jq1Hv5Ys9Bx2Pk";
const SIGNING: &str = "canary/signing+key=2Rt7Gm4Zc9Lu6Ea1Xo8Qi";
const WEBHOOK: &str = "canary_webhook-6Tq9Lk2Zx8Rw4Vb7Nm3Hc1Jd5";
const SIGNED_BY: &str = "canary/webhook+secret=9Gw3Xs7Ld2Pf6Yb1Kt";
const SLACK: &str = "canary_slack-3Hy8Vn5Qc1Zr7Mw2Xj6Kd9Tb4Lp";
const MAIL: &str = "canary/smtp+password=7Rz2Mc9Wk4Lq8Vx1Bn6";
const BYBIT: &str = "canary/bybit+key=6Wc4Jz9Sd1Mf7Ql3Gt8VoEw";
const BYBIT_SIGNING: &str = "canary/bybit+sign=5Hb2Xn8Ry4Kp7Td1Zu6Ja9";
const ALL: [(&str, &str); 11] = [
    ("openai", OPENAI),
    ("chart-img", CHART_IMG),
    ("telegram", TELEGRAM),
    ("account", ACCOUNT),
    ("signing", SIGNING),
    ("webhook", WEBHOOK),
    ("signed-by", SIGNED_BY),
    ("slack", SLACK),
    ("mail", MAIL),
    ("bybit", BYBIT),
    ("bybit signing", BYBIT_SIGNING),
];

/// Listed in October 2025: little to collect.
const RUN: &[&str] = &["run", "4", "币安人生USDT", "--catalog", "catalog", "--json"];

/// The forms of a secret.
pub(crate) fn forms(secret: &str) -> Vec<(&'static str, Vec<u8>)> {
    let bytes = secret.as_bytes();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let percent = |upper: bool| -> String {
        let encode = |byte: &u8| match (byte.is_ascii_alphanumeric() || b"-_.~".contains(byte), upper) {
            (true, _) => char::from(*byte).to_string(),
            (false, true) => format!("%{byte:02X}"),
            (false, false) => format!("%{byte:02x}"),
        };
        bytes.iter().map(encode).collect()
    };
    let json = serde_json::to_string(secret).unwrap();
    let mut forms = vec![
        ("raw", bytes.to_vec()),
        ("percent", percent(true).into_bytes()),
        ("percent, lower case", percent(false).into_bytes()),
        ("JSON", json.trim_matches('"').as_bytes().to_vec()),
        ("JSON with slashes escaped", json.trim_matches('"').replace('/', "\\/").into_bytes()),
        ("hex", hex.clone().into_bytes()),
        ("hex, upper case", hex.to_uppercase().into_bytes()),
    ];
    for before in 0..3 {
        // what stands before and after shares the first and the last digits: the middle is the secret's own
        let padded = [vec![0; before], bytes.to_vec()].concat();
        let whole = padded.len() / 3 * 4;
        let skip = [0, 2, 3][before];
        forms.push(("base64", STANDARD_NO_PAD.encode(&padded).as_bytes()[skip..whole].to_vec()));
        forms
            .push(("base64 for addresses", URL_SAFE_NO_PAD.encode(&padded).as_bytes()[skip..whole].to_vec()));
    }
    forms
}

/// Bytes that came from somewhere.
struct Place {
    name: String,
    bytes: Vec<u8>,
}

/// Every secret that is found, with its form and place.
fn search(places: &[Place]) -> Vec<String> {
    let mut found = Vec::new();
    for (owner, secret) in ALL {
        for (form, needle) in forms(secret) {
            for place in places {
                if place.bytes.windows(needle.len()).any(|part| part == needle) {
                    found.push(format!("{owner} as {form} in {}", place.name));
                }
            }
        }
    }
    found
}

/// Every file below a folder.
fn files(folder: &Path, places: &mut Vec<Place>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, places);
        } else {
            places.push(Place { name: path.display().to_string(), bytes: std::fs::read(&path).unwrap() });
        }
    }
}

/// A request without the one place where its vendor wants its own secret.
fn request(request: &Recorded) -> Place {
    let wanted = match request.service {
        Service::OpenAi => Some(("authorization", format!("Bearer {OPENAI}"))),
        Service::ChartImg => Some(("x-api-key", CHART_IMG.to_owned())),
        Service::Binance => Some(("x-mbx-apikey", ACCOUNT.to_owned())),
        Service::Bybit => Some(("x-bapi-api-key", BYBIT.to_owned())),
        // theirs are in the path; the mail server's is in no letter
        Service::Telegram | Service::Webhook | Service::Slack | Service::Mail => None,
    };
    let in_path = match request.service {
        Service::Telegram => TELEGRAM,
        Service::Webhook => WEBHOOK,
        Service::Slack => SLACK,
        _ => "",
    };
    let path = if in_path.is_empty() { request.path.clone() } else { request.path.replacen(in_path, "", 1) };
    let headers = request.headers.iter().filter(|(name, value)| {
        wanted.as_ref().is_none_or(|(header, secret)| name != header || value != secret)
    });
    let headers: String = headers.map(|(name, value)| format!("{name}: {value}\n")).collect();
    let head = format!("{} {path}?{}\n{headers}\n", request.method, request.query.as_deref().unwrap_or(""));
    let bytes = [head.into_bytes(), request.body.clone()].concat();
    Place { name: format!("request {} to {:?}", request.seq, request.service), bytes }
}

async fn live_world() -> World {
    let clock = SimClock::running_from(SystemClock.now());
    let world = World::start(WorldConfig::seeded(1, clock)).await.unwrap();
    world.change_account(|account| {
        account.key = ACCOUNT.to_owned();
        account.secret = SIGNING.to_owned();
    });
    world.sign_webhooks_by(SIGNED_BY);
    world.change_bybit_account(|account| {
        account.key = BYBIT.to_owned();
        account.secret = BYBIT_SIGNING.to_owned();
    });
    world
}

fn with_secrets(world: &World) -> Topdown {
    program()
        .with("TOPDOWN_BINANCE_URL", &world.binance_url())
        .with("TOPDOWN_BINANCE_ACCOUNT_URL", &world.binance_url())
        .with("TOPDOWN_BINANCE_FUTURES_URL", &world.binance_url())
        .with("BINANCE_API_KEY", ACCOUNT)
        .with("BINANCE_API_SECRET", SIGNING)
        .with("TOPDOWN_BYBIT_URL", &world.bybit_url())
        .with("TOPDOWN_BYBIT_ACCOUNT_URL", &world.bybit_url())
        .with("BYBIT_API_KEY", BYBIT)
        .with("BYBIT_API_SECRET", BYBIT_SIGNING)
        .with("OPENAI_BASE_URL", &world.openai_url())
        .with("OPENAI_API_KEY", OPENAI)
        .with("TOPDOWN_CHART_IMG_URL", &world.chart_img_url())
        .with("CHART_IMG_API_KEY", CHART_IMG)
        .with("TOPDOWN_TELEGRAM_URL", &world.telegram_url())
        .with("TELEGRAM_BOT_TOKEN", TELEGRAM)
        .with("TELEGRAM_CHAT_ID", "1")
        .with("TOPDOWN_WEBHOOK_URL", &format!("{}/{WEBHOOK}", world.webhook_url()))
        .with("TOPDOWN_WEBHOOK_SECRET", SIGNED_BY)
        .with("TOPDOWN_SLACK_URL", &world.slack_url())
        .with("SLACK_WEBHOOK_URL", &format!("{}/services/T0/B0/{SLACK}", world.slack_url()))
        .with("SMTP_URL", &world.mail_url())
        .with("SMTP_USERNAME", "topdown")
        .with("SMTP_PASSWORD", MAIL)
        .with("MAIL_FROM", "topdown@example.org")
        .with("MAIL_TO", "reader@example.org")
        .with("RUST_LOG", "trace")
}

fn command(topdown: &Topdown, arguments: &[&str], places: &mut Vec<Place>) -> String {
    let finished = tokio::task::block_in_place(|| finish(&mut under_timeout(&topdown.command(arguments))));
    let name = arguments.join(" ");
    places.push(Place { name: format!("stdout of {name}"), bytes: finished.stdout.clone().into_bytes() });
    places.push(Place { name: format!("stderr of {name}"), bytes: finished.stderr.into_bytes() });
    finished.stdout
}

/// A vendor that repeats the secret it was given.
fn echo(status: u16, body: Value) -> Fault {
    Fault::Answer { status, headers: Vec::new(), body: body.to_string().into_bytes() }
}

/// Every vendor of a run; the exchange first, without which there is nothing to see.
const USED: [Service; 7] = [
    Service::Binance,
    Service::OpenAi,
    Service::ChartImg,
    Service::Telegram,
    Service::Webhook,
    Service::Slack,
    Service::Mail,
];

/// The faults of one run: each vendor fails in the same way, once it has been used.
fn faults(elsewhere: &World) -> Vec<(&'static str, Vec<Rule>)> {
    let each = |fault: Fault| {
        USED.into_iter().skip(1).map(|service| Rule::next(service, fault.clone())).collect::<Vec<_>>()
    };
    let led_to = |service: Service, url: String| Rule::next(service, Fault::Redirect(url));
    vec![
        ("nothing", Vec::new()),
        ("cut", each(Fault::Cut { after: 10 })),
        ("down", each(Fault::ServerError(503))),
        ("page", each(Fault::Page)),
        (
            "denied",
            each(Fault::Answer { status: 401, headers: Vec::new(), body: b"{\"error\":{}}".to_vec() }),
        ),
        (
            "echoed by the model",
            vec![Rule::next(
                Service::OpenAi,
                echo(400, json!({ "error": { "message": format!("bad {OPENAI}") } })),
            )],
        ),
        (
            "echoed by the others",
            vec![
                Rule::next(
                    Service::Binance,
                    echo(401, json!({ "code": -2015, "msg": format!("bad {ACCOUNT} {SIGNING}") })),
                )
                .on("/api/v3/account"),
                Rule::next(Service::ChartImg, echo(422, json!({ "message": format!("bad {CHART_IMG}") }))),
                Rule::next(
                    Service::Telegram,
                    echo(
                        400,
                        json!({ "ok": false, "error_code": 400, "description": format!("bad {TELEGRAM}") }),
                    ),
                ),
                Rule::next(Service::Webhook, echo(400, json!(format!("bad {WEBHOOK} {SIGNED_BY}")))),
                Rule::next(Service::Slack, echo(403, json!(format!("bad /services/T0/B0/{SLACK}")))),
                Rule::next(
                    Service::Mail,
                    echo(554, json!(format!("bad {MAIL} {}", STANDARD_NO_PAD.encode(MAIL)))),
                ),
            ],
        ),
        (
            "led elsewhere",
            vec![
                Rule::next(
                    Service::Binance,
                    Fault::Redirect(format!("{}/fapi/v3/positionRisk", elsewhere.binance_url())),
                )
                .on("/fapi/v3/positionRisk"),
                led_to(Service::OpenAi, format!("{}/chat/completions", elsewhere.openai_url())),
                led_to(
                    Service::ChartImg,
                    format!("{}/v2/tradingview/advanced-chart", elsewhere.chart_img_url()),
                ),
                led_to(Service::Telegram, format!("{}/bot1:x/sendDocument", elsewhere.telegram_url())),
                led_to(Service::Webhook, elsewhere.webhook_url()),
                led_to(Service::Slack, format!("{}/services/T0/B0/x", elsewhere.slack_url())),
            ],
        ),
    ]
}

/// The faults of the second exchange, by run: none, one that repeats what it was given, one that leads elsewhere.
fn bybit_faults(elsewhere: &World) -> Vec<Vec<Rule>> {
    let said = json!({ "retCode": 10_003, "retMsg": format!("bad {BYBIT} {BYBIT_SIGNING}"), "result": {} });
    let led = Fault::Redirect(format!("{}/v5/position/list", elsewhere.bybit_url()));
    vec![
        Vec::new(),
        vec![Rule::next(Service::Bybit, echo(200, said)).on("/v5/account")],
        vec![Rule::next(Service::Bybit, led).on("/v5/position")],
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_written_or_sent_where_it_is_not_wanted() {
    let (world, elsewhere) = (live_world().await, live_world().await);
    let topdown = with_secrets(&world);
    let mut places = Vec::new();
    let mut signatures = Vec::new();
    let named = bybit_faults(&elsewhere).into_iter().map(|rules| ("bybit", rules));
    for (name, rules) in faults(&elsewhere).into_iter().chain(named) {
        if name == "bybit" {
            let watchlist = "symbols = [{ symbol = \"币安人生USDT\", venue = \"bybit\" }]";
            std::fs::write(topdown.data().join("watchlist.toml"), watchlist).unwrap();
        }
        world.faults().clear();
        rules.into_iter().for_each(|rule| world.faults().inject(rule));
        let shown = command(&topdown, RUN, &mut places);
        let run: Value = serde_json::from_str(&shown).unwrap_or_else(|e| panic!("{name}: {e}: {shown}"));
        let steps = run["steps"].as_array().unwrap().iter();
        let signed = steps.filter_map(|step| step["signed_url"].as_str()?.split_once("signature="));
        signatures.extend(signed.map(|(_, signature)| signature.to_owned()));
        command(&topdown, &["show", run["run_id"].as_str().unwrap()], &mut places);
    }
    command(&topdown, &["runs", "--json"], &mut places);
    command(&topdown, &["run", "1", "NOPEUSDT"], &mut places);
    for service in USED.into_iter().chain([Service::Bybit]) {
        assert!(world.count(service) > 0, "{service:?} was used");
        assert_eq!(elsewhere.count(service), 0, "{service:?} led there in vain");
    }
    let logs = places.iter().filter(|place| place.name.starts_with("stderr"));
    assert!(
        logs.clone().any(|place| String::from_utf8_lossy(&place.bytes).contains(" INFO ")),
        "logs were on"
    );
    files(&topdown.path(""), &mut places);
    assert!(places.iter().any(|place| place.name.ends_with("topdown.sqlite")));
    places.extend(world.requests().iter().map(request));
    assert_eq!(search(&places), Vec::<String>::new());
    let encodings = forms(OPENAI).len();
    figure(
        "secrets",
        &json!({ "secrets": ALL.len(), "places": places.len(), "encodings": encodings, "hits": 0 }),
    );

    // a signed address opens an artifact: it is the journal's and the notice's, not the logs' or the vendors'
    let told = ["Telegram", "Webhook", "Slack", "Mail"];
    assert!(signatures.len() > 20, "{}", signatures.len());
    for place in places.iter().filter(|place| {
        place.name.starts_with("stderr")
            || (place.name.starts_with("request")
                && !told.iter().any(|service| place.name.ends_with(service)))
    }) {
        let text = String::from_utf8_lossy(&place.bytes);
        assert!(
            !signatures.iter().any(|signature| text.contains(signature)),
            "a signature in {}",
            place.name
        );
    }
}

/// The same search finds each secret in each form at each kind of place where one is put.
#[tokio::test(flavor = "multi_thread")]
async fn the_search_finds_what_is_planted() {
    let world = live_world().await;
    let topdown = with_secrets(&world);
    for (owner, secret) in ALL {
        for (form, needle) in forms(secret) {
            assert!(needle.len() >= 36, "{owner} as {form}");
            let bytes = [&b"xy"[..], &needle, b"z"].concat();
            let found = search(&[Place { name: "a place".to_owned(), bytes }]);
            assert!(
                found.iter().any(|hit| hit.starts_with(&format!("{owner} as {form}"))),
                "{owner} as {form}"
            );
        }
        for before in ["", "a", "ab"] {
            let encoded = STANDARD_NO_PAD.encode(format!("{before}{secret}and more"));
            let found = search(&[Place { name: "a body".to_owned(), bytes: encoded.into_bytes() }]);
            assert!(found.iter().any(|hit| hit.starts_with(owner)), "{owner} behind {} bytes", before.len());
        }
    }
    // a program that prints one, a file that keeps one, a vendor that is sent another's
    let mut places = Vec::new();
    command(&topdown, &["run", "1", "BTCUSDT", "--as-of", OPENAI], &mut places);
    assert!(search(&places).iter().any(|hit| hit.contains("stderr")), "{:?}", search(&places));
    std::fs::create_dir_all(topdown.data()).unwrap();
    std::fs::write(topdown.data().join("kept"), format!("key={CHART_IMG}")).unwrap();
    let mut places = Vec::new();
    files(&topdown.path(""), &mut places);
    let found = search(&places);
    assert!(!found.is_empty() && found.iter().all(|hit| hit.ends_with("data/kept")), "{found:?}");
    let http = runtime::http::client(std::time::Duration::from_secs(10)).unwrap();
    let chat = format!("{}/chat/completions", world.openai_url());
    http.post(chat).bearer_auth(OPENAI).header("x-also", TELEGRAM).body("{}").send().await.unwrap();
    let sent: Vec<Place> = world.requests().iter().map(request).collect();
    assert!(search(&sent)[0].starts_with("telegram as raw in request"), "{:?}", search(&sent));
    assert!(!search(&sent).iter().any(|hit| hit.starts_with("openai")), "the wanted place is left out");
    let planted = ALL.iter().map(|(_, secret)| forms(secret).len() + 3).sum::<usize>() + 3;
    figure("mistakes", &json!({ "planted": planted, "caught": planted }));
}
