//! How sessions of live components reach the worker that has them, and it them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wellhead_render::live::{News, NewsSink, Sources, TurnText};
use wellhead_render::{ErrorCode, RenderError};

/// The number of no call, and of no session.
pub(crate) const NO_CALL: u32 = 0;

/// The first number of sessions. Calls have numbers below, and both fit into small integers of JavaScript.
pub(crate) const FIRST_SESSION: u32 = 0x2000_0000;

/// How many commands of a session may wait for its worker. A session with more has its worker given up for it.
const MOST_WAITING: u32 = 10_000;

/// How many bytes of commands are handed over as one list. It keeps the text within what a string of JavaScript can be.
const MOST_TOGETHER: usize = 1 << 20;

/// The live sessions of one worker.
#[derive(Default)]
pub(crate) struct Inbox {
    state: Mutex<State>,
    /// The session whose command runs, or [`NO_CALL`].
    running: AtomicU32,
    sources: Arc<Sources>,
}

#[derive(Default)]
struct State {
    mail: Vec<Mail>,
    sessions: HashMap<u32, Door>,
    /// Whether no session may come any more.
    closed: bool,
}

/// A session, as its worker knows it.
struct Door {
    news: Arc<NewsSink>,
    waiting: u32,
}

/// What comes to a worker.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Mail {
    /// A command of a session, as JSON.
    Command(u32, String),
    /// A session is over.
    Close(u32),
}

impl Inbox {
    /// Lets a session in; gives its news back where no session may come any more.
    pub(crate) fn open(&self, session: u32, news: NewsSink) -> Result<(), NewsSink> {
        let mut state = self.lock();
        if state.closed {
            return Err(news);
        }
        let door = Door {
            news: Arc::new(news),
            waiting: 0,
        };
        state.sessions.insert(session, door);
        Ok(())
    }

    /// How many sessions there are.
    pub(crate) fn len(&self) -> usize {
        self.lock().sessions.len()
    }

    /// The sessions' numbers.
    pub(crate) fn sessions(&self) -> Vec<u32> {
        self.lock().sessions.keys().copied().collect()
    }

    /// Leaves a command for the worker. What a session says that is not there any more is for nobody.
    pub(crate) fn send(&self, session: u32, text: String) {
        let mut state = self.lock();
        let State { mail, sessions, .. } = &mut *state;
        let Some(door) = sessions.get_mut(&session) else {
            return;
        };
        door.waiting += 1;
        if door.waiting <= MOST_WAITING {
            mail.push(Mail::Command(session, text));
            return;
        }
        let news = sessions.remove(&session).map(|door| door.news);
        mail.push(Mail::Close(session));
        drop(state);
        if let Some(news) = news {
            let message = format!("{MOST_WAITING} commands of a live session wait for its worker");
            news(News::Lost(RenderError::new(ErrorCode::Overloaded, message)));
        }
    }

    /// Ends a session.
    pub(crate) fn close_session(&self, session: u32) {
        let mut state = self.lock();
        if state.sessions.remove(&session).is_some() {
            state.mail.push(Mail::Close(session));
        }
    }

    /// What has come since this was last asked.
    pub(crate) fn take(&self) -> Vec<Mail> {
        let mut state = self.lock();
        let mail = std::mem::take(&mut state.mail);
        for one in &mail {
            if let Mail::Command(session, _) = one
                && let Some(door) = state.sessions.get_mut(session)
            {
                door.waiting = 0;
            }
        }
        mail
    }

    /// Notes whose command runs.
    pub(crate) fn runs(&self, session: u32) {
        self.running.store(session, Ordering::Relaxed);
    }

    /// Tells a session what came of a turn.
    pub(crate) fn tell(&self, session: u32, text: String) {
        match TurnText::learn(text, &self.sources) {
            Ok(turn) => {
                let news = self
                    .lock()
                    .sessions
                    .get(&session)
                    .map(|door| Arc::clone(&door.news));
                if let Some(news) = news {
                    news(News::Turn(turn));
                }
            }
            Err(error) => {
                // Whoever renders with a template that nobody knows cannot be read.
                let message =
                    format!("what the host of live components says cannot be read: {error}");
                self.lose_all(&RenderError::new(ErrorCode::Protocol, message));
            }
        }
    }

    /// Tells a session that it has lost what it had here. The worker forgets it.
    pub(crate) fn lose(&self, session: u32, error: RenderError) {
        let door = {
            let mut state = self.lock();
            let door = state.sessions.remove(&session);
            if door.is_some() && !state.closed {
                state.mail.push(Mail::Close(session));
            }
            door
        };
        if let Some(Door { news, .. }) = door {
            news(News::Lost(error));
        }
    }

    /// Tells all sessions that they have lost what they had here.
    pub(crate) fn lose_all(&self, error: &RenderError) {
        for session in self.sessions() {
            self.lose(session, error.clone());
        }
    }

    /// Lets no session in any more, and tells those that are there that they have lost what they had: one of them with
    /// an error of its own.
    pub(crate) fn close(&self, offender: u32, its: &RenderError, others: &RenderError) {
        self.lock().closed = true;
        self.lose(offender, its.clone());
        self.lose_all(others);
    }

    /// The session whose command runs, or [`NO_CALL`].
    pub(crate) fn running(&self) -> u32 {
        self.running.load(Ordering::Relaxed)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What came, with the commands of a session that follow each other as one list: what has come together is rendered once.
pub(crate) fn joined(mail: Vec<Mail>) -> Vec<Mail> {
    let mut joined = Vec::with_capacity(mail.len());
    let mut mail = mail.into_iter().peekable();
    while let Some(next) = mail.next() {
        let Mail::Command(session, text) = next else {
            joined.push(next);
            continue;
        };
        let mut bytes = text.len();
        let mut texts = vec![text];
        while let Some(Mail::Command(_, text)) = mail.next_if(|next| {
            matches!(next, Mail::Command(other, text) if *other == session && bytes + text.len() <= MOST_TOGETHER)
        }) {
            bytes += text.len();
            texts.push(text);
        }
        let text = match texts.len() {
            1 => texts.swap_remove(0),
            _ => format!("[{}]", texts.join(",")),
        };
        joined.push(Mail::Command(session, text));
    }
    joined
}

/// Lets a session in at the place that has the fewest; `None` where each of them is closed.
pub(crate) fn admit<P>(
    mut places: Vec<P>,
    inbox: impl Fn(&P) -> &Inbox,
    session: u32,
    mut news: NewsSink,
) -> Option<P> {
    places.sort_by_key(|place| inbox(place).len());
    for place in places {
        match inbox(&place).open(session, news) {
            Ok(()) => return Some(place),
            // Its worker ends at this moment.
            Err(back) => news = back,
        }
    }
    None
}

/// A number for a session, by how many there were before.
pub(crate) fn session_number(count: u32) -> u32 {
    FIRST_SESSION + count % FIRST_SESSION
}

const _: () = assert!(NO_CALL < FIRST_SESSION);

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn session(inbox: &Inbox, number: u32) -> mpsc::Receiver<News> {
        let (sender, news) = mpsc::channel();
        let opened = inbox.open(number, Box::new(move |news| drop(sender.send(news))));
        assert!(opened.is_ok(), "it is open");
        news
    }

    fn lost(news: &mpsc::Receiver<News>) -> Option<ErrorCode> {
        match news.try_recv() {
            Ok(News::Lost(error)) => Some(error.code),
            _ => None,
        }
    }

    #[test]
    fn commands_come_in_order_and_none_of_who_is_gone() {
        let inbox = Inbox::default();
        let _news = session(&inbox, 1);
        inbox.send(1, "a".into());
        inbox.send(2, "b".into());
        inbox.close_session(1);
        inbox.send(1, "c".into());
        let expected = [Mail::Command(1, "a".into()), Mail::Close(1)];
        assert_eq!(inbox.take(), expected);
        assert_eq!(inbox.take(), []);
    }

    #[test]
    fn commands_that_follow_each_other_become_one_list() {
        let command = |session, text: &str| Mail::Command(session, text.into());
        let mail = vec![
            command(1, "a"),
            command(1, "b"),
            command(2, "c"),
            command(1, "d"),
            Mail::Close(1),
            command(2, "e"),
        ];
        let expected = [
            command(1, "[a,b]"),
            command(2, "c"),
            command(1, "d"),
            Mail::Close(1),
            command(2, "e"),
        ];
        assert_eq!(joined(mail), expected);
    }

    #[test]
    fn a_list_of_commands_is_no_longer_than_it_may_be() {
        let half = "x".repeat(MOST_TOGETHER / 2);
        let long = "y".repeat(2 * MOST_TOGETHER);
        let mail = [&half, &half, &half, &long, &half].map(|text| Mail::Command(1, text.clone()));
        let lengths = joined(mail.into()).into_iter().map(|mail| match mail {
            Mail::Command(_, text) => text.len(),
            Mail::Close(_) => 0,
        });
        let expected = [MOST_TOGETHER + 3, half.len(), long.len(), half.len()];
        assert_eq!(lengths.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_session_is_let_in_where_there_are_the_fewest_and_it_is_open() {
        let [closed, one, other] = [&Inbox::default(), &Inbox::default(), &Inbox::default()];
        let error = RenderError::new(ErrorCode::WorkerLost, "");
        closed.close(NO_CALL, &error, &error);
        for number in 1..=4 {
            let places = vec![closed, one, other];
            assert!(admit(places, |inbox| inbox, number, Box::new(|_| ())).is_some());
        }
        assert_eq!([closed, one, other].map(Inbox::len), [0, 2, 2]);
        let nowhere = admit(vec![closed], |inbox| inbox, 9, Box::new(|_| ()));
        assert!(nowhere.is_none());
    }

    #[test]
    fn who_offends_hears_why_and_nobody_comes_after() {
        let inbox = Inbox::default();
        let (one, other) = (session(&inbox, 1), session(&inbox, 2));
        let error = |code| RenderError::new(code, "");
        inbox.close(
            1,
            &error(ErrorCode::CpuLimit),
            &error(ErrorCode::WorkerLost),
        );
        assert_eq!(lost(&one), Some(ErrorCode::CpuLimit));
        assert_eq!(lost(&other), Some(ErrorCode::WorkerLost));
        assert!(inbox.open(3, Box::new(|_| ())).is_err());
        assert_eq!(inbox.len(), 0);
    }

    #[test]
    fn commands_that_nobody_takes_do_not_pile_up() {
        let inbox = Inbox::default();
        let news = session(&inbox, 1);
        for _ in 0..=MOST_WAITING {
            inbox.send(1, "x".into());
        }
        assert_eq!(lost(&news), Some(ErrorCode::Overloaded));
        inbox.send(1, "y".into());
        assert_eq!(inbox.take().len(), MOST_WAITING as usize + 1);
    }
}
