//! How the system shares processors between the server's threads.

/// Has every thread of the program, and all that they start from now on, run without taking the processor from a thread
/// that is running.
///
/// A thread that renders wakes one that sends, and the other way round. By default Linux lets the woken one interrupt the
/// other at once, about once for each request where all processors are busy; without that several requests pass in one
/// go. A thread that waits still gets its turn when the running one has used up its slice, which is a few milliseconds.
/// `bench/` has the figures. Where it cannot be set, nothing is lost but speed.
pub(crate) fn run_in_batches() {
    #[cfg(target_os = "linux")]
    for thread in threads() {
        let normal = libc::sched_param { sched_priority: 0 };
        #[expect(unsafe_code, reason = "a system call without a safe wrapper")]
        // SAFETY: the call reads the parameter and nothing else; a thread that has ended is an error that is ignored.
        let _ = unsafe { libc::sched_setscheduler(thread, libc::SCHED_BATCH, &normal) };
    }
}

/// This thread, and those that run already: the allocator starts one before `main`.
#[cfg(target_os = "linux")]
fn threads() -> impl Iterator<Item = libc::pid_t> {
    const CURRENT: libc::pid_t = 0;
    let others = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let others = others.filter_map(|task| task.ok()?.file_name().to_str()?.parse().ok());
    std::iter::once(CURRENT).chain(others)
}
