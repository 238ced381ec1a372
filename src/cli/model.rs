//! The flags of a model, and what its variables say where a flag does not.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::eval::Budget;
use crate::eval::model::{DEFAULT_API_BASE_URL, DEFAULT_MODEL_NAME, Endpoint, Mode, ModelOptions, Price, Roots};
use crate::record::read_regular;

use super::settings::{choose, parse_duration, parse_text, process_environment};

/// How long an answer may take where nothing is said: a slow model's.
const USUAL_TIMEOUT: Duration = Duration::from_secs(120);

/// The longest file of prices or of certificates: many times that of a system's authorities.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// A model, how it is asked and what it may cost.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Models")]
pub(super) struct ModelArgs {
    /// The model's name at its host [default: Qwen/Qwen2.5-72B-Instruct] [env: MODEL_NAME].
    #[arg(long, value_name = "NAME", value_parser = parse_text)]
    model: Option<String>,
    /// Any OpenAI-compatible host [default: https://router.huggingface.co/v1] [env: API_BASE_URL]. The key is HF_TOKEN
    /// at huggingface.co, OPENAI_API_KEY at openai.com, elsewhere the first of API_KEY, OPENAI_API_KEY and HF_TOKEN.
    #[arg(long, value_name = "URL")]
    api_base_url: Option<String>,
    /// Sampling temperature, 0 to 2; without it the host's own.
    #[arg(long, value_name = "T", value_parser = parse_temperature)]
    temperature: Option<f64>,
    /// The most tokens of an answer; without it the host's own limit, with --max-cost 4096.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    max_tokens: Option<u32>,
    /// How actions are asked for: auto (tools, and JSON where the host or the model does without), tools or json.
    #[arg(long, default_value = "auto", value_parser = parse_mode)]
    mode: Mode,
    /// How long to go on asking a host that answers nobody, whatever it says or where nobody is there; then the run stops.
    /// Where it answers others and fails at one question (5xx, a broken connection), that is asked six times at most.
    #[arg(long, value_name = "TIME", default_value = "2m", value_parser = parse_duration)]
    patience: Duration,
    /// Ask for answers in pieces: some proxies cut connections on which nothing moves.
    #[arg(long)]
    stream: bool,
    /// The most requests in any minute.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    rpm: Option<u32>,
    /// The most tokens in any minute.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    tpm: Option<u64>,
    /// Prices of models: a TOML file with lines such as "NAME" = { prompt = 0.5, completion = 1.5 }, in US dollars for a
    /// million tokens. A call costs what a host says, or this where it is more.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["price_prompt", "price_completion"])]
    prices: Option<PathBuf>,
    /// US dollars for a million tokens read.
    #[arg(long, value_name = "USD", requires = "price_completion", value_parser = parse_price)]
    price_prompt: Option<f64>,
    /// US dollars for a million tokens written.
    #[arg(long, value_name = "USD", requires = "price_prompt", value_parser = parse_price)]
    price_completion: Option<f64>,
    /// The most US dollars that the run may cost, over all its resumptions: --resume keeps it and the price unless it says
    /// others. No call is made that may cost more than is left; needs a price.
    #[arg(long, value_name = "USD", value_parser = parse_usd)]
    max_cost: Option<f64>,
}

impl ModelArgs {
    /// Where the model is asked, with the key that is for there.
    pub(super) fn endpoint(&self) -> Result<Endpoint, String> {
        let url = choose(self.api_base_url.clone(), &["API_BASE_URL"], &process_environment, parse_text)?;
        let url = url.as_deref().unwrap_or(DEFAULT_API_BASE_URL);
        Endpoint::new(url, process_environment).map_err(|error| error.to_string())
    }

    /// How the model is asked, each attempt for so long. What is not said of money is as the run was begun with.
    pub(super) fn options(&self, timeout: Option<Duration>, begun: Option<Budget>) -> Result<ModelOptions, String> {
        let env: super::settings::Environment<'_> = &process_environment;
        let endpoint = self.endpoint()?;
        let name = choose(self.model.clone(), &["MODEL_NAME"], env, parse_text)?;
        let name = name.unwrap_or_else(|| DEFAULT_MODEL_NAME.to_owned());
        let price = match (&self.prices, self.price_prompt, self.price_completion) {
            (Some(file), ..) => {
                let wrong = |what: String| format!("{}: {what}", file.display());
                let bytes = read_regular(file, MAX_FILE_BYTES).map_err(|error| wrong(error.to_string()))?;
                let text = String::from_utf8(bytes).map_err(|_| wrong("it is not text".to_owned()))?;
                Some(Price::parse(&text, &name).map_err(wrong)?)
            }
            (None, Some(prompt), Some(completion)) => Some(Price { prompt, completion }),
            _ => begun.and_then(|begun| begun.price),
        };
        let roots = match env("SSL_CERT_FILE") {
            Some(file) => {
                let wrong = |what: String| format!("SSL_CERT_FILE: {file} {what}");
                let pem = read_regular(Path::new(&file), MAX_FILE_BYTES);
                let pem = pem.map_err(|error| wrong(format!("cannot be read: {error}")))?;
                Some(Roots::parse(&pem).map_err(wrong)?)
            }
            None => None,
        };
        let options = ModelOptions {
            roots,
            temperature: self.temperature,
            max_tokens: self.max_tokens,
            timeout: timeout.unwrap_or(USUAL_TIMEOUT),
            patience: self.patience,
            mode: self.mode,
            stream: self.stream,
            requests_per_minute: self.rpm,
            tokens_per_minute: self.tpm,
            price,
            max_cost: self.max_cost.or(begun.and_then(|begun| begun.max_cost)),
            ..ModelOptions::new(endpoint, &name)
        };
        options.check()?;
        Ok(options)
    }
}

fn parse_mode(text: &str) -> Result<Mode, String> {
    let known = || Mode::ALL.map(Mode::as_str).join(", ");
    Mode::ALL.into_iter().find(|mode| mode.as_str() == text).ok_or_else(|| format!("it is one of {}", known()))
}

fn parse_temperature(text: &str) -> Result<f64, String> {
    let number = text.parse().ok().filter(|number| (0.0..=2.0).contains(number));
    number.ok_or_else(|| "it is a number from 0 to 2".to_owned())
}

fn parse_price(text: &str) -> Result<f64, String> {
    let price = text.parse().ok().filter(|price| Price::is_amount(*price));
    price.ok_or_else(|| "it is a price in US dollars for a million tokens, such as 2.50, up to 100000".to_owned())
}

fn parse_usd(text: &str) -> Result<f64, String> {
    let amount = text.parse().ok().filter(|amount: &f64| amount.is_finite() && *amount >= 0.0);
    amount.ok_or_else(|| "it is an amount of US dollars, such as 2.50".to_owned())
}
