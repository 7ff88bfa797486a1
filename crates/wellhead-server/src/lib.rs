//! The web server: a request comes in over HTTP, is matched to a route, rendered by whatever implements
//! [`Renderer`](wellhead_render::Renderer), composed into a document and streamed out.
//!
//! ```no_run
//! # async fn serve(renderer: std::sync::Arc<dyn wellhead_render::Renderer>) -> Result<(), Box<dyn std::error::Error>> {
//! use wellhead_server::{App, Bundle, Server, config::Config};
//!
//! let config = Config::load(".".as_ref())?;
//! let app = App::new(Bundle::open("build")?, renderer, &config)?;
//! let server = Server::bind(config, Some(app), None).await?;
//! println!("http://{}", server.local_addr()?);
//! server.run(async { tokio::signal::ctrl_c().await.unwrap_or_default() }).await;
//! # Ok(())
//! # }
//! ```

#![forbid(unsafe_code)]

pub mod config;
pub mod routing;

mod app;
mod assets;
mod body;
mod bundle;
mod compose;
mod compress;
mod connection;
mod context;
mod dev;
mod document;
mod encoding;
mod error_page;
mod hex;
mod inspect;
mod internal;
mod live;
mod locate;
mod metrics;
mod record;
mod refusal;
mod respond;
mod security;
mod server;
mod streams;
mod unreadable;
mod upload;

pub use app::App;
pub use bundle::{Bundle, BundleError};
pub use dev::{Dev, Problem};
pub use inspect::InspectServer;
pub use live::TestPages;
pub use server::{Handle, ServeError, Server};
