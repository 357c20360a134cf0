//! The JavaScript client is served beside the sockets, to every page.

use crate::house::{House, get};
use reqwest::StatusCode;

#[tokio::test]
async fn the_client_is_served_to_any_page_and_kept_by_it() {
    let house = House::open().await;
    for (file, kind) in [
        ("socket.io.js", "text/javascript; charset=utf-8"),
        ("socket.io.min.js", "text/javascript; charset=utf-8"),
        ("socket.io.esm.min.js", "text/javascript; charset=utf-8"),
        ("socket.io.js.map", "application/json"),
        ("socket.io.min.js.map", "application/json"),
        ("socket.io.esm.min.js.map", "application/json"),
    ] {
        let path = format!("/socket.io/{file}");
        // As a page of another origin loads a script.
        let ask = || get(&house.url, &path).header("sec-fetch-site", "cross-site");
        let answer = ask().send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{file}; run scripts/bootstrap test");
        let headers = answer.headers().clone();
        assert_eq!(headers["content-type"], kind);
        assert_eq!(headers["access-control-allow-origin"], "*");
        assert_eq!(headers["cache-control"], "public, max-age=604800");
        assert!(answer.bytes().await.unwrap().len() > 40_000, "{file}");
        let again = ask().header("if-none-match", &headers["etag"]).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED);
        let packed = ask().header("accept-encoding", "gzip").send().await.unwrap();
        assert_eq!(packed.headers()["content-encoding"], "gzip");
    }
    house.close().await;
}

#[tokio::test]
async fn beside_the_client_the_sockets_are_as_they_were() {
    let house = House::open().await;
    let handshake = get(&house.url, "/socket.io/?EIO=4&transport=polling").send().await.unwrap();
    assert_eq!(handshake.status(), StatusCode::OK);
    assert!(handshake.text().await.unwrap().starts_with("0{\"sid\":"));
    let foreign = get(&house.url, "/socket.io/?EIO=4&transport=polling");
    let refused = foreign.header("origin", "https://elsewhere.example").send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    house.close().await;
}
