//! What clients hold between requests: one [`Session`] each, kept in a [`SessionStore`].
//!
//! Owns ids, capacity, memory, expiry and the clock they are measured by; knows nothing of JSON, status codes and
//! sockets. Read [`Session`] first.

mod budget;
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

pub use budget::NoMemory;
pub use clock::{Clock, ManualClock, MonotonicClock};
pub use hold::{Attachment, Hold, Over, Slot, UNBEGUN_STAYS, Word};
pub use id::SessionId;
pub use log::LogEntry;
pub use repeats::{KeyTaken, MAX_KEY_BYTES, RequestDigest};
pub use roll::Listed;
pub(crate) use session::aside;
pub use session::{NO_MEMORY, NotTaken, Session, SharedSession};
pub use store::{AtCapacity, AttachError, Closing, NotFree, SessionStore};
