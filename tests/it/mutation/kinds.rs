//! Every kind planted in clean packs, one at a time.

use std::collections::BTreeSet;

use crate::generated::draw::Draw;

use super::case::Case;
use super::clean::{Clean, five, packs, small};
use super::score::{Score, lint_files};
use super::{Kind, SILENT, Scope};
use super::{form_faults, grading_faults, pack_faults, reference_faults, reply_faults, text_faults, toml_faults};

pub(super) fn all() -> impl Iterator<Item = &'static Kind> {
    let tables = [
        toml_faults::KINDS,
        form_faults::KINDS,
        reference_faults::KINDS,
        grading_faults::KINDS,
        reply_faults::KINDS,
        pack_faults::KINDS,
        text_faults::KINDS,
    ];
    tables.into_iter().flatten()
}

pub(super) fn seed() -> u64 {
    std::env::var("MUTATION_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1)
}

fn everywhere() -> bool {
    std::env::var_os("MUTATION_ALL").is_some()
}

/// A draw of its own for each kind and place: another kind in the table moves no other plant.
pub(super) fn draw(name: &str, place: &str) -> Draw {
    let hash = name
        .bytes()
        .chain(place.bytes())
        .fold(seed(), |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    Draw::new(hash)
}

/// Where a kind is planted: packs with the file to change.
pub(super) fn places(kind: &Kind, packs: &[Clean]) -> Vec<(Clean, String)> {
    match kind.scope {
        Scope::Small => vec![(small(), "mug.toml".to_owned())],
        Scope::Five => vec![(five(), "mug.toml".to_owned())],
        Scope::Pack => packs.iter().map(|pack| (pack.clone(), "pack.toml".to_owned())).collect(),
        Scope::Task => {
            let all =
                packs.iter().flat_map(|pack| pack.tasks().into_iter().map(move |task| (pack.clone(), task.to_owned())));
            all.collect()
        }
    }
}

/// Plants one kind: in one place that it fits, or everywhere.
fn plant(kind: &Kind, packs: &[Clean], score: &mut Score) -> usize {
    const PLACES: usize = 1;
    let mut planted = 0;
    let mut places = places(kind, packs);
    let mut order = draw(kind.name, kind.code);
    let mut seen: BTreeSet<&str> = BTreeSet::new();
    // A pack a place, as long as there are packs left.
    let mut sorted = Vec::new();
    while !places.is_empty() {
        let at = order.number(0, places.len() as u64 - 1) as usize;
        sorted.push(places.swap_remove(at));
    }
    let first: Vec<bool> = sorted.iter().map(|(pack, _)| seen.insert(pack.name)).collect();
    let (mut leading, mut rest) = (Vec::new(), Vec::new());
    for (place, first) in sorted.into_iter().zip(first) {
        if first { leading.push(place) } else { rest.push(place) }
    }
    for (pack, file) in leading.into_iter().chain(rest) {
        if planted == PLACES && !everywhere() {
            break;
        }
        let mut case = Case::new(&pack, &file, draw(kind.name, &file));
        if kind.code != SILENT {
            case.begin(kind.code);
        }
        if (kind.plant)(&mut case).is_none() {
            continue;
        }
        planted += 1;
        let row = if kind.code == SILENT { kind.name.to_owned() } else { format!("{}: {}", kind.code, kind.name) };
        score.judge(&row, &format!("{}/{file}", pack.name), case);
    }
    planted
}

#[test]
fn clean_packs_are_silent() {
    let all = packs().into_iter().chain([small(), five()]);
    for pack in all {
        let files = pack.files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect();
        let (loaded, _folder) = lint_files(&files);
        assert!(loaded.diagnostics.is_empty(), "{}: {:#?}", pack.name, loaded.diagnostics);
    }
}

#[test]
fn each_kind_of_fault_is_told_once_and_in_place() {
    let packs = packs();
    let kinds: Vec<&Kind> = all().collect();
    let filter = std::env::var("MUTATION_KIND").unwrap_or_default();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let mut score = Score::default();
    let mut unplanted = Vec::new();
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|worker| {
                let (kinds, packs, filter) = (&kinds, &packs, &filter);
                scope.spawn(move || {
                    let mut score = Score::default();
                    let mut unplanted = Vec::new();
                    for kind in kinds.iter().skip(worker).step_by(threads) {
                        let name = format!("{}: {}", kind.code, kind.name);
                        if name.contains(filter) && plant(kind, packs, &mut score) == 0 {
                            unplanted.push(name);
                        }
                    }
                    (score, unplanted)
                })
            })
            .collect();
        for worker in workers {
            let (own, names) = worker.join().expect("a worker ends");
            score.merge(own);
            unplanted.extend(names);
        }
    });
    score.show("Planted one at a time");
    assert!(unplanted.is_empty(), "planted nowhere: {unplanted:?}");
    let codes: BTreeSet<&str> = kinds.iter().map(|kind| kind.code).collect();
    assert!(codes.len() > 60, "only {} codes", codes.len());
    score.hold();
}
