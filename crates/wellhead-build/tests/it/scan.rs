//! Runs each case of `tests/scan` and compares with its snapshot.

use std::fmt::Write;

use wellhead_build::manifest::{ParamKind, Piece, Segment};
use wellhead_build::{Diagnostic, Routes};

use crate::cases;

#[test]
fn cases_of_routes() {
    for (name, case) in cases::of("scan") {
        let app = tempfile::tempdir().unwrap();
        cases::unpack(&case, app.path());
        let text = match wellhead_build::scan(app.path()) {
            Ok(routes) => show(&routes),
            Err(problems) => show_problems(&problems),
        };
        let text = text.replace(app.path().to_str().unwrap(), "APP");
        insta::with_settings!({
            prepend_module_to_snapshot => false,
            snapshot_path => "../scan",
            omit_expression => true,
            description => case.lines().next().unwrap_or_default(),
        }, { insta::assert_snapshot!(name, text) });
    }
}

fn show(routes: &Routes) -> String {
    let mut out = String::new();
    for route in &routes.routes {
        writeln!(out, "{}", route.id).unwrap();
        writeln!(out, "  path {}", path(&route.segments)).unwrap();
        if let Some(page) = &route.page {
            let errors: Vec<_> = page
                .errors
                .iter()
                .map(|e| e.map_or("-".into(), |e| e.to_string()))
                .collect();
            writeln!(
                out,
                "  page {} in {:?}, errors [{}]",
                page.leaf,
                page.layouts,
                errors.join(", ")
            )
            .unwrap();
            if page.server_load.contains(&true) {
                writeln!(out, "  server load {:?}", page.server_load).unwrap();
            }
            let options = serde_json::to_string(&page.options).unwrap();
            if options != "{}" {
                writeln!(out, "  options {options}").unwrap();
            }
        }
        if let Some(endpoint) = &route.endpoint {
            writeln!(out, "  endpoint {}", endpoint.file).unwrap();
            if let Some(slash) = endpoint.trailing_slash {
                writeln!(out, "  slash {slash:?}").unwrap();
            }
        }
    }
    writeln!(out, "nodes").unwrap();
    for (number, node) in routes.nodes.iter().enumerate() {
        let files = [&node.component, &node.universal, &node.server]
            .map(|file| file.as_deref().unwrap_or("-"));
        writeln!(out, "  {number} {:?}: {}", node.kind, files.join(" ")).unwrap();
        if let Some(live) = &node.live {
            writeln!(out, "    live {live} {:?}", node.styles).unwrap();
        }
    }
    for (name, value) in [
        ("server hooks", &routes.hooks.server),
        ("client hooks", &routes.hooks.client),
        ("shared hooks", &routes.hooks.shared),
        ("live hooks", &routes.hooks.live),
        ("shell", &routes.shell),
        ("error shell", &routes.error_shell),
    ] {
        if let Some(value) = value {
            writeln!(out, "{name} {value}").unwrap();
        }
    }
    for (name, file) in &routes.matchers {
        writeln!(out, "matcher {name} {file}").unwrap();
    }
    out + &show_problems(&routes.warnings)
}

fn path(segments: &[Segment]) -> String {
    let mut out = String::new();
    for segment in segments {
        out.push('/');
        for piece in &segment.pieces {
            match piece {
                Piece::Literal(text) => write!(out, "{text:?}").unwrap(),
                Piece::Param(param) => {
                    let sign = match param.kind {
                        ParamKind::Required => "",
                        ParamKind::Optional => "?",
                        ParamKind::Rest => "*",
                    };
                    let matcher = param
                        .matcher
                        .as_ref()
                        .map_or(String::new(), |matcher| format!("={matcher}"));
                    write!(out, "<{}{sign}{matcher}>", param.name).unwrap();
                }
            }
        }
    }
    out
}

fn show_problems(problems: &[Diagnostic]) -> String {
    problems
        .iter()
        .map(|problem| format!("{problem}\n"))
        .collect()
}
