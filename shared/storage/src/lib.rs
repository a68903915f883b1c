//! Ports to storage, and the conformance suite that every backend passes.
