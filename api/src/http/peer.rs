//! Who sends a request: the socket's peer, or whom a trusted proxy names. Nobody else is believed: a header is as easily
//! written as the request that it comes in.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use entities::networks::{Networks, plain};

use crate::hub::Hub;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// The address that a request comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Peer(pub IpAddr);

impl FromRequestParts<Arc<Hub>> for Peer {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Infallible> {
        let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        // Every connection tells its peer; without one, the address is that of nobody.
        let socket = socket.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(from)| from.ip());
        Ok(Self(sender(socket, &parts.headers, &hub.proxies)))
    }
}

/// Whether a request came straight from a trusted proxy, whose headers are believed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ThroughProxy(pub bool);

impl FromRequestParts<Arc<Hub>> for ThroughProxy {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, hub: &Arc<Hub>) -> Result<Self, Infallible> {
        let socket = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        Ok(Self(socket.is_some_and(|ConnectInfo(from)| hub.proxies.hold(plain(from.ip())))))
    }
}

/// Each trusted proxy wrote at the end of the header from whom it had the request: the last hop that is no trusted proxy
/// itself is the sender. What stands before it the sender may have written.
fn sender(socket: IpAddr, headers: &HeaderMap, proxies: &Networks) -> IpAddr {
    let mut at = plain(socket);
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
    let hops = lines.iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','));
    for hop in hops {
        if !proxies.hold(at) {
            break;
        }
        // A proxy that names nobody is the last who is known.
        let Some(before) = std::str::from_utf8(hop).ok().and_then(address) else { break };
        at = before;
    }
    at
}

/// `203.0.113.7`, `203.0.113.7:443`, `2001:db8::1` or `[2001:db8::1]:443`.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()));
    address.map(plain)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn sent(socket: &str, lines: &[&str], proxies: &str) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, HeaderValue::from_str(line).unwrap());
        }
        sender(socket.parse().unwrap(), &headers, &Networks::split(proxies).unwrap()).to_string()
    }

    #[test]
    fn a_stranger_who_writes_the_header_is_not_believed() {
        assert_eq!(sent("198.51.100.9", &["203.0.113.7"], ""), "198.51.100.9");
        assert_eq!(sent("198.51.100.9", &["203.0.113.7"], "10.0.0.0/8"), "198.51.100.9");
        assert_eq!(sent("::ffff:198.51.100.9", &[], ""), "198.51.100.9");
    }

    #[test]
    fn the_last_hop_that_is_no_trusted_proxy_is_the_sender() {
        let proxies = "10.0.0.0/8,2001:db8:a::/48";
        assert_eq!(sent("10.0.0.1", &["203.0.113.7"], proxies), "203.0.113.7");
        assert_eq!(
            sent("10.0.0.1", &["192.0.2.66, 203.0.113.7"], proxies),
            "203.0.113.7",
            "the first was written by it"
        );
        assert_eq!(sent("10.0.0.1", &["192.0.2.66", "203.0.113.7,10.9.9.9"], proxies), "203.0.113.7");
        assert_eq!(sent("2001:db8:a::1", &["[2001:db8:b::2]:443"], proxies), "2001:db8:b::2");
        assert_eq!(sent("10.0.0.1", &["203.0.113.7:51000"], proxies), "203.0.113.7");
    }

    #[test]
    fn a_proxy_that_names_nobody_is_the_last_who_is_known() {
        for nobody in ["unknown", "", "203.0.113.7, _hidden"] {
            assert_eq!(sent("10.0.0.1", &[nobody], "10.0.0.0/8"), "10.0.0.1", "{nobody}");
        }
        assert_eq!(sent("10.0.0.1", &[], "10.0.0.0/8"), "10.0.0.1");
        assert_eq!(sent("10.0.0.1", &["10.0.0.2"], "10.0.0.0/8"), "10.0.0.2");
    }
}
