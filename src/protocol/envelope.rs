//! What wraps an observation on its way out.

use serde::Serialize;

use super::{Observation, ObservationMetadata, State, StepResult};

/// The observation with what stands beside it: the same over HTTP and WebSocket.
#[derive(Serialize)]
pub(super) struct Envelope<'a> {
    observation: &'a Observation,
    reward: Option<f64>,
    done: bool,
    /// A copy, for clients that read it here.
    metadata: &'a ObservationMetadata,
}

impl<'a> Envelope<'a> {
    pub(super) fn of(result: &'a StepResult) -> Envelope<'a> {
        Envelope {
            observation: &result.observation,
            reward: result.reward,
            done: result.done,
            metadata: &result.observation.metadata,
        }
    }
}

/// The body that answers `/reset` and `/step`.
pub fn render_http_envelope(result: &StepResult) -> Vec<u8> {
    render(&Envelope::of(result))
}

/// The body that answers `/state`.
pub fn render_http_state(state: &State) -> Vec<u8> {
    render(state)
}

fn render(value: &impl Serialize) -> Vec<u8> {
    // An observation takes one to three kilobytes.
    let mut json = Vec::with_capacity(2_048);
    serde_json::to_writer(&mut json, value).expect("envelopes are plain JSON, and memory takes it");
    json
}
