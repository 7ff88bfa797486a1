//! Templates, trees and differences as their users meet them.

mod apply;
mod cases;
mod minimal;
mod pieces;
mod soup;
mod values;
mod views;
