//! The engine that runs JavaScript in Node processes.
//!
//! Each process takes many calls at once over one socket ([`frame`]). What Rust cannot see from outside, such as which
//! call runs, the process tells; what the process cannot tell because it is stuck or gone, Rust finds out.
//! Commands of live sessions and their news go over the same socket ([`sessions`]).

mod call;
mod death;
mod driver;
mod errors;
mod fate;
mod frame;
mod glue;
mod incoming;
mod mounts;
mod output;
mod pool;
mod process;
mod sessions;
mod tool;
mod worker;

pub(crate) use pool::start;
pub(crate) use tool::{NodeTool, Source};
