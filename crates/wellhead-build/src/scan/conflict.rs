//! Finds routes that take the same paths.

use std::collections::{BTreeMap, BTreeSet};

use super::Route;
use crate::Diagnostic;
use crate::manifest::{ParamKind, Piece, Segment};

/// A route with more optional parameters than this has too many shapes to compare.
const OPTIONAL_LIMIT: usize = 10;

/// Reports each pair of routes that match the same paths in the same way, whatever their parameters are called.
/// Optional parameters count both ways: `/a` and `/a/[[b]]` conflict.
pub(super) fn check(routes: &[Route], problems: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    let mut reported = BTreeSet::new();
    for route in routes {
        let Some(shapes) = shapes(&route.segments) else {
            problems.push(
                Diagnostic::error(
                    "too_many_optional",
                    format!("more than {OPTIONAL_LIMIT} optional parameters"),
                )
                .in_file(format!("src/routes{}", route.id))
                .with_help("use a rest parameter: [...name]"),
            );
            continue;
        };
        for shape in shapes {
            let other = *seen.entry(shape).or_insert(&route.id);
            if other != route.id && reported.insert((other, &route.id)) {
                problems.push(
                    Diagnostic::error(
                        "route_conflict",
                        format!("the routes `{other}` and `{}` take the same paths", route.id),
                    )
                    .in_file(format!("src/routes{}", route.id))
                    .with_note(format!("the other one is src/routes{other}"))
                    .with_help("rename or remove one of them, or tell them apart with a matcher: `[name=matcher]`"),
                );
            }
        }
    }
}

/// All the shapes of a path, each parameter without its name and each optional one there and not there.
fn shapes(path: &[Segment]) -> Option<BTreeSet<String>> {
    let optional = super::id::params(path)
        .filter(|param| param.kind == ParamKind::Optional)
        .count();
    if optional > OPTIONAL_LIMIT {
        return None;
    }
    let mut shapes = BTreeSet::from([String::new()]);
    for segment in path {
        let mut forms = BTreeSet::from([String::new()]);
        for piece in &segment.pieces {
            forms = forms
                .iter()
                .flat_map(|form| alternatives(piece).map(move |end| format!("{form}{end}")))
                .collect();
        }
        shapes = shapes
            .iter()
            .flat_map(|shape| {
                forms.iter().map(move |form| {
                    if form.is_empty() {
                        shape.clone()
                    } else {
                        format!("{shape}/{form}")
                    }
                })
            })
            .collect();
    }
    Some(shapes)
}

/// What a piece may be. Literals cannot hold a control character, so parameters cannot be mistaken for one.
fn alternatives(piece: &Piece) -> impl Iterator<Item = String> {
    let (first, second) = match piece {
        Piece::Literal(text) => (text.replace('/', "%2F"), None),
        Piece::Param(param) => {
            let rest = if param.kind == ParamKind::Rest {
                "..."
            } else {
                ""
            };
            let there = format!(
                "\u{1}{rest}{}\u{2}",
                param.matcher.as_deref().unwrap_or("*")
            );
            (there, (param.kind == ParamKind::Optional).then(String::new))
        }
    };
    std::iter::once(first).chain(second)
}
