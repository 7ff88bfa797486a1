//! Finding Node and starting processes of it, and what the system tells about them.

use std::ffi::OsString;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use super::glue;
use crate::JsError;

/// The oldest Node that works: the first with `AsyncLocalStorage`, module hooks and streams as they are needed.
const OLDEST: (u32, u32) = (20, 6);

/// What a process gets of the server's environment: what it needs to start and to find files. The application sees none
/// of it.
const PASSED: &[&str] = &[
    "PATH",
    "HOME",
    "TMPDIR",
    "TZ",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
];

/// A Node that is there and new enough.
#[derive(Debug, Clone)]
pub(super) struct Node {
    path: PathBuf,
}

impl Node {
    /// The Node that `WELLHEAD_NODE` names, else the one on `PATH`.
    pub(super) fn find() -> Result<Self, JsError> {
        let path = std::env::var_os("WELLHEAD_NODE").unwrap_or_else(|| OsString::from("node"));
        Self::at(path.into())
    }

    fn at(path: PathBuf) -> Result<Self, JsError> {
        let fix = "install Node 20 or newer (https://nodejs.org), or set WELLHEAD_NODE to its path";
        let output = Command::new(&path)
            .arg("--version")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| {
                JsError::engine(format!(
                    "the engine `node` cannot run `{}`: {error}; {fix}",
                    path.display()
                ))
            })?;
        let text = String::from_utf8_lossy(&output.stdout);
        match version(text.trim()) {
            Some(found) if found >= OLDEST => Ok(Self { path }),
            found => Err(JsError::engine(format!(
                "the engine `node` needs Node {}.{} or newer, `{}` is {}; {fix}",
                OLDEST.0,
                OLDEST.1,
                path.display(),
                found.map_or("no Node", |_| text.trim()),
            ))),
        }
    }

    /// A command that starts a process in a folder, and the server's end of its socket.
    ///
    /// The process ends when the socket closes; on Linux also when the thread ends that started it.
    pub(super) fn command(
        &self,
        heap_bytes: usize,
        dir: Option<&Path>,
    ) -> std::io::Result<(Command, UnixStream)> {
        let (ours, theirs) = UnixStream::pair()?;
        let mut command = Command::new(&self.path);
        command
            .arg(format!(
                "--max-old-space-size={}",
                (heap_bytes >> 20).max(16)
            ))
            .args(["--enable-source-maps", "--input-type=module", "--eval"])
            .arg(glue::SOURCE)
            .env_clear()
            .envs(
                PASSED
                    .iter()
                    .filter_map(|name| Some((name, std::env::var_os(name)?))),
            )
            .stdin(OwnedFd::from(theirs));
        if let Some(dir) = dir {
            command.current_dir(dir);
        }
        end_with_parent(&mut command);
        Ok((command, ours))
    }
}

/// Has the system kill the process when the thread ends that starts it, so that it cannot be left behind in a loop.
#[cfg(target_os = "linux")]
#[expect(
    unsafe_code,
    reason = "there is no safe way to run code between fork and exec"
)]
fn end_with_parent(command: &mut Command) {
    use std::os::unix::process::CommandExt;

    // SAFETY: the closure makes one system call, which is safe between fork and exec, and touches no memory.
    unsafe {
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
            Ok(())
        });
    }
}

#[cfg(not(target_os = "linux"))]
fn end_with_parent(_command: &mut Command) {}

fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// The processor time of a process's main thread, on which its JavaScript runs; `None` where the system does not tell.
pub(super) fn cpu_time(pid: u32) -> Option<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/task/{pid}/schedstat")).ok()?;
    text.split(' ')
        .next()?
        .parse()
        .ok()
        .map(Duration::from_nanos)
}

/// Lets a process take this much more memory than it has now. Array buffers are outside of V8's heap limit; this is what
/// stops an allocation loop of them. Where the system cannot, only what a process tells of itself counts.
#[cfg(target_os = "linux")]
#[expect(unsafe_code, reason = "a system call without a safe wrapper")]
pub(super) fn limit_memory(pid: u32, more: usize) {
    let data = std::fs::read_to_string(format!("/proc/{pid}/status"))
        .ok()
        .and_then(|status| {
            let line = status.lines().find(|line| line.starts_with("VmData:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        });
    let (Some(data), Ok(pid)) = (data, libc::pid_t::try_from(pid)) else {
        return;
    };
    let bytes = (data << 10).saturating_add(more as u64);
    let limit = libc::rlimit {
        rlim_cur: bytes,
        rlim_max: bytes,
    };
    // SAFETY: `limit` is valid for reading, and the old limit is not asked for. A process that is gone makes it fail.
    let failed = unsafe { libc::prlimit(pid, libc::RLIMIT_DATA, &limit, std::ptr::null_mut()) };
    if failed != 0 {
        tracing::warn!("the memory of a Node process cannot be limited");
    }
}

#[cfg(not(target_os = "linux"))]
pub(super) fn limit_memory(_pid: u32, _more: usize) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_compared() {
        assert_eq!(version("v20.20.2"), Some((20, 20)));
        assert!(version("v9.11.0").unwrap() < OLDEST);
        assert_eq!(version("Python 3"), None);
    }

    #[test]
    fn a_missing_or_wrong_node_is_told_with_the_fix() {
        let missing = Node::at("/nonexistent/node".into()).unwrap_err();
        assert!(missing.message.contains("/nonexistent/node"), "{missing}");
        assert!(missing.message.contains("WELLHEAD_NODE"), "{missing}");
        let other = Node::at("true".into()).unwrap_err();
        assert!(other.message.contains("is no Node"), "{other}");
    }

    #[test]
    fn the_time_of_this_process_is_known() {
        if cfg!(target_os = "linux") {
            assert!(cpu_time(std::process::id()).is_some());
        }
    }
}
