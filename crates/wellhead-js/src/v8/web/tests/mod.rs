//! Runs the behaviour tests of the web platform, which are JavaScript (`cases/*.test.js`), inside isolates.
//!
//! One Rust test runs them all, on one thread: V8 wants its platform started before the threads that use it. Each case
//! is named in the output of a failure. `WELLHEAD_CASES=text` runs those with the text in their file or name.

mod capture;
mod server;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use deno_core::url::Url;
use deno_core::{
    JsRuntime, ModuleLoadOptions, ModuleLoadReferrer, ModuleLoadResponse, ModuleLoader,
    ModuleResolveResponse, ModuleSource, ModuleSourceCode, ModuleSpecifier, ModuleType,
    PollEventLoopOptions, ResolutionKind, RuntimeOptions, resolve_import, v8,
};
use deno_error::JsErrorBox;

use crate::v8::alloc::Buffers;
use crate::v8::platform;

use super::{Egress, EgressOptions, WebOptions, extensions, native, node_module};

#[derive(serde::Deserialize)]
struct Outcome {
    name: String,
    error: Option<String>,
}

/// What an isolate of these tests may hold in buffers.
const BUFFER_BYTES: usize = 256 << 20;

/// The end of a line that is too long, and what stands for it below.
const CUT: &str = "xxx\u{2026} (3616 bytes more)";
const LONG: &str = "a long line";

/// What the first case of `console.test.js` logs.
const LOGGED: &[&str] = &[
    "INFO text a 1 { b: [ 1, \"two\" ] }",
    "INFO info",
    "DEBUG debug",
    "WARN warn",
    "ERROR broken",
    "INFO group",
    "INFO   inside",
    "INFO laps: 1",
    "INFO laps: 2",
    "ERROR Assertion failed: told",
    "INFO Map(1) { \"k\" => Set(1) { 1 } } Headers { a: \"1\" }",
    LONG,
    "INFO two\nlines",
    "INFO half line",
    "WARN \"abc\" of a render",
];

#[test]
fn the_web_platform_behaves() {
    platform::init();
    let address = server::start();
    let filter = std::env::var("WELLHEAD_CASES").unwrap_or_default();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/v8/web/tests/cases");
    let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".test.js"))
        .collect();
    files.sort();
    let mut failures = Vec::new();
    let mut passed = 0;
    for file in &files {
        let stem = file
            .file_name()
            .unwrap()
            .to_string_lossy()
            .replace(".test.js", "");
        let only = if stem.contains(&filter) { "" } else { &filter };
        let capture = capture::Capture::default();
        let outcomes = tracing::subscriber::with_default(capture.clone(), || {
            run(file, &format!("http://{address}"), only)
        });
        if stem == "console" && filter.is_empty() {
            let mut lines = capture.lines();
            for line in &mut lines {
                if line.ends_with(CUT) {
                    *line = LONG.to_owned();
                }
            }
            lines.truncate(LOGGED.len());
            assert_eq!(lines, LOGGED, "what the console logged");
        }
        match outcomes {
            Ok(outcomes) => {
                for outcome in outcomes {
                    match outcome.error {
                        None => passed += 1,
                        Some(error) => failures.push(format!("{stem}: {}\n{error}", outcome.name)),
                    }
                }
            }
            Err(error) => failures.push(format!("{stem}: does not run\n{error}")),
        }
    }
    println!("{passed} cases passed");
    assert!(
        failures.is_empty(),
        "{} of {} cases failed:\n\n{}",
        failures.len(),
        passed + failures.len(),
        failures.join("\n\n")
    );
    assert!(passed > 0, "no case matches `{filter}`");
}

fn run(file: &Path, server: &str, only: &str) -> Result<Vec<Outcome>, String> {
    let tokio = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tokio.block_on(async {
        let mut extensions = extensions();
        let env = BTreeMap::from([("WELLHEAD_TEST".to_owned(), "yes".to_owned())]);
        extensions.push(native(
            WebOptions {
                egress: Egress::new(egress_options(file)),
                env: Arc::new(env),
            },
            Buffers::new(BUFFER_BYTES),
        ));
        let mut runtime = JsRuntime::new(RuntimeOptions {
            module_loader: Some(Rc::new(Files)),
            extensions,
            startup_snapshot: Some(platform::SNAPSHOT),
            ..Default::default()
        });
        let text = |error: Box<deno_core::error::JsError>| error.to_string();
        let setup = format!("globalThis.SERVER = {server:?}; globalThis.ONLY = {only:?};");
        runtime.execute_script("setup.js", setup).map_err(text)?;
        runtime
            .execute_script("harness.js", include_str!("harness.js"))
            .map_err(text)?;
        runtime
            .execute_script(
                "scrub.js",
                "delete globalThis.Deno; delete globalThis.__bootstrap;",
            )
            .map_err(text)?;
        let url = Url::from_file_path(file).unwrap();
        let module = runtime
            .load_side_es_module(&url)
            .await
            .map_err(|error| error.to_string())?;
        let evaluated = runtime.mod_evaluate(module);
        let options = PollEventLoopOptions::default();
        runtime
            .with_event_loop_promise(evaluated, options)
            .await
            .map_err(|error| error.to_string())?;
        let report = runtime
            .execute_script("run.js", "runCases()")
            .map_err(text)?;
        let report = runtime.resolve(report);
        let report = tokio::time::timeout(
            Duration::from_secs(60),
            runtime.with_event_loop_promise(report, PollEventLoopOptions::default()),
        )
        .await
        .map_err(|_| {
            let running = runtime
                .execute_script("now.js", "globalThis.RUNNING")
                .unwrap();
            format!("the case `{}` does not end", string(&mut runtime, running))
        })?
        .map_err(|error| error.to_string())?;
        serde_json::from_str(&string(&mut runtime, report)).map_err(|error| error.to_string())
    })
}

/// The limits of `fetch` for a file of cases. Those of times that run out are short, and each of them is alone.
fn egress_options(file: &Path) -> EgressOptions {
    let mut options = EgressOptions {
        most_open: 20,
        policy: Some(Box::new(|url: &Url| match url.host_str() {
            Some("forbidden.test") => Err("forbidden.test is not allowed".to_owned()),
            _ => Ok(()),
        })),
        ..EgressOptions::default()
    };
    let second = Duration::from_secs(1);
    match file.file_name().and_then(|name| name.to_str()) {
        Some("fetch_head_timeout.test.js") => options.head_timeout = second,
        Some("fetch_idle_timeout.test.js") => options.idle_timeout = second,
        Some("fetch_total_timeout.test.js") => options.total_timeout = Some(second),
        _ => {}
    }
    options
}

fn string(runtime: &mut JsRuntime, value: v8::Global<v8::Value>) -> String {
    deno_core::scope!(scope, runtime);
    v8::Local::new(scope, value).to_rust_string_lossy(scope)
}

/// Loads any file, and knows the modules of Node.
struct Files;

impl ModuleLoader for Files {
    fn resolve(&self, specifier: &str, referrer: &str, _: ResolutionKind) -> ModuleResolveResponse {
        let specifier = node_module(specifier).unwrap_or(specifier);
        resolve_import(specifier, referrer).map_err(JsErrorBox::from_err)
    }

    fn load(
        &self,
        url: &ModuleSpecifier,
        _: Option<&ModuleLoadReferrer>,
        _: ModuleLoadOptions,
    ) -> ModuleLoadResponse {
        let source = url
            .to_file_path()
            .map_err(|()| JsErrorBox::type_error(format!("cannot load {url}")))
            .and_then(|path| std::fs::read_to_string(path).map_err(JsErrorBox::from_err))
            .map(|text| {
                let code = ModuleSourceCode::String(text.into());
                ModuleSource::new(ModuleType::JavaScript, code, url, None)
            });
        ModuleLoadResponse::Sync(source)
    }
}
