//! What clients hold between requests: one [`Session`] each, kept in a [`SessionStore`].
//!
//! Owns ids, capacity, expiry and the clock they are measured by; knows nothing of JSON, status codes and sockets. Read
//! [`Session`] first.

mod clock;
mod hold;
mod id;
mod invitation;
mod log;
mod repeats;
mod roll;
mod session;
mod shelf;
mod store;

pub use clock::{Clock, ManualClock, MonotonicClock};
pub use hold::{Attachment, Hold, Over, Slot, UNBEGUN_STAYS, Word};
pub use id::SessionId;
pub use log::LogEntry;
pub use repeats::{KeyTaken, RequestDigest};
pub use roll::Listed;
pub(crate) use session::aside;
pub use session::{NoEpisode, Session, SharedSession};
pub use store::{AtCapacity, AttachError, Closing, IdTaken, SessionStore};
