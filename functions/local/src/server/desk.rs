use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use coordinator::api::{Desk, Problem, Standing};
use domain::{Source, Sources, Symbol, Venue, Watched};
use jiff::Timestamp;
use runtime::Catalog;
use storage::{CandleStore, StoreError};

use crate::commands::seen_until;

/// What the server began with: its watchlist, its catalog, its folder's candles.
pub(crate) struct ServedDesk {
    pub(crate) watched: Vec<Watched>,
    pub(crate) catalog: Catalog,
    pub(crate) candles: Arc<dyn CandleStore>,
    pub(crate) sources: Sources,
    /// The data folder.
    pub(crate) data: PathBuf,
}

impl ServedDesk {
    /// Where candles of the symbol come from; of one that is not watched, the usual.
    fn source(&self, symbol: &Symbol) -> &Source {
        let entry = self.watched.iter().find(|watched| watched.symbol == *symbol);
        self.sources.of(entry.map_or(Venue::default(), |watched| watched.venue))
    }
}

#[async_trait]
impl Desk for ServedDesk {
    async fn watched(&self) -> Result<Vec<Watched>, Problem> {
        Ok(self.watched.clone())
    }

    async fn catalog(&self) -> Result<Catalog, Problem> {
        Ok(self.catalog.clone())
    }

    async fn present(&self, symbol: &Symbol, now: Timestamp) -> Result<Timestamp, StoreError> {
        seen_until(self.candles.as_ref(), self.source(symbol), symbol, now).await
    }

    async fn standing(&self, watched: &Watched) -> Result<Option<Standing>, StoreError> {
        Standing::of(self.candles.as_ref(), self.sources.of(watched.venue), &watched.symbol).await
    }

    fn how_to_watch(&self, symbol: &Symbol) -> String {
        let list = self.data.join("watchlist.toml");
        format!("add \"{symbol}\" to symbols in {} and start `topdown serve` again", list.display())
    }
}
