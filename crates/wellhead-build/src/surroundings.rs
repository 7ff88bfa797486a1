//! Checks the files of an app that are no modules: its shell, and configuration of other tools, which is not read.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use crate::Diagnostic;
use crate::scan::Routes;

/// Checks all of them.
pub(crate) fn check(app_dir: &Path, routes: &Routes) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    problems.extend(svelte_config(app_dir));
    problems.extend(unread(app_dir));
    if let Some(file) = &routes.shell {
        shell(app_dir, file, &mut problems);
    }
    if let Some(file) = &routes.error_shell
        && let Err(error) = fs::read_to_string(app_dir.join(file))
    {
        problems.push(Diagnostic::unreadable(file, &error));
    }
    problems
}

/// The shell has a place for the head and one after it for the body.
fn shell(app_dir: &Path, file: &str, problems: &mut Vec<Diagnostic>) {
    let source = match fs::read_to_string(app_dir.join(file)) {
        Ok(source) => source,
        Err(error) => return problems.push(Diagnostic::unreadable(file, &error)),
    };
    let place = |part: &str| {
        ["wellhead", "sveltekit"]
            .iter()
            .filter_map(|name| source.find(&format!("%{name}.{part}%")))
            .min()
    };
    let (head, body) = (place("head"), place("body"));
    for (part, found, inside) in [("head", head, "<head>"), ("body", body, "<body>")] {
        if found.is_none() {
            let problem = Diagnostic::error("shell", format!("the shell has no %wellhead.{part}%"))
                .with_help(format!("write %wellhead.{part}% inside {inside}"));
            problems.push(match source.find(inside) {
                Some(at) => problem.at(file, &source, at..at + inside.len()),
                None => problem.in_file(file),
            });
        }
    }
    if let (Some(head), Some(body)) = (head, body)
        && body < head
    {
        problems.push(
            Diagnostic::error("shell", "%wellhead.body% comes before %wellhead.head%")
                .at(file, &source, body..body + "%wellhead.body%".len())
                .with_help("the head goes out first, so that browsers load while the body is made"),
        );
    }
}

/// What svelte.config.js says that has an effect elsewhere.
fn svelte_config(app_dir: &Path) -> Option<Diagnostic> {
    let file = ["svelte.config.js", "svelte.config.ts", "svelte.config.mjs"]
        .into_iter()
        .find(|file| app_dir.join(file).is_file())?;
    let text = fs::read_to_string(app_dir.join(file)).ok()?;
    let (name, help) = [
        (
            "compilerOptions",
            "write the options in the section [svelte] of wellhead.toml",
        ),
        (
            "preprocess",
            "TypeScript and CSS need no preprocessor, so it can go; other languages have to be compiled beforehand",
        ),
        (
            "alias",
            "write aliases as `paths` in tsconfig.json, which the build reads",
        ),
    ]
    .into_iter()
    .find(|(name, _)| declares(&text, name).is_some())?;
    let at = declares(&text, name)?;
    Some(
        Diagnostic::warning(
            "unread_config",
            format!("{file} is not run, so its `{name}` has no effect"),
        )
        .at(file, &text, at..at + name.len())
        .with_help(help),
    )
}

/// Where a property stands in an object's source, outside of comments on lines of their own.
fn declares(text: &str, name: &str) -> Option<usize> {
    text.match_indices(name).map(|(at, _)| at).find(|at| {
        let after = text[at + name.len()..].trim_start();
        let line = text[..*at].rsplit('\n').next().unwrap_or_default();
        after.starts_with([':', ',', '}', '(']) && !line.contains("//") && !line.contains("import")
    })
}

/// Configuration files of tools that the build does without.
fn unread(app_dir: &Path) -> Vec<Diagnostic> {
    const TOOLS: [(&str, &str, &str); 3] = [
        (
            "postcss.config",
            "PostCSS does not run, so its plugins have no effect",
            "nesting, prefixes for older browsers and minification need no plugin; for others, run PostCSS beforehand",
        ),
        (
            "tailwind.config",
            "Tailwind does not run",
            "make the style sheet beforehand: npx @tailwindcss/cli -i src/app.css -o src/tailwind.css, and import that",
        ),
        (
            "vite.config",
            "Vite does not run, so its plugins have no effect",
            "remove the file where nothing else needs it, such as Vitest",
        ),
    ];
    let found = TOOLS.iter().filter_map(|(stem, message, help)| {
        let file = ["js", "ts", "mjs", "cjs", "mts"]
            .iter()
            .map(|extension| format!("{stem}.{extension}"))
            .find(|file| app_dir.join(file).is_file())?;
        Some(
            Diagnostic::warning("unread_config", *message)
                .in_file(file)
                .with_help(*help),
        )
    });
    found.collect()
}

/// Says what is wrong with a file of JSON with comments, such as tsconfig.json; nothing where it is not there.
pub(crate) fn json(app_dir: &Path, file: &Path) -> Result<Option<serde_json::Value>, Diagnostic> {
    let shown = file
        .strip_prefix(app_dir)
        .unwrap_or(file)
        .display()
        .to_string();
    let source = match fs::read_to_string(file) {
        Ok(source) => source,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Diagnostic::unreadable(shown, &error)),
    };
    let mut text = source.clone();
    let wrong =
        |message: String| Diagnostic::error("invalid_config", format!("invalid JSON: {message}"));
    // What is taken out is replaced by spaces, so that places stay.
    if let Err(error) = json_strip_comments::strip(&mut text) {
        return Err(wrong(error.to_string()).in_file(shown));
    }
    serde_json::from_str(&text).map(Some).map_err(|error| {
        let message = error.to_string();
        let message = message.split(" at line ").next().unwrap_or_default();
        let place = |n| u32::try_from(n).unwrap_or(u32::MAX);
        wrong(message.to_owned()).at_position(
            shown,
            &source,
            place(error.line()),
            place(error.column().saturating_sub(1)),
        )
    })
}
