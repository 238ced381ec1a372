//! The page with what it shows packed into it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use miniz_oxide::deflate::compress_to_vec;
use miniz_oxide::inflate::decompress_to_vec_with_limit;

use super::contents::Contents;

/// The page as `web/` builds it: markup, style and script in one file, which its own policy holds to their hashes.
const PAGE: &[u8] = include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/web/dist/report/page.html.gz"));
/// What stands in the page where the contents belong.
const PLACE: &str = "%REPORT%";
/// How each page calls itself, near its beginning.
const TITLE: &str = "<title>Support Ops report</title>";
/// So many bytes of a page hold its title.
pub(super) const HEAD_BYTES: u64 = 4096;
/// Bytes of a gzip file's header without a name (RFC 1952 §2.3), which is how the page is built.
const GZIP_HEADER: usize = 10;
/// The most bytes of the page without its contents: many times what it has.
const MAX_PAGE_BYTES: usize = 8 << 20;
/// How hard to pack: as small as it gets within a second for every 10 MB.
const LEVEL: u8 = 6;

/// The page. Its contents are packed and written in letters and digits, so that no text of theirs can end the element
/// that holds them, whatever it says.
pub(super) fn render_page(contents: &Contents) -> String {
    let json = serde_json::to_vec(contents).expect("what reports show is plain JSON");
    let packed = STANDARD.encode(compress_to_vec(&json, LEVEL));
    let page =
        decompress_to_vec_with_limit(&PAGE[GZIP_HEADER..], MAX_PAGE_BYTES).expect("the build embeds a gzip file");
    let page = String::from_utf8(page).expect("the page is text");
    let (head, foot) = page.split_once(PLACE).expect("the page has a place for its contents");
    [head, &packed, foot].concat()
}

/// Whether a file that begins like this is a page of a report.
pub(super) fn is_page(head: &[u8]) -> bool {
    head.windows(TITLE.len()).any(|window| window == TITLE.as_bytes())
}

#[cfg(test)]
mod tests {
    use miniz_oxide::inflate::decompress_to_vec;

    use super::*;

    #[test]
    fn what_is_shown_cannot_leave_its_element() {
        let hostile = "</script><script>pwned()</script><!--\u{2028}\u{202e}%REPORT%\0";
        let mut contents = Contents::new();
        contents.notes.push(hostile.to_owned());
        contents.pool.intern(&hostile);
        let page = render_page(&contents);
        assert!(!page.contains("pwned") && !page.contains(PLACE));
        let (_, rest) = page.split_once("id=\"contents\">").expect("the page holds the element");
        let (packed, _) = rest.split_once("</script>").expect("it ends");
        let bytes = STANDARD.decode(packed).expect("base64");
        let json = decompress_to_vec(&bytes).expect("deflated");
        let read: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        assert_eq!((&read["notes"][0], &read["pool"][0]), (&hostile.into(), &hostile.into()));
    }

    #[test]
    fn the_page_asks_for_nothing() {
        let page = render_page(&Contents::new());
        assert!(page.contains("default-src 'none'; script-src 'sha256-"));
        for foreign in ["src=\"", "@import", "url(", "<link rel=\"stylesheet\""] {
            assert!(!page.contains(foreign), "{foreign}");
        }
    }
}
