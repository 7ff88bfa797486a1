//! The threads that bundling runs on: many small tasks and, in between, long computations, apart from whoever asks.

use tokio::runtime::{Builder, Runtime};

use crate::Diagnostic;

#[derive(Debug)]
pub(crate) struct Threads(Option<Runtime>);

impl Threads {
    pub(crate) fn start() -> Result<Self, Diagnostic> {
        Builder::new_multi_thread()
            .worker_threads(
                std::thread::available_parallelism()
                    .map_or(2, usize::from)
                    .max(2),
            )
            .thread_name("wellhead-build")
            .enable_all()
            .build()
            .map(|runtime| Self(Some(runtime)))
            .map_err(|error| {
                Diagnostic::error("no_threads", format!("cannot start threads: {error}"))
            })
    }

    /// Waits for a future.
    pub(crate) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        match &self.0 {
            Some(runtime) => runtime.block_on(future),
            None => unreachable!("the threads are taken only when they are dropped"),
        }
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        // A runtime must not be dropped by waiting where waiting is forbidden, as in another runtime.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}
