//! Templates, trees and differences as their users meet them.

mod apply;
mod cases;
mod minimal;
mod minimal_unkeyed;
mod pieces;
mod soup;
mod stream_cases;
mod streams;
mod values;
mod views;
