//! What a server sends.

use crate::{Json, Markup, Name, Operation, Settled};

union! {
    /// What a server sends.
    #[tag = "type"]
    pub enum Down as DownKind in DOWN {
        /// What has changed on the page.
        Patch "patch" = 0 {
            /// The events that this answers.
            settled: Settled,
            /// What to do, in this order.
            operations: Vec<Operation>,
        },
        /// A component anew: its container gets this content. Node 1 is the container, and the nodes in it count on.
        Render "render" = 1 {
            /// The events that this answers.
            settled: Settled,
            /// The component's number.
            component: u32,
            /// The content of the container.
            html: Markup,
        },
        /// The answer to `join`.
        Joined "joined" = 2 {
            /// The session, by which a later connection can go on with it.
            session: String,
            /// Whether the numbered messages go on or begin anew.
            stream: Stream,
            /// How many events the session has handled; the client sends those after them again.
            events: u64,
            /// After how many milliseconds without a message the other side may think that the connection is lost; each
            /// sends a heartbeat in half the time.
            heartbeat: u64,
            /// What the client may send.
            limits: ClientLimits,
            /// The components of `join`, in the same order.
            components: Vec<Joined>,
        },
        /// The answer to an event whose sender waits for a value.
        Reply "reply" = 3 {
            /// The event's number.
            event: u64,
            /// The value.
            value: Json,
        },
        /// Something for the scripts of a component.
        Push "push" = 4 {
            /// The component's number.
            component: u32,
            /// What it is.
            name: Name,
            /// The value.
            value: Json,
        },
        /// The document has another title.
        Title "title" = 5 {
            /// The title.
            text: String,
        },
        /// The page's address changes.
        Navigate "navigate" = 6 {
            /// How.
            kind: Visit,
            /// What becomes of the entry in the browser's history.
            history: History,
            /// The new address.
            url: String,
        },
        /// Something failed; the page goes on. Whether the event is settled, a patch says.
        Error "error" = 7 {
            /// What kind of failure it is.
            code: Name,
            /// What may be shown.
            message: String,
            /// By which the log has the whole story.
            trace: String,
            /// The event that failed.
            event: Option<u64>,
        },
        /// The server is still there.
        Heartbeat "heartbeat" = 8,
        /// The client may send that much more of a file. The first credit says that the file is taken.
        UploadCredit "uploadCredit" = 9 {
            /// The file's number.
            upload: u32,
            /// Bytes, beside what was granted before.
            bytes: u64,
        },
        /// The server has the whole file.
        UploadDone "uploadDone" = 10 {
            /// The file's number.
            upload: u32,
        },
        /// The server does not take the file, or no more of it.
        UploadRefused "uploadRefused" = 11 {
            /// The file's number.
            upload: u32,
            /// What is wrong.
            code: Name,
            /// What may be shown.
            message: String,
        },
        /// The page shall be loaded again.
        Reload "reload" = 12 {
            /// Why, for the log.
            reason: Name,
        },
        /// A component has ended. What it shows stays until a patch takes it away.
        Gone "gone" = 13 {
            /// The component's number.
            component: u32,
        },
    }
}

impl Down {
    /// Whether the message counts for [`Up::Ack`](crate::Up::Ack): all but `joined` and `heartbeat` do.
    #[must_use]
    pub fn is_numbered(&self) -> bool {
        !matches!(self, Down::Joined { .. } | Down::Heartbeat)
    }
}

record! {
    /// A component that the client has joined.
    pub struct Joined {
        /// Its number from now on.
        pub component: u32,
        /// What the client does about it.
        pub state: ComponentState,
    }
}

record! {
    /// What a client may send; more ends the connection.
    pub struct ClientLimits {
        /// The longest message, in bytes.
        pub message: u64,
        /// The longest part of a file in one message, in bytes.
        pub chunk: u64,
        /// Events per second, over a few seconds.
        pub events: u64,
    }
}

choice! {
    /// Whether what the page shows for a component is right.
    pub enum ComponentState {
        /// It is: patches follow.
        Current "current",
        /// It is not: a `render` follows before any patch.
        Stale "stale",
        /// The server does not take the component; no message will name it.
        Refused "refused",
    }
}

choice! {
    /// Whether the messages of a server go on where a connection was lost.
    pub enum Stream {
        /// They begin anew: the client forgets strings, templates and its count.
        New "new",
        /// They go on: what `resume.received` does not count follows as it was sent, and strings and templates stay known.
        Continued "continued",
    }
}

choice! {
    /// How a server changes the address.
    pub enum Visit {
        /// Other parameters of the same page: its components stay.
        Patch "patch",
        /// Another page of the app, over this connection where possible.
        Navigate "navigate",
        /// Any address, as a link would.
        Redirect "redirect",
    }
}

choice! {
    /// What becomes of the entry in the browser's history.
    pub enum History {
        /// There is a new one.
        Push "push",
        /// The present one is replaced.
        Replace "replace",
    }
}
