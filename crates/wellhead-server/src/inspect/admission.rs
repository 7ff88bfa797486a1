//! Who may speak to the server for debuggers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Whether a `Host` header names this machine in a way that no DNS server can have made up: as `localhost` or by number.
/// A page whose own name was made to point here (DNS rebinding) sends that name.
pub(super) fn is_local_name(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if let Some(inside) = name.strip_prefix('[') {
        return inside
            .strip_suffix(']')
            .is_some_and(|inside| inside.parse::<Ipv6Addr>().is_ok());
    }
    name.parse::<Ipv4Addr>().is_ok()
        || ["localhost", "localhost6"]
            .iter()
            .any(|local| name.eq_ignore_ascii_case(local))
}

/// Whether an `Origin` is that of a page of the web, or one that hides what it is. Debuggers send none, or one of a
/// scheme that pages cannot have, such as `devtools:`.
pub(super) fn is_of_the_web(origin: &str) -> bool {
    let own_scheme = ["devtools://", "chrome-extension://", "vscode-webview://"];
    !own_scheme.iter().any(|scheme| origin.starts_with(scheme))
}

/// The address by which a program on this machine reaches what listens there.
pub(super) fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_numbers_and_localhost_are_names_of_this_machine() {
        for host in [
            "127.0.0.1:9229",
            "10.0.0.7",
            "[::1]:9229",
            "[::1]",
            "localhost:9229",
            "LocalHost",
            "localhost6:1",
        ] {
            assert!(is_local_name(host), "{host}");
        }
        for host in [
            "",
            "evil.test:9229",
            "127.0.0.1.evil.test",
            "localhost.evil.test:9229",
            "[::1",
            "[evil]",
            "::1",
            "127.0.0.1:9229:x",
            "?",
        ] {
            assert!(!is_local_name(host), "{host}");
        }
    }

    #[test]
    fn pages_are_told_from_debuggers() {
        for page in ["http://evil.test", "https://localhost:3000", "null", "?"] {
            assert!(is_of_the_web(page), "{page}");
        }
        for debugger in [
            "devtools://devtools",
            "chrome-extension://abc",
            "vscode-webview://x",
        ] {
            assert!(!is_of_the_web(debugger), "{debugger}");
        }
    }
}
