//! What is deployed, as far as it can be known without an account: Terraform's plan on a stand-in for the provider,
//! images, builds, and the page that a person follows.

mod functions;
mod grants;
mod logs;
mod mistakes;
mod plan;
mod secrets;
mod terraform;
