//! The program's allocator.
//!
//! Rendering allocates many buffers on one thread and frees them on another, and V8, which is C++, allocates with
//! `malloc`. jemalloc takes the place of both, and gives what is free back to the system from a thread of its own.

/// Not on Windows, where jemalloc cannot be built.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

/// What jemalloc reads before `main`: the address of a C string of options. Memory that has been free for a second is
/// given back; the variable `MALLOC_CONF` says otherwise.
#[cfg(target_os = "linux")]
#[unsafe(export_name = "malloc_conf")]
static OPTIONS: &u8 = &b"background_thread:true,dirty_decay_ms:1000,muzzy_decay_ms:0\0"[0];
