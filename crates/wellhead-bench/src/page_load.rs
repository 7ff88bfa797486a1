//! Loads a page as a browser does.

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// The address to connect to.
pub(crate) fn authority(url: &Uri) -> Result<String> {
    let host = url.host().context("the address has no host")?;
    Ok(format!("{host}:{}", url.port_u16().unwrap_or(80)))
}

/// The HTML of a page.
pub(crate) async fn get(url: &Uri) -> Result<String> {
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
    if !status.is_success() {
        bail!("{url} answers {status}");
    }
    Ok(String::from_utf8_lossy(&body).into_owned())
}
