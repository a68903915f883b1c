use rust_decimal::Decimal;

/// Part of the equity that a trade may lose at its stop, percent.
pub const RISK_PCT: &str = "TOPDOWN_RISK_PCT";
/// Part of the equity that may stand in one symbol, percent.
pub const MAX_EXPOSURE_PCT: &str = "TOPDOWN_MAX_EXPOSURE_PCT";

/// What the operator of an account is ready to lose, and to hold of one symbol. A plan is sized by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Risk {
    /// [`RISK_PCT`]: 1 unless told.
    pub per_trade_pct: Decimal,
    /// [`MAX_EXPOSURE_PCT`]: 100 unless told.
    pub max_exposure_pct: Decimal,
}

/// A risk that is no percentage would size a plan by something nobody meant: the operator mends it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} is no percentage over 0 and up to {most}; mend it or unset it")]
pub struct RiskError {
    name: &'static str,
    most: u32,
}

impl Risk {
    /// Takes what there is of the two variables.
    ///
    /// # Errors
    /// [`RiskError`].
    pub fn read(text: impl Fn(&str) -> Option<String>) -> Result<Self, RiskError> {
        let percent = |name: &'static str, otherwise: u32, most: u32| match text(name) {
            None => Ok(Decimal::from(otherwise)),
            Some(text) => Decimal::from_str_exact(&text)
                .ok()
                .filter(|percent| *percent > Decimal::ZERO && *percent <= Decimal::from(most))
                .ok_or(RiskError { name, most }),
        };
        Ok(Self {
            per_trade_pct: percent(RISK_PCT, 1, 100)?,
            // a position with leverage is worth more than the equity behind it
            max_exposure_pct: percent(MAX_EXPOSURE_PCT, 100, 10_000)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentage_is_read_and_anything_else_refused() {
        let of = |name: &str, value: &str| {
            Risk::read(|asked| (asked == name).then(|| value.to_owned())).map_err(|error| error.to_string())
        };
        assert_eq!(of(RISK_PCT, "0.5").unwrap().per_trade_pct.to_string(), "0.5");
        assert_eq!(of(MAX_EXPOSURE_PCT, "300").unwrap().max_exposure_pct.to_string(), "300");
        assert_eq!(of("", "").unwrap(), Risk { per_trade_pct: 1.into(), max_exposure_pct: 100.into() });
        for value in ["0", "-1", "101", "one", "1%", "NaN", "1e1"] {
            let says = "TOPDOWN_RISK_PCT is no percentage over 0 and up to 100; mend it or unset it";
            assert_eq!(of(RISK_PCT, value), Err(says.to_owned()), "{value}");
        }
    }
}
