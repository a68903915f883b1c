//! The arithmetic of a trading plan: geometry, size, conflicts with an account, strength. Code computes it; nothing
//! here is believed of a model.
//!
//! All prices are in the quote currency, fractions of price unless a name says percent.

mod geometry;
mod rounding;
mod rules;
mod size;
mod strength;

pub use geometry::{Geometry, funding, geometry};
pub use rounding::rounded;
pub use rules::{Place, check};
pub use size::{Bounds, SizeError, liquidation, size};
pub use strength::{Terms, View, strength};

use rust_decimal::Decimal;

/// Which way a plan trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Bought, and sold higher.
    Long,
    /// Sold, and bought back lower.
    Short,
}

impl Side {
    /// 1 or -1.
    pub fn sign(self) -> Decimal {
        match self {
            Self::Long => Decimal::ONE,
            Self::Short => Decimal::NEGATIVE_ONE,
        }
    }
}

/// An entry zone, a stop and targets in the order in which price would meet them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Its direction.
    pub side: Side,
    /// Lower edge of the entry zone.
    pub entry_low: Decimal,
    /// Upper edge of the entry zone.
    pub entry_high: Decimal,
    /// Where it is given up.
    pub stop: Decimal,
    /// Where it is closed, in parts.
    pub targets: Vec<Target>,
}

/// A part of the position and the price it is closed at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// The price.
    pub price: Decimal,
    /// The part, percent of the position.
    pub fraction_pct: Decimal,
}

impl Plan {
    /// The worst price of the zone: the one a plan is judged at.
    pub fn entry(&self) -> Decimal {
        match self.side {
            Side::Long => self.entry_high,
            Side::Short => self.entry_low,
        }
    }
}

#[cfg(test)]
mod sample {
    use super::*;

    pub(crate) fn decimal(text: &str) -> Decimal {
        Decimal::from_str_exact(text).unwrap()
    }

    /// The plan of the published worked example: 74050 to 75000, stop 71900, half at each of two targets.
    pub(crate) fn long() -> Plan {
        let target = |price| Target { price: decimal(price), fraction_pct: Decimal::from(50) };
        Plan {
            side: Side::Long,
            entry_low: decimal("74050"),
            entry_high: decimal("75000"),
            stop: decimal("71900"),
            targets: vec![target("79485.66"), target("83822.76")],
        }
    }

    /// The same distances the other way about, from 75000 down.
    pub(crate) fn short() -> Plan {
        let mirror = |price: Decimal| Decimal::from(150_000) - price;
        let long = long();
        Plan {
            side: Side::Short,
            entry_low: mirror(long.entry_high),
            entry_high: mirror(long.entry_low),
            stop: mirror(long.stop),
            targets: long.targets.iter().map(|t| Target { price: mirror(t.price), ..*t }).collect(),
        }
    }
}
