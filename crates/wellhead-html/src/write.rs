//! A fragment as HTML that a browser parses to the same fragment.

use std::ops::Range;

use html5ever::{Namespace, QualName, ns};

use crate::{
    escape,
    fragment::{Data, Element, Fragment},
    names,
};

impl Fragment {
    /// The HTML that a browser parses to this fragment, in the context that it was parsed for.
    ///
    /// ```
    /// use wellhead_html::{Context, Fragment};
    ///
    /// let fragment = Fragment::parse("<ul><li>one<li title='1 > 0'>two", &Context::default())?;
    /// assert_eq!(fragment.html(), r#"<ul><li>one</li><li title="1 > 0">two</li></ul>"#);
    /// # Ok::<(), wellhead_html::ParseError>(())
    /// ```
    pub fn html(&self) -> String {
        let mut out = String::new();
        self.write(0..self.nodes.len(), &mut out);
        out
    }

    /// Writes the siblings that `range` consists of, with all that is in them.
    pub(crate) fn write(&self, range: Range<usize>, out: &mut String) {
        // Elements that are open, and where they end.
        let mut open: Vec<usize> = Vec::new();
        let end = range.end;
        let mut index = range.start;
        loop {
            while let Some(&element) = open.last()
                && self.end(element) == index
            {
                open.pop();
                self.write_end_tag(element, out);
            }
            if index >= end {
                break;
            }
            match &self.nodes[index].data {
                Data::Text(text) => match open.last().and_then(|&parent| self.element(parent)) {
                    Some(parent) if names::has_raw_text(&parent.name) => out.push_str(text),
                    _ => escape::text(text, out),
                },
                Data::Comment(text) => {
                    out.push_str("<!--");
                    out.push_str(text);
                    out.push_str("-->");
                }
                Data::Element(element) => {
                    write_start_tag(element, out);
                    if names::swallows_line_feed(&element.name) && self.begins_with_line_feed(index)
                    {
                        out.push('\n');
                    }
                    open.push(index);
                }
            }
            index += 1;
        }
    }

    fn write_end_tag(&self, index: usize, out: &mut String) {
        if let Some(element) = self.element(index)
            && !names::is_void(&element.name)
        {
            out.push_str("</");
            out.push_str(&element.name.local);
            out.push('>');
        }
    }

    /// Whether the first thing in an element is a line feed, or a slot, which may be one.
    fn begins_with_line_feed(&self, index: usize) -> bool {
        let first = index + 1;
        first < self.end(index)
            && match &self.nodes[first].data {
                Data::Text(text) => text.starts_with(|c| c == '\n' || crate::template::is_slot(c)),
                Data::Comment(text) => text.starts_with(crate::template::is_slot),
                Data::Element(_) => false,
            }
    }
}

fn write_start_tag(element: &Element, out: &mut String) {
    out.push('<');
    out.push_str(&element.name.local);
    for attribute in &element.attributes {
        out.push(' ');
        push_name(&attribute.name, out);
        out.push_str("=\"");
        escape::attribute(&attribute.value, out);
        out.push('"');
    }
    out.push('>');
}

/// The name as it is in HTML: `xlink:href` is one name there and two in the DOM.
pub(crate) fn push_name(name: &QualName, out: &mut String) {
    if let Some(prefix) = prefix(&name.ns)
        && name.local != *"xmlns"
    {
        out.push_str(prefix);
        out.push(':');
    }
    out.push_str(&name.local);
}

fn prefix(namespace: &Namespace) -> Option<&'static str> {
    match *namespace {
        ns!(xlink) => Some("xlink"),
        ns!(xml) => Some("xml"),
        ns!(xmlns) => Some("xmlns"),
        _ => None,
    }
}

/// The name of an attribute of an element in this namespace.
pub(crate) fn split_name(name: &str, element: &Namespace) -> QualName {
    let namespaced = match name.split_once(':') {
        Some(("xlink", local)) => Some((ns!(xlink), "xlink", local)),
        Some(("xml", local)) => Some((ns!(xml), "xml", local)),
        Some(("xmlns", local)) => Some((ns!(xmlns), "xmlns", local)),
        _ if name == "xmlns" => Some((ns!(xmlns), "", name)),
        _ => None,
    };
    match namespaced {
        // html5ever has an empty prefix for `xmlns`, not none.
        Some((namespace, prefix, local)) if *element != ns!(html) => {
            QualName::new(Some(prefix.into()), namespace, local.into())
        }
        _ => QualName::new(None, ns!(), name.into()),
    }
}
