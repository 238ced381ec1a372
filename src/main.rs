//! The `support-ops` binary.

fn main() -> std::process::ExitCode {
    support_ops_env::cli::run()
}
