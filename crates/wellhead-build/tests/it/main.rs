//! Tests of whole apps, in one binary because it links V8.

mod app;
mod bundle;
mod cache;
mod cases;
mod components;
mod features;
mod live;
mod problems;
mod production;
mod scan;
mod styles;
mod types;
