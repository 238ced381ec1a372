//! Ids that are handed out ahead of their sessions.

use std::collections::{HashSet, VecDeque};
use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::SessionId;

/// How many ids whose sessions are over are remembered as such. Beyond it the oldest is forgotten: whoever holds that one
/// finds an empty session instead of none.
const MAX_SPENT: usize = 1 << 16;
/// The digits of an id's seal.
const SEAL_CHARS: usize = 16;

/// Recognises the ids that it has handed out without keeping a single one, so that asking for ids, however often, costs
/// no memory. An id is a random UUID and a seal that only this process can make. The seal keeps no secret: the UUID is
/// what cannot be guessed, and a forged seal would give away an empty session and nothing else.
pub(super) struct Invitations {
    key: [u8; 32],
    spent: HashSet<u128>,
    spent_in_order: VecDeque<u128>,
}

impl Default for Invitations {
    fn default() -> Invitations {
        let mut key = [0; 32];
        key[..16].copy_from_slice(Uuid::new_v4().as_bytes());
        key[16..].copy_from_slice(Uuid::new_v4().as_bytes());
        Invitations { key, spent: HashSet::new(), spent_in_order: VecDeque::new() }
    }
}

impl Invitations {
    /// A new id, for a session that does not exist yet.
    pub(super) fn hand_out(&self) -> SessionId {
        let uuid = Uuid::new_v4();
        SessionId::from(format!("{}-{}", uuid.as_hyphenated(), self.seal(uuid)))
    }

    /// Whether this id was handed out and no session of it has ended.
    pub(super) fn is_open(&self, id: &str) -> bool {
        self.verify(id).is_some_and(|uuid| !self.spent.contains(&uuid.as_u128()))
    }

    /// Makes an id unknown from now on, if it is one of these.
    pub(super) fn spend(&mut self, id: &str) {
        let Some(uuid) = self.verify(id) else { return };
        if !self.spent.insert(uuid.as_u128()) {
            return;
        }
        if self.spent_in_order.len() == MAX_SPENT {
            let oldest = self.spent_in_order.pop_front().expect("the limit is above 0");
            self.spent.remove(&oldest);
        }
        self.spent_in_order.push_back(uuid.as_u128());
    }

    fn verify(&self, id: &str) -> Option<Uuid> {
        let (uuid, seal) = id.rsplit_once('-').filter(|(_, seal)| seal.len() == SEAL_CHARS)?;
        // One way of writing an id, so that no session has two names.
        let known = Uuid::try_parse(uuid).ok().filter(|known| known.as_hyphenated().to_string() == uuid)?;
        (self.seal(known) == seal).then_some(known)
    }

    fn seal(&self, uuid: Uuid) -> String {
        let digest = Sha256::new().chain_update(self.key).chain_update(uuid.as_bytes()).finalize();
        digest.iter().take(SEAL_CHARS / 2).fold(String::with_capacity(SEAL_CHARS), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_handed_out_is_open() {
        let (ours, others) = (Invitations::default(), Invitations::default());
        let id = ours.hand_out();
        assert!(ours.is_open(id.as_str()));
        let upper = id.as_str().to_uppercase();
        let bare = id.as_str()[..36].to_owned();
        for id in [
            others.hand_out().as_str(),
            &upper,
            &bare,
            &format!("{id}0"),
            &format!(" {id}"),
            "",
            "-",
            "é-0123456789abcdef",
        ] {
            assert!(!ours.is_open(id), "{id}");
        }
    }

    #[test]
    fn what_is_over_stays_over_within_bounds() {
        let mut invitations = Invitations::default();
        let first = invitations.hand_out();
        invitations.spend(first.as_str());
        invitations.spend(first.as_str());
        invitations.spend("stray");
        assert!(!invitations.is_open(first.as_str()));
        for _ in 0..MAX_SPENT {
            let id = invitations.hand_out();
            invitations.spend(id.as_str());
            assert!(!invitations.is_open(id.as_str()));
        }
        assert_eq!((invitations.spent.len(), invitations.spent_in_order.len()), (MAX_SPENT, MAX_SPENT));
        assert!(invitations.is_open(first.as_str()), "the oldest is forgotten");
    }
}
