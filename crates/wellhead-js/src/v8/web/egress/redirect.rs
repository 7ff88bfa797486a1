//! Redirects, as the Fetch standard wants them (HTTP-redirect fetch).

use http::header::{
    AUTHORIZATION, CONTENT_ENCODING, CONTENT_LANGUAGE, CONTENT_LENGTH, CONTENT_LOCATION,
    CONTENT_TYPE, COOKIE, HOST, HeaderMap, LOCATION, PROXY_AUTHORIZATION,
};
use http::{Method, StatusCode};
use reqwest::Url;

use super::failure::Failure;

/// Longest chain of redirects that is followed.
pub(super) const MOST_REDIRECTS: usize = 20;

/// What to do with a redirect; numbered as in `fetch.js`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Redirect {
    Follow,
    Manual,
    Refuse,
}

impl Redirect {
    pub(super) fn from_number(number: u32) -> Self {
        match number {
            0 => Self::Follow,
            1 => Self::Manual,
            _ => Self::Refuse,
        }
    }
}

/// Where a response sends the client, `None` where it does not.
pub(super) fn target(
    status: StatusCode,
    headers: &HeaderMap,
    from: &Url,
) -> Result<Option<Url>, Failure> {
    let redirects = matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308);
    let Some(location) = headers.get(LOCATION).filter(|_| redirects) else {
        return Ok(None);
    };
    let location = String::from_utf8_lossy(location.as_bytes());
    let url = from.join(&location).map_err(|error| {
        Failure::new(
            "ERR_REDIRECT",
            format!("the location `{location}` of the redirect is not a URL: {error}"),
        )
    })?;
    Ok(Some(url))
}

/// Whether the next request has no body, and is a GET.
pub(super) fn becomes_get(status: StatusCode, method: &Method) -> bool {
    match status.as_u16() {
        301 | 302 => *method == Method::POST,
        303 => *method != Method::GET && *method != Method::HEAD,
        _ => false,
    }
}

/// Takes away what describes a body that is not sent any more.
pub(super) fn forget_body(headers: &mut HeaderMap) {
    for name in [
        CONTENT_ENCODING,
        CONTENT_LANGUAGE,
        CONTENT_LENGTH,
        CONTENT_LOCATION,
        CONTENT_TYPE,
    ] {
        headers.remove(name);
    }
}

/// Takes away what was meant for the first server only.
pub(super) fn forget_credentials(headers: &mut HeaderMap, from: &Url, to: &Url) {
    if from.origin() != to.origin() {
        for name in [AUTHORIZATION, COOKIE, HOST, PROXY_AUTHORIZATION] {
            headers.remove(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_change_as_browsers_change_them() {
        for (status, method, get) in [
            (301, Method::POST, true),
            (302, Method::POST, true),
            (302, Method::PUT, false),
            (303, Method::PUT, true),
            (303, Method::HEAD, false),
            (307, Method::POST, false),
            (308, Method::POST, false),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(becomes_get(status, &method), get, "{status} {method}");
        }
    }

    #[test]
    fn credentials_stay_with_their_origin() {
        let from: Url = "https://a.example/x".parse().unwrap();
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, "secret".parse().unwrap());
        forget_credentials(&mut headers, &from, &"https://a.example/y".parse().unwrap());
        assert!(headers.contains_key(AUTHORIZATION));
        forget_credentials(
            &mut headers,
            &from,
            &"https://a.example:444/y".parse().unwrap(),
        );
        assert!(!headers.contains_key(AUTHORIZATION));
    }
}
