//! The arithmetic of chunking, on modules that are numbers.

use std::collections::{BTreeMap, BTreeSet};

/// Groups below this many bytes are joined with others.
const SMALL: usize = 40_000;

/// How much joining may add to what a page loads: per cent of it, or so many bytes for small pages; before minification.
const SURPLUS_PERCENT: usize = 8;
const SURPLUS_LEAST: usize = 8_000;

/// A module of a graph, or some that are never apart.
#[derive(Debug, Clone, Default)]
pub(super) struct Module {
    /// Its code in bytes.
    pub(super) size: usize,
    pub(super) imports: Vec<usize>,
    pub(super) dynamic_imports: Vec<usize>,
    /// Whether loading it does something, so that only pages that ask for it may load it.
    pub(super) has_effects: bool,
    /// Whether it belongs to what every page runs on.
    pub(super) is_framework: bool,
}

/// What is to be split. Module 0 is the client's entry.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) modules: Vec<Module>,
    /// The modules that each page imports dynamically.
    pub(super) pages: Vec<Vec<usize>>,
    /// Those that all pages import.
    pub(super) always: Vec<usize>,
}

/// Modules that share a chunk.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) modules: Vec<usize>,
    pub(super) is_framework: bool,
}

#[derive(Debug)]
pub(super) struct Plan {
    /// All others stay where the bundler puts them.
    pub(super) groups: Vec<Group>,
    /// For each module the dynamically imported ones that use it or what the same pages load; `None` where the entry does.
    pub(super) users: Vec<Option<BTreeSet<usize>>>,
}

/// Decides which modules share a chunk.
pub(super) fn make(graph: &Graph) -> Plan {
    let entry = closure(graph, 0);
    let roots: BTreeSet<usize> = graph
        .modules
        .iter()
        .flat_map(|module| module.dynamic_imports.iter().copied())
        .filter(|root| !entry.contains(root))
        .collect();
    let mut users: Vec<Option<BTreeSet<usize>>> = vec![Some(BTreeSet::new()); graph.modules.len()];
    entry.iter().for_each(|module| users[*module] = None);
    for root in &roots {
        for module in closure(graph, *root) {
            if let Some(users) = &mut users[module] {
                users.insert(*root);
            }
        }
    }
    let mut splitter = Splitter::new(graph, &roots, &users);
    splitter.framework();
    splitter.atoms();
    splitter.join();
    let widened = splitter.widened();
    Plan {
        groups: splitter.groups(),
        users: widened,
    }
}

/// A module and all that it imports.
fn closure(graph: &Graph, from: usize) -> BTreeSet<usize> {
    let mut found = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(module) = open.pop() {
        open.extend(
            graph.modules[module]
                .imports
                .iter()
                .filter(|next| found.insert(**next)),
        );
    }
    found
}

/// A group that is being made.
#[derive(Debug, Clone, Default)]
struct Atom {
    modules: Vec<usize>,
    /// The pages that load it.
    pages: BTreeSet<usize>,
    size: usize,
    has_effects: bool,
}

struct Splitter<'a> {
    graph: &'a Graph,
    users: &'a [Option<BTreeSet<usize>>],
    roots: &'a BTreeSet<usize>,
    /// For each root the pages that load it.
    pages_of: BTreeMap<usize, BTreeSet<usize>>,
    /// How much each page may still load beyond what it uses.
    budgets: Vec<usize>,
    /// The chunk of each module: groups have numbers from `graph.modules.len()`, other chunks those of their roots.
    chunk_of: Vec<Option<usize>>,
    framework: Vec<usize>,
    atoms: BTreeMap<usize, Atom>,
}

impl<'a> Splitter<'a> {
    fn new(
        graph: &'a Graph,
        roots: &'a BTreeSet<usize>,
        users: &'a [Option<BTreeSet<usize>>],
    ) -> Self {
        // What is imported later, and error pages, come on top of some page: pages of their own, with what all pages load.
        let in_pages: BTreeSet<usize> = graph
            .pages
            .iter()
            .flatten()
            .chain(&graph.always)
            .copied()
            .collect();
        let later = roots.difference(&in_pages).map(|root| vec![*root]);
        let pages: Vec<Vec<usize>> = graph.pages.iter().cloned().chain(later).collect();
        let mut pages_of: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
        for (page, loads) in pages.iter().enumerate() {
            for root in loads.iter().chain(&graph.always) {
                pages_of.entry(*root).or_default().insert(page);
            }
        }
        let mut splitter = Self {
            graph,
            users,
            roots,
            pages_of,
            budgets: Vec::new(),
            chunk_of: vec![None; graph.modules.len()],
            framework: Vec::new(),
            atoms: BTreeMap::new(),
        };
        let mut sizes = vec![0; pages.len()];
        for (module, users) in users.iter().enumerate() {
            let size = graph.modules[module].size;
            match users {
                None => sizes.iter_mut().for_each(|sum| *sum += size),
                Some(users) => splitter
                    .pages(users)
                    .iter()
                    .for_each(|page| sizes[*page] += size),
            }
        }
        let budgets = sizes
            .iter()
            .map(|size| (size * SURPLUS_PERCENT / 100).max(SURPLUS_LEAST));
        splitter.budgets = budgets.collect();
        for (module, users) in users.iter().enumerate() {
            let own = match users {
                None => Some(0),
                Some(_) if roots.contains(&module) => Some(module),
                Some(users) if users.len() == 1 => users.first().copied(),
                Some(_) => None,
            };
            splitter.chunk_of[module] = own;
        }
        splitter
    }

    /// The pages that load a module with these users.
    fn pages(&self, users: &BTreeSet<usize>) -> BTreeSet<usize> {
        users
            .iter()
            .filter_map(|root| self.pages_of.get(root))
            .flatten()
            .copied()
            .collect()
    }

    /// The users of each module, together with those of all modules that the same pages load: to a page they are the same.
    fn widened(&self) -> Vec<Option<BTreeSet<usize>>> {
        let pages: Vec<_> = self
            .users
            .iter()
            .map(|users| users.as_ref().map(|users| self.pages(users)))
            .collect();
        let mut all: BTreeMap<&BTreeSet<usize>, BTreeSet<usize>> = BTreeMap::new();
        for (pages, users) in pages.iter().zip(self.users) {
            if let (Some(pages), Some(users)) = (pages, users) {
                all.entry(pages).or_default().extend(users);
            }
        }
        pages
            .iter()
            .map(|pages| pages.as_ref().map(|pages| all[pages].clone()))
            .collect()
    }

    fn is_root(&self, module: usize) -> bool {
        module == 0 || self.roots.contains(&module)
    }

    /// The framework's modules, but for those that only one root uses, and all that they import.
    fn framework(&mut self) {
        let chosen = (0..self.graph.modules.len()).filter(|module| {
            self.graph.modules[*module].is_framework
                && !self.is_root(*module)
                && self.users[*module]
                    .as_ref()
                    .is_none_or(|users| users.len() > 1)
        });
        let mut all = BTreeSet::new();
        for module in chosen {
            all.extend(closure(self.graph, module));
        }
        all.retain(|module| !self.is_root(*module));
        let group = self.graph.modules.len();
        all.iter()
            .for_each(|module| self.chunk_of[*module] = Some(group));
        self.framework = all.into_iter().collect();
    }

    /// Puts together what the same pages load.
    fn atoms(&mut self) {
        let mut by_pages: BTreeMap<BTreeSet<usize>, usize> = BTreeMap::new();
        for module in 0..self.graph.modules.len() {
            let Some(users) = self.users[module]
                .as_ref()
                .filter(|users| !users.is_empty())
            else {
                continue;
            };
            if self.chunk_of[module].is_some() {
                continue;
            }
            let pages = self.pages(users);
            let next = self.graph.modules.len() + 1 + by_pages.len();
            let group = *by_pages.entry(pages.clone()).or_insert(next);
            self.chunk_of[module] = Some(group);
            let Module {
                size, has_effects, ..
            } = self.graph.modules[module];
            let atom = self.atoms.entry(group).or_default();
            atom.modules.push(module);
            atom.pages = pages;
            atom.size += size;
            atom.has_effects |= has_effects;
        }
    }

    /// Joins small groups, the smallest first, each with the one that costs least.
    fn join(&mut self) {
        let mut done = BTreeSet::new();
        loop {
            let open = self
                .atoms
                .iter()
                .filter(|(group, _)| !done.contains(*group));
            let Some((&group, atom)) = open.min_by_key(|(group, atom)| (atom.size, **group)) else {
                return;
            };
            if atom.size >= SMALL {
                return;
            }
            let mut others: Vec<_> = self
                .atoms
                .iter()
                .filter(|(other, _)| **other != group)
                .map(|(other, with)| (surplus(atom, with), *other))
                .collect();
            others.sort_unstable();
            let edges = self.edges();
            let partner = others
                .into_iter()
                .map(|(_, other)| other)
                .find(|other| self.may_join(group, *other, &edges));
            match partner {
                Some(other) => {
                    self.unite(group, other);
                    done.remove(&other);
                }
                None => {
                    done.insert(group);
                }
            }
        }
    }

    fn may_join(&self, one: usize, other: usize, edges: &Edges) -> bool {
        let (a, b) = (&self.atoms[&one], &self.atoms[&other]);
        if (a.has_effects || b.has_effects) && a.pages != b.pages {
            return false;
        }
        let fits = |more: &Atom, less: &Atom| {
            more.pages
                .difference(&less.pages)
                .all(|page| self.budgets[*page] >= less.size)
        };
        fits(a, b) && fits(b, a) && !makes_a_circle(edges, one, other)
    }

    /// The chunks that each chunk imports.
    fn edges(&self) -> Edges {
        let mut edges = Edges::new();
        for (from, module) in self.chunk_of.iter().zip(&self.graph.modules) {
            let imports = module.imports.iter().filter_map(|to| self.chunk_of[*to]);
            if let Some(from) = from {
                edges
                    .entry(*from)
                    .or_default()
                    .extend(imports.filter(|to| to != from));
            }
        }
        edges
    }

    fn unite(&mut self, from: usize, into: usize) {
        let (Some(from), Some(mut atom)) = (self.atoms.remove(&from), self.atoms.remove(&into))
        else {
            return;
        };
        for (more, less) in [(&from, &atom), (&atom, &from)] {
            for page in more.pages.difference(&less.pages) {
                self.budgets[*page] -= less.size;
            }
        }
        from.modules
            .iter()
            .for_each(|module| self.chunk_of[*module] = Some(into));
        atom.modules.extend(from.modules);
        atom.modules.sort_unstable();
        atom.pages.extend(from.pages);
        atom.size += from.size;
        atom.has_effects |= from.has_effects;
        self.atoms.insert(into, atom);
    }

    fn groups(self) -> Vec<Group> {
        let shared = self.atoms.into_values().map(|atom| Group {
            modules: atom.modules,
            is_framework: false,
        });
        let framework = Group {
            modules: self.framework,
            is_framework: true,
        };
        std::iter::once(framework)
            .chain(shared)
            .filter(|group| !group.modules.is_empty())
            .collect()
    }
}

/// The chunks that each chunk imports.
type Edges = BTreeMap<usize, BTreeSet<usize>>;

/// Whether a way from one group to the other leads through other chunks: together they would import themselves.
fn makes_a_circle(edges: &Edges, one: usize, other: usize) -> bool {
    let imports = |chunk: usize| edges.get(&chunk).into_iter().flatten().copied();
    let is_end = |chunk: &usize| *chunk == one || *chunk == other;
    let mut seen = BTreeSet::new();
    let mut open: Vec<usize> = imports(one)
        .chain(imports(other))
        .filter(|chunk| !is_end(chunk))
        .collect();
    while let Some(chunk) = open.pop() {
        if !seen.insert(chunk) {
            continue;
        }
        if imports(chunk).any(|next| is_end(&next)) {
            return true;
        }
        open.extend(imports(chunk));
    }
    false
}

/// Bytes that pages load without use when two groups are one.
fn surplus(a: &Atom, b: &Atom) -> usize {
    a.pages.difference(&b.pages).count() * b.size + b.pages.difference(&a.pages).count() * a.size
}

#[cfg(test)]
mod tests;
