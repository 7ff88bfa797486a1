//! Headers that tell browsers what to allow, and the check of where a form comes from.

use http::header::{
    CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY_REPORT_ONLY, CONTENT_TYPE, HeaderName,
    HeaderValue, ORIGIN, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderMap, Method};

use crate::config::{ConfigProblem, CspMode, Security};

/// The security headers of an app, checked and ready.
#[derive(Debug)]
pub(crate) struct SecurityHeaders {
    fixed: Vec<(HeaderName, HeaderValue)>,
    transport: Option<HeaderValue>,
    policy: Option<(HeaderName, Policy)>,
}

/// A Content-Security-Policy: text around nonces.
#[derive(Debug)]
struct Policy {
    pieces: Vec<String>,
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
        if HeaderValue::from_str(&policy.pieces.concat()).is_err() {
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
            CspMode::ReportOnly => Some((CONTENT_SECURITY_POLICY_REPORT_ONLY, policy)),
            CspMode::On => Some((CONTENT_SECURITY_POLICY, policy)),
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
        let wanted = self
            .policy
            .as_ref()
            .is_some_and(|(_, policy)| policy.pieces.len() > 1);
        if !wanted {
            return String::new();
        }
        let mut bytes = [0; 16];
        match getrandom::fill(&mut bytes) {
            Ok(()) => format!("{:032x}", u128::from_ne_bytes(bytes)),
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
    fn new(security: &Security) -> Self {
        let directives = security.csp_directives.iter().map(|(name, sources)| {
            let sources: Vec<_> = sources
                .iter()
                .map(|source| if source == "nonce" { "\0" } else { source })
                .collect();
            format!("{name} {}", sources.join(" "))
        });
        let text = directives.collect::<Vec<_>>().join("; ");
        Self {
            pieces: text.split('\0').map(ToOwned::to_owned).collect(),
        }
    }

    fn with(&self, nonce: &str) -> HeaderValue {
        let text = self.pieces.join(&format!("'nonce-{nonce}'"));
        HeaderValue::from_str(&text)
            .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'"))
    }
}

/// Whether a request is a form that another site may have posted. A browser sends such forms with the user's cookies and
/// without asking; it always says where they come from.
pub(crate) fn is_forged_form(
    method: &Method,
    headers: &HeaderMap,
    origin: &str,
    security: &Security,
) -> bool {
    let changes = matches!(
        *method,
        Method::POST | Method::PUT | Method::PATCH | Method::DELETE
    );
    if !security.csrf || !changes || !is_form(headers) {
        return false;
    }
    // Browsers compare origins themselves, and scripts cannot set this header: right behind any proxy.
    if headers
        .get("sec-fetch-site")
        .is_some_and(|site| site == "same-origin" || site == "none")
    {
        return false;
    }
    let Some(from) = headers.get(ORIGIN) else {
        // Browsers name the origin of everything that changes something. What has neither an origin nor a type is no form.
        return headers.contains_key(CONTENT_TYPE);
    };
    let trusted = security.trusted_origins.iter().map(String::as_str);
    !std::iter::once(origin)
        .chain(trusted)
        .any(|own| from == own)
}

fn is_form(headers: &HeaderMap) -> bool {
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    // Without a type it may be anything, also what a script of another site sends without asking.
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

    fn forged(pairs: &[(&'static str, &str)]) -> bool {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        let security = Security {
            trusted_origins: vec!["https://pay.test".into()],
            ..Security::default()
        };
        is_forged_form(
            &Method::POST,
            &pairs.collect(),
            "https://own.test",
            &security,
        )
    }

    #[test]
    fn forms_from_elsewhere_are_forged() {
        let form = (
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        );
        assert!(forged(&[form]) && !forged(&[]));
        assert!(forged(&[("origin", "https://evil.test")]));
        assert!(forged(&[form, ("origin", "https://evil.test")]));
        assert!(forged(&[
            form,
            ("origin", "https://evil.test"),
            ("sec-fetch-site", "cross-site")
        ]));
        assert!(!forged(&[form, ("origin", "https://own.test")]));
        assert!(!forged(&[form, ("origin", "https://pay.test")]));
        assert!(!forged(&[
            form,
            ("origin", "http://own.test"),
            ("sec-fetch-site", "same-origin")
        ]));
        assert!(!forged(&[("content-type", "application/json")]));
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
