//! `Tool` on V8: a program in an isolate.

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use deno_core::error::{CoreError, CoreErrorKind};
use deno_core::{JsRuntime, ModuleLoader, PollEventLoopOptions, v8};

use super::alloc::Buffers;
use super::errors;
use super::guard::{Guard, Verdict};
use super::isolate::{Isolate, Setup};
use super::loader::FolderLoader;
use super::web::WebOptions;
use super::{last_words, platform, watchdog};
use crate::tool::Code;
use crate::tool::threads::{self, GiveUp, Threads};
use crate::{JsError, Program};

/// A compiler of a large application needs a lot; past this it is the compiler that is at fault.
const HEAP_BYTES: usize = 2 << 30;
const BUFFER_BYTES: usize = 1 << 30;

/// The threads of a tool, each with an isolate.
pub(crate) type V8Tool = Threads<Instance>;

/// What the isolates of a tool are started with.
pub(crate) struct Source(Program);

impl Source {
    pub(crate) fn new(program: Program) -> Self {
        // On the thread that outlives those of the tool.
        platform::init();
        Self(program)
    }
}

/// A program that is loaded, and the event loop that it runs in.
pub(crate) struct Instance {
    loaded: Loaded,
    tokio: tokio::runtime::Runtime,
}

impl threads::Instance for Instance {
    type Source = Source;

    const STACK_BYTES: Option<usize> = Some(platform::THREAD_STACK_BYTES);

    fn load(Source(program): &Source, give_up: GiveUp) -> Result<Self, JsError> {
        let tokio = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| {
                JsError::engine(format!("the system cannot make an event loop: {error}"))
            })?;
        let loaded = tokio.block_on(Loaded::load(program, &give_up))?;
        Ok(Self { loaded, tokio })
    }

    fn call(&mut self, function: String, arguments: String) -> Result<String, JsError> {
        self.tokio.block_on(self.loaded.call(&function, &arguments))
    }

    fn is_spent(&self) -> bool {
        self.loaded.isolate.guard.verdict().is_some()
    }
}

struct Loaded {
    /// What functions are looked up on; dropped before the isolate.
    exports: v8::Global<v8::Object>,
    isolate: Isolate,
    root: Option<PathBuf>,
}

impl Loaded {
    async fn load(program: &Program, give_up: &GiveUp) -> Result<Self, JsError> {
        let time = program.time;
        match &program.code {
            Code::Scripts(scripts) => {
                let mut isolate = isolate(Rc::new(deno_core::NoopModuleLoader), time, give_up)?;
                for (name, source) in scripts {
                    isolate.guard.begin();
                    let done = isolate.runtime.execute_script(name.clone(), source.clone());
                    isolate.guard.end();
                    done.map_err(|exception| {
                        condemned(&isolate.guard)
                            .unwrap_or_else(|| errors::js_error(&exception, None))
                    })?;
                }
                let exports = {
                    deno_core::scope!(scope, isolate.runtime);
                    let global = scope.get_current_context().global(scope);
                    v8::Global::new(scope, global)
                };
                Ok(Self {
                    exports,
                    isolate,
                    root: None,
                })
            }
            Code::Modules { dir, entry, source } => {
                let mut loader = FolderLoader::new(dir).map_err(JsError::engine)?;
                let url = loader.url(entry).map_err(JsError::engine)?;
                if let Some(source) = source {
                    loader.add(url.clone(), source.clone());
                }
                let root = loader.root().to_path_buf();
                let mut isolate = isolate(Rc::new(loader), time, give_up)?;
                let guard = Arc::clone(&isolate.guard);
                let evaluated = within(&guard, evaluate(&mut isolate.runtime, &url)).await;
                let exports = evaluated.map_err(|error| {
                    condemned(&guard).unwrap_or_else(|| core_error(error.as_ref(), Some(&root)))
                })?;
                Ok(Self {
                    exports,
                    isolate,
                    root: Some(root),
                })
            }
        }
    }

    async fn call(&mut self, function: &str, arguments: &str) -> Result<String, JsError> {
        let guard = Arc::clone(&self.isolate.guard);
        let runtime = &mut self.isolate.runtime;
        let (function, arguments) = {
            deno_core::scope!(scope, runtime);
            prepare(scope, &self.exports, function, arguments)?
        };
        let result = within(&guard, async {
            let result = {
                deno_core::scope!(scope, runtime);
                JsRuntime::scoped_call_with_args(scope, &function, &arguments)
            };
            runtime
                .with_event_loop_promise(result, PollEventLoopOptions::default())
                .await
        });
        let result = result.await.map_err(|error| {
            condemned(&guard).unwrap_or_else(|| core_error(error.as_ref(), self.root.as_deref()))
        })?;
        let runtime = &mut self.isolate.runtime;
        deno_core::scope!(scope, runtime);
        let result = v8::Local::new(scope, result);
        stringify(scope, result)
    }
}

/// Runs a program's code, within the time that it may take: of the processor, which the watchdog sees to, and else.
/// There is no error where the time has passed while nothing ran.
async fn within<T>(
    guard: &Arc<Guard>,
    code: impl Future<Output = Result<T, CoreError>>,
) -> Result<T, Option<CoreError>> {
    guard.begin();
    let result = match guard.cpu_limit() {
        None => Some(code.await),
        // Twice the time, so that code which runs is told from code which waits.
        Some(time) => tokio::time::timeout(2 * time, code).await.ok(),
    };
    guard.end();
    match result {
        Some(result) => result.map_err(Some),
        None => {
            guard.condemn(Verdict::Cpu);
            Err(None)
        }
    }
}

fn isolate(
    loader: Rc<dyn ModuleLoader>,
    time: Option<Duration>,
    give_up: &GiveUp,
) -> Result<Isolate, JsError> {
    let buffers = Buffers::new(BUFFER_BYTES);
    let guard = Guard::new(time, Arc::clone(&buffers));
    let isolate = Isolate::new(Setup {
        heap_bytes: HEAP_BYTES,
        buffers,
        guard: Arc::clone(&guard),
        loader,
        web: WebOptions::of_the_process(),
        extensions: Vec::new(),
        inspector: false,
    })
    .map_err(JsError::engine)?;
    let dying = Arc::clone(give_up);
    last_words::leave(move || dying(limit_error(Verdict::Heap, time)));
    let stuck = Arc::clone(give_up);
    guard.when_stuck(move || stuck(limit_error(Verdict::Cpu, time)));
    if time.is_some() {
        watchdog::watch(&guard);
    }
    Ok(isolate)
}

/// Loads and evaluates a module, and gives its namespace.
async fn evaluate(
    runtime: &mut JsRuntime,
    url: &deno_core::ModuleSpecifier,
) -> Result<v8::Global<v8::Object>, CoreError> {
    let id = runtime.load_side_es_module(url).await?;
    let done = runtime.mod_evaluate(id);
    runtime
        .run_event_loop(PollEventLoopOptions::default())
        .await?;
    done.await?;
    runtime.get_module_namespace(id)
}

type Prepared = (v8::Global<v8::Function>, Vec<v8::Global<v8::Value>>);

fn prepare(
    scope: &mut v8::PinScope<'_, '_>,
    exports: &v8::Global<v8::Object>,
    name: &str,
    arguments: &str,
) -> Result<Prepared, JsError> {
    let too_long = || {
        JsError::engine(format!(
            "the arguments of `{name}` are longer than a string can be"
        ))
    };
    let key = v8::String::new(scope, name).ok_or_else(too_long)?;
    let function = v8::Local::new(scope, exports)
        .get(scope, key.into())
        .and_then(|value| v8::Local::<v8::Function>::try_from(value).ok())
        .ok_or_else(|| JsError::engine(format!("the program has no function `{name}`")))?;
    let text = v8::String::new(scope, arguments).ok_or_else(too_long)?;
    let parsed = v8::json::parse(scope, text).ok_or_else(too_long)?;
    let arguments = match v8::Local::<v8::Array>::try_from(parsed) {
        Ok(list) => (0..list.length())
            .filter_map(|index| list.get_index(scope, index))
            .map(|value| v8::Global::new(scope, value))
            .collect(),
        Err(_) => vec![v8::Global::new(scope, parsed)],
    };
    Ok((v8::Global::new(scope, function), arguments))
}

fn stringify(
    scope: &mut v8::PinScope<'_, '_>,
    value: v8::Local<'_, v8::Value>,
) -> Result<String, JsError> {
    if value.is_undefined() {
        return Ok("null".into());
    }
    v8::tc_scope!(let scope, scope);
    match v8::json::stringify(scope, value) {
        Some(text) => Ok(text.to_rust_string_lossy(scope)),
        None => match scope.exception() {
            Some(exception) => {
                let exception = deno_core::error::JsError::from_v8_exception(scope, exception);
                Err(errors::js_error(&exception, None))
            }
            None => Err(JsError::engine("the result is longer than a string can be")),
        },
    }
}

fn core_error(error: Option<&CoreError>, root: Option<&std::path::Path>) -> JsError {
    let Some(error) = error else {
        return JsError::engine("the call was given up");
    };
    match error.as_kind() {
        CoreErrorKind::Js(exception) => errors::js_error(exception, root),
        CoreErrorKind::PendingPromiseResolution => {
            JsError::engine("the call waits for something that can no longer happen")
        }
        _ => JsError::engine(error.to_string()),
    }
}

/// The error of a program that was terminated.
fn condemned(guard: &Guard) -> Option<JsError> {
    guard
        .verdict()
        .map(|verdict| limit_error(verdict, guard.cpu_limit()))
}

fn limit_error(verdict: Verdict, time: Option<Duration>) -> JsError {
    match verdict {
        Verdict::Heap => JsError::limit(format!(
            "the program needs more than {} MiB of heap",
            HEAP_BYTES >> 20
        )),
        Verdict::Buffers => JsError::limit(format!(
            "the program needs more than {} MiB of buffers",
            BUFFER_BYTES >> 20
        )),
        Verdict::Cpu => JsError::too_long(time),
    }
}
