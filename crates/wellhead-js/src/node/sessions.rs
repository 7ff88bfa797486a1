//! Live sessions: how they reach the process that has their components, and its news reach them.
//!
//! Each place for a process has a [`Post`], at which sessions are let in and their commands wait, even before the process is
//! there. What waits goes to the process when it has handled all that it was sent before: so no more than that is ever on
//! its way, what comes meanwhile comes together, and of a process that is stuck it is known in whose command. A process that
//! is given up gets a last command for each session, to save its state, and the sessions go when that has come.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::mpsc;
use wellhead_render::live::{Command, LiveChannel, LiveHost, NewsSink};
use wellhead_render::{ErrorCode, RenderError};

use super::driver::{Driver, Event, Slot};
use super::errors;
use super::frame::{FromNode, ToNode};
use super::pool::{Shared, closing};
use super::worker::Worker;
use crate::inbox::{self, Inbox, Mail, NO_CALL};

/// What a process is told of each session before it ends.
const SAVE: &str = r#"{"type":"save"}"#;

/// Where the sessions of one process are let in, and what they send waits for it.
pub(super) struct Post {
    pub(super) inbox: Inbox,
    /// Whether the driver has been told that something waits, and has not looked since.
    noted: AtomicBool,
    events: mpsc::WeakUnboundedSender<Event>,
}

impl Post {
    pub(super) fn new(events: mpsc::WeakUnboundedSender<Event>) -> Arc<Self> {
        Arc::new(Self {
            inbox: Inbox::default(),
            noted: AtomicBool::new(false),
            events,
        })
    }

    /// Tells the driver that something waits. One event is enough for all that comes until it looks.
    fn note(self: &Arc<Self>) {
        if !self.noted.swap(true, Ordering::AcqRel)
            && let Some(events) = self.events.upgrade()
        {
            let _ = events.send(Event::Mail(Arc::clone(self)));
        }
    }

    /// Lets no session in any more; those that are there lose what they had.
    pub(super) fn close(&self, error: &RenderError) {
        self.inbox.close(NO_CALL, error, error);
    }
}

/// Where sessions come in.
#[derive(Default)]
pub(super) struct Reception {
    open: Mutex<Open>,
    /// How many sessions there have been.
    opened: AtomicU32,
}

#[derive(Default)]
struct Open {
    posts: Vec<Arc<Post>>,
    refusal: Option<RenderError>,
}

impl Reception {
    fn admit(&self, news: NewsSink) -> Result<Channel, RenderError> {
        let posts = {
            let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(error) = &open.refusal {
                return Err(error.clone());
            }
            open.posts.clone()
        };
        let session = inbox::session_number(self.opened.fetch_add(1, Ordering::Relaxed));
        inbox::admit(posts, |post| &post.inbox, session, news)
            .map(|post| Channel { post, session })
            .ok_or_else(lost)
    }

    /// Says where sessions may come in, or why nowhere.
    pub(super) fn set(&self, posts: Vec<Arc<Post>>, refusal: Option<RenderError>) {
        *self.open.lock().unwrap_or_else(PoisonError::into_inner) = Open { posts, refusal };
    }
}

/// The host of live components. Sessions do not keep a pool from closing.
pub(super) struct Host(pub(super) Weak<Shared>);

impl LiveHost for Host {
    fn open(&self, news: NewsSink) -> Result<Box<dyn LiveChannel>, RenderError> {
        let shared = self.0.upgrade().ok_or_else(closing)?;
        Ok(Box::new(shared.reception.admit(news)?))
    }
}

/// The way of a session to its process.
struct Channel {
    post: Arc<Post>,
    session: u32,
}

impl LiveChannel for Channel {
    fn send(&mut self, command: &Command<'_>) {
        match serde_json::to_string(command) {
            Ok(text) => self.post.inbox.send(self.session, text),
            Err(error) => {
                // Commands consist of texts and of JSON that was read.
                tracing::error!(%error, "a command for a live component cannot be written");
            }
        }
        self.post.note();
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.post.inbox.close_session(self.session);
        self.post.note();
    }
}

impl Driver {
    /// Shows where sessions may come in: wherever the bundle has not failed to load.
    pub(super) fn show_posts(&self) {
        let is_open =
            |slot: &&Slot| slot.error.is_none() || slot.worker.as_ref().is_some_and(Worker::is_up);
        let posts = self.slots.iter().filter(is_open);
        let posts = posts.map(|slot| Arc::clone(&slot.post)).collect();
        let refusal = self.closing.then(closing).or_else(|| self.down());
        self.shared.reception.set(posts, refusal);
    }

    /// Makes a new post for a slot, of which the process that had the old one is gone or is to go.
    pub(super) fn open_post(&mut self, slot: usize) {
        self.slots[slot].post = Post::new(self.events.clone());
        if self.closing {
            self.slots[slot].post.close(&lost());
        }
        self.show_posts();
    }

    /// Something waits at a post.
    pub(super) fn mail(&mut self, post: &Arc<Post>) {
        // What comes from now on is noted again, so nothing is overlooked.
        post.noted.store(false, Ordering::Release);
        let of_post = |worker: &&mut Worker| Arc::ptr_eq(&worker.post, post);
        if let Some(worker) = self.workers_mut().find(of_post) {
            worker.deliver();
        }
    }

    /// Takes what a process says of a session.
    pub(super) fn of_session(&mut self, number: u64, session: u32, frame: FromNode) {
        let root = self.setup.root.clone();
        let Some(worker) = self.worker(number) else {
            return;
        };
        let inbox = &worker.post.inbox;
        match frame {
            FromNode::Took => inbox.runs(session),
            FromNode::News(text) => inbox.tell(session, text),
            FromNode::Lost(thrown) => {
                inbox.lose(session, errors::render_error(&thrown, &root));
                // It has the session until then.
                worker.send_mail_of(session, ToNode::Close);
            }
            FromNode::Done => {
                inbox.runs(NO_CALL);
                worker.handled();
            }
            _ => {}
        }
    }

    /// Has all sessions save what they have and go, for the pool closes.
    pub(super) fn send_all_sessions_away(&mut self) {
        self.workers_mut().for_each(Worker::send_sessions_away);
        for slot in self.slots.iter().filter(|slot| slot.worker.is_none()) {
            slot.post.close(&lost());
        }
        self.show_posts();
    }
}

impl Worker {
    /// Sends the process what waits for it, once it has handled all that it was sent.
    pub(super) fn deliver(&mut self) {
        if self.is_up() && self.sent == 0 && !self.leaves {
            self.send_mail();
        }
    }

    fn send_mail(&mut self) {
        let mail = inbox::joined(self.post.inbox.take());
        if !mail.is_empty() && self.is_idle() && self.pinged.is_none() {
            // What it used before is not this session's.
            self.moved = true;
        }
        for mail in mail {
            match mail {
                Mail::Command(session, text) => self.send_mail_of(session, ToNode::Command(text)),
                Mail::Close(session) => self.send_mail_of(session, ToNode::Close),
            }
        }
    }

    fn send_mail_of(&mut self, session: u32, frame: ToNode) {
        self.sent += 1;
        self.send(session, frame);
    }

    /// The process has handled something that it was sent for a session.
    fn handled(&mut self) {
        self.sent = self.sent.saturating_sub(1);
        self.served += 1;
        self.stale = true;
        if self.sent > 0 {
            return;
        }
        if self.leaves {
            self.post.close(&lost());
            self.end_if_left();
        } else {
            self.deliver();
        }
    }

    /// Has sessions save what they have, and go when that is done: the process is to end.
    pub(super) fn send_sessions_away(&mut self) {
        if self.leaves {
            return;
        }
        self.leaves = true;
        if self.ready && self.post.inbox.len() > 0 {
            self.send_mail();
            for session in self.post.inbox.sessions() {
                self.send_mail_of(session, ToNode::Command(SAVE.into()));
            }
        }
        if self.sent == 0 {
            self.post.close(&lost());
        }
    }
}

/// What a session hears whose process is gone. It mounts its components again elsewhere.
pub(super) fn lost() -> RenderError {
    RenderError::new(
        ErrorCode::WorkerLost,
        "the Node process that had the live components is gone",
    )
}
