//! A recommendation from the reports of a run: what it is made from, what code computes of its plan, what is kept.

mod account;
mod document;
mod inputs;
mod liquidation;
mod size;
mod strength;
pub(crate) mod verdict;

pub(crate) use document::{build, result, row};
pub(crate) use inputs::Inputs;
