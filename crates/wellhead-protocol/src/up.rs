//! What a client sends.

use crate::{Chunk, Digest, Json, Name};

union! {
    /// What a client sends.
    #[tag = "type"]
    pub enum Up as UpKind in UP {
        /// The first message of a connection; a later one adds components that came onto the page by other ways than
        /// the server's markup. Answered by `joined`.
        Join "join" = 0 {
            /// What the server signed into the page.
            token: String,
            /// The page's address.
            url: String,
            /// The page's live components.
            components: Vec<Component>,
            /// The session to go on with, after a connection was lost.
            resume: Option<Resume>,
        },
        /// The user did something. Events are numbered 1, 2, 3 … in the order in which a session's client first sends
        /// them; what is sent again after a reconnect keeps its number, since it follows `joined.events`.
        Event "event" = 1 {
            /// The component's number.
            component: u32,
            /// What shall handle it, as the markup names it.
            handler: Name,
            /// What the handler is given.
            #[serde(default, deserialize_with = "crate::values::present")]
            payload: Option<Json>,
        },
        /// The client has everything up to that message; the server keeps it no longer.
        Ack "ack" = 2 {
            /// How many numbered messages of the server have arrived and were applied, since the stream began.
            received: u64,
        },
        /// The client is still there. Sent when it has sent nothing else for half of `joined.heartbeat`.
        Heartbeat "heartbeat" = 3,
        /// A patch did not fit the page. Answered by `render`; operations for the component are ignored until then.
        Resync "resync" = 4 {
            /// The component's number.
            component: u32,
            /// What did not fit, for the log.
            reason: Name,
        },
        /// The page's address is to change, or has.
        Navigate "navigate" = 5 {
            /// How.
            kind: Travel,
            /// The new address.
            url: String,
        },
        /// A component is gone from the page by other ways than a patch.
        Leave "leave" = 6 {
            /// The component's number.
            component: u32,
        },
        /// The user chose files. The server grants credit for each that it takes.
        UploadStart "uploadStart" = 7 {
            /// The component's number.
            component: u32,
            /// The name of the input.
            field: Name,
            /// The number of the first file, which the client chooses and never uses again in the session; the others
            /// have the next ones.
            upload: u32,
            /// A list of files: `[{ "name": …, "size": …, "type": … }]`.
            entries: Json,
        },
        /// The next part of a file. The file ends when its size is reached.
        UploadChunk "uploadChunk" = 8 {
            /// The file's number.
            upload: u32,
            /// At most as many as the server gave credit for.
            bytes: Chunk,
        },
        /// The user wants the file no more.
        UploadCancel "uploadCancel" = 9 {
            /// The file's number.
            upload: u32,
        },
    }
}

record! {
    /// A live component of the page, as the client finds it.
    pub struct Component {
        /// What the server signed into the page for it.
        pub token: String,
        /// The DOM nodes that the client counts, container included.
        pub nodes: u32,
        /// The digest of the first paint, as the page says: 16 hexadecimal digits in JSON and TypeScript.
        pub digest: Digest,
    }
}

record! {
    /// A session that was interrupted, and how far it had come.
    pub struct Resume {
        /// The session, as `joined` named it.
        pub session: String,
        /// How many numbered messages of the server have arrived and were applied, since the stream began.
        pub received: u64,
        /// How many events the client has sent.
        pub events: u64,
    }
}

choice! {
    /// How a client's address changes.
    pub enum Travel {
        /// Other parameters of the same page: its components stay.
        Patch "patch",
        /// Another page.
        Navigate "navigate",
        /// The browser went back or forward, and shows the address already.
        Pop "pop",
    }
}
