//! Models: any host that answers `POST /chat/completions` as OpenAI does.
//!
//! Owns how a model is asked for its next action and how its answer is read, when it is asked again, how fast, for how
//! much money, and the journal that keeps every answer. Knows nothing of environments. Read [`Model`] first, then
//! [`LlmPlayer`].

mod account;
mod backoff;
#[cfg(test)]
mod bench;
mod book;
mod calls;
mod clock;
mod completion;
mod conversation;
mod endpoint;
mod host;
mod journal;
mod model;
mod options;
mod pace;
mod player;
mod price;
mod question;
mod reading;
mod roots;
mod stream;
mod trouble;

pub(in crate::eval) use calls::Calls;
pub(in crate::eval) use journal::MAX_LINE as MAX_JOURNAL_LINE;

pub use endpoint::{DEFAULT_API_BASE_URL, DEFAULT_MODEL_NAME, Endpoint, EndpointError};
pub use model::{Model, ModelError};
pub use options::{Mode, ModelOptions};
pub use player::LlmPlayer;
pub use price::Price;
pub use roots::Roots;
