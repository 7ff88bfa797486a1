//! Where a piece of HTML stands: the elements around it, as far as they change how it is parsed.

use std::{fmt, sync::Arc};

use html5ever::{LocalName, QualName, local_name, ns};

use crate::names;

/// The elements around a piece of HTML, outermost first, as far as a parser minds them.
///
/// `<tr>` means something in a `tbody` and nothing in a `div`; a `<div>` in a `p` ends it. Contexts that are equal
/// parse everything alike. The default is the inside of a `div`.
///
/// ```
/// use wellhead_html::Context;
///
/// assert_eq!(Context::default(), Context::of(["section", "div"]));
/// assert_ne!(Context::default(), Context::of(["table", "tbody"]));
/// assert_eq!(Context::of(["svg", "g"]).to_string(), "svg > g");
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Context {
    /// `None` for no element, which saves the default an allocation. A `Vec` and no slice, since only what has a size
    /// equals itself without being looked at: the context of a slot and that of what was parsed for it are mostly one.
    path: Option<Arc<Vec<QualName>>>,
}

impl Context {
    /// The inside of the last of these elements. Elements within `svg` and `math` belong to those languages.
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut context = Self::default();
        for name in names {
            let name = LocalName::from(name);
            let namespace = match (&name, context.parent()) {
                (&local_name!("svg"), _) => ns!(svg),
                (&local_name!("math"), _) => ns!(mathml),
                (_, Some(parent))
                    if parent.local != local_name!("foreignObject")
                        && parent.local != local_name!("desc") =>
                {
                    parent.ns.clone()
                }
                _ => ns!(html),
            };
            context = context.inside([&QualName::new(None, namespace, name)]);
        }
        context
    }

    /// The context inside of elements within this one, outermost first.
    pub(crate) fn inside<'q>(&self, elements: impl IntoIterator<Item = &'q QualName>) -> Self {
        let mut path = self.path().to_vec();
        for name in elements {
            // Of several transparent elements in each other one is enough, and none at the outside.
            let skipped = match path.last() {
                None => names::is_transparent(name) || names::is_barrier(name),
                Some(parent) => names::is_transparent(name) && names::is_transparent(parent),
            };
            if !skipped {
                path.push(name.clone());
            }
        }
        Self {
            path: (!path.is_empty()).then(|| Arc::new(path)),
        }
    }

    pub(crate) fn path(&self) -> &[QualName] {
        self.path.as_deref().map_or(&[], Vec::as_slice)
    }

    /// The innermost element; none for one that parses like a `div`.
    pub(crate) fn parent(&self) -> Option<&QualName> {
        self.path().last()
    }

    /// Whether text that is more than white space would be moved or dropped.
    pub(crate) fn refuses_text(&self) -> bool {
        self.parent().is_some_and(names::refuses_text)
    }

    /// The element in which a parser of fragments has to be started.
    pub(crate) fn element(&self) -> QualName {
        self.parent()
            .cloned()
            .unwrap_or_else(|| QualName::new(None, ns!(html), local_name!("div")))
    }
}

/// The inside of an element, whatever is around it: what `innerHTML` knows.
pub(crate) fn context_of(element: &QualName) -> Context {
    Context {
        path: Some(Arc::new(vec![element.clone()])),
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path().is_empty() {
            return f.write_str("div");
        }
        for (index, name) in self.path().iter().enumerate() {
            if index > 0 {
                f.write_str(" > ")?;
            }
            f.write_str(&name.local)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Context({self})")
    }
}
