use std::sync::Arc;

use domain::{Symbol, Venue};
use market::derivatives::Derivatives;
use market::{Exchange, binance, binance_derivatives, bybit, bybit_derivatives};
use runtime::Watchlist;
use storage::{CatalogFiles, StoreError};

/// What tools may ask the exchanges, and of which symbols.
#[derive(Clone)]
pub struct Markets {
    /// Binance.
    pub binance: PublicData,
    /// Bybit.
    pub bybit: PublicData,
    /// Symbols that another may be compared with.
    pub watched: Watching,
}

/// An exchange's public data.
#[derive(Clone)]
pub struct PublicData {
    /// Candles.
    pub exchange: Exchange,
    /// Perpetual contracts and order books.
    pub derivatives: Derivatives,
}

impl PublicData {
    /// Binance at these base URLs; `http` reaches both.
    pub fn binance(http: reqwest::Client, spot: String, futures: String) -> Self {
        let exchange = binance::Client::new(http.clone(), spot.clone()).into();
        let client = binance_derivatives::Client::new(http, spot, futures);
        Self { exchange, derivatives: Derivatives::Binance(client) }
    }

    /// Bybit at this base URL.
    pub fn bybit(http: reqwest::Client, url: String) -> Self {
        let exchange = bybit::Client::new(http.clone(), url.clone()).into();
        Self { exchange, derivatives: Derivatives::Bybit(bybit_derivatives::Client::new(http, url)) }
    }
}

/// Where the watchlist is.
#[derive(Clone)]
pub enum Watching {
    /// In the catalog, as it is when it is asked for.
    Catalog(Arc<dyn CatalogFiles>),
    /// These symbols.
    Known(Vec<(Symbol, Venue)>),
}

impl Markets {
    pub(crate) fn of(&self, venue: Venue) -> &PublicData {
        match venue {
            Venue::Binance => &self.binance,
            Venue::Bybit => &self.bybit,
        }
    }

    /// The symbols watched at an exchange.
    pub(crate) async fn watched_at(&self, venue: Venue) -> Result<Vec<Symbol>, StoreError> {
        Ok(match &self.watched {
            Watching::Known(all) => {
                all.iter().filter(|(_, at)| *at == venue).map(|(symbol, _)| symbol.clone()).collect()
            }
            Watching::Catalog(files) => {
                let list = Watchlist::of_catalog(files.as_ref()).await?;
                list.map(|list| list.symbols_of(venue)).unwrap_or_default()
            }
        })
    }
}
