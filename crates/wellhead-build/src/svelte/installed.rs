//! Finds the Svelte that an app has installed.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::Diagnostic;

/// The oldest major version that the build and the runtime work with.
const OLDEST: u64 = 5;

/// The Svelte of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Installed {
    pub(crate) version: String,
    /// `svelte/compiler/index.js`, one script.
    pub(crate) compiler: PathBuf,
}

impl Installed {
    /// Of an app that has nothing for Svelte to compile.
    pub(crate) fn absent() -> Self {
        Self {
            version: String::new(),
            compiler: PathBuf::new(),
        }
    }

    /// Looks for `node_modules/svelte` in a folder and in those above it.
    pub(crate) fn find(dir: &Path) -> Result<Self, Diagnostic> {
        let Some(package) = dir
            .ancestors()
            .map(|dir| dir.join("node_modules/svelte"))
            .find(|path| path.is_dir())
        else {
            return Err(missing(dir));
        };
        let version = fs::read_to_string(package.join("package.json"))
            .ok()
            .and_then(|text| serde_json::from_str::<Value>(&text).ok())
            .and_then(|json| json.get("version")?.as_str().map(str::to_owned));
        let compiler = package.join("compiler/index.js");
        let broken = |what: &str| {
            Diagnostic::error(
                "broken_svelte",
                format!("the installed svelte is incomplete: {what}"),
            )
            .in_file(package.display().to_string())
            .with_help("remove node_modules and run `npm install`")
        };
        let version = version.ok_or_else(|| broken("no version in its package.json"))?;
        let major = version
            .split('.')
            .next()
            .and_then(|major| major.parse().ok())
            .unwrap_or(0);
        if major < OLDEST {
            return Err(
                Diagnostic::error("old_svelte", format!("svelte {version} is too old"))
                    .in_file(package.display().to_string())
                    .with_help("run `npm install svelte@5`"),
            );
        }
        if !compiler.is_file() {
            return Err(broken("there is no compiler/index.js"));
        }
        Ok(Self { version, compiler })
    }
}

fn missing(dir: &Path) -> Diagnostic {
    let package = dir
        .ancestors()
        .find(|dir| dir.join("package.json").is_file());
    let Some(package) = package else {
        return Diagnostic::error(
            "no_package_json",
            "there is no package.json, so svelte is not installed",
        )
        .in_file(dir.display().to_string())
        .with_help("run `npm init -y && npm install svelte`");
    };
    let listed = fs::read_to_string(package.join("package.json"))
        .is_ok_and(|text| text.contains("\"svelte\""));
    let diagnostic = if package.join("node_modules").is_dir() {
        Diagnostic::error("missing_svelte", "svelte is not installed")
    } else {
        Diagnostic::error(
            "missing_node_modules",
            "there is no node_modules: the app's packages are not installed",
        )
    };
    diagnostic
        .in_file(package.join("package.json").display().to_string())
        .with_help(if listed {
            "run `npm install`"
        } else {
            "run `npm install svelte`"
        })
}
