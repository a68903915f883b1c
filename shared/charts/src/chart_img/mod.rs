//! Chart-IMG.
