//! How a model is asked.

use std::time::Duration;

use crate::eval::{Budget, ModelConfig};

use super::endpoint::Endpoint;
use super::price::Price;
use super::roots::Roots;

/// The most tokens of an answer where money is limited and nobody says how many: the worst case needs a bound. Several
/// times the longest reply.
pub(super) const BOUNDED_TOKENS: u32 = 4096;

/// A model, how it is asked, and what it may cost.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelOptions {
    /// Its host.
    pub endpoint: Endpoint,
    /// Its name there.
    pub name: String,
    /// Sampling temperature; `None` leaves it to the host.
    pub temperature: Option<f64>,
    /// The most tokens of an answer; `None` leaves it to the host, or is 4,096 where `max_cost` is given.
    pub max_tokens: Option<u32>,
    /// Whose certificates are trusted; `None` for Mozilla's list.
    pub roots: Option<Roots>,
    /// How long one attempt may take, from the connection to the last byte.
    pub timeout: Duration,
    /// How long a busy host may leave everybody without an answer before questions fail.
    pub patience: Duration,
    /// How actions are asked for.
    pub mode: Mode,
    /// Whether answers are asked for in pieces. Some hosts' proxies cut connections on which nothing moves.
    pub stream: bool,
    /// The most requests in any minute.
    pub requests_per_minute: Option<u32>,
    /// The most tokens in any minute, read and written.
    pub tokens_per_minute: Option<u64>,
    /// What its tokens cost.
    pub price: Option<Price>,
    /// The most US dollars to spend, those of the run's earlier processes included; needs `price`.
    pub max_cost: Option<f64>,
}

impl ModelOptions {
    /// How a model of this name is asked where nothing else is said.
    pub fn new(endpoint: Endpoint, name: &str) -> ModelOptions {
        ModelOptions {
            endpoint,
            name: name.to_owned(),
            temperature: None,
            max_tokens: None,
            roots: None,
            timeout: Duration::from_secs(120),
            patience: Duration::from_secs(120),
            mode: Mode::Auto,
            stream: false,
            requests_per_minute: None,
            tokens_per_minute: None,
            price: None,
            max_cost: None,
        }
    }

    /// What a run's configuration says of it.
    pub fn config(&self) -> ModelConfig {
        ModelConfig {
            name: self.name.clone(),
            api_base_url: self.endpoint.base_url().to_owned(),
            temperature: self.temperature,
            max_tokens: self.max_tokens,
            mode: self.mode.as_str().to_owned(),
        }
    }

    /// What a run's configuration says of what it may cost; `None` where nothing is known of its cost.
    pub fn budget(&self) -> Option<Budget> {
        let Self { price, max_cost, .. } = *self;
        (price.is_some() || max_cost.is_some()).then_some(Budget { max_cost, price })
    }

    /// Whether they fit together.
    ///
    /// # Errors
    /// A limit of money without a price: what a call may cost at most could not be told.
    pub fn check(&self) -> Result<(), String> {
        if self.max_cost.is_none() || self.price.is_some() {
            return Ok(());
        }
        let how = "give US dollars for a million tokens with --price-prompt and --price-completion, or --prices FILE";
        Err(format!("--max-cost needs the price of `{}`; {how}", self.name))
    }

    /// The limit of tokens that is sent.
    pub(super) fn sent_tokens(&self) -> Option<u32> {
        self.max_tokens.or(self.max_cost.and(Some(BOUNDED_TOKENS)))
    }
}

/// How actions are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// By calls of tools, until the host refuses them or the model does without; then by JSON for the rest of the run.
    #[default]
    Auto,
    /// By calls of tools.
    Tools,
    /// By JSON in texts.
    Json,
}

impl Mode {
    /// All three.
    pub const ALL: [Mode; 3] = [Mode::Auto, Mode::Tools, Mode::Json];

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Mode::Auto => "auto",
            Mode::Tools => "tools",
            Mode::Json => "json",
        }
    }
}
