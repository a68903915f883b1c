//! What documents leave out.

/// Whether a field says what documents without it say.
pub(crate) fn is_usual<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
