//! Where a request goes: to which routes, as page, data or endpoint; or elsewhere.

use http::header::ACCEPT;
use http::request::Parts;
use http::{HeaderMap, Method};
use wellhead_build::manifest::TrailingSlash;
use wellhead_render::{RouteMatch, Target};

use crate::app::{App, RouteFacts};
use crate::encoding::quality;
use crate::refusal::Refusal;
use crate::routing::DecodedPath;

/// The end of a path that asks for a page's data.
const DATA_SUFFIX: &str = "/__data.json";

/// What a page can be asked. A form that is posted to one gets the same answer from the host, which names the page.
const PAGE_METHODS: &str = "GET, HEAD, OPTIONS";

/// Where a request goes.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) target: Target,
    /// The candidates, best first.
    pub(crate) routes: Vec<RouteMatch>,
    /// The route is page and endpoint, and `Accept` decided.
    pub(crate) by_accept: bool,
}

/// Finds the place of a request.
///
/// # Errors
/// A redirect to the path with or without its slash, 400 for a path that cannot be decoded, 404 outside the base, 405.
pub(crate) fn locate(app: &App, head: &Parts, origin: &str) -> Result<Place, Refusal> {
    let path = head.uri.path();
    if !path.starts_with('/') {
        // `OPTIONS *` asks for nothing in particular, and `CONNECT` for a proxy.
        return Err(if head.method == Method::OPTIONS {
            Refusal::allow("GET, HEAD, POST, OPTIONS")
        } else {
            Refusal::method("GET, HEAD, POST")
        });
    }
    let inner = path
        .strip_prefix(app.base.as_str())
        .ok_or_else(Refusal::not_found)?;
    if inner.is_empty() {
        return Err(redirect(head, origin, &format!("{}/", app.base)));
    }
    if !inner.starts_with('/') {
        return Err(Refusal::not_found());
    }
    let data = inner.strip_suffix(DATA_SUFFIX);
    let inner = data.map_or(inner, |inner| if inner.is_empty() { "/" } else { inner });
    let decoded = DecodedPath::new(inner)
        .map_err(|_| Refusal::bad_request("The address has an escape that is not valid UTF-8"))?;
    let mut routes = app.router.find(&decoded);
    if data.is_some() {
        routes.retain(|found| app.facts(found.route).is_some_and(|facts| facts.has_page));
        return Ok(Place {
            target: Target::Data,
            routes,
            by_accept: false,
        });
    }
    let Some(facts) = routes.first().and_then(|first| app.facts(first.route)) else {
        return Ok(Place {
            target: Target::Page,
            routes,
            by_accept: false,
        });
    };
    if let Some(to) = other_slash(facts.trailing_slash, &decoded, path) {
        return Err(redirect(head, origin, &to));
    }
    let target = target(facts, head);
    let pages_only = || {
        routes.iter().all(|found| {
            app.facts(found.route)
                .is_some_and(|facts| !facts.has_endpoint)
        })
    };
    match head.method {
        Method::GET | Method::HEAD | Method::POST => {}
        Method::OPTIONS if pages_only() => return Err(Refusal::allow(PAGE_METHODS)),
        _ if pages_only() => return Err(Refusal::method(PAGE_METHODS)),
        _ => {}
    }
    Ok(Place {
        target,
        routes,
        by_accept: facts.has_page && facts.has_endpoint,
    })
}

fn target(facts: &RouteFacts, head: &Parts) -> Target {
    let endpoint =
        facts.has_endpoint && (!facts.has_page || wants_endpoint(&head.method, &head.headers));
    if endpoint {
        Target::Endpoint
    } else {
        Target::Page
    }
}

/// Whether a request to a route that is both page and endpoint is for the endpoint: as in SvelteKit, everything but what
/// a browser asks for when it navigates, or a form enhanced by the client posts.
fn wants_endpoint(method: &Method, headers: &HeaderMap) -> bool {
    if !matches!(*method, Method::GET | Method::HEAD | Method::POST) {
        return true;
    }
    if method == Method::POST
        && ["x-wellhead-action", "x-sveltekit-action"]
            .iter()
            .any(|name| headers.get(*name).is_some_and(|value| value == "true"))
    {
        return false;
    }
    let accept = headers
        .get(ACCEPT)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("*/*");
    let weight = |wanted: &str| {
        let entries = accept.split(',').filter_map(|entry| {
            let mut parts = entry.split(';').map(str::trim);
            let media_type = parts.next()?;
            let weight = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(1000, quality);
            media_type.eq_ignore_ascii_case(wanted).then_some(weight)
        });
        entries.max().unwrap_or(0)
    };
    let html = weight("text/html");
    html == 0
        || accept.split(',').any(|entry| {
            let media_type = entry.split(';').next().unwrap_or_default().trim();
            media_type != "text/html"
                && media_type != "*/*"
                && !media_type.starts_with("text/")
                && weight(media_type) > html
        })
}

/// The path as it should be, if it is not.
fn other_slash(policy: TrailingSlash, decoded: &DecodedPath<'_>, path: &str) -> Option<String> {
    match (policy, decoded.has_trailing_slash()) {
        (TrailingSlash::Never, true) => Some(path.strip_suffix('/').unwrap_or(path).to_owned()),
        (TrailingSlash::Always, false) if !decoded.segments().is_empty() => {
            Some(format!("{path}/"))
        }
        _ => None,
    }
}

fn redirect(head: &Parts, origin: &str, path: &str) -> Refusal {
    // A path such as `//evil.test`, which browsers take for a host, also with a backslash.
    let origin = if path[1..].starts_with(['/', '\\']) {
        origin
    } else {
        ""
    };
    let query = head
        .uri
        .query()
        .map_or_else(String::new, |query| format!("?{query}"));
    Refusal::Redirect {
        location: format!("{origin}{path}{query}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_gets_the_page_and_a_script_the_endpoint() {
        let endpoint = |accept: &'static str| {
            let headers = [(ACCEPT, http::HeaderValue::from_static(accept))]
                .into_iter()
                .collect();
            wants_endpoint(&Method::GET, &headers)
        };
        assert!(!endpoint(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        ));
        assert!(endpoint("*/*"));
        assert!(endpoint("application/json"));
        assert!(endpoint("application/json, text/html;q=0.5"));
        assert!(wants_endpoint(&Method::PUT, &HeaderMap::new()));
    }
}
