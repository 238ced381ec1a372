//! How much a pack may hold. Each limit is a diagnostic, `too-large`.

/// A file, in bytes.
pub const MAX_FILE_BYTES: u64 = 1024 * 1024;
/// A string, in bytes.
pub const MAX_STRING_BYTES: usize = 64 * 1024;
/// Tables and lists inside one another.
pub const MAX_NESTING: usize = 64;
/// Lists written in brackets, in a file.
pub(super) const MAX_LISTS: usize = 50_000;
/// Tasks in a pack.
pub const MAX_TASKS: usize = 10_000;
/// All files of a pack, in bytes.
pub const MAX_PACK_BYTES: u64 = 256 * 1024 * 1024;
/// Regular expressions in a file: compiling one takes far longer than reading it, and it stays in memory.
pub(super) const MAX_REGEXES: usize = 100;
