//! The engines, tested through the public contract.

mod tool;
