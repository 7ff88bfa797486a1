//! Finds the routes that match a path.
//!
//! Routes without parameters are looked up; the others are tried in the manifest's order. Matchers are app code, which
//! the server does not run: where a matcher has to agree, the route is only a *candidate*, and the search goes on until
//! a route that matches in any case. The engine takes the first candidate whose matchers agree.

mod path;
mod pattern;

use std::collections::HashMap;

use wellhead_build::manifest::Route;
use wellhead_render::RouteMatch;

pub use path::{BadPath, DecodedPath};
use pattern::Pattern;

/// Candidates of one request; more are not looked for.
const MAX_CANDIDATES: usize = 32;

/// Steps of one search: a bound for paths made to match slowly. A search that is over it has found nothing more.
const MAX_STEPS: u32 = 100_000;

/// The routes of a bundle, ready to be searched.
#[derive(Debug, Clone)]
pub struct Router {
    fixed: HashMap<String, u32>,
    patterns: Vec<(u32, Pattern)>,
}

/// A search in progress: what it found, and what it may still spend.
struct Search {
    steps: u32,
    found: Vec<RouteMatch>,
}

impl Search {
    /// Counts a step; `false` when the search is over.
    fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0 && self.found.len() < MAX_CANDIDATES
    }
}

impl Router {
    /// Prepares the routes of a manifest, which are in order of precedence.
    #[must_use]
    pub fn new(routes: &[Route]) -> Self {
        let mut fixed = HashMap::new();
        let mut patterns = Vec::new();
        for (number, route) in (0u32..).zip(routes) {
            let pattern = Pattern::new(&route.segments);
            match pattern.fixed_path() {
                Some(path) => {
                    fixed.entry(path).or_insert(number);
                }
                None => patterns.push((number, pattern)),
            }
        }
        Self { fixed, patterns }
    }

    /// The candidates for a path, best first; empty where no route matches.
    #[must_use]
    pub fn find(&self, path: &DecodedPath<'_>) -> Vec<RouteMatch> {
        // Nothing goes before a route without parameters: whatever it shares with another, that one is less specific.
        if let Some(route) = path
            .joined()
            .and_then(|joined| self.fixed.get(joined.as_ref()))
        {
            return vec![RouteMatch {
                route: *route,
                params: Vec::new(),
            }];
        }
        let mut search = Search {
            steps: MAX_STEPS,
            found: Vec::new(),
        };
        for (route, pattern) in &self.patterns {
            if pattern.find(*route, path.segments(), &mut search) {
                break;
            }
        }
        search.found
    }
}
