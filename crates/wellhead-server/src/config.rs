//! `wellhead.toml`: every key with its default, its documentation, its unit and its range, in one place.
//!
//! A key is one entry of the `settings!` table below: the field, what `wellhead check` prints, what the file may
//! say and what the environment may override all come from it. An environment variable is `WELLHEAD_`, the section
//! and the key in upper case: `WELLHEAD_SERVER_PORT=8080`.

mod load;
mod origin;
mod setting;

use std::collections::BTreeMap;
use std::net::IpAddr;

pub use load::{ConfigProblem, ConfigProblems};
pub use origin::Origin;
pub use setting::{
    Cidr, ClientMaps, CspMode, Encoding, EngineKind, LogFormat, Options, Secret, Setting,
};
use setting::{Raw, checked};

/// The name of the configuration's file, at the root of an app.
pub const CONFIG_FILE: &str = "wellhead.toml";

/// What is known of a key.
#[derive(Debug)]
pub struct Key {
    /// The section, such as `server`.
    pub section: &'static str,
    /// The name in its section, such as `port`.
    pub name: &'static str,
    /// What it means, with its unit.
    pub doc: &'static str,
    /// What kind of value it takes: `number`, `text`, ….
    pub kind: &'static str,
    /// The range of a number, inclusive.
    pub range: Option<(u64, u64)>,
    set: fn(&mut Config, &Raw<'_>) -> Result<(), String>,
    show: fn(&Config) -> String,
}

impl Key {
    /// The key's value in `config`, written as in the file.
    #[must_use]
    pub fn show(&self, config: &Config) -> String {
        (self.show)(config)
    }

    /// The environment variable that overrides the key.
    #[must_use]
    pub fn variable(&self) -> String {
        format!("WELLHEAD_{}_{}", self.section, self.name).to_uppercase()
    }
}

macro_rules! range {
    () => {
        None
    };
    ($low:literal, $high:literal) => {
        Some(($low, $high))
    };
}

macro_rules! settings {
    ($(
        $(#[doc = $about:literal])*
        $section:ident: $Section:ident {
            $($(#[doc = $doc:literal])* $key:ident: $ty:ty = $default:expr $(, $low:literal..=$high:literal)?;)*
        }
    )*) => {
        /// The configuration of an app: every section of `wellhead.toml`.
        #[derive(Debug, Clone, Default)]
        #[non_exhaustive]
        pub struct Config { $($(#[doc = $about])* pub $section: $Section,)* }

        $(
            $(#[doc = $about])*
            #[derive(Debug, Clone)]
            #[non_exhaustive]
            pub struct $Section { $($(#[doc = $doc])* pub $key: $ty,)* }

            impl Default for $Section {
                fn default() -> Self { Self { $($key: $default,)* } }
            }
        )*

        /// The sections, in the order of the documentation.
        pub const SECTIONS: &[&str] = &[$(stringify!($section)),*];

        /// Every key, in the order of the documentation.
        pub const KEYS: &[Key] = &[$($(Key {
            section: stringify!($section),
            name: stringify!($key),
            doc: concat!($($doc, "\n",)*),
            kind: <$ty as Setting>::KIND,
            range: range!($($low, $high)?),
            set: |config, raw| {
                config.$section.$key = checked::<$ty>(raw, range!($($low, $high)?))?;
                Ok(())
            },
            show: |config| config.$section.$key.show(),
        },)*)*];
    };
}

settings! {
    /// The app.
    app: App {
        /// The app's name; nothing depends on it.
        name: String = String::new();
        /// The path that the app is served under: empty, or with a leading and no trailing slash.
        base: String = String::new();
        /// The language of pages that name none in a `content-language` header: `%wellhead.lang%` in `src/app.html`.
        lang: String = "en".into();
    }

    /// The HTTP server.
    server: Server {
        /// The address to listen on; `0.0.0.0` or `::` for every interface.
        host: String = "127.0.0.1".into();
        /// The TCP port; 0 takes a free one.
        port: u64 = 3000, 0..=65535;
        /// The origin that browsers use, such as `https://example.org`; empty: taken from the request.
        origin: Option<Origin> = None;
        /// Proxies whose `X-Forwarded-For`, `-Proto` and `-Host` are believed: addresses or networks (`10.0.0.0/8`).
        trusted_proxies: Vec<Cidr> = Vec::new();
        /// Threads for connections; 0: one a core.
        threads: u64 = 0, 0..=512;
        /// Connections at a time; more wait in the system's queue.
        max_connections: u64 = 10_000, 1..=1_000_000;
        /// Size of a request's head, in KiB; above it the answer is 431.
        header_kb: u64 = 32, 8..=1024;
        /// Number of a request's headers; above it the answer is 431.
        header_count: u64 = 100, 10..=1000;
        /// Size of a request's body, in KiB; above it the answer is 413.
        body_kb: u64 = 1024, 0..=16_777_216;
        /// Time for a request's head to come, in milliseconds.
        header_ms: u64 = 10_000, 100..=600_000;
        /// Time that an unused connection is kept, in milliseconds; keep it above that of a load balancer in front (often 60 s).
        idle_ms: u64 = 75_000, 1000..=3_600_000;
        /// Time between two pieces of a request's body, in milliseconds; above it the answer is 408.
        body_idle_ms: u64 = 15_000, 100..=600_000;
        /// Time in which a client must take some of a response, in milliseconds.
        write_stall_ms: u64 = 30_000, 100..=3_600_000;
        /// Time for requests in flight to finish at the end, in milliseconds.
        shutdown_ms: u64 = 10_000, 0..=3_600_000;
        /// Time between "not ready" and the end of accepting, in milliseconds: what a load balancer needs to notice.
        shutdown_delay_ms: u64 = 0, 0..=600_000;
        /// Encodings for what is compressed as it is sent, best first; empty: none.
        compress: Vec<Encoding> = vec![Encoding::Zstd, Encoding::Brotli, Encoding::Gzip];
        /// How hard to compress what is compressed as it is sent, 1 (fast) to 9 (small).
        compress_level: u64 = 3, 1..=9;
        /// Size below which a body is not compressed, in bytes.
        compress_min_bytes: u64 = 1024, 0..=1_048_576;
        /// Memory for assets that are asked for again and again, in MiB.
        asset_memory_mb: u64 = 64, 0..=65_536;
        /// Whether complete pages get an `ETag`, so that an unchanged page is answered with 304.
        page_etag: bool = true;
        /// Whether pages say how long the render took, and their trace id, which error pages made in the browser name (`Server-Timing`).
        server_timing: bool = true;
        /// Whether `/-/metrics` answers; everyone who reaches the port can read it.
        metrics: bool = true;
    }

    /// What runs the app's JavaScript.
    engine: Engine {
        /// `v8`, embedded, or `node`, a pool of Node processes.
        engine: EngineKind = EngineKind::of_this_build();
        /// Isolates or processes; 0: one a core.
        workers: u64 = 0, 0..=512;
        /// JavaScript heap of a worker, in MiB.
        heap_mb: u64 = 256, 16..=65_536;
        /// Array buffers and memory of WebAssembly of a worker, in MiB.
        buffer_mb: u64 = 256, 1..=65_536;
        /// Processor time that a render may take in one go, in milliseconds.
        cpu_ms: u64 = 2000, 1..=600_000;
        /// Time that a render may take, in milliseconds.
        wall_ms: u64 = 30_000, 1..=3_600_000;
        /// Size of a render's output, in MiB.
        output_mb: u64 = 64, 1..=4096;
        /// Requests that wait for a worker; above it the answer is 503.
        queue: u64 = 1024, 0..=1_000_000;
        /// Renders that one worker has in flight while they await something.
        in_flight: u64 = 256, 1..=65_536;
        /// Timers that one render may have at a time.
        timers: u64 = 1000, 1..=1_000_000;
    }

    /// Live pages: components whose state stays on the server.
    live: Live {
        /// What signs the tokens of pages, at least 32 characters, the same on all servers of an app; empty: random, and kept in the
        /// store. A store that is gone with the process has pages which were open loaded again.
        secret: Option<Secret> = None;
        /// Secrets from before, whose tokens are still believed.
        old_secrets: Vec<Secret> = Vec::new();
        /// The cookie that says who is logged in: a page belongs to its value, and when a response changes or removes it, the live pages
        /// of the old value are closed. Empty: pages belong to nobody.
        session_cookie: String = String::new();
        /// Connections at a time; above it the answer is 503.
        max_connections: u64 = 20_000, 1..=1_000_000;
        /// Connections of one address at a time; above it the answer is 429.
        connections_per_address: u64 = 200, 1..=1_000_000;
        /// Size of a message of a client, in KiB.
        message_kb: u64 = 256, 1..=65_536;
        /// Events of a client a second, over ten seconds.
        events: u64 = 50, 1..=100_000;
        /// Time that a page which was rendered waits for its browser, in milliseconds.
        park_ms: u64 = 10_000, 100..=600_000;
        /// Pages that wait for their browsers at a time.
        parked: u64 = 1000, 1..=1_000_000;
        /// Time that a component may take for its first render, in milliseconds.
        mount_ms: u64 = 10_000, 100..=600_000;
        /// Time that components wait in memory for a browser that is gone, in seconds; then they are in the store.
        linger_s: u64 = 60, 0..=86_400;
        /// Time that the store keeps the state of a page without a browser, in seconds.
        keep_s: u64 = 86_400, 1..=31_536_000;
        /// Time after a change until the state is saved, in milliseconds: so much is lost with a worker or a server that fails.
        save_ms: u64 = 2000, 0..=3_600_000;
        /// Time that a page's tokens are good, in seconds; a page that was open longer is loaded again.
        token_s: u64 = 86_400, 60..=31_536_000;
    }

    /// What outlives a connection, and what servers share.
    store: Store {
        /// `memory:`, which is gone with the process, or `sqlite:PATH`, a file that only one process may have open; relative to the
        /// folder that the server is started in. With a file, live pages survive a server that is killed.
        url: String = "memory:".into();
    }

    /// The build.
    build: Build {
        /// The folder that `wellhead build` writes, relative to the app.
        out: String = "build".into();
        /// Source maps of the client's scripts: `off`, `hidden` (files that no script names) or `linked`.
        client_maps: ClientMaps = ClientMaps::Off;
        /// Whether assets are compressed beside themselves.
        compress: bool = true;
        /// How hard Brotli compresses assets, 0 (fast) to 11 (small).
        brotli_quality: u64 = 9, 0..=11;
    }

    /// The Svelte compiler.
    svelte: Svelte {
        /// Options as the compiler names them, such as `{ experimental = { async = true } }`.
        compiler_options: Options = Options::default();
    }

    /// What browsers are told to allow, and which requests are refused.
    security: Security {
        /// Content-Security-Policy: `off`, `basic` (no plugins, no other base, no frames of other sites around pages), or
        /// what `csp_directives` says, `on` or `report-only`.
        csp: CspMode = CspMode::Basic;
        /// The whole policy: a list of sources for each directive; `nonce` stands for the request's nonce.
        csp_directives: BTreeMap<String, Vec<String>> = setting::default_directives();
        /// `X-Content-Type-Options`; empty: not sent. The same for the next ones.
        content_type_options: String = "nosniff".into();
        /// `Referrer-Policy`.
        referrer_policy: String = "strict-origin-when-cross-origin".into();
        /// `X-Frame-Options`.
        frame_options: String = "SAMEORIGIN".into();
        /// `Cross-Origin-Opener-Policy`.
        opener_policy: String = "same-origin-allow-popups".into();
        /// `Cross-Origin-Resource-Policy`.
        resource_policy: String = String::new();
        /// `Permissions-Policy`.
        permissions_policy: String = String::new();
        /// `Strict-Transport-Security`, sent over https only.
        strict_transport_security: String = String::new();
        /// Further headers of every response.
        headers: BTreeMap<String, String> = BTreeMap::new();
        /// Whether forms posted from other sites are refused.
        csrf: bool = true;
        /// Other origins whose forms are taken, such as `https://pay.example.org`.
        trusted_origins: Vec<Origin> = Vec::new();
    }

    /// Logs.
    log: Log {
        /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or directives such as `info,wellhead_js=debug`.
        level: String = "info".into();
        /// `text`, `json`, or `auto`: text on a terminal, else JSON.
        format: LogFormat = LogFormat::Auto;
        /// Whether each request is logged.
        access: bool = true;
    }
}

impl Config {
    /// Whether the headers of a proxy at this address are believed.
    #[must_use]
    pub fn trusts(&self, proxy: IpAddr) -> bool {
        self.server
            .trusted_proxies
            .iter()
            .any(|network| network.contains(proxy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reference of `docs/configuration.md`: a table for each section.
    fn reference() -> String {
        let cell = |text: &str| text.trim().replace('\n', " ").replace('|', "\\|");
        let mut text = String::new();
        for section in SECTIONS {
            text.push_str(&format!(
                "\n### `[{section}]`\n\n| key | default | values | |\n|---|---|---|---|\n"
            ));
            for key in KEYS.iter().filter(|key| key.section == *section) {
                let values = match key.range {
                    Some((low, high)) => format!("{low} to {high}"),
                    None => cell(key.kind).replace("` `", "`, `"),
                };
                // The default of this key depends on the build.
                let default = match key.name {
                    "engine" => "\"v8\"".to_owned(),
                    _ => key.show(&Config::default()),
                };
                text.push_str(&format!(
                    "| `{}` | `{}` | {values} | {} |\n",
                    key.name,
                    cell(&default),
                    cell(key.doc)
                ));
            }
        }
        text
    }

    #[test]
    fn the_reference_in_the_documentation_is_that_of_the_code() {
        const START: &str =
            "<!-- made by `UPDATE_DOCS=1 cargo test -p wellhead-server --lib the_reference` -->\n";
        const END: &str = "\n<!-- end -->";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/configuration.md");
        let text = std::fs::read_to_string(path).unwrap();
        let (before, rest) = text.split_once(START).expect("the start of the reference");
        let (there, after) = rest.split_once(END).expect("the end of the reference");
        if there == reference() {
            return;
        }
        assert!(
            std::env::var_os("UPDATE_DOCS").is_some(),
            "docs/configuration.md is not what config.rs says: UPDATE_DOCS=1 cargo test -p wellhead-server --lib the_reference"
        );
        let text = format!("{before}{START}{}{END}{after}", reference());
        std::fs::write(path, text).unwrap();
    }
}
