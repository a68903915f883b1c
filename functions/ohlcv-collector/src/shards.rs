//! The collector as a process: a tick hands out shards of the watchlist, a push collects one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::{Symbol, Venue};
use runtime::serve::{Delivery, OnTick, Push, Tick};
use runtime::{Redeliver, Watchlist};
use storage::{CatalogFiles, MESSAGE_VERSION, ShardBus, ShardMessage, StoreError};
use tracing::{error, info, warn};

use crate::{CollectError, Collector, Collectors};

/// Symbols of one message at most: what a delivery has time for. A shard of a hundred on average has hardly ever more.
const MOST: usize = 150;

/// The collector behind its topic and its schedule.
pub struct Shards {
    collectors: Collectors,
    files: Arc<dyn CatalogFiles>,
    bus: Arc<dyn ShardBus>,
    working: Mutex<BTreeSet<Symbol>>,
}

impl Shards {
    /// The collectors of the catalog's watchlist.
    pub fn new(collectors: Collectors, files: Arc<dyn CatalogFiles>, bus: Arc<dyn ShardBus>) -> Self {
        Self { collectors, files, bus, working: Mutex::default() }
    }

    /// The symbols of each message: those together of which storage remembers in one place how far they are kept.
    fn shards(collector: &Collector, symbols: &[Symbol]) -> Vec<Vec<Symbol>> {
        let mut shards: BTreeMap<u32, Vec<Symbol>> = BTreeMap::new();
        for symbol in symbols {
            shards.entry(collector.shard(symbol)).or_default().push(symbol.clone());
        }
        shards.values().flat_map(|shard| shard.chunks(MOST)).map(<[Symbol]>::to_vec).collect()
    }

    /// A message for each shard of an exchange's symbols of which something is due. An exchange that does not answer
    /// keeps no other waiting.
    async fn hand_out(
        &self,
        collector: &Collector,
        symbols: &[Symbol],
        tick: &Tick,
    ) -> Result<(), Redeliver> {
        for symbols in Self::shards(collector, symbols) {
            let due = match collector.anything_due(&symbols).await {
                Ok(due) => due,
                // of those symbols a person must look at what is kept; the others go on
                Err(CollectError::Store(error @ (StoreError::Damaged { .. } | StoreError::Newer { .. }))) => {
                    error!(%error, "left untouched");
                    continue;
                }
                Err(CollectError::Store(error)) => return Err(error.into()),
                Err(CollectError::Market(error)) => {
                    let source = collector.source();
                    error!(%source, %error, "nothing of {source} is collected; asked again at the next tick");
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

    /// Brings an exchange's symbols to their end, as far as they are due.
    async fn collect(&self, collector: &Collector, symbols: Vec<Symbol>) -> Result<(), Redeliver> {
        let symbols = Working::take(&self.working, symbols);
        if symbols.list.is_empty() {
            return Ok(());
        }
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
                let source = collector.source();
                error!(%source, %error, "nothing of {source} is collected; asked again at the next tick");
                Ok(())
            }
        }
    }
}

#[async_trait]
impl OnTick for Shards {
    async fn tick(&self, tick: &Tick) -> Result<(), Redeliver> {
        let Some(watchlist) = Watchlist::of_catalog(self.files.as_ref()).await? else { return Ok(()) };
        for venue in Venue::ALL {
            self.hand_out(self.collectors.of(venue), &watchlist.symbols_of(venue), tick).await?;
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
        let collectors = self.collectors.clone().with_depth(&watchlist.bars.clone().into());
        for venue in Venue::ALL {
            // whoever wrote the message: only what is watched is collected, each symbol where it is watched
            let mut own = watchlist.symbols_of(venue);
            own.retain(|symbol| symbols.contains(symbol));
            self.collect(collectors.of(venue), own).await?;
        }
        Ok(())
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
