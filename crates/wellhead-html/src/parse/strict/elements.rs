//! Which elements the strict parser knows, and where each may stand so that no rule of HTML's tree construction moves,
//! closes or opens anything that the text does not.

use std::sync::LazyLock;

use html5ever::{LocalName, Namespace, QualName, ns};
use rustc_hash::FxHashMap;

/// What an element contains: each element may stand in those that contain its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// Text and most elements.
    Flow,
    /// Parts of a table, and white space.
    Parts,
    /// Rows of a table, and white space.
    Rows,
    /// Cells of a table, and white space.
    Cells,
    /// Columns of a table, and white space.
    Columns,
    /// Options and groups of them.
    Options,
    /// Shapes and what belongs to them.
    Svg,
    /// Text without elements.
    Text,
    /// Text in which references to characters are known, and nothing else.
    EscapableText,
    /// Text as it is, and nothing else.
    RawText,
    /// Nothing, and there is no end tag.
    Void,
}

impl Content {
    /// Whether text that is more than white space stays where it is.
    pub(super) fn takes_text(self) -> bool {
        !matches!(self, Self::Parts | Self::Rows | Self::Cells | Self::Columns)
    }
}

/// A set of elements that are open, as far as they forbid others.
type Open = u8;

const NONE: Open = 0;
const P: Open = 1;
const A: Open = 1 << 1;
const FORM: Open = 1 << 2;
const BUTTON: Open = 1 << 3;
const HEADING: Open = 1 << 4;
const LI: Open = 1 << 5;
const DT_DD: Open = 1 << 6;
const OPTGROUP: Open = 1 << 7;

/// What the parser has to know of an element.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    stands_in: Content,
    pub(super) holds: Content,
    /// None of these may be open around it: its start tag would close it.
    not_inside: Open,
    /// What it is for those inside.
    opens: Open,
    /// What those inside no longer see.
    hides: Open,
}

impl Rule {
    const fn new(stands_in: Content, holds: Content) -> Self {
        Self {
            stands_in,
            holds,
            not_inside: NONE,
            opens: NONE,
            hides: NONE,
        }
    }

    const fn not_inside(self, not_inside: Open) -> Self {
        Self { not_inside, ..self }
    }

    const fn opens(self, opens: Open) -> Self {
        Self { opens, ..self }
    }

    const fn hides(self, hides: Open) -> Self {
        Self { hides, ..self }
    }
}

/// Where the parser is: what the innermost element contains and which elements are open.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inside {
    pub(super) content: Content,
    open: Open,
}

impl Inside {
    /// The inside of a `div`.
    pub(super) const DIV: Self = Self {
        content: Content::Flow,
        open: NONE,
    };

    /// The inside of an element that starts here; `None` if it may not.
    pub(super) fn enter(self, rule: &Rule) -> Option<Self> {
        let fits = rule.stands_in == self.content && rule.not_inside & self.open == NONE;
        fits.then_some(Self {
            content: rule.holds,
            open: (self.open & !rule.hides) | rule.opens,
        })
    }
}

const FLOW: Rule = Rule::new(Content::Flow, Content::Flow);
const BLOCK: Rule = FLOW.not_inside(P);
const SHAPE: Rule = Rule::new(Content::Svg, Content::Svg);

/// Elements of HTML by what the specification's “in body” and “in table” say of their start tags. Those that nest
/// freely, formatting elements among them, do so as long as every element is closed in order.
/// Source: <https://html.spec.whatwg.org/multipage/parsing.html#parsing-main-inbody>.
const HTML: &[(Rule, &[&str])] = &[
    (
        FLOW,
        &[
            "abbr", "audio", "b", "bdi", "bdo", "big", "canvas", "cite", "code", "data", "del",
            "dfn", "em", "font", "i", "ins", "kbd", "label", "legend", "map", "mark", "meter",
            "output", "picture", "progress", "q", "s", "samp", "small", "span", "strike", "strong",
            "sub", "sup", "time", "tt", "u", "var", "video",
        ],
    ),
    (
        BLOCK,
        &[
            "address", "article", "aside", "center", "details", "dialog", "dir", "div", "fieldset",
            "figure", "footer", "header", "hgroup", "main", "nav", "pre", "search", "section",
            "summary",
        ],
    ),
    (BLOCK, &["blockquote", "figcaption"]),
    (BLOCK.opens(P), &["p"]),
    (FLOW.not_inside(A).opens(A), &["a"]),
    (BLOCK.not_inside(P | FORM).opens(FORM), &["form"]),
    (FLOW.not_inside(BUTTON).opens(BUTTON), &["button"]),
    (
        BLOCK.not_inside(P | HEADING).opens(HEADING),
        &["h1", "h2", "h3", "h4", "h5", "h6"],
    ),
    // The search for an item to close ends at the list.
    (BLOCK.hides(LI), &["menu", "ol", "ul"]),
    (BLOCK.not_inside(P | LI).opens(LI), &["li"]),
    (BLOCK.hides(DT_DD), &["dl"]),
    (BLOCK.not_inside(P | DT_DD).opens(DT_DD), &["dd", "dt"]),
    (
        Rule::new(Content::Flow, Content::Parts).not_inside(P),
        &["table"],
    ),
    (Rule::new(Content::Parts, Content::Flow), &["caption"]),
    (Rule::new(Content::Parts, Content::Columns), &["colgroup"]),
    (Rule::new(Content::Columns, Content::Void), &["col"]),
    (
        Rule::new(Content::Parts, Content::Rows),
        &["tbody", "tfoot", "thead"],
    ),
    (Rule::new(Content::Rows, Content::Cells), &["tr"]),
    (Rule::new(Content::Cells, Content::Flow), &["td", "th"]),
    (
        Rule::new(Content::Flow, Content::Options),
        &["datalist", "select"],
    ),
    (
        Rule::new(Content::Options, Content::Options)
            .not_inside(OPTGROUP)
            .opens(OPTGROUP),
        &["optgroup"],
    ),
    (Rule::new(Content::Options, Content::Text), &["option"]),
    (
        Rule::new(Content::Flow, Content::EscapableText),
        &["textarea"],
    ),
    (Rule::new(Content::Flow, Content::RawText), &["style"]),
    (
        Rule::new(Content::Flow, Content::Void),
        &[
            "area", "br", "embed", "img", "input", "source", "track", "wbr",
        ],
    ),
    (
        Rule::new(Content::Flow, Content::Void).not_inside(P),
        &["hr"],
    ),
    (Rule::new(Content::Flow, Content::Svg), &["svg"]),
];

/// Elements of SVG but those in which HTML begins again. No name of an element of HTML that ends an `svg` is among them.
const SVG: &[(Rule, &[&str])] = &[
    (
        SHAPE,
        &[
            "circle", "clipPath", "defs", "ellipse", "g", "image", "line", "marker", "mask",
            "path", "pattern", "polygon", "polyline", "rect", "stop", "symbol", "text", "tspan",
            "use",
        ],
    ),
    (SHAPE, &["linearGradient", "radialGradient"]),
    (Rule::new(Content::Svg, Content::Text), &["desc", "title"]),
];

/// Attributes of SVG whose names the parser keeps, among those without a hyphen: of most others it changes capitals.
const SVG_ATTRIBUTES: [&[&str]; 2] = [
    &[
        "class", "cx", "cy", "d", "dx", "dy", "fill", "filter", "height", "hidden", "href", "id",
        "key", "lang", "mask", "offset", "opacity", "points", "r", "role", "rx", "ry", "stroke",
        "style", "tabindex", "version", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2",
    ],
    &[
        "focusable",
        "gradientTransform",
        "gradientUnits",
        "pathLength",
        "preserveAspectRatio",
        "transform",
    ],
];

type Table = FxHashMap<&'static str, (LocalName, Rule)>;

fn table(source: &[(Rule, &[&'static str])]) -> Table {
    let named = |(rule, names): &(Rule, &[&'static str])| {
        let rule = *rule;
        let names = names.iter();
        names
            .map(move |&name| (name, (LocalName::from(name), rule)))
            .collect::<Vec<_>>()
    };
    source.iter().flat_map(named).collect()
}

static HTML_BY_NAME: LazyLock<Table> = LazyLock::new(|| table(HTML));
static SVG_BY_NAME: LazyLock<Table> = LazyLock::new(|| table(SVG));

/// The element of this name that may be where such content is, as far as it is known.
pub(super) fn find(name: &str, content: Content) -> Option<(QualName, Rule)> {
    let (namespace, table): (Namespace, &Table) = match content {
        Content::Svg => (ns!(svg), &SVG_BY_NAME),
        _ => (ns!(html), &HTML_BY_NAME),
    };
    let (local, rule) = match table.get(name) {
        Some((local, rule)) => (local.clone(), *rule),
        None if content == Content::Flow && is_custom(name) => (LocalName::from(name), FLOW),
        None => return None,
    };
    let namespace = if name == "svg" { ns!(svg) } else { namespace };
    Some((QualName::new(None, namespace, local), rule))
}

/// An element that no rule mentions.
fn is_custom(name: &str) -> bool {
    name.contains('-')
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

/// Whether an attribute of an element of SVG has this name in the tree too.
pub(super) fn keeps_svg_name(name: &str) -> bool {
    SVG_ATTRIBUTES.iter().any(|names| names.contains(&name))
        || name.contains('-') && !name.bytes().any(|byte| byte.is_ascii_uppercase())
}
