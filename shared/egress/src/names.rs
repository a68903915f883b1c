use std::error::Error;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::public::is_public;

/// What a name leads to.
pub type Found = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Whoever says where a name leads. It is not trusted: what is not public is dropped from each answer.
pub trait Lookup: Send + Sync {
    /// All addresses of `name`.
    fn addresses(&self, name: &str) -> Found;
}

/// The system's own resolver.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemNames;

impl Lookup for SystemNames {
    fn addresses(&self, name: &str) -> Found {
        let name = name.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// A name that leads inside, and nowhere else.
#[derive(Debug)]
pub(crate) struct LeadsInside;

impl fmt::Display for LeadsInside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name has no public address")
    }
}

impl Error for LeadsInside {}

/// The public addresses of a name. They are asked for with each connection and are the ones it is made to, so that
/// an answer that changes between a check and a use changes nothing.
pub(crate) struct PublicNames(pub(crate) Arc<dyn Lookup>);

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let found = self.0.addresses(name.as_str());
        Box::pin(async move {
            let mut found = found.await?;
            if found.is_empty() {
                return Err(io::Error::from(io::ErrorKind::NotFound).into());
            }
            found.retain(|ip| is_public(*ip));
            if found.is_empty() {
                return Err(LeadsInside.into());
            }
            // port 0 stands for the one that the address names
            let public: Addrs = Box::new(found.into_iter().map(|ip| SocketAddr::new(ip, 0)));
            Ok(public)
        })
    }
}
