//! What must hold of any bytes: the bodies of the fuzz targets, which the ordinary tests run on the corpora.

mod json_rpc;
mod load_pack;
mod match_reply;
mod ws_frame;

pub use json_rpc::json_rpc;
pub use load_pack::load_pack;
pub use match_reply::match_reply;
pub use ws_frame::ws_frame;
