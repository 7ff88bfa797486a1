//! Whether a module only makes things when it is loaded: declarations whose values come from constructors and functions
//! that are known to do nothing else. The bundler takes every call for an effect.

use std::collections::BTreeSet;

use oxc::allocator::Allocator;
use oxc::ast::ast::{
    Argument, ArrayExpressionElement, Declaration, Expression, ImportDeclarationSpecifier,
    ObjectPropertyKind, Program, PropertyKey, Statement, VariableDeclaration,
};
use oxc::parser::Parser;
use oxc::span::SourceType;

/// Packages whose functions only make something.
const MAKERS: [&str; 5] = [
    "svelte",
    "svelte/internal/client",
    "svelte/motion",
    "svelte/reactivity",
    "svelte/store",
];

/// Classes whose constructors do nothing that anybody else notices.
const CLASSES: [&str; 14] = [
    "AbortController",
    "Date",
    "Intl",
    "Map",
    "RegExp",
    "Set",
    "TextDecoder",
    "TextEncoder",
    "URL",
    "URLSearchParams",
    "Uint8Array",
    "WeakMap",
    "WeakSet",
    "Array",
];

pub(super) fn is_quiet(file: &str, code: &str) -> bool {
    let allocator = Allocator::default();
    // What comes here is JavaScript, or TypeScript whose types are still there.
    let source_type = SourceType::from_path(file).unwrap_or_else(|_| SourceType::mjs());
    let parsed = Parser::new(&allocator, code, source_type).parse();
    parsed.diagnostics.errors().next().is_none()
        && Module::new(&parsed.program).is_quiet(&parsed.program)
}

/// The names that may be called.
struct Module<'a> {
    makers: BTreeSet<&'a str>,
}

impl<'a> Module<'a> {
    fn new(program: &Program<'a>) -> Self {
        let mut makers = BTreeSet::new();
        for statement in &program.body {
            if let Statement::ImportDeclaration(import) = statement
                && MAKERS.contains(&import.source.value.as_str())
            {
                makers.extend(import.specifiers.iter().flatten().map(
                    |specifier| match specifier {
                        ImportDeclarationSpecifier::ImportSpecifier(one) => one.local.name.as_str(),
                        ImportDeclarationSpecifier::ImportDefaultSpecifier(one) => {
                            one.local.name.as_str()
                        }
                        ImportDeclarationSpecifier::ImportNamespaceSpecifier(all) => {
                            all.local.name.as_str()
                        }
                    },
                ));
            }
        }
        Self { makers }
    }

    fn is_quiet(&self, program: &Program<'_>) -> bool {
        program.body.iter().all(|statement| match statement {
            Statement::ImportDeclaration(_)
            | Statement::FunctionDeclaration(_)
            | Statement::ExportAllDeclaration(_)
            | Statement::ExportFromDeclaration(_)
            | Statement::ExportNamedDeclaration(_)
            | Statement::TSTypeAliasDeclaration(_)
            | Statement::TSInterfaceDeclaration(_) => true,
            Statement::VariableDeclaration(variables) => self.variables(variables),
            Statement::ClassDeclaration(class) => self.class(class),
            Statement::ExportDeclaration(export) => match &export.declaration {
                Declaration::VariableDeclaration(variables) => self.variables(variables),
                Declaration::ClassDeclaration(class) => self.class(class),
                Declaration::FunctionDeclaration(_)
                | Declaration::TSTypeAliasDeclaration(_)
                | Declaration::TSInterfaceDeclaration(_) => true,
                _ => false,
            },
            _ => false,
        })
    }

    fn variables(&self, variables: &VariableDeclaration<'_>) -> bool {
        variables
            .declarations
            .iter()
            .all(|one| one.init.as_ref().is_none_or(|value| self.value(value)))
    }

    /// A class without anything that runs when it is declared.
    fn class(&self, class: &oxc::ast::ast::Class<'_>) -> bool {
        use oxc::ast::ast::ClassElement;
        class.decorators.is_empty()
            && class
                .heritage
                .as_ref()
                .is_none_or(|base| matches!(base.expression, Expression::Identifier(_)))
            && class.body.body.iter().all(|element| match element {
                ClassElement::MethodDefinition(method) => {
                    !method.computed && method.decorators.is_empty()
                }
                ClassElement::PropertyDefinition(property) => {
                    !property.computed
                        && property.decorators.is_empty()
                        && (!property.r#static
                            || property
                                .value
                                .as_ref()
                                .is_none_or(|value| self.value(value)))
                }
                ClassElement::TSIndexSignature(_) => true,
                _ => false,
            })
    }

    fn value(&self, value: &Expression<'_>) -> bool {
        match value.get_inner_expression() {
            Expression::StringLiteral(_)
            | Expression::NumericLiteral(_)
            | Expression::BooleanLiteral(_)
            | Expression::BigIntLiteral(_)
            | Expression::NullLiteral(_)
            | Expression::RegExpLiteral(_)
            | Expression::Identifier(_)
            | Expression::ArrowFunctionExpression(_)
            | Expression::FunctionExpression(_) => true,
            Expression::ClassExpression(class) => self.class(class),
            Expression::TemplateLiteral(template) => {
                template.expressions.iter().all(|one| self.value(one))
            }
            Expression::UnaryExpression(unary) => self.value(&unary.argument),
            Expression::BinaryExpression(binary) => {
                self.value(&binary.left) && self.value(&binary.right)
            }
            Expression::LogicalExpression(logical) => {
                self.value(&logical.left) && self.value(&logical.right)
            }
            Expression::ConditionalExpression(one) => {
                self.value(&one.test) && self.value(&one.consequent) && self.value(&one.alternate)
            }
            Expression::ArrayExpression(array) => {
                array.elements.iter().all(|element| match element {
                    ArrayExpressionElement::SpreadElement(spread) => self.value(&spread.argument),
                    element => element.as_expression().is_none_or(|one| self.value(one)),
                })
            }
            Expression::ObjectExpression(object) => {
                object.properties.iter().all(|property| match property {
                    ObjectPropertyKind::ObjectProperty(one) => {
                        let key = !one.computed || matches!(one.key, PropertyKey::StringLiteral(_));
                        key && self.value(&one.value)
                    }
                    ObjectPropertyKind::SpreadProperty(spread) => self.value(&spread.argument),
                })
            }
            Expression::NewExpression(new) => {
                let class = root(&new.callee).is_some_and(|name| CLASSES.contains(&name));
                class && self.arguments(&new.arguments)
            }
            Expression::CallExpression(call) => {
                let maker = root(&call.callee).is_some_and(|name| self.makers.contains(name));
                maker && self.arguments(&call.arguments)
            }
            _ => false,
        }
    }

    fn arguments(&self, arguments: &[Argument<'_>]) -> bool {
        arguments
            .iter()
            .all(|argument| argument.as_expression().is_some_and(|one| self.value(one)))
    }
}

/// The name that `name`, `name.member` or `name.a.b` begins with.
fn root<'e>(expression: &'e Expression<'_>) -> Option<&'e str> {
    match expression.get_inner_expression() {
        Expression::Identifier(id) => Some(id.name.as_str()),
        Expression::StaticMemberExpression(member) => root(&member.object),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_makes_things_is_quiet() {
        for code in [
            "export const [get, set] = createContext(); import { createContext } from 'svelte';",
            "import * as $ from 'svelte/internal/client'; let a = $.state(1); export class A { #b = $.state($.proxy([])); c() { go(); } }",
            "const money = new Intl.NumberFormat('en', { style: 'currency' }); export const f = (n: number): string => money.format(n);",
            "export const kinds = ['a', { b: -1 }] as const; export type Kind = string; const known = new Map<string, number>();",
        ] {
            assert!(is_quiet("a.ts", code), "{code}");
        }
        for code in [
            "globalThis.seen = 1;",
            "export const a = start();",
            "export const socket = new WebSocket('/x');",
            "setInterval(() => 1, 5);",
            "if (typeof window) go();",
            "export class A { static b = go(); }",
            "export class A { static { go(); } }",
            "const a = new Map(go());",
        ] {
            assert!(!is_quiet("a.ts", code), "{code}");
        }
    }
}
