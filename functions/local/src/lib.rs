//! The binary topdown: every function in one process.
