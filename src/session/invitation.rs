//! Ids that are handed out ahead of their sessions.

use std::collections::VecDeque;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::SessionId;

/// Of how many ids, those handed out last, it is remembered whether their session is over, by a bit each: half a mebibyte. An
/// older one is unknown unless its session has begun and lives: it cannot come back to life, and its client begins anew.
const REMEMBERED: u64 = 1 << 22;
/// How many of them are forgotten at once.
const WORD: u64 = u64::BITS as u64;
/// The digits of an id's seal.
const SEAL_CHARS: usize = 16;

/// Recognises the ids that it has handed out without keeping a single one, so that asking for ids, however often, costs
/// no memory. An id is a random UUID, a running number and a seal that only this process can make. The seal keeps no secret:
/// the UUID is what cannot be guessed, and a forged seal would give away an empty session, or end one that never began.
pub(super) struct Invitations {
    key: [u8; 32],
    /// The number of the next id.
    next: u64,
    /// The number that the first bit stands for.
    first: u64,
    /// Which ids are spent.
    spent: VecDeque<u64>,
}

impl Default for Invitations {
    fn default() -> Invitations {
        let mut key = [0; 32];
        key[..16].copy_from_slice(Uuid::new_v4().as_bytes());
        key[16..].copy_from_slice(Uuid::new_v4().as_bytes());
        Invitations { key, next: 0, first: 0, spent: VecDeque::new() }
    }
}

impl Invitations {
    /// A new id, for a session that does not exist yet.
    pub(super) fn hand_out(&mut self) -> SessionId {
        let number = self.next;
        self.next += 1;
        if number.is_multiple_of(WORD) {
            if number - self.first == REMEMBERED {
                self.spent.pop_front();
                self.first += WORD;
            }
            self.spent.push_back(0);
        }
        SessionId::from(self.write(Uuid::new_v4(), number))
    }

    /// Whether this id was handed out, not too many ago, and no session of it has ended.
    pub(super) fn is_open(&mut self, id: &str) -> bool {
        self.bit_of(id).is_some_and(|(word, bit)| *word & bit == 0)
    }

    /// Whether this id was handed out and is no longer open: its session has ended, or it is too old.
    pub(super) fn is_over(&mut self, id: &str) -> bool {
        self.verify(id).is_some() && !self.is_open(id)
    }

    /// Makes an id unknown from now on, if it is one of these.
    pub(super) fn spend(&mut self, id: &str) {
        if let Some((word, bit)) = self.bit_of(id) {
            *word |= bit;
        }
    }

    /// Where it is remembered whether an id is spent.
    fn bit_of(&mut self, id: &str) -> Option<(&mut u64, u64)> {
        let at = self.verify(id)?.checked_sub(self.first)?;
        let word = self.spent.get_mut(usize::try_from(at / WORD).ok()?)?;
        Some((word, 1 << (at % WORD)))
    }

    /// The number of an id that was handed out.
    fn verify(&self, id: &str) -> Option<u64> {
        let mut parts = id.rsplitn(3, '-');
        let (_seal, number, uuid) = (parts.next()?, parts.next()?, parts.next()?);
        let number = u64::from_str_radix(number, 16).ok()?;
        // One way of writing an id, so that no session has two names.
        (self.write(Uuid::try_parse(uuid).ok()?, number) == id).then_some(number)
    }

    fn write(&self, uuid: Uuid, number: u64) -> String {
        let digest =
            Sha256::new().chain_update(self.key).chain_update(uuid.as_bytes()).chain_update(number.to_le_bytes());
        let mut id = format!("{}-{number:x}-", uuid.as_hyphenated());
        for byte in digest.finalize().iter().take(SEAL_CHARS / 2) {
            let _ = write!(id, "{byte:02x}");
        }
        id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_handed_out_is_open() {
        let (mut ours, mut others) = (Invitations::default(), Invitations::default());
        let id = ours.hand_out();
        assert!(ours.is_open(id.as_str()));
        let (uuid, seal) = (&id.as_str()[..36], &id.as_str()[id.as_str().len() - SEAL_CHARS..]);
        for id in [
            others.hand_out().as_str(),
            &id.as_str().to_uppercase(),
            uuid,
            &format!("{uuid}-1-{seal}"),
            &format!("{uuid}-00-{seal}"),
            &format!("{uuid}-+0-{seal}"),
            &format!("{uuid}-{seal}"),
            &format!("{id}0"),
            &format!(" {id}"),
            "",
            "-",
            "--",
            "é-0-0123456789abcdef",
        ] {
            assert!(!ours.is_open(id), "{id}");
        }
    }

    #[test]
    fn what_is_over_stays_over_within_bounds() {
        let mut invitations = Invitations::default();
        let (over, unused) = (invitations.hand_out(), invitations.hand_out());
        invitations.spend(over.as_str());
        invitations.spend(over.as_str());
        invitations.spend("stray");
        for _ in 0..70_000 {
            let id = invitations.hand_out();
            invitations.spend(id.as_str());
            assert!(!invitations.is_open(id.as_str()));
        }
        assert!(!invitations.is_open(over.as_str()), "what is over stays over");
        assert!(invitations.is_open(unused.as_str()));
        // As if so many more had been handed out; to make them all takes a while.
        while invitations.next < REMEMBERED + WORD {
            invitations.next = invitations.next.next_multiple_of(WORD);
            invitations.hand_out();
        }
        assert_eq!(invitations.spent.len() as u64 * WORD, REMEMBERED);
        let last = invitations.hand_out();
        invitations.spend(last.as_str());
        for id in [over, unused, last] {
            assert!(!invitations.is_open(id.as_str()), "spent, or handed out too long ago");
        }
        assert!(invitations.hand_out().as_str().len() < 90, "an id stays short");
    }
}
