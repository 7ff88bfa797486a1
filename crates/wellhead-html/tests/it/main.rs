//! Templates, trees and differences as their users meet them.

mod apply;
mod cases;
mod minimal;
mod soup;
mod values;
mod views;
