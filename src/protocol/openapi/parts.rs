//! What routes are made of: answers, parameters, references to what is said once.

use serde_json::{Map, Value, json};

use crate::protocol::schema;

/// The answer that went well, those named, and any other.
pub(super) fn responses(ok: Value, failures: &[&str]) -> Value {
    let mut responses = Map::from_iter([("200".to_owned(), ok)]);
    for status in failures {
        let name = match *status {
            "404" => "UnknownSession",
            "409" => "NotReset",
            "422" => "Invalid",
            _ => "Unavailable",
        };
        responses.insert((*status).to_owned(), component_response(name));
    }
    responses.insert("default".to_owned(), component_response("Error"));
    Value::Object(responses)
}

pub(super) fn envelope_response(description: &str) -> Value {
    let mut response = json_response(description, component("Envelope"));
    response["headers"] = json!({
        "X-Session-ID": { "description": "The session's id.", "schema": { "type": "string" } },
    });
    response
}

pub(super) fn json_response(description: &str, schema: Value) -> Value {
    json!({ "description": description, "content": { "application/json": { "schema": schema } } })
}

pub(super) fn component(name: &str) -> Value {
    json!({ "$ref": format!("#{}/{name}", schema::COMPONENTS) })
}

pub(super) fn component_parameter(name: &str) -> Value {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

pub(super) fn component_response(name: &str) -> Value {
    json!({ "$ref": format!("#/components/responses/{name}") })
}

pub(super) fn object(properties: Value, required: &[&str]) -> Value {
    json!({ "type": "object", "properties": properties, "required": required })
}
