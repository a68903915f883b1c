//! Addresses: `bars[2026-04-20].c`, `observations[0].cites[1]`.

/// A step of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step<'a> {
    /// A name.
    Key(&'a str),
    /// What stands in brackets.
    At(&'a str),
}

/// The steps of an address; `None` if it is none.
pub(crate) fn steps(text: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = Vec::new();
    for part in text.split('.') {
        let mut rest = part;
        let name_end = rest.find('[').unwrap_or(rest.len());
        let (name, tail) = rest.split_at(name_end);
        if name.is_empty() {
            return None;
        }
        steps.push(Step::Key(name));
        rest = tail;
        while !rest.is_empty() {
            let (inner, after) = rest.strip_prefix('[')?.split_once(']')?;
            if inner.is_empty() {
                return None;
            }
            steps.push(Step::At(inner));
            rest = after;
        }
    }
    Some(steps)
}

/// The index in brackets.
pub(crate) fn index(text: &str) -> Option<usize> {
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Step::{At, Key};
    use super::*;

    #[test]
    fn addresses_fall_into_steps() {
        assert_eq!(
            steps("bars[2026-04-29T20:00].c"),
            Some(vec![Key("bars"), At("2026-04-29T20:00"), Key("c")])
        );
        assert_eq!(steps("levels[S1]"), Some(vec![Key("levels"), At("S1")]));
        for bad in ["", ".", "a..b", "a[", "a[]", "a[1]b", "[1]"] {
            assert_eq!(steps(bad), None, "{bad}");
        }
    }
}
