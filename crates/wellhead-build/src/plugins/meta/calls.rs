//! Finds the calls in a script that the build replaces.

use std::ops::Range;

use oxc::allocator::Allocator;
use oxc::ast::ast::{
    Argument, CallExpression, Expression, NewExpression, ObjectPropertyKind, TemplateLiteral,
};
use oxc::ast_visit::{Visit, walk};
use oxc::parser::Parser;
use oxc::span::{GetSpan, SourceType, Span};

use super::super::sources::source_type;
use super::glob::Glob;
use crate::svelte::is_svelte;

/// What is wrong with a call: the place, a message, and what to do.
type Wrong = (Range<usize>, String, &'static str);

/// A call, with its place in the code.
#[derive(Debug)]
pub(super) enum Call {
    /// `import.meta.glob(…)`, or what is wrong with its arguments.
    Glob {
        place: Range<usize>,
        glob: Result<Glob, Wrong>,
    },
    /// `new URL("./file", import.meta.url)`.
    Url { place: Range<usize>, path: String },
    /// ``new URL(`./${name}.png`, import.meta.url)``: the files that it may name, and the place of the template.
    UrlTemplate {
        place: Range<usize>,
        glob: Glob,
        template: Range<usize>,
    },
    /// `new Worker(new URL(…))`.
    Worker {
        place: Range<usize>,
        class: &'static str,
    },
}

/// The calls of a script that can be parsed.
pub(super) fn find(file: &str, code: &str) -> Vec<Call> {
    let allocator = Allocator::default();
    // What Svelte compiled is JavaScript, whatever it was before.
    let source_type = if is_svelte(file) {
        SourceType::mjs()
    } else {
        source_type(file)
    };
    let parsed = Parser::new(&allocator, code, source_type).parse();
    let mut finder = Finder {
        code,
        calls: Vec::new(),
    };
    finder.visit_program(&parsed.program);
    finder.calls
}

struct Finder<'c> {
    code: &'c str,
    calls: Vec<Call>,
}

impl<'a> Visit<'a> for Finder<'_> {
    fn visit_call_expression(&mut self, call: &CallExpression<'a>) {
        let callee = self.text(call.callee.span());
        match callee {
            "import.meta.glob" => {
                let glob = self.glob(call);
                self.calls.push(Call::Glob {
                    place: range(call.span),
                    glob,
                });
            }
            "import.meta.globEager" => self.calls.push(Call::Glob {
                place: range(call.span),
                glob: Err((
                    range(call.callee.span()),
                    "`import.meta.globEager` is not supported".into(),
                    "write `import.meta.glob(…, { eager: true })`",
                )),
            }),
            _ => walk::walk_call_expression(self, call),
        }
    }

    fn visit_new_expression(&mut self, new: &NewExpression<'a>) {
        let class = match self.text(new.callee.span()) {
            "Worker" => "Worker",
            "SharedWorker" => "SharedWorker",
            _ => "",
        };
        let first = new.arguments.first().and_then(Argument::as_expression);
        if !class.is_empty()
            && let Some(Expression::NewExpression(url)) =
                first.map(Expression::get_inner_expression)
            && self.is_meta_url(url)
        {
            self.calls.push(Call::Worker {
                place: range(new.span),
                class,
            });
            return;
        }
        if !self.is_meta_url(new) {
            return walk::walk_new_expression(self, new);
        }
        let place = range(new.span);
        match first.map(Expression::get_inner_expression) {
            Some(Expression::StringLiteral(literal)) => self.calls.push(Call::Url {
                place,
                path: literal.value.to_string(),
            }),
            Some(Expression::TemplateLiteral(template)) if template.expressions.is_empty() => {
                self.calls.push(Call::Url {
                    place,
                    path: cooked(template, 0).to_owned(),
                });
            }
            Some(Expression::TemplateLiteral(template)) => {
                if let Some(glob) = files_of(template) {
                    self.calls.push(Call::UrlTemplate {
                        place,
                        glob,
                        template: range(template.span),
                    });
                }
            }
            _ => walk::walk_new_expression(self, new),
        }
    }
}

impl Finder<'_> {
    fn text(&self, span: Span) -> &str {
        self.code.get(range(span)).unwrap_or_default()
    }

    /// Whether this is `new URL(…, import.meta.url)`.
    fn is_meta_url(&self, new: &NewExpression<'_>) -> bool {
        self.text(new.callee.span()) == "URL"
            && new.arguments.len() == 2
            && self.text(new.arguments[1].span()) == "import.meta.url"
    }

    fn glob(&self, call: &CallExpression<'_>) -> Result<Glob, Wrong> {
        let literal = "the build reads the arguments without running the code: write them out";
        let wrong = |span: Span, message: &str| (range(span), message.to_owned(), literal);
        let mut arguments = call.arguments.iter();
        let Some(first) = arguments.next().and_then(Argument::as_expression) else {
            return Err(wrong(call.span, "`import.meta.glob` needs a pattern"));
        };
        let patterns = match first.get_inner_expression() {
            Expression::ArrayExpression(array) => array
                .elements
                .iter()
                .map(|element| {
                    element
                        .as_expression()
                        .and_then(string)
                        .ok_or_else(|| wrong(element.span(), "the pattern is not a string literal"))
                })
                .collect::<Result<Vec<_>, _>>()?,
            one => vec![
                string(one)
                    .ok_or_else(|| wrong(one.span(), "the pattern is not a string literal"))?,
            ],
        };
        let mut glob = Glob::new(patterns);
        let Some(options) = arguments.next() else {
            return Ok(glob);
        };
        let Some(Expression::ObjectExpression(object)) = options
            .as_expression()
            .map(Expression::get_inner_expression)
        else {
            return Err(wrong(
                options.span(),
                "the options are not an object literal",
            ));
        };
        for property in &object.properties {
            let ObjectPropertyKind::ObjectProperty(property) = property else {
                return Err(wrong(property.span(), "the options are not literals"));
            };
            let value = property.value.get_inner_expression();
            let name = property.key.static_name().unwrap_or_default();
            let known = match &*name {
                "eager" => flag(value).map(|on| glob.eager = on),
                "exhaustive" => flag(value).map(|on| glob.exhaustive = on),
                "import" => string(value).map(|name| glob.import = Some(name)),
                "query" => query(value).map(|query| glob.query = query),
                "as" => string(value).map(|kind| {
                    glob.query = format!("?{kind}");
                    glob.import = Some("default".into());
                }),
                _ => {
                    return Err((
                        range(property.span),
                        format!("`import.meta.glob` has no option `{name}`"),
                        "there are eager, import, query and exhaustive",
                    ));
                }
            };
            known.ok_or_else(|| {
                wrong(
                    property.value.span(),
                    &format!("the option `{name}` is not a literal that fits it"),
                )
            })?;
        }
        Ok(glob)
    }
}

fn range(span: Span) -> Range<usize> {
    span.start as usize..span.end as usize
}

fn string(expression: &Expression<'_>) -> Option<String> {
    match expression.get_inner_expression() {
        Expression::StringLiteral(literal) => Some(literal.value.to_string()),
        Expression::TemplateLiteral(template) if template.expressions.is_empty() => {
            Some(cooked(template, 0).to_owned())
        }
        _ => None,
    }
}

fn flag(expression: &Expression<'_>) -> Option<bool> {
    match expression {
        Expression::BooleanLiteral(literal) => Some(literal.value),
        // `!0` and `!1`, as compilers print them.
        Expression::UnaryExpression(unary) if unary.operator.is_not() => match &unary.argument {
            Expression::NumericLiteral(number) => Some(number.value == 0.0),
            _ => None,
        },
        _ => None,
    }
}

/// `"?raw"`, `"raw"` or `{ raw: true, width: 3 }` as a query with its question mark.
fn query(expression: &Expression<'_>) -> Option<String> {
    if let Some(text) = string(expression) {
        let text = text.trim_start_matches('?');
        return Some(if text.is_empty() {
            String::new()
        } else {
            format!("?{text}")
        });
    }
    let Expression::ObjectExpression(object) = expression else {
        return None;
    };
    let mut parts = Vec::new();
    for property in &object.properties {
        let ObjectPropertyKind::ObjectProperty(property) = property else {
            return None;
        };
        let name = property.key.static_name()?;
        match property.value.get_inner_expression() {
            Expression::NumericLiteral(number) => parts.push(format!("{name}={}", number.value)),
            value => match (string(value), flag(value)) {
                (Some(text), _) => parts.push(format!("{name}={text}")),
                (None, Some(true)) => parts.push(name.into_owned()),
                (None, Some(false)) => {}
                (None, None) => return None,
            },
        }
    }
    Some(if parts.is_empty() {
        String::new()
    } else {
        format!("?{}", parts.join("&"))
    })
}

fn cooked<'a>(template: &'a TemplateLiteral<'_>, at: usize) -> &'a str {
    template.quasis.get(at).map_or("", |quasi| {
        quasi
            .value
            .cooked
            .as_ref()
            .map_or(quasi.value.raw.as_str(), |cooked| cooked.as_str())
    })
}

/// The pattern of the files that a template names: each expression stands for a part of one name.
fn files_of(template: &TemplateLiteral<'_>) -> Option<Glob> {
    let start = cooked(template, 0);
    let prefix_ends_in_folder = start.starts_with("./") || start.starts_with("../");
    let mut pattern = String::new();
    for at in 0..template.quasis.len() {
        if at > 0 {
            pattern.push('*');
        }
        for c in cooked(template, at).chars() {
            if "*?[]{}!()\\".contains(c) {
                pattern.push('\\');
            }
            pattern.push(c);
        }
    }
    let has_extension = pattern
        .rsplit('/')
        .next()
        .is_some_and(|name| name.contains('.'));
    (prefix_ends_in_folder && has_extension).then(|| Glob::new(vec![pattern]))
}
