//! Angle brackets in prose: what a browser would take for markup, and what an author meant to fill in.

use std::ops::Range;

/// What stands in angle brackets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// An element, a comment or a declaration of HTML.
    Html,
    /// Words to be replaced, such as `<name>`.
    Blank,
}

/// The first such tag of a text.
pub(crate) fn find_tag(text: &str, wanted: Tag) -> Option<Range<usize>> {
    let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'<').map(|(at, _)| at);
    starts.take(MAX_BRACKETS).find_map(|at| {
        let (tag, length) = classify(&text[at..])?;
        (tag == wanted).then_some(at..at + length)
    })
}

/// The most brackets of one text that are looked at: a longer row of them is no prose.
const MAX_BRACKETS: usize = 1000;
/// The longest tag that is read to its end, in bytes.
const MAX_TAG: usize = 300;
/// The longest blank, in bytes and words.
const MAX_BLANK: (usize, usize) = (40, 4);

/// What begins at this `<`, and how long it is.
fn classify(text: &str) -> Option<(Tag, usize)> {
    let inner = &text[1..];
    if inner.starts_with("!--") || starts_with_word(inner, "!doctype") || inner.starts_with("![CDATA[") {
        return Some((Tag::Html, 4));
    }
    let closing = inner.starts_with('/');
    let inner = if closing { &inner[1..] } else { inner };
    let length = inner.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).count();
    let name = inner[..length].to_ascii_lowercase();
    if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let open = inner.len().min(MAX_TAG);
    let end = inner
        .bytes()
        .take(open)
        .position(|byte| matches!(byte, b'>' | b'<'))
        .filter(|&at| inner.as_bytes()[at] == b'>');
    let head = text.len() - inner.len() + length;
    let after = inner[length..].chars().next();
    let Some(end) = end else {
        let runs = RUNNING.contains(&name.as_str()) && after.is_none_or(|c| c.is_whitespace() || c == '/');
        return runs.then_some((Tag::Html, head));
    };
    let whole = text.len() - inner.len() + end + 1;
    let rest = inner[length..end].trim();
    let known = lists(ELEMENTS, &name);
    let bare = rest.is_empty() || rest == "/";
    let attributes = rest.contains('=') && after.is_some_and(|c| c.is_whitespace() || c == '/');
    let both = || lists(WORDS_TOO, &name);
    if RUNNING.contains(&name.as_str()) && (bare || attributes || closing) {
        return Some((Tag::Html, whole));
    }
    if attributes || (known && closing && bare) {
        return Some((Tag::Html, whole));
    }
    if known && bare && !(both() && rest.is_empty() && !closes_later(&text[whole..], &name)) {
        return Some((Tag::Html, whole));
    }
    let words = &inner[..end];
    let plain = words.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'_' | b'-' | b'\''));
    let prose = plain
        && !closing
        && name.len() > 1
        && words.len() <= MAX_BLANK.0
        && words.split(' ').count() <= MAX_BLANK.1
        && words.split(' ').all(|word| !word.is_empty());
    (prose && !says_nothing(&words.to_ascii_lowercase()) && !is_key(&words.to_ascii_lowercase()))
        .then_some((Tag::Blank, whole))
}

fn says_nothing(words: &str) -> bool {
    words.starts_with("no ") || words.starts_with("not ") || lists(SAYS_NOTHING, words)
}

/// Whether this is a key of a keyboard.
fn is_key(name: &str) -> bool {
    let is_function =
        name.strip_prefix('f').is_some_and(|number| number.parse::<u8>().is_ok_and(|number| number <= 24));
    is_function || lists(KEYS, &name.replace(' ', "_"))
}

/// Whether one of these names, which blanks part, is this one.
pub(super) fn lists(names: &str, name: &str) -> bool {
    names.split(' ').any(|known| known == name)
}

fn starts_with_word(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|head| head.eq_ignore_ascii_case(word))
}

/// Whether an element of this name is closed soon after.
fn closes_later(text: &str, name: &str) -> bool {
    let mut end = text.len().min(MAX_TAG);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].to_ascii_lowercase().contains(&format!("</{name}>"))
}

/// Elements that load or run something, also where a text ends before they do.
const RUNNING: [&str; 4] = ["iframe", "img", "script", "svg"];

/// Elements of HTML (WHATWG, living standard, and the obsolete ones that browsers still show).
const ELEMENTS: &str = "a abbr acronym address applet area article aside audio b base bdi bdo big blink blockquote body br button \
    canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed \
    fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i \
    iframe img input ins kbd label legend li link main map mark marquee math menu meta meter nav noscript object \
    ol optgroup option output p param picture pre progress q rp rt ruby s samp script search section select slot \
    small source span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead \
    time title tr track tt u ul var video wbr";

/// Elements whose names an author may as well mean as words.
const WORDS_TOO: &str = "address area article body button caption code data details figure form header input label link map mark menu \
    object option output picture section source summary table template time title track video";

/// Keys of a keyboard, as manuals write them in angle brackets.
const KEYS: &str = "alt altgr arrow backspace break caps capslock cmd command control ctrl cursor del delete down end \
    enter esc escape fn home ins insert left meta numlock option pagedown pageup pause pgdn pgup return \
    right shift space spacebar super tab up win windows alt_gr caps_lock down_arrow left_arrow num_lock \
    page_down page_up print_screen right_arrow scroll_lock up_arrow";

/// What records and logs write in angle brackets where a value is absent.
const SAYS_NOTHING: &str =
    "blank deleted empty hidden masked missing none null redacted removed system undefined unknown unset";

#[cfg(test)]
mod tests {
    use super::{Tag, find_tag};

    fn check(text: &str, html: Option<&str>, blank: Option<&str>) {
        let found = |tag| find_tag(text, tag).map(|range| &text[range]);
        assert_eq!((found(Tag::Html), found(Tag::Blank)), (html, blank), "{text}");
    }

    #[test]
    fn angle_brackets() {
        check("Dear <name>,", None, Some("<name>"));
        check("Order <order_id> of <Your Name>", None, Some("<order_id>"));
        check("Send it to <address>.", None, Some("<address>"));
        check("<address>12 Pine Road</address>", Some("<address>"), None);
        check("<b>now</b>", Some("<b>"), None);
        check("see <a href='x'>here</a>", Some("<a href='x'>"), None);
        check("<IMG SRC=x onerror=alert(1)>", Some("<IMG SRC=x onerror=alert(1)>"), None);
        check("<img src=x onerror=alert(1)", Some("<img"), None);
        check("<script>alert(1)</script>", Some("<script>"), None);
        check("line<br/>line", Some("<br/>"), None);
        check("<!-- hidden -->", Some("<!--"), None);
        check("Dana <dana@example.com> wrote", None, None);
        check("2 < 3 and 5 > 4, a <b and c> d, I <3 it", None, None);
        check("<https://example.com>", None, None);
        check("hold <Shift>, then <F5> or <Page Down>", None, None);
        check("subject: <no subject>, agent: <none>", None, None);
        check("<<<>>> <> < name >", None, None);
        check("日本 <名前> é<", None, None);
    }
}
