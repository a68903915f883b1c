//! What goes wrong, and what comes of it: kills, vendors, messages, disks, secrets.

mod bench;
mod budget;
mod catalog;
mod charts;
mod clock;
mod damage;
mod desk;
mod disk;
mod exchange;
mod forged;
mod kills;
mod ledger;
mod memory;
mod messages;
mod model;
mod notices;
mod office;
mod order;
mod paid_step;
mod process;
mod random;
mod random_kills;
mod secrets;
mod sweeper;
mod traversal;
mod versions;
