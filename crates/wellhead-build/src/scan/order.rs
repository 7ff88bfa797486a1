//! The order of precedence of routes: SvelteKit's, more specific first.

use std::cmp::Ordering;

use super::Route;
use crate::manifest::{ParamKind, Piece, Segment};

/// A segment as literals and parameters in turn, always a literal first and last.
type Parts<'a> = Vec<Part<'a>>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Param {
        kind: ParamKind,
        matcher: Option<&'a str>,
        name: &'a str,
    },
}

/// Sorts routes, best first. What decides, from the left: static text before parameters, parameters with a matcher
/// before those without, required before optional before rest, and short paths before long ones. Optional and rest
/// parameters that more segments follow count only where all else is equal.
pub(super) fn sort(routes: &mut [Route]) {
    routes.sort_by(|a, b| compare(a, b).then_with(|| a.id.cmp(&b.id)));
}

fn compare(a: &Route, b: &Route) -> Ordering {
    let same_length = a.segments.len() == b.segments.len();
    segments(
        &split(&firm(&a.segments)),
        &split(&firm(&b.segments)),
        same_length,
    )
    .then_with(|| segments(&split(&a.segments), &split(&b.segments), same_length))
}

fn split(path: &[Segment]) -> Vec<Parts<'_>> {
    path.iter().map(|segment| parts(&segment.pieces)).collect()
}

fn parts(pieces: &[Piece]) -> Parts<'_> {
    let mut parts = Vec::with_capacity(pieces.len() + 2);
    for piece in pieces {
        match piece {
            Piece::Literal(text) => parts.push(Part::Text(text)),
            Piece::Param(param) => {
                if !matches!(parts.last(), Some(Part::Text(_))) {
                    parts.push(Part::Text(""));
                }
                parts.push(Part::Param {
                    kind: param.kind,
                    matcher: param.matcher.as_deref(),
                    name: &param.name,
                });
            }
        }
    }
    if !matches!(parts.last(), Some(Part::Text(_))) {
        parts.push(Part::Text(""));
    }
    parts
}

/// The path without optional and rest parameters, unless one is the very end.
fn firm(path: &[Segment]) -> Vec<Segment> {
    let mut firm = Vec::with_capacity(path.len());
    for (at, segment) in path.iter().enumerate() {
        let mut pieces: Vec<Piece> = Vec::with_capacity(segment.pieces.len());
        for (index, piece) in segment.pieces.iter().enumerate() {
            let at_end = at + 1 == path.len() && index + 1 == segment.pieces.len();
            match (piece, pieces.last_mut()) {
                (Piece::Param(param), _) if param.kind != ParamKind::Required && !at_end => {}
                (Piece::Literal(text), Some(Piece::Literal(before))) => before.push_str(text),
                (piece, _) => pieces.push(piece.clone()),
            }
        }
        if !pieces.is_empty() {
            firm.push(Segment { pieces });
        }
    }
    firm
}

fn is_open(segment: Option<&Parts<'_>>) -> bool {
    segment.is_some_and(|parts| {
        parts.len() == 3
            && matches!(
                parts[1],
                Part::Param {
                    kind: ParamKind::Optional | ParamKind::Rest,
                    ..
                }
            )
    })
}

fn segments(a: &[Parts<'_>], b: &[Parts<'_>], same_length: bool) -> Ordering {
    for at in 0..a.len().max(b.len()) {
        let (left, right) = match (a.get(at), b.get(at)) {
            (Some(left), Some(right)) => (left, right),
            // As many segments when all are counted: the one with its optional parameter further left is more specific.
            (left, _) if same_length && is_open(left) => return Ordering::Less,
            (_, right) if same_length && is_open(right) => return Ordering::Greater,
            (None, _) => return Ordering::Less,
            (_, None) => return Ordering::Greater,
        };
        for at in 0..left.len().max(right.len()) {
            let order = part(left.get(at), right.get(at));
            if order.is_ne() {
                return order;
            }
        }
    }
    Ordering::Equal
}

fn part(a: Option<&Part<'_>>, b: Option<&Part<'_>>) -> Ordering {
    match (a, b) {
        (Some(Part::Text(a)), Some(Part::Text(b))) => text(a, b),
        (
            Some(Part::Param {
                kind: kind_a,
                matcher: matcher_a,
                name: name_a,
            }),
            Some(Part::Param {
                kind: kind_b,
                matcher: matcher_b,
                name: name_b,
            }),
        ) => matcher_b
            .is_some()
            .cmp(&matcher_a.is_some())
            .then_with(|| rank(*kind_a).cmp(&rank(*kind_b)))
            .then_with(|| text(name_a, name_b))
            .then_with(|| matcher_a.cmp(matcher_b)),
        // A segment that ends here, against one that goes on with a parameter.
        (a, b) => a.is_some().cmp(&b.is_some()),
    }
}

fn rank(kind: ParamKind) -> u8 {
    match kind {
        ParamKind::Required => 0,
        ParamKind::Optional => 1,
        ParamKind::Rest => 2,
    }
}

/// By code points, except that a longer text outranks its own beginning.
fn text(a: &str, b: &str) -> Ordering {
    if a.starts_with(b) || b.starts_with(a) {
        return b.len().cmp(&a.len());
    }
    a.cmp(b)
}
