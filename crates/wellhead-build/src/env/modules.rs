//! The modules `$env/static/private`, `$env/static/public`, `$env/dynamic/private` and `$env/dynamic/public`.

use std::fmt::Write;

use oxc::syntax::keyword::is_reserved_keyword;

use super::Env;
use crate::generate::quote;
use crate::options::BuildOptions;

/// The beginning of the modules' ids; what follows `$env/` comes after it.
const PREFIX: &str = "wellhead:env/";

/// The beginning of the names of variables that browsers may see.
const PUBLIC: &str = "PUBLIC_";

/// One of the modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EnvModule {
    StaticPrivate,
    StaticPublic,
    DynamicPrivate,
    DynamicPublic,
}

const MODULES: [(&str, EnvModule); 4] = [
    ("static/private", EnvModule::StaticPrivate),
    ("static/public", EnvModule::StaticPublic),
    ("dynamic/private", EnvModule::DynamicPrivate),
    ("dynamic/public", EnvModule::DynamicPublic),
];

/// The module with this id.
pub(crate) fn env_module(id: &str) -> Option<EnvModule> {
    named(id.strip_prefix(PREFIX)?)
}

fn named(name: &str) -> Option<EnvModule> {
    MODULES
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, module)| *module)
}

impl EnvModule {
    /// The module that app code imports by this name.
    pub(crate) fn imported(specifier: &str) -> Option<Self> {
        named(specifier.strip_prefix("$env/")?)
    }

    /// The name by which app code imports it.
    pub(crate) fn specifier(self) -> String {
        format!("$env/{}", self.name())
    }

    /// Its id.
    pub(crate) fn id(self) -> String {
        format!("{PREFIX}{}", self.name())
    }

    fn name(self) -> &'static str {
        MODULES
            .iter()
            .find(|(_, module)| *module == self)
            .map_or("", |(name, _)| name)
    }

    /// Whether it is kept from browsers.
    pub(crate) fn is_private(self) -> bool {
        matches!(self, Self::StaticPrivate | Self::DynamicPrivate)
    }

    /// Whether it holds the values of the build.
    fn is_static(self) -> bool {
        matches!(self, Self::StaticPrivate | Self::StaticPublic)
    }

    /// The variables that it exports, if it is static.
    fn variables(self, env: &Env) -> impl Iterator<Item = (&String, &String)> {
        env.all
            .iter()
            .filter(move |(name, _)| name.starts_with(PUBLIC) != self.is_private())
            .filter(|(name, _)| is_identifier(name))
    }

    /// Its source on the server. `$env/static/…` holds the values of the build, `$env/dynamic/…` those of the process that
    /// serves; in development the files' count there too.
    pub(crate) fn source(self, env: &Env, options: &BuildOptions) -> String {
        let mut out = String::new();
        if self.is_static() {
            for (name, value) in self.variables(env) {
                // Writing to a string cannot fail.
                let _ = writeln!(out, "export const {name} = {};", quote(value));
            }
            if out.is_empty() {
                out.push_str("export {};\n");
            }
            return out;
        }
        let files = if options.is_dev() {
            serde_json::to_string(&env.files).unwrap_or_default()
        } else {
            "{}".to_owned()
        };
        let not = if self.is_private() { "!" } else { "" };
        format!(
            "const all = {{ ...{files}, ...globalThis.process?.env }};\n\
             export const env = Object.fromEntries(Object.entries(all).filter(([name]) => {not}name.startsWith(\"{PUBLIC}\")));\n"
        )
    }
}

/// What TypeScript is told of the modules.
pub(crate) fn declarations(env: &Env) -> String {
    let mut out = String::new();
    for (_, module) in MODULES {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "\ndeclare module \"{}\" {{", module.specifier());
        if module.is_static() {
            for (name, _) in module.variables(env) {
                let _ = writeln!(out, "\texport const {name}: string;");
            }
            out.push_str("\texport {};\n");
        } else {
            out.push_str("\texport const env: Readonly<Record<string, string | undefined>>;\n");
        }
        out.push_str("}\n");
    }
    out
}

fn is_identifier(name: &str) -> bool {
    !name.starts_with(|c: char| c.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !is_reserved_keyword(name)
}
