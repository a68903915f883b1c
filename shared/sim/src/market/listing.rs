//! What the simulated exchange lists. Names are those of real pairs; the seeded prices are not theirs.

/// A symbol, its steps, and how its seeded path moves.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    pub(crate) symbol: String,
    pub(crate) base: String,
    pub(crate) quote: String,
    /// `TRADING` or `HALT`.
    pub(crate) status: &'static str,
    /// Smallest price step, hundred-millionths.
    pub(crate) tick: i64,
    /// Smallest amount step, hundred-millionths.
    pub(crate) step: i64,
    /// First price, hundred-millionths; the seeded path keeps within sight of it.
    pub(crate) price: i64,
    /// First hour, milliseconds since 1970.
    pub(crate) listed_ms: i64,
    /// Nothing trades from this hour on.
    pub(crate) halted_ms: Option<i64>,
    /// Deviation of an hour's return, millionths.
    pub(crate) sigma: i64,
    /// Turnover of an hour, quote currency.
    pub(crate) turnover: i64,
    /// Hours in ten thousand in which nobody trades.
    pub(crate) quiet: i64,
}

/// 2021-05-01T00:00Z.
const START: i64 = 1_619_827_200_000;

#[rustfmt::skip]
const TABLE: [(&str, i64, i64, i64, i64, i64, i64); 9] = [
    // base, tick, step, first price (hundred-millionths), deviation, turnover, quiet
    ("BTC",      1_000_000,      1_000, 5_769_425_000_000, 5_500, 62_000_000,  0),
    ("ETH",      1_000_000,     10_000,   277_213_000_000, 6_900, 34_000_000,  0),
    ("SOL",      1_000_000,    100_000,     4_331_000_000, 8_800, 11_000_000,  0),
    ("BNB",      1_000_000,    100_000,    61_984_000_000, 6_300,  7_000_000,  0),
    ("XRP",         10_000, 10_000_000,       157_830_000, 7_900,  9_000_000,  0),
    ("ADA",         10_000, 10_000_000,       134_680_000, 8_100,  4_000_000,  1),
    ("DOGE",         1_000, 100_000_000,       33_680_000, 8_700,  6_000_000,  1),
    ("币安人生",      10_000, 10_000_000,        24_350_000, 12_500,   900_000, 15),
    ("LUNA",         1_000, 1_000_000,     1_738_000_000, 9_500,  5_000_000,  0),
];

/// All symbols of the seeded exchange, quoted in USDT.
pub(crate) fn seeded() -> Vec<Listing> {
    TABLE
        .iter()
        .map(|(base, tick, step, price, sigma, turnover, quiet)| Listing {
            symbol: format!("{base}USDT"),
            base: (*base).to_owned(),
            quote: "USDT".to_owned(),
            status: if *base == "LUNA" { "HALT" } else { "TRADING" },
            tick: *tick,
            step: *step,
            price: *price,
            // 2025-10-07T10:00Z
            listed_ms: if *base == "币安人生" { 1_759_831_200_000 } else { START },
            // 2022-05-13T00:00Z
            halted_ms: (*base == "LUNA").then_some(1_652_400_000_000),
            sigma: *sigma,
            turnover: *turnover,
            quiet: *quiet,
        })
        .collect()
}

/// The listing of a recorded symbol; `tick` is taken where the table does not know it.
pub(crate) fn recorded(symbol: &str, tick: i64) -> Listing {
    if let Some(known) = seeded().into_iter().find(|listing| listing.symbol == symbol) {
        return Listing { status: "TRADING", ..known };
    }
    let quotes = ["USDT", "USDC", "FDUSD", "TUSD", "BTC", "ETH", "BNB", "EUR", "TRY"];
    let split = quotes.iter().find_map(|quote| Some((symbol.strip_suffix(quote)?, *quote)));
    let (base, quote) = split.filter(|(base, _)| !base.is_empty()).unwrap_or((symbol, "USDT"));
    Listing {
        symbol: symbol.to_owned(),
        base: base.to_owned(),
        quote: quote.to_owned(),
        status: "TRADING",
        tick,
        step: 1,
        price: 0,
        listed_ms: 0,
        halted_ms: None,
        sigma: 0,
        turnover: 0,
        quiet: 0,
    }
}
