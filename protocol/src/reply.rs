//! Every acknowledged event is answered with `{"ok": true, …}` or `{"ok": false, "error": {…}}`.

use crate::error::{ApiError, ErrorCode};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize, Serializer};

pub struct Reply<T>(pub Result<T, ApiError>);

impl<T: Serialize> Serialize for Reply<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Granted<'a, T> {
            ok: bool,
            #[serde(flatten)]
            body: &'a T,
        }
        #[derive(Serialize)]
        struct Refused<'a> {
            ok: bool,
            error: &'a ApiError,
        }
        match &self.0 {
            Ok(body) => Granted { ok: true, body }.serialize(serializer),
            Err(error) => Refused { ok: false, error }.serialize(serializer),
        }
    }
}

/// Reads an answer from its JSON. One that is in no known shape counts as the server's fault.
pub fn read<T: DeserializeOwned>(json: &str) -> Result<T, ApiError> {
    #[derive(Deserialize)]
    struct Head {
        ok: bool,
        error: Option<ApiError>,
    }
    match serde_json::from_str(json) {
        Ok(Head { ok: true, .. }) => serde_json::from_str(json).map_err(|_| unreadable()),
        Ok(Head { error: Some(error), .. }) => Err(error),
        _ => Err(unreadable()),
    }
}

/// What stands for an answer in no known shape.
pub fn unreadable() -> ApiError {
    ApiError::new(ErrorCode::Internal, "the server's answer can't be read; is it a newer version?")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Reason;
    use crate::event::Sent;
    use serde_json::{Value, json};

    #[test]
    fn a_grant_carries_its_body_beside_ok() {
        let wire = serde_json::to_value(Reply(Ok(json!({"a": 1})))).unwrap();
        assert_eq!(wire, json!({"ok": true, "a": 1}));
    }

    #[test]
    fn a_refusal_survives_the_wire() {
        let error = ApiError::invalid("name", Reason::Taken, "taken");
        let wire = serde_json::to_value(Reply::<Value>(Err(error.clone()))).unwrap();
        assert_eq!(wire["error"]["code"], "validation");
        assert_eq!(wire["error"]["details"]["reason"], "taken");
        assert_eq!(read::<Value>(&wire.to_string()), Err(error));
    }

    #[test]
    fn nonsense_is_an_error_and_no_panic() {
        for answer in [json!(null), json!([]), json!({"ok": false}), json!({"ok": true})] {
            assert_eq!(read::<Sent>(&answer.to_string()).unwrap_err().code, ErrorCode::Internal);
        }
    }
}
