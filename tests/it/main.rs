//! Integration tests: one binary, one module per surface.
mod desk;
mod documents;
mod http;
mod life;
mod mcp_plain;
mod packs;
mod wire;
mod ws;
