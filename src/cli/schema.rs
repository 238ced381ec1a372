//! `support-ops schema`: write or check the JSON Schemas.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Args;

use crate::pack::FileKind;
use crate::protocol::wire_schema_files;

use super::output::{self, FINDINGS, fail, say};

/// Write the JSON Schemas of task files, packs and the wire.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  support-ops schema                      write ./schemas
  support-ops schema --check              exit 1 if ./schemas is out of date
  support-ops schema --out my-pack/schemas")]
pub(super) struct SchemaArgs {
    /// Compare with the files that are there instead of writing.
    #[arg(long)]
    check: bool,
    /// The folder of the schemas.
    #[arg(long, value_name = "DIR", default_value = "schemas")]
    out: PathBuf,
}

pub(super) fn run(args: &SchemaArgs) -> ExitCode {
    let files = schema_files();
    if args.check { check(&args.out, &files) } else { write(&args.out, &files) }
}

/// Every generated schema: its name and text.
fn schema_files() -> Vec<(String, String)> {
    let authored = [FileKind::Pack, FileKind::Task].map(|kind| {
        let text = serde_json::to_string_pretty(kind.schema()).expect("a JSON value always serialises");
        (kind.schema_file().to_owned(), text + "\n")
    });
    authored.into_iter().chain(wire_schema_files().into_iter().map(|(name, text)| (name.to_owned(), text))).collect()
}

fn check(folder: &Path, files: &[(String, String)]) -> ExitCode {
    let mut stale = false;
    for (name, text) in files {
        let path = folder.join(name);
        match fs::read_to_string(&path) {
            Ok(found) if found == *text => {}
            Ok(_) => {
                stale = true;
                say(format_args!("{} is out of date", path.display()));
            }
            Err(error) => {
                stale = true;
                say(format_args!("{}: {error}", path.display()));
            }
        }
    }
    if stale {
        say("run `support-ops schema` to write them");
        return FINDINGS;
    }
    output::print_line(format_args!("{} schemas are up to date", files.len()));
    ExitCode::SUCCESS
}

fn write(folder: &Path, files: &[(String, String)]) -> ExitCode {
    for (name, text) in files {
        let path = folder.join(name);
        let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(&path, text));
        if let Err(error) = written {
            return fail(format_args!("cannot write {}: {error}", path.display()));
        }
        output::print_line(path.display());
    }
    ExitCode::SUCCESS
}
