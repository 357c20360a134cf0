//! The shapes of what goes over the wire, as the documentation shows them: made of the types
//! themselves, so that they can't say anything else.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

/// Collects every type that a document mentions.
#[derive(Default)]
pub(crate) struct Schemas(Map<String, Value>);

impl Schemas {
    /// Names a type, and keeps what it is made of.
    pub(crate) fn of<T: ToSchema>(&mut self) -> Value {
        let mut inner = Vec::new();
        T::schemas(&mut inner);
        for (name, schema) in inner {
            self.keep(&name, value(&schema));
        }
        let schema = value(&T::schema());
        // What has no name of its own, such as an `Option`, stands where it is used.
        if schema["type"] != "object" && schema.get("allOf").is_none() {
            return schema;
        }
        self.keep(&T::name(), schema);
        reference(&T::name())
    }

    fn keep(&mut self, name: &str, schema: Value) {
        let other = self.0.insert(name.to_owned(), schema);
        debug_assert!(other.is_none_or(|other| other == self.0[name]), "two types called {name}");
    }

    /// The answer that adds this to `ok`.
    pub(crate) fn granted<T: ToSchema>(&mut self) -> Value {
        json!({ "allOf": [reference("Granted"), self.of::<T>()] })
    }

    /// What a reference leads to; anything else is that already.
    pub(crate) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        let name = schema["$ref"].as_str().and_then(|path| path.rsplit('/').next());
        name.and_then(|name| self.0.get(name)).unwrap_or(schema)
    }

    pub(crate) fn finish(mut self) -> Value {
        self.of::<protocol::ApiError>();
        let ok = |value: bool| json!({ "type": "boolean", "const": value });
        self.0.insert(
            "Granted".to_owned(),
            json!({ "type": "object", "required": ["ok"], "properties": { "ok": ok(true) } }),
        );
        self.0.insert(
            "Refused".to_owned(),
            json!({
                "type": "object",
                "required": ["ok", "error"],
                "properties": { "ok": ok(false), "error": reference("ApiError") },
            }),
        );
        Value::Object(self.0)
    }
}

pub(crate) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn value(schema: &RefOr<Schema>) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}
