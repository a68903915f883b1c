//! What goes wrong, and what comes of it: kills, vendors, messages, disks, secrets.

mod bench;
mod exchange;
mod kills;
mod ledger;
mod model;
mod notices;
mod random_kills;
