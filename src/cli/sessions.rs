//! `support-ops sessions`: what a running server holds, and how to end it.

use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use serde_json::Value;

use crate::diag::visible;
use crate::record::read_regular;
use crate::validate::{Address, Subject};

use super::output::{FINDINGS, fail, print_line, say};
use super::settings::{Environment, choose, parse_text, process_environment};

/// Where a server listens that was started without options.
const DEFAULT_URL: &str = "http://127.0.0.1:8000";

/// List the sessions of a running server, or end some of them.
///
/// The server has to be bound to loopback or to have a token (`serve --auth-token-file`). Sessions are called by handles,
/// which are no keys to them. Exit 1 where there is no such session.
#[derive(Debug, Clone, Args)]
#[command(after_help = "Examples:
  support-ops sessions
  support-ops sessions --url http://127.0.0.1:9000 --auth-token-file token list --json
  support-ops sessions close 3f9c2a517be0d846 ws-17")]
pub(super) struct SessionsArgs {
    /// The server; https is not spoken here (also: ENV_BASE_URL) [default: http://127.0.0.1:8000].
    #[arg(long, global = true)]
    url: Option<String>,
    /// The file with the server's token, if it has one (also: SUPPORT_OPS_AUTH_TOKEN_FILE).
    #[arg(long, value_name = "FILE", global = true)]
    auth_token_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<SessionsCommand>,
}

#[derive(Debug, Clone, Subcommand)]
enum SessionsCommand {
    /// List them, the oldest first, at most 1,000. What is done without a command.
    List {
        /// Print the server's answer as it is.
        #[arg(long)]
        json: bool,
    },
    /// End them; a WebSocket that holds one closes.
    Close {
        /// Handles, as the list shows them.
        #[arg(required = true, value_name = "HANDLE")]
        handles: Vec<String>,
    },
}

/// Asks the server.
pub(super) fn run(args: &SessionsArgs) -> ExitCode {
    let (server, token) = match connect(args) {
        Ok(connected) => connected,
        Err(message) => return fail(message),
    };
    let token = token.as_deref();
    match &args.command {
        None => list(&server, token, false),
        Some(SessionsCommand::List { json }) => list(&server, token, *json),
        Some(SessionsCommand::Close { handles }) => close(&server, token, handles),
    }
}

fn connect(args: &SessionsArgs) -> Result<(Subject, Option<String>), String> {
    let environment = &process_environment;
    let url = choose(args.url.clone(), &["ENV_BASE_URL"], environment, parse_text)?;
    let token = server_token(args.auth_token_file.as_deref(), environment)?;
    let address = Address::parse(url.as_deref().unwrap_or(DEFAULT_URL))?;
    Ok((Subject::at(address), token))
}

/// The token of the server that is asked, from the file that a flag or the environment names.
pub(super) fn server_token(flag: Option<&Path>, environment: Environment<'_>) -> Result<Option<String>, String> {
    let parse = |text: &str| Ok::<PathBuf, String>(text.into());
    let file = choose(flag.map(Path::to_owned), &["SUPPORT_OPS_AUTH_TOKEN_FILE"], environment, parse)?;
    let read =
        |path: PathBuf| read_token(&path).map_err(|what| format!("--auth-token-file {}: {what}", path.display()));
    file.map(read).transpose()
}

/// The token in a file: one word of visible ASCII, blanks around it aside. What the file holds is in no message.
pub(super) fn read_token(path: &Path) -> Result<String, String> {
    /// Longer than any token that fits into a request's head with the rest of it.
    const MAX_BYTES: u64 = 4096;
    let bytes = read_regular(path, MAX_BYTES).map_err(|error| match error.kind() {
        io::ErrorKind::FileTooLarge => {
            "it is longer than 4 KiB; give a file that holds the token and nothing else".to_owned()
        }
        _ => format!("cannot read it: {error}"),
    })?;
    let text = String::from_utf8(bytes).map_err(|_| "it is not text".to_owned())?;
    let token = text.trim();
    if token.is_empty() {
        return Err(format!("it holds no token; put one there with: openssl rand -hex 32 > {}", path.display()));
    }
    if !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("a token is one word of visible ASCII characters".to_owned());
    }
    Ok(token.to_owned())
}

fn list(server: &Subject, token: Option<&str>, as_json: bool) -> ExitCode {
    let body = match server.call("GET", "/operator/sessions", token) {
        Ok((200, body)) => body,
        Ok((status, body)) => return fail(refusal(status, &body)),
        Err(error) => return fail(unreached(server, error)),
    };
    if as_json {
        print_line(body);
        return ExitCode::SUCCESS;
    }
    let sessions = body["sessions"].as_array().map_or(&[][..], Vec::as_slice);
    for session in sessions {
        print_line(render(session));
    }
    let count = |key: &str| body[key].as_u64().unwrap_or_default();
    let more = count("active_sessions").saturating_sub(sessions.len() as u64);
    let more = if more > 0 { format!(", {more} of them not shown") } else { String::new() };
    say(format_args!("{} of {} sessions{more}", count("active_sessions"), count("max_sessions")));
    ExitCode::SUCCESS
}

/// `3f9c2a517be0d846  age 12m  idle 3s  late-book, step 4`.
fn render(session: &Value) -> String {
    let text = |value: &Value| -> String { value.as_str().unwrap_or("?").chars().take(200).map(visible).collect() };
    let idle = match session["idle_s"].as_u64() {
        _ if session["attached"] == true => "on a WebSocket".to_owned(),
        Some(idle) => format!("idle {}", span(idle)),
        None => "in use".to_owned(),
    };
    let episode = match &session["episode"] {
        Value::Null => String::new(),
        episode => {
            let over = if episode["done"] == true { ", over" } else { "" };
            format!("  {}, step {}{over}", text(&episode["task_id"]), episode["steps"].as_u64().unwrap_or_default())
        }
    };
    let age = span(session["age_s"].as_u64().unwrap_or_default());
    format!("{:<16}  age {age}  {idle}{episode}", text(&session["handle"]))
}

/// A span of time as people say it, in its largest unit.
fn span(seconds: u64) -> String {
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3_600 => format!("{}m", seconds / 60),
        3_600..86_400 => format!("{}h", seconds / 3_600),
        _ => format!("{}d", seconds / 86_400),
    }
}

fn close(server: &Subject, token: Option<&str>, handles: &[String]) -> ExitCode {
    let mut code = ExitCode::SUCCESS;
    for handle in handles {
        if handle.is_empty() || !handle.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            return fail(format_args!("`{handle}` is no handle; `support-ops sessions` lists them"));
        }
        match server.call("DELETE", &format!("/operator/sessions/{handle}"), token) {
            Ok((200, body)) if body["closed"] == true => print_line(format_args!("{handle} closed")),
            Ok((200, _)) => print_line(format_args!("{handle} closing: its WebSocket was told")),
            Ok((404, _)) => {
                say(format_args!("{handle}: no such session"));
                code = FINDINGS;
            }
            Ok((status, body)) => return fail(refusal(status, &body)),
            Err(error) => return fail(unreached(server, error)),
        }
    }
    code
}

fn unreached(server: &Subject, error: impl Display) -> String {
    format!("{} cannot be reached: {error}; is a server there? --url names another", server.address().url())
}

fn refusal(status: u16, body: &Value) -> String {
    if status == 401 {
        return "the server wants its token: --auth-token-file names the file that holds it".to_owned();
    }
    let detail = body["detail"].as_str().unwrap_or("no reason was given");
    format!("the server answered {status}: {}", detail.chars().take(500).collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sessions_are_shown_on_a_line() {
        let check = |session: Value, expect: &str| assert_eq!(render(&session), expect);
        check(
            json!({ "handle": "3f9c2a517be0d846", "age_s": 725, "idle_s": 3, "attached": false,
                    "episode": { "task_id": "late-book", "steps": 4, "done": true } }),
            "3f9c2a517be0d846  age 12m  idle 3s  late-book, step 4, over",
        );
        check(
            json!({ "handle": "ws-17", "age_s": 7_200, "idle_s": null, "attached": true, "episode": null }),
            "ws-17             age 2h  on a WebSocket",
        );
        check(json!({ "handle": "\u{1b}[31m" }), &format!("{:<16}  age 0s  in use", "�[31m"));
    }
}
