//! What the server counts, in the text form that Prometheus reads. Labels come from fixed lists, so that no client can
//! make the list grow.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::episode::EndReason;
use crate::protocol::ActionType;

/// The upper bounds of the duration buckets, in microseconds: a step takes tens of them, a long reply's grading some
/// thousands.
const BUCKETS: [u64; 12] = [10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 50_000, 250_000];

/// What went wrong for a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// A badly shaped request.
    Validation,
    /// A session id that nobody holds.
    UnknownSession,
    /// A session that another socket holds.
    BusySession,
    /// A step before any reset.
    NoEpisode,
    /// No room for another session.
    Capacity,
    /// The server's token is missing or wrong.
    Unauthorized,
    /// A `Host` or `Origin` that is not allowed.
    Origin,
    /// Any other refusal.
    Refused,
    /// A bug.
    Internal,
}

impl Fault {
    const ALL: [(Fault, &'static str); 9] = [
        (Fault::Validation, "validation"),
        (Fault::UnknownSession, "unknown_session"),
        (Fault::BusySession, "busy_session"),
        (Fault::NoEpisode, "no_episode"),
        (Fault::Capacity, "capacity"),
        (Fault::Unauthorized, "unauthorized"),
        (Fault::Origin, "origin"),
        (Fault::Refused, "refused"),
        (Fault::Internal, "internal"),
    ];
}

/// Everything the server counts.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    episodes_started: AtomicU64,
    episodes_submitted: AtomicU64,
    episodes_out_of_steps: AtomicU64,
    steps: [AtomicU64; ActionType::ALL.len()],
    step_mistakes: AtomicU64,
    steps_repeated: AtomicU64,
    step_seconds: Histogram,
    requests: [AtomicU64; 5],
    request_seconds: Histogram,
    sockets_opened: AtomicU64,
    faults: [AtomicU64; Fault::ALL.len()],
}

/// What is true at the moment of asking.
pub(crate) struct Gauges {
    pub(crate) sessions: usize,
    pub(crate) max_sessions: usize,
    pub(crate) expired: u64,
    pub(crate) connections: usize,
    pub(crate) max_connections: usize,
    pub(crate) given_up: u64,
    pub(crate) turned_away: u64,
    pub(crate) tasks: usize,
}

impl Metrics {
    pub(crate) fn episode_started(&self) {
        count(&self.episodes_started);
    }

    pub(crate) fn episode_ended(&self, reason: EndReason) {
        count(match reason {
            EndReason::Submitted => &self.episodes_submitted,
            EndReason::StepLimit => &self.episodes_out_of_steps,
        });
    }

    pub(crate) fn stepped(&self, action: ActionType, mistake: bool, took: Duration) {
        let at = ActionType::ALL.iter().position(|&each| each == action).expect("ALL holds every action");
        count(&self.steps[at]);
        if mistake {
            count(&self.step_mistakes);
        }
        self.step_seconds.observe(took);
    }

    pub(crate) fn step_repeated(&self) {
        count(&self.steps_repeated);
    }

    pub(crate) fn answered(&self, status: u16, took: Duration) {
        if let Some(class) = self.requests.get(usize::from(status / 100).saturating_sub(1)) {
            count(class);
        }
        self.request_seconds.observe(took);
    }

    /// A request that is no HTTP; the HTTP library refuses it.
    pub(crate) fn unreadable(&self) {
        self.answered(400, Duration::ZERO);
        self.fault(Fault::Refused);
    }

    pub(crate) fn socket_opened(&self) {
        count(&self.sockets_opened);
    }

    pub(crate) fn fault(&self, fault: Fault) {
        let at = Fault::ALL.iter().position(|&(each, _)| each == fault).expect("ALL holds every fault");
        count(&self.faults[at]);
    }

    /// The text that Prometheus reads.
    pub(crate) fn render(&self, gauges: &Gauges) -> String {
        let mut page = Page(String::with_capacity(8 * 1024));
        page.plain("sessions", "gauge", "Sessions held now, over all transports.", gauges.sessions as u64);
        page.plain("sessions_max", "gauge", "Sessions the server may hold.", gauges.max_sessions as u64);
        page.plain("sessions_expired_total", "counter", "Sessions forgotten because nobody used them.", gauges.expired);
        page.plain("connections", "gauge", "Connections open now, WebSockets included.", gauges.connections as u64);
        page.plain("connections_max", "gauge", "Connections there may be.", gauges.max_connections as u64);
        let help = "Connections closed for others while they waited for their client.";
        page.plain("connections_given_up_total", "counter", help, gauges.given_up);
        page.plain("connections_refused_total", "counter", "Connections without a place.", gauges.turned_away);
        page.plain("websockets_opened_total", "counter", "WebSockets opened.", load(&self.sockets_opened));
        page.plain("tasks", "gauge", "Tasks served.", gauges.tasks as u64);
        page.plain("episodes_started_total", "counter", "Episodes begun.", load(&self.episodes_started));
        page.head("episodes_ended_total", "counter", "Episodes that came to their end, by what ended them.");
        page.line("episodes_ended_total", "reason=\"submitted\"", load(&self.episodes_submitted));
        page.line("episodes_ended_total", "reason=\"step_limit\"", load(&self.episodes_out_of_steps));
        page.head("steps_total", "counter", "Steps answered, by action.");
        for (action, steps) in ActionType::ALL.iter().zip(&self.steps) {
            page.line("steps_total", &format!("action=\"{}\"", action.as_str()), load(steps));
        }
        page.plain("step_mistakes_total", "counter", "Steps answered with an error.", load(&self.step_mistakes));
        let help = "Steps asked for again under their key, answered and not taken.";
        page.plain("steps_repeated_total", "counter", help, load(&self.steps_repeated));
        page.histogram("step_duration_seconds", "How long the engine took over a step.", &self.step_seconds);
        page.head("http_requests_total", "counter", "HTTP requests answered, by class of status.");
        for (class, requests) in (1..).zip(&self.requests) {
            page.line("http_requests_total", &format!("status=\"{class}xx\""), load(requests));
        }
        page.histogram("http_request_duration_seconds", "How long HTTP requests took.", &self.request_seconds);
        page.head("errors_total", "counter", "Requests and frames refused, by cause.");
        for ((_, name), faults) in Fault::ALL.iter().zip(&self.faults) {
            page.line("errors_total", &format!("kind=\"{name}\""), load(faults));
        }
        page.0
    }
}

#[derive(Debug, Default)]
struct Histogram {
    /// Per bucket what fell into it and into no smaller one; the last holds what is beyond all bounds.
    counts: [AtomicU64; BUCKETS.len() + 1],
    nanos: AtomicU64,
}

impl Histogram {
    fn observe(&self, took: Duration) {
        let micros = took.as_micros();
        let at = BUCKETS.iter().position(|&bound| micros <= u128::from(bound)).unwrap_or(BUCKETS.len());
        count(&self.counts[at]);
        self.nanos.fetch_add(u64::try_from(took.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}

struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        self.push(format_args!("# HELP support_ops_{name} {help}\n# TYPE support_ops_{name} {kind}\n"));
    }

    fn line(&mut self, name: &str, labels: &str, value: u64) {
        self.push(format_args!("support_ops_{name}{{{labels}}} {value}\n"));
    }

    fn plain(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.head(name, kind, help);
        self.push(format_args!("support_ops_{name} {value}\n"));
    }

    fn histogram(&mut self, name: &str, help: &str, histogram: &Histogram) {
        self.head(name, "histogram", help);
        let mut so_far = 0;
        for (bound, counted) in BUCKETS.iter().zip(&histogram.counts) {
            so_far += load(counted);
            let label = format!("le=\"{}\"", *bound as f64 / 1e6);
            self.line(&format!("{name}_bucket"), &label, so_far);
        }
        so_far += load(&histogram.counts[BUCKETS.len()]);
        self.line(&format!("{name}_bucket"), "le=\"+Inf\"", so_far);
        let seconds = Duration::from_nanos(load(&histogram.nanos)).as_secs_f64();
        self.push(format_args!("support_ops_{name}_sum {seconds}\nsupport_ops_{name}_count {so_far}\n"));
    }

    fn push(&mut self, text: std::fmt::Arguments<'_>) {
        self.0.write_fmt(text).expect("writing to a String does not fail");
    }
}

fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}

fn load(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renders_what_was_counted() {
        let metrics = Metrics::default();
        metrics.episode_started();
        metrics.stepped(ActionType::DraftReply, true, Duration::from_micros(60));
        metrics.stepped(ActionType::DraftReply, false, Duration::from_secs(1));
        metrics.answered(422, Duration::ZERO);
        metrics.fault(Fault::Validation);
        let page = metrics.render(&Gauges {
            sessions: 3,
            max_sessions: 9,
            expired: 0,
            connections: 1,
            max_connections: 8,
            given_up: 0,
            turned_away: 0,
            tasks: 2,
        });
        for line in [
            "support_ops_sessions 3",
            "support_ops_episodes_started_total 1",
            "support_ops_steps_total{action=\"draft_reply\"} 2",
            "support_ops_step_mistakes_total 1",
            "support_ops_step_duration_seconds_bucket{le=\"0.00005\"} 0",
            "support_ops_step_duration_seconds_bucket{le=\"0.0001\"} 1",
            "support_ops_step_duration_seconds_bucket{le=\"+Inf\"} 2",
            "support_ops_step_duration_seconds_sum 1.00006",
            "support_ops_http_requests_total{status=\"4xx\"} 1",
            "support_ops_errors_total{kind=\"validation\"} 1",
        ] {
            assert!(page.lines().any(|each| each == line), "`{line}` is not in\n{page}");
        }
    }
}
