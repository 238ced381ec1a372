//! Who gets in, on every route: the token, the `Host` and the `Origin`.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::Value;
use support_ops_env::server::{Mode, OriginRules, Settings, Token};
use support_ops_env::session::ManualClock;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use crate::http::{Desk, Reply};
use crate::ws::{Client, serve, serve_by};

const TOKEN: &str = "marker-token-4f1c";

fn with_token() -> Settings {
    Settings { token: Some(Token::parse(TOKEN).expect("a token")), ..Settings::default() }
}

/// Every route with a method that it takes: those that the interface's own description names, and those for browsers.
async fn routes() -> Vec<(String, String)> {
    let openapi = Desk::new(Settings::default()).get("/openapi.json").await.json();
    let paths = openapi["paths"].as_object().expect("the description has routes");
    let mut routes: Vec<(String, String)> = Vec::new();
    for (path, methods) in paths {
        let path = path.replace("{name}", "page.js").replace(['{', '}'], "");
        let methods = methods.as_object().expect("a route has methods");
        routes.extend(methods.keys().map(|method| (method.to_uppercase(), path.clone())));
        routes.push(("OPTIONS".to_owned(), path));
    }
    for path in ["/ws", "/ws/ui", "/mcp", "/", "/web", "/web/", "/docs", "/redoc", "/nowhere", "//health", "/health/"] {
        routes.push(("GET".to_owned(), path.to_owned()));
    }
    assert!(routes.len() > 75, "only {routes:?}");
    routes
}

async fn ask(desk: &Desk, (method, path): &(String, String), headers: &[(&str, &str)]) -> Reply {
    let mut request = Request::builder().method(&**method).uri(&**path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    desk.send(request.body(Body::empty()).expect("a request")).await
}

#[tokio::test]
async fn every_route_but_the_probes_wants_the_token() {
    let bearer = format!("Bearer {TOKEN}");
    for mode in [Mode::Simulation, Mode::Production] {
        let desk = Desk::new(Settings { mode, ..with_token() });
        for route in routes().await {
            let is_probe = ["/health", "/ready"].contains(&&*route.1);
            let asks_first = ("access-control-request-method", "POST");
            for headers in [
                vec![],
                vec![("authorization", "Bearer marker-token-4f1d")],
                vec![("cookie", &*bearer)],
                vec![asks_first],
                vec![asks_first, ("host", "localhost:8000"), ("origin", "http://localhost:8000")],
            ] {
                let reply = ask(&desk, &route, &headers).await;
                assert_eq!(reply.status == StatusCode::UNAUTHORIZED, !is_probe, "{route:?} {headers:?}");
                if !is_probe {
                    let challenges: Vec<_> = reply.headers.get_all("www-authenticate").iter().collect();
                    assert_eq!(challenges[0], "Bearer realm=\"support-ops\"", "{route:?}");
                    assert!(reply.detail().contains("Authorization: Bearer"), "{route:?}");
                    assert!(!String::from_utf8_lossy(&reply.body).contains("marker"), "{route:?}");
                }
            }
            let reply = ask(&desk, &route, &[("authorization", &bearer)]).await;
            assert_ne!(reply.status, StatusCode::UNAUTHORIZED, "{route:?}");
        }
    }
}

#[tokio::test]
async fn the_interfaces_description_tells_of_the_token_where_there_is_one() {
    let open = Desk::new(Settings::default()).get("/openapi.json").await.json();
    assert!(open.get("security").is_none() && open["components"].get("securitySchemes").is_none());
    let desk = Desk::new(with_token());
    let document = ask(&desk, &("GET".to_owned(), "/openapi.json".to_owned()), &[("x-api-key", TOKEN)]).await.json();
    let schemes = document["components"]["securitySchemes"].as_object().expect("schemes");
    for alternative in document["security"].as_array().expect("alternatives") {
        assert!(alternative.as_object().expect("an object").keys().all(|name| schemes.contains_key(name)));
    }
    assert_eq!(schemes.len(), 3);
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for operation in operations.as_object().expect("operations").values() {
            let is_probe = ["/health", "/ready"].contains(&&**path);
            assert_eq!(operation.get("security").is_some(), is_probe, "{path}");
            assert_eq!(operation["responses"].get("401").is_none(), is_probe, "{path}");
        }
    }
}

#[tokio::test]
async fn every_route_refuses_foreign_hosts_and_origins() {
    let loopback = OriginRules { loopback_only: true, ..OriginRules::default() };
    let open = OriginRules::default();
    for (rules, host, origin, passes) in [
        (&loopback, "localhost:8000", None, true),
        (&loopback, "localhost:8000", Some("http://localhost:8000"), true),
        (&loopback, "localhost:8000", Some("http://127.0.0.1:3000"), true),
        (&loopback, "evil.example", None, false),
        (&loopback, "evil.example:8000", Some("http://evil.example:8000"), false),
        (&loopback, "localhost:8000", Some("http://evil.example"), false),
        (&loopback, "localhost:8000", Some("null"), false),
        (&open, "env.example", None, true),
        (&open, "env.example", Some("https://env.example"), true),
        (&open, "env.example", Some("https://evil.example"), false),
        (&open, "env.example", Some("http://localhost:3000"), false),
        (&open, "env.example", Some("null"), false),
    ] {
        let desk = Desk::new(Settings { origins: rules.clone(), ..Settings::default() });
        for route in routes().await {
            let headers = [Some(("host", host)), origin.map(|origin| ("origin", origin))];
            let reply = ask(&desk, &route, &headers.into_iter().flatten().collect::<Vec<_>>()).await;
            // An operator's routes have reasons of their own to refuse.
            let is_refused = reply.status == StatusCode::FORBIDDEN && reply.detail().contains("is not allowed");
            assert_eq!(!is_refused, passes, "{route:?} {host} {origin:?}");
            assert_eq!(reply.header("access-control-allow-origin"), "", "{route:?}: sharing is off by default");
        }
    }
}

const PAGE: [(&str, &str); 2] = [("host", "env.example"), ("origin", "https://app.example")];

fn with_page(settings: Settings) -> Settings {
    let origins = OriginRules { allow_origins: vec!["https://app.example".into()], ..OriginRules::default() };
    Settings { origins, ..settings }
}

#[tokio::test]
async fn a_page_that_is_named_may_ask_for_the_token() {
    let desk = Desk::new(with_page(with_token()));
    let refused = ask(&desk, &("POST".to_owned(), "/step".to_owned()), &PAGE).await;
    assert_eq!(
        (refused.status, refused.header("access-control-allow-origin")),
        (StatusCode::UNAUTHORIZED, "https://app.example")
    );
    // A page that is not named learns nothing, not even that there is a token.
    let stranger =
        [("host", "env.example"), ("origin", "https://evil.example"), ("access-control-request-method", "POST")];
    let reply = ask(&desk, &("OPTIONS".to_owned(), "/step".to_owned()), &stranger).await;
    assert_eq!(reply.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn what_a_named_page_asks_first_tells_it_of_no_route() {
    for settings in [with_page(with_token()), with_page(Settings { mode: Mode::Production, ..Settings::default() })] {
        let desk = Desk::new(settings);
        let question = [&PAGE[..], &[("access-control-request-method", "POST")]].concat();
        for path in ["/step", "/health", "/operator/sessions", "/metrics", "/web/", "/nowhere"] {
            let reply = ask(&desk, &("OPTIONS".to_owned(), path.to_owned()), &question).await;
            assert_eq!(
                (reply.status, reply.header("allow"), reply.body.len()),
                (StatusCode::NO_CONTENT, "", 0),
                "{path}"
            );
            assert_eq!(reply.header("access-control-allow-origin"), "https://app.example", "{path}");
            assert_eq!(reply.header("access-control-allow-methods"), "GET, HEAD, POST, DELETE, OPTIONS", "{path}");
            assert_eq!(reply.header("access-control-max-age"), "600", "{path}");
            let allowed = reply.header("access-control-allow-headers");
            for header in [
                "Content-Type",
                "Authorization",
                "X-API-Key",
                "X-Session-ID",
                "Mcp-Session-Id",
                "Mcp-Protocol-Version",
                "Mcp-Method",
                "Mcp-Name",
                "Idempotency-Key",
                "X-Request-ID",
            ] {
                assert!(allowed.split(", ").any(|each| each == header), "{header} is not in {allowed}");
            }
        }
    }
}

#[tokio::test]
async fn a_named_page_reads_the_headers_that_clients_need_and_caches_are_told() {
    let desk = Desk::new(with_page(Settings::default()));
    let reset = ("POST".to_owned(), "/reset".to_owned());
    let named = ask(&desk, &reset, &PAGE).await;
    assert_eq!(
        named.header("access-control-expose-headers"),
        "X-Session-ID, Mcp-Session-Id, X-Request-ID, Idempotent-Replayed, Retry-After"
    );
    assert_eq!((named.header("vary"), named.header("access-control-allow-methods")), ("Origin", ""));
    let own = ask(&desk, &reset, &[("host", "env.example"), ("origin", "https://env.example")]).await;
    assert_eq!((own.header("vary"), own.header("access-control-expose-headers")), ("Origin", ""));
    let page = String::from_utf8(desk.get("/web/").await.body).expect("a text");
    let asset = page.split("assets/").nth(1).and_then(|rest| rest.split('"').next()).expect("the page has files");
    let asset = ("GET".to_owned(), format!("/web/assets/{asset}"));
    for headers in [&PAGE[..], &[]] {
        let reply = ask(&desk, &asset, headers).await;
        let vary: Vec<_> = reply.headers.get_all("vary").iter().collect();
        assert_eq!(vary, ["Accept-Encoding", "Origin"], "{headers:?}");
        assert!(reply.header("cache-control").starts_with("public, "));
    }
    // Behind a token no cache keeps for others what one was let in for.
    let reply = ask(&Desk::new(with_token()), &asset, &[("authorization", &format!("Bearer {TOKEN}"))]).await;
    assert_eq!(reply.header("cache-control"), "private, max-age=31536000, immutable");
}

#[tokio::test]
async fn what_is_refused_before_any_route_is_named_and_counted() {
    let port = serve(Settings::default()).await;
    let many = "X: y\r\n".repeat(100);
    for (head, status) in [
        (format!("GET /health HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: mine\r\n{many}"), "431"),
        ("GET /health HTTP/1.1\r\nX-Request-ID: mine\r\nConnection: close\r\n".to_owned(), "400"),
    ] {
        let answer = exchange(port.address, format!("{head}\r\n").as_bytes()).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        for header in ["x-request-id: mine\r\n", "x-content-type-options: nosniff\r\n", "\r\n\r\n{\"detail\":"] {
            assert!(answer.contains(header), "{header} is not in {answer}");
        }
    }
    // What cannot be read as HTTP at all is only counted.
    assert!(exchange(port.address, b"nonsense\r\n\r\n").await.starts_with("HTTP/1.1 400 "));
    let metrics = loop {
        let metrics = exchange(port.address, b"GET /metrics HTTP/1.0\r\nHost: localhost\r\n\r\n").await;
        // The last of them is counted as soon as its connection is over.
        if metrics.contains("support_ops_http_requests_total{status=\"4xx\"} 3\n") {
            break metrics;
        }
        assert!(!metrics.contains("{status=\"2xx\"} 50\n"), "{metrics}");
    };
    assert!(metrics.contains("support_ops_errors_total{kind=\"refused\"} 3\n"), "{metrics}");
}

#[tokio::test]
async fn sockets_want_the_token_too() {
    let port = serve(with_token()).await;
    for path in ["/ws", "/mcp", "/ws/ui"] {
        for (value, opens) in
            [(None, false), (Some("Bearer x".to_owned()), false), (Some(format!("Bearer {TOKEN}")), true)]
        {
            let mut request = format!("ws://{}{path}", port.address).into_client_request().expect("a request");
            if let Some(value) = &value {
                request.headers_mut().insert("authorization", value.parse().expect("a header value"));
            }
            match connect_async(request).await {
                Ok(_) => assert!(opens, "{path} {value:?}"),
                Err(Error::Http(response)) => {
                    assert!(!opens, "{path} {value:?}");
                    assert_eq!(response.status(), 401, "{path}");
                    let body: Value =
                        serde_json::from_slice(response.body().as_deref().unwrap_or_default()).expect("JSON");
                    assert!(body["detail"].is_string(), "{path}");
                }
                Err(error) => panic!("{path}: {error}"),
            }
        }
    }
}

#[tokio::test]
async fn a_page_of_another_port_gets_no_socket() {
    let origins = OriginRules {
        loopback_only: true,
        allow_origins: vec!["http://localhost:5173".into()],
        ..OriginRules::default()
    };
    let port = serve(Settings { origins, ..Settings::default() }).await;
    let own = format!("http://{}", port.address);
    for path in ["/ws", "/mcp", "/ws/ui"] {
        for (origin, opens) in [
            (&*own, true),
            ("http://localhost:5173", true),
            ("http://localhost:3000", false),
            ("http://evil.localhost", false),
            ("http://evil.example", false),
        ] {
            let mut request = format!("ws://{}{path}", port.address).into_client_request().expect("a request");
            request.headers_mut().insert("origin", origin.parse().expect("a header value"));
            match connect_async(request).await {
                Ok(_) => assert!(opens, "{path} {origin}"),
                Err(Error::Http(response)) => {
                    assert_eq!((response.status().as_u16(), opens), (403, false), "{path} {origin}")
                }
                Err(error) => panic!("{path} {origin}: {error}"),
            }
        }
    }
}

#[tokio::test]
async fn whoever_opens_connections_and_says_nothing_keeps_nobody_out() {
    let port = serve(Settings { max_connections: 8, ..Settings::default() }).await;
    let mut silent = Vec::new();
    for _ in 0..40 {
        silent.push(TcpStream::connect(port.address).await.expect("the port is open"));
    }
    assert!(get(port.address, "/tasks").await.starts_with("HTTP/1.1 200"));
    // The longest silence has ended, and not by a deadline.
    assert_eq!(silent[0].read(&mut [0; 16]).await.unwrap_or(0), 0);
    let mut players = Vec::new();
    for _ in 0..8 {
        players.push(Client::connect(&port, "/ws").await);
    }
    let refused = get(port.address, "/tasks").await;
    assert!(refused.starts_with("HTTP/1.1 503") && refused.contains("retry-after: 5"), "{refused}");
    assert!(refused.contains("as many connections as it takes") && refused.contains("connection: close"), "{refused}");
    assert!(refused.contains("x-content-type-options: nosniff") && refused.contains("x-request-id: "), "{refused}");
    // Platforms that ask how the server is hear that it is well, whoever stands at the door and says nothing.
    for _ in 0..64 {
        silent.push(TcpStream::connect(port.address).await.expect("the port is open"));
    }
    for (path, says) in [("/health", "healthy"), ("/ready", "ready")] {
        let answer = get(port.address, path).await;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(says), "{answer}");
    }
    for player in &mut players {
        assert_eq!(player.ask(r#"{"type":"reset"}"#).await["type"], "observation", "those who play are left alone");
    }
    drop(players.pop());
    while !get(port.address, "/tasks").await.starts_with("HTTP/1.1 200") {}
}

#[tokio::test]
async fn whoever_opens_sockets_and_begins_nothing_keeps_nobody_out() {
    const ALL: [&str; 3] = ["/ws", "/mcp", "/ws/ui"];
    // By their connections, and by their places.
    for (max_connections, max_sessions) in [(4, 100), (100, 4)] {
        let clock = Arc::new(ManualClock::default());
        let slot_wait = Duration::ZERO;
        let settings = Settings { max_connections, max_sessions, slot_wait, ..Settings::default() };
        let port = serve_by(clock.clone(), settings).await;
        let mut player = Client::connect(&port, "/ws").await;
        player.ask(r#"{"type":"reset"}"#).await;
        let mut silent = Vec::new();
        for path in ALL {
            silent.push(Client::connect(&port, path).await);
        }
        clock.advance(Duration::from_secs(9));
        assert!(reset(port.address).await.starts_with("HTTP/1.1 503"), "they may be about to begin");
        clock.advance(Duration::from_secs(1));
        for (mut silent, path) in silent.into_iter().zip(ALL) {
            // A socket, so that it keeps the place.
            let mut next = Client::connect(&port, "/ws").await;
            assert_eq!(next.ask(r#"{"type":"reset"}"#).await["type"], "observation", "{path}");
            if path == "/ws/ui" {
                assert_eq!(silent.hear().await["type"], "state_update");
            }
            assert_eq!(silent.closed().await, 1013, "{path}");
            tokio::spawn(async move { next.closed().await });
        }
        clock.advance(Duration::from_secs(60));
        assert!(reset(port.address).await.starts_with("HTTP/1.1 503"), "all who are there play");
        assert_eq!(player.ask(r#"{"type":"state"}"#).await["type"], "state", "those who play are left alone");
    }
}

#[tokio::test]
async fn whoever_opens_sockets_that_find_no_session_keeps_nobody_out() {
    // While they are refused, and while they wait for a place.
    for (slot_wait, is_refused) in [(Duration::ZERO, true), (Duration::from_secs(60), false)] {
        for path in ["/ws", "/mcp", "/ws/ui"] {
            let settings = Settings { max_connections: 4, max_sessions: 1, slot_wait, ..Settings::default() };
            let port = serve(settings).await;
            let mut player = Client::connect(&port, "/ws").await;
            player.ask(r#"{"type":"reset"}"#).await;
            let mut others = Vec::new();
            for _ in 0..3 {
                let mut other = Client::connect(&port, path).await;
                if is_refused {
                    other.hear().await;
                }
                others.push(other);
            }
            assert!(get(port.address, "/tasks").await.starts_with("HTTP/1.1 200"), "{path}");
            others[0].dropped().await;
            assert_eq!(player.ask(r#"{"type":"state"}"#).await["type"], "state", "those who play are left alone");
        }
    }
}

/// The whole answer, on a connection of its own.
async fn get(address: SocketAddr, path: &str) -> String {
    request(address, &format!("GET {path}")).await
}

async fn reset(address: SocketAddr) -> String {
    request(address, "POST /reset").await
}

async fn request(address: SocketAddr, what: &str) -> String {
    let request = format!("{what} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    exchange(address, request.as_bytes()).await
}

/// Everything that a connection answers to these bytes.
async fn exchange(address: SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.expect("the port is open");
    stream.write_all(request).await.expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}
