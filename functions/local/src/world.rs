use std::path::Path;

use domain::{Source, Sources};
use jiff::Timestamp;
use sim::{MarketData, SimClock, World, WorldConfig};

use crate::failure::Failure;

/// A simulated world whose clock stands at `clock`, and what candles of its exchanges are kept under.
pub(crate) async fn start(
    seed: u64,
    candles: Option<&Path>,
    clock: SimClock,
) -> Result<(World, Sources), Failure> {
    let config = match candles {
        Some(folder) => WorldConfig {
            market: MarketData::Recorded(folder.to_owned()),
            ..WorldConfig::seeded(seed, clock)
        },
        None => WorldConfig::seeded(seed, clock),
    };
    let world = World::start(config).await.map_err(|error| {
        let failure = Failure::usage(error);
        match candles {
            Some(folder) => failure.at(folder.display()),
            None => Failure { code: 1, ..failure },
        }
    })?;
    let source = match world.source_hash() {
        Some(hash) => Source::File(hash.to_owned()),
        None => Source::Sim(seed),
    };
    Ok((world, source.into()))
}

/// A world of which only the rule-based analyst is asked, for runs whose profile is `rule-analyst`.
pub(crate) async fn rules(now: Timestamp) -> Result<World, Failure> {
    start(1, None, SimClock::fixed(now)).await.map(|(world, _)| world)
}
