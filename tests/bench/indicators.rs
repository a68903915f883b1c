//! The indicators of an artifact, as the exporter computes them.

use std::hint::black_box;

use market::indicators::{Columns, Computer, STANDARD};

use crate::{columns, rounds};

pub(crate) fn repeat(path: &str) {
    let bars = columns::read(path);
    rounds::repeat(|| {
        black_box(standard(black_box(&bars)));
    });
}

fn standard(bars: &Columns) -> Vec<Vec<Option<f64>>> {
    let mut computer = Computer::new(bars);
    STANDARD.map(|name| computer.values(name.parse().unwrap())).into()
}

/// Writes the values to a file, in the order of [`STANDARD`].
pub(crate) fn write(path: &str, out: &str) {
    let bars = columns::read(path);
    columns::write(out, &standard(&bars));
}
