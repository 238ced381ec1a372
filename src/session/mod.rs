//! What clients hold between requests: one [`Session`] each, kept in a [`SessionStore`].
//!
//! Owns ids, capacity, expiry and the clock they are measured by; knows nothing of JSON, status codes and sockets. Read
//! [`Session`] first.

mod clock;
mod log;
mod session;
mod store;

pub use clock::{Clock, ManualClock, MonotonicClock};
pub use log::LogEntry;
pub use session::{NoEpisode, Session};
pub use store::{AtCapacity, AttachError, Attachment, Closing, SessionId, SessionStore, SharedSession, Slot};
