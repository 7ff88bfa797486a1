//! Tests of whole apps, in one binary because it links V8.

mod cases;
mod scan;
