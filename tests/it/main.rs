//! Integration tests: one binary, one module per surface.
mod desk;
mod http;
mod wire;
