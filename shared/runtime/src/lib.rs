//! The chassis of a function: configuration, logs, clock, HTTP client, steps and the paid call.
