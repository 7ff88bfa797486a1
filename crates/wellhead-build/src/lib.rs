//! Builds an app: scans its routes, compiles and bundles them for server and browser, and writes a self-describing folder.

pub mod manifest;
