//! What is deployed, as far as it can be known without an account: Terraform's plan on a stand-in for the provider,
//! images, builds, and the page that a person follows.

mod builds;
mod functions;
mod grants;
mod images;
mod inventory;
mod judges;
mod logs;
mod mistakes;
mod plan;
mod scripts;
mod secrets;
mod terraform;
mod upgrades;

pub(crate) use grants::agreed;
