//! Peer: an axum handler that sends one constant string, the least an axum server can do for a page.

use axum::{Router, response::Html, routing::get};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args()
        .nth(1)
        .ok_or("usage: axum-constant BODY.html")?;
    let body: &'static str = std::fs::read_to_string(path)?.leak();
    let app = Router::new().route("/{page}", get(move || async move { Html(body) }));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    println!("http://{}", listener.local_addr()?);
    axum::serve(listener, app).await?;
    Ok(())
}
