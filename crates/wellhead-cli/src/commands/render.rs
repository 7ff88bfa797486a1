//! `wellhead render`

mod batch;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use wellhead_build::{BuildOptions, Components, Diagnostic};
use wellhead_js::{Engine, JsError, Program, Tool};

use super::build::show;
use super::serve::stack;
use crate::hint::WithHint;
use crate::terminal;

/// Compilers that are kept for jobs with other options, at most.
const MOST_COMPILERS: usize = 8;

/// Render component files on their own and print HTML.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wellhead render Button.svelte --props '{\"label\": \"Go\"}'
  wellhead render Page.svelte --props @props.json --json | jq -r .css
  wellhead render --batch @jobs.jsonl

A component is compiled with what it imports and with the packages of the nearest node_modules. A line of a batch is
{\"file\": …, \"props\": {…}, \"async\": true, \"compilerOptions\": {…}}, of which only the file is needed; its answer
is {\"line\", \"file\", \"head\", \"body\", \"css\"} or {\"line\", \"file\", \"error\"}. A line that fails does not stop
the rest; the exit code is 1 if any did. What --async and --compiler-options say holds for the lines that do not.")]
pub(crate) struct Args {
    /// The component's file.
    #[arg(value_name = "FILE", required_unless_present = "batch")]
    file: Option<PathBuf>,
    /// The component's props: JSON, or @FILE for a file with JSON
    #[arg(long, value_name = "JSON|@FILE")]
    props: Option<String>,
    /// Print {"head", "body", "css"} instead of HTML
    #[arg(long)]
    json: bool,
    /// Let components await in their markup
    #[arg(long = "async")]
    awaits: bool,
    /// Options for the compiler: JSON, or @FILE for a file with JSON
    #[arg(long, value_name = "JSON|@FILE")]
    compiler_options: Option<String>,
    /// What runs the compiler and the component: v8 or node
    #[arg(long, value_name = "ENGINE", default_value_t = Engine::default())]
    engine: Engine,
    /// Time that a component may take, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=3_600_000))]
    timeout: u64,
    /// Render many files: a file of JSON lines in, JSON lines out; @- reads standard input
    #[arg(long, value_name = "@FILE", conflicts_with_all = ["file", "props", "json"])]
    batch: Option<String>,
}

/// One component to render.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Job {
    file: PathBuf,
    #[serde(default)]
    props: Map<String, Value>,
    #[serde(default, rename = "async")]
    awaits: bool,
    #[serde(default)]
    compiler_options: Map<String, Value>,
}

/// What a component renders to.
#[derive(Debug, Serialize)]
struct Rendered {
    head: String,
    body: String,
    css: String,
}

/// Why a component was not rendered.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Failure {
    /// The job is not understood.
    Job { message: String },
    /// It does not compile.
    Compile {
        message: String,
        diagnostics: Vec<Diagnostic>,
    },
    /// It threw; with the name `LimitError`, it took too much time or memory.
    Render {
        name: String,
        message: String,
        frames: Vec<wellhead_render::Frame>,
    },
}

pub(crate) fn run(args: Args) -> anyhow::Result<ExitCode> {
    let options = args
        .compiler_options
        .as_deref()
        .map_or(Ok(Map::new()), |text| object(text, "--compiler-options"))?;
    let mut compilers = Compilers::new(args.engine, Duration::from_millis(args.timeout));
    if let Some(batch) = &args.batch {
        return batch::run(batch, &options, args.awaits, compilers);
    }
    let props = args
        .props
        .as_deref()
        .map_or(Ok(Map::new()), |text| object(text, "--props"))?;
    let file = args.file.context("name a component's file")?;
    let job = Job {
        file,
        props,
        awaits: args.awaits,
        compiler_options: options,
    };
    let (rendered, warnings) = terminal::during("rendering…", || compilers.render(&job))
        .or_else(|failure| failure.explain(&job.file))?;
    show(&warnings);
    if args.json {
        println!("{}", serde_json::to_string(&rendered)?);
    } else if rendered.head.is_empty() {
        println!("{}", rendered.body);
    } else {
        println!("{}\n{}", rendered.head, rendered.body);
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads an option that is JSON, or a file of JSON.
fn object(text: &str, option: &str) -> anyhow::Result<Map<String, Value>> {
    let Some(file) = text.strip_prefix('@') else {
        return serde_json::from_str(text)
            .with_context(|| format!("{option} is no JSON object"))
            .hint("write it as '{\"name\": \"value\"}', in quotes for the shell");
    };
    let text = std::fs::read_to_string(file)
        .with_context(|| format!("cannot read {file}, which {option} names"))
        .hint("check the path: it is relative to where you are")?;
    serde_json::from_str(&text)
        .with_context(|| format!("{file} is no JSON object"))
        .hint("a file for this option holds one JSON object: {\"name\": \"value\"}")
}

impl Failure {
    /// The failure as the command's own error.
    fn explain<T>(self, file: &Path) -> anyhow::Result<T> {
        let file = file.display();
        match self {
            // Only lines of a batch are jobs that are not understood, and those are answered.
            Self::Job { message } => anyhow::bail!(message),
            Self::Compile {
                message,
                diagnostics,
            } => {
                show(&diagnostics);
                let why = if diagnostics.is_empty() {
                    format!(": {message}")
                } else {
                    String::new()
                };
                Err(anyhow::anyhow!("{file} does not compile{why}"))
                    .hint("what is wrong is above, with its file and line")
            }
            Self::Render { name, message, .. } if name == JsError::LIMIT => {
                Err(anyhow::anyhow!("{file} was not rendered: {message}"))
                    .hint("look for a loop without an end; --timeout MS gives it more time")
            }
            Self::Render { name, message, .. } if name == JsError::ENGINE => {
                Err(anyhow::anyhow!("{file} was not rendered: {message}"))
                    .hint("try the other engine: --engine v8 or --engine node")
            }
            Self::Render {
                name,
                message,
                frames,
            } => Err(anyhow::anyhow!(
                "{file} threw {name}: {message}{}",
                stack(&frames)
            ))
            .hint(
                "the first line of the stack is where; --props gives the component what it needs",
            ),
        }
    }
}

/// Warm compilers, one for each set of options.
struct Compilers {
    engine: Engine,
    timeout: Duration,
    by_options: HashMap<String, Components>,
}

impl Compilers {
    fn new(engine: Engine, timeout: Duration) -> Self {
        Self {
            engine,
            timeout,
            by_options: HashMap::new(),
        }
    }

    fn render(&mut self, job: &Job) -> Result<(Rendered, Vec<Diagnostic>), Failure> {
        let component = self
            .of(job)?
            .compile(&job.file)
            .map_err(|error| Failure::Compile {
                message: error.to_string(),
                diagnostics: error.diagnostics().to_vec(),
            })?;
        // A new isolate for each: what one component leaves behind is nothing to the next.
        let program = Program::module_text(&component.root, "component.js", component.code)
            .with_time_limit(self.timeout);
        let function = if job.awaits { "renderAsync" } else { "render" };
        let tool = Tool::start(self.engine, program, 1);
        let parts = tool.and_then(|tool| tool.call::<Parts>(function, &(&job.props,)));
        let Parts { head, body } = parts.map_err(
            |JsError {
                 name,
                 message,
                 frames,
                 ..
             }| Failure::Render {
                name,
                message,
                frames,
            },
        )?;
        Ok((
            Rendered {
                head,
                body,
                css: component.css,
            },
            component.warnings,
        ))
    }

    fn of(&mut self, job: &Job) -> Result<&Components, Failure> {
        let mut options = job.compiler_options.clone();
        if job.awaits {
            let experimental = options
                .entry("experimental")
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(experimental) = experimental {
                experimental.insert("async".into(), Value::Bool(true));
            }
        }
        let engine = self.engine;
        let key = Value::Object(options.clone()).to_string();
        if !self.by_options.contains_key(&key) && self.by_options.len() >= MOST_COMPILERS {
            self.by_options.clear();
        }
        match self.by_options.entry(key) {
            std::collections::hash_map::Entry::Occupied(entry) => Ok(entry.into_mut()),
            std::collections::hash_map::Entry::Vacant(entry) => {
                let components = Components::new(
                    BuildOptions::production()
                        .with_engine(engine)
                        .with_svelte(options),
                );
                let components = components.map_err(|error| Failure::Compile {
                    message: error.to_string(),
                    diagnostics: error.diagnostics().to_vec(),
                })?;
                Ok(entry.insert(components))
            }
        }
    }
}

#[derive(Deserialize)]
struct Parts {
    head: String,
    body: String,
}
