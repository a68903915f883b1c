//! A value axis: from values to heights, and where its ticks stand.

use crate::template::Scale;

/// A value axis over a plot's height.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Axis {
    lo: f64,
    hi: f64,
    scale: Scale,
    /// Upper edge of the plot, pixels.
    pub(super) top: f32,
    /// Lower edge of the plot, pixels.
    pub(super) bottom: f32,
}

/// A tick.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    /// Decimals needed to tell it from its neighbours.
    pub(super) decimals: usize,
}

impl Axis {
    /// An axis from `lo` at the bottom to `hi` at the top; an empty range is widened.
    pub(super) fn new(lo: f64, hi: f64, scale: Scale, top: f32, bottom: f32) -> Self {
        let (lo, hi) = (map(lo, scale), map(hi, scale));
        let (lo, hi) = if hi - lo > f64::EPSILON * hi.abs().max(1e-12) {
            (lo, hi)
        } else {
            let around = (lo.abs() * 0.02).max(1e-9);
            (lo - around, hi + around)
        };
        Self { lo, hi, scale, top, bottom }
    }

    /// The axis with `px` pixels more at both ends.
    pub(super) fn padded(self, px: f32) -> Self {
        let height = f64::from((self.bottom - self.top - 2.0 * px).max(1.0));
        let more = (self.hi - self.lo) * f64::from(px) / height;
        Self { lo: self.lo - more, hi: self.hi + more, ..self }
    }

    /// The axis widened to hold `values`, at most by `share` of its range at either end.
    pub(super) fn widened(self, values: impl Iterator<Item = f64>, share: f64) -> Self {
        let range = self.hi - self.lo;
        let (mut lo, mut hi) = (self.lo, self.hi);
        for value in values {
            if self.scale == Scale::Log && value <= 0.0 {
                continue;
            }
            let at = map(value, self.scale);
            lo = lo.min(at);
            hi = hi.max(at);
        }
        Self { lo: lo.max(self.lo - range * share), hi: hi.min(self.hi + range * share), ..self }
    }

    /// The axis that does not go below 0 on a linear scale.
    pub(super) fn not_negative(self) -> Self {
        match self.scale {
            Scale::Linear => Self { lo: self.lo.max(0.0), ..self },
            Scale::Log => self,
        }
    }

    /// Height of `value`, pixels; outside the plot for values out of range.
    pub(super) fn y(&self, value: f64) -> f32 {
        let share = (map(value, self.scale) - self.lo) / (self.hi - self.lo);
        // far outside is as good as infinitely far, and keeps the floats finite
        let share = share.clamp(-100.0, 100.0) as f32;
        self.bottom - share * (self.bottom - self.top)
    }

    /// Round values about `apart` pixels from each other.
    pub(super) fn ticks(&self, apart: f32) -> Vec<Tick> {
        let (lo, hi) = (unmap(self.lo, self.scale), unmap(self.hi, self.scale));
        match self.scale {
            Scale::Log if hi / lo >= 4.0 => self.log_ticks(lo, hi, apart),
            _ => {
                let room = f64::from(((self.bottom - self.top) / apart).max(1.0));
                linear_ticks(lo, hi, room)
            }
        }
    }

    fn log_ticks(&self, lo: f64, hi: f64, apart: f32) -> Vec<Tick> {
        const SETS: [&[f64]; 4] = [&[1.0, 1.5, 2.0, 3.0, 5.0, 7.5], &[1.0, 2.0, 5.0], &[1.0, 3.0], &[1.0]];
        let decade = f64::from(self.bottom - self.top) / (self.hi - self.lo);
        let fits = |set: &&&[f64]| {
            let ends = set.iter().skip(1).copied().chain([10.0]);
            set.iter().zip(ends).all(|(a, b)| (b / a).log10() * decade >= f64::from(apart) * 0.4)
        };
        let set = SETS.iter().find(fits).copied().unwrap_or(&[1.0]);
        let first = lo.log10().floor() as i32;
        let last = hi.log10().ceil() as i32;
        (first..=last)
            .flat_map(|power| set.iter().map(move |m| (m * 10_f64.powi(power), power, *m)))
            .filter(|(value, ..)| (lo..=hi).contains(value))
            .map(|(value, power, mantissa)| {
                let fraction = i32::from(mantissa.fract() > 0.0);
                Tick { value, decimals: usize::try_from(fraction - power).unwrap_or_default() }
            })
            .collect()
    }
}

fn linear_ticks(lo: f64, hi: f64, room: f64) -> Vec<Tick> {
    let rough = (hi - lo) / room;
    if !(rough > 0.0 && rough.is_finite()) {
        return Vec::new();
    }
    let power = rough.log10().floor() as i32;
    let unit = 10_f64.powi(power);
    let (step, decimals) = [(1.0, 0), (2.0, 0), (2.5, 1), (5.0, 0), (10.0, -1)]
        .into_iter()
        .find(|(m, _)| m * unit >= rough * 0.999)
        .map_or((10.0 * unit, -power - 1), |(m, extra)| (m * unit, extra - power));
    let decimals = usize::try_from(decimals).unwrap_or_default();
    let (first, last) = ((lo / step).ceil(), (hi / step).floor());
    // the room bounds the count; the cap is for degenerate floats
    let count = (last - first + 1.0).clamp(0.0, 100.0) as usize;
    (0..count).map(|i| Tick { value: (first + i as f64) * step, decimals }).collect()
}

fn map(value: f64, scale: Scale) -> f64 {
    match scale {
        Scale::Linear => value,
        Scale::Log => value.max(1e-12).log10(),
    }
}

fn unmap(value: f64, scale: Scale) -> f64 {
    match scale {
        Scale::Linear => value,
        Scale::Log => 10_f64.powf(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(axis: &Axis, apart: f32) -> Vec<f64> {
        axis.ticks(apart).iter().map(|tick| tick.value).collect()
    }

    #[test]
    fn linear_ticks_are_round() {
        let axis = Axis::new(31_000.0, 133_000.0, Scale::Linear, 0.0, 320.0);
        assert_eq!(values(&axis, 60.0), [40_000.0, 60_000.0, 80_000.0, 100_000.0, 120_000.0]);
        let axis = Axis::new(0.0101, 0.0149, Scale::Linear, 0.0, 320.0);
        let ticks = axis.ticks(60.0);
        assert_eq!(ticks.iter().map(|t| t.decimals).collect::<Vec<_>>(), [3; 4]);
        assert!((ticks[0].value - 0.011).abs() < 1e-12);
    }

    #[test]
    fn a_log_axis_spreads_ratios_evenly() {
        let axis = Axis::new(100.0, 10_000.0, Scale::Log, 0.0, 200.0);
        assert_eq!((axis.y(100.0), axis.y(1_000.0), axis.y(10_000.0)), (200.0, 100.0, 0.0));
        let axis = Axis::new(3_000.0, 126_000.0, Scale::Log, 0.0, 240.0);
        assert_eq!(
            values(&axis, 50.0),
            [5e3, 10e3, 20e3, 50e3, 100e3],
            "a decade has 148 px, so 1.5 and 2 would be 18 px apart, under the 20 wanted"
        );
    }

    #[test]
    fn what_cannot_be_scaled_is_still_finite() {
        let flat = Axis::new(5.0, 5.0, Scale::Linear, 0.0, 100.0);
        assert_eq!(flat.y(5.0), 50.0);
        let log = Axis::new(0.0, 5.0, Scale::Log, 0.0, 100.0);
        assert!(log.y(-3.0).is_finite() && log.y(f64::INFINITY).is_finite());
        assert!(log.ticks(20.0).len() < 200);
    }
}
