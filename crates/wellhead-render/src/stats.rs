//! What a pool tells about itself.

/// Figures of a renderer's pool, all at one moment; counters since its start.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolStats {
    /// Workers that can take requests.
    pub workers: u32,
    /// Workers with at least one request in flight.
    pub busy: u32,
    /// Requests in flight.
    pub in_flight: u32,
    /// Requests that wait for a worker.
    pub queued: u32,
    /// Requests rendered without an error of the renderer, since the start.
    pub rendered: u64,
    /// Workers retired, by reason, since the start; reasons that did not occur are left out.
    pub retired: Vec<(RetireReason, u64)>,
    /// Workers that could not be stopped: they take no requests, and keep their thread and memory until the process ends.
    pub given_up: u32,
    /// Bytes of JavaScript heap in use, of all workers together.
    pub heap_bytes: u64,
    /// Bytes of array buffers, of all workers together.
    pub buffer_bytes: u64,
}

/// Why a worker was replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RetireReason {
    /// Its heap went over the limit.
    Heap,
    /// Its array buffers went over the limit.
    Buffers,
    /// A render used too much processor time in one go.
    Cpu,
    /// A render left behind what could not be cleaned up, such as timers.
    Leak,
    /// Its process or thread ended by itself.
    Exit,
}

impl RetireReason {
    /// The reason as it stands in logs and metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            RetireReason::Heap => "heap",
            RetireReason::Buffers => "buffers",
            RetireReason::Cpu => "cpu",
            RetireReason::Leak => "leak",
            RetireReason::Exit => "exit",
        }
    }
}
