//! `--inspect`, of `dev` and `serve`: lets debuggers attach.

use std::future::Future;
use std::net::IpAddr;
use std::path::PathBuf;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use wellhead_js::Inspector;
use wellhead_server::InspectServer;

use crate::hint::WithHint;
use crate::terminal;

const DEFAULT: &str = "127.0.0.1:9229";

#[derive(Debug, clap::Args)]
pub(crate) struct Flag {
    /// Let Chrome DevTools and other debuggers attach, without limits of time; 127.0.0.1:9229 unless you say where
    #[arg(long, value_name = "HOST:PORT", num_args = 0..=1, require_equals = true, default_missing_value = DEFAULT, value_parser = parse)]
    inspect: Option<Place>,
}

/// Where to listen.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Place {
    host: String,
    port: u16,
}

/// A server for debuggers that runs.
pub(crate) struct Debugger {
    pub(crate) inspector: Inspector,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Flag {
    /// Starts the server for debuggers, where it is asked for, and says where it is.
    pub(crate) async fn start(&self, sources: Option<PathBuf>) -> anyhow::Result<Option<Debugger>> {
        let Some(place) = &self.inspect else {
            return Ok(None);
        };
        let inspector = Inspector::new();
        let address = place.to_string();
        let listen = InspectServer::bind(&address, inspector.clone(), sources);
        let server = listen
            .await
            .map_err(|error| anyhow::anyhow!("cannot listen on {address} for debuggers: {error}"));
        let server = server.hint(
            "another program may debug there: choose a port with --inspect=N (0 takes a free one)",
        )?;
        let listening = server.local_addr()?;
        eprintln!(
            "{} on {listening}: open chrome://inspect, attach an editor, or open in Chrome\n  {}",
            terminal::cyan("debugger:"),
            server.devtools_url()?
        );
        if !listening.ip().is_loopback() {
            eprintln!(
                "{} who reaches {listening} can run any code in this process: keep others away from it",
                terminal::red("warning:")
            );
        }
        let (stop, stopped) = oneshot::channel();
        let serving = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Ok(Some(Debugger {
            inspector,
            stop,
            serving,
        }))
    }
}

/// The signal to end, after which no debugger stops what is to end.
pub(crate) async fn until(shutdown: impl Future<Output = ()>, debugger: Option<Debugger>) {
    shutdown.await;
    if let Some(debugger) = debugger {
        // Both fail only where the server has ended already.
        let _ = debugger.stop.send(());
        let _ = debugger.serving.await;
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// `HOST:PORT`, `PORT` or `HOST`.
fn parse(text: &str) -> Result<Place, String> {
    let place = |host: &str, port| {
        let host = match host.parse::<IpAddr>() {
            Ok(IpAddr::V6(_)) => format!("[{host}]"),
            _ => host.to_owned(),
        };
        Ok(Place { host, port })
    };
    let (default_host, default_port) = ("127.0.0.1", 9229);
    if let Ok(port) = text.parse() {
        return place(default_host, port);
    }
    if text.parse::<IpAddr>().is_ok() {
        return place(text, default_port);
    }
    match text.rsplit_once(':') {
        Some((host, port)) if !host.is_empty() => match port.parse() {
            Ok(port) => place(host, port),
            Err(_) => Err(format!("`{port}` is no port")),
        },
        None if !text.is_empty() => place(text, default_port),
        _ => Err("say where to listen, such as 127.0.0.1:9229, or a port alone".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_host_a_port_or_both() {
        for (text, wanted) in [
            ("9230", "127.0.0.1:9230"),
            ("0", "127.0.0.1:0"),
            (DEFAULT, DEFAULT),
            ("localhost", "localhost:9229"),
            ("localhost:1", "localhost:1"),
            ("0.0.0.0", "0.0.0.0:9229"),
            ("::1", "[::1]:9229"),
            ("[::1]:5", "[::1]:5"),
        ] {
            assert_eq!(parse(text).unwrap().to_string(), wanted);
        }
        for text in ["", ":1", "localhost:", "127.0.0.1:99999"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
