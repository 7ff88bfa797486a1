//! The protocol from outside: its laws, its limits, and what is generated from it.

mod conversations;
mod documentation;
mod generated;
mod hostile;
mod laws;
mod mistakes;
mod sizes;
mod strategies;
mod tables;
mod typescript;
mod writers;
