//! `wellhead serve`

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use wellhead_js::Engine;
use wellhead_server::config::{CONFIG_FILE, Config};
use wellhead_server::{App, Bundle, Server};

use crate::hint::WithHint;
use crate::{engine, inspect, logging, scheduling};

/// Serve a bundle that `wellhead build` made.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wellhead serve
  wellhead serve /srv/atlas --port 8080 --host 0.0.0.0
  wellhead serve --inspect
  WELLHEAD_LOG_FORMAT=json wellhead serve build

The configuration is the wellhead.toml that --config names, or the one in the bundle's folder, its parent folder or
the folder you are in, whichever there is. PORT is used too, where neither --port nor WELLHEAD_SERVER_PORT is set.")]
pub(crate) struct Args {
    /// The bundle's folder, or an app's folder with a bundle in it.
    #[arg(default_value = ".", value_name = "DIR")]
    dir: PathBuf,
    /// The TCP port; 0 takes a free one
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// The address to listen on
    #[arg(long, value_name = "H")]
    host: Option<String>,
    /// What runs the app: v8 or node
    #[arg(long, value_name = "ENGINE")]
    engine: Option<Engine>,
    /// The configuration's file
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    inspect: inspect::Flag,
}

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let mut config = configuration(&args)?;
    listen_where_asked(&mut config, args.port, args.host);
    if let Some(asked) = args.engine {
        config.engine.engine = engine::kind(asked);
    }
    scheduling::run_in_batches();
    let _logs = logging::start(&config.log)?;
    let folder = bundle_folder(&args.dir, &config);
    let bundle = Bundle::open(folder)
        .map_err(|error| (error.hint(), error))
        .or_else(|(hint, error)| Err(error).hint(hint))?;
    let sources = is_app(&args.dir, &config).then_some(args.dir);
    runtime(&config)?.block_on(serve(config, bundle, args.inspect, sources))
}

async fn serve(
    config: Config,
    bundle: Bundle,
    inspect: inspect::Flag,
    sources: Option<PathBuf>,
) -> anyhow::Result<ExitCode> {
    let debugger = inspect.start(sources).await?;
    let inspector = debugger.as_ref().map(|debugger| debugger.inspector.clone());
    let renderer = engine::start(&bundle, &config, inspector)?;
    let app = App::new(bundle, renderer.clone(), &config)
        .map_err(|error| (error.hint(), error))
        .or_else(|(hint, error)| Err(error).hint(hint))?;
    let server = bind(config, Some(app), None).await?;
    let address = server.local_addr()?;
    let serving = tokio::spawn(server.run(inspect::until(shutdown_signal(), debugger)));
    if let Err(error) = renderer.ready().await {
        return Err(anyhow::anyhow!(
            "the app does not start: {}{}",
            error.message,
            stack(&error.frames)
        ))
        .hint("the stack names the module at fault; build again after the change");
    }
    println!("{}", browser_address(address));
    serving.await.context("the server ended unexpectedly")?;
    Ok(ExitCode::SUCCESS)
}

/// Listens, and explains why not.
pub(crate) async fn bind(
    config: Config,
    app: Option<App>,
    dev: Option<wellhead_server::Dev>,
) -> anyhow::Result<Server> {
    match Server::bind(config, app, dev).await {
        Ok(server) => Ok(server),
        Err(error) => match error.hint() {
            Some(hint) => Err(error).hint(hint),
            None => Err(error.into()),
        },
    }
}

/// A stack, each frame on a line of its own.
pub(crate) fn stack(frames: &[wellhead_render::Frame]) -> String {
    let line = |frame: &wellhead_render::Frame| {
        let place = format!("{}:{}:{}", frame.file, frame.line, frame.column);
        match frame.function.as_str() {
            "" => format!("\n    at {place}"),
            function => format!("\n    at {function} ({place})"),
        }
    };
    frames.iter().map(line).collect()
}

/// The threads for connections.
pub(crate) fn runtime(config: &Config) -> anyhow::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    if config.server.threads > 0 {
        builder.worker_threads(usize::try_from(config.server.threads)?);
    }
    builder
        .enable_all()
        .thread_name("wellhead-http")
        .build()
        .context("cannot start threads")
}

/// Takes the address from the command line, and the port from `PORT` where nothing else says it.
pub(crate) fn listen_where_asked(config: &mut Config, port: Option<u16>, host: Option<String>) {
    let platform = || {
        let free = std::env::var_os("WELLHEAD_SERVER_PORT").is_none();
        std::env::var("PORT")
            .ok()
            .filter(|_| free)?
            .parse::<u16>()
            .ok()
    };
    if let Some(port) = port.or_else(platform) {
        config.server.port = port.into();
    }
    if let Some(host) = host {
        config.server.host = host;
    }
}

/// The address for a browser on this machine.
pub(crate) fn browser_address(address: SocketAddr) -> String {
    let ip = if address.ip().is_unspecified() {
        IpAddr::V4(Ipv4Addr::LOCALHOST)
    } else {
        address.ip()
    };
    format!("http://{}", SocketAddr::new(ip, address.port()))
}

fn configuration(args: &Args) -> anyhow::Result<Config> {
    if let Some(file) = &args.config {
        let text = std::fs::read_to_string(file)
            .with_context(|| format!("cannot read {}", file.display()))
            .hint("--config takes a file of TOML, such as an app's wellhead.toml")?;
        return Config::parse(&text, std::env::vars())
            .hint("`wellhead check --config` lists the keys that there are");
    }
    let absolute = std::path::absolute(&args.dir)?;
    let places = [
        Some(absolute.as_path()),
        absolute.parent(),
        Some(Path::new(".")),
    ];
    let root = places
        .into_iter()
        .flatten()
        .find(|place| place.join(CONFIG_FILE).is_file());
    engine::configuration(root.unwrap_or(&args.dir))
}

fn bundle_folder(dir: &Path, config: &Config) -> PathBuf {
    if is_app(dir, config) {
        dir.join(&config.build.out)
    } else {
        dir.to_owned()
    }
}

/// Whether a folder is an app's and not a bundle's.
fn is_app(dir: &Path, config: &Config) -> bool {
    !dir.join(wellhead_build::manifest::FILE_NAME).is_file()
        && (dir.join("src").is_dir() || dir.join(&config.build.out).is_dir())
}

/// Ends at the first signal to end; a second one ends the process at once.
pub(crate) async fn shutdown_signal() {
    let mut signals = Signals::listen();
    signals.next().await;
    tokio::spawn(async move {
        signals.next().await;
        std::process::exit(130);
    });
}

/// The signals to end. None is lost that comes between two calls of `next`.
#[cfg(unix)]
struct Signals(Option<[tokio::signal::unix::Signal; 2]>);

#[cfg(unix)]
impl Signals {
    fn listen() -> Self {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = signal(SignalKind::terminate());
        let interrupt = signal(SignalKind::interrupt());
        Self(
            terminate
                .and_then(|terminate| Ok([terminate, interrupt?]))
                .ok(),
        )
    }

    async fn next(&mut self) {
        match &mut self.0 {
            Some([terminate, interrupt]) => {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
            }
            None => std::future::pending().await,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn listen() -> Self {
        Self
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
