//! Origins, as browsers send them.

use http::uri::Authority;
use toml::de::DeValue;

use super::setting::Setting;

/// An origin: a scheme and a host, and a port that is not the scheme's own, in lower case. A browser sends an origin in
/// exactly this form, so another one would never be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// The origin as text, such as `https://example.org`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for Origin {
    const KIND: &'static str = "origin";

    fn from_toml(value: &DeValue<'_>) -> Result<Self, String> {
        Self::from_text(&String::from_toml(value)?)
    }

    fn from_text(text: &str) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no origin such as \"https://example.org\"");
        let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
        let own_port = match scheme.to_ascii_lowercase().as_str() {
            "https" => ":443",
            "http" => ":80",
            _ => return Err(wrong()),
        };
        let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if host.parse::<Authority>().is_err() || host.contains('@') {
            return Err(wrong());
        }
        let host = host.strip_suffix(own_port).unwrap_or(host);
        let plain = format!("{scheme}://{host}").to_ascii_lowercase();
        if plain == text {
            Ok(Self(plain))
        } else {
            Err(format!(
                "{text:?} is not how browsers write an origin: write {plain:?}"
            ))
        }
    }

    fn show(&self) -> String {
        self.0.clone().show()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_are_written_as_browsers_send_them() {
        for good in [
            "https://a.test",
            "http://localhost:3000",
            "http://[::1]:8080",
        ] {
            assert_eq!(Origin::from_text(good).unwrap().as_str(), good);
        }
        for (bad, right) in [
            ("https://a.test/", "https://a.test"),
            ("https://a.test/path?x", "https://a.test"),
            ("https://A.test:443", "https://a.test"),
            ("HTTP://a.test:80", "http://a.test"),
        ] {
            let problem = Origin::from_text(bad).unwrap_err();
            assert!(problem.ends_with(&format!("write {right:?}")), "{problem}");
        }
        for bad in [
            "",
            "null",
            "a.test",
            "*",
            "ftp://a.test",
            "https://u@a.test",
            "https://",
        ] {
            let problem = Origin::from_text(bad).unwrap_err();
            assert!(problem.contains("is no origin"), "{problem}");
        }
    }
}
