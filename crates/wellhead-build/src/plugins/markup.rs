//! Has compiled components write their markup as bytes (`packages/client/src/svelte/markup.ts`), on the server and in
//! production.
//!
//! Svelte makes a component of statements that push strings. One whose string consists of constant parts and of texts that
//! Svelte escapes is replaced,
//!
//! ```js
//! $$renderer.push(`<td>${$.escape(row.id)}</td>`);
//! ```
//!
//! by a call with a template, which is made once:
//!
//! ```js
//! $markup.write1($$renderer, $markup_0, row.id);
//! ```
//!
//! A component with bindings is rendered until what its children give back is settled, each time in a copy of the renderer; that
//! becomes `$markup.copy(…)`, which forgets what the copy before has written.
//!
//! Whatever looks otherwise stays as it is, so that another version of Svelte costs speed and not correctness.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::Arc;

use oxc::allocator::Allocator;
use oxc::ast::ast::{
    Argument, AssignmentExpression, CallExpression, Expression, ExpressionStatement,
    TemplateLiteral,
};
use oxc::ast_visit::{Visit, walk};
use oxc::parser::Parser;
use oxc::span::{GetSpan, SourceType, Span};
use rolldown_plugin::{
    HookTransformArgs, HookTransformReturn, HookUsage, Plugin, SharedTransformPluginContext,
};
use string_wizard::MagicString;

use super::{edited, split_query};
use crate::generate::quote;
use crate::session::Session;
use crate::svelte::is_svelte;

/// The module with the functions that write.
const MODULE: &str = "wellhead:markup";

/// How many texts one call takes.
const MOST_TEXTS: usize = 4;

#[derive(Debug)]
pub(super) struct Markup(pub(super) Arc<Session>);

impl Plugin for Markup {
    fn name(&self) -> Cow<'static, str> {
        "wellhead:markup".into()
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
        if !self.0.writes_bytes || query.is_some() || !is_svelte(file) {
            return Ok(None);
        }
        let Some(text) = rewrite(args.code.as_str()) else {
            return Ok(None);
        };
        Ok(Some(edited(&text, args.id)))
    }
}

/// A compiled component that writes bytes; `None` where it has nothing that could.
fn rewrite(code: &str) -> Option<MagicString<'_>> {
    if !code.contains("$$renderer") {
        return None;
    }
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, code, SourceType::mjs()).parse();
    let mut rewriter = Rewriter {
        code,
        text: MagicString::new(code),
        templates: String::new(),
        count: 0,
    };
    rewriter.visit_program(&parsed.program);
    if rewriter.count == 0 {
        return None;
    }
    let Rewriter {
        mut text,
        templates,
        ..
    } = rewriter;
    // At the end, so that lines keep their numbers.
    text.append(format!(
        "\nimport * as $markup from {};\n{templates}",
        quote(MODULE)
    ));
    Some(text)
}

struct Rewriter<'a> {
    code: &'a str,
    text: MagicString<'a>,
    /// The statements that make the templates.
    templates: String,
    count: usize,
}

/// What a push writes.
#[derive(Default)]
struct Pushed {
    /// One more than there are texts.
    parts: Vec<String>,
    /// The expressions of texts, and whether each is in an attribute.
    texts: Vec<(Span, bool)>,
}

impl Pushed {
    fn constant(&mut self, text: &str) {
        if self.parts.len() == self.texts.len() {
            self.parts.push(String::new());
        }
        if let Some(part) = self.parts.last_mut() {
            part.push_str(text);
        }
    }

    fn text(&mut self, expression: Span, attribute: bool) {
        self.constant("");
        self.texts.push((expression, attribute));
    }
}

impl<'ast> Visit<'ast> for Rewriter<'_> {
    fn visit_expression_statement(&mut self, statement: &ExpressionStatement<'ast>) {
        let Expression::CallExpression(call) = &statement.expression else {
            return walk::walk_expression_statement(self, statement);
        };
        match renderers_method(call) {
            Some("push") => {
                if let Some(pushed) = pushed(call) {
                    // What is in the texts is no statement.
                    return self.write(statement.span, call, pushed);
                }
            }
            Some("option" | "title") => self.as_text(call),
            _ => {}
        }
        walk::walk_expression_statement(self, statement);
    }

    fn visit_assignment_expression(&mut self, assignment: &AssignmentExpression<'ast>) {
        if let (Some(copy), Expression::CallExpression(call)) =
            (assignment.left.get_identifier_name(), &assignment.right)
            && is_renderer(copy)
            && renderers_method(call) == Some("copy")
        {
            self.copy(copy, call);
        }
        walk::walk_assignment_expression(self, assignment);
    }
}

impl Rewriter<'_> {
    fn write(&mut self, statement: Span, call: &CallExpression<'_>, pushed: Pushed) {
        let Some(renderer) = call.callee.as_member_expression() else {
            return;
        };
        let renderer = renderer.object().span().source_text(self.code);
        let mut calls = String::new();
        for chunk in 0..pushed.texts.len().div_ceil(MOST_TEXTS).max(1) {
            let from = chunk * MOST_TEXTS;
            let texts = &pushed.texts[from..pushed.texts.len().min(from + MOST_TEXTS)];
            // The part between two chunks is the first one's.
            let mut parts = pushed.parts[from..=from + texts.len()].to_vec();
            if chunk > 0 {
                parts[0].clear();
            }
            let _ = write!(
                calls,
                "$markup.write{}({renderer}, {}",
                texts.len(),
                self.template(&parts, texts)
            );
            for (text, _) in texts {
                let _ = write!(calls, ", {}", text.source_text(self.code));
            }
            calls.push_str("); ");
        }
        // One statement stays one, also where there is no block around it.
        let calls = match pushed.texts.len() {
            0..=MOST_TEXTS => calls.trim_end().to_owned(),
            _ => format!("{{ {calls}}}"),
        };
        // Statements that are rewritten are not in one another.
        let _ = self.text.update(statement.start, statement.end, calls);
    }

    /// The name of a template.
    fn template(&mut self, parts: &[String], texts: &[(Span, bool)]) -> String {
        let name = format!("$markup_{}", self.count);
        self.count += 1;
        let parts: Vec<String> = parts.iter().map(|part| quote(part)).collect();
        let places: String = texts
            .iter()
            .map(|(_, attribute)| if *attribute { 'a' } else { 't' })
            .collect();
        let _ = writeln!(
            self.templates,
            "const {name} = /* @__PURE__ */ $markup.template([{}], {});",
            parts.join(", "),
            quote(&places)
        );
        name
    }

    /// The renderer that `name` held before is not used any more.
    fn copy(&mut self, name: &str, call: &CallExpression<'_>) {
        let Some(renderer) = call.callee.as_member_expression() else {
            return;
        };
        let renderer = renderer.object().span().source_text(self.code);
        let copy = format!("$markup.copy({renderer}, {name})");
        let _ = self.text.update(call.span.start, call.span.end, copy);
        self.count += 1;
    }

    /// Svelte reads what an `<option>` or a `<title>` has in it.
    fn as_text(&mut self, call: &CallExpression<'_>) {
        let before = "$markup.asText(() => ";
        let _ = self.text.prepend_right(call.span.start, before);
        let _ = self.text.append_left(call.span.end, ")");
        self.count += 1;
    }
}

/// No name of an app begins with `$$`.
fn is_renderer(name: &str) -> bool {
    name.starts_with("$$") && name.ends_with("renderer")
}

/// The name of the method of a renderer that is called.
fn renderers_method<'a>(call: &'a CallExpression<'_>) -> Option<&'a str> {
    let Expression::StaticMemberExpression(member) = &call.callee else {
        return None;
    };
    let Expression::Identifier(object) = &member.object else {
        return None;
    };
    (is_renderer(&object.name) && !call.optional).then_some(member.property.name.as_str())
}

/// What a push writes, where all of it can be written as bytes.
fn pushed(call: &CallExpression<'_>) -> Option<Pushed> {
    let [argument] = call.arguments.as_slice() else {
        return None;
    };
    let mut pushed = Pushed::default();
    match argument {
        Argument::StringLiteral(literal) if !literal.lone_surrogates => {
            pushed.constant(&literal.value)
        }
        Argument::TemplateLiteral(template) => {
            parts(template, &mut pushed, |pushed, expression| {
                let Expression::CallExpression(call) = expression else {
                    return None;
                };
                helper(call, pushed)
            })?;
        }
        _ => return None,
    }
    pushed.constant("");
    Some(pushed)
}

/// Adds a template literal's parts; of an expression, what `add` makes of it.
fn parts(
    template: &TemplateLiteral<'_>,
    pushed: &mut Pushed,
    mut add: impl FnMut(&mut Pushed, &Expression<'_>) -> Option<()>,
) -> Option<()> {
    for (at, quasi) in template.quasis.iter().enumerate() {
        if quasi.lone_surrogates {
            return None;
        }
        pushed.constant(quasi.value.cooked.as_ref()?);
        if let Some(expression) = template.expressions.get(at) {
            add(pushed, expression)?;
        }
    }
    Some(())
}

/// Adds what a call of one of Svelte's functions gives, where that is known.
fn helper(call: &CallExpression<'_>, pushed: &mut Pushed) -> Option<()> {
    match (sveltes_function(call)?, call.arguments.as_slice()) {
        ("escape", [value]) => pushed.text(value.as_expression()?.span(), false),
        ("escape", [value, Argument::BooleanLiteral(literal)]) if literal.value => {
            pushed.text(value.as_expression()?.span(), true);
        }
        ("attr_style", [Argument::TemplateLiteral(value)]) => attribute("style", value, pushed)?,
        ("attr", [Argument::StringLiteral(name), Argument::TemplateLiteral(value)])
            // Of these, some values are not what they say.
            if !matches!(name.value.as_str(), "hidden" | "translate") =>
        {
            attribute(&name.value, value, pushed)?;
        }
        _ => return None,
    }
    Some(())
}

/// Adds an attribute whose value cannot be missing, since it has constant parts.
fn attribute(name: &str, value: &TemplateLiteral<'_>, pushed: &mut Pushed) -> Option<()> {
    if value.quasis.iter().all(|quasi| quasi.value.raw.is_empty()) {
        return None;
    }
    pushed.constant(&format!(" {name}=\""));
    let from = pushed.parts.len() - 1;
    let begin = pushed.parts[from].len();
    parts(value, pushed, |pushed, expression| {
        let Expression::CallExpression(call) = expression else {
            return None;
        };
        // Its result is a string.
        (sveltes_function(call)? == "stringify").then(|| pushed.text(call.span, true))
    })?;
    pushed.constant("");
    for (at, part) in pushed.parts.iter_mut().enumerate().skip(from) {
        let constant = part.split_off(if at == from { begin } else { 0 });
        part.push_str(
            &constant
                .replace('&', "&amp;")
                .replace('"', "&quot;")
                .replace('<', "&lt;"),
        );
    }
    pushed.constant("\"");
    Some(())
}

/// The name of the function of `svelte/internal/server` that is called.
fn sveltes_function<'a>(call: &'a CallExpression<'_>) -> Option<&'a str> {
    let Expression::StaticMemberExpression(member) = &call.callee else {
        return None;
    };
    let namespace = matches!(&member.object, Expression::Identifier(object) if object.name == "$");
    (namespace && !call.optional).then_some(member.property.name.as_str())
}

#[cfg(test)]
mod tests {
    use super::rewrite;

    /// The statement after it is rewritten, and the templates.
    fn written(statement: &str) -> Option<(String, String)> {
        let text = rewrite(statement)?.to_string();
        let (code, rest) = text.split_once("\nimport * as $markup from \"wellhead:markup\";\n")?;
        let templates = rest
            .replace("= /* @__PURE__ */ $markup.template", "")
            .replace("const $markup_", "");
        Some((code.to_owned(), templates.trim_end().to_owned()))
    }

    #[track_caller]
    fn check(statement: &str, code: &str, templates: &str) {
        assert_eq!(
            written(statement),
            Some((code.to_owned(), templates.to_owned()))
        );
    }

    #[test]
    fn texts_are_places_of_a_template() {
        check(
            "$$renderer.push(`<td>${$.escape(row.id)}</td>`);",
            "$markup.write1($$renderer, $markup_0, row.id);",
            r#"0 (["<td>", "</td>"], "t");"#,
        );
        check(
            "$$renderer.push(`${$.escape(a)}${$.escape(b, true)}`);",
            "$markup.write2($$renderer, $markup_0, a, b);",
            r#"0 (["", "", ""], "ta");"#,
        );
        check(
            "if (a) $$renderer.push(\"<!--[-->\"); else $$inner_renderer.push(`\\n\"`);",
            "if (a) $markup.write0($$renderer, $markup_0); else $markup.write0($$inner_renderer, $markup_1);",
            "0 ([\"<!--[-->\"], \"\");\n1 ([\"\\n\\\"\"], \"\");",
        );
    }

    #[test]
    fn attributes_with_constant_parts_are_written_out() {
        check(
            "$$renderer.push(`<p${$.attr_style(`left: ${$.stringify(x)}px`)}${$.attr(\"href\", `/a&b\"${$.stringify(y)}`)}>`);",
            "$markup.write2($$renderer, $markup_0, $.stringify(x), $.stringify(y));",
            r#"0 (["<p style=\"left: ", "px\" href=\"/a&amp;b&quot;", "\">"], "aa");"#,
        );
    }

    #[test]
    fn many_texts_are_several_calls() {
        check(
            "if (x) $$renderer.push(`0${$.escape(a)}1${$.escape(b)}2${$.escape(c)}3${$.escape(d)}4${$.escape(e)}5`);",
            "if (x) { $markup.write4($$renderer, $markup_0, a, b, c, d); $markup.write1($$renderer, $markup_1, e); }",
            "0 ([\"0\", \"1\", \"2\", \"3\", \"4\"], \"tttt\");\n1 ([\"\", \"5\"], \"t\");",
        );
    }

    #[test]
    fn what_svelte_reads_stays_text() {
        check(
            "$$renderer.option({}, ($$renderer) => { $$renderer.push(`${$.escape(a)}`); });",
            "$markup.asText(() => $$renderer.option({}, ($$renderer) => { $markup.write1($$renderer, $markup_1, a); }));",
            r#"1 (["", ""], "t");"#,
        );
    }

    #[test]
    fn a_round_forgets_the_one_before() {
        check(
            "do { $$inner_renderer = $$renderer.copy(); render($$inner_renderer); } while (!$$settled);",
            "do { $$inner_renderer = $markup.copy($$renderer, $$inner_renderer); render($$inner_renderer); } while (!$$settled);",
            "",
        );
    }

    #[test]
    fn whatever_looks_otherwise_stays() {
        for statement in [
            "$$renderer.push(`<p>${$.html(a)}</p>`);",
            "$$renderer.push(`<p>${a}</p>`);",
            "$$renderer.push(`<p${$.attr(\"href\", a)}></p>`);",
            "$$renderer.push(`<p${$.attr(\"hidden\", `a${$.stringify(b)}`)}></p>`);",
            "$$renderer.push(`<p${$.attr(\"title\", `${$.stringify(b)}`)}></p>`);",
            "$$renderer.push(`<p${$.attr(\"title\", `a${b}`)}></p>`);",
            "$$renderer.push(`<p${$.attr_style(`a${$.stringify(b)}`, { color: c })}></p>`);",
            "$$renderer.push(`${$.escape(a, b)}${$.escape(...c)}`);",
            "$$renderer.push(async () => a);",
            "$$renderer?.push(`<p>`);",
            "const a = $$renderer.push(`<p>`);",
            "const a = $$renderer.copy();",
            "a = $$renderer.copy();",
            "list.push(`<p>`);",
            "$$renderer.push(`\\ud800`);",
        ] {
            assert_eq!(written(statement), None, "{statement}");
        }
    }
}
