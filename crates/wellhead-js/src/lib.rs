//! Engines that run JavaScript: embedded V8 isolates and a pool of Node processes, behind one contract.

#[cfg(feature = "v8")]
mod v8;
