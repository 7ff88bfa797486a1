//! What V8 does not go on from. It would abort the process; here only the isolate ends.
//!
//! Where V8 finds that it cannot go on (an object is larger than any can be, memory is short in the middle of one of its
//! own functions) it says so on the isolate's thread, and aborts once it has been heard. So nothing is ever returned to
//! it: the isolate's renders are answered, another isolate takes its place, and the thread sleeps from then on, with the
//! memory that the isolate holds.

use std::cell::RefCell;
use std::ffi::CStr;

use deno_core::v8;

type Bequest = Box<dyn FnOnce()>;

thread_local! {
    /// What is to be done when the isolate of this thread cannot go on.
    static BEQUEST: RefCell<Option<Bequest>> = const { RefCell::new(None) };
}

/// Has fatal errors of V8 come here. Once for the process.
pub(super) fn init() {
    v8::V8::set_fatal_error_handler(|_: &str, _: i32, message: &str| give_up(message));
    #[cfg(unix)]
    catch_traps();
}

/// V8 tells no handler of some of its fatal errors, such as a list that is longer than any can be: it writes a message and
/// traps. The trap is an instruction of V8's own at a place where it holds nothing, so what follows may be any code.
#[cfg(unix)]
fn catch_traps() {
    // SAFETY: all zeros are a valid action, which is then filled in; the handler has the type that goes with its flags.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        action.sa_sigaction = trapped as *const () as libc::sighandler_t;
        // A thread that is started from the handler must not have the signal blocked.
        action.sa_flags = libc::SA_NODEFER;
        libc::sigemptyset(&mut action.sa_mask);
        libc::sigaction(libc::SIGTRAP, &action, std::ptr::null_mut());
    }
}

#[cfg(unix)]
extern "C" fn trapped(signal: libc::c_int) {
    give_up("V8 ended it; its message is on standard error");
    // It is no isolate's thread: the process ends as it would have.
    // SAFETY: both calls take numbers only.
    unsafe {
        libc::signal(signal, libc::SIG_DFL);
        libc::raise(signal);
    }
}

/// Has an isolate's fatal lack of memory come here.
pub(super) fn listen(isolate: &mut v8::Isolate) {
    isolate.set_oom_error_handler(out_of_memory);
}

/// Says what is to be done when the isolate of this thread cannot go on.
pub(super) fn leave(bequest: impl FnOnce() + 'static) {
    BEQUEST.set(Some(Box::new(bequest)));
}

/// Forgets it; to be called before the isolate is dropped.
pub(super) fn forget() {
    drop(BEQUEST.take());
}

/// Gives up the isolate of this thread. Returns only where nothing was left to be done.
pub(super) fn give_up(why: &str) {
    let Some(bequest) = BEQUEST.take() else {
        return;
    };
    tracing::error!("an isolate cannot go on: {why}");
    bequest();
    loop {
        std::thread::park();
    }
}

unsafe extern "C" fn out_of_memory(location: *const std::ffi::c_char, _: &v8::OomDetails) {
    // SAFETY: V8 gives text that ends with a zero, or none.
    let location = (!location.is_null()).then(|| unsafe { CStr::from_ptr(location) });
    let location = location.map(CStr::to_string_lossy).unwrap_or_default();
    give_up(&format!("no memory for {location}"));
}
