//! All tests through the public door, in one binary: one link, one set of features.

mod architecture;
mod cli;
mod contracts;
mod flows;
