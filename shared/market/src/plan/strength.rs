use domain::recommendation::Strength;

/// What a report of one timeframe adds to a plan's strength.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Share of this timeframe among those read; they sum to 1.
    pub weight: f64,
    /// Sign of its bias.
    pub bias: i8,
    /// Sign of its computed regime.
    pub regime: i8,
    /// Share of its checked numbers that are verified, 0 to 1.
    pub verified: f64,
    /// How much of its data could be used: 1 full, 0.85 partial, 0 none.
    pub usable: f64,
}

/// What the plan itself adds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Terms {
    /// 1 for a long, -1 for a short.
    pub side: i8,
    /// Reward to risk, costs included.
    pub reward_to_risk: f64,
    /// Expected value in units of the loss.
    pub expected_value: f64,
    /// Whether the report of the shortest timeframe read is against the plan, or no verified bar or indicator
    /// speaks for it: then it is not strong.
    pub is_unsupported: bool,
}

/// The most that an unsupported plan reaches.
const UNSUPPORTED: f64 = 40.0;

/// 100 Q (0.35 a + 0.20 g + 0.25 r + 0.20 e), rounded: a and g the weighted signs of bias and regime on the plan's
/// side, r = (RR - 1)/2 and e the expected value, both within 0 and 1, Q the least of verified share x usability.
pub fn strength(views: &[View], terms: &Terms) -> Strength {
    let side = f64::from(terms.side);
    let agreement = |sign: fn(&View) -> i8| {
        let sum: f64 = views.iter().map(|view| view.weight * side * f64::from(sign(view))).sum();
        sum.max(0.0)
    };
    let (bias, regime) = (agreement(|view| view.bias), agreement(|view| view.regime));
    let reward = ((terms.reward_to_risk - 1.0) / 2.0).clamp(0.0, 1.0);
    let edge = terms.expected_value.clamp(0.0, 1.0);
    let worst = views.iter().map(|view| view.verified * view.usable).fold(1.0, f64::min);
    let quality = if views.is_empty() { 0.0 } else { worst };
    let mut value = 100.0 * quality * (0.35 * bias + 0.20 * regime + 0.25 * reward + 0.20 * edge);
    if terms.is_unsupported {
        value = value.min(UNSUPPORTED);
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0 and 100")]
    let value = value.round().clamp(0.0, 100.0) as u8;
    let is_unsupported = terms.is_unsupported;
    Strength { value, agreement: bias, regime, reward, edge, quality, is_unsupported }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn views(signs: [i8; 3]) -> [View; 3] {
        let view = |weight, sign| View { weight, bias: sign, regime: sign, verified: 1.0, usable: 1.0 };
        [view(0.20, signs[0]), view(0.35, signs[1]), view(0.45, signs[2])]
    }

    const TERMS: Terms = Terms { side: 1, reward_to_risk: 2.0, expected_value: 0.25, is_unsupported: false };

    /// By hand: all agree: 35 + 20 + 25 x 0.5 + 20 x 0.25 = 72.5.
    #[test]
    fn full_agreement_is_strong_and_quality_scales_it() {
        assert_eq!(strength(&views([1, 1, 1]), &TERMS).value, 73);
        let mut partial = views([1, 1, 1]);
        partial[0] = View { verified: 0.9, usable: 0.85, ..partial[0] };
        // 72.5 x 0.765 = 55.46
        assert_eq!(strength(&partial, &TERMS).value, 55);
        // the day neutral: (35 + 20) x 0.55 + 17.5 = 47.75
        assert_eq!(strength(&views([1, 1, 0]), &TERMS).value, 48);
    }

    #[test]
    fn disagreement_adds_nothing_and_an_unsupported_plan_is_never_strong() {
        // 0.20 + 0.35 - 0.45 = 0.10: 55 x 0.1 + 17.5 = 23
        assert_eq!(strength(&views([1, 1, -1]), &TERMS).value, 23);
        assert_eq!(strength(&views([-1, -1, -1]), &TERMS).value, 18, "17.5 of the geometry is left");
        let unsupported = Terms { is_unsupported: true, ..TERMS };
        assert_eq!(strength(&views([1, 1, 1]), &unsupported).value, 40);
        let short = Terms { side: -1, ..TERMS };
        assert_eq!(strength(&views([-1, -1, -1]), &short).value, 73);
        assert_eq!(strength(&[], &TERMS).value, 0, "nothing read is worth nothing");
    }
}
