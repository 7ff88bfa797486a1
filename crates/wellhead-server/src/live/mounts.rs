//! Mounts the live components of one page while it renders.

use std::sync::Arc;

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tokio::runtime::Handle;
use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use wellhead_live::{Identity, Live, Mount, Page, PaintError, Painted};
use wellhead_render::live::Failure;
use wellhead_render::{ErrorCode, Mounted, PageMounts, RenderError};

use super::SOCKET_PATH;
use crate::hex;

/// The live components of a page that is being rendered.
pub(crate) struct Mounts {
    page: Arc<Mutex<Option<Page>>>,
    pub(crate) mounts: PageMounts,
}

/// A `LiveMount` of `packages/host/src/abi.ts`.
#[derive(Deserialize)]
struct Asked {
    module: String,
    params: Box<RawValue>,
    url: String,
    session: Option<Box<RawValue>>,
}

impl Mounts {
    /// For a page of somebody.
    pub(crate) fn new(live: &Live, identity: &Identity) -> Self {
        let page = Arc::new(Mutex::new(None));
        let (live, identity, open) = (live.clone(), identity.clone(), Arc::clone(&page));
        // Whoever renders may have a runtime of its own, in which nothing of a session may run.
        let runtime = Handle::current();
        let mounts = PageMounts::new(move |asked| {
            let (live, identity, open) = (live.clone(), identity.clone(), Arc::clone(&open));
            let task = runtime.spawn(async move { mount(&live, &identity, &open, &asked).await });
            answered(task)
        });
        Self { page, mounts }
    }

    /// The page goes out: its session waits for the browser. Without this it is given up.
    pub(crate) async fn park(self) {
        if let Some(page) = self.page.lock().await.take() {
            page.park();
        }
    }
}

/// What a mount in another runtime answers.
pub(super) async fn answered(task: JoinHandle<Mounted>) -> Mounted {
    let mut task = Running(task);
    (&mut task.0)
        .await
        .unwrap_or_else(|_| Mounted::impossible())
}

/// A mount that nobody waits for any more is called off.
struct Running(JoinHandle<Mounted>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn mount(
    live: &Live,
    identity: &Identity,
    open: &Mutex<Option<Page>>,
    asked: &str,
) -> Mounted {
    let mut open = open.lock().await;
    let painted = match serde_json::from_str::<Asked>(asked) {
        Ok(asked) => paint(live, identity, &mut open, asked).await,
        Err(error) => {
            let message =
                format!("the host asks for a live component in a way that is none: {error}");
            Err(RenderError::new(ErrorCode::Protocol, message).into())
        }
    };
    let answer = |answer: serde_json::Value, error| Mounted {
        answer: answer.to_string(),
        error,
    };
    match painted {
        Ok((painted, page)) => answer(
            json!({
                "html": painted.html,
                "token": painted.token,
                "digest": hex::text(u64::from_be_bytes(painted.digest).into())[16..],
                "marks": painted.marks,
                "title": painted.title,
                "page": page,
                "socket": SOCKET_PATH,
            }),
            None,
        ),
        Err(PaintError::Redirect { url }) => answer(json!({ "redirect": url }), None),
        Err(PaintError::Failed(failure)) if failure.status.is_some() => answer(
            json!({ "error": { "message": failure.message, "status": failure.status } }),
            None,
        ),
        Err(error) => {
            let error = of_paint(error);
            answer(
                json!({ "error": { "message": error.message } }),
                Some(error),
            )
        }
    }
}

async fn paint(
    live: &Live,
    identity: &Identity,
    open: &mut Option<Page>,
    asked: Asked,
) -> Result<(Painted, String), PaintError> {
    let page = match open {
        Some(page) => page,
        None => open.insert(live.page(identity.clone())?),
    };
    let painted = page
        .mount(Mount {
            module: asked.module,
            params: asked.params,
            url: asked.url,
            session: asked.session,
        })
        .await?;
    Ok((painted, page.token()))
}

fn of_paint(error: PaintError) -> RenderError {
    match error {
        PaintError::Render(error) => error,
        PaintError::Failed(failure) => as_render_error(failure),
        other => RenderError::new(ErrorCode::Threw, other.to_string()),
    }
}

/// What a component threw, as a render would have thrown it.
pub(super) fn as_render_error(failure: Failure) -> RenderError {
    let message = match failure.name.as_str() {
        "" | "Error" => failure.message,
        name => format!("{name}: {}", failure.message),
    };
    RenderError::new(ErrorCode::Threw, message).with_frames(failure.frames)
}
