//! The page's files. A release binary carries them inside, compressed; a debug build reads them from
//! the site directory, so that `cargo leptos watch` can replace them under it.

use app::ssr::document::{Files, PageFiles};
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
/// Of the package, what only the admin's page loads. `scripts/admin.mjs` builds it.
const ADMIN: &str = "/pkg/admin/";
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
const REVALIDATE: &str = "no-cache";

pub(crate) struct Assets {
    source: Source,
    pub(crate) files: PageFiles,
}

enum Source {
    Embedded,
    /// Where the page's files are, and beside it those of the admin's page.
    Directory {
        site: PathBuf,
        admin: PathBuf,
    },
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
            Source::beside(root.into())
        } else {
            Source::Embedded
        };
        let admin = source.has_admin().then(|| packaged(ADMIN, "admin"));
        Self { files: PageFiles { chat: packaged(PACKAGE, "beseda"), admin }, source }
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
    fn beside(site: PathBuf) -> Self {
        Self::Directory { admin: site.with_file_name("admin"), site }
    }

    /// Without them the admin's page is what the server renders, and no more.
    fn has_admin(&self) -> bool {
        match self {
            Self::Embedded => EMBEDDED.iter().any(|file| file.path.starts_with(ADMIN)),
            Self::Directory { admin, .. } => admin.is_dir(),
        }
    }

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
            Self::Directory { site, admin } => {
                let (root, relative) = match path.strip_prefix(ADMIN) {
                    Some(relative) => (admin, relative),
                    None => (site, path.strip_prefix('/')?),
                };
                let relative = Path::new(relative);
                let inside = relative.components().all(|part| matches!(part, Component::Normal(_)));
                let bytes = std::fs::read(root.join(relative)).ok().filter(|_| inside)?;
                Some(Found { bytes: bytes.into(), encoding: None, etag: None })
            }
        }
    }
}

/// What stands in this directory of the package: one file of each kind, whose name may hold a hash.
fn packaged(directory: &str, name: &str) -> Files {
    let one = |suffix: &str| {
        let mut names = EMBEDDED.iter().filter_map(|file| file.path.strip_prefix(directory));
        let found = names.find(|name| name.ends_with(suffix) && !name.contains('/'));
        format!("{directory}{}", found.map_or_else(|| format!("{name}{suffix}"), str::to_owned))
    };
    Files { script: one(".js"), wasm: one(".wasm"), style: one(".css") }
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
        let source = Source::beside(site);
        assert!(!source.has_admin());
        std::fs::create_dir(dir.path().join("admin")).unwrap();
        std::fs::write(dir.path().join("admin/admin.js"), "a").unwrap();
        assert!(source.has_admin());
        for path in ["/open", "/pkg/admin/admin.js"] {
            assert!(source.find(path, &HeaderMap::new()).is_some(), "{path}");
        }
        let outside = "/pkg/admin/../secret";
        for path in ["/../secret", outside, "//etc/passwd", "/./../secret", "secret", "/"] {
            assert!(source.find(path, &HeaderMap::new()).is_none(), "{path}");
        }
    }
}
