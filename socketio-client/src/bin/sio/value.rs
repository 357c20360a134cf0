//! Binary in JSON: `{"$binary": "<base64>"}`.

use serde::{
    Serialize, Serializer,
    ser::{Error, SerializeMap, SerializeSeq},
};
use serde_json::Value;
use socketio_client::{
    Binary, List,
    codec::{decode_base64, encode_base64, replace_attachments},
};

/// A value whose `$binary` objects are sent as binary.
struct Argument<'a>(&'a Value);

impl Serialize for Argument<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Array(items) => {
                let mut list = serializer.serialize_seq(Some(items.len()))?;
                for item in items {
                    list.serialize_element(&Argument(item))?;
                }
                list.end()
            }
            Value::Object(members) if members.len() == 1 && members.contains_key("$binary") => {
                let base64 = members.get("$binary").and_then(Value::as_str);
                let bytes = base64.and_then(decode_base64);
                let bytes =
                    bytes.ok_or_else(|| S::Error::custom("$binary holds no valid base64"))?;
                Binary::from(bytes).serialize(serializer)
            }
            Value::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                for (key, value) in members {
                    map.serialize_entry(key, &Argument(value))?;
                }
                map.end()
            }
            other => other.serialize(serializer),
        }
    }
}

pub(crate) fn list(values: &[Value]) -> Result<List, serde_json::Error> {
    values.iter().try_fold(List::new(), |list, value| list.with(&Argument(value)))
}

/// A packet's JSON on one line, its attachments written out.
pub(crate) fn inline(json: &str, attachments: &[Binary]) -> String {
    // A line break can only be white space here: inside strings it is escaped.
    let json = json.replace(['\n', '\r'], " ");
    if attachments.is_empty() {
        return json;
    }
    replace_attachments(&json, |num, out| {
        out.push_str("{\"$binary\":\"");
        encode_base64(attachments.get(num).map_or(&[], |bytes| &**bytes), out);
        out.push_str("\"}");
    })
}
