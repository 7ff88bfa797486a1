//! Making a session again that is not here.

use std::sync::Arc;

use bytes::Bytes;
use tokio::{sync::oneshot, time::timeout};
use wellhead_protocol::{CloseCode, Down, History, Visit};

use crate::{
    Live, Mount, Page, PaintError,
    components::Root,
    live::{Refused, Wanted, session_beside},
    page::ComponentClaim,
    session::{Attach, Control, Session, stored_as, unstore},
};

impl Live {
    /// Makes a session again: from the store if it has it, else from the page's tokens.
    ///
    /// A component that sends its browser elsewhere, or that says what status a page of it would have, is refused and the browser
    /// told; what fails otherwise may go well the next time, so the browser comes again.
    pub(crate) async fn revive(&self, wanted: Wanted) -> Result<(), Refused> {
        let Wanted {
            join,
            page,
            components,
            logouts,
        } = wanted;
        let shared = &self.shared;
        let mut session = match Session::open(Arc::clone(shared), page.identity) {
            Ok(session) => session,
            Err(error) => return Err(failed(join.connection, page.session, &error.into())),
        };
        session.id = page.session;
        session.logouts = logouts;
        let kept = self.kept(&session.id).await;
        let mut page = Page { session };
        if let Some(kept) = &kept {
            page.session.recall(kept);
        }
        for claim in components {
            page.claimed(claim);
        }
        if join.resume.is_some() && page.session.components.is_any_unknown() {
            page.session.begins_anew();
        }
        if let Err(error) = page.mount_all().await {
            // If the components have done nothing wrong, the next try finds their state.
            if !matches!(error, PaintError::Render(_)) {
                unstore(shared, page.session.id.clone());
            }
            return Err(failed(join.connection, page.session.id.clone(), &error));
        }
        let id = page.session.id.clone();
        match shared.registry.start(page.session) {
            Ok(mut control) => {
                // It cannot have ended, nor have another browser: it waits for this one to come.
                let (busy, _) = oneshot::channel();
                let attach = Attach { join, busy };
                let _ = control.send(Control::Attach(Box::new(attach))).await;
                Ok(())
            }
            Err(_) => {
                unstore(shared, id);
                Err((join.connection, CloseCode::LoggedOut, String::new()))
            }
        }
    }

    /// What the store has kept of a session.
    async fn kept(&self, id: &str) -> Option<Bytes> {
        let shared = &self.shared;
        let key = stored_as(id);
        // It stays there: this server may be gone before it has saved the session itself.
        match timeout(shared.limits.mount, shared.store.get(&key)).await {
            Ok(Ok(kept)) => kept,
            Ok(Err(error)) => {
                tracing::error!(session = id, %error, "the store does not answer");
                None
            }
            Err(_) => {
                tracing::error!(session = id, "the store does not answer in time");
                None
            }
        }
    }
}

fn failed(connection: crate::Connection, session: String, error: &PaintError) -> Refused {
    tracing::error!(session, %error, "a session cannot be made again");
    (connection, CloseCode::Internal, session)
}

impl Session {
    /// What the browser has told is lost, in part or all of it. By another name of its session it knows, and its forms tell again what their user has
    /// entered.
    fn begins_anew(&mut self) {
        let name = session_beside(&self.id);
        let before = std::mem::replace(&mut self.id, name);
        unstore(self.shared(), before);
        self.forget_events();
    }
}

impl Page {
    /// The browser has a component with this token.
    fn claimed(&mut self, claim: ComponentClaim) {
        let most = self.session.shared().limits.components;
        let number = claim.number as usize;
        let roots = &mut self.session.components.roots;
        if number < roots.len() && !roots[number].is_gap() || number >= most {
            return;
        }
        let mut root = Root::new(Mount {
            module: claim.module,
            params: claim.params,
            url: claim.url,
            session: claim.user,
        });
        while roots.len() <= number {
            roots.push(Root::gap());
        }
        std::mem::swap(&mut roots[number], &mut root);
    }

    /// Has all components mounted. What the browser has to hear of those that do not want to be, it will hear when it is there.
    async fn mount_all(&mut self) -> Result<(), PaintError> {
        for number in 0..self.session.components.roots.len() {
            if self.session.components.roots[number].has_ended {
                continue;
            }
            match self.mount_root(number).await {
                Ok(_) => {}
                Err(PaintError::Redirect { url }) => {
                    self.session.say(&Down::Navigate {
                        kind: Visit::Redirect,
                        history: History::Replace,
                        url,
                    });
                    // The others go with the page.
                    for root in &mut self.session.components.roots[number..] {
                        root.end();
                    }
                    return Ok(());
                }
                Err(PaintError::Failed(failure)) if failure.status.is_some() => {
                    self.session.tell_failure(&failure);
                    // The page says it better than anything that the session could.
                    self.session.say(&Down::Reload {
                        reason: failure.code.into(),
                    });
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
