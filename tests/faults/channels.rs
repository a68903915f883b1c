//! Several channels at once: each is sent its own, one that fails keeps no other waiting and fails no run, and the
//! journal says what became of each.

use serde_json::{Value, json};
use sim::{Fault, Rule, Service, World};
use tests::Topdown;

use super::bench::{collected_in, finish, run, under_timeout, world};

/// What the webhook of these tests is signed by.
const SECRET: &str = "a secret of these tests";

/// The program with every channel there is.
pub(super) fn with_channels(topdown: Topdown, world: &World) -> Topdown {
    world.sign_webhooks_by(SECRET);
    topdown
        .with("TOPDOWN_TELEGRAM_URL", &world.telegram_url())
        .with("TELEGRAM_BOT_TOKEN", "1:token-of-a-test")
        .with("TELEGRAM_CHAT_ID", "1")
        .with("TOPDOWN_WEBHOOK_URL", &world.webhook_url())
        .with("TOPDOWN_WEBHOOK_SECRET", SECRET)
        .with("TOPDOWN_SLACK_URL", &world.slack_url())
        .with("SLACK_WEBHOOK_URL", &format!("{}/services/T0/B0/secret-of-a-test", world.slack_url()))
        .with("SMTP_URL", &world.mail_url())
        .with("SMTP_USERNAME", "topdown")
        .with("SMTP_PASSWORD", "password-of-a-test")
        .with("MAIL_FROM", "Topdown <topdown@example.org>")
        .with("MAIL_TO", "a@example.org, b@example.org")
}

/// How often each channel took a notice: Telegram, webhook, Slack, mail.
pub(super) fn taken(world: &World) -> [usize; 4] {
    [world.messages().len(), world.hooks().len(), world.slack_messages().len(), world.mails().len()]
}

/// How often each was asked to.
fn asked(world: &World) -> [u64; 4] {
    [Service::Telegram, Service::Webhook, Service::Slack, Service::Mail].map(|service| world.count(service))
}

/// The step of a run's notice. The run is done.
fn notified(topdown: &Topdown) -> (Value, Value) {
    let finished = run(topdown);
    assert_eq!(finished.code, 0, "the reports are there: {}", finished.stderr);
    for secret in ["token-of-a-test", SECRET, "secret-of-a-test", "password-of-a-test"] {
        assert!(!finished.stderr.contains(secret) && !finished.stdout.contains(secret), "{secret}");
    }
    let run: Value = serde_json::from_str(&finished.stdout).unwrap();
    let steps = run["steps"].as_array().unwrap();
    let step = steps.iter().find(|step| step["step_id"] == "notification").unwrap().clone();
    assert_eq!((&run["status"], &step["status"]), (&json!("done"), &json!("done")));
    (run, step)
}

fn delivered(channel: &str, tries: u32) -> Value {
    json!({ "channel": channel, "delivered": true, "tries": tries })
}

#[tokio::test(flavor = "multi_thread")]
async fn each_channel_is_sent_its_own() {
    let world = world().await;
    let (run, step) = notified(&with_channels(collected_in(&world), &world));
    assert_eq!(taken(&world), [1; 4]);
    assert_eq!(
        step["deliveries"],
        json!(["telegram", "webhook", "slack", "mail"].map(|channel| delivered(channel, 1)))
    );
    assert_eq!(step.get("reason"), None, "{step}");

    let message = world.messages().remove(0);
    let first = message.shown.lines().next().unwrap().to_owned();
    let page = message.file.unwrap().bytes;
    let hook = world.hooks().remove(0);
    let run_id = run["run_id"].as_str().unwrap();
    assert_eq!(hook.key, format!("{run_id}-notification"));
    assert_eq!(
        [&hook.body["schema"], &hook.body["kind"], &hook.body["run"]["run_id"], &hook.body["headline"]],
        [&json!("topdown.notice/1"), &json!("report"), &json!(run_id), &json!(first)]
    );
    let url = hook.body["page"]["url"].as_str().unwrap();
    assert!(url.contains("signature=") && url.contains(run_id), "{url}");

    let slack = world.slack_messages().remove(0).payload;
    let texts =
        slack["blocks"].as_array().unwrap().iter().map(|block| block["text"]["text"].as_str().unwrap());
    let texts: Vec<&str> = texts.collect();
    assert_eq!(texts[0].lines().next().unwrap().replace('*', ""), first);
    assert!(texts[1].starts_with(&format!("<{}|", url.replace('&', "&amp;"))), "{}", texts[1]);

    let letter = world.mails().remove(0);
    assert_eq!((letter.from.as_str(), letter.user.as_deref()), ("topdown@example.org", Some("topdown")));
    assert_eq!(letter.to, ["a@example.org", "b@example.org"]);
    let attached = letter.raw.split("Content-Disposition: attachment").nth(1).unwrap();
    let (head, body) = attached.split_once("\r\n\r\n").unwrap();
    assert!(head.contains("Content-Transfer-Encoding: quoted-printable"), "{head}");
    // the first boundary is that of the whole letter, whose last part this is
    let boundary = letter.raw.split("boundary=\"").nth(1).unwrap().split('"').next().unwrap();
    let body = body.split(&format!("\r\n--{boundary}--")).next().unwrap();
    assert_eq!(unquoted(body), String::from_utf8(page).unwrap(), "the page that Telegram was sent");
}

/// Quoted-printable, read (RFC 2045, section 6.7), with lines that end as a page's do.
fn unquoted(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let mut parts = text.split('=');
    let mut bytes = parts.next().unwrap().as_bytes().to_vec();
    for part in parts {
        bytes.push(u8::from_str_radix(&part[..2], 16).unwrap());
        bytes.extend(&part.as_bytes()[2..]);
    }
    String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_fails_is_tried_again_and_keeps_no_other_waiting() {
    let world = world().await;
    let topdown = with_channels(collected_in(&world), &world);
    world.faults().inject(Rule::next(Service::Webhook, Fault::ServerError(503)));
    for service in [Service::Webhook, Service::Slack, Service::Mail] {
        world.faults().inject(Rule::next(service, Fault::TooManyRequests { retry_after_s: 1 }));
    }
    let (run, step) = notified(&topdown);
    let deliveries =
        [delivered("telegram", 1), delivered("webhook", 3), delivered("slack", 2), delivered("mail", 2)];
    assert_eq!(step["deliveries"], json!(deliveries));
    assert_eq!((taken(&world), asked(&world)), ([1; 4], [1, 3, 2, 2]));
    let requests = world.requests();
    let keys = requests.iter().filter(|request| request.service == Service::Webhook);
    let keys: Vec<_> = keys.map(|request| request.header("idempotency-key").unwrap()).collect();
    let key = format!("{}-notification", run["run_id"].as_str().unwrap());
    assert_eq!(keys, [key.as_str(); 3], "its key is the same each time");
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_that_are_down_fail_no_run() {
    let (world, elsewhere) = (world().await, world().await);
    let topdown = with_channels(collected_in(&world), &world);
    let to = format!("{}/hook", elsewhere.webhook_url());
    world.faults().inject(Rule::next(Service::Webhook, Fault::Redirect(to)).forever());
    let no_service = Fault::Answer { status: 404, headers: Vec::new(), body: b"no_service".to_vec() };
    world.faults().inject(Rule::next(Service::Slack, no_service).forever());
    world.faults().inject(Rule::next(Service::Mail, Fault::QuotaExceeded).forever());
    let (run, step) = notified(&topdown);
    assert_eq!((taken(&world), asked(&world)), ([1, 0, 0, 0], [1; 4]));
    assert_eq!(elsewhere.count(Service::Webhook), 0);
    let reasons = [
        (
            "webhook",
            "the receiver leads elsewhere (HTTP status 307) and is not followed; name the address it leads to",
        ),
        ("slack", "Slack refuses the webhook; make a new one and set SLACK_WEBHOOK_URL (404: no_service)"),
        ("mail", "the mail server answers 552: 5.2.2 the mailbox is full"),
    ];
    let failed = reasons.map(
        |(channel, reason)| json!({ "channel": channel, "delivered": false, "tries": 1, "reason": reason }),
    );
    let told = [&[delivered("telegram", 1)][..], &failed].concat();
    assert_eq!(step["deliveries"], json!(told));
    let shown = tokio::task::block_in_place(|| topdown.run(&["show", run["run_id"].as_str().unwrap()]));
    for (channel, reason) in [("Webhook", reasons[0].1), ("Slack", reasons[1].1), ("Mail", reasons[2].1)] {
        assert!(
            shown.stdout.contains(&format!("{channel}: {reason}")),
            "a person reads it: {}",
            shown.stdout
        );
    }
}

/// What may have arrived at Slack or by mail is not sent a second time: neither knows a notice by its key.
#[tokio::test(flavor = "multi_thread")]
async fn a_notice_that_may_have_arrived_is_not_doubled() {
    let world = world().await;
    let topdown = with_channels(collected_in(&world), &world);
    for service in [Service::Slack, Service::Mail] {
        world.faults().inject(Rule::next(service, Fault::Cut { after: 0 }));
    }
    let (_, step) = notified(&topdown);
    assert_eq!((taken(&world), asked(&world)), ([1; 4], [1; 4]));
    for delivery in &step["deliveries"].as_array().unwrap()[2..] {
        assert_eq!((&delivery["delivered"], &delivery["tries"]), (&json!(false), &json!(1)));
        assert!(
            delivery["reason"].as_str().unwrap().contains("it may have arrived all the same"),
            "{delivery}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_channel_stops_the_start() {
    let world = world().await;
    for (name, value, says) in [
        ("TOPDOWN_WEBHOOK_URL", "https://example.org/secret-of-a-test", "TOPDOWN_WEBHOOK_SECRET"),
        ("SLACK_WEBHOOK_URL", "https://example.org/secret-of-a-test", "hooks.slack.com"),
        ("SMTP_PASSWORD", "secret-of-a-test", "SMTP_USERNAME"),
    ] {
        let topdown = collected_in(&world).with(name, value);
        let finished =
            tokio::task::block_in_place(|| finish(&mut under_timeout(&topdown.command(&["runs"]))));
        assert_ne!(finished.code, 0);
        assert!(
            finished.stderr.contains(says) && !finished.stderr.contains("secret-of-a-test"),
            "{}",
            finished.stderr
        );
    }
}
