//! One process from the server's side: its start, its tasks, and what is known of it.

use std::collections::VecDeque;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::process::{Child, Command};
use tokio::sync::{mpsc, oneshot};
use wellhead_render::{RenderError, RetireReason};

use super::call::WINDOW;
use super::driver::Event;
use super::frame::{self, FromNode, Malformed, Pong, ToNode};
use super::output::{Death, From, Lines, Seen};
use super::pool::Setup;
use super::process;
use super::sessions::Post;
use crate::inspect::Registration;

/// How long a process may take to end after its socket was closed.
const END_PATIENCE: Duration = Duration::from_secs(2);

/// Bytes of a frame beside the application's output: a reply's headers and an error's texts.
const FRAME_ROOM: usize = 1 << 20;

/// Frames to a process, with the id of their call.
pub(super) type Outbox = mpsc::UnboundedSender<(u32, ToNode)>;

/// Why the driver ends a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sentence {
    Cpu,
    /// It does not answer, and uses no processor time either.
    Unresponsive,
    Malformed,
    Leak,
    Buffers,
}

impl Sentence {
    pub(super) fn reason(self) -> RetireReason {
        match self {
            Sentence::Cpu | Sentence::Unresponsive => RetireReason::Cpu,
            Sentence::Malformed => RetireReason::Exit,
            Sentence::Leak => RetireReason::Leak,
            Sentence::Buffers => RetireReason::Buffers,
        }
    }
}

/// A process.
pub(super) struct Worker {
    /// Distinguishes the processes of one slot.
    pub(super) number: u64,
    pub(super) pid: u32,
    /// `None` once the process was asked to end.
    pub(super) outbox: Option<Outbox>,
    kill: Option<oneshot::Sender<()>>,
    pub(super) sentence: Option<Sentence>,
    pub(super) ready: bool,
    pub(super) started: Instant,
    pub(super) load_error: Option<RenderError>,
    /// The calls in flight, in the order in which they were sent.
    pub(super) calls: VecDeque<u32>,
    /// How many of them the process has not taken up yet, as far as is known.
    pub(super) fresh: usize,
    /// The call whose synchronous part runs, where the process told.
    pub(super) current: Option<u32>,
    /// Whether it takes no other call beside the one it has.
    pub(super) alone: bool,
    pub(super) served: u64,
    pub(super) pong: Pong,
    /// Whether calls have ended since the last pong.
    pub(super) stale: bool,
    pub(super) pinged: Option<Instant>,
    /// Whether it has shown since the last look that its event loop turns.
    pub(super) moved: bool,
    /// When it last had, and the processor time that it had used then.
    pub(super) moved_at: Instant,
    pub(super) moved_cpu: Option<Duration>,
    /// Whether the call that it is ended for has been answered.
    pub(super) settled: bool,
    /// Keeps the process among those that debuggers can attach to.
    pub(super) debugger: Option<Registration>,
    /// The live sessions that it has.
    pub(super) post: Arc<Post>,
    /// How much of what it was sent for them it has not handled.
    pub(super) sent: usize,
    /// Whether its sessions save what they have, and go when that is done.
    pub(super) leaves: bool,
}

impl Worker {
    /// Starts a process, which begins to load the bundle.
    pub(super) fn start(
        number: u64,
        setup: &Setup,
        events: &mpsc::Sender<Event>,
        post: Arc<Post>,
    ) -> std::io::Result<Self> {
        let limits = &setup.options.limits;
        let inspect = setup.targets.is_some();
        let (mut command, socket) = setup.node.command(limits.heap_bytes, Some(&setup.root))?;
        if inspect {
            // A free port for each; where it is, the process tells by a frame rather than on standard error.
            command.args(["--inspect=127.0.0.1:0", "--inspect-publish-uid=http"]);
        }
        let mut command = Command::from(command);
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        drop(command);
        socket.set_nonblocking(true)?;
        let (reader, writer) = UnixStream::from_std(socket)?.into_split();
        let pid = child.id().unwrap_or_default();
        let seen = Arc::new(Seen::default());
        let out = child
            .stdout
            .take()
            .map(|out| log(out, From::Out, Arc::clone(&seen)));
        let err = child
            .stderr
            .take()
            .map(|err| log(err, From::Err, Arc::clone(&seen)));
        let (outbox, frames) = mpsc::unbounded_channel();
        let (kill, killed) = oneshot::channel();
        let (asked, ending) = oneshot::channel();
        tokio::spawn(write(writer, frames, asked));
        let end = tokio::spawn(wait(child, killed, ending));
        let max = limits.output_bytes + FRAME_ROOM;
        let events = events.clone();
        tokio::spawn(async move {
            if let Some(malformed) = read(reader, max, number, &events).await {
                let _ = events.send(Event::Malformed(number, malformed)).await;
            }
            let status = end.await.ok().flatten();
            // What a process says about its end comes through its standard error.
            for task in [out, err].into_iter().flatten() {
                let _ = tokio::time::timeout(END_PATIENCE, task).await;
            }
            let death = seen.death(status);
            let _ = events.send(Event::Exited(number, death)).await;
        });
        let init = serde_json::json!({
            "dir": setup.root,
            "entry": setup.entry,
            "env": setup.options.env,
            "codeCache": setup.options.code_cache,
            "inspect": inspect,
            "limits": { "window": WINDOW, "outputBytes": limits.output_bytes, "timers": limits.timers },
        });
        let _ = outbox.send((0, ToNode::Init(init.to_string().into())));
        let now = Instant::now();
        Ok(Self {
            number,
            pid,
            outbox: Some(outbox),
            kill: Some(kill),
            sentence: None,
            ready: false,
            started: now,
            load_error: None,
            calls: VecDeque::new(),
            fresh: 0,
            current: None,
            alone: false,
            served: 0,
            pong: Pong::default(),
            stale: false,
            pinged: None,
            moved: true,
            moved_at: now,
            moved_cpu: None,
            settled: false,
            debugger: None,
            post,
            sent: 0,
            leaves: false,
        })
    }

    /// Sends a frame, unless the process is about to end.
    pub(super) fn send(&self, id: u32, frame: ToNode) {
        if let Some(outbox) = &self.outbox {
            // The writer ends with the process; what was meant for it then is of no use.
            let _ = outbox.send((id, frame));
        }
    }

    /// Whether it can take calls.
    pub(super) fn is_up(&self) -> bool {
        self.ready && self.outbox.is_some() && self.sentence.is_none()
    }

    /// Whether there is nothing that it has been given to do.
    pub(super) fn is_idle(&self) -> bool {
        self.calls.is_empty() && self.sent == 0
    }

    /// Lets a process end that is given up, once it has nothing left to do.
    pub(super) fn end_if_left(&mut self) {
        if self.sentence.is_some() && self.is_idle() {
            self.end();
        }
    }

    /// Ends the process at once, for a reason that then counts more than why it was given up before.
    pub(super) fn kill(&mut self, sentence: Sentence) {
        if let Some(kill) = self.kill.take() {
            self.sentence = Some(sentence);
            let _ = kill.send(());
        }
    }

    /// Lets the process end by itself, which it does when its socket closes.
    pub(super) fn end(&mut self) {
        self.outbox = None;
    }

    /// Looks whether the process's event loop turns, and tells why it is to be ended if not.
    pub(super) fn look(&mut self, now: Instant, cpu: Duration, wall: Duration) -> Option<Sentence> {
        let used = process::cpu_time(self.pid);
        if std::mem::take(&mut self.moved) {
            (self.moved_at, self.moved_cpu) = (now, used);
        }
        let waited = now - self.moved_at;
        let ran = match (used, self.moved_cpu) {
            (Some(used), Some(before)) => used.saturating_sub(before),
            (Some(used), None) => used,
            // Where the system does not tell, time passes for the idle too.
            (None, _) => waited,
        };
        if ran >= cpu {
            return Some(Sentence::Cpu);
        }
        (waited >= wall).then_some(Sentence::Unresponsive)
    }

    /// Asks for a sign of life and figures, unless it was asked already.
    pub(super) fn ping(&mut self, now: Instant) {
        if self.pinged.is_none() {
            self.pinged = Some(now);
            // What an idle process used before does not count.
            self.moved |= self.is_idle();
            self.send(0, ToNode::Ping);
        }
    }

    /// Forgets a call. What was the current one is not any more.
    pub(super) fn forget(&mut self, id: u32) {
        self.calls.retain(|call| *call != id);
        if self.current == Some(id) {
            self.current = None;
        }
        self.stale = true;
        if self.calls.is_empty() {
            self.alone = false;
        }
        self.end_if_left();
    }
}

/// Writes frames until the outbox is closed, then closes the socket's half, which ends the process.
async fn write(
    mut socket: OwnedWriteHalf,
    mut frames: mpsc::UnboundedReceiver<(u32, ToNode)>,
    asked: oneshot::Sender<()>,
) {
    let mut bytes = BytesMut::new();
    while let Some((id, frame)) = frames.recv().await {
        frame.encode(id, &mut bytes);
        // Frames that are there already go with it.
        while bytes.len() < 64 << 10
            && let Ok((id, frame)) = frames.try_recv()
        {
            frame.encode(id, &mut bytes);
        }
        if socket.write_all(&bytes).await.is_err() {
            break;
        }
        bytes.clear();
    }
    let _ = socket.shutdown().await;
    let _ = asked.send(());
}

/// Waits for the process's end, and brings it about where it was asked for.
async fn wait(
    mut child: Child,
    killed: oneshot::Receiver<()>,
    ending: oneshot::Receiver<()>,
) -> Option<std::process::ExitStatus> {
    tokio::select! {
        status = child.wait() => return status.ok(),
        // A dropped worker is killed too.
        _ = killed => {}
        _ = ending => {
            if let Ok(status) = tokio::time::timeout(END_PATIENCE, child.wait()).await {
                return status.ok();
            }
        }
    }
    let _ = child.start_kill();
    child.wait().await.ok()
}

/// Hands frames over until the socket closes; tells of bytes that are none.
async fn read(
    mut socket: OwnedReadHalf,
    max: usize,
    number: u64,
    events: &mpsc::Sender<Event>,
) -> Option<Malformed> {
    let mut bytes = BytesMut::with_capacity(64 << 10);
    loop {
        while let Some(length) = bytes.first_chunk::<4>() {
            let length = match frame::length(*length, max) {
                Ok(length) => length,
                Err(malformed) => return Some(malformed),
            };
            if bytes.len() < 4 + length {
                bytes.reserve(4 + length - bytes.len());
                break;
            }
            let frame = bytes.split_to(4 + length).freeze().slice(4..);
            match FromNode::decode(frame) {
                Ok((id, frame)) => events.send(Event::Frame(number, id, frame)).await.ok()?,
                Err(malformed) => return Some(malformed),
            }
        }
        bytes.reserve(16 << 10);
        match socket.read_buf(&mut bytes).await {
            Ok(1..) => {}
            _ => return None,
        }
    }
}

fn log(
    mut from: impl AsyncRead + Unpin + Send + 'static,
    which: From,
    seen: Arc<Seen>,
) -> tokio::task::JoinHandle<()> {
    tokio::spawn(async move {
        let mut lines = Lines::default();
        let mut bytes = vec![0; 4096];
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            lines.push(&bytes[..count], |line| seen.line(which, line));
        }
        lines.flush(|line| seen.line(which, line));
    })
}

/// Why a process ended, in words.
pub(super) fn how(death: Death) -> String {
    match death {
        Death::Heap => "its heap is full".into(),
        Death::Buffers => "its memory for buffers is full".into(),
        Death::Exit(Some(code)) => format!("it exited with code {code}"),
        Death::Exit(None) => "it exited".into(),
        Death::Signal(signal) => format!("it was ended by signal {signal}"),
    }
}
