use domain::tool::Unit;
use ta_lib::abstract_api::{FuncInfo, Group, InputType, OptInputInfo, OptInputType, funcs};

use super::units;

/// Longest period that is computed: the bars of history that are read.
const LONGEST: i32 = 1000;
/// Largest real parameter, either side of zero.
const LARGEST: f64 = 1000.0;

/// Left out: what depends on nothing but the place in the series, counts an index of it, wants a second series, or is
/// asked for by a tool of its own.
const LEFT_OUT: [&str; 16] = [
    "ADD",
    "BETA",
    "CORREL",
    "CUMSUM",
    "DIV",
    "FRACTAL",
    "MAVP",
    "MAXINDEX",
    "MININDEX",
    "MINMAXINDEX",
    "MULT",
    "SUB",
    "SUM",
    "VAR",
    "VWAP",
    "ZIGZAG",
];

/// An indicator that can be asked for.
#[derive(Debug, Clone)]
pub struct Entry {
    /// TA-Lib's name, in capitals.
    pub name: &'static str,
    /// What it is, in a few words.
    pub hint: &'static str,
    /// What may be set of it.
    pub parameters: Vec<Parameter>,
    /// Its outputs and what they measure.
    pub outputs: Vec<(String, Unit)>,
    pub(super) function: &'static FuncInfo,
}

/// A parameter of an indicator.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Its name, `TimePeriod`.
    pub name: &'static str,
    /// What it may be.
    pub range: Range,
}

/// What a parameter may be, and is unless set.
#[derive(Debug, Clone, PartialEq)]
pub enum Range {
    /// A whole number.
    Whole {
        /// Smallest.
        min: i32,
        /// Largest.
        max: i32,
        /// Unless set.
        usual: i32,
    },
    /// A number.
    Real {
        /// Smallest.
        min: f64,
        /// Largest.
        max: f64,
        /// Unless set.
        usual: f64,
    },
    /// One of these numbers, each with its name.
    Listed {
        /// The numbers.
        values: &'static [(i64, &'static str)],
        /// Unless set.
        usual: i64,
    },
}

/// Every indicator that can be asked for, by name.
pub fn catalogue() -> Vec<Entry> {
    funcs().filter(|function| is_offered(function)).map(entry).collect()
}

/// The indicator of that name, whatever its case.
pub(super) fn named(name: &str) -> Option<Entry> {
    funcs().find(|function| function.name.eq_ignore_ascii_case(name) && is_offered(function)).map(entry)
}

fn is_offered(function: &FuncInfo) -> bool {
    let group = matches!(function.group, Group::MathTransform | Group::PatternRecognition);
    !group
        && !LEFT_OUT.contains(&function.name)
        && function.inputs.iter().all(|input| input.kind != InputType::Integer)
}

fn entry(function: &'static FuncInfo) -> Entry {
    Entry {
        name: function.name,
        hint: function.hint,
        parameters: function.opt_inputs.iter().filter_map(parameter).collect(),
        outputs: function
            .outputs
            .iter()
            .map(|o| (output(function, o.param_name), units::of(function, o)))
            .collect(),
        function,
    }
}

/// `None` for a list of reals, which no function has.
fn parameter(input: &'static OptInputInfo) -> Option<Parameter> {
    let range = match input.kind {
        OptInputType::IntegerRange { min, max, default, .. } => {
            Range::Whole { min, max: max.min(LONGEST), usual: default }
        }
        OptInputType::RealRange { min, max, default, .. } => {
            Range::Real { min: min.max(-LARGEST), max: max.min(LARGEST), usual: default }
        }
        OptInputType::IntegerList { values, default } => Range::Listed { values, usual: default },
        OptInputType::RealList { .. } => return None,
    };
    let name = input.param_name.strip_prefix("optIn").unwrap_or(input.param_name);
    Some(Parameter { name, range })
}

/// `outRealUpperBand` is `upperband`; the only output has the indicator's own name.
fn output(function: &FuncInfo, name: &str) -> String {
    let name = name.strip_prefix("out").unwrap_or(name);
    let name = match name.strip_prefix("Real") {
        Some("") | None if name == "Real" || name == "Integer" => function.name,
        Some(rest) => rest,
        None => name,
    };
    name.to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_parameters_and_outputs_are_the_librarys() {
        let all = catalogue();
        assert!(all.len() > 130, "{}", all.len());
        let of = |name: &str| named(name).unwrap();
        let stochastic = of("stochrsi");
        let names: Vec<_> = stochastic.parameters.iter().map(|parameter| parameter.name).collect();
        assert_eq!(names, ["TimePeriod", "FastK_Period", "FastD_Period", "FastD_MAType"]);
        let outputs: Vec<_> = stochastic.outputs.iter().map(|(name, unit)| (name.as_str(), *unit)).collect();
        assert_eq!(outputs, [("fastk", Unit::Oscillator), ("fastd", Unit::Oscillator)]);
        assert_eq!(of("RSI").outputs, [("rsi".to_owned(), Unit::Oscillator)]);
        assert_eq!(of("HT_TRENDMODE").outputs, [("ht_trendmode".to_owned(), Unit::Count)]);
        let bands: Vec<_> = of("BBANDS").outputs.into_iter().map(|(name, _)| name).collect();
        assert_eq!(bands, ["upperband", "middleband", "lowerband"]);
        for left_out in ["SIN", "CDLDOJI", "ADD", "MAVP", "CORREL", "nope", ""] {
            assert!(named(left_out).is_none(), "{left_out}");
        }
        for name in LEFT_OUT {
            assert!(ta_lib::abstract_api::get_func_handle(name).is_some(), "{name}");
        }
        for entry in &all {
            assert_eq!(entry.parameters.len(), entry.function.opt_inputs.len(), "{}", entry.name);
        }
    }
}
