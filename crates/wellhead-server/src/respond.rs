//! The way of a request: one function that names its stages.

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use futures_util::FutureExt;
use http::request::Parts;
use http::{Request, Response, StatusCode};
use http_body::Body as _;
use hyper::body::Incoming;
use wellhead_render::{Body as Upload, RenderRequest, Reply};

use crate::app::App;
use crate::body::Body;
use crate::compose::compose;
use crate::compress::{Negotiation, compress};
use crate::connection::Activity;
use crate::context::Context;
use crate::live::{self, Mounts};
use crate::locate::{Place, locate};
use crate::metrics::RouteLabel;
use crate::refusal::Refusal;
use crate::server::Shared;
use crate::{dev, internal, security, upload};

/// Answers a request, whatever happens: context → answer → headers of the server → record.
pub(crate) async fn respond(
    shared: Arc<Shared>,
    activity: Arc<Activity>,
    peer: SocketAddr,
    request: Request<Incoming>,
) -> Response<Body> {
    let (head, incoming) = request.into_parts();
    activity.expect_body(!incoming.is_end_stream());
    let mut context = Context::accept(shared, activity, peer, &head);
    let answer = AssertUnwindSafe(answer(&mut context, head, incoming))
        .catch_unwind()
        .await;
    let answer = answer.unwrap_or_else(|_| Err(Refusal::internal_error()));
    let response = answer.unwrap_or_else(|refusal| refusal.into_response(&context));
    context.finish(response)
}

/// The stages: server's own? → asset? → guard → match route → receive → render → compose → compress.
async fn answer(
    context: &mut Context,
    mut head: Parts,
    incoming: Incoming,
) -> Result<Response<Body>, Refusal> {
    if context.shared.dev.is_some() && head.uri.path() == dev::REPORT_PATH {
        return dev::report(context, &head, incoming).await;
    }
    if head.uri.path() == live::SOCKET_PATH {
        return live::open(context, &mut head);
    }
    if let Some(answer) = internal::answer(context) {
        return answer;
    }
    let app = context.shared.app().ok_or(Refusal::NoApp)?;
    let origin = context.origin()?.to_owned();
    if let Some(answer) = asset(context, &app, &head).await {
        return answer;
    }
    if security::is_forged_form(&head, &incoming, &origin, &context.shared.config.security) {
        tracing::warn!(trace = context.record.trace, %origin, "a form from another origin was refused; behind a proxy, set server.origin or server.trusted_proxies");
        return Err(Refusal::new(
            StatusCode::FORBIDDEN,
            "Cross-site form submissions are forbidden",
        ));
    }
    let place = locate(&app, &head, &origin)?;
    context.set_route(&app, place.routes.first().map(|first| first.route));
    let (body, outcome) = upload::receive(incoming, &context.shared.config.server).await?;
    let negotiation = Negotiation::new(&head.headers, &place, &context.shared.config.server);
    let identity = live::identity(&head.headers, &context.shared.config);
    let mounts = app
        .is_live(&place.routes)
        .map(|live| Mounts::new(live, &identity));
    let (condition, mut request) = (
        head.headers.get(http::header::IF_NONE_MATCH).cloned(),
        build(context, head, origin, place, body),
    );
    request.mounts = mounts.as_ref().map(|mounts| mounts.mounts.clone());
    let reply = render(context, &app, request).await;
    if let Some(refusal) = outcome.refusal() {
        return Err(refusal);
    }
    let reply = reply?;
    if let Some(live) = app.live.get()
        && live::changes_identity(&reply.headers, &context.shared.config)
    {
        live.disconnect(&identity).await;
    }
    if let Some(mounts) = mounts
        && reply.status.is_success()
        && context.record.method == http::Method::GET
    {
        mounts.park().await;
        context.is_live = true;
    }
    let response = compose(context, &app, reply, condition);
    Ok(compress(response, &negotiation))
}

async fn asset(
    context: &mut Context,
    app: &App,
    head: &Parts,
) -> Option<Result<Response<Body>, Refusal>> {
    let path = head.uri.path().strip_prefix(app.base.as_str())?;
    if !app.assets.contains(path) {
        // A hashed name that is gone belongs to another build: no page of the app, and not to be remembered.
        return path
            .starts_with("/_app/immutable/")
            .then(|| Err(Refusal::not_found()));
    }
    context.record.route = Arc::clone(&context.shared.labels.asset);
    if !matches!(
        context.record.method,
        http::Method::GET | http::Method::HEAD
    ) {
        return Some(Err(Refusal::method("GET, HEAD")));
    }
    let served = app
        .assets
        .serve(path, &head.method, &head.headers, &context.shared.metrics)
        .await?;
    Some(served.map_err(|error| {
        tracing::error!(trace = context.record.trace, path, %error, "an asset cannot be read");
        Refusal::internal_error()
    }))
}

fn build(
    context: &Context,
    head: Parts,
    origin: String,
    place: Place,
    body: Upload,
) -> RenderRequest {
    let mut url = origin;
    url.push_str(head.uri.path_and_query().map_or("/", |path| path.as_str()));
    let mut request = RenderRequest::get(url);
    request.method = head.method;
    request.headers = head.headers;
    request.body = body;
    request.client = Some(context.client);
    request.target = place.target;
    request.routes = place.routes;
    request.trace_id.clone_from(&context.record.trace);
    request.nonce.clone_from(&context.nonce);
    request
}

async fn render(
    context: &mut Context,
    app: &App,
    request: RenderRequest,
) -> Result<Reply, Refusal> {
    let started = Instant::now();
    let reply = app.renderer.render(request).await;
    let took = started.elapsed();
    context
        .shared
        .metrics
        .renders
        .get_or_create(&RouteLabel(Arc::clone(&context.record.route)))
        .observe(took.as_secs_f64());
    context.render_time = Some(took);
    Ok(reply?)
}
