//! What a page is shown on.

/// A screen, in CSS pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Screen {
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The narrowest screen a page must fit: WCAG 2.2, 1.4.10 Reflow.
pub(super) const NARROW: Screen = Screen { width: 320, height: 568 };
pub(super) const PHONE: Screen = Screen { width: 390, height: 844 };
/// The narrowest that is laid out as a desk is.
pub(super) const TABLET: Screen = Screen { width: 720, height: 900 };
pub(super) const DESK: Screen = Screen { width: 1280, height: 900 };

/// The theme a person's system asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub(super) const BOTH: [Self; 2] = [Self::Light, Self::Dark];

    /// The word of `prefers-color-scheme`.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}
