//! The collector as a process: a tick hands out shards of the watchlist, a push collects one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::{Symbol, Venue};
use runtime::serve::{Delivery, OnTick, Push, Tick};
use runtime::{Redeliver, Watchlist};
use storage::{CatalogFiles, MESSAGE_VERSION, ShardBus, ShardMessage, StoreError};
use tracing::{error, info, warn};

use crate::{CollectError, Collector};

/// Symbols of one message at most: what a delivery has time for. A shard of a hundred on average has hardly ever more.
const MOST: usize = 150;

/// The collector behind its topic and its schedule.
pub struct Shards {
    collector: Collector,
    files: Arc<dyn CatalogFiles>,
    bus: Arc<dyn ShardBus>,
    working: Mutex<BTreeSet<Symbol>>,
}

impl Shards {
    /// The collector of the catalog's watchlist.
    pub fn new(collector: Collector, files: Arc<dyn CatalogFiles>, bus: Arc<dyn ShardBus>) -> Self {
        Self { collector, files, bus, working: Mutex::default() }
    }

    /// The symbols of each message: those together of which storage remembers in one place how far they are kept.
    fn shards(&self, symbols: &[Symbol]) -> Vec<Vec<Symbol>> {
        let mut shards: BTreeMap<u32, Vec<Symbol>> = BTreeMap::new();
        for symbol in symbols {
            shards.entry(self.collector.shard(symbol)).or_default().push(symbol.clone());
        }
        shards.values().flat_map(|shard| shard.chunks(MOST)).map(<[Symbol]>::to_vec).collect()
    }
}

#[async_trait]
impl OnTick for Shards {
    async fn tick(&self, tick: &Tick) -> Result<(), Redeliver> {
        let Some(watchlist) = Watchlist::of_catalog(self.files.as_ref()).await? else { return Ok(()) };
        for symbols in self.shards(&watchlist.symbols_of(Venue::Binance)) {
            let due = match self.collector.anything_due(&symbols).await {
                Ok(due) => due,
                // of those symbols a person must look at what is kept; the others go on
                Err(CollectError::Store(error @ (StoreError::Damaged { .. } | StoreError::Newer { .. }))) => {
                    error!(%error, "left untouched");
                    continue;
                }
                Err(CollectError::Store(error)) => return Err(error.into()),
                Err(CollectError::Market(error)) => {
                    error!(%error, "nothing is collected; asked again at the next tick");
                    return Ok(());
                }
            };
            if due {
                let tick = tick.key.clone();
                self.bus.publish_shard(&ShardMessage { v: MESSAGE_VERSION, tick, symbols }).await?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl Push for Shards {
    async fn push(&self, delivery: &Delivery) -> Result<(), Redeliver> {
        let read: Result<ShardMessage, _> = serde_json::from_slice(&delivery.data);
        let message = match read {
            Ok(message) if message.v <= MESSAGE_VERSION => message,
            Ok(message) => {
                error!(v = message.v, "message of a newer version: left to that version");
                return Ok(());
            }
            Err(error) => {
                error!(line = error.line(), column = error.column(), "message dropped: it names no symbols");
                return Ok(());
            }
        };
        let Some(watchlist) = Watchlist::of_catalog(self.files.as_ref()).await? else { return Ok(()) };
        let mut symbols = message.symbols;
        symbols.truncate(MOST);
        // whoever wrote the message: only what is watched is collected
        let watched = watchlist.symbols_of(Venue::Binance);
        symbols.retain(|symbol| watched.contains(symbol));
        let symbols = Working::take(&self.working, symbols);
        if symbols.list.is_empty() {
            return Ok(());
        }
        let collector = self.collector.clone().with_depth(watchlist.bars.into());
        match collector.tick_all(&symbols.list).await {
            Ok(ticked) => {
                for (symbol, outcome) in &ticked {
                    match outcome {
                        Ok(part) if part.bars > 0 => {
                            info!(%symbol, bars = part.bars, new = part.new, corrected = part.corrected, "collected");
                        }
                        Ok(_) => {}
                        Err(error) => warn!(%symbol, %error, "not collected; asked again at the next tick"),
                    }
                }
                Ok(())
            }
            Err(CollectError::Store(error)) => Err(error.into()),
            Err(CollectError::Market(error)) => {
                error!(%error, "nothing is collected; asked again at the next tick");
                Ok(())
            }
        }
    }
}

/// The symbols a delivery works on: a backfill outlasts some ticks, and is not begun again by each.
struct Working<'a> {
    all: &'a Mutex<BTreeSet<Symbol>>,
    list: Vec<Symbol>,
}

impl<'a> Working<'a> {
    fn take(all: &'a Mutex<BTreeSet<Symbol>>, mut list: Vec<Symbol>) -> Self {
        let mut working = all.lock().unwrap_or_else(PoisonError::into_inner);
        list.retain(|symbol| working.insert(symbol.clone()));
        drop(working);
        Self { all, list }
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        let mut working = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        for symbol in &self.list {
            working.remove(symbol);
        }
    }
}
