//! Which route goes where, and what holds for all of them: origins, panics, counts and logs.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::handler::Handler;
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, CONNECTION,
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, ORIGIN, RETRY_AFTER, VARY, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, Response, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state, map_response};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, delete, get, post};
use tracing::Instrument;

use super::answer::{Refused, allow, content, json, shorten};
use super::app::{App, Mode};
use super::connection::BadHead;
use super::documents::Documents;
use super::metrics::Fault;
use super::origin::Caller;
use super::pages::PAGE_POLICY;
use super::request_id::REQUEST_ID_HEADER;
use super::{http, mcp, operator, playground, tasks, ws};

/// Every route of the server.
pub fn router(app: Arc<App>) -> Router {
    let mut router = probes()
        .route("/metrics", read_only(metrics))
        .route("/metadata", read_only(document(|documents| &documents.metadata_body)))
        .route("/schema", read_only(document(|documents| &documents.schema_body)))
        .route("/openapi.json", read_only(document(|documents| &documents.openapi_body)))
        .route("/docs", read_only(page(|documents| &documents.docs_page)))
        .route("/redoc", read_only(page(|documents| &documents.docs_page)))
        .route("/operator/sessions", read_only(operator::list))
        .route("/operator/sessions/{handle}", delete(operator::end).options(|| async { allow("DELETE, OPTIONS") }))
        .route("/ws", read_only(ws::connect))
        .route(
            "/mcp",
            post(mcp::post).get(mcp::connect).delete(mcp::delete).options(|| async { allow("POST, DELETE, OPTIONS") }),
        )
        .merge(tasks::routes());
    if app.settings.mode == Mode::Simulation {
        router = router
            .route("/reset", write_only(http::reset))
            .route("/step", write_only(http::step))
            .route("/state", read_only(http::state));
        if app.settings.web {
            router = router.merge(playground::routes(&app.settings));
        }
    }
    router
        .fallback(no_route)
        .method_not_allowed_fallback(|| async { Refused::Other(StatusCode::METHOD_NOT_ALLOWED, "Method Not Allowed") })
        .layer(from_fn_with_state(app.clone(), guard))
        .with_state(app)
}

/// The routes by which platforms ask how the server is.
fn probes() -> Router<Arc<App>> {
    Router::new()
        .route("/health", read_only(|| async { json(StatusCode::OK, r#"{"status":"healthy"}"#) }))
        .route("/ready", read_only(ready))
}

/// What there is for connections beyond as many as the server takes: probes their answers, all others a refusal. None is
/// kept.
pub(super) fn door(app: Arc<App>) -> Router {
    let full = || async {
        let what = "The server has as many connections as it takes; try again soon.";
        let mut response = Refused::Busy(what).into_response();
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
        response
    };
    probes()
        .fallback(full)
        .layer(map_response(|mut response: Response<Body>| async {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            response
        }))
        .layer(from_fn_with_state(app.clone(), guard))
        .with_state(app)
}

/// What no route takes: unknown paths, and `OPTIONS *`, which asks about the server as a whole (RFC 9110 §9.3.7).
async fn no_route(method: Method, uri: Uri) -> Response<Body> {
    if method == Method::OPTIONS && uri.path() == "*" {
        return allow("GET, HEAD, POST, OPTIONS");
    }
    Refused::Other(StatusCode::NOT_FOUND, "Not Found").into_response()
}

/// A route to be read; HEAD is answered like GET, without the body.
pub(super) fn read_only<H, T>(handler: H) -> MethodRouter<Arc<App>>
where
    H: Handler<T, Arc<App>>,
    T: 'static,
{
    get(handler).options(|| async { allow("GET, HEAD, OPTIONS") })
}

/// A route to be written to.
pub(super) fn write_only<H, T>(handler: H) -> MethodRouter<Arc<App>>
where
    H: Handler<T, Arc<App>>,
    T: 'static,
{
    post(handler).options(|| async { allow("POST, OPTIONS") })
}

/// A handler that shows one of the documents.
pub(super) fn document(
    pick: fn(&Documents) -> &Bytes,
) -> impl Fn(State<Arc<App>>) -> std::future::Ready<Response<Body>> + Clone + Send + Sync + 'static {
    move |State(app)| std::future::ready(json(StatusCode::OK, pick(&app.offer().documents).clone()))
}

/// A handler that shows one of the pages.
fn page(
    pick: fn(&Documents) -> &Bytes,
) -> impl Fn(State<Arc<App>>) -> std::future::Ready<Response<Body>> + Clone + Send + Sync + 'static {
    move |State(app)| {
        let mut response = content(StatusCode::OK, "text/html; charset=utf-8", pick(&app.offer().documents).clone());
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
        std::future::ready(response)
    }
}

async fn ready(State(app): State<Arc<App>>) -> Response<Body> {
    if app.life.is_ready() {
        json(StatusCode::OK, r#"{"status":"ready"}"#)
    } else {
        json(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"stopping"}"#)
    }
}

async fn metrics(State(app): State<Arc<App>>) -> Response<Body> {
    content(StatusCode::OK, "text/plain; version=0.0.4; charset=utf-8", app.render_metrics())
}

/// What holds for every route. All that is logged on the way names the request.
async fn guard(State(app): State<Arc<App>>, request: Request, next: Next) -> Response<Body> {
    let id = app.request_ids.of(request.headers());
    let span = tracing::info_span!("request", id = id.to_str().unwrap_or_default());
    let mut response = check_and_answer(app, request, next).instrument(span).await;
    response.headers_mut().insert(REQUEST_ID_HEADER, id);
    response
}

async fn check_and_answer(app: Arc<App>, request: Request, next: Next) -> Response<Body> {
    let began = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = check(&app, request, next).await;
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.append(VARY, HeaderValue::from_static("Origin"));
    let took = began.elapsed();
    app.metrics.answered(response.status().as_u16(), took);
    if let Some(&fault) = response.extensions().get::<Fault>() {
        app.metrics.fault(fault);
    }
    // The route only: a query or a path may name a session, which is as good as a key to it.
    let path = route.as_ref().map_or("(none)", MatchedPath::as_str);
    tracing::info!(method = shorten(method.as_str()), path, status = response.status().as_u16(), ?took, "request");
    response
}

/// The answer of whatever comes first: the limits of a head, the origin, what a browser asks before a page's request, the
/// token, the route.
async fn check(app: &App, request: Request, next: Next) -> Response<Body> {
    if let Some(&bad) = request.extensions().get::<BadHead>() {
        return Refused::from(bad).into_response();
    }
    let (uri, headers) = (request.uri(), request.headers());
    let caller = match app.settings.origins.check(uri, headers) {
        Ok(caller) => caller,
        Err(refusal) => return Refused::Forbidden(refusal.message()).into_response(),
    };
    let named = headers.get(ORIGIN).filter(|_| caller == Caller::Named).cloned();
    // A browser asks before it sends a token to another origin, and that question never carries one. All routes, those
    // that there are not among them, answer it alike.
    let asks_first = request.method() == Method::OPTIONS && headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = if named.is_some() && asks_first {
        let mut response = StatusCode::NO_CONTENT.into_response();
        response.headers_mut().extend(TO_WHO_ASKS_FIRST.map(|(name, value)| (name, HeaderValue::from_static(value))));
        response
    } else if app.settings.token.as_ref().is_none_or(|token| token.admits(uri.path(), headers)) {
        answer(next.run(request)).await
    } else {
        Refused::Unauthorized.into_response()
    };
    if let Some(origin) = named {
        // Lets the browser show the answer to the page.
        response.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
    response
}

/// What a browser is told that asks for a page of another origin, which the operator has named.
const TO_WHO_ASKS_FIRST: [(HeaderName, &str); 3] = [
    (ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD, POST, DELETE, OPTIONS"),
    (
        ACCESS_CONTROL_ALLOW_HEADERS,
        "Content-Type, Authorization, X-API-Key, X-Session-ID, Mcp-Session-Id, Mcp-Protocol-Version, Mcp-Method, Mcp-Name, \
         Idempotency-Key, X-Request-ID",
    ),
    (ACCESS_CONTROL_MAX_AGE, "600"),
];

/// The headers of answers that such a page may read.
const EXPOSED: &str = "X-Session-ID, Mcp-Session-Id, X-Request-ID, Idempotent-Replayed, Retry-After";

/// What the work comes to, or nothing where it panics: a bug in one request is no other request's business.
pub(super) async fn survive<T>(work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    std::future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| work.as_mut().poll(cx))) {
        Ok(polled) => polled.map(Some),
        Err(_) => {
            tracing::error!("a request was answered by a panic; this is a bug");
            Poll::Ready(None)
        }
    })
    .await
}

/// The handler's answer, or a 500 where it panics.
async fn answer(handler: impl Future<Output = Response<Body>>) -> Response<Body> {
    survive(handler)
        .await
        .unwrap_or_else(|| Refused::Other(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response())
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_500_in_json() {
        let response = answer(async { panic!("a bug") }).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = response.into_body().collect().await.expect("a body in memory").to_bytes();
        assert_eq!(&*body, br#"{"detail":"Internal Server Error"}"#);
    }
}
