//! What each output of TA-Lib's functions measures.

use domain::tool::Unit;
use ta_lib::abstract_api::{FuncFlags, FuncInfo, OutputInfo, OutputType};

const OSCILLATORS: [&str; 30] = [
    "ADX",
    "ADXR",
    "AROON",
    "AROONOSC",
    "CCI",
    "CHOP",
    "CHOPTR",
    "CMO",
    "CMOU",
    "CRSI",
    "DOSC",
    "DX",
    "IMI",
    "KDJ",
    "MFI",
    "MINUS_DI",
    "PERCENTRANK",
    "PLUS_DI",
    "RSI",
    "RVI",
    "RVIR",
    "SMI",
    "STC",
    "STOCH",
    "STOCHF",
    "STOCHRSI",
    "TSI",
    "ULTOSC",
    "WAVETREND",
    "WILLR",
];
const PERCENTS: [&str; 8] = ["COPPOCK", "CVI", "FOSC", "NATR", "PPO", "PVO", "ROC", "TRIX"];
const SPREADS: [&str; 24] = [
    "AC",
    "ADR",
    "AO",
    "APO",
    "ATR",
    "AVGDEV",
    "DPO",
    "ERI",
    "HT_PHASOR",
    "LINEARREG_SLOPE",
    "MACD",
    "MACDEXT",
    "MACDFIX",
    "MINUS_DM",
    "MOM",
    "PLUS_DM",
    "QSTICK",
    "SQZMOM",
    "STDDEV",
    "SUM",
    "SWAK_2PHP",
    "SWAK_BP",
    "SWAK_HP",
    "TRANGE",
];
const VOLUMES: [&str; 4] = ["AD", "ADOSC", "KVO", "OBV"];

pub(super) fn of(function: &FuncInfo, output: &OutputInfo) -> Unit {
    let name = function.name;
    if output.kind == OutputType::Integer {
        Unit::Count
    } else if OSCILLATORS.contains(&name) {
        Unit::Oscillator
    } else if PERCENTS.contains(&name) {
        Unit::Percent
    } else if SPREADS.contains(&name) {
        Unit::Spread
    } else if VOLUMES.contains(&name) {
        Unit::Volume
    } else if function.flags.contains(FuncFlags::OVERLAP) {
        Unit::Price
    } else {
        Unit::Ratio
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_one_of_the_library() {
        for name in OSCILLATORS.iter().chain(&PERCENTS).chain(&SPREADS).chain(&VOLUMES) {
            assert!(ta_lib::abstract_api::get_func_handle(name).is_some(), "{name}");
        }
    }
}
