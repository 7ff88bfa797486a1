//! What HTML's specification says of elements and attributes by their names.

use html5ever::{QualName, expanded_name, local_name, ns};

/// Elements of HTML that have no content and no end tag.
pub(crate) fn is_void(name: &QualName) -> bool {
    matches!(
        name.expanded(),
        expanded_name!(html "area")
            | expanded_name!(html "base")
            | expanded_name!(html "basefont")
            | expanded_name!(html "bgsound")
            | expanded_name!(html "br")
            | expanded_name!(html "col")
            | expanded_name!(html "embed")
            | expanded_name!(html "frame")
            | expanded_name!(html "hr")
            | expanded_name!(html "img")
            | expanded_name!(html "input")
            | expanded_name!(html "keygen")
            | expanded_name!(html "link")
            | expanded_name!(html "meta")
            | expanded_name!(html "param")
            | expanded_name!(html "source")
            | expanded_name!(html "track")
            | expanded_name!(html "wbr")
    )
}

/// Elements whose text is written as it is: nothing in it is a tag or a reference to a character.
pub(crate) fn has_raw_text(name: &QualName) -> bool {
    matches!(
        name.expanded(),
        expanded_name!(html "style")
            | expanded_name!(html "script")
            | expanded_name!(html "xmp")
            | expanded_name!(html "iframe")
            | expanded_name!(html "noembed")
            | expanded_name!(html "noframes")
            | expanded_name!(html "noscript")
            | expanded_name!(html "plaintext")
    )
}

/// Elements that contain one text and nothing else, in which references to characters are known.
pub(crate) fn has_escapable_text(name: &QualName) -> bool {
    matches!(
        name.expanded(),
        expanded_name!(html "textarea") | expanded_name!(html "title")
    )
}

/// Elements that contain one text or nothing.
pub(crate) fn has_only_text(name: &QualName) -> bool {
    has_raw_text(name) || has_escapable_text(name)
}

/// Elements whose start tag swallows a line feed that follows it.
pub(crate) fn swallows_line_feed(name: &QualName) -> bool {
    matches!(
        name.expanded(),
        expanded_name!(html "pre")
            | expanded_name!(html "listing")
            | expanded_name!(html "textarea")
    )
}

/// Elements in which text that is more than white space is moved elsewhere or dropped.
pub(crate) fn refuses_text(name: &QualName) -> bool {
    matches!(
        name.expanded(),
        expanded_name!(html "table")
            | expanded_name!(html "tbody")
            | expanded_name!(html "thead")
            | expanded_name!(html "tfoot")
            | expanded_name!(html "tr")
            | expanded_name!(html "colgroup")
            | expanded_name!(html "frameset")
            | expanded_name!(html "head")
            | expanded_name!(html "html")
    )
}

/// Elements that no rule of the parser mentions, or only in ways that do not matter to what is inside them.
///
/// Content means the same inside them as outside, so a [`Context`](crate::Context) leaves them out.
pub(crate) fn is_transparent(name: &QualName) -> bool {
    if name.ns != ns!(html) {
        return false;
    }
    matches!(
        name.local,
        local_name!("div")
            | local_name!("address")
            | local_name!("span")
            | local_name!("abbr")
            | local_name!("bdi")
            | local_name!("bdo")
            | local_name!("cite")
            | local_name!("data")
            | local_name!("del")
            | local_name!("dfn")
            | local_name!("ins")
            | local_name!("kbd")
            | local_name!("label")
            | local_name!("mark")
            | local_name!("meter")
            | local_name!("output")
            | local_name!("progress")
            | local_name!("q")
            | local_name!("samp")
            | local_name!("sub")
            | local_name!("sup")
            | local_name!("time")
            | local_name!("var")
            | local_name!("canvas")
            | local_name!("map")
            | local_name!("video")
            | local_name!("audio")
            | local_name!("picture")
    ) || name.local.contains('-')
}

/// Elements that only end the search for an element to close, so they matter only inside of one that could be closed.
pub(crate) fn is_barrier(name: &QualName) -> bool {
    name.ns == ns!(html)
        && matches!(
            name.local,
            local_name!("article")
                | local_name!("aside")
                | local_name!("blockquote")
                | local_name!("center")
                | local_name!("details")
                | local_name!("dialog")
                | local_name!("dir")
                | local_name!("dl")
                | local_name!("fieldset")
                | local_name!("figcaption")
                | local_name!("figure")
                | local_name!("footer")
                | local_name!("header")
                | local_name!("hgroup")
                | local_name!("main")
                | local_name!("menu")
                | local_name!("nav")
                | local_name!("ol")
                | local_name!("search")
                | local_name!("section")
                | local_name!("summary")
                | local_name!("ul")
        )
}
