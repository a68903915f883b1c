use market::indicators::Columns;

/// Reads high, low, close and volume of all bars, one column after the other, eight bytes a value, little-endian.
pub(crate) fn read(path: &str) -> Columns {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let values: Vec<f64> = bytes.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect();
    let bars = values.len() / 4;
    let mut columns = values.chunks_exact(bars).map(<[f64]>::to_vec);
    let mut next = || columns.next().unwrap();
    Columns { high: next(), low: next(), close: next(), volume: next() }
}

/// Writes columns the same way, NaN where there is no value.
pub(crate) fn write(path: &str, columns: &[Vec<Option<f64>>]) {
    let values = columns.iter().flatten().map(|value| value.unwrap_or(f64::NAN));
    let bytes: Vec<u8> = values.flat_map(f64::to_le_bytes).collect();
    std::fs::write(path, bytes).unwrap_or_else(|error| panic!("{path}: {error}"));
}
