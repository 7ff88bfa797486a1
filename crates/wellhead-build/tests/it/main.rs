//! Tests of whole apps, in one binary because it links V8.

mod app;
mod bundle;
mod cases;
mod components;
mod problems;
mod scan;
mod styles;
