//! The page and its files, as `web/` builds them: carried gzipped, sent as they are to whoever takes gzip.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, OnceLock};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, ETAG, HeaderValue, IF_NONE_MATCH,
    LOCATION, REFERRER_POLICY, VARY,
};
use axum::http::{HeaderMap, Response, StatusCode, Uri};
use axum::response::IntoResponse;
use bytes::Bytes;

use crate::server::App;
use crate::server::answer::{Refused, content};

/// What `web/` has built; empty where it never was.
const EMBEDDED: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/embedded_web.rs"));

/// The name of the page itself.
const PAGE: &str = "index.html";

/// What the page may do: run and load what comes from here, and call here. A Space shows it in a frame.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
    img-src 'self' data:; font-src 'none'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'self' https://huggingface.co https://*.hf.space";

/// The most bytes of a file once it is inflated: far more than any has.
const MAX_PLAIN_BYTES: usize = 8 << 20;

/// What stands in the page's place where it was never built.
const UNBUILT: &str = "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Support Ops</title></head>\
    <body><h1>Support Ops</h1><p>This binary was built without the playground's page. <code>npm ci &amp;&amp; npm run \
    build</code> in <code>web/</code> makes it, and the next <code>cargo build</code> takes it in.</p>\
    <p><a href=\"../docs\">The routes</a> work without it.</p></body></html>\n";

/// A file of the page.
struct Asset {
    gzip: &'static [u8],
    kind: &'static str,
    /// Changes with the content.
    tag: HeaderValue,
    /// The content itself, once somebody has asked for it without gzip.
    plain: OnceLock<Bytes>,
}

static ASSETS: LazyLock<BTreeMap<&'static str, Asset>> =
    LazyLock::new(|| EMBEDDED.iter().map(|&(name, gzip)| (name, Asset::new(name, gzip))).collect());

impl Asset {
    fn new(name: &str, gzip: &'static [u8]) -> Asset {
        // Gzip ends with the content's own checksum and length (RFC 1952 §2.3.1).
        let end: String = gzip.iter().rev().take(8).map(|byte| format!("{byte:02x}")).collect();
        let tag = HeaderValue::from_str(&format!("W/\"{end}\"")).expect("hexadecimal digits are a header value");
        Asset { gzip, kind: content_type(name), tag, plain: OnceLock::new() }
    }

    /// The file as the client can read it, unless the client has it already.
    fn answer(&self, headers: &HeaderMap, cache: &'static str) -> Response<Body> {
        let mut response = if has_tag(headers, &self.tag) {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else if takes_gzip(headers) {
            let mut response = content(StatusCode::OK, self.kind, self.gzip);
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            response
        } else {
            let plain = self.plain.get_or_init(|| gunzip(self.gzip).expect("the build embeds gzip files").into());
            content(StatusCode::OK, self.kind, plain.clone())
        };
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        headers.insert(ETAG, self.tag.clone());
        response
    }
}

/// `GET /` and `GET /web`: on to the page, by a path that holds behind any prefix.
pub(super) async fn to_page(uri: Uri) -> Response<Body> {
    let query = uri.query().map_or_else(String::new, |query| format!("?{query}"));
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    let place = HeaderValue::from_str(&format!("web/{query}"));
    response.headers_mut().insert(LOCATION, place.unwrap_or(HeaderValue::from_static("web/")));
    response
}

/// `GET /web/`.
pub(super) async fn page(headers: HeaderMap) -> Response<Body> {
    let mut response = match ASSETS.get(PAGE) {
        Some(asset) => asset.answer(&headers, "no-cache"),
        None => content(StatusCode::OK, content_type(PAGE), UNBUILT),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(PAGE_POLICY));
    // The page's address may name a session.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// `GET /web/assets/<name>`: names change with the content, so that whoever has one keeps it.
pub(super) async fn asset(State(app): State<Arc<App>>, Path(name): Path<String>, headers: HeaderMap) -> Response<Body> {
    // Behind a token no cache hands others what one was let in for.
    let cache = match app.settings.token {
        None => "public, max-age=31536000, immutable",
        Some(_) => "private, max-age=31536000, immutable",
    };
    match ASSETS.get(&*name).filter(|_| name != PAGE) {
        Some(asset) => asset.answer(&headers, cache),
        None => Refused::Other(StatusCode::NOT_FOUND, "Not Found").into_response(),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether the client has said that it takes gzip (RFC 9110 §12.5.3). One that says nothing gets the plain text.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    let mut any = None;
    for coding in values.flat_map(|value| value.split(',')) {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let weight = weight.split_once('=').map_or(1.0, |(_, weight)| weight.trim().parse().unwrap_or(0.0));
        match name.trim().to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => return weight > 0.0,
            "*" => any = Some(weight > 0.0),
            _ => {}
        }
    }
    any.unwrap_or(false)
}

fn has_tag(headers: &HeaderMap, tag: &HeaderValue) -> bool {
    let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|each| each.trim().as_bytes() == tag.as_bytes())
}

/// What a gzip file holds (RFC 1952); `None` where it is none, or holds too much.
fn gunzip(file: &[u8]) -> Option<Vec<u8>> {
    let [0x1f, 0x8b, 8, flags, ..] = *file else { return None };
    let mut rest = file.get(10..)?;
    if flags & 4 != 0 {
        let length = usize::from(u16::from_le_bytes([*rest.first()?, *rest.get(1)?]));
        rest = rest.get(2 + length..)?;
    }
    // A name and a comment, each up to a zero.
    for flag in [8, 16] {
        if flags & flag != 0 {
            let end = rest.iter().position(|&byte| byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & 2 != 0 {
        rest = rest.get(2..)?;
    }
    miniz_oxide::inflate::decompress_to_vec_with_limit(rest, MAX_PLAIN_BYTES).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_say_whether_they_take_gzip() {
        let check = |value: Option<&str>, expect: bool| {
            let mut headers = HeaderMap::new();
            if let Some(value) = value {
                headers.insert(ACCEPT_ENCODING, value.parse().expect("a header value"));
            }
            assert_eq!(takes_gzip(&headers), expect, "{value:?}");
        };
        check(None, false);
        check(Some(""), false);
        check(Some("gzip, deflate, br"), true);
        check(Some("br;q=1.0, GZIP;q=0.5"), true);
        check(Some("identity"), false);
        check(Some("*"), true);
        check(Some("*;q=0"), false);
        check(Some("gzip;q=0, *"), false);
        check(Some("gzip;q=x"), false);
    }

    #[test]
    fn gzip_files_are_read_with_all_their_parts() {
        // "hello", stored: one block without compression.
        let block = [&[1, 5, 0, 0xfa, 0xff][..], b"hello"].concat();
        let file =
            |flags: u8, parts: &[u8]| [&[0x1f, 0x8b, 8, flags, 0, 0, 0, 0, 0, 3][..], parts, &block, &[0; 8]].concat();
        let check = |file: &[u8], expect: Option<&str>| {
            assert_eq!(gunzip(file), expect.map(|text| text.as_bytes().to_vec()));
        };
        check(&file(0, b""), Some("hello"));
        check(&file(4 | 8 | 16 | 2, b"\x03\x00abcname\0words\0\x12\x34"), Some("hello"));
        check(&file(8, b""), None);
        check(b"", None);
        check(b"\x1f\x8b\x08", None);
        check(&file(0, b"")[..12], None);
        for asset in ASSETS.values() {
            assert!(gunzip(asset.gzip).is_some());
        }
    }
}
