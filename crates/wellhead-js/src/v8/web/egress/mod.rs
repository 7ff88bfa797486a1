//! The way out to the network: `fetch` over one client for the whole process.
//!
//! Requests run on threads of their own, not on those of the isolates: a connection that one isolate opened serves all
//! of them, so it may not stand still while that isolate computes. An isolate and its requests talk over bounded
//! channels, in both directions: nothing is read that nobody takes.

mod exchange;
mod failure;
mod ops;
mod redirect;

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use reqwest::Url;

pub(super) use self::exchange::Exchanges;
use self::failure::Failure;
pub(super) use self::ops::*;

/// Decides whether `fetch` may request a URL; asked again at every redirect. The text of a refusal is shown to the app.
pub(crate) type Policy = Box<dyn Fn(&Url) -> Result<(), String> + Send + Sync>;

/// Limits of `fetch`.
pub(crate) struct EgressOptions {
    /// How long a connection may take to open.
    pub(crate) connect_timeout: Duration,
    /// How long the head of a response may take, the connection included, at each hop.
    pub(crate) head_timeout: Duration,
    /// How long a body may pause.
    pub(crate) idle_timeout: Duration,
    /// How long a request may take from its start to the end of the body; none where streams have no end.
    pub(crate) total_timeout: Option<Duration>,
    /// How many requests one isolate may have open at a time.
    pub(crate) most_open: usize,
    /// What may be requested; everything where absent.
    pub(crate) policy: Option<Policy>,
}

impl Default for EgressOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            head_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(120),
            total_timeout: None,
            most_open: 256,
            policy: None,
        }
    }
}

/// The client that all isolates of a process share, with its threads. Made at the first request: reading the system's
/// certificates takes longer than a start should.
pub(crate) struct Egress {
    options: EgressOptions,
    running: OnceLock<Result<Running, Failure>>,
}

struct Running {
    client: reqwest::Client,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Egress {
    pub(crate) fn new(options: EgressOptions) -> Arc<Self> {
        Arc::new(Self {
            options,
            running: OnceLock::new(),
        })
    }

    fn running(&self) -> Result<&Running, Failure> {
        self.running
            .get_or_init(|| Running::start(&self.options))
            .as_ref()
            .map_err(Clone::clone)
    }

    fn check(&self, url: &Url) -> Result<(), Failure> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(Failure::new(
                "ERR_URL_SCHEME",
                format!("`{}:` cannot be requested", url.scheme()),
            ));
        }
        match &self.options.policy {
            Some(policy) => policy(url).map_err(|reason| Failure::new("ERR_EGRESS_DENIED", reason)),
            None => Ok(()),
        }
    }
}

impl Running {
    fn start(options: &EgressOptions) -> Result<Self, Failure> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("wellhead-fetch")
            .enable_all()
            .build()
            .map_err(|error| Failure::new("ERR_EGRESS", format!("no threads: {error}")))?;
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls()?)
            .user_agent(concat!("wellhead/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(options.connect_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .build()
            .map_err(|error| Failure::from_client(&error))?;
        Ok(Self {
            client,
            runtime: Some(runtime),
        })
    }

    fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) -> tokio::task::AbortHandle {
        let runtime = self.runtime.as_ref().expect("there until it is dropped");
        runtime.spawn(work).abort_handle()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // An isolate may be the last owner, and its thread must not wait for threads of others.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The system's certificates, and Mozilla's where the system has none, as in a container made from scratch.
fn tls() -> Result<rustls::ClientConfig, Failure> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| Failure::new("ERR_TLS", error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_starts_and_offers_http2_first() {
        assert_eq!(tls().unwrap().alpn_protocols[0], b"h2");
        assert!(Running::start(&EgressOptions::default()).is_ok());
    }

    #[test]
    fn only_http_is_requested_and_only_what_the_policy_allows() {
        let egress = Egress::new(EgressOptions {
            policy: Some(Box::new(|url| match url.port() {
                Some(1) => Err("port 1 is closed".to_owned()),
                _ => Ok(()),
            })),
            ..EgressOptions::default()
        });
        assert!(egress.check(&"https://a.example/".parse().unwrap()).is_ok());
        assert!(
            egress
                .check(&"http://a.example:1/".parse().unwrap())
                .is_err()
        );
        assert!(
            egress
                .check(&"file:///etc/passwd".parse().unwrap())
                .is_err()
        );
    }
}
