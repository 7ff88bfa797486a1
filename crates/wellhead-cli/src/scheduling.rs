//! How the system shares processors between the server's threads.

/// Has this thread, and all that it starts from now on, run without taking the processor from a thread that is running.
///
/// A thread that renders wakes one that sends, and the other way round. By default Linux lets the woken one interrupt the
/// other at once, about once for each request where all processors are busy; without that several requests pass in one
/// go. A thread that waits still gets its turn when the running one has used up its slice, which is a few milliseconds.
/// `bench/` has the figures. Where it cannot be set, nothing is lost but speed.
pub(crate) fn run_in_batches() {
    #[cfg(target_os = "linux")]
    {
        let normal = libc::sched_param { sched_priority: 0 };
        #[expect(unsafe_code, reason = "a system call without a safe wrapper")]
        // SAFETY: the call reads the parameter and nothing else; 0 is the current thread.
        let _ = unsafe { libc::sched_setscheduler(0, libc::SCHED_BATCH, &normal) };
    }
}
