//! One page that is open in one browser: the task that has its components.

mod control;
mod errands;
mod keep;
mod news;
mod presence;
mod refill;
mod reports;
mod uploads;
mod wire;

use std::{
    collections::VecDeque,
    future::poll_fn,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use futures_channel::mpsc;
use futures_util::{
    StreamExt,
    stream::{BoxStream, SelectAll},
};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep_until, timeout},
};
use wellhead_protocol::{CloseCode, Decoder, Down, Encoder, Up};
use wellhead_render::{
    RenderError,
    live::{Command, Failure, LiveChannel, News},
};
use wellhead_store::Message;

pub(crate) use self::{
    control::{Attach, Control, Found, Join, Way, way},
    keep::unstore,
    refill::Refill,
};
use self::{
    errands::{Errands, Subscribed},
    presence::Tracked,
    uploads::{Done, Files},
};
use crate::{
    Connection, Limits,
    components::Components,
    limits::Rate,
    live::{Identity, Shared},
    outbox::Outbox,
};

/// How many pieces of news wait for a session that is busy. A host that has more to say waits for nobody, so the session
/// is then given up and mounted again.
const NEWS: usize = 256;

/// A page's session.
pub(crate) struct Session {
    shared: Arc<Shared>,
    /// A name that nobody can guess.
    pub(crate) id: String,
    pub(crate) identity: Identity,
    host: Box<dyn LiveChannel>,
    news: mpsc::Receiver<Box<News>>,
    pub(crate) components: Components,
    topics: SelectAll<BoxStream<'static, Topical>>,
    subscribed: Vec<(String, oneshot::Sender<()>)>,
    errands: Errands,
    /// The numbered messages to the browser; none before it has come.
    stream: Option<Stream>,
    connection: Option<Attached>,
    /// How many events were taken, by the numbers that the host knows.
    events: u64,
    /// How many of them were of documents before this one, which counts its own from 1.
    before: u64,
    /// Those of them that no message has settled.
    unsettled: VecDeque<u64>,
    /// Why a component could not be mounted, for who waits for it.
    failure: Option<Failure>,
    /// Equal keys of which the developer was told, with their components.
    equal_keys: Vec<(u32, String)>,
    /// What the browser hears when it comes.
    early: VecDeque<Down>,
    /// Who is present in this session, while the browser is there.
    tracked: Vec<Tracked>,
    uploads: Files,
    /// When the store was told of them last.
    refreshed_at: Instant,
    detached_at: Instant,
    /// How often somebody had logged out before it was opened.
    pub(crate) logouts: u64,
    /// When the first change came that is not saved.
    changed_at: Option<Instant>,
    /// Whether the host was asked for the state of components, and has not told it.
    is_saving: bool,
    ending: Option<Ending>,
    /// Whether it ends at once.
    is_given_up: bool,
}

/// How far a session is that ends.
enum Ending {
    /// The host is asked for the state of components.
    Asked { until: Instant },
    /// The store gets it.
    Storing {
        is_stored: oneshot::Receiver<()>,
        until: Instant,
    },
}

/// A message of a topic.
struct Topical {
    topic: Arc<str>,
    message: Message,
}

/// Messages that go on over several connections.
#[derive(Default)]
struct Stream {
    encoder: Encoder<Down>,
    outbox: Outbox,
    /// The browser takes or acknowledges too little, or misses something.
    too_slow: bool,
}

/// The browser that is there.
struct Attached {
    connection: Connection,
    decoder: Decoder<Up>,
    /// What goes before the numbered messages.
    first: VecDeque<Bytes>,
    rate: Rate,
    /// When patches of components did not fit, of late.
    misfits: VecDeque<(Instant, u32)>,
    heard: Instant,
    said: Instant,
}

/// The code of a render that cannot be shown.
const REFUSED: &str = "render_refused";

/// What a session waits for.
enum Event {
    Control(Option<Control>),
    Frame(Option<Bytes>),
    Lost,
    News(Option<News>),
    Topic(Topical),
    Upload(Done),
    Subscribed(Box<Subscribed>),
    /// What a session leaves behind is in the store.
    Stored,
    Time,
}

/// What news was about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// The state of components, beside whatever else.
    State,
    Other,
}

/// Whether a session goes on.
enum Next {
    Wait,
    End,
}

impl Session {
    /// A session without components.
    pub(crate) fn open(shared: Arc<Shared>, identity: Identity) -> Result<Self, RenderError> {
        let (host, news) = open_host(&shared)?;
        let logouts = shared.registry.logouts();
        let errands = Errands::new(Arc::clone(&shared));
        Ok(Self {
            shared,
            id: crate::token::random_name(),
            identity,
            host,
            news,
            components: Components::default(),
            topics: SelectAll::new(),
            subscribed: Vec::new(),
            errands,
            stream: None,
            connection: None,
            events: 0,
            before: 0,
            unsettled: VecDeque::new(),
            failure: None,
            equal_keys: Vec::new(),
            early: VecDeque::new(),
            logouts,
            tracked: Vec::new(),
            uploads: Files::default(),
            refreshed_at: Instant::now(),
            detached_at: Instant::now(),
            changed_at: None,
            is_saving: false,
            ending: None,
            is_given_up: false,
        })
    }

    /// Goes on until nobody needs the session any more.
    ///
    /// It is boxed because an async function has its arguments twice.
    pub(crate) async fn run(mut self: Box<Self>, mut control: mpsc::Receiver<Control>) {
        // Dropped at the end, by which whoever has ended the session knows.
        let mut _ended = None;
        // What came before, mounting above all, is no time in which nobody has come.
        self.detached_at = Instant::now();
        loop {
            let next = match self.event(&mut control).await {
                Event::Control(None) => Next::End,
                Event::Control(Some(Control::Attach(attach))) => {
                    let Attach { join, busy } = *attach;
                    if self.connection.is_some() && join.resume.is_none() {
                        // Who waits no more for the answer has given the browser up.
                        let _ = busy.send(join);
                    } else {
                        self.attach(join);
                    }
                    Next::Wait
                }
                Event::Control(Some(Control::Drain(done))) => {
                    // First, since the browser is on another server in no time.
                    // What happens once, if at all, takes no room in each session's task.
                    Box::pin(self.save()).await;
                    self.leave(CloseCode::Draining, "");
                    Box::pin(self.errands.done(&self.id, Duration::from_secs(5))).await;
                    let _ = Box::pin(timeout(Duration::from_secs(5), self.uploads.end())).await;
                    let _ = done.send(());
                    Next::End
                }
                Event::Control(Some(Control::End(code, ended))) => {
                    _ended = ended;
                    self.leave(code, "");
                    if self.stream.is_some() {
                        self.unstore();
                    }
                    Next::End
                }
                Event::Frame(Some(frame)) => {
                    self.frame(&frame);
                    Next::Wait
                }
                Event::Frame(None) | Event::Lost => {
                    self.detach();
                    Next::Wait
                }
                Event::News(Some(news)) => {
                    self.news(news);
                    Next::Wait
                }
                Event::News(None) => {
                    self.mount_again("its news came faster than they could be taken");
                    Next::Wait
                }
                Event::Topic(topical) => {
                    self.topical(&topical);
                    Next::Wait
                }
                Event::Upload(done) => {
                    self.upload_done(done);
                    Next::Wait
                }
                Event::Subscribed(subscribed) => {
                    self.subscribed(*subscribed);
                    Next::Wait
                }
                Event::Stored => Next::End,
                Event::Time => self.time(),
            };
            if matches!(next, Next::End) || self.is_given_up {
                break;
            }
        }
        self.shared.registry.forget(&self.id);
        // Who came at this moment finds the session in the store.
        control.close();
        while let Ok(late) = control.try_recv() {
            if let Control::Attach(attach) = late {
                attach.join.connection.close(CloseCode::Draining, "");
            }
        }
    }

    async fn event(&mut self, control: &mut mpsc::Receiver<Control>) -> Event {
        let deadline = self.deadline();
        let (connection, stream) = (&mut self.connection, &mut self.stream);
        let ending = &mut self.ending;
        let stored = async {
            match ending {
                // What is lost in the store's queue is lost.
                Some(Ending::Storing { is_stored, .. }) => drop(is_stored.await),
                _ => std::future::pending().await,
            }
        };
        let socket = poll_fn(|context| {
            let Some(attached) = connection else {
                return std::task::Poll::Pending;
            };
            if let std::task::Poll::Ready(frame) = attached.connection.poll_message(context) {
                return std::task::Poll::Ready(Event::Frame(frame));
            }
            let Attached {
                connection,
                first,
                said,
                ..
            } = attached;
            connection
                .poll_send(context, || {
                    let message = first.pop_front().or_else(|| {
                        let outbox = &mut stream.as_mut()?.outbox;
                        let message = outbox.next().cloned()?;
                        outbox.took();
                        Some(message)
                    })?;
                    *said = Instant::now();
                    Some(message)
                })
                .map(|_| Event::Lost)
        });
        tokio::select! {
            event = socket => event,
            control = control.next() => Event::Control(control),
            news = self.news.next() => Event::News(news.map(|news| *news)),
            Some(topical) = self.topics.next() => Event::Topic(topical),
            Some(done) = self.uploads.operation() => Event::Upload(done),
            Some(subscribed) = self.errands.subscription() => Event::Subscribed(subscribed),
            () = stored => Event::Stored,
            () = sleep_until(deadline) => Event::Time,
        }
    }

    /// When something has to be done although nothing happens.
    fn deadline(&self) -> Instant {
        let deadline = self.end_or_word();
        let save = self.changed_at.map(|at| at + self.shared.limits.save);
        [save, self.refresh_at(), self.refill_until()]
            .into_iter()
            .flatten()
            .fold(deadline, Instant::min)
    }

    /// When the browser has to hear a word, is gone, or is not waited for any more.
    fn end_or_word(&self) -> Instant {
        let limits = &self.shared.limits;
        match &self.connection {
            Some(attached) => {
                (attached.said + limits.heartbeat / 2).min(attached.heard + limits.heartbeat)
            }
            None if self.stream.is_some() => match &self.ending {
                Some(Ending::Asked { until } | Ending::Storing { until, .. }) => *until,
                None => self.detached_at + limits.linger,
            },
            None => self.detached_at + limits.park,
        }
    }

    fn time(&mut self) -> Next {
        let limits = self.shared.limits.clone();
        let now = Instant::now();
        if self
            .changed_at
            .is_some_and(|changed| now >= changed + limits.save)
        {
            // An answer that does not come yet would not know what has changed since.
            self.changed_at = self.is_saving.then_some(now);
            if !self.is_saving {
                self.ask_for_state();
            }
        }
        if self.refresh_at().is_some_and(|at| now >= at) {
            self.refresh();
        }
        self.give_up_refills(now);
        let deadline = self.end_or_word();
        match &mut self.connection {
            Some(attached) if now >= attached.heard + limits.heartbeat => {
                self.leave(CloseCode::Idle, "");
                Next::Wait
            }
            Some(attached) => {
                if now >= attached.said + limits.heartbeat / 2 {
                    self.say_first(&Down::Heartbeat);
                }
                Next::Wait
            }
            None if now >= deadline => self.ends(now),
            None => Next::Wait,
        }
    }

    /// Ends the connection, if there is one.
    fn leave(&mut self, code: CloseCode, reason: &str) {
        if let Some(attached) = self.connection.take() {
            tracing::debug!(session = %self.id, code = code.as_str(), reason, "connection ended");
            attached.connection.close(code, reason);
            self.detached();
        }
    }

    /// The connection is lost.
    fn detach(&mut self) {
        if self.connection.take().is_some() {
            self.detached();
        }
    }

    fn detached(&mut self) {
        self.uploads_interrupted();
        self.all_exit();
        self.detached_at = Instant::now();
        self.host.send(&Command::Disconnected);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.host.send(&Command::Close);
    }
}

/// The key of a session in the store.
pub(crate) fn stored_as(id: &str) -> String {
    format!("live/{id}")
}

type Host = (Box<dyn LiveChannel>, mpsc::Receiver<Box<News>>);

fn open_host(shared: &Shared) -> Result<Host, RenderError> {
    let (sender, news) = mpsc::channel(NEWS);
    let sender = Mutex::new(Some(sender));
    let host = shared.host.open(Box::new(move |news| {
        let mut sender = sender.lock().unwrap_or_else(PoisonError::into_inner);
        let full = sender
            .as_mut()
            .is_some_and(|sender| sender.try_send(Box::new(news)).is_err());
        if full {
            // With no room left the channel ends, which the session notices.
            *sender = None;
        }
    }))?;
    Ok((host, news))
}

impl Attached {
    fn new(connection: Connection, decoder: Decoder<Up>, limits: &Limits) -> Self {
        let now = Instant::now();
        Self {
            connection,
            decoder,
            first: VecDeque::new(),
            rate: Rate::new(limits.events),
            misfits: VecDeque::new(),
            heard: now,
            said: now,
        }
    }
}
