//! `cargo xtask e2e`: the browser tests of `tests/e2e`, on each engine.
//!
//! Every app is built once to `target/e2e/apps/NAME`; what a failing test leaves behind (screenshot,
//! server log) is in `target/e2e/ENGINE`.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::{Context, Result, bail};

use crate::{
    app,
    command::{announce, watch},
    project::Project,
    setup::{self, Ready, Scope, v8::V8},
    tally::Tally,
};

/// What runs the JavaScript of a served app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    V8,
    Node,
}

impl Engine {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "v8" => Some(Self::V8),
            "node" => Some(Self::Node),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::V8 => "v8",
            Self::Node => "node",
        }
    }

    /// The engines that a build with this V8 has.
    pub(crate) fn available(v8: &V8) -> &'static [Self] {
        match v8 {
            V8::Archive { .. } | V8::Download => &[Self::V8, Self::Node],
            V8::Absent { .. } => &[Self::Node],
        }
    }
}

/// Which browser tests run.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// None named: all that are available.
    pub(crate) engines: Vec<Engine>,
    /// Part of a spec file's path.
    pub(crate) filter: Option<String>,
}

pub(crate) fn command(project: &Project, options: &Options) -> Result<ExitCode> {
    let ready = setup::run(project, Scope::Develop)?;
    if !ready.problems.is_empty() {
        bail!("{}", ready.problems.join("\nerror: "));
    }
    let available = Engine::available(&ready.v8);
    if let Some(missing) = options
        .engines
        .iter()
        .find(|engine| !available.contains(engine))
    {
        bail!(
            "this build has no engine {}; hint: cargo xtask setup says why",
            missing.name()
        );
    }
    let engines = if options.engines.is_empty() {
        available
    } else {
        &options.engines
    };
    let filter = options.filter.as_deref();
    let of_apps = specs(project, filter, Selection::OfApps)?;
    let all = specs(project, filter, Selection::All)?;
    if all.is_empty() {
        bail!("no spec file in tests/e2e fits; hint: the filter is a part of its path");
    }
    if !of_apps.is_empty() {
        app::build_program(project, &ready.v8)?;
        build_apps(project)?;
    }
    if all
        .iter()
        .any(|spec| spec.ends_with("client/pairs.spec.mjs"))
    {
        app::build_pairs(project, &ready.v8)?;
    }
    let mut tally = Tally::default();
    let mut success = true;
    for (index, &engine) in engines.iter().enumerate() {
        let specs = if index == 0 { &all } else { &of_apps };
        announce(&format!("browser tests, engine {}", engine.name()));
        success &= run(project, &ready, engine, specs, &mut tally)?;
    }
    println!("{tally}");
    Ok(if success {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Which spec files there are to run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Selection {
    /// Those that need no app as well: of the client alone, and of the harness itself. Engines do not matter to them.
    All,
    /// Those that visit apps.
    OfApps,
}

/// Builds what the tests serve: the examples, and the small apps beside the tests.
pub(crate) fn build_apps(project: &Project) -> Result<()> {
    for folder in apps(project)? {
        let name = folder.file_name().context("an app has a folder")?;
        app::build(project, &folder, &built_apps(project).join(name))?;
    }
    Ok(())
}

/// What TypeScript and editors say of apps, components and all, with the declarations that the build made.
pub(crate) fn check_types(project: &Project) -> Result<bool> {
    let checker = project.path("tests/e2e/node_modules/svelte-check/bin/svelte-check");
    let mut success = true;
    for folder in apps(project)? {
        if !folder.join("tsconfig.json").is_file() {
            continue;
        }
        // svelte-check wants components, of which the build's declarations tell.
        let declarations = fs::read_to_string(folder.join(".wellhead/types.d.ts"))
            .context("the app was not built")?;
        if declarations.starts_with("/// <reference types=\"svelte\"") {
            let mut node = project.program("node");
            node.arg(&checker)
                .arg("--fail-on-warnings")
                .args(["--output", "human-verbose"])
                .arg("--workspace")
                .arg(folder)
                .args(["--tsconfig", "tsconfig.json"]);
            success &= watch(&mut node, |_| ())?;
        } else {
            let mut node = project.program("node");
            node.arg(project.path("tests/e2e/node_modules/typescript/bin/tsc"))
                .arg("--project")
                .arg(&folder);
            success &= watch(&mut node, |_| ())?;
        }
    }
    Ok(success)
}

fn apps(project: &Project) -> Result<Vec<PathBuf>> {
    let mut apps = project.folders_with("examples", "src/routes")?;
    apps.extend(project.folders_with("tests/e2e/apps", "src/routes")?);
    Ok(apps)
}

fn built_apps(project: &Project) -> PathBuf {
    project.target().join("e2e/apps")
}

/// The spec files whose path from the root contains `filter`, sorted.
pub(crate) fn specs(
    project: &Project,
    filter: Option<&str>,
    selection: Selection,
) -> Result<Vec<PathBuf>> {
    let folder = project.path("tests/e2e");
    let mut places = vec![folder.join("specs")];
    if selection == Selection::All {
        places.extend([folder.join("client"), folder]);
    }
    let mut specs = Vec::new();
    for place in places.iter().filter(|place| place.is_dir()) {
        for entry in fs::read_dir(place)? {
            let path = entry?.path();
            let shown = project.shown(&path);
            if shown.ends_with(".spec.mjs") && filter.is_none_or(|filter| shown.contains(filter)) {
                specs.push(path);
            }
        }
    }
    specs.sort();
    Ok(specs)
}

/// Runs the spec files on one engine and returns whether all passed.
pub(crate) fn run(
    project: &Project,
    ready: &Ready,
    engine: Engine,
    specs: &[PathBuf],
    tally: &mut Tally,
) -> Result<bool> {
    if specs.is_empty() {
        return Ok(true);
    }
    let browser = ready
        .browser
        .as_deref()
        .context("there is no browser; hint: cargo xtask setup")?;
    let output = project.target().join("e2e").join(engine.name());
    forget(&output)?;
    let mut node = project.program("node");
    node.args(["--test", "--test-reporter=spec", "--test-concurrency=2"])
        .args(specs)
        .env("CHROMIUM", browser)
        .env("WELLHEAD", project.wellhead())
        .env("WELLHEAD_PAIRS", project.pairs())
        .env("WELLHEAD_ENGINE", engine.name())
        .env("WELLHEAD_APPS", built_apps(project))
        .env("WELLHEAD_E2E_OUTPUT", output);
    watch(&mut node, |line| tally.read(line))
}

/// Removes what failing tests of an earlier run left, which would be taken for this one's.
fn forget(output: &Path) -> Result<()> {
    if output.exists() {
        fs::remove_dir_all(output).with_context(|| format!("cannot empty {}", output.display()))?;
    }
    Ok(())
}
