//! Integration tests: one binary, one module per surface.
mod wire;
