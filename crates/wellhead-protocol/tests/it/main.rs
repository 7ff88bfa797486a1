//! The protocol from outside: its laws, and its limits.

mod hostile;
mod laws;
mod mistakes;
mod sizes;
mod strategies;
mod tables;
mod writers;
