//! Whatever the strict parser accepts, html5ever parses alike, alone and within a page; and it does accept what it is for.

use proptest::prelude::*;

use super::*;

/// Fails if html5ever does not agree. Gives whether the text was accepted.
#[track_caller]
fn agrees(html: &str, context: &Context) -> bool {
    let Some(strict) = parse(html, context) else {
        return false;
    };
    let wanted = Fragment::parse_unchecked(html, context);
    assert_eq!(strict, wanted, "{html:?} in {context}");
    assert_eq!(strict.context(), wanted.context());
    assert_eq!(strict.check_depth(), Ok(()), "{html:?} in {context}");
    assert_eq!(strict.check_place(context), Ok(()), "{html:?} in {context}");
    true
}

/// Elements that are in the table, and some that are not.
const NAMES: &[&str] = &[
    "a",
    "abbr",
    "address",
    "applet",
    "article",
    "audio",
    "b",
    "big",
    "blockquote",
    "body",
    "br",
    "button",
    "canvas",
    "caption",
    "center",
    "circle",
    "clipPath",
    "clippath",
    "code",
    "col",
    "colgroup",
    "data",
    "datalist",
    "dd",
    "desc",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "font",
    "footer",
    "foreignObject",
    "form",
    "frame",
    "frameset",
    "g",
    "h1",
    "h2",
    "h6",
    "head",
    "header",
    "hgroup",
    "hr",
    "html",
    "i",
    "iframe",
    "image",
    "img",
    "input",
    "label",
    "legend",
    "li",
    "linearGradient",
    "link",
    "listing",
    "main",
    "map",
    "mark",
    "marquee",
    "math",
    "menu",
    "meta",
    "meter",
    "mi",
    "nav",
    "nobr",
    "noembed",
    "noframes",
    "noscript",
    "object",
    "ol",
    "optgroup",
    "option",
    "output",
    "p",
    "param",
    "path",
    "picture",
    "plaintext",
    "pre",
    "q",
    "rb",
    "rp",
    "rt",
    "ruby",
    "s",
    "script",
    "search",
    "section",
    "select",
    "small",
    "source",
    "span",
    "strike",
    "strong",
    "style",
    "sub",
    "summary",
    "sup",
    "svg",
    "table",
    "tbody",
    "td",
    "template",
    "text",
    "textarea",
    "tfoot",
    "th",
    "thead",
    "time",
    "title",
    "tr",
    "track",
    "tspan",
    "tt",
    "u",
    "ul",
    "use",
    "var",
    "video",
    "wbr",
    "x-Y",
    "x-y",
    "xmp",
];

/// Elements that go with each other, so that documents of them have a meaning.
const NESTS: &[&[&str]] = &[
    &["table", "tbody", "tr", "td"],
    &["table", "caption"],
    &["table", "colgroup"],
    &["tr", "th"],
    &["ul", "li"],
    &["ol", "li"],
    &["dl", "dt"],
    &["dl", "div", "dd"],
    &["select", "option"],
    &["select", "optgroup", "option"],
    &["form", "label"],
    &["section", "h2"],
    &["svg", "g"],
    &["svg", "defs", "linearGradient", "stop"],
    &["svg", "title"],
    &["p", "a"],
    &["a", "b", "i"],
    &["b", "b", "b", "b"],
    &["button", "span"],
    &["details", "summary"],
];

const TEXTS: &[&str] = &[
    "text",
    " ",
    "\n",
    "a &amp; b",
    "&lt;",
    "&#39;",
    "&nbsp;",
    "&#13;",
    "x & y",
    "é𝄞",
    "\u{feff}",
    "\u{100000}",
    "<br>",
    "<br/>",
    "<hr />",
    "<img src=\"x\">",
    "<input type='hidden'>",
    "<col>",
    "<path d=\"M0 0\"/>",
    "<!---->",
    "<!-- c -->",
    "<textarea>\n\nx</textarea>",
    "<textarea>a<b</textarea>",
    "<style>a > b { content: '&<' }</style>",
    "<style>&amp;</style>",
    "<!-- <b>x</b> <!- -->",
    "<!--<!-->",
    "<!--a--->",
    // From here on what is refused.
    "&",
    "&notit;",
    "&amp",
    "\0",
    "\r",
    "<",
    "<!x>",
    "<!-->",
    "<!--->-->",
    "<!--a--!>b-->",
    "<!-->x-->",
    "<!--->x-->",
    "<!--\0-->",
    "<!--\r-->",
    "<style>\0</style>",
    "<style>\r</style>",
    "</br>",
    "</p>",
    "<p>",
    "<style></b></style>",
    "<![CDATA[x]]>",
    "<?x?>",
];

const ATTRIBUTES: &[&str] = &[
    "",
    " class=\"x\"",
    " id='1'",
    " disabled",
    " a=\"1\" b=\"2\"",
    "\n title=\"&quot;<>&amp;\n\"",
    " @click=\"save\" ts-key=\"a\"",
    " viewBox=\"0 0 9 9\"",
    " xmlns=\"http://www.w3.org/2000/svg\"",
    " stroke-width=\"2\" d=\"M0 0\"",
    " é=\"é\"",
    // From here on what is refused, at least in some elements.
    " viewbox=\"0\"",
    " xlink:href=\"#x\"",
    " refx=\"1\"",
    " A=\"1\"",
    " A-b=\"1\"",
    " a/b=\"1\"",
    " a=\"1\" a=\"2\"",
    " a=1",
    " a=\"1\"b=\"2\"",
    " a = \"1\"",
    " =\"x\"",
    " a=\"&b\"",
    " a=\"\r\"",
    " a\"b",
    "/",
    " / a",
];

fn contexts() -> Vec<Context> {
    let paths: &[&[&str]] = &[
        &[],
        &["p"],
        &["ul", "li"],
        &["li", "ul"],
        &["dl", "dd"],
        &["table"],
        &["table", "colgroup"],
        &["table", "caption"],
        &["table", "tbody"],
        &["table", "tbody", "tr"],
        &["table", "tbody", "tr", "td"],
        &["table", "tbody", "tr", "td", "a"],
        &["table", "tr"],
        &["tr"],
        &["svg"],
        &["svg", "g"],
        &["svg", "title"],
        &["svg", "foreignObject"],
        &["svg", "foreignObject", "div"],
        &["math", "mi"],
        &["select"],
        &["select", "optgroup"],
        &["select", "option"],
        &["datalist"],
        &["button", "span"],
        &["button", "button"],
        &["a"],
        &["a", "b"],
        &["a", "a"],
        &["p", "div"],
        &["template"],
        &["template", "tr"],
        &["form", "section"],
        &["pre"],
        &["textarea"],
        &["style"],
        &["h1"],
        &["h1", "span"],
        &["x-y"],
        &["object"],
        &["b", "b", "b", "b"],
        &["noscript"],
        &["body"],
    ];
    paths
        .iter()
        .map(|path| Context::of(path.iter().copied()))
        .collect()
}

#[derive(Debug, Clone)]
enum Step {
    Open(Vec<&'static str>, &'static str),
    Close,
    Text(&'static str),
}

/// A document in which every element is closed in order.
fn written(steps: &[Step]) -> String {
    let mut html = String::new();
    let mut open = Vec::new();
    for step in steps {
        match step {
            Step::Open(names, attributes) => {
                for name in names {
                    html.push_str(&format!("<{name}{attributes}>"));
                    open.push(name);
                }
            }
            Step::Close => html.extend(open.pop().map(|name| format!("</{name}>"))),
            Step::Text(text) => html.push_str(text),
        }
    }
    html.extend(open.iter().rev().map(|name| format!("</{name}>")));
    html
}

fn step() -> impl Strategy<Value = Step> {
    let attributes = || {
        prop_oneof![
            6 => Just(""),
            2 => proptest::sample::select(&ATTRIBUTES[..11]),
            1 => proptest::sample::select(ATTRIBUTES),
        ]
    };
    let texts = prop_oneof![4 => proptest::sample::select(&TEXTS[..28]), 1 => proptest::sample::select(TEXTS)];
    prop_oneof![
        3 => (proptest::sample::select(NAMES), attributes())
            .prop_map(|(name, attributes)| Step::Open(vec![name], attributes)),
        3 => (proptest::sample::select(NESTS), attributes())
            .prop_map(|(names, attributes)| Step::Open(names.to_vec(), attributes)),
        4 => Just(Step::Close),
        3 => texts.prop_map(Step::Text),
    ]
}

fn document() -> impl Strategy<Value = String> {
    proptest::collection::vec(step(), 0..12).prop_map(|steps| written(&steps))
}

/// A document of which a part is gone, is there twice or is something else.
fn mutated() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(TEXTS),
        proptest::sample::select(ATTRIBUTES),
        proptest::sample::select(NAMES),
        proptest::sample::select(vec![
            "<", ">", "/", "\"", "'", "=", "-", "&", " ", "\n", "<tr>", "</div>"
        ]),
    ];
    (document(), any::<(u16, u8)>(), piece).prop_map(|(html, (at, length), piece)| {
        let characters: Vec<char> = html.chars().collect();
        let at = usize::from(at) % (characters.len() + 1);
        let end = (at + usize::from(length) % 4).min(characters.len());
        let part = |range: &[char]| range.iter().collect::<String>();
        part(&characters[..at]) + piece + &part(&characters[end..])
    })
}

/// Pieces in no order.
fn soup() -> impl Strategy<Value = String> {
    let tag = (proptest::sample::select(NAMES), any::<bool>()).prop_map(|(name, closes)| {
        if closes {
            format!("</{name}>")
        } else {
            format!("<{name}>")
        }
    });
    let piece = prop_oneof![4 => tag, 1 => proptest::sample::select(TEXTS).prop_map(str::to_owned)];
    proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

/// How many cases of each kind: `STRICT_CASES=100000` for a night.
fn cases() -> u32 {
    std::env::var("STRICT_CASES").map_or(3000, |cases| cases.parse().expect("it is a number"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn documents_are_as_html5ever_parses_them(html in document(), context in proptest::sample::select(contexts())) {
        agrees(&html, &context);
    }

    #[test]
    fn mutated_documents_are_as_html5ever_parses_them(html in mutated(), context in proptest::sample::select(contexts())) {
        agrees(&html, &context);
    }

    #[test]
    fn soup_is_as_html5ever_parses_it(html in soup(), context in proptest::sample::select(contexts())) {
        agrees(&html, &context);
    }

    #[test]
    fn what_was_accepted_is_accepted_as_it_is_written(html in document()) {
        if let Some(fragment) = parse(&html, &Context::default()) {
            prop_assert_eq!(parse(&fragment.html(), &Context::default()), Some(fragment));
        }
    }
}

#[test]
fn every_element_in_every_other_is_as_html5ever_parses_it() {
    for outer in NAMES {
        for inner in NAMES {
            agrees(
                &format!("<{outer}> <{inner}>x</{inner}> </{outer}>x"),
                &Context::default(),
            );
            agrees(
                &format!("<{outer}>x<{inner}></{inner}><i>y</i></{outer}>"),
                &Context::default(),
            );
            agrees(
                &format!("<{outer}><{inner}></{outer}>x"),
                &Context::default(),
            );
        }
    }
}

#[test]
fn every_element_in_every_context_is_as_html5ever_parses_it() {
    for context in contexts() {
        for name in NAMES {
            agrees(&format!(" <{name}>x"), &context);
            agrees(&format!("<{name}>"), &context);
            for inside in ["", "x", " ", "<tr></tr>", "<p>y</p>"] {
                agrees(&format!("<{name}>{inside}</{name}>"), &context);
                agrees(&format!(" <{name}>{inside}</{name}>x"), &context);
            }
        }
        for text in TEXTS {
            agrees(text, &context);
        }
    }
}

/// What the search for an element to close looks at lies between two.
#[test]
fn every_element_between_two_that_could_close_each_other_is_as_html5ever_parses_it() {
    for twice in [
        "a", "button", "dd", "form", "h1", "li", "optgroup", "option", "p", "table", "td", "tr",
    ] {
        for between in NAMES {
            for around in ["div", "ul", "dl", "select"] {
                let html = format!(
                    "<{around}><{twice}><{between}><{twice}>x</{twice}></{between}></{twice}></{around}>"
                );
                agrees(&html, &Context::default());
            }
        }
    }
}

#[test]
fn every_attribute_of_every_element_is_as_html5ever_parses_it() {
    for name in NAMES {
        for attributes in ATTRIBUTES {
            agrees(
                &format!("<{name}{attributes}></{name}>"),
                &Context::default(),
            );
            agrees(&format!("<{name}{attributes}>x"), &Context::default());
            agrees(
                &format!("<svg><{name}{attributes}></{name}></svg>"),
                &Context::default(),
            );
            agrees(
                &format!("<svg><{name}{attributes}/></svg>"),
                &Context::default(),
            );
        }
    }
}

#[test]
fn ordinary_parts_of_pages_are_accepted() {
    let pages = [
        "",
        "text",
        "<p>Some <b>bold</b>, <i>italic</i> and <a href=\"/a?b=1&amp;c=2#d\">linked</a> text.</p>\n<hr>\n<pre><code>if a &lt; b &amp;&amp; c\n</code></pre>",
        "<header><nav><ul class=\"menu\">\n  <li><a href=\"/\">Home</a></li>\n  <li aria-current=\"page\">Here<ul><li>There</li></ul></li>\n</ul></nav></header>",
        "<table class=\"wide\"><caption>Rows</caption><colgroup><col span=\"2\"><col></colgroup>\n<thead>\n<tr><th>Name</th><th>Size</th></tr></thead>\n<tbody>\n<tr ts-key=\"1\"><td>a</td><td><p>1</p></td></tr>\n</tbody></table>",
        "<form action=\"/save\" method=\"post\"><fieldset><legend>You</legend><label>Name <input name=\"name\" value=\"&quot;x&quot;\" required></label><select name=\"s\"><optgroup label=\"g\"><option value=\"1\" selected>One</option></optgroup><option>Two</option></select><textarea name=\"t\" rows=\"3\">a\nb</textarea><button type=\"submit\" disabled>Save</button></fieldset></form>",
        "<button @click=\"s:1\"><svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 24 24\" width=\"24\" class=\"icon\" fill=\"none\" stroke-width=\"2\" aria-hidden=\"true\"><title>Close</title><g><path d=\"M18 6 6 18\"/><circle cx=\"1\" cy=\"2\" r=\"3\"></circle></g></svg></button>",
        "<article><h1>Title</h1><figure><img src='a.png' alt=''><figcaption>A picture</figcaption></figure><dl><dt>Term</dt><dd>Meaning</dd></dl><details open><summary>More</summary><blockquote>It&#39;s &quot;quoted&quot;&nbsp;here</blockquote></details><!-- end --></article>",
        "<video controls><source src=\"a.webm\"><track src=\"a.vtt\"></video><my-element some-attribute=\"x\"><span slot=\"a\">b</span></my-element><br/><style>.a > .b { color: red }</style>",
    ];
    for page in pages {
        assert!(agrees(page, &Context::default()), "{page}");
        assert!(
            agrees(page, &Context::of(["table", "tbody", "tr", "td"])),
            "{page}"
        );
        let again = Fragment::parse_unchecked(page, &Context::default()).html();
        assert!(agrees(&again, &Context::default()), "{again}");
    }
    let rows = "<tr><td>a</td></tr>\n<tr><td>b</td></tr>\n";
    assert!(agrees(rows, &Context::of(["table", "tbody"])));
    assert!(agrees("<li>a</li><li>b</li>", &Context::default()));
    assert!(agrees(
        "<g><path d=\"M0 0\"></path></g>",
        &Context::of(["svg"])
    ));
    assert!(agrees("<option>a</option>", &Context::of(["select"])));
    assert!(agrees(
        &("<b>".repeat(256) + &"</b>".repeat(256)),
        &Context::default()
    ));
}

#[test]
fn what_is_too_deep_is_left_to_the_check_of_depth() {
    let deep = "<b>".repeat(256) + "<br>" + &"</b>".repeat(256);
    assert_eq!(parse(&deep, &Context::default()), None);
}
