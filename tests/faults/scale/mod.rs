//! The faults at the scale of figures: every place, many seeds, every n-th call of the system. Hours of them, so they
//! are left to `./test --figures`; `./test` has samples of each.

mod input_output;
mod kills;
mod messages;
