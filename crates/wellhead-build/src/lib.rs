//! Builds an app: scans its routes, compiles and bundles them for server and browser, and writes a self-describing folder.

mod diagnostic;
pub mod manifest;
mod scan;

pub use diagnostic::{Diagnostic, Frame, Severity};
pub use scan::{
    Flag, Hooks, Node, NodeKind, Page, PageOptions, Prerender, Revalidate, Route, Routes, scan,
};
