//! A catalog that moves a model elsewhere: the key stays, not a byte is sent.

use std::io::ErrorKind;
use std::net::TcpListener;

use sim::World;
use tests::{Topdown, figure};

use super::bench::{RUN, collected_in, finish, under_timeout, world};

/// A server that nobody should reach, not even with a handshake.
struct Elsewhere(TcpListener);

impl Elsewhere {
    fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn port(&self) -> u16 {
        self.0.local_addr().unwrap().port()
    }

    fn reached(&self) -> bool {
        !matches!(self.0.accept(), Err(error) if error.kind() == ErrorKind::WouldBlock)
    }
}

/// Runs with the profile's address changed and says whether anybody came; the run must not be done.
fn moved(world: &World, from: &str, to: &str, more: &[&str], own: bool) -> Topdown {
    let own_url = world.openai_url();
    let topdown = collected_in(world).with("OPENAI_BASE_URL", if own { &own_url } else { "" });
    let models = topdown.path("catalog/prompts/models.toml");
    let text = std::fs::read_to_string(&models).unwrap();
    assert!(text.contains(from), "{from}");
    std::fs::write(&models, text.replace(from, to)).unwrap();
    let arguments: Vec<&str> = RUN.iter().chain(more).copied().collect();
    let finished = tokio::task::block_in_place(|| finish(&mut under_timeout(&topdown.command(&arguments))));
    assert_ne!(finished.code, 0, "{to}: {}", finished.stdout);
    let said = format!("{}{}", finished.stdout, finished.stderr);
    assert!(said.contains("base_url") || said.contains("bound to") || said.contains("https"), "{to}: {said}");
    assert!(!said.contains("key-of-a-test"), "{to}: {said}");
    topdown
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_goes_to_no_host_of_the_catalogs_choosing() {
    let world = world().await;
    let elsewhere = Elsewhere::new();
    let (port, own) = (elsewhere.port(), world.openai_url());
    let authority = own.trim_start_matches("http://").trim_end_matches("/v1");
    let theirs = "base_url = \"https://api.openai.com/v1\"";
    let addresses = [
        format!("http://127.0.0.1:{port}/v1"),
        format!("http://localhost:{port}/v1"),
        format!("http://127.1:{port}/v1"),
        format!("http://[::ffff:127.0.0.1]:{port}/v1"),
        format!("http://{authority}@127.0.0.1:{port}/v1"),
        format!("http://127.0.0.1:{port}/v1?host={authority}"),
        format!("http://127.0.0.1:{port}\\\\@{authority}/v1"),
        format!("https://api.openai.com.localhost:{port}/v1"),
        format!("ftp://127.0.0.1:{port}/v1"),
        "http://api.openai.com/v1".to_owned(),
    ];
    for address in &addresses {
        moved(&world, theirs, &format!("base_url = \"{address}\""), &[], false);
        assert!(!elsewhere.reached(), "{address}");
    }
    // a profile of its own that names the same key, where the environment gives the vendor's address
    let text = include_str!("../../prompts/models.toml");
    let begin = text.find("[profile.openai]").unwrap();
    let end = begin + text[begin..].find("\n# Vertex").unwrap();
    let stranger = text[begin..end]
        .replace("profile.openai", "profile.stranger")
        .replace("https://api.openai.com/v1", &addresses[0]);
    moved(&world, "\n# Vertex", &format!("\n{stranger}\n# Vertex"), &["--model", "stranger"], true);
    assert!(!elsewhere.reached(), "a profile of its own");
    assert_eq!(world.count(sim::Service::OpenAi), 0);
    figure("outside", &serde_json::json!({ "key_bound": { "cases": addresses.len() + 1, "through": 0 } }));
    // whoever comes is seen
    let _ = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    assert!(elsewhere.reached());
}
