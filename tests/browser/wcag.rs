//! Contrast by WCAG 2.2: relative luminance, contrast ratio, success criterion 1.4.3.

/// A colour, channels and opacity from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Colour {
    channels: [f64; 3],
    opacity: f64,
}

impl Colour {
    /// A computed value, `rgb(r, g, b)` or `rgba(r, g, b, a)`.
    pub(super) fn computed(text: &str) -> Self {
        let inner = text.strip_prefix("rgba(").or_else(|| text.strip_prefix("rgb("));
        let inner =
            inner.and_then(|rest| rest.strip_suffix(')')).unwrap_or_else(|| panic!("no colour: {text}"));
        let numbers: Vec<f64> = inner.split(',').map(|part| part.trim().parse().unwrap()).collect();
        let (&[r, g, b], rest) = numbers.split_first_chunk().unwrap();
        Self {
            channels: [r, g, b].map(|channel| channel / 255.0),
            opacity: rest.first().copied().unwrap_or(1.0),
        }
    }

    /// A value as a design says it, `#RRGGBB`.
    pub(super) fn written(text: &str) -> Self {
        let digits = text.strip_prefix('#').unwrap();
        let channel = |at: usize| f64::from(u8::from_str_radix(&digits[at..at + 2], 16).unwrap()) / 255.0;
        Self { channels: [channel(0), channel(2), channel(4)], opacity: 1.0 }
    }

    pub(super) fn faded(self, opacity: f64) -> Self {
        Self { opacity: self.opacity * opacity, ..self }
    }

    pub(super) fn is_opaque(self) -> bool {
        self.opacity >= 1.0
    }

    /// This colour seen on an opaque one.
    pub(super) fn over(self, ground: Self) -> Self {
        let mut channels = ground.channels;
        for (below, above) in channels.iter_mut().zip(self.channels) {
            *below = above * self.opacity + *below * (1.0 - self.opacity);
        }
        Self { channels, opacity: 1.0 }
    }

    /// "relative luminance" of WCAG 2.2.
    fn luminance(self) -> f64 {
        let [r, g, b] = self.channels.map(|channel| {
            if channel <= 0.04045 { channel / 12.92 } else { ((channel + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * r + 0.7152 * g + 0.0722 * b
    }
}

/// "contrast ratio" of WCAG 2.2, 1 to 21.
pub(super) fn contrast(one: Colour, other: Colour) -> f64 {
    let (a, b) = (one.luminance(), other.luminance());
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// What text must reach at level AA: large text is 18 pt, or 14 pt and bold.
pub(super) fn required(size_px: f64, weight: f64) -> f64 {
    if size_px >= 24.0 || (size_px >= 18.66 && weight >= 700.0) { 3.0 } else { 4.5 }
}

#[test]
fn ratios_are_those_of_others() {
    let ratio = |one, other| format!("{:.2}", contrast(Colour::written(one), Colour::written(other)));
    // the ends of the scale, and the pair that WebAIM names as just under and just over AA
    assert_eq!(ratio("#000000", "#FFFFFF"), "21.00");
    assert_eq!(ratio("#FFFFFF", "#FFFFFF"), "1.00");
    assert_eq!(ratio("#777777", "#FFFFFF"), "4.48");
    assert_eq!(ratio("#767676", "#FFFFFF"), "4.54");
}

#[test]
fn a_veil_of_half_black_on_white_is_grey() {
    let veil = Colour::computed("rgba(0, 0, 0, 0.5)").over(Colour::computed("rgb(255, 255, 255)"));
    assert_eq!(veil, Colour { channels: [0.5; 3], opacity: 1.0 });
}
