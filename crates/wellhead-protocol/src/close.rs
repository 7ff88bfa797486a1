//! Why a connection ends, and what a client does then.

use std::fmt;

/// What a client does when a connection has ended. The hundreds of a [`CloseCode`] say which, so that a client
/// knows it for codes that it has never heard of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Return {
    /// Connects again at once, and with backoff if that fails.
    Now,
    /// Connects again after a while that doubles each time and holds some chance.
    Backoff,
    /// Loads the page again; if it has just done so, it stays away.
    Reload,
    /// Stays away, and tells the user.
    Never,
}

impl Return {
    /// Each, in the order of the hundreds: 4000 to 4099, 4100 to 4199, and so on.
    pub const ALL: [Return; 4] = [Return::Now, Return::Backoff, Return::Reload, Return::Never];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Return::Now => "now",
            Return::Backoff => "backoff",
            Return::Reload => "reload",
            Return::Never => "never",
        }
    }

    /// What a client does after any code of a WebSocket, also those that Wellhead has not given.
    #[must_use]
    pub fn after(code: u16) -> Self {
        let group = usize::from(code)
            .checked_sub(4000)
            .map(|offset| offset / 100);
        group
            .and_then(|group| Self::ALL.get(group).copied())
            .unwrap_or(Return::Backoff)
    }
}

macro_rules! close_codes {
    ($($(#[doc = $doc:literal])* $name:ident $text:literal = $code:literal;)*) => {
        /// Why a server ends a connection, as a code of the WebSocket's close frame.
        ///
        /// ```
        /// use wellhead_protocol::{CloseCode, Return};
        ///
        /// assert_eq!(CloseCode::Draining.code(), 4000);
        /// assert_eq!(CloseCode::Draining.client_returns(), Return::Now);
        /// ```
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        #[repr(u16)]
        pub enum CloseCode { $($(#[doc = $doc])* $name = $code,)* }

        impl CloseCode {
            /// Every code.
            pub const ALL: &[CloseCode] = &[$(CloseCode::$name),*];

            /// The name in the close frame's reason, logs and metrics.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(CloseCode::$name => $text,)* }
            }

            /// What it means, in a sentence.
            #[must_use]
            pub fn meaning(self) -> &'static str {
                match self { $(CloseCode::$name => concat!($($doc),*).trim_ascii(),)* }
            }
        }
    };
}

close_codes! {
    /// The server goes away; another takes its sessions.
    Draining "draining" = 4000;
    /// Nothing came from the client for longer than the heartbeat allows.
    Idle "idle" = 4001;
    /// The server, or the client's address, has as many connections as it may.
    TooManyConnections "too_many_connections" = 4100;
    /// The client sent more events than it may.
    TooManyEvents "too_many_events" = 4101;
    /// The client takes messages too slowly, or does not acknowledge them.
    SlowReader "slow_reader" = 4102;
    /// The server failed; the reason has the trace id.
    Internal "internal" = 4103;
    /// The client sent what is not a message, or at the wrong time.
    ProtocolError "protocol_error" = 4200;
    /// The server speaks none of the subprotocols that the client offers; the reason lists those it does.
    UnsupportedVersion "unsupported_version" = 4201;
    /// The client sent a longer message than it may.
    MessageTooLarge "message_too_large" = 4202;
    /// The page's token is too old, or of a secret that the server does not believe.
    Expired "expired" = 4203;
    /// The user is no longer logged in, or as somebody else.
    LoggedOut "logged_out" = 4204;
    /// The page did not fit what the server says of it, again and again.
    Misfit "misfit" = 4205;
    /// The page's tokens are not of one page.
    NotAuthorised "not_authorised" = 4300;
    /// The page is of an origin that may not connect.
    OriginRefused "origin_refused" = 4301;
    /// Another connection has gone on with the session.
    TakenOver "taken_over" = 4302;
}

impl CloseCode {
    /// The number in the close frame.
    #[must_use]
    pub fn code(self) -> u16 {
        self as u16
    }

    /// What the client does.
    #[must_use]
    pub fn client_returns(self) -> Return {
        Return::after(self.code())
    }
}

impl fmt::Display for CloseCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_and_are_in_a_group() {
        assert!(CloseCode::ALL.is_sorted_by(|a, b| a.code() < b.code()));
        assert!(
            CloseCode::ALL
                .iter()
                .all(|code| (4000..4400).contains(&code.code()))
        );
    }

    #[test]
    fn unknown_codes_fall_into_a_group_too() {
        let after = [
            (1006, Return::Backoff),
            (4000, Return::Now),
            (4099, Return::Now),
            (4100, Return::Backoff),
        ];
        for (code, returns) in after.into_iter().chain([
            (4299, Return::Reload),
            (4300, Return::Never),
            (4399, Return::Never),
            (4400, Return::Backoff),
            (0, Return::Backoff),
        ]) {
            assert_eq!(Return::after(code), returns, "{code}");
        }
    }
}
