//! Reads what a live page says of its components.

use anyhow::{Context, Result};
use serde::Deserialize;
use wellhead_html::Dom;

use crate::peer::{between, unescape};

/// What joins a page.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) token: String,
    pub(super) socket: String,
    pub(super) component: String,
    pub(super) digest: [u8; 8],
    /// How many nodes a browser counts.
    pub(super) nodes: u32,
    /// The first handler of a click that is in the page.
    pub(super) handler: Option<String>,
    /// The content of the component.
    pub(super) shown: String,
}

#[derive(Deserialize)]
struct Block {
    token: String,
    socket: String,
    components: Vec<Component>,
}

#[derive(Deserialize)]
struct Component {
    token: String,
    digest: String,
}

pub(super) fn read(html: &str) -> Result<Page> {
    const BLOCK: &str = "<script type=\"application/json\" id=\"wellhead-live\">";
    const CONTAINER: &str = "<div id=\"wellhead-live-0\" style=\"display:contents\">";
    let missing = "the page has no live component";
    let (before, rest) = html.split_once(BLOCK).context(missing)?;
    let (json, _) = rest.split_once("</script>").context(missing)?;
    let block: Block = serde_json::from_str(json)?;
    let component = block.components.first().context(missing)?;
    let (_, shown) = before.split_once(CONTAINER).context(missing)?;
    let shown = shown.strip_suffix("</div>").unwrap_or(shown);
    Ok(Page {
        digest: u64::from_str_radix(&component.digest, 16)?.to_be_bytes(),
        component: component.token.clone(),
        nodes: Dom::parse(shown).count(),
        handler: between(shown, "ts-on:click=\"", "\"").map(unescape),
        shown: shown.to_owned(),
        token: block.token,
        socket: block.socket,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<body><div id="wellhead-live-0" style="display:contents"><button ts-on:click="add([&quot;a&quot;])">0</button></div><script type="application/json" id="wellhead-live">{"token":"t","socket":"/-/live","components":[{"id":"wellhead-live-0","token":"c","digest":"00000000000000ff"}]}</script></body>"#;

    #[test]
    fn a_page_tells_what_joins_it_and_what_it_shows() -> Result<()> {
        let page = read(PAGE)?;
        assert_eq!(
            (&*page.token, &*page.socket, &*page.component),
            ("t", "/-/live", "c")
        );
        assert_eq!(page.digest, [0, 0, 0, 0, 0, 0, 0, 255]);
        assert_eq!(page.handler.as_deref(), Some("add([\"a\"])"));
        // The container, the button and its text.
        assert_eq!(page.nodes, 3);
        assert!(page.shown.ends_with(">0</button>"));
        Ok(())
    }

    #[test]
    fn a_page_without_a_live_component_is_refused() {
        let error = read("<body></body>").expect_err("there is none");
        assert_eq!(error.to_string(), "the page has no live component");
    }
}
