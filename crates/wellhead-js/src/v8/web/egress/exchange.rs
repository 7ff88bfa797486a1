//! One request and its response, as a task of the network's threads and its ends in an isolate.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt;
use http::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HeaderMap, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};
use http::{HeaderName, HeaderValue, Method};
use reqwest::Url;
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio::time::Instant;

use super::Egress;
use super::failure::Failure;
use super::redirect::{self, MOST_REDIRECTS, Redirect};

/// Chunks of a body that wait in a channel, either way. The client's own buffers are at most 16 KiB a chunk for
/// HTTP/1.1 and a frame for HTTP/2, so a request holds little.
const CHUNKS_IN_FLIGHT: usize = 4;

/// What an isolate asks for.
pub(super) struct Order {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) headers: HeaderMap,
    pub(super) body: OrderBody,
    pub(super) redirect: Redirect,
}

/// The body of a request.
pub(super) enum OrderBody {
    None,
    /// Can be sent again when a redirect asks for it.
    Whole(Bytes),
    /// Comes as it is made.
    Stream(mpsc::Receiver<Result<Bytes, std::io::Error>>),
}

/// The head of a response; headers are names and values in turn.
#[derive(serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Head {
    status: u16,
    status_text: &'static str,
    url: String,
    redirected: bool,
    headers: Vec<String>,
}

/// The isolate's ends of a running request. Dropped, it ends the request.
pub(super) struct Exchange {
    pub(super) head: Option<oneshot::Receiver<Result<Head, Failure>>>,
    pub(super) chunks: Option<mpsc::Receiver<Result<Bytes, Failure>>>,
    /// Announced to JavaScript, not yet copied.
    pub(super) chunk: Bytes,
    pub(super) body: Option<mpsc::Sender<Result<Bytes, std::io::Error>>>,
    task: AbortHandle,
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The open requests of one isolate.
pub(in crate::v8::web) struct Exchanges {
    egress: Arc<Egress>,
    open: HashMap<u32, Exchange>,
    next: u32,
}

impl Exchanges {
    pub(in crate::v8::web) fn new(egress: Arc<Egress>) -> Self {
        Self {
            egress,
            open: HashMap::new(),
            next: 1,
        }
    }

    pub(super) fn start(
        &mut self,
        mut order: Order,
        upload: Option<mpsc::Sender<Result<Bytes, std::io::Error>>>,
    ) -> Result<u32, Failure> {
        let most = self.egress.options.most_open;
        if self.open.len() >= most {
            return Err(Failure::new(
                "ERR_TOO_MANY_REQUESTS",
                format!(
                    "{most} requests are open already; read or cancel the bodies of their responses"
                ),
            ));
        }
        self.egress.check(&order.url)?;
        order.url.set_fragment(None);
        forget_hop_by_hop(&mut order.headers);
        let (head_out, head) = oneshot::channel();
        let (chunks_out, chunks) = mpsc::channel(CHUNKS_IN_FLIGHT);
        let egress = Arc::clone(&self.egress);
        let task = self.egress.running()?.spawn(async move {
            if let Err(failure) = run(&egress, order, head_out, &chunks_out).await {
                // Nobody listens any more where the isolate gave up.
                let _ = chunks_out.send(Err(failure)).await;
            }
        });
        let id = self.next;
        self.next = self.next.wrapping_add(1).max(1);
        self.open.insert(
            id,
            Exchange {
                head: Some(head),
                chunks: Some(chunks),
                chunk: Bytes::new(),
                body: upload,
                task,
            },
        );
        Ok(id)
    }

    pub(super) fn get(&mut self, id: u32) -> Option<&mut Exchange> {
        self.open.get_mut(&id)
    }

    pub(super) fn drop(&mut self, id: u32) {
        self.open.remove(&id);
    }
}

/// A channel for a body that comes as it is made.
pub(super) fn upload() -> (mpsc::Sender<Result<Bytes, std::io::Error>>, OrderBody) {
    let (send, receive) = mpsc::channel(1);
    (send, OrderBody::Stream(receive))
}

async fn run(
    egress: &Egress,
    order: Order,
    head_out: oneshot::Sender<Result<Head, Failure>>,
    chunks: &mpsc::Sender<Result<Bytes, Failure>>,
) -> Result<(), Failure> {
    let clock = Clock::start(egress.options.total_timeout);
    let followed = follow(egress, &clock, order).await;
    let (response, url, redirected) = match followed {
        Ok(found) => found,
        Err(failure) => {
            let _ = head_out.send(Err(failure));
            return Ok(());
        }
    };
    let head = Head {
        status: response.status().as_u16(),
        status_text: response.status().canonical_reason().unwrap_or(""),
        url: url.into(),
        redirected,
        headers: flat(response.headers()),
    };
    if head_out.send(Ok(head)).is_err() {
        return Ok(());
    }
    let idle = egress.options.idle_timeout;
    let mut body = response.bytes_stream();
    while let Some(chunk) = clock
        .within(idle, "the next part of the body", body.next())
        .await?
    {
        let chunk = chunk.map_err(|error| Failure::from_client(&error))?;
        if !chunk.is_empty() && chunks.send(Ok(chunk)).await.is_err() {
            break;
        }
    }
    Ok(())
}

/// Sends the request, and again wherever redirects lead.
async fn follow(
    egress: &Egress,
    clock: &Clock,
    order: Order,
) -> Result<(reqwest::Response, Url, bool), Failure> {
    let Order {
        mut method,
        mut url,
        mut headers,
        mut body,
        redirect,
    } = order;
    let client = &egress.running()?.client;
    for hop in 0.. {
        let mut request = client
            .request(method.clone(), url.clone())
            .headers(headers.clone());
        let mut streamed = false;
        match std::mem::replace(&mut body, OrderBody::None) {
            OrderBody::None => {}
            OrderBody::Whole(bytes) => {
                request = request.body(bytes.clone());
                body = OrderBody::Whole(bytes);
            }
            OrderBody::Stream(receive) => {
                streamed = true;
                request = request.body(reqwest::Body::wrap_stream(stream(receive)));
            }
        }
        let response = clock
            .within(egress.options.head_timeout, "a response", request.send())
            .await?
            .map_err(|error| Failure::from_client(&error))?;
        let Some(next) = redirect::target(response.status(), response.headers(), &url)? else {
            return Ok((response, url, hop > 0));
        };
        match redirect {
            Redirect::Manual => return Ok((response, url, hop > 0)),
            Redirect::Refuse => {
                return Err(Failure::new(
                    "ERR_REDIRECT",
                    format!("it redirects to {next}"),
                ));
            }
            Redirect::Follow if hop == MOST_REDIRECTS => {
                return Err(Failure::new(
                    "ERR_TOO_MANY_REDIRECTS",
                    format!("it redirects more than {MOST_REDIRECTS} times"),
                ));
            }
            Redirect::Follow => {}
        }
        egress.check(&next)?;
        if redirect::becomes_get(response.status(), &method) {
            method = Method::GET;
            body = OrderBody::None;
            redirect::forget_body(&mut headers);
        } else if streamed {
            return Err(Failure::new(
                "ERR_REDIRECT",
                "it redirects, and a body that is a stream cannot be sent twice",
            ));
        }
        redirect::forget_credentials(&mut headers, &url, &next);
        url = next;
        url.set_fragment(None);
    }
    unreachable!("a chain of redirects ends at its limit")
}

fn stream(
    mut receive: mpsc::Receiver<Result<Bytes, std::io::Error>>,
) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    futures_util::stream::poll_fn(move |cx| receive.poll_recv(cx))
}

/// What is left of a request's time.
struct Clock {
    total: Option<(Instant, Duration)>,
}

impl Clock {
    fn start(total: Option<Duration>) -> Self {
        Self {
            total: total.map(|total| (Instant::now() + total, total)),
        }
    }

    async fn within<T>(
        &self,
        limit: Duration,
        what: &str,
        work: impl Future<Output = T>,
    ) -> Result<T, Failure> {
        let step_end = Instant::now() + limit;
        let (end, limit, what) = match self.total {
            Some((end, total)) if end < step_end => (end, total, "the end of the response"),
            _ => (step_end, limit, what),
        };
        tokio::time::timeout_at(end, work)
            .await
            .map_err(|_| Failure::new("ETIMEDOUT", format!("{what} did not come within {limit:?}")))
    }
}

/// Header names and values from lines that take turns; values are Latin-1.
pub(super) fn parse_headers(lines: &str) -> Result<HeaderMap, Failure> {
    let mut headers = HeaderMap::new();
    let mut lines = lines.split('\n');
    while let (Some(name), Some(value)) =
        (lines.next().filter(|name| !name.is_empty()), lines.next())
    {
        let bytes: Vec<u8> = value.chars().map(|c| c as u8).collect();
        let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(&bytes))
        else {
            return Err(Failure::new(
                "ERR_HEADER",
                format!("the header `{name}` cannot be sent"),
            ));
        };
        headers.append(name, value);
    }
    Ok(headers)
}

fn flat(headers: &HeaderMap) -> Vec<String> {
    headers
        .iter()
        .flat_map(|(name, value)| {
            let value = value.as_bytes().iter().map(|&byte| byte as char).collect();
            [name.as_str().to_owned(), value]
        })
        .collect()
}

/// What belongs to one connection is the client's business.
fn forget_hop_by_hop(headers: &mut HeaderMap) {
    for name in [
        CONNECTION,
        CONTENT_LENGTH,
        EXPECT,
        TE,
        TRAILER,
        TRANSFER_ENCODING,
        UPGRADE,
    ] {
        headers.remove(name);
    }
    headers.remove("keep-alive");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_shorter_of_two_limits_ends_a_step() {
        let never = std::future::pending::<()>;
        let hour = Duration::from_secs(3600);
        let step = Clock::start(Some(hour));
        let failure = step.within(Duration::ZERO, "a response", never()).await;
        assert_eq!(
            failure.unwrap_err(),
            Failure::new("ETIMEDOUT", "a response did not come within 0ns")
        );
        let total = Clock::start(Some(Duration::ZERO));
        let failure = total.within(hour, "a response", never()).await;
        assert_eq!(
            failure.unwrap_err(),
            Failure::new(
                "ETIMEDOUT",
                "the end of the response did not come within 0ns"
            )
        );
        let unlimited = Clock::start(None);
        let done = unlimited.within(hour, "a response", async { 1 }).await;
        assert_eq!(done.unwrap(), 1);
    }

    #[test]
    fn headers_keep_their_bytes() {
        let headers = parse_headers("a\n\u{e4}\na\n2\nb\n\n").unwrap();
        assert_eq!(headers.get("a").unwrap().as_bytes(), [0xe4]);
        assert_eq!(flat(&headers), ["a", "\u{e4}", "a", "2", "b", ""]);
        assert!(parse_headers("a b\nc").is_err());
        assert!(parse_headers("").unwrap().is_empty());
    }
}
