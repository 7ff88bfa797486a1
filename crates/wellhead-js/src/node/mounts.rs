//! Live components that a page mounts while it renders (`Call.mount`).

use tokio::runtime::Handle;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use wellhead_render::{Mounted, PageMounts};

use super::driver::{Driver, Event};
use super::frame::ToNode;

/// What a call in a process wants: its mount of this number.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    pub(super) worker: u64,
    pub(super) call: u32,
    pub(super) mount: u32,
}

/// How the live components of a page are mounted.
#[derive(Debug, Clone, Default)]
pub(super) struct Mounts {
    mounts: Option<PageMounts>,
    /// Where whoever asked for the page runs. What they start while they mount stays when the pool is gone.
    runtime: Option<Handle>,
}

impl Mounts {
    /// Mounts where this is called, if that is within a runtime.
    pub(super) fn here(mounts: Option<PageMounts>) -> Self {
        Self {
            mounts,
            runtime: Handle::try_current().ok(),
        }
    }
}

/// The mounts of one call. Those that are not over end with it.
pub(super) struct Mounting {
    mounts: Mounts,
    tasks: JoinSet<()>,
}

impl Mounting {
    pub(super) fn new(mounts: Mounts) -> Self {
        Self {
            mounts,
            tasks: JoinSet::new(),
        }
    }

    /// Mounts a component; what becomes of it is an event.
    pub(super) fn mount(
        &mut self,
        wanted: Wanted,
        what: String,
        events: &mpsc::WeakUnboundedSender<Event>,
    ) {
        while self.tasks.try_join_next().is_some() {}
        let Mounts { mounts, runtime } = self.mounts.clone();
        let events = events.clone();
        let task = async move {
            let mounted = match mounts {
                Some(mounts) => mounts.mount(what).await,
                None => Mounted::impossible(),
            };
            if let Some(events) = events.upgrade() {
                let _ = events.send(Event::Mounted(wanted, mounted));
            }
        };
        match runtime {
            Some(runtime) => self.tasks.spawn_on(task, &runtime),
            None => self.tasks.spawn(task),
        };
    }
}

impl Driver {
    /// Tells a call what became of its mount.
    pub(super) fn mounted(&mut self, wanted: Wanted, mounted: Mounted) {
        let Wanted {
            worker,
            call,
            mount,
        } = wanted;
        // It may have been started again elsewhere.
        let Some(live) = self
            .calls
            .get_mut(&call)
            .filter(|live| live.worker == worker)
        else {
            return;
        };
        // A reply that has left can tell of nothing; the session has logged it.
        if let (Some(job), Some(error)) = (&mut live.job, mounted.error) {
            job.errors.push(error);
        }
        let answer = mounted.answer;
        if let Some(worker) = self.worker(worker) {
            worker.send(call, ToNode::Mounted { mount, answer });
        }
    }
}
