//! How many sockets there are, and how many of each address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The open sockets.
#[derive(Debug, Default)]
pub(crate) struct Addresses(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    all: u64,
    by_address: HashMap<IpAddr, u64>,
}

/// An open socket's place.
#[derive(Debug)]
pub(crate) struct Place {
    addresses: Arc<Addresses>,
    address: IpAddr,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// The server has as many as it may.
    Server,
    /// The address has as many as one may.
    Address,
}

impl Addresses {
    /// Takes a place for a socket. A whole network of IPv6 counts as one address, since one client has all of it.
    pub(crate) fn enter(
        self: &Arc<Self>,
        address: IpAddr,
        most: u64,
        most_of_one: u64,
    ) -> Result<Place, Full> {
        let address = match address {
            IpAddr::V6(v6) => IpAddr::V6((v6.to_bits() & (u128::MAX << 64)).into()),
            v4 @ IpAddr::V4(_) => v4,
        };
        let mut open = self.lock();
        if open.all >= most {
            return Err(Full::Server);
        }
        let own = open.by_address.entry(address).or_default();
        if *own >= most_of_one {
            return Err(Full::Address);
        }
        *own += 1;
        open.all += 1;
        Ok(Place {
            addresses: Arc::clone(self),
            address,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.addresses.lock();
        open.all -= 1;
        if let Some(own) = open.by_address.get_mut(&self.address) {
            *own -= 1;
            if *own == 0 {
                open.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_limited_and_given_back() {
        let addresses = Arc::new(Addresses::default());
        let enter = |address: &str| addresses.enter(address.parse().unwrap(), 3, 2);
        let first = enter("10.0.0.1").unwrap();
        let _second = enter("10.0.0.1").unwrap();
        assert_eq!(enter("10.0.0.1").unwrap_err(), Full::Address);
        let _other = enter("10.0.0.2").unwrap();
        assert_eq!(enter("10.0.0.3").unwrap_err(), Full::Server);
        drop(first);
        assert!(enter("10.0.0.1").is_ok());
    }

    #[test]
    fn a_network_of_ipv6_is_one_client() {
        let addresses = Arc::new(Addresses::default());
        let _place = addresses.enter("2001:db8::1".parse().unwrap(), 9, 1);
        let full = addresses.enter("2001:db8::2".parse().unwrap(), 9, 1);
        assert_eq!(full.unwrap_err(), Full::Address);
        assert!(
            addresses
                .enter("2001:db8:0:1::1".parse().unwrap(), 9, 1)
                .is_ok()
        );
    }
}
