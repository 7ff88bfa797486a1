//! `Tool` on Node: threads that take calls from one queue, each with a process.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::errors;
use super::frame::{self, FromNode, ToNode};
use super::output::{Death, From, Lines, Seen};
use super::process::Node;
use crate::tool::Code;
use crate::{JsError, Program};

/// A compiler of a large application needs a lot; past this it is the compiler that is at fault.
const HEAP_BYTES: usize = 2 << 30;

/// What a process may take to start, beside what its program may.
const START: Duration = Duration::from_secs(20);

/// The longest result.
const MAX_FRAME: usize = 512 << 20;

/// The handle of a tool.
#[derive(Clone)]
pub(crate) struct NodeTool {
    threads: Arc<Threads>,
}

/// Closes the queue when the last handle is dropped.
struct Threads(Arc<Shared>);

struct Shared {
    node: Node,
    program: Program,
    workers: usize,
    state: Mutex<State>,
    wake: Condvar,
}

#[derive(Default)]
struct State {
    calls: VecDeque<Call>,
    running: usize,
    idle: usize,
    closed: bool,
}

struct Call {
    function: String,
    arguments: String,
    reply: mpsc::SyncSender<Result<String, JsError>>,
}

impl NodeTool {
    pub(crate) fn start(program: Program, workers: usize) -> Result<Self, JsError> {
        let shared = Arc::new(Shared {
            node: Node::find()?,
            program,
            workers,
            state: Mutex::new(State {
                running: 1,
                ..State::default()
            }),
            wake: Condvar::new(),
        });
        let (ready, started) = mpsc::sync_channel(1);
        spawn(&shared, Some(ready))?;
        started.recv().unwrap_or_else(|_| Err(ended()))?;
        Ok(Self {
            threads: Arc::new(Threads(shared)),
        })
    }

    pub(crate) fn call(&self, function: &str, arguments: String) -> Result<String, JsError> {
        let shared = &self.threads.0;
        let (reply, result) = mpsc::sync_channel(1);
        let mut state = shared.lock();
        state.calls.push_back(Call {
            function: function.into(),
            arguments,
            reply,
        });
        let another = state.calls.len() > state.idle && state.running < shared.workers;
        if another {
            state.running += 1;
        }
        drop(state);
        shared.wake.notify_one();
        if another && spawn(shared, None).is_err() {
            // The calls wait for the threads that are there.
            shared.lock().running -= 1;
        }
        result.recv().unwrap_or_else(|_| Err(ended()))
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        self.0.lock().closed = true;
        self.0.wake.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it holds the lock; the state is whole in any case.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next call, waiting for it; `None` once the tool is closed.
    fn next(&self) -> Option<Call> {
        let mut state = self.lock();
        loop {
            if let Some(call) = state.calls.pop_front() {
                return Some(call);
            }
            if state.closed {
                return None;
            }
            state.idle += 1;
            state = self
                .wake
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }
}

fn ended() -> JsError {
    JsError::engine("the tool's thread has ended")
}

fn spawn(
    shared: &Arc<Shared>,
    ready: Option<mpsc::SyncSender<Result<(), JsError>>>,
) -> Result<(), JsError> {
    let shared = Arc::clone(shared);
    std::thread::Builder::new()
        .name("wellhead-tool".into())
        .spawn(move || work(&shared, ready))
        .map(drop)
        .map_err(|error| JsError::engine(format!("the system cannot start a thread: {error}")))
}

/// Takes calls until the tool is closed. A process that ended is replaced.
fn work(shared: &Shared, mut ready: Option<mpsc::SyncSender<Result<(), JsError>>>) {
    loop {
        let mut process = match Process::start(&shared.node, &shared.program) {
            Ok(process) => process,
            Err(error) => {
                if let Some(ready) = ready.take() {
                    let _ = ready.send(Err(error));
                    return;
                }
                // The program loaded in another process, so this is of the moment: the call that waits is told.
                let Some(call) = shared.next() else { return };
                let _ = call.reply.send(Err(error));
                continue;
            }
        };
        if let Some(ready) = ready.take() {
            let _ = ready.send(Ok(()));
        }
        loop {
            let Some(call) = shared.next() else { return };
            let (result, lost) = match process.call(call.function, call.arguments) {
                Ok(result) => (result, false),
                Err(_) => (Err(process.why_ended()), true),
            };
            // The caller may have been dropped with its thread.
            let _ = call.reply.send(result);
            if lost {
                break;
            }
        }
    }
}

/// A process with the program loaded.
struct Process {
    child: Child,
    socket: UnixStream,
    seen: Arc<Seen>,
    logs: Option<std::thread::JoinHandle<()>>,
    program: Program,
    /// Whether it took longer than it may.
    overdue: bool,
}

impl Process {
    fn start(node: &Node, program: &Program) -> Result<Self, JsError> {
        let init = match &program.code {
            Code::Scripts(scripts) => {
                serde_json::json!({ "tool": true, "env": {}, "scripts": scripts })
            }
            Code::Modules { dir, entry, source } => {
                let dir = dir.canonicalize().map_err(|error| {
                    JsError::engine(format!("cannot open the folder {}: {error}", dir.display()))
                })?;
                serde_json::json!({ "tool": true, "env": {}, "dir": dir, "entry": entry, "source": source })
            }
        };
        let mut process = Self::spawn(node, program)
            .map_err(|error| JsError::engine(format!("a Node process does not start: {error}")))?;
        let patience = program.time.map(|time| time + START);
        let loaded = process
            .send(0, &ToNode::Init(init.to_string().into()))
            .and_then(|()| process.receive(patience));
        match loaded {
            Ok((_, FromNode::Ready)) => Ok(process),
            Ok((_, FromNode::LoadFailed(thrown))) => Err(process.thrown(&thrown)),
            Ok(_) => Err(JsError::engine("the Node process sent an unexpected frame")),
            Err(_) => Err(process.why_ended()),
        }
    }

    fn spawn(node: &Node, program: &Program) -> std::io::Result<Self> {
        let dir = match &program.code {
            Code::Scripts(_) => None,
            Code::Modules { dir, .. } => Some(dir.as_path()),
        };
        let (mut command, socket) = node.command(HEAP_BYTES, dir)?;
        let (reader, writer) = std::io::pipe()?;
        let child = command.stdout(writer.try_clone()?).stderr(writer).spawn()?;
        // The command holds the other end of the pipe, which would then never end.
        drop(command);
        let mut process = Self {
            child,
            socket,
            seen: Arc::default(),
            logs: None,
            program: program.clone(),
            overdue: false,
        };
        let seen = Arc::clone(&process.seen);
        process.logs = Some(std::thread::Builder::new().spawn(move || log(reader, &seen))?);
        Ok(process)
    }

    /// Calls a function. An I/O error means that the process has ended.
    fn call(
        &mut self,
        function: String,
        arguments: String,
    ) -> std::io::Result<Result<String, JsError>> {
        let arguments = Bytes::from(arguments);
        self.send(
            1,
            &ToNode::Invoke {
                function,
                arguments,
            },
        )?;
        match self.receive(self.program.time)? {
            (_, FromNode::Result(json)) => Ok(String::from_utf8(json.into())
                .map_err(|_| JsError::engine("the result is not UTF-8"))),
            (_, FromNode::Fail(thrown)) => Ok(Err(self.thrown(&thrown))),
            _ => Err(std::io::ErrorKind::InvalidData.into()),
        }
    }

    fn send(&mut self, id: u32, frame: &ToNode) -> std::io::Result<()> {
        let mut bytes = BytesMut::new();
        frame.encode(id, &mut bytes);
        self.socket.write_all(&bytes)
    }

    /// The next frame; what is reported on the way is logged. After `patience` without one it is an I/O error.
    fn receive(&mut self, patience: Option<Duration>) -> std::io::Result<(u32, FromNode)> {
        self.socket.set_read_timeout(patience)?;
        loop {
            let mut length = [0; 4];
            if let Err(error) = self.socket.read_exact(&mut length) {
                self.overdue = matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut);
                return Err(error);
            }
            let length = frame::length(length, MAX_FRAME).map_err(std::io::Error::other)?;
            let mut bytes = vec![0; length];
            self.socket.read_exact(&mut bytes)?;
            match FromNode::decode(bytes.into()).map_err(std::io::Error::other)? {
                (_, FromNode::Report(thrown)) => {
                    tracing::warn!(target: "app", "{}: {}", thrown.name, thrown.message);
                }
                frame => return Ok(frame),
            }
        }
    }

    fn thrown(&self, thrown: &frame::Thrown) -> JsError {
        match &self.program.code {
            Code::Scripts(_) => errors::js_error(thrown, None),
            Code::Modules { dir, .. } => {
                errors::js_error(thrown, Some(&dir.canonicalize().unwrap_or(dir.clone())))
            }
        }
    }

    /// Why the process ended, after its socket closed.
    fn why_ended(&mut self) -> JsError {
        // It has closed its socket, which it does when it ends, or sent what is no frame: it is of no more use. What it
        // ended with stands, where it has.
        let _ = self.child.kill();
        let status = self.child.wait().ok();
        if let Some(logs) = self.logs.take() {
            let _ = logs.join();
        }
        if self.overdue {
            return JsError::too_long(self.program.time);
        }
        match self.seen.death(status) {
            Death::Heap => JsError::limit(format!(
                "the program needs more than {} MiB of heap",
                HEAP_BYTES >> 20
            )),
            Death::Buffers => {
                JsError::limit("the program needs more memory for buffers than there is")
            }
            Death::Exit(code) => {
                JsError::engine(format!("the Node process ended by itself (code {code:?})"))
            }
            Death::Signal(signal) => {
                JsError::engine(format!("the Node process was ended by signal {signal}"))
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Both fail where the process has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn log(mut reader: std::io::PipeReader, seen: &Seen) {
    let mut lines = Lines::default();
    let mut bytes = [0; 4096];
    while let Ok(count @ 1..) = reader.read(&mut bytes) {
        lines.push(&bytes[..count], |line| seen.line(From::Err, line));
    }
    lines.flush(|line| seen.line(From::Err, line));
}
