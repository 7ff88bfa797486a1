//! `Tool` on Node: a program in a process.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};

use super::errors;
use super::frame::{self, FromNode, ToNode};
use super::output::{Death, From, Lines, Seen};
use super::process::Node;
use crate::tool::Code;
use crate::tool::threads::{GiveUp, Instance, Threads};
use crate::{JsError, Program};

/// A compiler of a large application needs a lot; past this it is the compiler that is at fault.
const HEAP_BYTES: usize = 2 << 30;

/// What a process may take to start, beside what its program may.
const START: Duration = Duration::from_secs(20);

/// The longest result.
const MAX_FRAME: usize = 512 << 20;

/// The threads of a tool, each with a process.
pub(crate) type NodeTool = Threads<Process>;

/// What the processes of a tool are started with.
pub(crate) struct Source {
    node: Node,
    program: Program,
}

impl Source {
    pub(crate) fn new(program: Program) -> Result<Self, JsError> {
        let node = Node::find()?;
        Ok(Self { node, program })
    }
}

/// A process with the program loaded.
pub(crate) struct Process {
    child: Child,
    socket: UnixStream,
    seen: Arc<Seen>,
    logs: Option<std::thread::JoinHandle<()>>,
    program: Program,
    /// Whether it took longer than it may.
    overdue: bool,
    /// Whether it has ended.
    lost: bool,
}

impl Instance for Process {
    type Source = Source;

    fn load(source: &Source, _: GiveUp) -> Result<Self, JsError> {
        Self::start(&source.node, &source.program)
    }

    fn call(&mut self, function: String, arguments: String) -> Result<String, JsError> {
        self.invoke(function, arguments).unwrap_or_else(|_| {
            self.lost = true;
            Err(self.why_ended())
        })
    }

    fn is_spent(&self) -> bool {
        self.lost
    }
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
            lost: false,
        };
        let seen = Arc::clone(&process.seen);
        process.logs = Some(std::thread::Builder::new().spawn(move || log(reader, &seen))?);
        Ok(process)
    }

    /// Calls a function. An I/O error means that the process has ended.
    fn invoke(
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
