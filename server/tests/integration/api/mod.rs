//! The API as a program uses it. Every answer that a test gets is held against the document, too.

mod admin;
mod bot;
mod documents;
mod messages;
mod notifications;
mod requests;
mod rooms;
mod schema;
mod search;
mod session;

use crate::house::House;
use protocol::{ApiError, ErrorCode, Role, reply};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use schema::Document;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// Someone who uses the API.
pub(crate) struct Program {
    url: String,
    pub(crate) token: String,
    document: Document,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Program {
    pub(crate) async fn with_token(url: &str, token: &str) -> Self {
        let document = Document::fetch(url, "openapi").await;
        Self { url: url.to_owned(), token: token.to_owned(), document }
    }

    pub(crate) async fn stranger(house: &House) -> Self {
        Self::with_token(&house.url, "").await
    }

    /// Everyone is a member of `general` from the beginning.
    pub(crate) async fn guest(house: &House, name: &str) -> Self {
        let mut program = Self::stranger(house).await;
        let welcome: Value = program.post("/session", &json!({ "name": name })).await.granted();
        welcome["token"].as_str().unwrap().clone_into(&mut program.token);
        program
    }

    pub(crate) async fn account(house: &House, name: &str, role: Role) -> Self {
        let (_, token) = house.account(name, role).await;
        Self::with_token(&house.url, &token).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, self.request(Method::GET, path)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, self.request(Method::DELETE, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::POST, path).header(CONTENT_TYPE, "application/json");
        self.send(Method::POST, path, request.body(body.to_string())).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(Method::PATCH, path).header(CONTENT_TYPE, "application/json");
        self.send(Method::PATCH, path, request.body(body.to_string())).await
    }

    /// A request to be changed before it is sent.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = Client::new().request(method, format!("{}/api/v1{path}", self.url));
        if self.token.is_empty() {
            return request;
        }
        request.header(AUTHORIZATION, format!("Bearer {}", self.token))
    }

    pub(crate) async fn send(&self, method: Method, path: &str, request: RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let answer = Answer { status, headers, text: response.text().await.unwrap() };
        assert_eq!(answer.headers[CONTENT_TYPE], "application/json", "{method} {path}");
        let told = serde_json::from_str(&answer.text).unwrap();
        self.document.expect_answer(&method, path, status, &told);
        answer
    }

    pub(crate) async fn my_id(&self) -> String {
        let me: Value = self.get("/session").await.granted();
        me["user"]["id"].as_str().unwrap().to_owned()
    }
}

impl Answer {
    pub(crate) fn granted<T: DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, StatusCode::OK, "{}", self.text);
        reply::read(&self.text).unwrap()
    }

    pub(crate) fn refused(&self, code: ErrorCode) -> ApiError {
        let error = reply::read::<Value>(&self.text).unwrap_err();
        assert_eq!(error.code, code, "{}", self.text);
        assert_eq!(self.status.as_u16(), code.http_status(), "{}", self.text);
        error
    }
}
