//! Writes documents: the shell, cut and joined with what each route links before the first request, around what the
//! engine renders.

mod shell;
mod stream;
mod writer;

use wellhead_build::manifest::{Manifest, PageAssets};

use shell::Text;
pub(crate) use shell::{Marks, ShellError};
pub(crate) use stream::{OnError, PageStream};
pub(crate) use writer::PageWriter;

/// All fixed text of an app's documents.
#[derive(Debug)]
pub(crate) struct Document {
    /// Up to the route's links, by route number.
    heads: Vec<Text>,
    /// The same for what matches no route.
    error_head: Text,
    between: Text,
    before_state: Text,
    after_state: Text,
    after: Text,
}

impl Document {
    /// Cuts the shell of a bundle. `lang` is the language of pages that name none.
    pub(crate) fn new(manifest: &Manifest, lang: &str) -> Result<Self, ShellError> {
        let lang = &escape(lang);
        let facts = shell::Facts {
            base: &manifest.base,
            version: &manifest.hash,
            lang,
        };
        let shell = shell::cut(&manifest.shell, &facts)?;
        let head = |assets: &PageAssets| {
            let mut head = shell.before_head.clone();
            if manifest.dev {
                // Before every other script, so that none fails unheard.
                head.push(&format!(
                    "<script src=\"{}\" data-build=\"{}\"",
                    crate::dev::SCRIPT_PATH,
                    escape(&manifest.hash)
                ));
                head.push_nonce_attribute();
                head.push("></script>");
            }
            push_links(&mut head, &manifest.base, assets);
            head
        };
        let heads = manifest.routes.iter().map(|route| {
            let Some(page) = &route.page else {
                return head(&PageAssets::default());
            };
            let mut head = head(&page.assets);
            if let (Some(entry), Some(_)) = (&manifest.live_entry, &page.live) {
                push_script(&mut head, "", &format!("{}{entry}", manifest.base));
            }
            head
        });
        let mut before_state = Text::default();
        before_state.push("<script type=\"application/json\" id=\"wellhead-state\">");
        let mut after_state = Text::default();
        after_state.push("</script>");
        if let Some(entry) = &manifest.client_entry {
            push_script(
                &mut after_state,
                " async",
                &format!("{}{entry}", manifest.base),
            );
        }
        Ok(Self {
            heads: heads.collect(),
            error_head: head(&manifest.error_page),
            between: shell.between,
            before_state,
            after_state,
            after: shell.after,
        })
    }

    fn head(&self, route: Option<u32>) -> &Text {
        route
            .and_then(|route| self.heads.get(route as usize))
            .unwrap_or(&self.error_head)
    }

    /// Bytes of fixed text in a document of this route, nearly.
    fn len(&self, route: Option<u32>) -> usize {
        let parts = [
            self.head(route),
            &self.between,
            &self.before_state,
            &self.after_state,
            &self.after,
        ];
        parts.iter().map(|text| text.len()).sum()
    }
}

/// A module, which runs when the document is there, or with ` async` as soon as the module is.
fn push_script(text: &mut Text, attribute: &str, path: &str) {
    let src = escape(path);
    text.push(&format!("<script type=\"module\"{attribute} src=\"{src}\""));
    text.push_nonce_attribute();
    text.push("></script>");
}

fn push_links(head: &mut Text, base: &str, assets: &PageAssets) {
    for path in &assets.styles {
        let href = escape(&format!("{base}{path}"));
        head.push(&format!("<link rel=\"stylesheet\" href=\"{href}\""));
        // A policy of nonces alone asks for it here too.
        head.push_nonce_attribute();
        head.push(">");
    }
    for path in &assets.scripts {
        let href = escape(&format!("{base}{path}"));
        head.push(&format!("<link rel=\"modulepreload\" href=\"{href}\""));
        head.push_nonce_attribute();
        head.push(">");
    }
}

/// Text for HTML, in an element or in an attribute's quotes.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}
