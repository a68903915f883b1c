//! Flow definitions as data and the coordinator's pure state machine.
