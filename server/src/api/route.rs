//! A route and its documentation in one: what is asked and answered is read off the handler's own
//! types, so that the document can't say anything else.

use super::answer::{Granted, Refusal};
use super::ask::{self, Ask, Asker, Caller, IDEMPOTENCY_KEY, Said};
use crate::schemas::Schemas;
use axum::Router;
use axum::extract::State;
use axum::handler::Handler;
use axum::response::AppendHeaders;
use axum::routing::{MethodFilter, on};
use chat::Chat;
use http::Method;
use http::header::SET_COOKIE;
use protocol::event::Send;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

/// Routes in families, as they are served and as they are documented.
#[derive(Default)]
pub(super) struct Table {
    router: Router<Chat>,
    families: Vec<Value>,
    paths: Map<String, Value>,
    schemas: Schemas,
}

impl Table {
    /// The routes that follow belong to it.
    pub(super) fn family(mut self, name: &str, says: &str) -> Self {
        self.families.push(json!({ "name": name, "description": says }));
        self
    }

    pub(super) fn get<H, T: 'static>(self, path: &str, handler: H, says: &str) -> Self
    where
        H: Handler<T, Chat> + Documented<T>,
    {
        self.route(&Method::GET, MethodFilter::GET, path, handler, says)
    }

    pub(super) fn post<H, T: 'static>(self, path: &str, handler: H, says: &str) -> Self
    where
        H: Handler<T, Chat> + Documented<T>,
    {
        self.route(&Method::POST, MethodFilter::POST, path, handler, says)
    }

    pub(super) fn patch<H, T: 'static>(self, path: &str, handler: H, says: &str) -> Self
    where
        H: Handler<T, Chat> + Documented<T>,
    {
        self.route(&Method::PATCH, MethodFilter::PATCH, path, handler, says)
    }

    pub(super) fn delete<H, T: 'static>(self, path: &str, handler: H, says: &str) -> Self
    where
        H: Handler<T, Chat> + Documented<T>,
    {
        self.route(&Method::DELETE, MethodFilter::DELETE, path, handler, says)
    }

    fn route<H, T: 'static>(
        mut self,
        method: &Method,
        filter: MethodFilter,
        path: &str,
        handler: H,
        says: &str,
    ) -> Self
    where
        H: Handler<T, Chat> + Documented<T>,
    {
        let mut operation = Operation::new(method, path, &mut self.schemas);
        operation.set("summary", says);
        operation.set("operationId", name_of::<H>());
        if let Some(family) = self.families.last() {
            operation.set("tags", json!([family["name"]]));
        }
        H::document(&mut operation);
        let fields = Value::Object(operation.fields);
        let methods = self.paths.entry(path).or_insert_with(|| json!({}));
        methods[method.as_str().to_lowercase()] = fields;
        self.router = self.router.route(path, on(filter, handler));
        self
    }

    /// What serves, and what the document says of it.
    pub(super) fn finish(self) -> (Router<Chat>, Documentation) {
        let Self { router, families, paths, schemas } = self;
        (router, Documentation { families, paths, schemas: schemas.finish() })
    }
}

pub(super) struct Documentation {
    pub(super) families: Vec<Value>,
    pub(super) paths: Map<String, Value>,
    pub(super) schemas: Value,
}

/// A handler called `list` in `rooms.rs` is the operation `rooms_list`.
fn name_of<H>() -> String {
    let mut segments = std::any::type_name::<H>().rsplit("::");
    let (function, file) = (segments.next(), segments.next());
    format!("{}_{}", file.unwrap_or_default(), function.unwrap_or_default())
}

/// What the document says of one method at one path.
pub(super) struct Operation<'a> {
    method: &'a Method,
    path: &'a str,
    schemas: &'a mut Schemas,
    fields: Map<String, Value>,
}

impl<'a> Operation<'a> {
    fn new(method: &'a Method, path: &'a str, schemas: &'a mut Schemas) -> Self {
        let mut operation = Self { method, path, schemas, fields: Map::new() };
        // Until a handler wants to know who asks.
        operation.set("security", json!([]));
        operation
    }

    fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.fields.insert(field.to_owned(), value.into());
    }

    /// The payload's fields are in the path by their names; the others are in the body or in the query.
    fn asks<T: ToSchema>(&mut self, optional: Option<&str>) {
        let shape = self.schemas.of::<T>();
        let mut rest = self.schemas.resolve(&shape).clone();
        let in_path = |name: &str| self.path.contains(&format!("{{{name}}}"));
        let is_required = |shape: &Value, name: &str| {
            shape["required"].as_array().is_some_and(|all| all.iter().any(|one| one == name))
        };
        let mut parameters = Vec::new();
        let mut left = Map::new();
        let properties = rest["properties"].as_object().cloned().unwrap_or_default();
        for (name, schema) in properties {
            if in_path(&name) {
                parameters.push(parameter("path", &name, true, &schema));
            } else if ask::has_body(self.method) {
                left.insert(name, schema);
            } else {
                parameters.push(parameter("query", &name, is_required(&rest, &name), &schema));
            }
        }
        if !parameters.is_empty() {
            self.fields.entry("parameters").or_insert(json!([]));
        }
        if let Some(Value::Array(all)) = self.fields.get_mut("parameters") {
            all.extend(parameters);
        }
        if left.is_empty() {
            return;
        }
        let named = is_required_of(&rest, |name| left.contains_key(name) && Some(name) != optional);
        let (required, whole) = (!named.is_empty(), shape.get("$ref").is_some());
        let untouched = whole && !self.path.contains('{') && optional.is_none();
        rest["properties"] = Value::Object(left);
        rest["required"] = named.into();
        let schema = if untouched { shape } else { rest };
        let content = json!({ "application/json": { "schema": schema } });
        self.set("requestBody", json!({ "required": required, "content": content }));
    }

    fn answers<T: ToSchema>(&mut self, headers: Value) {
        let schema = self.schemas.granted::<T>();
        let mut granted = json!({
            "description": "It is granted.",
            "content": { "application/json": { "schema": schema } },
        });
        if headers != Value::Null {
            granted["headers"] = headers;
        }
        let refused = json!({ "$ref": "#/components/responses/Refused" });
        self.set("responses", json!({ "200": granted, "default": refused }));
    }
}

fn is_required_of(shape: &Value, keep: impl Fn(&str) -> bool) -> Vec<Value> {
    let all = shape["required"].as_array().cloned().unwrap_or_default();
    all.into_iter().filter(|name| name.as_str().is_some_and(&keep)).collect()
}

fn parameter(place: &str, name: &str, required: bool, schema: &Value) -> Value {
    let mut schema = without_null(schema.clone());
    let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
    let mut parameter =
        json!({ "in": place, "name": name, "required": required, "schema": schema });
    if let Some(description) = description {
        parameter["description"] = description;
    }
    parameter
}

/// In a path or a query nothing is null; it is absent.
fn without_null(mut schema: Value) -> Value {
    if let Some(Value::Array(types)) = schema.get_mut("type") {
        types.retain(|one| one != "null");
        if let [one] = types.as_slice() {
            schema["type"] = one.clone();
        }
    }
    if let Some(Value::Array(choices)) = schema.get("oneOf")
        && let [null, other] = choices.as_slice()
        && null["type"] == "null"
    {
        return other.clone();
    }
    schema
}

/// A handler whose types say what is asked and answered.
pub(super) trait Documented<T> {
    fn document(operation: &mut Operation<'_>);
}

/// What a handler wants of a request.
pub(super) trait Part {
    fn document(operation: &mut Operation<'_>);
}

/// What it answers.
pub(super) trait Answers {
    fn document(operation: &mut Operation<'_>);
}

macro_rules! documented {
    ($($part:ident),*) => {
        impl<F, M, Run, Out, $($part),*> Documented<(M, $($part,)*)> for F
        where
            F: FnOnce($($part),*) -> Run,
            Run: Future<Output = Out>,
            Out: Answers,
            $($part: Part),*
        {
            fn document(operation: &mut Operation<'_>) {
                $($part::document(operation);)*
                Out::document(operation);
            }
        }
    };
}

documented!(A, B);
documented!(A, B, C);
documented!(A, B, C, D);

impl Part for State<Chat> {
    fn document(_: &mut Operation<'_>) {}
}

impl Part for Caller {
    fn document(_: &mut Operation<'_>) {}
}

impl Part for Asker {
    fn document(operation: &mut Operation<'_>) {
        // As everywhere, says the head of the document.
        operation.fields.remove("security");
    }
}

impl<T: ToSchema> Part for Ask<T> {
    fn document(operation: &mut Operation<'_>) {
        operation.asks::<T>(None);
    }
}

impl Part for Said {
    fn document(operation: &mut Operation<'_>) {
        operation.asks::<Send>(Some("id"));
        let key = json!({
            "in": "header",
            "name": IDEMPOTENCY_KEY.as_str(),
            "description": "Any text, the same for every try of one message; instead of `id`.",
            "schema": { "type": "string" },
        });
        if let Some(Value::Array(parameters)) = operation.fields.get_mut("parameters") {
            parameters.push(key);
        }
    }
}

impl<T: ToSchema> Answers for Result<Granted<T>, Refusal> {
    fn document(operation: &mut Operation<'_>) {
        operation.answers::<T>(Value::Null);
    }
}

impl<H, T: ToSchema> Answers for Result<(AppendHeaders<H>, Granted<T>), Refusal> {
    fn document(operation: &mut Operation<'_>) {
        let cookie = json!({ "schema": { "type": "string" }, "description": "The session." });
        operation.answers::<T>(json!({ SET_COOKIE.as_str(): cookie }));
    }
}
