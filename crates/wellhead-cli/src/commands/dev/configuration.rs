//! The configuration of an app while it is developed: read again at every change.

use std::fmt;
use std::path::Path;

use wellhead_server::config::{CONFIG_FILE, Config, ConfigProblem, ConfigProblems, KEYS, Key};

use crate::commands::serve::listen_where_asked;
use crate::hint::WithHint;
use crate::{logging, terminal};

/// Keys, or whole sections, that are used once, at the start.
const AT_START: [&str; 6] = [
    "server.host",
    "server.port",
    "server.threads",
    "server.max_connections",
    "log.level",
    "log.format",
];

/// Sections and keys that decide what a build makes, beside the files of the app.
const OF_THE_BUILD: [&str; 3] = ["app.base", "engine.engine", "svelte.compiler_options"];

/// Keys that mean nothing in development.
const UNUSED: [&str; 5] = [
    "build.out",
    "build.client_maps",
    "build.compress",
    "build.brotli_quality",
    "log.access",
];

/// What the command line says about the configuration.
pub(super) struct Asked {
    pub(super) port: Option<u16>,
    pub(super) host: Option<String>,
}

impl Asked {
    /// The configuration to start with: the defaults where the file is broken, which is then told like a change of it that
    /// is. What is wrong with the environment cannot be mended while this runs.
    pub(super) fn first(&self, dir: &Path) -> anyhow::Result<Config> {
        let mut config = match read(dir) {
            Ok(config) => config,
            Err(_) => Config::parse("", std::env::vars()).and_then(understood).hint(
                "this is of the environment; `wellhead check --config` lists the variables that there are",
            )?,
        };
        self.apply(&mut config);
        Ok(config)
    }

    /// Makes a configuration one for development, as it was asked for.
    pub(super) fn apply(&self, config: &mut Config) {
        listen_where_asked(config, self.port, self.host.clone());
        // A page that waits for its next load would only delay the end.
        config.server.shutdown_ms = config.server.shutdown_ms.min(1000);
        config.log.access = false;
    }
}

/// The configuration in use.
pub(super) struct Configuration {
    pub(super) config: Config,
    pub(super) asked: Asked,
}

/// What another configuration changes; shown, it says so.
pub(super) struct Change {
    /// Whether the app has to be built anew.
    pub(super) rebuilds: bool,
    lines: Vec<String>,
}

impl Configuration {
    /// Reads the file again; tells what is new, if anything is.
    pub(super) fn reread(&mut self, dir: &Path) -> Result<Option<Change>, ConfigProblems> {
        let mut config = read(dir)?;
        self.asked.apply(&mut config);
        let change = Change::between(&self.config, &config);
        self.config = config;
        Ok(change)
    }
}

fn read(dir: &Path) -> Result<Config, ConfigProblems> {
    Config::load(dir).and_then(understood)
}

/// Refuses what only shows when it is used.
fn understood(config: Config) -> Result<Config, ConfigProblems> {
    match logging::filter(&config.log.level) {
        Ok(_) => Ok(config),
        Err(reason) => Err(ConfigProblems(vec![ConfigProblem {
            line: None,
            key: "log.level".to_owned(),
            message: reason,
            hint: Some(logging::LEVELS.to_owned()),
        }])),
    }
}

impl Change {
    fn between(old: &Config, new: &Config) -> Option<Self> {
        let changed: Vec<&Key> = KEYS
            .iter()
            .filter(|key| key.show(old) != key.show(new))
            .collect();
        let name = |key: &Key| format!("{}.{}", key.section, key.name);
        let line = |key: &&Key| {
            let name = name(key);
            let note = if AT_START.contains(&name.as_str()) {
                terminal::yellow(": restart needed, end `wellhead dev` and start it again")
            } else if UNUSED.contains(&name.as_str()) {
                terminal::dim(" (not used in development)")
            } else {
                String::new()
            };
            format!("{CONFIG_FILE}: {name} = {}{note}", key.show(new))
        };
        (!changed.is_empty()).then(|| Self {
            rebuilds: changed
                .iter()
                .any(|key| OF_THE_BUILD.contains(&name(key).as_str())),
            lines: changed.iter().map(line).collect(),
        })
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.lines.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(text: &str) -> Option<Change> {
        Change::between(&Config::default(), &Config::parse(text, []).unwrap())
    }

    #[test]
    fn every_key_that_is_named_here_is_one() {
        for name in [&AT_START[..], &OF_THE_BUILD, &UNUSED].concat() {
            let known = |key: &Key| format!("{}.{}", key.section, key.name) == name;
            assert!(KEYS.iter().any(known), "{name}");
        }
    }

    #[test]
    fn a_change_says_what_it_takes() {
        assert!(change("[server]\nport = 3000").is_none());
        let port = change("[server]\nport = 3001").unwrap();
        assert!(port.to_string().contains("restart needed") && !port.rebuilds);
        let etag = change("[server]\npage_etag = false").unwrap();
        assert_eq!(etag.to_string(), "wellhead.toml: server.page_etag = false");
        assert!(change("[app]\nbase = '/a'").unwrap().rebuilds);
    }
}
