//! Builds an app, again and again: the compiler and what it made stay in memory between builds.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use crate::alias::Aliases;
use crate::asset::Assets;
use crate::bundling::{self, Bundled, Entry};
use crate::cache::Cache;
use crate::env::Env;
use crate::options::BuildOptions;
use crate::report::{BuildError, Report};
use crate::runtime::Runtime;
use crate::scan::{self, Routes};
use crate::session::{App, Session};
use crate::surroundings;
use crate::svelte::{Compiler, Installed, Side};
use crate::threads::Threads;
use crate::{Diagnostic, output, types, unused};

/// Builds one app with one set of options.
///
/// Rebuilding after a change is fast: the compiler is warm, and what did not change is not compiled again. Watching for
/// changes is for others.
///
/// ```no_run
/// use wellhead_build::{BuildOptions, Builder};
///
/// let builder = Builder::new("examples/atlas", BuildOptions::development())?;
/// let report = builder.build()?;
/// assert_eq!(builder.build()?.compiled, 0);
/// # Ok::<(), wellhead_build::BuildError>(())
/// ```
#[derive(Debug)]
pub struct Builder {
    app_dir: PathBuf,
    options: BuildOptions,
    cache: Arc<Cache>,
    compiler: Mutex<Option<Arc<Compiler>>>,
    threads: Threads,
    /// Two builds at once would write into one folder.
    turn: Mutex<()>,
}

impl Builder {
    /// A builder for the app in `app_dir`. Nothing of the app is read yet.
    ///
    /// # Errors
    ///
    /// The folder is not there, or threads cannot be started.
    pub fn new(app_dir: impl AsRef<Path>, options: BuildOptions) -> Result<Self, BuildError> {
        let given = app_dir.as_ref();
        let app_dir = given.canonicalize().map_err(|error| {
            Diagnostic::error("no_app", format!("cannot open the folder: {error}"))
                .in_file(given.display().to_string())
                .with_help("name an app's folder: one with src/routes")
        })?;
        let cache = Arc::new(Cache::new(app_dir.join(".wellhead/cache")));
        Ok(Self {
            app_dir,
            options,
            cache,
            compiler: Mutex::default(),
            threads: Threads::start()?,
            turn: Mutex::default(),
        })
    }

    /// The app's folder, absolute.
    #[must_use]
    pub fn app_dir(&self) -> &Path {
        &self.app_dir
    }

    /// Builds the app. Blocks; in async code, call it through `spawn_blocking`.
    ///
    /// # Errors
    ///
    /// Every problem that was found. The bundle of the build before stays in place.
    pub fn build(&self) -> Result<Report, BuildError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.threads.wait(self.run())
    }

    async fn run(&self) -> Result<Report, BuildError> {
        let start = Instant::now();
        let mut problems = Vec::new();
        let Some(app) = self.prepare(&mut problems) else {
            return Err(BuildError::new(problems));
        };
        let before = app.compiler.counts();
        let assets = Arc::new(Assets::new(self.options.base()));
        let session = |side| Arc::new(Session::new(Arc::clone(&app), side, Arc::clone(&assets)));
        let (server, client) = (session(Side::Server), session(Side::Client));
        let mut bundled = bundle(&server, &client, &mut problems).await;
        let live = match app.routes.live().next() {
            Some(_) => {
                let session = session(Side::Client);
                let live = bundling::bundle(&session, &Entry::live()).await;
                problems.extend(session.take_problems());
                if live.is_none() {
                    bundled = None;
                }
                live
            }
            None => None,
        };
        if self.options.checks_unused_components() {
            problems.extend(unused::check(&app, [&server, &client]).await);
        }
        let fine = |_: &_| !problems.iter().any(Diagnostic::is_error);
        let Some((server_chunks, client_chunks)) = bundled.filter(fine) else {
            return Err(BuildError::new(problems));
        };
        let written = output::write(&client, server_chunks, client_chunks, live);
        problems.extend(client.take_problems());
        let written = match written {
            Ok(written) => written,
            Err(failed) => {
                problems.extend(failed);
                return Err(BuildError::new(problems));
            }
        };
        let counts = app.compiler.counts();
        if counts.compiled > before.compiled {
            self.cache.prune();
        }
        crate::diagnostic::sort(&mut problems);
        Ok(Report {
            out_dir: self.options.out_dir(&self.app_dir),
            hash: written.hash,
            compiled: counts.compiled - before.compiled,
            cached: counts.cached - before.cached,
            modules: written.modules,
            server_chunks: written.server_chunks,
            client_chunks: written.client_chunks,
            server_bytes: written.server_bytes,
            client_bytes: written.client_bytes,
            routes: app.routes.routes.len(),
            duration: start.elapsed(),
            warnings: problems,
        })
    }

    /// Finds what a build begins with. Where some routes are wrong, there is an app still, so that what is wrong in the
    /// files of the others is told too.
    fn prepare(&self, problems: &mut Vec<Diagnostic>) -> Option<Arc<App>> {
        let (routes, found) = scan::read(&self.app_dir);
        problems.extend(found);
        problems.extend(surroundings::check(&self.app_dir, &routes));
        let aliases = Aliases::read(&self.app_dir, problems);
        let compiler = self
            .compiler(&routes)
            .map_err(|problem| problems.push(problem));
        let env = Env::read(&self.app_dir, &self.options);
        let runtime = Runtime::write(&self.app_dir, &self.options).and_then(|runtime| {
            types::write(&routes, &runtime, &env)?;
            Ok(runtime)
        });
        let runtime = runtime.map_err(|problem| problems.push(problem));
        let (Ok(compiler), Ok(runtime)) = (compiler, runtime) else {
            return None;
        };
        (!routes.routes.is_empty()).then(|| {
            Arc::new(App {
                dir: self.app_dir.clone(),
                routes,
                options: self.options.clone(),
                runtime,
                compiler,
                aliases,
                env,
            })
        })
    }

    /// The app's compiler; another one when another version was installed.
    fn compiler(&self, routes: &Routes) -> Result<Arc<Compiler>, Diagnostic> {
        let installed = match Installed::find(&self.app_dir) {
            Err(_) if !routes.routes.is_empty() && !unused::has_components(&self.app_dir) => {
                Installed::absent()
            }
            installed => installed?,
        };
        let mut compiler = self.compiler.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(compiler) = &*compiler
            && *compiler.installed() == installed
        {
            return Ok(Arc::clone(compiler));
        }
        let fresh = Arc::new(Compiler::new(
            installed,
            self.options.engine(),
            Arc::clone(&self.cache),
        ));
        *compiler = Some(Arc::clone(&fresh));
        Ok(fresh)
    }
}

/// Bundles both sides at the same time; nothing where there is an error.
async fn bundle(
    server: &Arc<Session>,
    client: &Arc<Session>,
    problems: &mut Vec<Diagnostic>,
) -> Option<(Bundled, Bundled)> {
    let start = |session: &Arc<Session>| {
        let session = Arc::clone(session);
        tokio::spawn(async move { bundling::bundle(&session, &Entry::of(session.side)).await })
    };
    let tasks = [start(server), start(client)];
    let mut sides = Vec::new();
    for (task, session) in tasks.into_iter().zip([server, client]) {
        match task.await {
            Ok(bundled) => sides.push(bundled),
            Err(panic) => {
                let message = format!("the bundler failed: {panic}");
                problems.push(Diagnostic::error("bundler", message));
                sides.push(None);
            }
        }
        problems.extend(session.take_problems());
    }
    if problems.iter().any(Diagnostic::is_error) {
        return None;
    }
    let (client, server) = (sides.pop().flatten(), sides.pop().flatten());
    if client.is_none() || server.is_none() {
        problems.push(Diagnostic::error(
            "bundler",
            "the bundler failed without a reason",
        ));
    }
    server.zip(client)
}

/// Builds the app in `app_dir` once.
///
/// # Errors
///
/// Every problem that was found.
pub fn build(app_dir: impl AsRef<Path>, options: BuildOptions) -> Result<Report, BuildError> {
    Builder::new(app_dir, options)?.build()
}
