//! Takes the types out of `.svelte.ts` modules, which the Svelte compiler reads as JavaScript.

use std::path::{Path, PathBuf};

use oxc::allocator::Allocator;
use oxc::codegen::{Codegen, CodegenOptions};
use oxc::parser::Parser;
use oxc::semantic::SemanticBuilder;
use oxc::span::SourceType;
use oxc::transformer::{TransformOptions, Transformer};
use rolldown_sourcemap::{SourceMap, collapse_sourcemaps};

use crate::Diagnostic;

/// A module without its types.
pub(super) struct Stripped {
    pub(super) code: String,
    map: Option<SourceMap>,
}

/// Takes the types out of a module.
pub(super) fn strip(shown: &str, source: &str) -> Result<Stripped, Vec<Diagnostic>> {
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, source, SourceType::ts()).parse();
    let problems: Vec<_> = parsed
        .diagnostics
        .errors()
        .map(|error| crate::scan::syntax_error(shown, source, error))
        .collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut program = parsed.program;
    let scoping = SemanticBuilder::new()
        .build(&program)
        .semantic
        .into_scoping();
    let options = TransformOptions::default();
    Transformer::new(&allocator, Path::new(shown), &options)
        .build_with_scoping(scoping, &mut program);
    let options = CodegenOptions {
        source_map_path: Some(PathBuf::from(shown)),
        ..CodegenOptions::default()
    };
    let printed = Codegen::new().with_options(options).build(&program);
    Ok(Stripped {
        code: printed.code,
        map: printed.map.map(|map| map.into_owned()),
    })
}

impl Stripped {
    /// Where a place of the stripped code is in the source: line from 1, column from 0.
    pub(super) fn original(&self, line: u32, column: u32) -> Option<(u32, u32)> {
        let map = self.map.as_ref()?;
        let token = map.lookup_token(&map.generate_lookup_table(), line.checked_sub(1)?, column)?;
        Some((token.get_src_line() + 1, token.get_src_col()))
    }

    /// A map from what was made of the stripped code to the source.
    pub(super) fn through(&self, later: &str) -> Option<String> {
        let later = super::read_map(later, "stripped")?;
        Some(collapse_sourcemaps(&[self.map.as_ref()?, &later]).to_json_string())
    }
}
