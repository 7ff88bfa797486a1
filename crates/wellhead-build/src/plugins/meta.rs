//! Replaces what scripts ask of the build through `import.meta`: `import.meta.glob(…)` and
//! `new URL("./file", import.meta.url)`. Code is not run, so the arguments are read as they are written.

mod calls;
mod glob;

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use rolldown_plugin::{
    HookTransformArgs, HookTransformReturn, HookUsage, Plugin, SharedTransformPluginContext,
};
use string_wizard::MagicString;

use super::{edited, split_query};
use crate::Diagnostic;
use crate::generate::{ASSET_URL, quote};
use crate::session::{Session, is_dependency, normalized};
use calls::Call;

/// The name of the class of `ASSET_URL` in a module.
const CLASS: &str = "__wellhead_AssetUrl";

#[derive(Debug)]
pub(super) struct Meta(pub(super) Arc<Session>);

impl Plugin for Meta {
    fn name(&self) -> Cow<'static, str> {
        "wellhead:meta".into()
    }

    fn register_hook_usage(&self) -> HookUsage {
        HookUsage::Transform
    }

    async fn transform(
        &self,
        _: SharedTransformPluginContext,
        args: &HookTransformArgs<'_>,
    ) -> HookTransformReturn {
        let (file, query) = split_query(args.id);
        let (own, package) = (self.0.app.owns(file), is_dependency(file));
        let code = args.code.as_str();
        let asks = code.contains("import.meta.glob")
            || code.contains("import.meta.url") && code.contains("URL");
        if !asks || query.is_some() || !(own || package) {
            return Ok(None);
        }
        let calls = calls::find(file, code);
        if calls.is_empty() {
            return Ok(None);
        }
        let mut module = Module {
            session: &self.0,
            file,
            code,
            own,
            text: MagicString::new(code),
            imports: String::new(),
            count: 0,
        };
        calls.into_iter().for_each(|call| module.replace(call));
        if module.imports.is_empty() && module.count == 0 {
            return Ok(None);
        }
        // At the end, so that lines keep their numbers.
        let imports = format!("\n{}", module.imports);
        let mut text = module.text;
        text.append(imports);
        Ok(Some(edited(&text, args.id)))
    }
}

/// A module that is being rewritten.
struct Module<'a> {
    session: &'a Arc<Session>,
    file: &'a str,
    code: &'a str,
    own: bool,
    text: MagicString<'a>,
    /// Imports that the replaced code needs.
    imports: String,
    /// How many replacements there were.
    count: usize,
}

impl Module<'_> {
    fn replace(&mut self, call: Call) {
        match call {
            Call::Glob { place, glob } if self.own => match glob {
                Ok(glob) => self.glob(place, &glob),
                Err((at, message, help)) => {
                    let problem = Diagnostic::error("invalid_glob", message).with_help(help);
                    self.report(problem, at);
                }
            },
            Call::Glob { .. } => {}
            Call::Url { place, path } => self.url(place, &path),
            Call::UrlTemplate {
                place,
                glob,
                template,
            } if self.own => self.url_template(place, &glob, template),
            Call::UrlTemplate { .. } => {}
            Call::Worker { place, class } if self.own => self.report(
                Diagnostic::error(
                    "unsupported_worker",
                    format!("`new {class}(new URL(…))` is not supported: workers are not bundled"),
                )
                .with_help(format!(
                    "put the script into `static`, as JavaScript without imports of the app: `new {class}(\"/worker.js\")`"
                )),
                place,
            ),
            Call::Worker { .. } => {}
        }
    }

    fn glob(&mut self, place: Range<usize>, glob: &glob::Glob) {
        let files = match glob::expand(&self.session.app, self.file, glob) {
            Ok(files) => files,
            Err((message, help)) => {
                let problem = Diagnostic::error("invalid_glob", message).with_help(help);
                return self.report(problem, place);
            }
        };
        if files.is_empty() {
            let problem = Diagnostic::warning("empty_glob", "no file matches, so this is empty")
                .with_help("patterns begin with `./` for the file's own folder, or `/` for the app's; `**` crosses folders");
            self.report(problem, place.clone());
        }
        let mut entries = String::new();
        for (key, path) in files {
            let key = quote(&key);
            let path = quote(&format!("{path}{}", glob.query));
            let wanted = glob.import.as_deref().filter(|name| *name != "*");
            if glob.eager {
                let name = self.name();
                let clause = wanted.map_or_else(
                    || format!("* as {name}"),
                    |wanted| format!("{{ {} as {name} }}", export_name(wanted)),
                );
                put(
                    &mut self.imports,
                    format_args!("import {clause} from {path};\n"),
                );
                put(&mut entries, format_args!("{key}: {name}, "));
            } else {
                let pick = wanted.map_or_else(String::new, |wanted| {
                    format!(".then((m) => m[{}])", quote(wanted))
                });
                put(
                    &mut entries,
                    format_args!("{key}: () => import({path}){pick}, "),
                );
            }
        }
        self.update(place, format!("({{ {entries}}})"));
    }

    /// A URL of a file of the app or a package, where there is such a file.
    fn url(&mut self, place: Range<usize>, path: &str) {
        let (bare, suffix) = path.split_at(path.find(['?', '#']).unwrap_or(path.len()));
        let Some(found) = self.beside(bare) else {
            // `new URL(".", import.meta.url)` asks for a folder, and packages try what may not be there.
            if self.own && bare.starts_with('.') && !bare.ends_with(['/', '.']) {
                let problem = Diagnostic::warning(
                    "unresolved_url",
                    format!("there is no file `{bare}`; the URL stays as it is"),
                )
                .with_help("check the path; it begins in the folder of this file");
                self.report(problem, place);
            }
            return;
        };
        if self.own
            && [".ts", ".svelte", ".tsx", ".scss"]
                .iter()
                .any(|end| bare.ends_with(end))
        {
            let problem = Diagnostic::error(
                "unsupported_url",
                format!("`{bare}` has to be compiled, which a URL of it does not do"),
            )
            .with_help("import it as a module; URLs are for files that browsers read as they are");
            return self.report(problem, place);
        }
        let url = self.import_url(&found);
        let url = match suffix {
            "" => url,
            suffix => format!("{url} + {}", quote(suffix)),
        };
        self.class();
        self.update(place, format!("new {CLASS}({url})"));
    }

    /// A URL whose path holds expressions: one of all the files that it may name.
    fn url_template(&mut self, place: Range<usize>, glob: &glob::Glob, template: Range<usize>) {
        let files = match glob::expand(&self.session.app, self.file, glob) {
            Ok(files) if !files.is_empty() => files,
            _ => return,
        };
        let mut entries = String::new();
        for (key, path) in files {
            let url = self.import_url(&path);
            put(&mut entries, format_args!("{}: {url}, ", quote(&key)));
        }
        self.class();
        let template = &self.code[template];
        self.update(place, format!("new {CLASS}(({{ {entries}}})[{template}])"));
    }

    /// A file beside this one, as a specifier.
    fn beside(&self, path: &str) -> Option<String> {
        if path.is_empty() || path.starts_with('/') || crate::css::is_external(path) {
            return None;
        }
        let file = normalized(&Path::new(self.file).parent()?.join(path));
        file.is_file().then(|| {
            if path.starts_with('.') {
                path.to_owned()
            } else {
                format!("./{path}")
            }
        })
    }

    /// Imports the URL of a file.
    fn import_url(&mut self, path: &str) -> String {
        let name = self.name();
        let path = quote(&format!("{path}?url"));
        put(
            &mut self.imports,
            format_args!("import {name} from {path};\n"),
        );
        name
    }

    fn class(&mut self) {
        let line = format!("import {{ AssetUrl as {CLASS} }} from \"{ASSET_URL}\";\n");
        if !self.imports.contains(&line) {
            self.imports.push_str(&line);
        }
    }

    fn name(&mut self) -> String {
        self.count += 1;
        format!("__wellhead_meta_{}", self.count)
    }

    fn update(&mut self, place: Range<usize>, text: String) {
        self.count += 1;
        if let (Ok(from), Ok(to)) = (u32::try_from(place.start), u32::try_from(place.end)) {
            // The places of calls do not overlap.
            let _ = self.text.update(from, to, text);
        }
    }

    fn report(&self, problem: Diagnostic, at: Range<usize>) {
        self.session
            .report(self.session.at_code(problem, self.file, self.code, at));
    }
}

/// The name of an export where it is imported.
fn export_name(name: &str) -> String {
    let plain = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$'))
        && !name.starts_with(|c: char| c.is_ascii_digit());
    if plain { name.to_owned() } else { quote(name) }
}

fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = out.write_fmt(text);
}
