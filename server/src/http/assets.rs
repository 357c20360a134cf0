//! The page's files. A release binary carries them inside, compressed; a debug build reads them from
//! the site directory, so that `cargo leptos watch` can replace them under it.

use axum::body::Bytes;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use http::{HeaderMap, HeaderName, StatusCode};
use std::path::{Component, Path, PathBuf};

struct Embedded {
    path: &'static str,
    etag: &'static str,
    plain: &'static [u8],
    brotli: Option<&'static [u8]>,
    gzip: Option<&'static [u8]>,
}

static EMBEDDED: &[Embedded] = include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

const PACKAGE: &str = "/pkg/";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
const REVALIDATE: &str = "no-cache";

pub(crate) struct Assets {
    source: Source,
    pub(crate) script: String,
    pub(crate) wasm: String,
    pub(crate) style: String,
}

enum Source {
    Embedded,
    Directory(PathBuf),
}

struct Found {
    bytes: Bytes,
    encoding: Option<&'static str>,
    etag: Option<String>,
}

impl Assets {
    pub(crate) fn load() -> Self {
        let source = if EMBEDDED.is_empty() {
            let root = std::env::var_os("LEPTOS_SITE_ROOT").unwrap_or_else(|| "target/site".into());
            Source::Directory(root.into())
        } else {
            Source::Embedded
        };
        Self { script: packaged(".js"), wasm: packaged(".wasm"), style: packaged(".css"), source }
    }

    /// The file at this path, or nothing.
    pub(crate) fn serve(&self, path: &str, request: &HeaderMap) -> Option<Response> {
        let found = self.source.find(path, request)?;
        let cached = if self.is_hashed(path) { IMMUTABLE } else { REVALIDATE };
        let mut headers: Vec<(HeaderName, String)> = vec![
            (CONTENT_TYPE, content_type(path).into()),
            (CACHE_CONTROL, cached.into()),
            (VARY, "accept-encoding".into()),
        ];
        headers.extend(found.encoding.map(|encoding| (CONTENT_ENCODING, encoding.into())));
        if let Some(etag) = found.etag {
            let fresh = request.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
            let unchanged =
                fresh.is_some_and(|known| known.split(',').any(|one| one.trim() == etag));
            headers.push((ETAG, etag));
            if unchanged {
                return Some(
                    (StatusCode::NOT_MODIFIED, axum::response::AppendHeaders(headers))
                        .into_response(),
                );
            }
        }
        let mut response = found.bytes.into_response();
        response.headers_mut().remove(CONTENT_TYPE);
        Some((axum::response::AppendHeaders(headers), response).into_response())
    }

    /// Only a release build names its files by their content.
    fn is_hashed(&self, path: &str) -> bool {
        matches!(self.source, Source::Embedded) && path.starts_with(PACKAGE)
    }
}

impl Source {
    fn find(&self, path: &str, request: &HeaderMap) -> Option<Found> {
        match self {
            Self::Embedded => {
                let file = EMBEDDED.iter().find(|file| file.path == path)?;
                let (encoding, bytes) = file.best_for(request);
                // Two encodings are two representations: a strong tag tells them apart.
                let suffix = encoding.map(|encoding| format!("-{encoding}")).unwrap_or_default();
                let etag = Some(format!("\"{}{suffix}\"", file.etag));
                Some(Found { bytes: Bytes::from_static(bytes), encoding, etag })
            }
            Self::Directory(root) => {
                let relative = Path::new(path.strip_prefix('/')?);
                let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
                let bytes = std::fs::read(root.join(relative)).ok().filter(|_| inside)?;
                Some(Found { bytes: bytes.into(), encoding: None, etag: None })
            }
        }
    }
}

/// The package's one file of this kind; its name may hold a hash.
fn packaged(suffix: &str) -> String {
    let embedded = EMBEDDED.iter().map(|file| file.path);
    let mut packaged = embedded.filter_map(|path| path.strip_prefix(PACKAGE));
    let is_it = |name: &str| name.ends_with(suffix) && !name.contains('/');
    let name = packaged.find(|name| is_it(name)).map(str::to_owned);
    format!("{PACKAGE}{}", name.unwrap_or_else(|| format!("beseda{suffix}")))
}

impl Embedded {
    fn best_for(&self, request: &HeaderMap) -> (Option<&'static str>, &'static [u8]) {
        match (self.brotli, self.gzip) {
            (Some(bytes), _) if accepts(request, "br") => (Some("br"), bytes),
            (_, Some(bytes)) if accepts(request, "gzip") => (Some("gzip"), bytes),
            _ => (None, self.plain),
        }
    }
}

fn accepts(request: &HeaderMap, encoding: &str) -> bool {
    let listed = request.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    listed.flat_map(|list| list.split(',')).any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        named && parts.all(|parameter| !matches!(parameter, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

pub(super) fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json" | "map") => "application/json",
        Some("png") => "image/png",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        Some("wav") => "audio/wav",
        Some("wasm") => "application/wasm",
        Some("webmanifest") => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking_for(encodings: &str) -> HeaderMap {
        HeaderMap::from_iter([(ACCEPT_ENCODING, encodings.parse().unwrap())])
    }

    #[test]
    fn the_best_encoding_that_the_browser_takes() {
        let file =
            Embedded { path: "", etag: "", plain: b"p", brotli: Some(b"b"), gzip: Some(b"g") };
        assert_eq!(file.best_for(&asking_for("gzip, deflate, br, zstd")).0, Some("br"));
        assert_eq!(file.best_for(&asking_for("br;q=0, gzip;q=0.5")).0, Some("gzip"));
        assert_eq!(file.best_for(&HeaderMap::new()), (None, &b"p"[..]));
    }

    #[test]
    fn nothing_outside_the_directory_is_served() {
        let dir = tempfile::tempdir().unwrap();
        let site = dir.path().join("site");
        std::fs::create_dir(&site).unwrap();
        std::fs::write(dir.path().join("secret"), "s").unwrap();
        std::fs::write(site.join("open"), "o").unwrap();
        let source = Source::Directory(site);
        assert!(source.find("/open", &HeaderMap::new()).is_some());
        for path in ["/../secret", "//etc/passwd", "/./../secret", "secret", "/"] {
            assert!(source.find(path, &HeaderMap::new()).is_none(), "{path}");
        }
    }
}
