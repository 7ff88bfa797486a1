//! A route's segments, matched against a path as SvelteKit matches its regular expressions.
//!
//! A whole-segment optional parameter takes a segment if it can, and gives it back when the rest of the route does not
//! match otherwise, or when its matcher may refuse. A rest parameter takes as many segments as it can. Parameters inside
//! a segment take as little as they can. Those choices are made once: a matcher's refusal does not reopen them.

use std::borrow::Cow;

use wellhead_build::manifest::{Param, ParamKind, Piece, Segment};
use wellhead_render::RouteMatch;

use super::Search;

#[derive(Debug, Clone)]
pub(super) struct Pattern {
    steps: Vec<Step>,
}

/// A segment of a route, by how it is matched.
#[derive(Debug, Clone)]
enum Step {
    Literal(String),
    Whole(Param),
    Mixed(Vec<Piece>),
}

impl Pattern {
    pub(super) fn new(segments: &[Segment]) -> Self {
        let step = |segment: &Segment| match segment.pieces.as_slice() {
            [Piece::Literal(text)] => Step::Literal(text.clone()),
            [Piece::Param(param)] => Step::Whole(param.clone()),
            pieces => Step::Mixed(pieces.to_vec()),
        };
        Self {
            steps: segments.iter().map(step).collect(),
        }
    }

    /// The path, where there is only one.
    pub(super) fn fixed_path(&self) -> Option<String> {
        let literals = self.steps.iter().map(|step| match step {
            // A slash inside a literal would look like two segments.
            Step::Literal(text) if !text.contains('/') => Some(text.as_str()),
            _ => None,
        });
        let literals: Vec<_> = literals.collect::<Option<_>>()?;
        Some(format!("/{}", literals.join("/")))
    }

    /// Adds the ways in which the route matches; `true` if one of them needs no matcher to agree.
    pub(super) fn find(&self, route: u32, path: &[Cow<'_, str>], search: &mut Search) -> bool {
        let mut walk = Walk {
            route,
            search,
            params: Vec::new(),
            settled: false,
        };
        walk.steps(&self.steps, path);
        walk.settled
    }
}

/// One route tried on one path.
struct Walk<'a> {
    route: u32,
    search: &'a mut Search,
    /// What the choices so far give the parameters.
    params: Vec<(&'a Param, String)>,
    /// A match was found that no matcher can refuse.
    settled: bool,
}

impl<'a> Walk<'a> {
    /// Matches the rest of the route against the rest of the path; whether there was a match.
    fn steps(&mut self, steps: &'a [Step], path: &[Cow<'_, str>]) -> bool {
        if !self.search.step() {
            return false;
        }
        let Some((step, later)) = steps.split_first() else {
            return path.is_empty() && self.found();
        };
        match (step, path.split_first()) {
            (Step::Literal(text), Some((first, rest))) => first == text && self.steps(later, rest),
            (Step::Whole(param), split) => match (param.kind, split) {
                (ParamKind::Required, Some((first, rest))) => {
                    !first.is_empty()
                        && self.with(param, first.to_string(), |walk| walk.steps(later, rest))
                }
                (ParamKind::Required, None) => false,
                (ParamKind::Optional, split) => self.optional(param, later, path, split),
                (ParamKind::Rest, _) => (0..=path.len()).rev().any(|count| {
                    let (own, rest) = path.split_at(count);
                    self.with(param, own.join("/"), |walk| walk.steps(later, rest))
                }),
            },
            (Step::Mixed(pieces), Some((first, rest))) => {
                if !pieces.iter().any(
                    |piece| matches!(piece, Piece::Param(param) if param.kind == ParamKind::Rest),
                ) {
                    return self.pieces(pieces, first, later, rest);
                }
                (1..=path.len()).any(|count| {
                    let (own, rest) = path.split_at(count);
                    self.pieces(pieces, &own.join("/"), later, rest)
                })
            }
            (_, None) => false,
        }
    }

    fn optional(
        &mut self,
        param: &'a Param,
        later: &'a [Step],
        path: &[Cow<'_, str>],
        split: Option<(&Cow<'_, str>, &[Cow<'_, str>])>,
    ) -> bool {
        let taken = match split {
            Some((first, rest)) if !first.is_empty() => {
                self.with(param, first.to_string(), |walk| walk.steps(later, rest))
            }
            _ => false,
        };
        // Its matcher may refuse what it took: then the match without it is the next candidate.
        if taken && (param.matcher.is_none() || self.settled) {
            return true;
        }
        self.steps(later, path) || taken
    }

    /// Matches the pieces of one segment against all of `text`.
    fn pieces(
        &mut self,
        pieces: &'a [Piece],
        text: &str,
        later: &'a [Step],
        rest: &[Cow<'_, str>],
    ) -> bool {
        if !self.search.step() {
            return false;
        }
        let Some((piece, others)) = pieces.split_first() else {
            return text.is_empty() && self.steps(later, rest);
        };
        let param = match piece {
            Piece::Literal(literal) => {
                return text
                    .strip_prefix(literal.as_str())
                    .is_some_and(|text| self.pieces(others, text, later, rest));
            }
            Piece::Param(param) => param,
        };
        let ends = text
            .char_indices()
            .map(|(start, _)| start)
            .chain([text.len()]);
        let take = |walk: &mut Self, end: usize| {
            let (own, text) = text.split_at(end);
            walk.with(param, own.to_owned(), |walk| {
                walk.pieces(others, text, later, rest)
            })
        };
        match param.kind {
            ParamKind::Required => ends.skip(1).any(|end| take(self, end)),
            ParamKind::Rest => ends.into_iter().any(|end| take(self, end)),
            ParamKind::Optional => {
                ends.skip(1)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .any(|end| take(self, end))
                    || self.pieces(others, text, later, rest)
            }
        }
    }

    /// Goes on with a parameter set.
    fn with(
        &mut self,
        param: &'a Param,
        value: String,
        go_on: impl FnOnce(&mut Self) -> bool,
    ) -> bool {
        self.params.push((param, value));
        let found = go_on(self);
        self.params.pop();
        found
    }

    fn found(&mut self) -> bool {
        let params = self
            .params
            .iter()
            .map(|(param, value)| (param.name.clone(), value.clone()))
            .collect();
        self.search.found.push(RouteMatch {
            route: self.route,
            params,
        });
        self.settled |= self.params.iter().all(|(param, _)| param.matcher.is_none());
        true
    }
}
