//! Stores as those meet them who use them.

mod crash;
mod laws;
