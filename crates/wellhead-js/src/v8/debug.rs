//! Connects the inspector of an isolate to debuggers on other threads.

use deno_core::futures::StreamExt;
use deno_core::futures::channel::mpsc::unbounded;
use deno_core::{InspectorSessionChannels, InspectorSessionKind, InspectorSessionProxy, JsRuntime};

use crate::inspect::{Attachment, EngineTargets, InspectSession, Registration};

/// Lets debuggers attach to an isolate.
pub(super) fn register(
    targets: &EngineTargets,
    slot: usize,
    runtime: &mut JsRuntime,
) -> Registration {
    let sessions = runtime.inspector().get_session_sender();
    let connect = move || {
        let (to_debugger, messages) = unbounded();
        let (to_isolate, commands) = unbounded::<String>();
        let session = InspectorSessionProxy {
            channels: InspectorSessionChannels::Regular {
                tx: to_debugger,
                rx: commands,
            },
            kind: InspectorSessionKind::NonBlocking {
                wait_for_disconnect: false,
            },
        };
        sessions.unbounded_send(session).ok()?;
        Some(Attachment::Session(InspectSession::new(
            move |message| to_isolate.unbounded_send(message).is_ok(),
            messages.map(|message: deno_core::InspectorMsg| message.content),
        )))
    };
    targets.add(slot, format!("wellhead: isolate {slot}"), Box::new(connect))
}
