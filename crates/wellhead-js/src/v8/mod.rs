//! The embedded engine.
mod web;
