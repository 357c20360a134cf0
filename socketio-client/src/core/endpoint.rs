use super::{ConfigError, Transport};
use crate::codec::json;

/// Where the server is: the parts of its URLs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// After `http` or `ws`: an `s` perhaps, `://` and the host.
    origin: String,
    path: String,
    query: String,
}

impl Endpoint {
    fn new(origin: &str) -> Self {
        Self { origin: origin.into(), path: "/socket.io/".into(), query: String::new() }
    }

    /// The server that a page came from.
    #[cfg(feature = "page")]
    #[allow(clippy::needless_pass_by_value, reason = "callers have no use for it any more")]
    pub(crate) fn of_origin(origin: String) -> Option<Self> {
        origin.strip_prefix("http").map(Self::new)
    }

    /// Reads a URL of scheme `http`, `https`, `ws` or `wss`, which may carry a query but no path.
    ///
    /// # Errors
    /// When it is anything else.
    pub fn parse(url: &str) -> Result<Self, ConfigError> {
        let (scheme, rest) = url.trim().split_once("://").ok_or(ConfigError::Scheme)?;
        let is = |name: &str| scheme.eq_ignore_ascii_case(name);
        let secure = is("https") || is("wss");
        if !secure && !is("http") && !is("ws") {
            return Err(ConfigError::Scheme);
        }
        let rest = rest.split('#').next().unwrap_or_default();
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if !path.is_empty() {
            return Err(ConfigError::UrlPath);
        }
        check_authority(authority)?;
        let mut endpoint = Self::new(if secure { "s://" } else { "://" });
        endpoint.origin.push_str(authority);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            endpoint.query.push('&');
            escape(pair, b"=%+", &mut endpoint.query);
        }
        Ok(endpoint)
    }

    /// Sets the path: `/x` means `/x/`.
    ///
    /// # Errors
    /// When it has characters that do not belong in a path.
    pub fn set_path(&mut self, path: &str) -> Result<(), ConfigError> {
        if path.bytes().any(|byte| byte <= b' ' || byte == 127 || byte == b'?' || byte == b'#') {
            return Err(ConfigError::Path);
        }
        let path = path.trim_matches('/');
        self.path = String::from("/");
        if !path.is_empty() {
            escape(path, b"/%!$&'()*+,;=:@", &mut self.path);
            self.path.push('/');
        }
        Ok(())
    }

    /// Adds a query parameter.
    pub fn add_query(&mut self, key: &str, value: &str) {
        self.query.push('&');
        escape(key, b"", &mut self.query);
        self.query.push('=');
        escape(value, b"", &mut self.query);
    }

    /// Whether the server is on this machine.
    pub fn is_local(&self) -> bool {
        let host = self.origin.strip_prefix('s').unwrap_or(&self.origin);
        ["://localhost", "://127.", "://[::1]"].iter().any(|local| host.starts_with(local))
    }

    pub(crate) fn url(&self, transport: Transport, sid: Option<&str>) -> String {
        let mut url = String::from(match transport {
            Transport::WebSocket => "ws",
            Transport::Polling => "http",
        });
        url.push_str(&self.origin);
        url.push_str(&self.path);
        url.push_str("?EIO=4&transport=");
        url.push_str(transport.as_str());
        url.push_str(&self.query);
        if let Some(sid) = sid {
            url.push_str("&sid=");
            // A server that is taken at its word is taken at this, too.
            if cfg!(feature = "strict") {
                escape(sid, b"", &mut url);
            } else {
                url.push_str(sid);
            }
        }
        url
    }
}

fn check_authority(authority: &str) -> Result<(), ConfigError> {
    if authority.contains('@') {
        return Err(ConfigError::Credentials);
    }
    let bracketed = authority.strip_prefix('[').and_then(|rest| rest.split_once(']'));
    let (host, port, allowed) = match bracketed {
        Some((host, port)) => (host, port, b":.".as_slice()),
        None => {
            let end = authority.bytes().position(|byte| byte == b':').unwrap_or(authority.len());
            let (host, port) = authority.split_at(end);
            (host, port, b"-._~".as_slice())
        }
    };
    // Beyond ASCII it is for the name service to say; the tables that know letters weigh 3 KB in a page.
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte >= 128 || allowed.contains(&byte);
    if host.is_empty() || !host.bytes().all(fits) {
        return Err(ConfigError::Host);
    }
    if port.is_empty() {
        return Ok(());
    }
    let digits = port.strip_prefix(':').ok_or(ConfigError::Host)?.as_bytes();
    let number = json::natural(digits).filter(|_| digits.iter().all(u8::is_ascii_digit));
    match number {
        Some(1..=65_535) => Ok(()),
        _ => Err(ConfigError::Port),
    }
}

fn escape(text: &str, keep: &[u8], out: &mut String) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || keep.contains(&byte) {
            out.push(byte as char);
        } else {
            out.push('%');
            out.push(HEX[usize::from(byte >> 4)] as char);
            out.push(HEX[usize::from(byte & 15)] as char);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls() {
        let mut endpoint = Endpoint::parse("HTTPS://chat.example:8443/?a=b%20c&d#x").unwrap();
        endpoint.set_path("/x y".trim_end_matches(" y")).unwrap();
        endpoint.add_query("k&", "ü");
        assert_eq!(
            endpoint.url(Transport::WebSocket, None),
            "wss://chat.example:8443/x/?EIO=4&transport=websocket&a=b%20c&d&k%26=%C3%BC"
        );
        let endpoint = Endpoint::parse("ws://[::1]:3000").unwrap();
        assert_eq!(
            endpoint.url(Transport::Polling, Some("s-1")),
            "http://[::1]:3000/socket.io/?EIO=4&transport=polling&sid=s-1"
        );
    }

    #[test]
    fn refusals() {
        for (url, error) in [
            ("", ConfigError::Scheme),
            ("localhost:3000", ConfigError::Scheme),
            ("ftp://a", ConfigError::Scheme),
            ("http://", ConfigError::Host),
            ("http://a b", ConfigError::Host),
            ("http://[::1", ConfigError::Host),
            ("http://a:b", ConfigError::Port),
            ("http://a:", ConfigError::Port),
            ("http://a:0", ConfigError::Port),
            ("http://a:65536", ConfigError::Port),
            ("http://u:p@a", ConfigError::Credentials),
            ("http://a/chat", ConfigError::UrlPath),
        ] {
            assert_eq!(Endpoint::parse(url), Err(error), "{url}");
        }
    }
}
