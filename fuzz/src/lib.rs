//! What must hold of any bytes: the bodies of the fuzz targets, which the ordinary tests run on the corpora.

mod load_pack;
mod match_reply;

pub use load_pack::load_pack;
pub use match_reply::match_reply;
