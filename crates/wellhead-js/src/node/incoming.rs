//! What comes from the processes.

use std::time::Instant;

use wellhead_render::ErrorCode;

use super::call::Phase;
use super::driver::Driver;
use super::errors;
use super::frame::{FromNode, Thrown, ToNode, Why};
use super::mounts::Wanted;
use super::worker::Sentence;

impl Driver {
    /// Takes a frame of a process.
    pub(super) fn frame(&mut self, number: u64, id: u32, frame: FromNode) {
        let root = self.setup.root.clone();
        let Some(worker) = self.worker(number) else {
            return;
        };
        // What can be sent over and over without a turn of the event loop shows nothing.
        worker.moved |= !matches!(
            frame,
            FromNode::Report(_)
                | FromNode::Early(_)
                | FromNode::WantBody
                | FromNode::Spoiled
                | FromNode::Mount { .. }
                | FromNode::News(_)
                | FromNode::Lost(_)
        );
        match frame {
            FromNode::Ready => return self.worker_ready(number),
            FromNode::LoadFailed(thrown) => {
                worker.load_error = Some(errors::module_error(&thrown, &root));
                return worker.end();
            }
            FromNode::Pong(pong) => {
                worker.pinged = None;
                worker.pong = pong;
                worker.stale = false;
                return self.judge(number);
            }
            FromNode::Inspect(address) => return self.inspected(number, address),
            FromNode::Spoiled => return self.spoiled(number),
            frame @ (FromNode::Took | FromNode::News(_) | FromNode::Lost(_) | FromNode::Done) => {
                return self.of_session(number, id, frame);
            }
            FromNode::Begin => {
                worker.current = Some(id);
                return;
            }
            FromNode::Report(thrown) if id == 0 => return stray(&thrown, ""),
            FromNode::Pending | FromNode::Reply(_) if worker.current == Some(id) => {
                worker.current = None;
            }
            _ => {}
        }
        // What is for a call that is over was sent before the process knew.
        let Some(live) = self.calls.get_mut(&id) else {
            return;
        };
        let events = self.events.clone();
        let now = Instant::now();
        let fresh = live.phase == Phase::Fresh;
        let done = match frame {
            FromNode::Pending => {
                live.phase = Phase::Pending;
                Ok(false)
            }
            FromNode::Early(head) => live.early(&head, &events).map(|out| {
                self.outgoing.push(out);
                false
            }),
            FromNode::Reply(answer) => live.reply(*answer, &events).map(|(more, out)| {
                self.outgoing.extend(out);
                !more
            }),
            FromNode::Chunk { part, bytes } => live.chunk(part, bytes, now).map(|()| false),
            FromNode::End => Ok(true),
            FromNode::Fail(thrown) => {
                let error = errors::render_error(&thrown, &root);
                if let Some(live) = self.remove(id) {
                    if error.code == ErrorCode::BufferLimit {
                        // There is little memory left for anything else.
                        self.replace(number, Sentence::Buffers);
                    }
                    self.fail(live, error);
                }
                return;
            }
            FromNode::Report(thrown) => {
                match &mut live.job {
                    Some(job) => job.errors.push(errors::render_error(&thrown, &root)),
                    None => stray(&thrown, &live.trace_id),
                }
                Ok(false)
            }
            FromNode::WantBody => {
                live.want_body();
                Ok(false)
            }
            FromNode::Mount { mount, what } => {
                let wanted = Wanted {
                    worker: number,
                    call: id,
                    mount,
                };
                live.mounts.mount(wanted, what, &events);
                Ok(false)
            }
            _ => Ok(false),
        };
        let settled = fresh && live.phase != Phase::Fresh;
        if settled && let Some(worker) = self.worker(number) {
            worker.fresh -= 1;
        }
        match done {
            Ok(false) => {}
            Ok(true) => self.finished(id),
            Err(error) => {
                if let Some(worker) = self.worker(number) {
                    worker.send(id, ToNode::Cancel(Why::Gone));
                }
                if let Some(live) = self.remove(id) {
                    self.fail(live, error);
                }
            }
        }
    }

    fn finished(&mut self, id: u32) {
        let Some(live) = self.remove(id) else { return };
        self.rendered += 1;
        if let Some(worker) = self.worker(live.worker) {
            worker.served += 1;
        }
        self.outgoing.push(live.end());
    }
}

/// Logs an error that no reply tells of.
fn stray(thrown: &Thrown, trace_id: &str) {
    tracing::error!(target: "app", trace = trace_id, "{}: {}\n{}", thrown.name, thrown.message, thrown.stack);
}
