//! Processes that a program has started and that have left its process group.

use std::fs;

use rustix::fd::OwnedFd;
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

/// The most processes of one program that are looked for.
const MOST: usize = 4_096;

/// What descends from a process at one moment, held so that no other process can be taken for it.
#[derive(Debug, Default)]
pub(super) struct Kin(Vec<OwnedFd>);

impl Kin {
    /// All that descends from this process now. What has lost its parent belongs to nobody any more, and is not found; nor
    /// is anything where the kernel does not list children.
    pub(super) fn of(process: u32) -> Kin {
        let mut found = vec![process];
        let mut at = 0;
        while let Some(parent) = found.get(at).copied().filter(|_| found.len() < MOST) {
            found.extend(children(parent));
            at += 1;
        }
        let held = found.into_iter().skip(1).filter_map(|process| i32::try_from(process).ok().and_then(Pid::from_raw));
        Kin(held.filter_map(|process| pidfd_open(process, PidfdFlags::empty()).ok()).collect())
    }

    /// Ends all of it.
    pub(super) fn kill(&self) {
        for process in &self.0 {
            // One that has ended by itself is gone.
            let _ = pidfd_send_signal(process, Signal::KILL);
        }
    }
}

fn children(parent: u32) -> Vec<u32> {
    let Ok(threads) = fs::read_dir(format!("/proc/{parent}/task")) else { return Vec::new() };
    let listed = threads.filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("children")).ok());
    listed.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>()).collect()
}
