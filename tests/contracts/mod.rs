//! One conformance suite a port, passed by every backend, and what each backend promises beyond it.

pub(crate) mod platform_gcp;
mod platform_local;
pub(crate) mod samples;
