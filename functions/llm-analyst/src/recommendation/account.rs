//! What the account adds: its state, its own fees, and where it does not go together with a plan.

use domain::Market;
use domain::account::{AccountDocument, Order, OrderSide, Position, PositionSide, Rates};
use domain::recommendation::{AccountState, Conflict, Direction};
use domain::report::ArtifactRef;
use flows::account_step;
use runtime::{Batch, Done, Services, Stop};
use rust_decimal::Decimal;

use crate::inputs::artifact;

/// Worth of a base asset, quote currency, from which it counts as held: under it is what trades leave behind.
const DUST: Decimal = Decimal::TEN;

/// Whether what is held of the symbol's coins is more than dust.
pub(crate) fn holds_coins(account: &AccountDocument, last_price: Decimal, price_unit: &str) -> bool {
    account.coins(price_unit).checked_mul(last_price).is_some_and(|worth| worth >= DUST)
}

/// The account of a run, as far as it was read.
#[derive(Debug, Default)]
pub(crate) struct Account {
    /// As it was read.
    pub(crate) read: Option<(AccountDocument, ArtifactRef)>,
    /// Why it was not, where it was asked for.
    pub(crate) reason: Option<String>,
}

impl Account {
    /// What the run's step of the account made; of one that is not `done`, why.
    pub(crate) async fn gather(services: &Services, batch: &Batch<'_>, done: &Done) -> Result<Self, Stop> {
        let Some(reference) = done.step(&account_step()).and_then(artifact) else {
            let steps = services.journal.steps(&batch.run.run_id).await?;
            let step = steps.into_iter().find(|step| step.step_id == account_step());
            let reason = step.and_then(|step| step.result.reason);
            let reason = reason.unwrap_or_else(|| "the account was not read".to_owned());
            return Ok(Self { read: None, reason: Some(reason) });
        };
        let bytes = services.artifacts.get(&reference.gcs_uri).await?;
        let document = serde_json::from_slice(&bytes).map_err(Stop::failed)?;
        Ok(Self { read: Some((document, reference)), reason: None })
    }

    pub(crate) fn state(&self) -> AccountState {
        self.document().map_or(AccountState::NotProvided, |document| document.state)
    }

    pub(crate) fn document(&self) -> Option<&AccountDocument> {
        self.read.as_ref().map(|(document, _)| document)
    }

    /// What the account says of the symbol on a market.
    pub(crate) fn rates(&self, market: Market) -> Option<&Rates> {
        self.document()?.rates_of(market)
    }

    /// Where the account does not go together with a plan of that direction and zone, or is at fault by itself.
    pub(crate) fn conflicts(
        &self,
        direction: Direction,
        zone: Option<(Decimal, Decimal)>,
        last_price: Decimal,
        price_unit: &str,
    ) -> Vec<Conflict> {
        let Some((account, _)) = &self.read else { return Vec::new() };
        let orders = || account.orders.iter().filter(|order| order.symbol == account.symbol);
        let holds = |side: PositionSide| account.own_positions().any(|position| position.side == side);
        let is_long = holds(PositionSide::Long) || holds_coins(account, last_price, price_unit);
        let is_short = holds(PositionSide::Short);
        let mut found = Vec::new();
        let mut note = |is_so: bool, conflict: Conflict| {
            if is_so {
                found.push(conflict);
            }
        };
        note(direction == Direction::Long && is_long, Conflict::AlreadyLong);
        note(direction == Direction::Short && is_short, Conflict::AlreadyShort);
        let is_opposed =
            (direction == Direction::Long && is_short) || (direction == Direction::Short && is_long);
        note(is_opposed, Conflict::OppositePosition);
        note(
            account.own_positions().any(|position| !orders().any(|order| stops(order, position))),
            Conflict::MissingStop,
        );
        let in_zone = |order: &Order| {
            let price = order.price.or(order.stop_price);
            let is_entry = !order.is_reduce_only && !order.is_stop;
            is_entry && zone.zip(price).is_some_and(|((low, high), price)| (low..=high).contains(&price))
        };
        note(orders().any(in_zone), Conflict::OrderInZone);
        found
    }
}

/// Whether an order gives the position up at a loss.
fn stops(order: &Order, position: &Position) -> bool {
    let closes = match position.side {
        PositionSide::Long => OrderSide::Sell,
        PositionSide::Short => OrderSide::Buy,
    };
    let is_its_own = order.position_side.is_none_or(|side| side == position.side);
    order.market == Market::Perp && order.is_stop && order.side == closes && is_its_own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn order(side: OrderSide, price: &str, is_stop: bool) -> Order {
        Order {
            market: Market::Perp,
            symbol: "SOLUSDT".parse().unwrap(),
            side,
            position_side: None,
            kind: "LIMIT".into(),
            price: Some(decimal(price)),
            stop_price: None,
            quantity: Some(Decimal::ONE),
            is_reduce_only: is_stop,
            is_stop,
        }
    }

    fn account(side: Option<PositionSide>, orders: Vec<Order>) -> Account {
        let position = |side| Position {
            symbol: "SOLUSDT".parse().unwrap(),
            side,
            quantity: decimal("42.6"),
            entry_price: decimal("80"),
            mark_price: None,
            liquidation_price: None,
            leverage: None,
            is_isolated: None,
            unrealised_pnl: None,
        };
        let document = AccountDocument {
            schema: domain::account::SCHEMA.into(),
            state: AccountState::Provided,
            venue: "binance".into(),
            symbol: "SOLUSDT".parse().unwrap(),
            as_of: "2026-04-30T04:00:00Z".parse().unwrap(),
            read_at: "2026-04-30T04:00:58Z".parse().unwrap(),
            deposits: Vec::new(),
            positions: side.map(position).into_iter().collect(),
            orders,
            equity: None,
            rates: Vec::new(),
            warnings: Vec::new(),
        };
        let sha256 = domain::Sha256Hex::of(b"");
        Account {
            read: Some((document, ArtifactRef { gcs_uri: "gs://local/a".into(), sha256, generation: None })),
            reason: None,
        }
    }

    fn of(account: &Account, direction: Direction) -> Vec<Conflict> {
        let zone = Some((decimal("84.50"), decimal("86.70")));
        account.conflicts(direction, zone, decimal("83.06"), "USDT")
    }

    #[test]
    fn a_position_is_told_by_its_side_and_its_missing_stop() {
        use Conflict::{AlreadyLong, MissingStop, OppositePosition};
        let long = account(Some(PositionSide::Long), vec![]);
        assert_eq!(of(&long, Direction::Short), [OppositePosition, MissingStop]);
        assert_eq!(of(&long, Direction::Long), [AlreadyLong, MissingStop]);
        assert_eq!(
            of(&long, Direction::StandAside),
            [MissingStop],
            "the stop is missing whatever is advised"
        );
        let stopped = account(Some(PositionSide::Long), vec![order(OrderSide::Sell, "70", true)]);
        assert_eq!(of(&stopped, Direction::Long), [AlreadyLong]);
        let wrong = account(Some(PositionSide::Long), vec![order(OrderSide::Buy, "90", true)]);
        assert_eq!(
            of(&wrong, Direction::Long),
            [AlreadyLong, MissingStop],
            "a stop of the other side is none"
        );
    }

    #[test]
    fn an_entry_order_in_the_zone_is_told_and_a_stop_is_not() {
        let within = |is_stop| account(None, vec![order(OrderSide::Sell, "84.5", is_stop)]);
        assert_eq!(of(&within(false), Direction::Short), [Conflict::OrderInZone]);
        assert_eq!(of(&within(true), Direction::Short), []);
        let outside = account(None, vec![order(OrderSide::Sell, "86.71", false)]);
        assert_eq!(of(&outside, Direction::Short), []);
    }

    #[test]
    fn what_was_not_read_conflicts_with_nothing() {
        assert_eq!(of(&Account::default(), Direction::Long), []);
        assert_eq!(Account::default().state(), AccountState::NotProvided);
    }
}
