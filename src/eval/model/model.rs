//! A model at a host, shared by everybody who plays with it: its pace, its budget, its journal.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crate::eval::run::Stop;
use crate::eval::{ErrorKind, PlayerError, Usage};
use crate::protocol::ToolUseAction;

use super::account::{Account, BYTES_A_TOKEN};
use super::backoff::{Backoff, Next, Troubles};
use super::clock::{Clock, SystemClock};
use super::completion::{Completion, Said, Tokens};
use super::conversation::Form;
use super::host::{Host, HttpHost, Reply};
use super::journal::{Entry, Journal};
use super::options::{Mode, ModelOptions};
use super::pace::Pace;
use super::question::{Answer, Question};
use super::trouble::{Then, Trouble, parse_reply};

/// A pause that people are told of, lest they think that nothing moves.
const LONG_PAUSE: Duration = Duration::from_secs(5);
/// Tokens of an answer that a pace reckons with where no limit is sent.
const USUAL_TOKENS: u64 = 512;

/// A model that is asked over the network.
pub struct Model {
    options: ModelOptions,
    host: Box<dyn Host>,
    clock: Box<dyn Clock>,
    warn: Box<dyn Fn(&str) + Send + Sync>,
    account: Account,
    pace: Pace,
    backoff: Backoff,
    /// Whether tools are done without from now on.
    is_without_tools: AtomicBool,
    /// Whether the limit of tokens goes by its newer name.
    is_limit_renamed: AtomicBool,
    /// Whether it was told that a host is waited for.
    was_told: AtomicBool,
    /// Why nobody needs to ask any more.
    stopped: OnceLock<PlayerError>,
}

/// A model that cannot be asked in this way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ModelError(String);

impl Model {
    /// A model, with the journal of a run in this file. `warn` is told what a user should know and nobody fails of; when
    /// `stop` is asked, nobody waits any longer.
    ///
    /// # Errors
    /// A budget without a price, and a journal that cannot be opened.
    pub fn new(
        options: ModelOptions,
        journal: Option<&Path>,
        stop: Arc<Stop>,
        warn: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Model, ModelError> {
        let host = Box::new(HttpHost::new(&options));
        Model::with(options, journal, Box::new(warn), host, Box::new(SystemClock::new(stop)))
    }

    pub(super) fn with(
        options: ModelOptions,
        journal: Option<&Path>,
        warn: Box<dyn Fn(&str) + Send + Sync>,
        host: Box<dyn Host>,
        clock: Box<dyn Clock>,
    ) -> Result<Model, ModelError> {
        options.check().map_err(ModelError)?;
        let account = Account::open(&options, journal).map_err(|error| ModelError(error.to_string()))?;
        let went_over = account.journal().is_some_and(Journal::went_over);
        let has_answered = account.journal().is_some_and(Journal::has_answers);
        Ok(Model {
            pace: Pace::new(options.requests_per_minute, options.tokens_per_minute),
            backoff: Backoff::new(options.patience, has_answered),
            account,
            is_without_tools: AtomicBool::new(options.mode == Mode::Json || (options.mode == Mode::Auto && went_over)),
            is_limit_renamed: AtomicBool::new(false),
            was_told: AtomicBool::new(false),
            stopped: OnceLock::new(),
            options,
            host,
            clock,
            warn,
        })
    }

    /// US dollars spent, those of the run's earlier processes included.
    pub fn spent(&self) -> f64 {
        self.account.spent()
    }

    /// The action without the key, should the host have said it back.
    pub(super) fn redact_action(&self, action: ToolUseAction) -> ToolUseAction {
        self.options.endpoint.redact_action(action)
    }

    /// Why no question will be answered any more, once that is known: a key that is refused, money that is spent.
    pub fn stopped(&self) -> Option<&PlayerError> {
        self.stopped.get()
    }

    /// How the next question is put; `kept` is how an earlier process put it.
    pub(super) fn form(&self, kept: Option<Form>) -> Form {
        match (self.options.mode, kept) {
            (Mode::Auto, Some(form)) => form,
            _ if self.is_without_tools.load(Ordering::Relaxed) => Form::Json,
            _ => Form::Tools,
        }
    }

    /// Does without tools from now on, where that is left to us. Whether it is.
    pub(super) fn go_without_tools(&self, why: &str) -> bool {
        let may = self.options.mode == Mode::Auto;
        if may && !self.is_without_tools.swap(true, Ordering::Relaxed) {
            self.warn(&format!("{why}: actions are asked for as JSON from now on"));
        }
        may
    }

    /// The answer that an earlier process was given to a trial's call.
    pub(super) fn kept(&self, trial: &str, call: u32) -> Option<Entry> {
        self.account.journal()?.take(trial, call)
    }

    /// The answer to a question that was asked before, where it is the same question.
    pub(super) fn recall(&self, question: &Question<'_>, kept: Entry, usage: &mut Usage) -> Option<Answer> {
        if kept.digest != question.digest(&self.options) {
            let Question { trial, call, .. } = question;
            self.warn(&format!(
                "{trial}: call {call} was answered before but asks something else now: it is asked again"
            ));
            if let Some(journal) = self.account.journal() {
                journal.forget(trial);
            }
            return None;
        }
        for (kind, count) in &kept.errors {
            let troubles = usage.errors.entry(*kind).or_default();
            *troubles = troubles.saturating_add(*count);
        }
        let tokens = Tokens { prompt: kept.prompt_tokens, completion: kept.completion_tokens };
        count(usage, tokens, kept.cost);
        let is_truncated = kept.finish_reason.as_deref() == Some("length");
        Some(Answer { said: Said::parse(&kept.message.unwrap_or_default()), is_truncated })
    }

    /// Asks, again and again where that may help. Troubles are counted in `usage`, and those since the answer before in
    /// `errors`.
    pub(super) fn ask(
        &self,
        question: &Question<'_>,
        usage: &mut Usage,
        errors: &mut BTreeMap<ErrorKind, u64>,
    ) -> Result<Answer, PlayerError> {
        let mut troubles = Troubles::default();
        loop {
            if let Some(why) = self.stopped.get() {
                return Err(why.clone());
            }
            let trouble = match self.attempt(question, usage, errors) {
                Ok(answer) => {
                    self.backoff.answered(self.clock.now());
                    return Ok(answer);
                }
                Err(trouble) => trouble,
            };
            if trouble.then == Then::RenameLimit && !self.is_limit_renamed.swap(true, Ordering::Relaxed) {
                continue;
            }
            for errors in [&mut usage.errors, &mut *errors] {
                *errors.entry(trouble.kind).or_default() += 1;
            }
            let pause = self.pause_after(&trouble, &mut troubles)?;
            if trouble.wait.is_some() {
                self.pace.hold(&*self.clock, pause);
            } else if self.clock.sleep(pause) {
                return Err(PlayerError::of_trial(trouble.kind, trouble.message));
            }
        }
    }

    /// How long to wait before a question is asked again that has met this trouble.
    ///
    /// # Errors
    /// It is not asked again, and where no other question would fare better either, the run ends.
    fn pause_after(&self, trouble: &Trouble, troubles: &mut Troubles) -> Result<Duration, PlayerError> {
        let failed = |ends_run: bool, how: &str| PlayerError {
            kind: trouble.kind,
            message: format!("{}{how}", trouble.message),
            ends_run,
        };
        let stops = match trouble.then {
            Then::Again | Then::Later => None,
            Then::Stop => Some(true),
            Then::StopAtFirst => Some(!self.backoff.has_answered()),
            Then::Fail | Then::RenameLimit => Some(false),
        };
        match stops {
            None => {}
            Some(true) => return Err(self.stopped.get_or_init(|| failed(true, "")).clone()),
            Some(false) => return Err(failed(trouble.kind == ErrorKind::Budget, "")),
        }
        let pause = match self.backoff.after(troubles, trouble, self.clock.now(), self.clock.draw()) {
            Next::Ask(pause) => pause,
            Next::GiveUp if troubles.count < 2 => return Err(failed(false, "")),
            Next::GiveUp => return Err(failed(false, &format!(" (asked {} times)", troubles.count))),
            Next::Stop => return Err(failed(true, "; it has answered nobody within --patience")),
        };
        if pause >= LONG_PAUSE && !self.was_told.swap(true, Ordering::Relaxed) {
            let most = self.backoff.patience().as_secs();
            let how = format!("waiting until it has answered nobody for {most} s (--patience)");
            self.warn(&format!("{}; {how}", trouble.message));
        }
        Ok(pause)
    }

    /// Asks once.
    fn attempt(
        &self,
        question: &Question<'_>,
        usage: &mut Usage,
        errors: &mut BTreeMap<ErrorKind, u64>,
    ) -> Result<Answer, Trouble> {
        let body = question.render(&self.options, self.is_limit_renamed.load(Ordering::Relaxed));
        let bytes = body.len() as u64;
        let estimate = bytes / BYTES_A_TOKEN + self.options.sent_tokens().map_or(USUAL_TOKENS, u64::from);
        let mut call = self.account.hold(Entry::of(question, &self.options), bytes)?;
        if self.pace.wait(&*self.clock, estimate) {
            return Err(stopped());
        }
        call.announce()?;
        let begun = self.clock.now();
        let answered = self.exchange(&body, question.form == Form::Tools);
        let seconds = self.clock.now().saturating_sub(begun).as_secs_f64();
        let completion = match answered {
            Ok(completion) => completion,
            Err(trouble) => {
                call.fail(trouble.may_cost, seconds)?;
                return Err(trouble);
            }
        };
        let (tokens, cost) = call.answer(&completion, seconds, std::mem::take(errors))?;
        count(usage, tokens, cost);
        let is_truncated = completion.finish.as_deref() == Some("length");
        Ok(Answer { said: completion.said, is_truncated })
    }

    /// Sends a request and reads what comes back, without the key, should it be in there.
    fn exchange(&self, body: &str, has_tools: bool) -> Result<Completion, Trouble> {
        let endpoint = &self.options.endpoint;
        let reply = self.host.post(body).map_err(Trouble::of_broken);
        let reply = reply.map(|reply| Reply { body: endpoint.redact_bytes(reply.body), ..reply });
        match reply.and_then(|reply| parse_reply(&reply, has_tools, self.clock.today())) {
            Ok(completion) => Ok(Completion {
                said: completion.said.map_texts(|text| endpoint.redact(text)),
                finish: completion.finish.map(|finish| endpoint.redact(finish)),
                ..completion
            }),
            Err(trouble) => {
                let key = if trouble.kind == ErrorKind::Auth { endpoint.describe_key() } else { String::new() };
                let told = [endpoint.redact(trouble.message), key];
                let message = told.join(if told[1].is_empty() { "" } else { "; " });
                Err(Trouble { message, ..trouble })
            }
        }
    }

    fn warn(&self, text: &str) {
        (self.warn)(text);
    }
}

/// Nobody waits any longer. The run knows why, and the trial does not end with it.
fn stopped() -> Trouble {
    let message = "stopped".to_owned();
    Trouble { kind: ErrorKind::Budget, message, then: Then::Fail, wait: None, may_cost: false }
}

/// Adds an answered call to what a trial has cost.
pub(super) fn count(usage: &mut Usage, tokens: Tokens, cost: Option<f64>) {
    usage.calls += 1;
    // A file may say anything.
    usage.prompt_tokens = usage.prompt_tokens.saturating_add(tokens.prompt);
    usage.completion_tokens = usage.completion_tokens.saturating_add(tokens.completion);
    if let Some(cost) = cost {
        usage.cost = Some(usage.cost.unwrap_or_default() + cost);
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::super::bench::{Bench, OK, broken, status};
    use super::super::endpoint::Endpoint;
    use super::super::host::Broken;
    use super::*;

    /// What comes of a question whose first attempts go like this: the kind of the failure, and how often it is asked.
    fn check(answers: Vec<Result<Reply, Broken>>, expect: Option<ErrorKind>, asked: usize) {
        let told = format!("{answers:?}");
        let mut bench = Bench::new(answers, |_| {});
        let found = bench.ask(0);
        if let Err(error) = &found {
            assert!(!error.message.contains("secret"), "{error}");
        }
        assert_eq!((found.err().map(|error| error.kind), bench.asked()), (expect, asked), "{told}");
    }

    #[test]
    fn what_may_pass_is_asked_again() {
        check(vec![], None, 1);
        check(vec![status(500, ""), broken(false), status(429, ""), status(200, "<html>")], None, 5);
        check(vec![status(500, ""); 8], None, 9);
        check(vec![status(404, "")], Some(ErrorKind::Refused), 1);
        check(vec![status(503, ""); 8], None, 9);
        check(vec![broken(true); 8], None, 9);
        check(vec![status(400, "")], Some(ErrorKind::Refused), 1);
        check(vec![status(401, "no such key: a-secret-key")], Some(ErrorKind::Auth), 1);
        check(vec![status(400, "no tools here")], Some(ErrorKind::ToolsRefused), 1);
        check(vec![status(400, "use max_completion_tokens")], None, 2);
        check(vec![status(400, "use max_completion_tokens"); 2], Some(ErrorKind::Refused), 2);
    }

    #[test]
    fn troubles_are_counted_and_waited_for() {
        let slow = Reply { status: 429, retry_after: Some("7".to_owned()), ..Reply::default() };
        let mut bench = Bench::new(vec![status(500, ""), Ok(slow)], |_| {});
        bench.ask(0).expect("the third time");
        let counted = BTreeMap::from([(ErrorKind::Server, 1), (ErrorKind::RateLimit, 1)]);
        assert_eq!((&bench.usage.errors, bench.usage.calls), (&counted, 1));
        assert_eq!(bench.clock.slept(), [Duration::from_millis(250), Duration::from_secs(7)]);
        assert!(bench.errors.is_empty(), "they went into the journal with the answer");
    }

    #[test]
    fn a_host_that_counts_by_the_minute_is_waited_for() {
        let mut bench = Bench::new(vec![status(429, ""); 10], |_| {});
        bench.ask(0).expect("it has room again");
        let slept: Duration = bench.clock.slept().iter().sum();
        assert!((60..120).contains(&slept.as_secs()), "{slept:?}");
        let mut bench = Bench::new(vec![status(429, ""); 99], |_| {});
        bench.ask(0).expect_err("there is an end to patience");
        let slept: Duration = bench.clock.slept().iter().sum();
        assert!((60..=120).contains(&slept.as_secs()), "{slept:?}");
    }

    #[test]
    fn a_refused_key_stops_everybody() {
        let mut bench = Bench::new(vec![status(401, "")], |_| {});
        let first = bench.ask(0).expect_err("the key is refused");
        assert!(first.message.ends_with("; the key is that of API_KEY"), "{first}");
        assert_eq!(bench.ask(1).expect_err("nobody is asked"), first);
        assert_eq!((bench.asked(), bench.model.stopped()), (1, Some(&first)));
    }

    #[test]
    fn a_host_that_goes_away_stops_the_run() {
        let mut bench = Bench::new(vec![status(200, OK)], |_| {});
        bench.ask(0).expect("it answers");
        bench.host.answers.lock().expect("no thread panics").extend(vec![broken(false); 99]);
        for call in 1..3 {
            let error = bench.ask(call).expect_err("nobody is there");
            assert!(error.ends_run && error.message.ends_with("answered nobody within --patience"), "{error}");
        }
        assert_eq!(bench.clock.slept().iter().sum::<Duration>(), Duration::from_secs(120), "it is waited for once");
        bench.host.answers.lock().expect("no thread panics").truncate(1);
        assert!(bench.ask(3).is_err() && bench.ask(4).is_ok(), "it is back");
    }

    #[test]
    fn a_model_that_is_not_there_stops_everybody_at_first() {
        let missing = || status(404, "the model `x` does not exist");
        let mut bench = Bench::new(vec![missing()], |_| {});
        let first = bench.ask(0).expect_err("there is none");
        assert!(first.ends_run && bench.model.stopped() == Some(&first), "{first}");
        let mut bench = Bench::new(vec![status(200, OK), missing()], |_| {});
        bench.ask(0).expect("it answers");
        assert!(!bench.ask(1).expect_err("it has gone").ends_run && bench.ask(2).is_ok());
    }

    #[test]
    fn an_answer_is_recalled_for_the_same_question_only() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calls.jsonl");
        let mut bench = Bench::with_journal(vec![status(500, "")], Some(&path), |_| {});
        bench.ask(0).expect("the second time");
        bench.ask(1).expect("at once");
        for (text, is_same) in [("question 0", true), ("another", false)] {
            let again = Bench::with_journal(Vec::new(), Some(&path), |_| {});
            let kept = again.model.kept("trial", 0).expect("it was answered");
            let messages = vec![json!({ "role": "user", "content": text })];
            let question = Question { trial: "trial", call: 0, form: Form::Tools, messages };
            let mut usage = Usage::default();
            assert_eq!(again.model.recall(&question, kept, &mut usage).is_some(), is_same);
            let expect = if is_same { (1, BTreeMap::from([(ErrorKind::Server, 1)])) } else { (0, BTreeMap::new()) };
            assert_eq!((usage.calls, usage.errors), expect);
            assert_eq!(again.model.kept("trial", 1).is_some(), is_same, "what followed is of no use");
        }
    }

    #[test]
    fn a_key_that_a_host_says_back_is_not_kept() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("calls.jsonl");
        let answer = OK.replace("\"ok\"", "\"a-secret-key\"");
        let mut bench = Bench::with_journal(vec![status(200, &answer)], Some(&path), |_| {});
        assert_eq!(bench.ask(0).expect("it answers").said.text, "[key]");
        assert!(!std::fs::read_to_string(&path).expect("it was written").contains("secret"));
        // Nor where nobody sees what it is split by, nor in escapes within escapes.
        for said in ["a-se\u{200b}cret-k\u{2060}ey", "{\\\"query\\\":\\\"\\\\u0061-s\\\\u0065cret-key\\\"}"] {
            let answer = OK.replace("\"ok\"", &format!("\"{said}\""));
            let mut bench = Bench::new(vec![status(200, &answer)], |_| {});
            let said = bench.ask(0).expect("it answers").said.text;
            assert!(said.contains("[key]") && !said.contains("cret"), "{said}");
        }
        // Nor in why an answer ended, nor in an error that is cut where the key stands.
        let ended = OK.replace("{\"message\"", "{\"finish_reason\":\"a-secret-key\",\"message\"");
        let refusal = format!("{}a-secret-key", "x".repeat(295));
        assert_ne!(ended, OK);
        let mut bench = Bench::with_journal(vec![status(200, &ended), status(403, &refusal)], Some(&path), |_| {});
        bench.ask(0).expect("it answers");
        let refused = bench.ask(1).expect_err("the key is refused").message;
        assert!(!refused.contains("a-s"), "{refused}");
        assert!(!std::fs::read_to_string(&path).expect("it was written").contains("secret"));
    }

    #[test]
    fn a_budget_needs_a_price() {
        let endpoint = Endpoint::new("http://localhost", |_| None).expect("it is well formed");
        let options = ModelOptions { max_cost: Some(1.0), ..ModelOptions::new(endpoint, "model") };
        let error = Model::new(options, None, Arc::default(), |_| {}).err().expect("there is none");
        assert!(error.to_string().contains("--price-prompt"), "{error}");
    }

    #[test]
    fn a_request_says_what_was_chosen() {
        let mut bench = Bench::new(vec![status(400, "max_completion_tokens")], |options| {
            (options.temperature, options.max_tokens, options.stream) = (Some(0.5), Some(99), true);
        });
        bench.ask(0).expect("the second time");
        let asked = bench.host.asked.lock().expect("no thread panics");
        assert_eq!((&asked[0]["max_tokens"], &asked[1]["max_completion_tokens"]), (&json!(99), &json!(99)));
        assert!(asked[1].get("max_tokens").is_none());
        assert_eq!((&asked[1]["temperature"], &asked[1]["stream"]), (&json!(0.5), &json!(true)));
        assert_eq!((&asked[1]["model"], asked[1]["tools"].as_array().map(Vec::len)), (&json!("model"), Some(5)));
    }
}
