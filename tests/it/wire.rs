//! What a stock OpenEnv server was recorded to answer, against what this one reads and says.
//!
//! `tests/clients/make_wire_goldens.py` records `tests/data/wire/*.json` and says how to compare. Here the `protocol`
//! room answers for itself; the server's own tests send the same requests over sockets.

use serde_json::{Value, json};
use support_ops_env::protocol::{
    ClientFrame, Dialect, FrameError, RpcError, RpcErrorCode, RpcId, RpcMethod, RpcRequest, parse_frame,
    parse_reset_body, parse_rpc, parse_step_body, parse_tool_call, render_rpc_error, render_ws_mcp,
};

/// What is compared where the room cannot answer: only that the request was accepted.
const ACCEPTED: &str = "accepted";

#[test]
fn bodies_get_the_recorded_answers() {
    let mut compared = 0;
    for case in read_cases("http") {
        let name = case["name"].as_str().expect("a name");
        let (expect, compare) = expected(&case, "response");
        let request = &case["request"];
        let content_type = request["headers"]["content-type"].as_str();
        let body = body_of(request);
        let found = match (request["method"].as_str(), request["path"].as_str()) {
            (Some("POST"), Some("/reset")) => parse_reset_body(content_type, &body).map(drop),
            (Some("POST"), Some("/step")) => parse_step_body(content_type, &body).map(drop),
            _ => continue,
        };
        let expect_status = expect["status"].as_array().cloned().unwrap_or_else(|| vec![expect["status"].clone()]);
        let (status, found) = match found {
            Ok(()) => (200, Value::Null),
            Err(errors) => (422, serde_json::from_slice(&errors.render_http()).expect("JSON")),
        };
        assert!(expect_status.contains(&status.into()), "{name}: {status} {found}, expected {expect}");
        match compare {
            "exact" => assert_eq!(found, expect["body"], "{name}"),
            "code" => assert_eq!(first_error_type(&found), first_error_type(&expect["body"]), "{name}"),
            _ => {}
        }
        compared += 1;
    }
    assert!(compared > 200, "only {compared} cases were there");
}

#[test]
fn frames_get_the_recorded_answers() {
    let mut compared = 0;
    for case in read_cases("ws") {
        let name = case["name"].as_str().expect("a name");
        let (expect, _) = expected(&case, "");
        let frames = case["frames_in"].as_array().expect("frames");
        let answers = expect["frames_out"].as_array().expect("frames");
        for (at, (frame, expect_frame)) in frames.iter().zip(answers).enumerate() {
            let found = answer_frame(frame);
            if found == ACCEPTED || expect_frame["data"]["code"] == "EXECUTION_ERROR" {
                let accepted = expect_frame["type"] != "error" || expect_frame["data"]["code"] == "EXECUTION_ERROR";
                assert!(accepted && found == ACCEPTED, "{name}: {found}, expected {expect_frame}");
                continue;
            }
            let compare = expect["compare"][at].as_str().or(case["compare"][at].as_str()).expect("a way to compare");
            assert_eq!(found["type"], expect_frame["type"], "{name}: {found}");
            assert_eq!(found["data"]["code"], expect_frame["data"]["code"], "{name}: {found}");
            if found["type"] == "mcp" {
                assert_eq!(found["data"]["error"]["code"], expect_frame["data"]["error"]["code"], "{name}: {found}");
                assert_eq!(found["data"]["id"], expect_frame["data"]["id"], "{name}: {found}");
            }
            if compare == "exact" {
                assert_frame(name, &found, expect_frame);
            }
            compared += 1;
        }
    }
    assert!(compared > 120, "only {compared} frames were there");
}

#[test]
fn calls_get_the_recorded_answers() {
    let mut compared = 0;
    for case in read_cases("http") {
        let name = case["name"].as_str().expect("a name");
        if case["request"]["path"] != "/mcp" || case["request"]["method"] != "POST" {
            continue;
        }
        let (expect, _) = expected(&case, "response");
        let expect = &expect["body"];
        match answer_call(parse_rpc(&body_of(&case["request"]))) {
            Some(found) => {
                let found: Value = serde_json::from_str(&found).expect("JSON");
                assert_eq!(found["error"]["code"], expect["error"]["code"], "{name}: {found}");
                assert_eq!(found["id"], expect["id"], "{name}: {found}");
                let (found, expect) = (&found["error"]["message"], expect["error"]["message"].as_str());
                // Upstream's text is a page of pydantic; what it begins with is what clients can know it by.
                let start = expect.map(|expect| expect.split_inclusive(": ").next().unwrap_or(expect));
                let found = found.as_str().expect("a message");
                assert!(start.is_none_or(|start| found.starts_with(start)), "{name}: {found}");
                compared += 1;
            }
            // Whether there is such a session, only the server knows.
            None => assert!(expect["result"].is_object() || name.contains("unknown-session"), "{name}: accepted"),
        }
    }
    assert!(compared > 30, "only {compared} calls were there");
}

/// The whole frame, but a message may say more than upstream's.
fn assert_frame(name: &str, found: &Value, expect: &Value) {
    let (mut found, mut expect) = (found.clone(), expect.clone());
    let message = found["data"]["message"].take();
    let start = expect["data"]["message"].take();
    let (message, start) = (message.as_str().expect("a message"), start.as_str().expect("a message"));
    assert!(message.starts_with(start), "{name}: {message:?}, expected {start:?} and more");
    assert_eq!(found, expect, "{name}");
}

fn answer_frame(frame: &Value) -> Value {
    let found = match frame["text"].as_str() {
        Some(text) => parse_frame(text),
        None => Err(FrameError::binary()),
    };
    let text = match found {
        Ok(ClientFrame::Mcp(call)) => answer_call(call).map(|reply| render_ws_mcp(&reply)),
        Ok(_) => None,
        Err(error) => Some(error.render()),
    };
    text.map_or(ACCEPTED.into(), |text| serde_json::from_str(&text).expect("JSON"))
}

/// The reply to a call that fails whatever sessions there are.
fn answer_call(call: Result<RpcRequest, RpcError>) -> Option<String> {
    let error = match call {
        Err(error) => error,
        Ok(RpcRequest { id, method: RpcMethod::Other(method) }) => RpcError::method_not_found(id, &method),
        Ok(RpcRequest { id, method: RpcMethod::ToolsCall { name, arguments, session_id: None } }) => {
            parse_tool_call(id.as_ref(), &name, &arguments).err()?
        }
        Ok(RpcRequest { id, method: RpcMethod::SessionClose { session_id } }) if session_id == "nope" => {
            RpcError::new(id, RpcErrorCode::InvalidParams, format!("Unknown session_id: {session_id}"))
        }
        Ok(_) => return None,
    };
    Some(render_rpc_error(Dialect::OpenEnv, &error))
}

#[test]
fn ids_come_back_as_they_were_sent() {
    for (sent, expect) in
        [("\"a\"", "\"a\""), ("-3", "-3"), ("18446744073709551616", "18446744073709551616"), ("null", "null")]
    {
        let call = parse_rpc(format!(r#"{{"jsonrpc":"2.0","method":"nope","id":{sent}}}"#).as_bytes()).expect("a call");
        let reply = render_rpc_error(Dialect::OpenEnv, &RpcError::method_not_found(call.id, "nope"));
        assert!(reply.contains(&format!(r#""id":{expect},"#)), "{reply}");
    }
    let call = parse_rpc(br#"{"jsonrpc":"2.0","method":"nope"}"#).expect("a call");
    assert_eq!(call.id, None);
    assert_eq!(parse_rpc(br#"{"jsonrpc":"2.0","method":"nope","id":null}"#).expect("a call").id, Some(RpcId::Null));
}

/// The answer that is ours, and how to compare it.
fn expected<'a>(case: &'a Value, upstream: &str) -> (&'a Value, &'a str) {
    let theirs = if upstream.is_empty() { case } else { &case[upstream] };
    match case.get("ours") {
        Some(ours) => (ours, ours["compare"].as_str().unwrap_or_default()),
        None => (theirs, case["compare"].as_str().unwrap_or_default()),
    }
}

fn first_error_type(body: &Value) -> &Value {
    &body["detail"][0]["type"]
}

fn body_of(request: &Value) -> Vec<u8> {
    match (request["body"].as_str(), request["body_base64"].as_str()) {
        (Some(text), _) => text.as_bytes().to_vec(),
        (None, Some(encoded)) => decode_base64(encoded),
        (None, None) => Vec::new(),
    }
}

fn decode_base64(encoded: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::new();
    let (mut bits, mut held) = (0_u32, 0);
    for byte in encoded.bytes().filter(|&byte| byte != b'=') {
        bits = (bits << 6 | u32::from(digit(byte))) & 0xffff;
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    bytes
}

fn read_cases(file: &str) -> Vec<Value> {
    let path = format!("{}/tests/data/wire/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("the recorded answers are there");
    let recorded: Value = serde_json::from_str(&text).expect("JSON");
    recorded["cases"].as_array().cloned().unwrap_or_else(|| panic!("{path} has no cases: {}", json!(recorded)))
}
