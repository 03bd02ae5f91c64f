//! Internet addresses and the networks that they lie in: a pure room, without a database.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net};

use crate::error::Refusal;

/// Networks in one list at most: a bank names a handful, a cloud that it rents some dozens.
pub const MAX_NETWORKS: usize = 100;
/// Bits of the network in which IPv6 writes the addresses of IPv4.
const MAPPED_BITS: u8 = 96;

/// A list of networks, each written once, without the bits of a host, in the order of addresses.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Networks(Vec<IpNet>);

impl Networks {
    /// Reads `203.0.113.0/24`, `2001:db8::/32` and single addresses; repeated ones count once.
    ///
    /// # Errors
    /// `BAD_NETWORK`.
    pub fn parse(list: &[impl AsRef<str>]) -> Result<Self, Refusal> {
        if list.len() > MAX_NETWORKS {
            let en = format!("A list of addresses has at most {MAX_NETWORKS} networks.");
            let vi = format!("Danh sách địa chỉ có nhiều nhất {MAX_NETWORKS} mạng.");
            return Err(Refusal::new("BAD_NETWORK", en, vi));
        }
        let mut networks = list.iter().map(|text| network(text.as_ref())).collect::<Result<Vec<_>, _>>()?;
        networks.sort_unstable();
        networks.dedup();
        Ok(Self(networks))
    }

    /// Reads a list whose parts are told apart by commas, as settings and columns hold it.
    ///
    /// # Errors
    /// `BAD_NETWORK`.
    pub fn split(text: &str) -> Result<Self, Refusal> {
        let parts: Vec<&str> = text.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
        Self::parse(&parts)
    }

    /// Whether the list names nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether an address lies in one of the networks.
    #[must_use]
    pub fn hold(&self, address: IpAddr) -> bool {
        let address = plain(address);
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The networks as they are written.
    #[must_use]
    pub fn written(&self) -> Vec<String> {
        self.0.iter().map(ToString::to_string).collect()
    }
}

impl fmt::Display for Networks {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.written().join(","))
    }
}

/// The address as it is written in its own family: an IPv4 address within IPv6 is an IPv4 address.
#[must_use]
pub fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

fn network(text: &str) -> Result<IpNet, Refusal> {
    let text = text.trim();
    let parsed = text.parse::<IpNet>().or_else(|error| text.parse::<IpAddr>().map(IpNet::from).map_err(|_| error));
    let network = parsed.map_err(|_| {
        let en = "An address is written as 203.0.113.7, a network as 203.0.113.0/24 or 2001:db8::/32.";
        let vi = "Địa chỉ được viết như 203.0.113.7, mạng được viết như 203.0.113.0/24 hoặc 2001:db8::/32.";
        Refusal::new("BAD_NETWORK", en, vi)
    })?;
    Ok(unmapped(network).trunc())
}

/// A network of IPv4 that was written within IPv6 as the one it is.
fn unmapped(network: IpNet) -> IpNet {
    let IpNet::V6(wide) = network else { return network };
    let inside: Option<Ipv4Addr> = Ipv6Addr::to_ipv4_mapped(&wide.addr());
    let bits = wide.prefix_len().checked_sub(MAPPED_BITS);
    match (inside, bits.and_then(|bits| inside.and_then(|inside| Ipv4Net::new(inside, bits).ok()))) {
        (Some(_), Some(narrow)) => IpNet::V4(narrow),
        _ => network,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hold(list: &str, address: &str) -> bool {
        Networks::split(list).unwrap().hold(address.parse().unwrap())
    }

    #[test]
    fn a_list_is_written_one_way() {
        let list = ["203.0.113.77/24", "2001:DB8:0::1/32", "203.0.113.0/24", " 192.0.2.7 ", "::ffff:198.51.100.9/120"];
        let networks = Networks::parse(&list).unwrap();
        let written = "192.0.2.7/32,198.51.100.0/24,203.0.113.0/24,2001:db8::/32";
        assert_eq!(networks.to_string(), written);
        assert_eq!(Networks::split(written), Ok(networks));
        assert!(Networks::split(" , ").unwrap().is_empty());
    }

    #[test]
    fn an_address_lies_in_its_network_whatever_way_it_is_written() {
        assert!(hold("203.0.113.0/24", "203.0.113.255") && hold("203.0.113.0/24", "::ffff:203.0.113.1"));
        assert!(!hold("203.0.113.0/24", "203.0.114.0") && !hold("203.0.113.0/24", "2001:db8::1"));
        assert!(hold("2001:db8::/32", "2001:db8:ffff::1") && !hold("2001:db8::/32", "2001:db9::1"));
        assert!(hold("0.0.0.0/0", "8.8.8.8") && !hold("0.0.0.0/0", "2001:db8::1"));
        assert!(hold("192.0.2.7", "192.0.2.7") && !hold("192.0.2.7", "192.0.2.8"));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        let code = |text: &str| Networks::parse(&[text]).unwrap_err().code;
        for bad in ["", "x", "203.0.113.0/33", "203.0.113/24", "2001:db8::/129", "203.0.113.7:80", "example.com"] {
            assert_eq!(code(bad), "BAD_NETWORK", "{bad}");
        }
        let list = |count: usize| (0..count).map(|at| format!("10.0.0.{}", at % 200)).collect::<Vec<_>>();
        assert_eq!(Networks::parse(&list(100)).unwrap().written().len(), 100);
        assert_eq!(Networks::parse(&list(101)).unwrap_err().code, "BAD_NETWORK");
    }
}
