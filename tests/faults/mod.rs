//! What goes wrong, and what comes of it: kills, vendors, messages, disks, secrets.

mod bench;
mod kills;
mod ledger;
mod random_kills;
