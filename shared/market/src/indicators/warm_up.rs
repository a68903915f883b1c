use super::Indicator;

/// How far an indicator of a series of so many bars has left its seed behind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WarmUp {
    /// Too few bars for a value.
    Absent,
    /// The seed still has this weight in the last value, above 0.01 and at most 1.
    Warming(f64),
    /// The seed weighs 1 % or less.
    Ready,
}

impl Indicator {
    /// Bars needed for a first value.
    pub fn needs(self) -> usize {
        match self {
            Self::Ema(n) | Self::Sma(n) | Self::Rvol(n) => usize::from(n),
            Self::Rsi(n) | Self::Atr(n) | Self::Pdi(n) | Self::Mdi(n) => usize::from(n) + 1,
            Self::Adx(n) => 2 * usize::from(n),
            Self::BbUp | Self::BbMid | Self::BbLow => 20,
            Self::Macd | Self::MacdSignal | Self::MacdHist => 34,
        }
    }

    /// Weight of the seed in the last of `bars` values: what is left of the average a recursive indicator
    /// starts from, each step keeping 1 - 2/(n+1) of it (EMA) or (n-1)/n (Wilder). `None` under
    /// [`Self::needs`]; 0 for windows, which have no seed. Of MACD the slower of its averages counts.
    pub fn seed_weight(self, bars: usize) -> Option<f64> {
        let steps = bars.checked_sub(self.needs())?;
        let power = |base: f64, steps: usize| base.powi(i32::try_from(steps).unwrap_or(i32::MAX));
        let ema = |n: f64, steps: usize| power(1.0 - 2.0 / (n + 1.0), steps);
        let wilder = |n: u16| power(f64::from(n - 1) / f64::from(n), steps);
        Some(match self {
            Self::Ema(n) => ema(f64::from(n), steps),
            Self::Rsi(n) | Self::Atr(n) | Self::Adx(n) | Self::Pdi(n) | Self::Mdi(n) => wilder(n),
            Self::Macd => ema(26.0, bars - 26),
            Self::MacdSignal | Self::MacdHist => ema(26.0, bars - 26).max(ema(9.0, steps)),
            Self::Sma(_) | Self::Rvol(_) | Self::BbUp | Self::BbMid | Self::BbLow => 0.0,
        })
    }

    /// How far the last value of a series of `bars` has left its seed behind.
    pub fn warm_up(self, bars: usize) -> WarmUp {
        match self.seed_weight(bars) {
            None => WarmUp::Absent,
            Some(weight) if weight > 0.01 => WarmUp::Warming(weight),
            Some(_) => WarmUp::Ready,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_follow_from_the_recursion() {
        // 49^54 / 51^54, in exact integers
        let WarmUp::Warming(weight) = Indicator::Ema(50).warm_up(104) else { panic!("not warming") };
        assert!((weight - 0.115_291_904_214_253_6).abs() < 1e-14);
        assert_eq!(Indicator::Ema(200).warm_up(104), WarmUp::Absent);
        // the first value of an ATR14 is the plain average itself, and (13/14)^63 is the first under 1 %
        assert_eq!(Indicator::Atr(14).seed_weight(15), Some(1.0));
        assert!(matches!(Indicator::Atr(14).warm_up(77), WarmUp::Warming(_)));
        assert_eq!(Indicator::Atr(14).warm_up(78), WarmUp::Ready);
        assert_eq!(Indicator::Adx(14).warm_up(27), WarmUp::Absent);
        assert_eq!(Indicator::BbUp.warm_up(20), WarmUp::Ready);
    }
}
