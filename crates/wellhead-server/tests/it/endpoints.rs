//! Where requests go: pages, data, endpoints, redirects, methods.

use std::sync::{Arc, Mutex};

use wellhead_build::manifest::TrailingSlash;
use wellhead_render::{Body, Chunks, Part, RenderRequest, Reply, Target};

use crate::fake::{Running, Site, endpoint, page, recorder, site};

type Seen = Arc<Mutex<Vec<RenderRequest>>>;

async fn recorded(site: Site) -> (Seen, Running) {
    let seen = Seen::default();
    let server = site
        .serve(recorder(&seen, || {
            Reply::raw(Chunks::full([(Part::Body, "raw".into())]))
        }))
        .await;
    (seen, server)
}

fn last(seen: &Seen) -> RenderRequest {
    seen.lock().unwrap().pop().expect("a render")
}

#[tokio::test]
async fn parameters_reach_the_renderer_decoded() {
    let (seen, server) = recorded(site([page("/[a=int]/x"), page("/[a]/[...rest]")])).await;
    assert_eq!(server.get("/%C3%A9/x/y?q=%20").await.status, 200);
    let request = last(&seen);
    assert_eq!(request.url, "http://site.test/%C3%A9/x/y?q=%20");
    assert_eq!(request.routes.len(), 1);
    assert_eq!(
        request.routes[0].params,
        [("a".into(), "é".into()), ("rest".into(), "x/y".into())]
    );
    server.get("/7/x").await;
    assert_eq!(
        last(&seen)
            .routes
            .iter()
            .map(|found| found.route)
            .collect::<Vec<_>>(),
        [0, 1]
    );
}

#[tokio::test]
async fn data_is_asked_for_below_the_page() {
    let (seen, server) = recorded(site([page("/"), page("/a"), endpoint("/b")])).await;
    for (path, route) in [("/__data.json", 0), ("/a/__data.json?x=1", 1)] {
        server.get(path).await;
        let request = last(&seen);
        assert_eq!(
            (request.target, request.routes[0].route),
            (Target::Data, route),
            "{path}"
        );
    }
    server.get("/b/__data.json").await;
    assert!(last(&seen).routes.is_empty());
}

#[tokio::test]
async fn a_route_that_is_both_answers_by_method_and_accept() {
    let mut both = page("/x");
    both.endpoint = endpoint("/").endpoint;
    let (seen, server) = recorded(site([both])).await;
    let html = ("accept", "text/html,*/*;q=0.8");
    let answer = server.get_with("/x", &[html]).await;
    assert_eq!(
        (last(&seen).target, answer.header("vary")),
        (Target::Page, "Accept")
    );
    server.get("/x").await;
    assert_eq!(last(&seen).target, Target::Endpoint);
    server.send("PUT", "/x", &[html], "").await;
    assert_eq!(last(&seen).target, Target::Endpoint);
}

#[tokio::test]
async fn a_page_says_what_it_can_be_asked() {
    let (seen, server) = recorded(site([page("/x"), endpoint("/y")])).await;
    let refused = server.send("DELETE", "/x", &[], "").await;
    assert_eq!(
        (refused.status.as_u16(), refused.header("allow")),
        (405, "GET, HEAD, OPTIONS")
    );
    let asked = server.send("OPTIONS", "/x", &[], "").await;
    assert_eq!(
        (asked.status.as_u16(), asked.header("allow")),
        (204, "GET, HEAD, OPTIONS")
    );
    assert!(seen.lock().unwrap().is_empty());
    server.send("DELETE", "/y", &[], "").await;
    assert_eq!(last(&seen).method, "DELETE");
}

#[tokio::test]
async fn the_policy_for_slashes_redirects() {
    let mut always = page("/always");
    always.page.as_mut().unwrap().trailing_slash = TrailingSlash::Always;
    let mut ignore = page("/ignore");
    ignore.page.as_mut().unwrap().trailing_slash = TrailingSlash::Ignore;
    let mut listing = endpoint("/listing");
    listing.endpoint.as_mut().unwrap().trailing_slash = TrailingSlash::Always;
    let mut both = page("/both");
    both.endpoint = listing.endpoint.clone();
    let (_, server) = recorded(site([
        page("/never"),
        always,
        ignore,
        endpoint("/api"),
        listing,
        both,
        page("/[...all]"),
    ]))
    .await;
    for (path, to) in [
        ("/never/?q=1", "/never?q=1"),
        ("/always", "/always/"),
        ("/api/", "/api"),
        ("/listing", "/listing/"),
        ("/both/", "/both"),
        ("//evil.test/", "http://site.test//evil.test"),
    ] {
        let answer = server.get(path).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (308, to),
            "{path}"
        );
    }
    for path in [
        "/never",
        "/always/",
        "/ignore",
        "/ignore/",
        "/api",
        "/listing/",
        "/both",
    ] {
        assert_eq!(server.get(path).await.status, 200, "{path}");
    }
}

#[tokio::test]
async fn everything_is_below_the_base() {
    let mut site = site([page("/"), page("/a")]).file("/robots.txt", b"r", None);
    site.base = "/base".into();
    let (seen, server) = recorded(site).await;
    assert_eq!(server.get("/base").await.header("location"), "/base/");
    assert_eq!(server.get("/base/a").await.status, 200);
    assert_eq!(last(&seen).routes[0].route, 1);
    assert_eq!(server.get("/base/robots.txt").await.text(), "r");
    for path in ["/a", "/robots.txt", "/basement"] {
        assert_eq!(server.get(path).await.status, 404, "{path}");
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_decoded_is_a_bad_request() {
    let (seen, server) = recorded(site([page("/[...all]")])).await;
    for path in ["/%ff", "/%", "/a%zz"] {
        let answer = server.get(path).await;
        assert_eq!(answer.status, 400, "{path}");
        assert!(answer.text().contains("escape"), "{}", answer.text());
    }
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_body_reaches_the_renderer() {
    let (seen, server) = recorded(site([endpoint("/api")])).await;
    server
        .send(
            "POST",
            "/api",
            &[("content-type", "application/json")],
            "{}",
        )
        .await;
    assert!(matches!(last(&seen).body, Body::Full(bytes) if bytes == "{}"));
    server.get("/api").await;
    assert!(matches!(last(&seen).body, Body::Empty));
}
