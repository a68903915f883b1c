//! The pages of a server, by what a person does with them.

mod axe;
mod elsewhere;
mod hostile;
mod language;
mod looks;
mod ran;
mod stage;
mod states;
