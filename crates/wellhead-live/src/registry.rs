//! Which sessions there are, by name and by whom they are of.

use std::{
    collections::{BTreeMap, HashMap, HashSet, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;
use wellhead_protocol::CloseCode;

use crate::{
    Identity,
    session::{Control, Session, Way, way},
};

/// How long it is known that somebody has logged out: longer than a page takes to be rendered, or a browser to join.
const LOGGED_OUT: Duration = Duration::from_secs(300);
/// Of how many that is known.
const MOST_LOGGED_OUT: usize = 10_000;

/// The sessions of a server.
#[derive(Default)]
pub(crate) struct Registry(Mutex<Sessions>);

#[derive(Default)]
struct Sessions {
    by_id: HashMap<String, Entry>,
    by_identity: HashMap<Identity, HashSet<String>>,
    /// Pages that wait for their browsers, by the order in which they came.
    parked: BTreeMap<u64, String>,
    /// How many pages were parked, ever.
    tickets: u64,
    /// Who has logged out of late, with the number of that.
    logged_out: HashMap<Identity, u64>,
    /// The same, the oldest first.
    logouts: VecDeque<(Instant, u64, Identity)>,
    /// Sessions that are being made again.
    gates: HashMap<String, Arc<tokio::sync::Mutex<()>>>,
    /// How often somebody has logged out, ever. Time is too coarse to tell what came first.
    logout: u64,
}

struct Entry {
    control: Way,
    identity: Identity,
    /// Where it is among those that wait.
    ticket: Option<u64>,
}

/// Where those wait that want the same session made again, since the store gives its state to one of them only.
pub(crate) struct Gate<'r> {
    registry: &'r Registry,
    id: &'r str,
    one: Arc<tokio::sync::Mutex<()>>,
}

impl Gate<'_> {
    /// Waits for those who came before. It is open again when what this gives is dropped.
    pub(crate) async fn pass(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.one.lock().await
    }
}

impl Drop for Gate<'_> {
    fn drop(&mut self) {
        let mut sessions = self.registry.lock();
        // The registry's and this one.
        if Arc::strong_count(&self.one) == 2 {
            sessions.gates.remove(self.id);
        }
    }
}

/// The session is of somebody who has logged out since it was opened.
#[derive(Debug)]
pub(crate) struct LoggedOut;

impl Registry {
    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().by_id.len()
    }

    /// How often somebody has logged out, by which it is known who has done so since.
    pub(crate) fn logouts(&self) -> u64 {
        self.lock().logout
    }

    /// Lets a session run, unless it runs already. Gives the way to it.
    pub(crate) fn start(&self, session: Session) -> Result<Way, LoggedOut> {
        let mut sessions = self.lock();
        let logout = sessions.logged_out.get(&session.identity);
        if logout.is_some_and(|&logout| logout > session.logouts) {
            return Err(LoggedOut);
        }
        // Of two browsers that want a session back at the same time, the second takes it over from the first.
        let running = sessions.by_id.get(&session.id);
        if let Some(running) = running.filter(|running| !running.control.is_closed()) {
            return Ok(running.control.clone());
        }
        let (control, commands) = way();
        let (id, identity) = (session.id.clone(), session.identity.clone());
        if !identity.is_nobody() {
            let of_identity = sessions.by_identity.entry(identity.clone()).or_default();
            of_identity.insert(id.clone());
        }
        let entry = Entry {
            control: control.clone(),
            identity,
            ticket: None,
        };
        sessions.by_id.insert(id, entry);
        tokio::spawn(Box::new(session).run(commands));
        Ok(control)
    }

    /// Lets a session run that waits for its browser, one of at most `most`.
    pub(crate) fn park(&self, session: Session, most: usize) -> Result<(), LoggedOut> {
        let id = session.id.clone();
        self.start(session)?;
        let evicted = {
            let mut sessions = self.lock();
            let Sessions {
                by_id,
                parked,
                tickets,
                ..
            } = &mut *sessions;
            *tickets += 1;
            if let Some(entry) = by_id.get_mut(&id) {
                entry.ticket = Some(*tickets);
                parked.insert(*tickets, id);
            }
            let oldest = (parked.len() > most).then(|| parked.pop_first()).flatten();
            oldest.and_then(|(_, oldest)| {
                let entry = by_id.get_mut(&oldest)?;
                entry.ticket = None;
                Some(entry.control.clone())
            })
        };
        if let Some(mut control) = evicted {
            // If it is busy it is not idle, so it may stay.
            let _ = control.try_send(Control::End(CloseCode::Internal, None));
        }
        Ok(())
    }

    /// The way to a session, whose browser has come.
    pub(crate) fn control_of(&self, id: &str) -> Option<Way> {
        let mut sessions = self.lock();
        let entry = sessions.by_id.get_mut(id)?;
        let control = entry.control.clone();
        if let Some(ticket) = entry.ticket.take() {
            sessions.parked.remove(&ticket);
        }
        Some(control)
    }

    /// The gate for who wants a session made again.
    pub(crate) fn gate<'r>(&'r self, id: &'r str) -> Gate<'r> {
        let mut sessions = self.lock();
        let one = Arc::clone(sessions.gates.entry(id.to_owned()).or_default());
        Gate {
            registry: self,
            id,
            one,
        }
    }

    /// The ways to all sessions.
    pub(crate) fn all(&self) -> Vec<Way> {
        let sessions = self.lock();
        let controls = sessions.by_id.values();
        controls.map(|entry| entry.control.clone()).collect()
    }

    /// Notes that somebody has logged out. Gives the ways to the sessions.
    pub(crate) fn log_out(&self, identity: &Identity) -> Vec<Way> {
        let mut sessions = self.lock();
        sessions.note_logout(identity);
        let ids = sessions.by_identity.get(identity);
        ids.into_iter()
            .flatten()
            .filter_map(|id| Some(sessions.by_id.get(id)?.control.clone()))
            .collect()
    }

    pub(crate) fn forget(&self, id: &str) {
        let mut sessions = self.lock();
        let Some(entry) = sessions.by_id.remove(id) else {
            return;
        };
        if let Some(ticket) = entry.ticket {
            sessions.parked.remove(&ticket);
        }
        if let Some(of_identity) = sessions.by_identity.get_mut(&entry.identity) {
            of_identity.remove(id);
            if of_identity.is_empty() {
                sessions.by_identity.remove(&entry.identity);
            }
        }
    }
}

impl Sessions {
    fn note_logout(&mut self, identity: &Identity) {
        let now = Instant::now();
        while let Some((at, number, old)) = self.logouts.front() {
            if self.logouts.len() < MOST_LOGGED_OUT && now.duration_since(*at) <= LOGGED_OUT {
                break;
            }
            if self.logged_out.get(old) == Some(number) {
                self.logged_out.remove(old);
            }
            self.logouts.pop_front();
        }
        self.logout += 1;
        self.logged_out.insert(identity.clone(), self.logout);
        self.logouts.push_back((now, self.logout, identity.clone()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn gates_let_one_pass_and_go_with_the_last_that_waits() {
        let registry = Registry::default();
        let (one, two, other) = (registry.gate("a"), registry.gate("a"), registry.gate("b"));
        let passed = one.pass().await;
        let _others = other.pass().await;
        assert!(two.one.try_lock().is_err());
        drop(passed);
        drop(one);
        assert_eq!(registry.lock().gates.len(), 2);
        let passed = two.pass().await;
        drop(passed);
        drop(two);
        assert_eq!(registry.lock().gates.len(), 1);
    }
}
