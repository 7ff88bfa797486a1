//! Loads a live page as a browser does, and reads what it says of its components.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde::Deserialize;
use tokio::net::TcpStream;
use wellhead_html::Dom;

/// What joins a page.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) token: String,
    pub(crate) socket: String,
    pub(crate) component: String,
    pub(crate) digest: [u8; 8],
    /// How many nodes a browser counts.
    pub(crate) nodes: u32,
    /// The first handler of a click that is in the page.
    pub(crate) handler: Option<String>,
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

/// The address to connect to.
pub(crate) fn authority(url: &Uri) -> Result<String> {
    let host = url.host().context("the address has no host")?;
    Ok(format!("{host}:{}", url.port_u16().unwrap_or(80)))
}

pub(crate) async fn load(url: &Uri) -> Result<Page> {
    let authority = authority(url)?;
    let stream = TcpStream::connect(&authority).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let path = url.path_and_query().map_or("/", |path| path.as_str());
    let request = Request::get(path)
        .header("host", &authority)
        .header("accept", "text/html")
        .body(Empty::<Bytes>::new())?;
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = response.into_body().collect().await?.to_bytes();
    connection.abort();
    let html = String::from_utf8_lossy(&body);
    if !status.is_success() {
        bail!("{url} answers {status}");
    }
    read(&html)
}

fn read(html: &str) -> Result<Page> {
    const BLOCK: &str = "<script type=\"application/json\" id=\"wellhead-live\">";
    const CONTAINER: &str = "<div id=\"wellhead-live-0\" style=\"display:contents\">";
    let missing = "the page has no live component";
    let (before, rest) = html.split_once(BLOCK).context(missing)?;
    let (json, _) = rest.split_once("</script>").context(missing)?;
    let block: Block = serde_json::from_str(json)?;
    let component = block.components.first().context(missing)?;
    let (_, shown) = before.split_once(CONTAINER).context(missing)?;
    let shown = shown.strip_suffix("</div>").unwrap_or(shown);
    let handler = shown
        .split_once("ts-on:click=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(handler, _)| handler.replace("&quot;", "\"").replace("&amp;", "&"));
    Ok(Page {
        digest: u64::from_str_radix(&component.digest, 16)?.to_be_bytes(),
        component: component.token.clone(),
        nodes: Dom::parse(shown).count(),
        handler,
        token: block.token,
        socket: block.socket,
    })
}
