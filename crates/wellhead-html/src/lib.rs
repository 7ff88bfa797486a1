//! HTML as a tree: templates with slots, escaping, and the difference of two renders as operations on a DOM.
//!
//! A [`Template`] is the fixed part of what a component renders. It is parsed once, by html5ever, which follows the
//! specification that browsers follow, so the tree here is the tree there. A render gives a [`Value`]: templates with a
//! value for each slot, lists, texts. A [`Tree`] holds what the browser shows; [`Tree::diff`] takes the next render and
//! tells how to get there, in [`Operation`]s on numbered nodes. Of a [`Stream`] it knows only the order: the items of such
//! large lists are forgotten when they were told.
//!
//! Texts are escaped for where they stand; HTML as it is comes only as a [`Fragment`]. Nothing here does I/O.

#![forbid(unsafe_code)]

mod context;
mod diff;
mod dom;
mod escape;
mod flat;
mod fragment;
mod held;
mod json;
mod names;
mod operation;
mod parse;
mod rendered;
mod stream;
mod template;
mod tree;
mod url;
mod value;
mod write;

pub use context::Context;
pub use dom::{Dom, DomError, DomNode, DomNodeKind};
pub use fragment::Fragment;
pub use held::Numbers;
pub use operation::{Markup, MarkupSink, Operation};
pub use parse::ParseError;
pub use rendered::{Rendered, RenderedError, TemplateSource, Templates};
pub use stream::Stream;
pub use template::{Template, TemplateError, TemplateProblem};
pub use tree::Tree;
pub use value::{Component, Instance, Value, ValueError};
