//! A mail server: SMTP (RFC 5321) in clear on loopback, which takes every login and every letter.

mod letters;
mod session;

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::world::Shared;

pub(crate) use letters::Letters;
pub use letters::SentMail;

/// Serves connections until `ending`.
pub(crate) async fn serve(listener: TcpListener, shared: Arc<Shared>, mut ending: watch::Receiver<bool>) {
    loop {
        let stream = tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => return tracing::error!(%error, "the simulated mail server ended"),
            },
            // a dropped sender ends the server too
            _ = ending.wait_for(|ending| *ending) => return,
        };
        let (shared, mut ended) = (shared.clone(), ending.clone());
        tokio::spawn(async move {
            tokio::select! {
                // a connection that breaks off is its client's affair
                _ = session::talk(stream, &shared) => {}
                _ = ended.wait_for(|ending| *ending) => {}
            }
        });
    }
}

#[cfg(test)]
mod tests;
