//! Who may call: tokens of every kind against every function.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::process::Function;
use tests::FUNCTIONS;

const AUDIENCE: &str = "https://service.example";
const INVOKER: &str = "push@project.example";

/// An issuer of tokens on this machine: a key of its own, and an address that shows its public half.
pub(super) struct Issuer {
    folder: tempfile::TempDir,
    url: String,
}

fn openssl(arguments: &[&str], input: &[u8]) -> Vec<u8> {
    let mut command = Command::new("openssl");
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("openssl starts");
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "openssl {arguments:?}");
    output.stdout
}

impl Issuer {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("key.pem");
        let key = key.to_str().unwrap();
        openssl(&["genrsa", "-out", key, "2048"], b"");
        let modulus = String::from_utf8(openssl(&["rsa", "-in", key, "-noout", "-modulus"], b"")).unwrap();
        let hex = modulus.trim().strip_prefix("Modulus=").unwrap();
        let digits = hex.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).unwrap());
        let modulus: Vec<u8> = digits.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect();
        let keys = json!({"keys": [{
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": "one", "e": "AQAB",
            "n": URL_SAFE_NO_PAD.encode(modulus),
        }]});
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/keys", listener.local_addr().unwrap());
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let _ = stream.read(&mut [0; 4096]);
                let body = keys.to_string();
                let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close";
                let _ = write!(stream, "{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len());
            }
        });
        Self { folder, url }
    }

    pub(super) fn token(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let key = self.folder.path().join("key.pem");
        let signature = openssl(&["dgst", "-sha256", "-sign", key.to_str().unwrap()], signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub(super) fn claims(change: &Value) -> Value {
    #[expect(clippy::disallowed_methods, reason = "a token expires by this machine's clock")]
    let now = jiff::Timestamp::now().as_second();
    let mut claims = json!({
        "iss": "https://accounts.google.com", "aud": AUDIENCE, "sub": "1", "iat": now - 10, "exp": now + 600,
        "email": INVOKER, "email_verified": true,
    });
    for (name, value) in change.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims
}

/// What a token says that it must not, each by its name.
fn wrong() -> Vec<(&'static str, Value)> {
    #[expect(clippy::disallowed_methods, reason = "a token expires by this machine's clock")]
    let now = jiff::Timestamp::now().as_second();
    vec![
        ("another audience", json!({"aud": "https://other.example"})),
        ("another issuer", json!({"iss": "https://accounts.example"})),
        ("another account", json!({"email": "else@project.example"})),
        ("an unverified address", json!({"email_verified": false})),
        ("no address", json!({"email": null})),
        ("long expired", json!({"exp": now - 3_600})),
    ]
}

const BASE: &[(&str, &str)] = &[
    ("GOOGLE_CLOUD_PROJECT", "demo"),
    ("PORT", "0"),
    ("ARTIFACTS_BUCKET", "artifacts"),
    ("ACCOUNT_FILES_BUCKET", "account-files"),
    ("CATALOG_BUCKET", "catalog"),
    ("BIGQUERY_LOCATION", "EU"),
    ("AUDIENCE", AUDIENCE),
    ("PUSH_INVOKER", INVOKER),
    // nothing is reached: a message that cannot be read is acknowledged before
    ("FIRESTORE_EMULATOR_HOST", "127.0.0.1:9"),
    ("PUBSUB_EMULATOR_HOST", "127.0.0.1:9"),
    ("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9"),
    ("BIGQUERY_EMULATOR_HOST", "http://127.0.0.1:9"),
    ("BIGQUERY_STORAGE_EMULATOR_HOST", "127.0.0.1:9"),
];

pub(super) fn start(name: &str, more: &[(&str, &str)]) -> Function {
    let variables: Vec<_> = BASE.iter().chain(more).copied().collect();
    Function::start(name, &variables)
}

/// The same behind the platform, where no emulator stands; nothing is reached all the same.
pub(super) fn start_on_cloud_run(name: &str) -> Function {
    let emulators = BASE.iter().map(|(name, _)| (*name, "")).filter(|(name, _)| name.ends_with("_HOST"));
    let variables: Vec<_> = emulators.chain([("AUTH", "cloud-run"), ("K_SERVICE", name)]).collect();
    start(name, &variables)
}

fn push(address: &str, token: Option<&str>) -> u16 {
    let bearer = token.map(|token| format!("Bearer {token}"));
    let mut headers = vec![("Content-Type", "application/json")];
    headers.extend(bearer.as_deref().map(|bearer| ("Authorization", bearer)));
    let body = json!({"message": {"data": "bm90IGpzb24="}}).to_string();
    tests::request(address, "POST", "/push", &headers, body.as_bytes()).0
}

#[test]
fn where_the_service_checks_tokens_none_but_the_right_one_is_let_in() {
    let issuer = Issuer::new();
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": "one"});
    let good = issuer.token(&header, &claims(&json!({})));
    let (unsigned, _) = good.rsplit_once('.').unwrap();
    let mut refused: Vec<(String, Option<String>)> = wrong()
        .into_iter()
        .map(|(name, change)| (name.to_owned(), Some(issuer.token(&header, &claims(&change)))))
        .collect();
    let none = json!({"alg": "none", "typ": "JWT"});
    let parts = [&none, &claims(&json!({}))].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let stranger = Issuer::new().token(&header, &claims(&json!({})));
    let unknown = issuer.token(&json!({"alg": "RS256", "kid": "two"}), &claims(&json!({})));
    refused.extend([
        ("no token".to_owned(), None),
        ("no signature".to_owned(), Some(format!("{}.{}.", parts[0], parts[1]))),
        ("a removed signature".to_owned(), Some(format!("{unsigned}.SIGNATURE_REMOVED_BY_GOOGLE"))),
        ("a stranger's signature".to_owned(), Some(stranger)),
        ("an unknown key".to_owned(), Some(unknown)),
        ("no token at all".to_owned(), Some("x".to_owned())),
    ]);
    for name in FUNCTIONS {
        let function = start(name, &[("AUTH", "oidc"), ("OIDC_JWKS_URL", &issuer.url)]);
        let address = function.address();
        for (what, token) in &refused {
            let status = push(&address, token.as_deref());
            // the issuer may have a new key that this service has not seen yet: that one is asked to come again
            let refusals: &[u16] = if what == "an unknown key" { &[401, 403, 503] } else { &[401, 403] };
            assert!(refusals.contains(&status), "{name} answers {status} to {what}");
        }
        assert_eq!(push(&address, Some(&good)), 204, "{name} lets the invoker in");
        // the schedule's paths are another account's, and here nobody's
        if ["coordinator", "ohlcv-collector"].contains(&name) {
            let bearer = format!("Bearer {good}");
            let headers = [("Authorization", bearer.as_str())];
            let status = tests::request(&address, "POST", "/tick", &headers, b"").0;
            assert!([401, 403].contains(&status), "{name}: {status}");
        }
    }
    let cases = FUNCTIONS.len() * refused.len();
    tests::figure("outside", &json!({ "tokens": { "cases": cases, "through": 0 } }));
}

#[test]
fn where_the_platform_checked_them_its_mark_and_the_claims_count() {
    let issuer = Issuer::new();
    let header = json!({"alg": "RS256", "typ": "JWT", "kid": "one"});
    let removed = |claims: &Value| {
        let token = issuer.token(&header, claims);
        format!("{}.SIGNATURE_REMOVED_BY_GOOGLE", token.rsplit_once('.').unwrap().0)
    };
    for name in FUNCTIONS {
        let function = start_on_cloud_run(name);
        let address = function.address();
        for (what, change) in wrong() {
            let status = push(&address, Some(&removed(&claims(&change))));
            assert!([401, 403].contains(&status), "{name} answers {status} to {what}");
        }
        let unchecked = issuer.token(&header, &claims(&json!({})));
        assert!([401, 403].contains(&push(&address, Some(&unchecked))), "{name}: nobody checked that one");
        assert!([401, 403].contains(&push(&address, None)), "{name}");
        assert_eq!(push(&address, Some(&removed(&claims(&json!({}))))), 204, "{name}");
        drop(function);

        // elsewhere it would believe anyone
        let mut command = Command::new(tests::binary(name));
        let elsewhere = command.env_clear().envs(BASE.iter().copied()).env("AUTH", "cloud-run");
        let refused = elsewhere.output().unwrap();
        assert_eq!(refused.status.code(), Some(2), "{name}");
        assert!(String::from_utf8_lossy(&refused.stderr).contains("AUTH=oidc"), "{name} says what to do");
    }
    // beside those of `wrong`: unchecked, none, elsewhere
    let cases = FUNCTIONS.len() * (wrong().len() + 3);
    tests::figure("outside", &json!({ "tokens": { "cases": cases, "through": 0 } }));
}
