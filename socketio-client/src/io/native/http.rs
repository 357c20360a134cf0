//! The two kinds of request that polling makes.

use std::{error::Error, io};

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, header};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};

use super::tls;
use crate::{
    codec::MAX_PACKET,
    core::{Input, Millis, patience},
};

struct Failure {
    message: String,
    retry_after: Option<Millis>,
}

impl<E: Error> From<E> for Failure {
    fn from(error: E) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            message = format!("{message}: {cause}");
            source = cause.source();
        }
        Self { message, retry_after: None }
    }
}

/// Connections that are kept between requests.
#[derive(Clone)]
pub(super) struct Http {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Http {
    pub(super) fn new(secure: bool) -> io::Result<Self> {
        let tls = if secure { tls::config()? } else { tls::unused()? };
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        tcp.enforce_http(false);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config((*tls).clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector) })
    }
}

pub(super) async fn get(http: io::Result<Http>, url: String, headers: HeaderMap) -> Input {
    match send(http, Method::GET, &url, headers, Bytes::new()).await {
        Ok(text) => Input::Polled(text),
        Err(failure) => failed("xhr poll error", failure),
    }
}

pub(super) async fn post(
    http: io::Result<Http>,
    url: String,
    headers: HeaderMap,
    body: String,
) -> Input {
    match send(http, Method::POST, &url, headers, body.into()).await {
        Ok(_) => Input::Posted,
        Err(failure) => failed("xhr post error", failure),
    }
}

fn failed(what: &str, failure: Failure) -> Input {
    let Failure { message, retry_after } = failure;
    let message = format!("{what}: {message}");
    Input::Failed { message, retry_after }
}

async fn send(
    http: io::Result<Http>,
    method: Method,
    url: &str,
    headers: HeaderMap,
    body: Bytes,
) -> Result<String, Failure> {
    let mut request = Request::builder().method(&method).uri(url).body(Full::new(body))?;
    request.headers_mut().extend(headers);
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("*/*"));
    if method == Method::POST {
        let text = HeaderValue::from_static("text/plain;charset=UTF-8");
        request.headers_mut().insert(header::CONTENT_TYPE, text);
    }
    let response = http?.client.request(request).await?;
    if !response.status().is_success() {
        let header = response.headers().get(header::RETRY_AFTER);
        let text = header.and_then(|value| value.to_str().ok());
        let retry_after = patience::of_header(|| text.map(String::from));
        return Err(Failure { message: response.status().to_string(), retry_after });
    }
    let body = Limited::new(response.into_body(), MAX_PACKET).collect().await;
    let bytes = body.map_err(io::Error::other)?.to_bytes();
    Ok(String::from_utf8(bytes.into())?)
}
