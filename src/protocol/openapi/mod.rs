//! The OpenAPI 3.1 document of the HTTP routes. Read [`openapi_document`] first.

mod document;
mod parts;
mod paths;
mod playground;
mod tasks;

pub use document::{ApiInfo, openapi_document};
