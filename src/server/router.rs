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
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, CONTENT_SECURITY_POLICY, HeaderValue, ORIGIN, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{Method, Response, StatusCode, Uri};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::{MethodRouter, delete, get, post};
use tracing::Instrument;

use super::answer::{Refused, allow, content, json, shorten};
use super::app::{App, Mode};
use super::documents::Documents;
use super::metrics::Fault;
use super::origin::Caller;
use super::pages::PAGE_POLICY;
use super::request_id::REQUEST_ID_HEADER;
use super::{http, mcp, operator, playground, tasks, ws};

/// Every route of the server.
pub fn router(app: Arc<App>) -> Router {
    let mut router = Router::new()
        .route("/health", read_only(|| async { json(StatusCode::OK, r#"{"status":"healthy"}"#) }))
        .route("/ready", read_only(ready))
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
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let route = request.extensions().get::<MatchedPath>().cloned();
    let origin = request.headers().get(ORIGIN).cloned();
    let mut response = match app.settings.origins.check(&uri, request.headers()) {
        Err(refusal) => Refused::Forbidden(refusal.message()).into_response(),
        Ok(caller) => {
            let admitted = match &app.settings.token {
                Some(token) => token.admits(&method, uri.path(), request.headers()),
                None => true,
            };
            let mut response =
                if admitted { survive(next.run(request)).await } else { Refused::Unauthorized.into_response() };
            if let (Caller::Named, Some(origin)) = (caller, origin) {
                share_with(&mut response, &method, origin);
            }
            response
        }
    };
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let took = began.elapsed();
    app.metrics.answered(response.status().as_u16(), took);
    if let Some(&fault) = response.extensions().get::<Fault>() {
        app.metrics.fault(fault);
    }
    // The route only: a query or a path may name a session, which is as good as a key to it.
    let path = shorten(route.as_ref().map_or(uri.path(), MatchedPath::as_str));
    tracing::info!(method = shorten(method.as_str()), path, status = response.status().as_u16(), ?took, "request");
    response
}

/// The handler's answer, or a 500 where it panics: a bug in one request is no other request's business.
async fn survive(handler: impl Future<Output = Response<Body>>) -> Response<Body> {
    let mut handler = pin!(handler);
    let outcome = std::future::poll_fn(|cx| match catch_unwind(AssertUnwindSafe(|| handler.as_mut().poll(cx))) {
        Ok(Poll::Ready(response)) => Poll::Ready(Some(response)),
        Ok(Poll::Pending) => Poll::Pending,
        Err(_) => Poll::Ready(None),
    })
    .await;
    outcome.unwrap_or_else(|| {
        tracing::error!("a request was answered by a panic; this is a bug");
        Refused::Other(StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error").into_response()
    })
}

/// Lets the browser show the answer to a page of another origin, which the operator has allowed.
fn share_with(response: &mut Response<Body>, method: &Method, origin: HeaderValue) {
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    headers.insert(VARY, HeaderValue::from_static("Origin"));
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("X-Session-ID, Mcp-Session-Id, X-Request-ID, Retry-After"),
    );
    if method == Method::OPTIONS {
        let asked = "Content-Type, X-Session-ID, Mcp-Session-Id, Mcp-Protocol-Version, Mcp-Method, Mcp-Name, Authorization, \
                     Idempotency-Key, X-Request-ID";
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, HEAD, POST, DELETE, OPTIONS"));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(asked));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
}

#[cfg(test)]
mod tests {
    use http_body_util::BodyExt;

    use super::*;

    #[tokio::test]
    async fn a_panic_is_a_500_in_json() {
        let response = survive(async { panic!("a bug") }).await;
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
        let body = response.into_body().collect().await.expect("a body in memory").to_bytes();
        assert_eq!(&*body, br#"{"detail":"Internal Server Error"}"#);
    }
}
