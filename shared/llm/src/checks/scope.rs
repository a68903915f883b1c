//! What a number in prose may come from: a claim's own cites, elsewhere whatever the answer verified. Held
//! against the whole artifact, an invented price would nearly always equal something.

use domain::report::Report;
use rust_decimal::Decimal;

use super::Evidence;
use super::cites::Cited;
use super::facts::Facts;
use super::known::{Kind, Known};
use super::refs::resolve;

pub(super) struct Scope {
    /// For each observation, what its cites lead to.
    pub(super) claims: Vec<Numbers>,
    /// For all other texts.
    pub(super) rest: Numbers,
}

/// Numbers, and which of them may be set against each other.
#[derive(Default, Clone)]
pub(super) struct Numbers {
    pub(super) all: Vec<Known>,
    /// Cites of one claim; a change or a distance is told within a claim, or from the last price.
    groups: Vec<usize>,
    /// Where a cite's value is wrong: what the answer wrote, and what the data prints at its address.
    mistaken: Vec<(Decimal, Known)>,
    /// Whether these are the cites of one claim.
    pub(super) is_claim: bool,
}

/// Levels, barriers and the answer's own numbers pair with the last price only.
const ALONE: usize = usize::MAX;

impl Numbers {
    fn push(&mut self, known: Known, group: usize) {
        self.all.push(known);
        self.groups.push(group);
    }

    /// What the data prints where the answer cited `written`.
    pub(super) fn meant(&self, written: Decimal) -> Option<&Known> {
        self.mistaken.iter().find(|(wrong, _)| *wrong == written).map(|(_, known)| known)
    }

    /// Ordered pairs that a difference, change or ratio may be taken of.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&Known, &Known)> {
        let numbered = || self.all.iter().zip(&self.groups).enumerate();
        numbered().flat_map(move |(i, (a, group_a))| {
            numbered().filter_map(move |(j, (b, group_b))| {
                let together = group_a == group_b && *group_a != ALONE;
                let from_price = is_origin(a) || is_origin(b);
                (i != j && (together || from_price)).then_some((a, b))
            })
        })
    }
}

fn is_origin(known: &Known) -> bool {
    known.reference.ends_with("barriers.origin")
}

impl Scope {
    pub(super) fn of(
        report: &Report,
        facts: &Facts<'_>,
        cites: Vec<Vec<Cited>>,
        odds: bool,
        prices: Vec<Known>,
    ) -> Self {
        let mut scope = Self::of_claims(cites);
        scope.add_data(&facts.evidence, "");
        for price in prices {
            scope.add(price);
        }
        if odds {
            let scenarios = &report.scenarios;
            for (name, percent) in
                [("p_up", scenarios.p_up), ("p_down", scenarios.p_down), ("p_neither", scenarios.p_neither)]
            {
                let value = Decimal::from(percent);
                let reference = format!("scenarios.{name}");
                scope.add(Known { text: percent.to_string(), value, kind: Kind::Odds, reference });
            }
        }
        scope
    }

    /// What the cites of claims lead to.
    pub(super) fn of_claims(cites: Vec<Vec<Cited>>) -> Self {
        let mut rest = Numbers::default();
        let mut claims = Vec::with_capacity(cites.len());
        for (group, cited) in cites.into_iter().enumerate() {
            let mut claim = Numbers { is_claim: true, ..Numbers::default() };
            for Cited { known, written } in cited {
                let is_right = written == known.value;
                // an amount of the account is told where it is cited and nowhere else
                let is_amount = known.reference.starts_with("account:");
                if is_right && !is_amount {
                    rest.push(known.clone(), group);
                } else if !is_amount {
                    // the address is the answer's own, so the number at it may be told; it pairs with nothing
                    rest.push(known.clone(), ALONE);
                    rest.mistaken.push((written, known.clone()));
                }
                if !is_right {
                    claim.mistaken.push((written, known.clone()));
                }
                claim.push(known, 0);
            }
            claims.push(claim);
        }
        Self { claims, rest }
    }

    /// A place of its own: what every text outside a claim may use, and these. Answers its position among the claims.
    pub(super) fn add_place(&mut self, own: Vec<Known>) -> usize {
        let mut place = self.rest.clone();
        for known in own {
            place.push(known, ALONE);
        }
        self.claims.push(place);
        self.claims.len() - 1
    }

    /// A number that every text outside a claim may use. It pairs with the last price only.
    pub(super) fn add(&mut self, known: Known) {
        self.rest.push(known, ALONE);
    }

    /// The levels and barriers of the data, their addresses after `prefix`.
    pub(super) fn add_data(&mut self, evidence: &Evidence<'_>, prefix: &str) {
        for reference in zones_and_barriers(evidence) {
            if let Ok(found) = resolve(evidence, &reference)
                && let Some(value) = found.value()
            {
                let reference = format!("{prefix}{reference}");
                self.add(Known { text: found.text, value, kind: found.kind, reference });
            }
        }
    }
}

fn zones_and_barriers(evidence: &Evidence<'_>) -> Vec<String> {
    let zones = evidence.ohlcv.levels.iter();
    let edges = zones.flat_map(|zone| ["low", "high"].map(|edge| format!("levels[{}].{edge}", zone.id)));
    let barriers = [
        "origin",
        "up",
        "down",
        "base_rate_pct.up",
        "base_rate_pct.down",
        "base_rate_pct.neither",
        "bars",
        "base_n",
    ];
    edges.chain(barriers.map(|name| format!("barriers.{name}"))).collect()
}
