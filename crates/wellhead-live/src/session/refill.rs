//! Streams, whose items only the browser has: who needs them again has the host tell them.
//!
//! A root that waits for everything is told of no changes, which its browser could do nothing with. Its tree takes them,
//! and keeps what comes, until no item is missing. A host that has no answer has the component mounted anew.

use tokio::time::Instant;
use wellhead_html::Tree;
use wellhead_render::live::{Command, Failure};

use super::Session;
use crate::components::Root;

/// The code of streams that a component cannot fill again.
const STREAM_LOST: &str = "stream_lost";

/// What a root waits for.
#[derive(Debug)]
pub(crate) struct Refill {
    wanted: Wanted,
    /// Until when the host may answer. None if it has lost everything, and mounts: that ends in its own way.
    until: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// All that it shows, for a browser that has nothing of it.
    All,
    /// What is in streams that stand elsewhere than before, or miss a change, for a browser that has the rest.
    Streams,
}

impl Refill {
    pub(crate) fn is_of_all(&self) -> bool {
        self.wanted == Wanted::All
    }

    fn has_come(&self, tree: Option<&Tree>) -> bool {
        tree.is_some_and(|tree| match self.wanted {
            Wanted::All => tree.is_whole(),
            Wanted::Streams => !tree.has_lost(),
        })
    }
}

impl Root {
    /// It is mounted again, so whatever was asked for comes by itself.
    pub(super) fn restart(&mut self) {
        if let Some(tree) = &mut self.tree {
            tree.restart();
        }
        if let Some(refill) = &mut self.refill {
            refill.until = None;
        }
        self.missed.clear();
    }
}

impl Session {
    /// Has the host tell all items of a root, which is sent when they are there.
    pub(super) fn ask_for_all(&mut self, number: u32) {
        let Some(root) = self.components.root(number) else {
            return;
        };
        let asked = root.refill.as_ref();
        let asked = asked.is_some_and(|refill| refill.is_of_all() && refill.until.is_some());
        if let Some(tree) = &mut root.tree {
            tree.keep();
        }
        if !asked {
            self.ask(number, number, Wanted::All);
        }
    }

    /// Asks for the streams of a component in a root.
    fn ask(&mut self, root: u32, component: u32, wanted: Wanted) {
        let until = Some(Instant::now() + self.shared.limits.mount);
        if let Some(root) = self.components.root(root) {
            root.refill = Some(Refill { wanted, until });
        }
        if self.components.roots.len() > 1 {
            // If the host has no answer, the other components are mounted again too: as they are now, so this comes first.
            self.ask_for_state();
        }
        self.host.send(&Command::Refill { component });
    }

    /// Looks at what has come for those who wait, and at what is missing now.
    pub(super) fn refilled(&mut self) {
        for number in (0..).take(self.components.roots.len()) {
            self.ask_for_lost(number);
            let has_come = |root: &mut Root| {
                root.refill
                    .take_if(|refill| refill.has_come(root.tree.as_ref()))
            };
            let Some(come) = self.components.root(number).and_then(has_come) else {
                continue;
            };
            if come.is_of_all() {
                self.render(number);
                // Also if there is nobody to take it, who will ask again.
                self.components.root(number).map(Root::forget);
            }
        }
    }

    /// Asks for what is in streams that could not follow their places, or whose changes were refused.
    fn ask_for_lost(&mut self, number: u32) {
        let Some(root) = self.components.root(number) else {
            return;
        };
        let lost = root.tree.as_mut().map(Tree::take_lost);
        let wanted = match &root.refill {
            Some(refill) => refill.wanted,
            None => Wanted::Streams,
        };
        let mut lost = lost.unwrap_or_default();
        // Those within a component are told with it.
        if lost.first() == Some(&None) {
            lost.truncate(1);
        }
        for component in lost {
            self.ask(number, component.unwrap_or(number), wanted);
        }
    }

    /// Forgets what browsers have now, or will have when they come.
    pub(crate) fn forget_items(&mut self) {
        let waits = |root: &Root| root.refill.as_ref().is_some_and(Refill::is_of_all);
        let roots = self.components.roots.iter_mut();
        roots.filter(|root| !waits(root)).for_each(Root::forget);
    }

    /// Whether this is the answer to what was asked for a root.
    pub(super) fn is_no_refill(&self, failure: &Failure) -> bool {
        failure.code == STREAM_LOST && self.asked_root(failure.component).is_some()
    }

    /// The root that contains a component, if the host was asked for its streams.
    fn asked_root(&self, component: u32) -> Option<usize> {
        let (number, _) = self.components.place(component)?;
        let refill = self.components.roots[number].refill.as_ref()?;
        refill.until.map(|_| number)
    }

    /// Has components mounted that cannot fill their streams again. Their state is lost.
    pub(super) fn mount_anew(&mut self, failures: &[&Failure]) {
        let Some(first) = failures.first() else {
            return;
        };
        for failure in failures {
            if let Some(number) = self.asked_root(failure.component) {
                self.components.roots[number].saved = None;
            }
        }
        self.mount_again(&first.message);
    }

    /// When the first answer is overdue.
    pub(super) fn refill_until(&self) -> Option<Instant> {
        let roots = self.components.roots.iter();
        roots.filter_map(|root| root.refill.as_ref()?.until).min()
    }

    /// Waits no longer for answers that are overdue.
    pub(super) fn give_up_refills(&mut self, now: Instant) {
        let mut any = false;
        for root in &mut self.components.roots {
            let refill = root.refill.as_mut();
            // Once, even if there is no worker to mount it.
            let overdue = refill.and_then(|refill| refill.until.take_if(|until| now >= *until));
            if overdue.is_some() {
                root.saved = None;
                any = true;
            }
        }
        if any {
            self.mount_again("a component has not filled its streams again in time");
        }
    }
}
