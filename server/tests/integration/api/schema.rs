//! Holds what the server says against its documents. It knows the words of JSON Schema that these use,
//! and panics at any other, so that nothing passes unread.

use crate::house::get;
use reqwest::{Method, StatusCode};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

pub(crate) struct Document(pub(crate) Value);

/// Words that say nothing about a value.
const REMARKS: [&str; 5] = ["description", "default", "title", "format", "propertyNames"];

impl Document {
    pub(crate) async fn fetch(url: &str, name: &str) -> Self {
        let response = get(url, &format!("/api/{name}.json")).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "application/json");
        Self(serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    /// Is this what the document says about that method at that path?
    pub(crate) fn expect_answer(
        &self,
        method: &Method,
        path: &str,
        status: StatusCode,
        told: &Value,
    ) {
        let refused = &self.0["components"]["schemas"]["Refused"];
        let operation = self.operation(path).map(|paths| &paths[method.as_str().to_lowercase()]);
        let schema = match operation.map(|operation| &operation["responses"]["200"]) {
            Some(granted) if status == StatusCode::OK => {
                &granted["content"]["application/json"]["schema"]
            }
            _ => refused,
        };
        self.expect(schema, told);
    }

    fn operation(&self, path: &str) -> Option<&Value> {
        let path = path.split('?').next().unwrap_or_default();
        let alike = |template: &str| {
            let (ours, theirs) = (path.split('/'), template.split('/'));
            ours.clone().count() == theirs.clone().count()
                && ours.zip(theirs).all(|(our, their)| our == their || their.starts_with('{'))
        };
        self.0["paths"].as_object()?.iter().find(|(path, _)| alike(path)).map(|(_, item)| item)
    }

    /// Is the value of that shape, with nothing more?
    pub(crate) fn expect(&self, schema: &Value, value: &Value) {
        if let Err(why) = self.check(schema, value) {
            panic!("{why}: {value}\nis not as documented: {schema}");
        }
    }

    fn check(&self, schema: &Value, value: &Value) -> Result<(), String> {
        self.fits(schema, value)?;
        let mut known = BTreeSet::new();
        let Some(fields) = value.as_object().filter(|_| self.names(schema, &mut known)) else {
            return Ok(());
        };
        match fields.keys().find(|field| !known.contains(field.as_str())) {
            Some(field) => Err(format!("`{field}` is not mentioned")),
            None => Ok(()),
        }
    }

    /// Collects the fields that a schema names; false when any field will do.
    fn names<'a>(&'a self, schema: &'a Value, known: &mut BTreeSet<&'a str>) -> bool {
        let schema = self.resolve(schema);
        known
            .extend(schema["properties"].as_object().into_iter().flat_map(Map::keys).map(|k| &**k));
        let parts = ["allOf", "oneOf"].map(|word| schema[word].as_array());
        let mut all = parts.into_iter().flatten().flatten();
        schema.get("additionalProperties").is_none() && all.all(|part| self.names(part, known))
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(path) => {
                let there = self.0.pointer(path.trim_start_matches('#'));
                there.unwrap_or_else(|| panic!("{path} leads nowhere"))
            }
            None => schema,
        }
    }

    fn fits(&self, schema: &Value, value: &Value) -> Result<(), String> {
        let words = schema.as_object().unwrap_or_else(|| panic!("no schema: {schema}"));
        words.iter().try_for_each(|(word, told)| self.word(word, told, value))
    }

    fn word(&self, word: &str, told: &Value, value: &Value) -> Result<(), String> {
        let each = || told.as_array().into_iter().flatten();
        match word {
            "$ref" => self.fits(self.resolve(&json!({ "$ref": told })), value),
            "allOf" => each().try_for_each(|part| self.fits(part, value)),
            "oneOf" => match each().filter(|part| self.check(part, value).is_ok()).count() {
                0 => Err("none of its shapes".to_owned()),
                _ => Ok(()),
            },
            "type" => is_one_of(told, value),
            "const" if told == value => Ok(()),
            "enum" if each().any(|one| one == value) => Ok(()),
            "minimum" if value.as_f64() >= told.as_f64() || !value.is_number() => Ok(()),
            "const" | "enum" | "minimum" => Err(format!("{word} is {told}")),
            "required" => match each().find(|field| value.get(field.as_str().unwrap()).is_none()) {
                Some(field) => Err(format!("{field} is missing")),
                None => Ok(()),
            },
            "properties" => told.as_object().unwrap().iter().try_for_each(|(field, schema)| {
                value.get(field).map_or(Ok(()), |value| self.check(schema, value))
            }),
            "items" => value.as_array().into_iter().flatten().try_for_each(|v| self.check(told, v)),
            "additionalProperties" => {
                let fields = value.as_object().into_iter().flat_map(Map::values);
                fields.into_iter().try_for_each(|value| self.check(told, value))
            }
            remark if REMARKS.contains(&remark) => Ok(()),
            unknown => panic!("the documents use a word that this test doesn't know: {unknown}"),
        }
    }
}

#[test]
fn what_is_not_as_documented_is_noticed() {
    let document = Document(json!({
        "words": { "type": "object", "required": ["a"], "properties": { "a": { "type": "string" } } },
    }));
    let schema = json!({ "allOf": [
        { "$ref": "#/words" },
        { "type": "object", "properties": { "b": { "type": ["integer", "null"], "minimum": 1 } } },
    ] });
    for right in [json!({ "a": "" }), json!({ "a": "", "b": 1 }), json!({ "a": "", "b": null })] {
        assert_eq!(document.check(&schema, &right), Ok(()));
    }
    for wrong in [
        json!({}),
        json!({ "a": 1 }),
        json!({ "a": "", "b": 0 }),
        json!({ "a": "", "b": 1.5 }),
        json!({ "a": "", "c": 1 }),
        json!([]),
    ] {
        assert!(document.check(&schema, &wrong).is_err(), "{wrong}");
    }
}

fn is_one_of(types: &Value, value: &Value) -> Result<(), String> {
    let is = |name: &Value| match name.as_str() {
        Some("object") => value.is_object(),
        Some("array") => value.is_array(),
        Some("string") => value.is_string(),
        Some("integer") => value.is_u64() || value.is_i64(),
        Some("number") => value.is_number(),
        Some("boolean") => value.is_boolean(),
        Some("null") => value.is_null(),
        _ => panic!("no type: {name}"),
    };
    let fits = types.as_array().map_or_else(|| is(types), |types| types.iter().any(is));
    if fits { Ok(()) } else { Err(format!("no {types}: {value}")) }
}
