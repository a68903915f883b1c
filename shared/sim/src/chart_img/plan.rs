use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::Refusal;
use super::request::Request;

/// What a key may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Pictures a day.
    daily: u32,
    /// Largest width and height.
    size: (u32, u32),
    /// Most studies and drawings together.
    parameters: usize,
}

/// The vendor's plans of May 2025 by the first word of a key: `basic-x7`.
const PLANS: [(&str, Plan); 5] = [
    ("basic", Plan { daily: 50, size: (800, 600), parameters: 3 }),
    ("pro", Plan { daily: 500, size: (1_920, 1_080), parameters: 5 }),
    ("mega", Plan { daily: 1_000, size: (1_920, 1_600), parameters: 10 }),
    ("ultra", Plan { daily: 3_000, size: (2_048, 1_920), parameters: 25 }),
    ("enterprise", Plan { daily: 5_000, size: (2_048, 1_920), parameters: 50 }),
];

impl Plan {
    /// The plan of a key; `None` for a key that nobody has.
    pub(crate) fn of(key: &str) -> Option<Self> {
        let (word, _) = key.split_once('-')?;
        PLANS.iter().find(|(name, _)| *name == word).map(|(_, plan)| *plan)
    }

    /// Refuses what is larger than the plan.
    pub(crate) fn admit(self, request: &Request) -> Result<(), Refusal> {
        let (width, height) = self.size;
        if request.width > width || request.height > height {
            return Err(Refusal(403, format!("Exceed Max Usage Resolution Limit ({width}x{height})")));
        }
        if request.parameters() > self.parameters {
            return Err(Refusal(403, format!("Exceed Max Usage Parameter Limit ({})", self.parameters)));
        }
        Ok(())
    }
}

/// Pictures by key on the current day, UTC.
#[derive(Debug, Default)]
pub(crate) struct Usage(Mutex<BTreeMap<String, (i64, u32)>>);

impl Usage {
    pub(crate) fn count(&self, key: &str, plan: Plan, now: Timestamp) -> Result<(), Refusal> {
        let day = now.as_second().div_euclid(86_400);
        let mut days = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let used = days.entry(key.to_owned()).or_insert((day, 0));
        if used.0 != day {
            *used = (day, 0);
        }
        if used.1 >= plan.daily {
            return Err(Refusal(429, "Limit Exceeded".to_owned()));
        }
        used.1 += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_ends_at_midnight_utc() {
        let (usage, plan) = (Usage::default(), Plan::of("basic-x7").unwrap());
        let late: Timestamp = "2026-04-30T23:59:59Z".parse().unwrap();
        let counted = (0..51).map(|_| usage.count("basic-x7", plan, late).is_ok()).filter(|ok| *ok).count();
        assert_eq!(counted, 50);
        assert!(usage.count("basic-other", plan, late).is_ok());
        assert!(usage.count("basic-x7", plan, "2026-05-01T00:00:00Z".parse().unwrap()).is_ok());
        assert_eq!(Plan::of("unknown"), None);
    }
}
