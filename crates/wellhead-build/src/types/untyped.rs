//! A module of a route without the wide type that it gives its `load`.
//!
//! `export const load: PageServerLoad = …` is the usual way to write it, and hides what the function returns. What a page
//! gets is read from a copy for TypeScript in which only the parameter has the type: `(event: Parameters<PageServerLoad>[0])`.

use std::fs;
use std::path::Path;

use oxc::allocator::Allocator;
use oxc::ast::ast::{
    Declaration, Expression, FormalParameters, Function, Program, Statement, VariableDeclarator,
};
use oxc::parser::Parser;
use oxc::span::{GetSpan, SourceType, Span};

/// The copy's path for a file's: `src/routes/untyped+page.ts` for `src/routes/+page.ts`.
pub(super) fn path(file: &str) -> String {
    match file.rsplit_once('/') {
        Some((dir, name)) => format!("{dir}/untyped{name}"),
        None => format!("untyped{file}"),
    }
}

/// The copy of a file that needs one. What cannot be read or parsed needs none: the build says what is wrong with it.
pub(super) fn read(file: &Path) -> Option<String> {
    let source = fs::read_to_string(file).ok()?;
    untyped(
        &source,
        file.extension().is_some_and(|extension| extension == "ts"),
    )
}

/// The text without the type of its `load`, where it has one.
fn untyped(source: &str, typescript: bool) -> Option<String> {
    let allocator = Allocator::default();
    let source_type = if typescript {
        SourceType::ts()
    } else {
        SourceType::mjs()
    };
    let parsed = Parser::new(&allocator, source, source_type).parse();
    let mut edits = parsed.program.body.iter().find_map(|statement| {
        let Statement::ExportDeclaration(export) = statement else {
            return None;
        };
        let load = Load::of(&export.declaration)?;
        if typescript {
            annotation(source, &load)
        } else {
            jsdoc(source, &parsed.program, export.span.start)
        }
    })?;
    edits.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
    let mut out = source.to_owned();
    for (span, text) in edits {
        out.replace_range(span.start as usize..span.end as usize, &text);
    }
    Some(format!(
        "// @ts-nocheck: made by Wellhead, the same without the type of `load`.\n{out}"
    ))
}

/// Where a text is put in the place of another.
type Edit = (Span, String);

/// An exported `load` that is a function.
struct Load<'a> {
    /// What it is assigned to; none for `function load`.
    variable: Option<&'a VariableDeclarator<'a>>,
    params: &'a FormalParameters<'a>,
}

impl<'a> Load<'a> {
    fn of(declaration: &'a Declaration<'a>) -> Option<Self> {
        match declaration {
            Declaration::FunctionDeclaration(function) => {
                let named = function.id.as_ref().is_some_and(|id| id.name == "load");
                named.then(|| Self::function(None, function))
            }
            Declaration::VariableDeclaration(variables) => {
                let mut all = variables.declarations.iter();
                let variable = all.find(|one| {
                    one.id
                        .get_identifier_name()
                        .is_some_and(|name| name == "load")
                })?;
                match variable.init.as_ref()? {
                    Expression::ArrowFunctionExpression(arrow) => Some(Self {
                        variable: Some(variable),
                        params: &arrow.params,
                    }),
                    Expression::FunctionExpression(function) => {
                        Some(Self::function(Some(variable), function))
                    }
                    _ => None,
                }
            }
            _ => None,
        }
    }

    fn function(variable: Option<&'a VariableDeclarator<'a>>, function: &'a Function<'a>) -> Self {
        Self {
            variable,
            params: &function.params,
        }
    }
}

/// `load: Type = (event) => …` to `load = (event: Parameters<Type>[0]) => …`.
fn annotation(source: &str, load: &Load<'_>) -> Option<Vec<Edit>> {
    let annotation = load.variable?.type_annotation.as_ref()?;
    let wide = annotation.type_annotation.span().source_text(source);
    let mut edits = vec![(annotation.span, String::new())];
    if let Some(param) = load.params.items.first()
        && param.type_annotation.is_none()
    {
        let pattern = param.pattern.span();
        let event = format!("{}: Parameters<{wide}>[0]", pattern.source_text(source));
        // `event => …` has none of the parentheses that a type needs.
        let bare =
            load.params.span == param.span && !source[param.span.start as usize..].starts_with('(');
        edits.push((pattern, if bare { format!("({event})") } else { event }));
    }
    Some(edits)
}

/// `@type {Type}` before the function to `@param {Parameters<Type>[0]} event`.
fn jsdoc(source: &str, program: &Program<'_>, export: u32) -> Option<Vec<Edit>> {
    let mut comments = program
        .comments
        .iter()
        .filter(|comment| comment.attached_to == export);
    let comment = comments.find(|comment| comment.is_jsdoc())?;
    let text = comment.span.source_text(source);
    let start = text.find("@type")?;
    let open = start + text[start..].find('{')?;
    let mut depth = 0;
    let close = text[open..].char_indices().find_map(|(at, char)| {
        match char {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        (depth == 0).then_some(open + at)
    })?;
    let wide = &text[open + 1..close];
    let at = |offset: usize| comment.span.start + u32::try_from(offset).unwrap_or_default();
    let span = Span::new(at(start), at(close + 1));
    Some(vec![(
        span,
        format!("@param {{Parameters<{wide}>[0]}} event"),
    )])
}

#[cfg(test)]
mod tests {
    use super::untyped;

    fn changed(source: &str, typescript: bool) -> Option<String> {
        let text = untyped(source, typescript)?;
        text.split_once('\n').map(|(_, rest)| rest.to_owned())
    }

    #[test]
    fn a_wide_type_moves_to_the_parameter() {
        for (source, expected) in [
            (
                "export const load: PageLoad = async ({ url }) => ({ path: url.pathname });",
                "export const load = async ({ url }: Parameters<PageLoad>[0]) => ({ path: url.pathname });",
            ),
            (
                "export const load: PageLoad<{ a: 1 }> = event => event.data;",
                "export const load = (event: Parameters<PageLoad<{ a: 1 }>>[0]) => event.data;",
            ),
            (
                "export const load: PageLoad = async event => event.data;",
                "export const load = async (event: Parameters<PageLoad>[0]) => event.data;",
            ),
            (
                "export const a = 1, load: PageLoad = function (event) {};",
                "export const a = 1, load = function (event: Parameters<PageLoad>[0]) {};",
            ),
            (
                "export const load: PageLoad = () => ({ ä: 1 });",
                "export const load = () => ({ ä: 1 });",
            ),
            (
                "export const load: PageLoad = (event: LoadEvent) => ({});",
                "export const load = (event: LoadEvent) => ({});",
            ),
        ] {
            assert_eq!(changed(source, true).as_deref(), Some(expected));
        }
    }

    #[test]
    fn a_wide_type_in_a_comment_moves_too() {
        for (source, expected) in [
            (
                "/** @type {import('./$types').PageLoad} */\nexport const load = ({ url }) => ({ url });",
                "/** @param {Parameters<import('./$types').PageLoad>[0]} event */\nexport const load = ({ url }) => ({ url });",
            ),
            (
                "/**\n * Loads.\n * @type {PageLoad<{ a: 1 }>}\n */\nexport async function load(event) {}",
                "/**\n * Loads.\n * @param {Parameters<PageLoad<{ a: 1 }>>[0]} event\n */\nexport async function load(event) {}",
            ),
        ] {
            assert_eq!(changed(source, false).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_says_what_it_returns_stays() {
        for (source, typescript) in [
            (
                "export const load = (async () => ({})) satisfies PageLoad;",
                true,
            ),
            (
                "export function load(event: PageLoadEvent) { return {}; }",
                true,
            ),
            (
                "export const load: PageLoad = guarded(async () => ({}));",
                true,
            ),
            ("export const ssr: boolean = false;", true),
            ("const load: PageLoad = () => ({});", true),
            ("export const load = {", true),
            ("export const load = () => ({});", false),
            ("/** Loads. */\nexport const load = () => ({});", false),
            (
                "/** @type {Other} */\nexport const other = 1;\nexport const load = () => ({});",
                false,
            ),
        ] {
            assert_eq!(untyped(source, typescript), None, "{source}");
        }
    }
}
