//! Headers that tell browsers what to allow, and the check of where a form comes from.

use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY, CONTENT_TYPE, HeaderName,
    HeaderValue, ORIGIN, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::request::Parts;
use http::{HeaderMap, Method};
use http_body::Body;

use crate::config::{ConfigProblem, CspMode, Origin, Security};
use crate::hex;

/// The security headers of an app, checked and ready.
#[derive(Debug)]
pub(crate) struct SecurityHeaders {
    fixed: Vec<(HeaderName, HeaderValue)>,
    transport: Option<HeaderValue>,
    policy: Option<(HeaderName, Policy)>,
}

/// A Content-Security-Policy.
#[derive(Debug)]
enum Policy {
    /// The same for each response.
    Fixed(HeaderValue),
    /// Text around nonces.
    WithNonces(Vec<String>),
}

impl SecurityHeaders {
    pub(crate) fn new(security: &Security) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        let mut fixed = Vec::new();
        let named = [
            (
                "content_type_options",
                X_CONTENT_TYPE_OPTIONS,
                &security.content_type_options,
            ),
            (
                "referrer_policy",
                REFERRER_POLICY,
                &security.referrer_policy,
            ),
            ("frame_options", X_FRAME_OPTIONS, &security.frame_options),
            (
                "opener_policy",
                HeaderName::from_static("cross-origin-opener-policy"),
                &security.opener_policy,
            ),
            (
                "resource_policy",
                HeaderName::from_static("cross-origin-resource-policy"),
                &security.resource_policy,
            ),
            (
                "permissions_policy",
                HeaderName::from_static("permissions-policy"),
                &security.permissions_policy,
            ),
        ];
        let mut value = |key: &str, text: &str| match HeaderValue::from_str(text) {
            Ok(value) if !text.is_empty() => Some(value),
            Ok(_) => None,
            Err(_) => {
                problems.push(problem(
                    key,
                    &format!("{text:?} cannot be the value of a header"),
                ));
                None
            }
        };
        for (key, name, text) in named {
            fixed.extend(value(key, text).map(|value| (name, value)));
        }
        for (name, text) in &security.headers {
            let Some(value) = value("headers", text) else {
                continue;
            };
            match HeaderName::try_from(name) {
                Ok(name) => fixed.push((name, value)),
                Err(_) => fixed.extend(None),
            }
        }
        let transport = value(
            "strict_transport_security",
            &security.strict_transport_security,
        );
        let policy = Policy::new(security);
        if policy.is_none() {
            problems.push(problem(
                "csp_directives",
                "a source cannot be part of a header",
            ));
        }
        for name in security
            .headers
            .keys()
            .filter(|name| HeaderName::try_from(name.as_str()).is_err())
        {
            problems.push(problem(
                "headers",
                &format!("{name:?} cannot be the name of a header"),
            ));
        }
        let policy = match security.csp {
            CspMode::Off => None,
            CspMode::Basic => Some((CONTENT_SECURITY_POLICY, Policy::basic())),
            CspMode::ReportOnly => {
                policy.map(|policy| (CONTENT_SECURITY_POLICY_REPORT_ONLY, policy))
            }
            CspMode::On => policy.map(|policy| (CONTENT_SECURITY_POLICY, policy)),
        };
        if problems.is_empty() {
            Ok(Self {
                fixed,
                transport,
                policy,
            })
        } else {
            Err(problems)
        }
    }

    /// A new nonce, where the policy has a place for one.
    pub(crate) fn nonce(&self) -> String {
        if !matches!(self.policy, Some((_, Policy::WithNonces(_)))) {
            return String::new();
        }
        let mut bytes = [0; 16];
        match getrandom::fill(&mut bytes) {
            Ok(()) => hex::text(u128::from_ne_bytes(bytes)),
            // Without randomness there is no nonce, and scripts that need one are refused: safe, and visible.
            Err(_) => String::new(),
        }
    }

    /// Adds the headers that the app has not set itself.
    pub(crate) fn add(&self, headers: &mut HeaderMap, nonce: &str, secure: bool, page: bool) {
        for (name, value) in &self.fixed {
            headers.entry(name).or_insert_with(|| value.clone());
        }
        if let (Some(value), true) = (&self.transport, secure) {
            headers
                .entry(STRICT_TRANSPORT_SECURITY)
                .or_insert_with(|| value.clone());
        }
        if let (Some((name, policy)), true) = (&self.policy, page) {
            headers.entry(name).or_insert_with(|| policy.with(nonce));
        }
    }
}

fn problem(key: &str, message: &str) -> ConfigProblem {
    ConfigProblem {
        line: None,
        key: format!("security.{key}"),
        message: message.to_owned(),
        hint: Some("use printable ASCII, without line breaks".into()),
    }
}

impl Policy {
    /// What is right for every app that was not made to need the opposite.
    fn basic() -> Self {
        Self::Fixed(HeaderValue::from_static(
            "base-uri 'self'; frame-ancestors 'self'; object-src 'none'",
        ))
    }

    /// `None` where a directive cannot be part of a header.
    fn new(security: &Security) -> Option<Self> {
        let directives = security.csp_directives.iter().map(|(name, sources)| {
            let sources: Vec<_> = sources
                .iter()
                .map(|source| if source == "nonce" { "\0" } else { source })
                .collect();
            format!("{name} {}", sources.join(" "))
        });
        let text = directives.collect::<Vec<_>>().join("; ");
        let pieces: Vec<_> = text.split('\0').map(ToOwned::to_owned).collect();
        let fixed = HeaderValue::from_str(&pieces.concat()).ok()?;
        Some(if pieces.len() > 1 {
            Self::WithNonces(pieces)
        } else {
            Self::Fixed(fixed)
        })
    }

    fn with(&self, nonce: &str) -> HeaderValue {
        match self {
            Self::Fixed(value) => value.clone(),
            Self::WithNonces(pieces) => {
                let text = pieces.join(&format!("'nonce-{nonce}'"));
                HeaderValue::from_str(&text)
                    .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
            }
        }
    }
}

/// Whether a request is a form that another site may have posted. A browser sends such forms with the user's cookies and
/// without asking; it always says where they come from.
pub(crate) fn is_forged_form(
    head: &Parts,
    body: &impl Body,
    origin: &str,
    security: &Security,
) -> bool {
    let reads = matches!(
        head.method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    );
    if !security.csrf || reads || !is_form(&head.headers) {
        return false;
    }
    // Browsers compare origins themselves, and scripts cannot set this header: right behind any proxy.
    let site = head.headers.get("sec-fetch-site");
    if site.is_some_and(|site| site == "same-origin" || site == "none") {
        return false;
    }
    let Some(from) = head.headers.get(ORIGIN) else {
        // Browsers name the origin of everything that changes something. What comes without one, without a type and
        // without a body is no form, and no browser sent it.
        return site.is_some() || head.headers.contains_key(CONTENT_TYPE) || !body.is_end_stream();
    };
    let trusted = security.trusted_origins.iter().map(Origin::as_str);
    !std::iter::once(origin)
        .chain(trusted)
        .any(|own| from == own)
}

fn is_form(headers: &HeaderMap) -> bool {
    let types = headers.get_all(CONTENT_TYPE);
    // Without a type it may be anything, also what a script of another site sends without asking.
    types.iter().next().is_none() || types.iter().any(is_form_type)
}

/// The types that a browser sends to another site without asking; what cannot be read may be one.
fn is_form_type(value: &HeaderValue) -> bool {
    let media_type = value.to_str().unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    media_type.is_empty()
        || [
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "text/plain",
        ]
        .iter()
        .any(|form| media_type.eq_ignore_ascii_case(form))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Setting as _;

    const FORM: (&str, &str) = (
        "content-type",
        "application/x-www-form-urlencoded; charset=utf-8",
    );
    const EVIL: (&str, &str) = ("origin", "https://evil.test");

    fn judge(method: &str, pairs: &[(&str, &str)], body: &'static str) -> bool {
        let mut request = http::Request::builder().method(method);
        for (name, value) in pairs {
            request = request.header(*name, *value);
        }
        let (head, body) = request
            .body(crate::body::Body::full(body))
            .unwrap()
            .into_parts();
        let security = Security {
            trusted_origins: vec![Origin::from_text("https://pay.test").unwrap()],
            ..Security::default()
        };
        is_forged_form(&head, &body, "https://own.test", &security)
    }

    fn forged(pairs: &[(&str, &str)]) -> bool {
        judge("POST", pairs, "a=b")
    }

    #[test]
    fn forms_from_elsewhere_are_forged() {
        assert!(forged(&[FORM, EVIL]));
        assert!(forged(&[FORM, EVIL, ("sec-fetch-site", "cross-site")]));
        assert!(forged(&[FORM, ("origin", "http://own.test")]));
        assert!(forged(&[FORM, ("origin", "https://own.test:8443")]));
        for method in ["PUT", "PATCH", "DELETE", "PURGE"] {
            assert!(judge(method, &[FORM, EVIL], "a=b"), "{method}");
        }
        for method in ["GET", "HEAD", "OPTIONS"] {
            assert!(!judge(method, &[FORM, EVIL], ""), "{method}");
        }
    }

    #[test]
    fn forms_of_the_app_itself_and_of_trusted_origins_are_not() {
        assert!(!forged(&[FORM, ("origin", "https://own.test")]));
        assert!(!forged(&[FORM, ("origin", "https://pay.test")]));
        assert!(!forged(&[
            FORM,
            ("origin", "https://pay.test"),
            ("sec-fetch-site", "cross-site")
        ]));
        // Behind a proxy that ends TLS the origin that the server sees may be another; the browser knows better.
        assert!(!forged(&[
            FORM,
            ("origin", "http://own.test"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!forged(&[
            FORM,
            ("origin", "null"),
            ("sec-fetch-site", "same-origin")
        ]));
    }

    #[test]
    fn every_type_that_needs_no_permission_counts_as_a_form() {
        for form in [
            "application/x-www-form-urlencoded",
            "Multipart/Form-Data; boundary=x",
            "text/plain;charset=utf-8",
            "TEXT/PLAIN",
            "",
            " ; x",
        ] {
            assert!(forged(&[("content-type", form), EVIL]), "{form}");
        }
        assert!(forged(&[EVIL]), "a body without a type");
        assert!(forged(&[
            ("content-type", "application/json"),
            ("content-type", "text/plain"),
            EVIL
        ]));
        for other in [
            "application/json",
            "application/octet-stream",
            "text/plainer",
        ] {
            assert!(!forged(&[("content-type", other), EVIL]), "{other}");
        }
    }

    #[test]
    fn an_origin_that_is_hidden_or_missing_is_not_the_apps_own() {
        assert!(forged(&[FORM, ("origin", "null")]));
        assert!(forged(&[("origin", "null")]));
        assert!(forged(&[FORM]));
        assert!(forged(&[]), "a body without a type and an origin");
        assert!(forged(&[("sec-fetch-site", "cross-site")]));
        assert!(judge("POST", &[("sec-fetch-site", "same-site")], ""));
        // A program that posts nothing.
        assert!(!judge("POST", &[], ""));
    }

    #[test]
    fn a_policy_has_the_nonce_where_it_is_asked_for() {
        let security = Security {
            csp: CspMode::On,
            ..Security::default()
        };
        let headers = SecurityHeaders::new(&security).unwrap();
        let nonce = headers.nonce();
        let mut out = HeaderMap::new();
        headers.add(&mut out, &nonce, false, true);
        let policy = out[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(
            nonce.len() == 32 && policy.contains(&format!("script-src 'self' 'nonce-{nonce}'; ")),
            "{policy}"
        );
    }

    #[test]
    fn a_header_that_cannot_be_sent_is_a_problem() {
        let security = Security {
            frame_options: "a\nb".into(),
            ..Security::default()
        };
        let problems = SecurityHeaders::new(&security).unwrap_err();
        assert_eq!(problems[0].key, "security.frame_options");
    }
}
