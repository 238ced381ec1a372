//! A small catalogue, made in code: two tasks that can be won without a reply, in a domain of their own.

use std::collections::BTreeMap;
use std::sync::Arc;

use support_ops_env::protocol::Difficulty;
use support_ops_env::task::{
    Artifact, ArtifactTable, Catalog, Evidence, Exposure, Grading, Outcomes, Policy, PolicyIndex, Resolution, Rewards,
    ScoreExposure, Split, StateExposure, Task, TaskPack, Ticket, Weights,
};

/// The actions that win either task, as `(action_type, field, value)`.
pub(crate) const WINNING: [(&str, &str, &str); 4] = [
    ("review_ticket", "", ""),
    ("inspect_artifact", "artifact_id", "loan"),
    ("search_policy", "query", "renewals"),
    ("submit_resolution", "resolution_code", "renew"),
];

/// The library's lending desk.
pub(crate) fn catalog() -> Arc<Catalog> {
    let tasks = vec![
        Arc::new(task("late-book", Difficulty::Easy, Split::Test)),
        Arc::new(task("lost-card", Difficulty::Hard, Split::Train)),
    ];
    Arc::new(Catalog::new(vec![TaskPack {
        name: "lending_desk".into(),
        version: "2.1.0".into(),
        description: "A library's lending desk.".into(),
        digest: "sha256:00".into(),
        resolutions: resolutions(),
        handbook: Arc::default(),
        tasks,
    }]))
}

fn task(id: &str, difficulty: Difficulty, split: Split) -> Task {
    let resolutions = resolutions();
    Task {
        id: id.into(),
        title: "A loan to settle".into(),
        difficulty,
        split,
        objective: "Settle the reader's request.".into(),
        workspace_summary: "One reader, one loan. Artifacts: loan, shelf".into(),
        max_steps: 8,
        tags: vec!["loans".into()],
        adversarial: false,
        ticket: Ticket {
            id: "L-1".into(),
            channel: Some("web"),
            opened_at: None,
            customer: Some("Robin Vale".into()),
            subject: "My loan".into(),
            message: "May I keep the book for two more weeks?".into(),
            rendered: "id: L-1\nsubject: My loan\nMay I keep the book for two more weeks?".into(),
        },
        artifacts: ArtifactTable::new(["loan", "shelf"].map(|id| Artifact {
            id: id.into(),
            title: id.to_uppercase().into(),
            distractor: id == "shelf",
            rendered: format!("record: {id}").into(),
            evidence: Evidence::artifact_key(id),
        })),
        policies: PolicyIndex::new([Arc::new(Policy {
            id: "renewals".into(),
            title: "Renewing loans".into(),
            aliases: vec!["keep longer".into()],
            distractor: false,
            rendered: "A loan may be renewed once.".into(),
            evidence: Evidence::policy_key("renewals"),
        })]),
        required_evidence: ["ticket", "artifact:loan", "policy:renewals"]
            .map(|key| Evidence::parse(key).expect("a key"))
            .to_vec(),
        resolution_codes: resolutions.iter().map(|resolution| resolution.code.to_string()).collect(),
        resolutions,
        outcomes: Outcomes { expected: "renew".into(), partial: BTreeMap::new(), harmful: vec!["block_reader".into()] },
        reply: None,
        grading: Grading {
            free_steps: 1,
            floor_max: 0.35,
            weights: Weights { resolution: 0.6, evidence: 0.3, reply: 0.0, efficiency: 0.1 },
        },
        rewards: Rewards { evidence: 0.05, reply: 0.0 },
        exposure: Exposure { score: ScoreExposure::Always, state: StateExposure::Full },
        oracle_reply: None,
        examples: Vec::new(),
        pack_digest: "sha256:00".into(),
    }
}

fn resolutions() -> Arc<[Resolution]> {
    ["renew", "refuse", "block_reader"].map(|code| Resolution { code: code.into(), meaning: "…".into() }).into()
}
