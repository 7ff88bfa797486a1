//! The contract between a web server and whatever renders: a request goes in, a stream of chunks comes out.
//!
//! Nothing here names an engine. A server holds an `Arc<dyn Renderer>`, sends it a [`RenderRequest`] and gets a
//! [`Reply`]: a status, headers and [`Chunks`]. Chunks are pulled, so a slow client slows the renderer down; dropping
//! the future or the chunks cancels the render.
//!
//! ```
//! use std::sync::Arc;
//! use wellhead_render::{Chunks, Part, RenderFuture, RenderRequest, Renderer, Reply, Shape, PoolStats};
//!
//! /// A renderer that greets.
//! struct Greeter;
//!
//! impl Renderer for Greeter {
//!     fn render(&self, request: RenderRequest) -> RenderFuture {
//!         let body = format!("<h1>You asked for {}</h1>", request.url);
//!         Box::pin(async move { Ok(Reply::page(Chunks::full([(Part::Body, body.into())]))) })
//!     }
//!     fn stats(&self) -> PoolStats {
//!         PoolStats::default()
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() {
//! let renderer: Arc<dyn Renderer> = Arc::new(Greeter);
//! let reply = renderer.render(RenderRequest::get("http://localhost/about")).await.unwrap();
//! assert_eq!(reply.shape, Shape::Page);
//! # }
//! ```

mod chunks;
mod error;
pub mod live;
mod reply;
mod request;
mod stats;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use chunks::{Chunk, ChunkSender, Chunks, Closed, Part};
pub use error::{ErrorCode, Frame, RenderError};
pub use reply::{Reply, Shape};
pub use request::{Body, Mounted, PageMounts, RenderRequest, RouteMatch, Target};
pub use stats::{PoolStats, RetireReason};

/// What [`Renderer::render`] returns.
pub type RenderFuture = Pin<Box<dyn Future<Output = Result<Reply, RenderError>> + Send>>;

/// Something that turns requests into replies.
///
/// Implementations are pools: they take many requests at once, queue what they cannot start, and refuse with
/// [`ErrorCode::Overloaded`] what they cannot queue.
pub trait Renderer: Send + Sync + 'static {
    /// Renders one request.
    ///
    /// Cancel-safe in the strong sense: dropping the future, or the chunks of the reply, cancels the render and
    /// frees what it held.
    fn render(&self, request: RenderRequest) -> RenderFuture;

    /// A snapshot of the pool's figures.
    fn stats(&self) -> PoolStats;

    /// What runs the application's live components; the default has none.
    fn live_host(&self) -> Option<Arc<dyn live::LiveHost>> {
        None
    }

    /// Waits until every worker has loaded the application and can answer; the default is ready at once.
    ///
    /// # Errors
    /// The error that keeps the application from loading, such as a syntax error in the server entry.
    fn ready(&self) -> Pin<Box<dyn Future<Output = Result<(), RenderError>> + Send>> {
        Box::pin(std::future::ready(Ok(())))
    }

    /// Stops taking requests, waits for those in flight, then ends the workers.
    fn close(&self) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(std::future::ready(()))
    }
}
