//! `file:` addresses and paths.

use std::path::{Path, PathBuf};

/// The path of a file's address; `None` of any other address.
pub(super) fn path_of(uri: &str) -> Option<PathBuf> {
    let (scheme, rest) = uri.split_once(':')?;
    let rest = rest.strip_prefix("//")?;
    if !scheme.eq_ignore_ascii_case("file") {
        return None;
    }
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    let path = path.split(['?', '#']).next().filter(|path| path.starts_with('/'))?;
    let path = decode(path)?;
    // `/c:/x` is a path of Windows with a slash before it.
    let bytes = path.as_bytes();
    let drive = bytes.len() > 2 && bytes[1].is_ascii_alphabetic() && bytes[2] == b':';
    let path = if cfg!(windows) && drive { &path[1..] } else { &path };
    Some(PathBuf::from(path))
}

/// A file's address.
pub(super) fn uri_of(path: &Path) -> String {
    let path = path.to_string_lossy();
    let path = if cfg!(windows) { format!("/{}", path.replace('\\', "/")) } else { path.into_owned() };
    let mut uri = String::from("file://");
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            uri.push_str(&format!("%{byte:02X}"));
        }
    }
    uri
}

/// A text with its `%` signs resolved; `None` where that is no UTF-8, or holds a NUL.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digits = std::str::from_utf8(after.get(..2)?).ok()?;
        if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        bytes.push(u8::from_str_radix(digits, 16).ok().filter(|&byte| byte != 0)?);
        rest = &after[2..];
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{path_of, uri_of};

    fn check(uri: &str, expect: Option<&str>) {
        assert_eq!(path_of(uri).as_deref(), expect.map(Path::new), "{uri}");
    }

    #[test]
    #[cfg(unix)]
    fn addresses_of_files_are_paths() {
        check("file:///a/b.toml", Some("/a/b.toml"));
        check("FILE://localhost/a%20b/%C3%A9.toml", Some("/a b/é.toml"));
        check("file:///a.toml#x", Some("/a.toml"));
        for wrong in ["", "a", "/a.toml", "file:a", "file://host/a", "untitled:Untitled-1", "https://x/a.toml"] {
            check(wrong, None);
        }
        for wrong in ["file:///%", "file:///%0", "file:///%00", "file:///%ff", "file:///%+1", "file:///%é"] {
            check(wrong, None);
        }
    }

    #[test]
    #[cfg(unix)]
    fn paths_come_back() {
        for path in ["/a/b.toml", "/a b/é%41#?.toml", "/日本/😀.toml"] {
            check(&uri_of(Path::new(path)), Some(path));
        }
    }
}
