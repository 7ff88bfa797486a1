//! Security headers, policies, forms from elsewhere, proxies, hosts.

use std::sync::{Arc, Mutex};

use wellhead_render::{Chunks, Part, RenderRequest, Reply};

use crate::fake::{Running, page, recorder, site};

type Seen = Arc<Mutex<Vec<RenderRequest>>>;

async fn server(config: &str) -> (Seen, Running) {
    let seen = Seen::default();
    let reply = || {
        Reply::page(Chunks::full([
            (Part::Body, "x".into()),
            (Part::State, "[]".into()),
        ]))
    };
    (
        Arc::clone(&seen),
        site([page("/")])
            .config(config)
            .serve(recorder(&seen, reply))
            .await,
    )
}

#[tokio::test]
async fn responses_have_the_configured_headers() {
    let (_, own) = server("[security]\nframe_options = ''\nheaders = { x-mine = 'yes' }\n").await;
    let answer = own.get("/").await;
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(
        answer.header("referrer-policy"),
        "strict-origin-when-cross-origin"
    );
    assert_eq!(
        (answer.header("x-frame-options"), answer.header("x-mine")),
        ("", "yes")
    );
    assert_eq!(
        answer.header("content-security-policy"),
        "base-uri 'self'; frame-ancestors 'self'; object-src 'none'"
    );
    let (_, off) = server("[security]\ncsp = 'off'\n").await;
    assert_eq!(off.get("/").await.header("content-security-policy"), "");
}

#[tokio::test]
async fn a_policys_nonce_is_in_the_page_and_new_each_time() {
    let (seen, server) =
        server("[security]\ncsp = 'on'\ncsp_directives = { script-src = ['nonce'] }\n").await;
    let mut policies = Vec::new();
    for _ in 0..2 {
        let answer = server.get("/").await;
        let nonce = seen.lock().unwrap().pop().unwrap().nonce;
        assert_eq!(
            answer.header("content-security-policy"),
            format!("script-src 'nonce-{nonce}'")
        );
        assert!(
            answer
                .text()
                .contains(&format!("nonce=\"{nonce}\"></script>")),
            "{}",
            answer.text()
        );
        assert_eq!(answer.header("etag"), "");
        policies.push(nonce);
    }
    assert_ne!(policies[0], policies[1]);
}

#[tokio::test]
async fn a_policy_can_only_report() {
    let (_, server) = server("[security]\ncsp = 'report-only'\n").await;
    let answer = server.get("/").await;
    assert_eq!(answer.header("content-security-policy"), "");
    assert!(
        answer
            .header("content-security-policy-report-only")
            .contains("object-src 'none'")
    );
}

#[tokio::test]
async fn forms_from_other_sites_are_refused() {
    let (seen, server) = server("").await;
    assert_eq!(posts(&server, &[("origin", "http://evil.test")]).await, 403);
    assert!(seen.lock().unwrap().is_empty());
    assert_eq!(posts(&server, &[("origin", "http://site.test")]).await, 200);
}

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn posts(server: &Running, headers: &[(&str, &str)]) -> u16 {
    let headers = [&[FORM], headers].concat();
    server
        .send("POST", "/", &headers, "a=b")
        .await
        .status
        .as_u16()
}

#[tokio::test]
async fn forms_of_trusted_origins_are_taken() {
    let (_, server) = server("[security]\ntrusted_origins = ['https://pay.test']\n").await;
    let cross = ("sec-fetch-site", "cross-site");
    assert_eq!(
        posts(&server, &[("origin", "https://pay.test"), cross]).await,
        200
    );
    assert_eq!(
        posts(&server, &[("origin", "https://play.test"), cross]).await,
        403
    );
    assert_eq!(posts(&server, &[("origin", "null"), cross]).await, 403);
}

#[tokio::test]
async fn the_check_of_forms_can_be_turned_off() {
    let (_, server) = server("[security]\ncsrf = false\n").await;
    assert_eq!(posts(&server, &[("origin", "http://evil.test")]).await, 200);
    assert_eq!(posts(&server, &[]).await, 200);
}

#[tokio::test]
async fn behind_a_proxy_the_origin_is_the_one_that_browsers_use() {
    let public = ("origin", "https://real.test");
    let forwarded = [
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "real.test"),
        public,
    ];
    // An unknown proxy could be anybody: its words count for nothing.
    let (_, open) = server("").await;
    assert_eq!(posts(&open, &forwarded).await, 403);
    let (_, behind) = server("[server]\ntrusted_proxies = ['127.0.0.0/8']\n").await;
    assert_eq!(posts(&behind, &forwarded).await, 200);
    assert_eq!(posts(&behind, &[public]).await, 403);
    let (_, configured) = server("[server]\norigin = 'https://real.test'\n").await;
    assert_eq!(posts(&configured, &[public]).await, 200);
    assert_eq!(
        posts(&configured, &[("origin", "http://site.test")]).await,
        403
    );
    // Whatever the proxy says, the browser knows whether the form is the site's own.
    assert_eq!(
        posts(&open, &[public, ("sec-fetch-site", "same-origin")]).await,
        200
    );
}

#[tokio::test]
async fn only_configured_proxies_are_believed() {
    let forwarded = [
        ("x-forwarded-for", "6.6.6.6, 1.2.3.4"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-host", "real.test"),
    ];
    let (seen, open) = server("").await;
    open.get_with("/", &forwarded).await;
    let request = seen.lock().unwrap().pop().unwrap();
    assert_eq!(
        (request.url.as_str(), request.client),
        ("http://site.test/", Some("127.0.0.1".parse().unwrap()))
    );

    let (seen, behind) = server("[server]\ntrusted_proxies = ['127.0.0.0/8']\n[security]\nstrict_transport_security = 'max-age=1'\n").await;
    let answer = behind.get_with("/", &forwarded).await;
    let request = seen.lock().unwrap().pop().unwrap();
    assert_eq!(
        (request.url.as_str(), request.client),
        ("https://real.test/", Some("1.2.3.4".parse().unwrap()))
    );
    assert_eq!(answer.header("strict-transport-security"), "max-age=1");
}

#[tokio::test]
async fn the_configured_origin_goes_before_every_header() {
    let (seen, server) = server("[server]\norigin = 'https://example.org'\n").await;
    server.get("/").await;
    assert_eq!(
        seen.lock().unwrap().pop().unwrap().url,
        "https://example.org/"
    );
}

#[tokio::test]
async fn a_host_that_is_none_is_a_bad_request() {
    let (seen, server) = server("").await;
    for head in [
        "",
        "host: a b\r\n",
        "host: user@evil.test\r\n",
        "host: \"><script>\r\n",
    ] {
        let text = server
            .raw(format!("GET / HTTP/1.1\r\nconnection: close\r\n{head}\r\n").as_bytes())
            .await;
        assert!(text.starts_with("HTTP/1.1 400"), "{head}: {text}");
    }
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_trace_goes_through() {
    let (seen, server) = server("").await;
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let answer = server.get_with("/", &[("traceparent", parent)]).await;
    assert_eq!(
        answer.header("x-trace-id"),
        "0af7651916cd43dd8448eb211c80319c"
    );
    assert_eq!(
        seen.lock().unwrap().pop().unwrap().trace_id,
        "0af7651916cd43dd8448eb211c80319c"
    );
}
