//! Builds an app: scans its routes, compiles and bundles them for server and browser, and writes a self-describing folder.

mod alias;
mod asset;
mod atomic;
mod builder;
mod bundling;
mod cache;
mod chunking;
mod component;
mod css;
mod diagnostic;
mod env;
mod generate;
mod hash;
pub mod manifest;
mod media_type;
mod options;
mod output;
mod plugins;
mod report;
mod runtime;
mod scan;
mod session;
mod surroundings;
mod svelte;
mod threads;
mod types;
mod unused;

pub use builder::{Builder, build};
pub use component::{Component, Components};
pub use diagnostic::{Diagnostic, Frame, Severity};
pub use options::{BuildOptions, ClientMaps};
pub use report::{BuildError, Report, counted};
pub use scan::{
    Flag, Hooks, Node, NodeKind, Page, PageOptions, Prerender, Revalidate, Route, Routes, scan,
};
