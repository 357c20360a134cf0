//! Where a request comes from, and whether it came there by HTTPS. A proxy says it in `X-Forwarded-For` and
//! `X-Forwarded-Proto`; anyone could, so only the proxies that the owner has named are believed.

use super::connections::Peer;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use chat::Address;
use http::{HeaderMap, StatusCode};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

pub(crate) const FORWARDED_FOR: &str = "x-forwarded-for";
const FORWARDED_PROTO: &str = "x-forwarded-proto";

/// Whether whoever asks has come by HTTPS, as a proxy says that is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Encrypted(pub(crate) bool);

/// Leaves the [`Address`] and [`Encrypted`] with the request, for whoever handles it.
pub(crate) async fn find_out(
    State(proxies): State<Arc<[IpNet]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request.extensions().get::<ConnectInfo<Peer>>();
    let peer = peer.map(|peer| peer.0.clone());
    let from = peer.as_ref().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.address.ip());
    let address = Address::new(origin(from, request.headers(), &proxies));
    let encrypted = encrypted(from, request.headers(), &proxies);
    request.extensions_mut().insert(address);
    request.extensions_mut().insert(encrypted);
    let Some(peer) = peer else { return next.run(request).await };
    peer.asks();
    let response = next.run(request).await;
    if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        peer.is_upgraded();
    } else {
        peer.is_answered();
    }
    response
}

/// The last address that no trusted proxy has: what stands before it, anyone may have written.
fn origin(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    let trusted = |address: &IpAddr| proxies.iter().any(|proxy| proxy.contains(address));
    let mut origin = peer.to_canonical();
    let lines = headers.get_all(FORWARDED_FOR).iter().rev();
    let named = lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.rsplit(','));
    for name in named {
        if !trusted(&origin) {
            break;
        }
        let Some(address) = parse(name.trim()) else { break };
        origin = address.to_canonical();
    }
    origin
}

/// Of several proxies the first one spoke with whoever asks.
fn encrypted(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> Encrypted {
    let trusted = proxies.iter().any(|proxy| proxy.contains(&peer.to_canonical()));
    let said = headers.get(FORWARDED_PROTO).and_then(|said| said.to_str().ok());
    let first = said.and_then(|said| said.split(',').next()).unwrap_or_default();
    Encrypted(trusted && first.trim().eq_ignore_ascii_case("https"))
}

/// Some proxies write a port behind it.
fn parse(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    text.parse().ok().or_else(with_port)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str]) -> String {
        let proxies: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        for line in forwarded {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        origin(peer.parse().unwrap(), &headers, &proxies).to_string()
    }

    #[test]
    fn a_stranger_is_not_believed() {
        assert_eq!(seen("192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
    }

    #[test]
    fn a_proxy_is_believed_and_what_the_client_wrote_before_it_is_not() {
        assert_eq!(seen("10.0.0.1", &["192.0.2.9"]), "192.0.2.9");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 192.0.2.9"]), "192.0.2.9");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "192.0.2.9, 10.0.0.2"]), "192.0.2.9");
        assert_eq!(seen("10.0.0.1", &["192.0.2.9:4711"]), "192.0.2.9");
        assert_eq!(seen("::ffff:10.0.0.1", &["2001:db8::1"]), "2001:db8::1");
    }

    #[test]
    fn only_a_proxy_is_believed_about_https() {
        let proxies: Vec<IpNet> = vec!["10.0.0.0/8".parse().unwrap()];
        let seen = |peer: &str, said: &str| {
            let headers = HeaderMap::from_iter([(
                http::HeaderName::from_static(FORWARDED_PROTO),
                said.parse().unwrap(),
            )]);
            encrypted(peer.parse().unwrap(), &headers, &proxies).0
        };
        assert!(seen("10.0.0.1", "https") && seen("::ffff:10.0.0.1", "https, http"));
        assert!(!seen("10.0.0.1", "http") && !seen("192.0.2.1", "https"));
    }

    #[test]
    fn nonsense_ends_the_search() {
        assert_eq!(seen("10.0.0.1", &["unknown"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
    }
}
