//! The first page, and the files that it is made of.

use crate::command::client::{Answer, AskError, Place};
use crate::command::doctor::finding::{About, Finding};
use http::StatusCode;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING};

const ABOUT: About = About::Server;
const FILES: &str = "/pkg/";

pub(super) async fn look(place: &Place) -> Vec<Finding> {
    let page = match ask(place, "/").await {
        Ok(page) if page.status == StatusCode::OK => page,
        Ok(page) => {
            return vec![
                ABOUT.problem(format!("the first page is answered {}", page.status), LET_THROUGH),
            ];
        }
        Err(error) => {
            return vec![
                ABOUT.problem(format!("the first page doesn't come: {error}"), LET_THROUGH),
            ];
        }
    };
    let mut found = vec![compression(&page)];
    // As the browser would ask for it, had it understood what was compressed.
    let plain = place.get("/", &[]).await.map(|page| page.text()).unwrap_or_default();
    if let Some(path) = file_of(&plain) {
        found.push(match ask(place, path).await {
            Ok(file) => caching(path, &file),
            Err(error) => ABOUT.problem(format!("{path} doesn't come: {error}"), LET_THROUGH),
        });
    }
    found
}

const LET_THROUGH: &str = "let the proxy hand on every path to Beseda";

async fn ask(place: &Place, path: &str) -> Result<Answer, AskError> {
    place.get(path, &[(ACCEPT_ENCODING, "br, gzip".to_owned())]).await
}

/// The first of its files that the page names.
fn file_of(page: &str) -> Option<&str> {
    let from = &page[page.find(FILES)?..];
    Some(&from[..from.find(['"', '\''])?])
}

fn compression(page: &Answer) -> Finding {
    match page.header(CONTENT_ENCODING) {
        "" => ABOUT.note(
            "the first page comes uncompressed",
            "have the proxy hand on Accept-Encoding, or compress by itself",
        ),
        encoding => ABOUT.ok(format!("the first page comes, compressed ({encoding})")),
    }
}

/// A release build's files are named by their content.
fn caching(path: &str, file: &Answer) -> Finding {
    if file.status != StatusCode::OK {
        let told = format!(
            "the page works without script and style only: {path} is answered {}",
            file.status
        );
        return ABOUT.note(
            told,
            "install a program that was built with `make build`, the same on all nodes",
        );
    }
    let told = file.header(CACHE_CONTROL);
    if told.contains("immutable") {
        ABOUT.ok("the page's files are kept by browsers")
    } else {
        let said = format!("browsers ask for the page's files each time (Cache-Control: {told})");
        ABOUT.note(
            said,
            "let the proxy leave Cache-Control as it is; a build for development says so by itself",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_the_page_is_found() {
        let page = r#"<link href="/a.css"><script src="/pkg/beseda.1a2b.js" defer>"#;
        assert_eq!(file_of(page), Some("/pkg/beseda.1a2b.js"));
        assert_eq!(file_of("<p>no files"), None);
    }
}
