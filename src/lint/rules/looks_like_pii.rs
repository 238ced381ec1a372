//! `looks-like-pii`: data of people who may exist.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use crate::diag::{Code, Diagnostic, Severity, Sink};
use crate::lint::locate::{begins_word, locate, overlaps};
use crate::lint::pattern::compile;
use crate::lint::sign::Signs;
use crate::lint::texts::{MAX_ESCAPED, each_escaped};
use crate::lint::{Edit, Example, Rule, Stage};
use crate::pack::AuthoredFile;

pub(super) const RULE: Rule = Rule {
    code: Code::LooksLikePii,
    why: "A number that passes for a payment card, an account or a social security number may be somebody's. Task files \
          are published and read by models. Output never shows it.",
    mend: "Write the last four digits of a card (`card ending 4242`), a number within 555-0100 to 555-0199 for a phone, \
           or one that another country's regulator keeps for fiction, with the country's code (Ofcom in Britain, such as \
           +44 1632 960xxx, +44 20 7946 0xxx and +44 7700 900xxx; Bundesnetzagentur, Mitteilung 148/2021, such as \
           +49 30 23125 xxx; Arcep in France, such as +33 1 99 00 xx xx; PTS in Sweden, such as +46 8 465 004 xx; ComReg \
           in Ireland, +353 20 91x xxxx; ACMA in Australia, such as +61 2 5550 xxxx), and an address at example.com, \
           example.net or example.org for mail (RFC 2606). A card number is one of a known issuer that passes the Luhn \
           check (ISO/IEC 7812), an account number one that passes mod 97 (ISO 13616); a social security number with blanks is one where the text calls it so.",
    example: Example {
        bad: &[Edit::Replace(
            "mug.toml",
            "{ subscribed = true }",
            "{ subscribed = true, email = \"dana@pottery-mail.com\" }",
        )],
        good: &[Edit::Replace(
            "mug.toml",
            "{ subscribed = true }",
            "{ subscribed = true, email = \"dana@example.com\" }",
        )],
    },
    stages: &[Stage::FileWith(SIGNS, check_numbers), Stage::File(check_mails), Stage::File(check_escaped)],
};

fn check_numbers(file: &AuthoredFile<'_>, sink: &mut Sink) {
    numbers(file.text).for_each(|(kind, place)| report(file, kind, place, sink));
}

/// An address that overlaps what has been reported is no finding of its own.
fn check_mails(file: &AuthoredFile<'_>, sink: &mut Sink) {
    let mut mails = mails(file.text).peekable();
    if mails.peek().is_none() {
        return;
    }
    let seen: Vec<Range<usize>> = numbers(file.text).map(|(_, place)| place).collect();
    let mut end = 0;
    for (kind, place) in mails {
        if place.start >= end && !overlaps(&seen, &place) {
            end = place.end;
            report(file, kind, place, sink);
        }
    }
}

fn report(file: &AuthoredFile<'_>, kind: Kind, place: Range<usize>, sink: &mut Sink) {
    let (what, severity, help) = kind.words();
    let diagnostic = Diagnostic::new(Code::LooksLikePii, file.span(place), format!("this looks like {what}"))
        .with_severity(severity)
        .with_redaction()
        .with_help(help.to_owned());
    sink.push(diagnostic);
}

/// What escapes hide: the texts as they read, without what stands there in the open.
fn check_escaped(file: &AuthoredFile<'_>, sink: &mut Sink) {
    let mut seen: Option<Vec<Range<usize>>> = None;
    each_escaped(file, |text| {
        let mut own: Vec<Range<usize>> = Vec::new();
        for (kind, part) in numbers(text.value).chain(mails(text.value)).take(MAX_ESCAPED) {
            let place = locate(file, text, part);
            let place = place.start as usize..place.end as usize;
            let seen = seen.get_or_insert_with(|| {
                let mut open: Vec<_> = numbers(file.text).chain(mails(file.text)).map(|(_, place)| place).collect();
                open.sort_by_key(|place| place.start);
                open
            });
            let told = own.iter().any(|other| other.start < place.end && place.start < other.end);
            if !told && !overlaps(seen, &place) {
                own.push(place.clone());
                report(file, kind, place, sink);
            }
        }
    });
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Card,
    Iban,
    Ssn,
    Phone,
    Mail,
}

impl Kind {
    fn words(self) -> (&'static str, Severity, &'static str) {
        match self {
            Kind::Card => ("a payment card's number", Severity::Error, "write its last four digits alone"),
            Kind::Iban => ("a bank account's number", Severity::Error, "change a digit, so that it is nobody's"),
            Kind::Ssn => ("a social security number", Severity::Error, "write its last four digits alone"),
            Kind::Phone => ("a real phone number", Severity::Warning, "write one within 555-0100 to 555-0199"),
            Kind::Mail => {
                ("a real mail address", Severity::Warning, "write one at example.com, example.net or example.org")
            }
        }
    }
}

static NUMBER: LazyLock<Regex> = LazyLock::new(|| compile(NUMBERS));

/// What any number of somebody's holds: its last groups, its whole length, a country's code, or how an account number
/// begins.
const SIGNS: &[Signs] = &[
    Signs::of(&["##-####", "##.####", "## ####"]).which(ends_number),
    Signs::of(&["#############"]),
    Signs::of(&["+"]).which(opens_phone),
    Signs::of(&["@@##"]).which(goes_on_in_fours),
];

/// Whether a number may end behind the digits that follow: one that a letter joins is part of an id.
fn ends_number(behind: &[u8]) -> bool {
    let after = behind.iter().find(|byte| !byte.is_ascii_digit());
    !after.is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'/'))
}

/// Whether at least nine digits stand behind, in groups.
fn opens_phone(behind: &[u8]) -> bool {
    let is_part = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b' ' | b'.' | b'-' | b'(' | b')');
    behind.iter().take_while(is_part).filter(|byte| byte.is_ascii_digit()).count() >= 9
}

/// Whether at least eight letters or digits stand behind, in one piece or in fours.
fn goes_on_in_fours(behind: &[u8]) -> bool {
    fn behind_four(text: &[u8]) -> Option<&[u8]> {
        let (four, rest) = text.strip_prefix(b" ").unwrap_or(text).split_at_checked(4)?;
        four.iter().all(u8::is_ascii_alphanumeric).then_some(rest)
    }
    behind_four(behind).and_then(behind_four).is_some()
}

const NUMBERS: &str = concat!(
    // Cards, in fours, as American Express and Diners Club group them, or in one piece.
    r"(?-u)(\d{4}[ .-]\d{4}[ .-]\d{4}[ .-]\d{4}(?:[ .-]\d{3})?|\d{4}[ .-]\d{6}[ .-]\d{4,5}|\d{13,19})",
    r"|([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?|(?i:[A-Z]{2}\d{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)))",
    r"|(\d{3}[ -]\d{2}[ -]\d{4})",
    r"|((?:\+?1[ .-]?)?(?:\([2-9]\d{2}\) ?|[2-9]\d{2}[ .-])[2-9]\d{2}[ .-]\d{4}|\+[1-9]\d{0,2}(?:[ .-]?\(?\d{1,5}\)?){2,6})",
);

/// Numbers that look like somebody's.
fn numbers(text: &str) -> impl Iterator<Item = (Kind, Range<usize>)> {
    let mut from = 0;
    let matches = std::iter::from_fn(move || {
        let found = NUMBER.captures_at(text, from)?;
        let (at, group) = (1..=4).find_map(|at| Some((at, found.get(at)?)))?;
        // A row of letters and digits that is no account number may hold a card's.
        let is_row = at == 2 && iban_of(group.as_str()).is_none();
        from = if is_row { group.start() + 4 } else { group.end() };
        Some((at, group))
    });
    matches.filter_map(move |(at, group)| {
        let number = if at == 2 { iban_of(group.as_str())? } else { group.as_str() };
        let place = group.start()..group.start() + number.len();
        if !stands_alone(text, place.clone()) {
            return None;
        }
        let digits: Vec<u8> = number.bytes().filter(u8::is_ascii_digit).map(|digit| digit - b'0').collect();
        let (kind, real) = match at {
            1 => (Kind::Card, is_card(&digits)),
            2 => (Kind::Iban, true),
            3 => (Kind::Ssn, is_ssn(&digits) && (!number.contains(' ') || is_named_ssn(text, &place))),
            _ => (Kind::Phone, is_real_phone(number)),
        };
        real.then_some((kind, place))
    })
}

/// Whether a number is no part of an id, a longer number or a decimal.
fn stands_alone(text: &str, place: Range<usize>) -> bool {
    let joins = |c: char| matches!(c, '-' | '_' | '.' | '+' | '/' | '#');
    let before = text[..place.start].chars().next_back();
    let mut after = text[place.end..].chars();
    let (next, following) = (after.next(), after.next());
    let runs_on = next.is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '/'))
        || next.is_some_and(|c| matches!(c, '-' | '.' | ':')) && following.is_some_and(char::is_alphanumeric);
    begins_word(text, place.start) && !before.is_some_and(joins) && !runs_on
}

/// A number of a known issuer whose last digit fits the others.
fn is_card(digits: &[u8]) -> bool {
    let head = |length: usize| digits.iter().take(length).fold(0_u32, |head, digit| head * 10 + u32::from(*digit));
    let (two, three, four) = (head(2), head(3), head(4));
    let issued = match digits.len() {
        13 | 19 => digits[0] == 4,
        14 => matches!(two, 36 | 38 | 39) || matches!(three, 300..=305),
        15 => matches!(two, 34 | 37),
        16 => {
            digits[0] == 4
                || matches!(two, 51..=55 | 65)
                || matches!(three, 644..=649)
                || matches!(four, 2221..=2720 | 6011 | 3528..=3589)
        }
        _ => false,
    };
    issued && luhn(digits) && digits.iter().any(|digit| *digit != digits[0])
}

fn luhn(digits: &[u8]) -> bool {
    let doubled = |digit: u8| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| u32::from(if at % 2 == 1 { doubled(*digit) } else { *digit }))
        .sum();
    sum.is_multiple_of(10)
}

/// Whether the text around a number calls it a social security number: with blanks, many numbers look like one.
fn is_named_ssn(text: &str, place: &Range<usize>) -> bool {
    static NAME: LazyLock<Regex> =
        LazyLock::new(|| compile(r"(?i)(?:^|[^\p{L}])ssn(?:[^\p{L}]|$)|social[ _-]security"));
    let start = text.floor_char_boundary(place.start.saturating_sub(NEAR));
    let end = text.ceil_char_boundary((place.end + NEAR).min(text.len()));
    NAME.is_match(&text[start..end])
}

/// How near a name stands to its number, in bytes.
const NEAR: usize = 40;

/// The account number that a row of capitals and digits begins with; words in capitals may follow it.
fn iban_of(row: &str) -> Option<&str> {
    let ends = std::iter::once(row.len()).chain(row.rmatch_indices(' ').map(|(at, _)| at));
    ends.map(|end| &row[..end]).find(|number| is_iban(number))
}

/// Lengths from the register of ISO 13616 lie between 15 and 34.
fn is_iban(number: &str) -> bool {
    let compact: Vec<u8> = number.bytes().filter(|byte| *byte != b' ').map(|byte| byte.to_ascii_uppercase()).collect();
    let is_small = number.bytes().any(|byte| byte.is_ascii_lowercase());
    if !(15..=34).contains(&compact.len()) || (is_small && !is_registered(&compact)) {
        return false;
    }
    let rest = compact[4..].iter().chain(&compact[..4]).fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    });
    rest == 1
}

/// Whether an account number has its country's length: in small letters, many an id or digest looks like one.
fn is_registered(compact: &[u8]) -> bool {
    const LENGTHS: &str = "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 \
        EG29 ES24 FI18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 \
        LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 \
        SE24 SI19 SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20";
    let length = compact.len().to_string();
    LENGTHS.split(' ').any(|known| known.as_bytes()[..2] == compact[..2] && known[2..] == length)
}

/// Areas, groups and serials that are given out.
fn is_ssn(digits: &[u8]) -> bool {
    let number =
        |range: Range<usize>| digits[range].iter().fold(0_u32, |number, digit| number * 10 + u32::from(*digit));
    let area = number(0..3);
    !matches!(area, 0 | 666 | 900..) && number(3..5) > 0 && number(5..9) > 0
}

/// How numbers begin that regulators keep for fiction, with their country's code: Ofcom, telephone numbers for drama use;
/// Bundesnetzagentur, Mitteilung 148/2021; Arcep, plan de numérotation; PTS, telephone numbers for use in fiction; ComReg,
/// 020 91; ACMA, numbers for use in radio, books, film and TV.
const FICTION: &[&str] = &[
    "441134960",
    "441144960",
    "441154960",
    "441164960",
    "441174960",
    "441214960",
    "441314960",
    "441414960",
    "441514960",
    "441614960",
    "441632960",
    "441914980",
    "442079460",
    "442896496",
    "442920180",
    "443069990",
    "447700900",
    "448081570",
    "449098790",
    "493023125",
    "496990009",
    "494066969",
    "492214710",
    "498999998",
    "4915228817386",
    "4915228895456",
    "4915254599371",
    "491713920",
    "491729925904",
    "491729968532",
    "491729973185",
    "491729973186",
    "491729980752",
    "491749091317",
    "491749464308",
    "49176040690",
    "3319900",
    "3326191",
    "3335301",
    "3346571",
    "3353649",
    "3363998",
    "468465004",
    "46313900",
    "46406280",
    "46980319",
    "467017406",
    "3532091",
    "6125550",
    "6127010",
    "6135550",
    "6137010",
    "6175550",
    "6177010",
    "6185550",
    "6187010",
    "61491570",
];

/// No number that is kept for fiction: 555-0100 to 555-0199, whatever country is written before it, and those of other
/// countries' regulators.
fn is_real_phone(number: &str) -> bool {
    // `+49 (0)30`: the zero is not dialled from abroad.
    let dialled = number.replacen("(0)", "", 1);
    let digits: String = dialled.chars().filter(char::is_ascii_digit).collect();
    let fiction = digits.len() >= 9 && digits[digits.len() - 7..].starts_with("55501");
    if fiction {
        return false;
    }
    if number.starts_with('+') && !digits.starts_with('1') {
        return (9..=15).contains(&digits.len()) && !FICTION.iter().any(|known| digits.starts_with(known));
    }
    let local = if digits.len() == 11 { digits.strip_prefix('1') } else { Some(digits.as_str()) };
    local.is_some_and(|local| local.len() == 10)
}

/// Mail addresses outside of the domains that are kept for examples.
fn mails(text: &str) -> impl Iterator<Item = (Kind, Range<usize>)> {
    text.match_indices('@').filter_map(move |(at, _)| {
        let bytes = text.as_bytes();
        let in_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'%' | b'+' | b'-');
        let mut start = at - bytes[..at].iter().rev().take(MAX_NAME).take_while(|byte| in_name(byte)).count();
        if start > 0 && bytes[start - 1] == b'\\' {
            start += 1;
        }
        let in_domain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-');
        let length = bytes[at + 1..].iter().take(MAX_NAME).take_while(|byte| in_domain(byte)).count();
        let domain = text[at + 1..at + 1 + length].trim_end_matches(['.', '-']);
        // The password of an address such as `ftp://name:password@host` is no name.
        let in_address = start > 0 && matches!(bytes[start - 1], b':' | b'/' | b'@');
        let real = start < at && !in_address && is_real_domain(domain);
        real.then(|| (Kind::Mail, start..at + 1 + domain.len()))
    })
}

/// Whether a text holds an address that is reported as somebody's.
pub(super) fn is_real_mail(text: &str) -> bool {
    mails(text).next().is_some()
}

/// The longest name or domain, by RFC 5321.
const MAX_NAME: usize = 255;

/// A domain that somebody may own: none of RFC 2606 and 6761, none that is called `example`.
fn is_real_domain(domain: &str) -> bool {
    let Some((rest, top)) = domain.rsplit_once('.') else { return false };
    let named = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic()) && !rest.is_empty();
    let kept = ["test", "invalid", "localhost"].iter().any(|known| top.eq_ignore_ascii_case(known))
        || domain.split('.').any(|label| label.eq_ignore_ascii_case("example"));
    named && !kept
}

#[cfg(test)]
mod tests {
    use super::{Kind, SIGNS, mails, numbers};
    use crate::lint::sign::{Sign, Signs};

    fn check(text: &str, expect: &[(Kind, &str)]) {
        let found: Vec<(Kind, &str)> =
            numbers(text).chain(mails(text)).map(|(kind, place)| (kind, &text[place])).collect();
        assert_eq!(found, expect, "{text}");
        let stands = |sign: Sign| (0..text.len()).any(|at| sign.stands_at(text.as_bytes(), at));
        let is_looked_at = SIGNS.iter().flat_map(Signs::each).any(stands);
        assert!(is_looked_at || numbers(text).next().is_none(), "{text} has no sign");
    }

    #[test]
    fn somebodys_data() {
        check("card 4111 1111 1111 1111.", &[(Kind::Card, "4111 1111 1111 1111")]);
        check("number = 4111111111111111", &[(Kind::Card, "4111111111111111")]);
        check("a\\n5555-5555-5555-4444", &[(Kind::Card, "5555-5555-5555-4444")]);
        check("amex 3782 822463 10005", &[(Kind::Card, "3782 822463 10005")]);
        check("amex 3782-822463-10005.", &[(Kind::Card, "3782-822463-10005")]);
        check("to DE89 3704 0044 0532 0130 00,", &[(Kind::Iban, "DE89 3704 0044 0532 0130 00")]);
        check("DE89 3704 0044 0532 0130 00 BANK", &[(Kind::Iban, "DE89 3704 0044 0532 0130 00")]);
        check("GB82WEST12345698765432", &[(Kind::Iban, "GB82WEST12345698765432")]);
        check("SSN 123-45-6789", &[(Kind::Ssn, "123-45-6789")]);
        check("card 4111.1111.1111.1111 or", &[(Kind::Card, "4111.1111.1111.1111")]);
        check("4111-1111 1111.1111, thanks", &[(Kind::Card, "4111-1111 1111.1111")]);
        check("iban = \"de89370400440532013000\"", &[(Kind::Iban, "de89370400440532013000")]);
        check("to de89 3704 0044 0532 0130 00 please", &[(Kind::Iban, "de89 3704 0044 0532 0130 00")]);
        check("at12 card 4111 1111 1111 1111", &[(Kind::Card, "4111 1111 1111 1111")]);
        check("ssn = \"123 45 6789\"", &[(Kind::Ssn, "123 45 6789")]);
        check("my social security number: 123 45 6789.", &[(Kind::Ssn, "123 45 6789")]);
        check("call (212) 664-7665", &[(Kind::Phone, "(212) 664-7665")]);
        check(
            "call +1-212-664-7665 or 212.664.7665",
            &[(Kind::Phone, "+1-212-664-7665"), (Kind::Phone, "212.664.7665")],
        );
        check("call +49 30 901820", &[(Kind::Phone, "+49 30 901820")]);
        check("call +33 1 98 00 12 34", &[(Kind::Phone, "+33 1 98 00 12 34")]);
        check("write dana@gmail.com.", &[(Kind::Mail, "dana@gmail.com")]);
        check("\\ndana@shop.co.uk", &[(Kind::Mail, "dana@shop.co.uk")]);
    }

    #[test]
    fn escapes_hide_nothing() {
        let check = |lines: &str, expect: &[&str]| {
            crate::lint::rules::tests::check_task(
                "looks-like-pii",
                &include_str!("../example/mug.toml").replace("{ subscribed = true }", &format!("{{ {lines} }}")),
                expect,
            );
        };
        check("a = \"card \\u0034111 1111 1111 1111\"", &["\\u0034111"]);
        check("a = \"dana\\u0040gmail.com\"", &["dana\\u0040"]);
        check("a = '\\u0034111 1111 1111 1111'", &[]);
        check("a = \"4111 1111 1111 1111\\n\"", &["4111"]);
        check("a = \"\"\"4111 1111 \\\n 1111 1111\"\"\"", &["4111 1111"]);
    }

    #[test]
    fn nobodys_data() {
        check("card ending 4242, order 4111111111111112", &[]);
        check("ORD-4111111111111111, 0.4111111111111111, 4111111111111111-a", &[]);
        check("20260302100211 and 2026-03-02T10:02:11+01:00", &[]);
        check("DE88 3704 0044 0532 0130 00 and LAP-14-512", &[]);
        check("order 123 45 6789, class name 123 45 6789", &[]);
        check("zz89370400440532013000 and de8937040044053201300", &[]);
        check("4111.1111.1111.1112 and 4111 1111 1111 111", &[]);
        check("000-12-3456, 987-65-4321, RMA-123-45-6789", &[]);
        check("+1-415-555-0188, (503) 555-0129, 415.555.0100, +44 7700 900123, +353-1-555-0142", &[]);
        check("+49 30 23125 014, +49 (0)30 23125 014, +33 1 99 00 12 34, +33 6 39 98 12 34", &[]);
        check("+46 8 465 004 12, +61 2 5550 1234, +353 20 910 1234, +44 808 157 0123", &[]);
        check("5035550129, 198.51.100.24, 1,243.79", &[]);
        check(
            "dana@example.com, a@b.example, a@mail.example.org, a@example.co.uk, @dana, npm@1.2.3, ops@localhost",
            &[],
        );
    }
}
