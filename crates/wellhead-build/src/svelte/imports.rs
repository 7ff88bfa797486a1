//! The imports of a component that does not compile, so that those which lead nowhere are told together with that.

use std::fs;

use oxc::allocator::Allocator;
use oxc::ast::ast::{ImportDeclaration, ImportDeclarationSpecifier, Statement};
use oxc::parser::Parser;
use oxc::span::SourceType;

/// What the scripts of a component import, as far as they can be read. Nothing is said of what is wrong with them.
pub(crate) fn imports(file: &str) -> Vec<String> {
    let source = fs::read_to_string(file).unwrap_or_default();
    let scripts = scripts(&source);
    scripts.into_iter().flat_map(imports_of).collect()
}

fn imports_of(script: &str) -> Vec<String> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, script, SourceType::ts()).parse();
    let imported = |statement: &Statement<'_>| match statement {
        Statement::ImportDeclaration(import) if !is_of_types(import) => {
            Some(import.source.value.to_string())
        }
        _ => None,
    };
    parsed.program.body.iter().filter_map(imported).collect()
}

/// Whether nothing of an import is left in JavaScript.
fn is_of_types(import: &ImportDeclaration<'_>) -> bool {
    let of_type = |specifier: &ImportDeclarationSpecifier<'_>| matches!(specifier, ImportDeclarationSpecifier::ImportSpecifier(one) if one.import_kind.is_type());
    let specifiers = import.specifiers.as_ref();
    import.import_kind.is_type()
        || specifiers.is_some_and(|list| !list.is_empty() && list.iter().all(of_type))
}

/// The text of each `<script>`.
fn scripts(source: &str) -> Vec<&str> {
    let (mut found, mut rest) = (Vec::new(), source);
    while let Some((_, tag)) = rest.split_once("<script") {
        // `generics="T extends Array<string>"`.
        let mut quote = None;
        let end = tag.char_indices().find(|(_, c)| {
            match quote {
                Some(open) if open == *c => quote = None,
                None if matches!(c, '"' | '\'') => quote = Some(*c),
                _ => {}
            }
            quote.is_none() && *c == '>'
        });
        let Some((end, _)) = end else { break };
        let text = &tag[end + 1..];
        let Some((script, after)) = text.split_once("</script") else {
            break;
        };
        found.push(script);
        rest = after;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_that_are_more_than_types_are_found_in_all_scripts() {
        let source = r#"<script module>import "./a"; export const b = 1;</script>
<script lang="ts" generics="T extends Array<string>">
	import B, { type C } from "./b";
	import type D from "./d";
	import { type E } from "./e";
	import * as F from './f';
	let g: T = $state();
</script>
{#if}
<script>import "./never-closed";"#;
        let scripts = scripts(source);
        assert_eq!(scripts.len(), 2);
        let found: Vec<_> = scripts.into_iter().flat_map(imports_of).collect();
        assert_eq!(found, ["./a", "./b", "./f"]);
    }
}
