//! Amounts of money as replies write them.

use super::super::lexicon::Class;
use super::super::one_of::OneOf;
use super::super::token::{Gap, Kind, Words};
use super::super::value::{Currency, Decimal, Money};
use super::{Found, Stated, near, numeral};

/// Reads an amount that begins at `i`.
pub(super) fn read(words: &Words, i: usize, pack: Currency) -> Option<Found> {
    let (first, end) = amount(words, i, pack)?;
    // "$40-$50", "$40 to $50" and "between $40 and $50" state a range, "up to $50" a bound: neither is an amount.
    if let Some((second, last)) = second_amount(words, i, end, pack) {
        return Some(Found { value: bound_of(first, second), start: i, end: last });
    }
    let value = if is_bounded(words, i) { Stated::MoneyBound } else { Stated::Money(first) };
    Some(Found { value, start: i, end })
}

fn bound_of(first: Money, second: Money) -> Stated {
    if first == second { Stated::Money(first) } else { Stated::MoneyBound }
}

fn second_amount(words: &Words, start: usize, end: usize, pack: Currency) -> Option<(Money, usize)> {
    let gap = words.gap(end);
    let joined = gap.has(Gap::HYPHEN.or(Gap::DASH)) && gap.only(Gap::HYPHEN.or(Gap::DASH).or(Gap::SPACE));
    let between = start > 0 && words.is(start - 1, "between") && words.is(end, "and");
    if joined {
        return amount(words, end, pack).or_else(|| {
            let (number, next) = numeral::number(words, end).filter(|_| !gap.has(Gap::SPACE))?;
            Some((Money { amount: number, currency: pack }, next))
        });
    }
    if words.is_any(end, one_of!["to", "or"]) || between { amount(words, end + 1, pack) } else { None }
}

/// Papers and sums that are "over" the amount they state.
const PAPERS: &OneOf = one_of![
    "invoice",
    "invoices",
    "bill",
    "cheque",
    "check",
    "receipt",
    "quote",
    "voucher",
    "credit",
    "note",
    "statement",
    "contract",
    "reminder",
];

/// Whether the words before make the amount a limit rather than a statement.
fn is_bounded(words: &Words, i: usize) -> bool {
    let back = |n: usize, texts: &OneOf| i >= n && words.is_any(i - n, texts);
    (back(1, one_of!["to"]) && back(2, one_of!["up"]))
        || back(1, one_of!["under", "exceeding", "least", "most", "below", "above"])
        // "the invoice over 385 EUR" states the amount
        || back(1, one_of!["over"]) && !back(2, PAPERS)
        || (back(1, one_of!["than"]) && back(2, one_of!["more", "less", "fewer", "lower", "higher", "greater"]))
        || (back(1, one_of!["of"]) && back(2, one_of!["maximum", "minimum"]))
}

/// One amount, without regard to what stands around it.
fn amount(words: &Words, i: usize, pack: Currency) -> Option<(Money, usize)> {
    prefixed(words, i, pack).or_else(|| suffixed(words, i, pack))
}

/// "$48", "US$48", "USD 48".
fn prefixed(words: &Words, i: usize, pack: Currency) -> Option<(Money, usize)> {
    let (mut currency, at) = prefix(words, i, pack)?;
    let tight = words.gap(at).only(Gap::SPACE.or(Gap::HYPHEN));
    let (mut number, mut next) = if tight { digits(words, at)? } else { return None };
    (number, next) = scaled(words, number, next)?;
    // "$48.00 CAD": the code is more exact than the sign.
    if is_code(words, next) && near(words, next) && words.list[i].kind == Kind::Sign {
        currency = code(words, next)?;
        next += 1;
    } else if words.is_any(next, one_of!["dollars", "dollar"]) && words.list[at - 1].kind == Kind::Sign {
        next += 1;
    }
    Some((Money { amount: number, currency }, next))
}

/// "48 USD", "48€", "forty-eight dollars and fifty cents", "50 cents".
fn suffixed(words: &Words, i: usize, pack: Currency) -> Option<(Money, usize)> {
    let (number, next) = digits(words, i).or_else(|| numeral::number(words, i))?;
    let (number, next) = scaled(words, number, next)?;
    if !near(words, next) {
        return None;
    }
    if let Some(currency) = cents(words, next, pack) {
        let amount = if currency.decimals() == 2 { number.hundredth() } else { return None };
        return Some((Money { amount, currency }, next + 1));
    }
    let (currency, end) = suffix(words, next, pack)?;
    let at = end + usize::from(words.is(end, "and"));
    if let Some((small, last)) = numeral::number(words, at).filter(|_| near(words, at))
        && cents(words, last, currency).is_some()
        && currency.decimals() == 2
    {
        return Some((Money { amount: number.plus(small.hundredth())?, currency }, last + 1));
    }
    // "twelve pounds fifty"
    if words.list[next].kind == Kind::Word
        && !is_code(words, next)
        && near(words, end)
        && currency.decimals() == 2
        && let Some((small, last)) = numeral::number(words, end)
        && small.as_whole().is_some_and(|small| (1..100).contains(&small))
        && (!near(words, last) || words.class(last).has(Class::FUNCTION))
    {
        return Some((Money { amount: number.plus(small.hundredth())?, currency }, last));
    }
    Some((Money { amount: number, currency }, end))
}

/// Digits of an amount; behind a sign or code they need not stand alone, but are no id.
fn digits(words: &Words, i: usize) -> Option<(Decimal, usize)> {
    let word = words.list.get(i).filter(|word| word.kind == Kind::Number)?;
    let after_sign = i > 0 && words.list[i - 1].kind == Kind::Sign && word.gap.only(Gap::SPACE);
    if !after_sign && !numeral::stands_alone(words, i) {
        return None;
    }
    // "1 250,00": a blank groups the thousands.
    let text = words.text(i);
    let rest = words.text(i + 1);
    let is_group = text.len() <= 3
        && text.bytes().all(|b| b.is_ascii_digit())
        && words.gap(i + 1) == Gap::SPACE
        && words.list.get(i + 1).is_some_and(|word| word.kind == Kind::Number)
        && rest.bytes().take_while(u8::is_ascii_digit).count() == 3
        && matches!(rest.len(), 3 | 6);
    if is_group && let Some(number) = numeral::decimal(&format!("{text}{rest}")) {
        return Some((number, i + 2));
    }
    numeral::decimal(&text).map(|number| (number, i + 1))
}

/// "k", "thousand", "million" behind the digits.
fn scaled(words: &Words, number: Decimal, next: usize) -> Option<(Decimal, usize)> {
    let tight = words.gap(next) == Gap::NONE;
    let power = if words.is(next, "k") && tight || words.is(next, "thousand") {
        3
    } else if (words.is_any(next, one_of!["m", "mn"]) && tight) || words.is(next, "million") {
        6
    } else {
        return Some((number, next));
    };
    Some((number.shifted(power)?, next + 1))
}

/// A sign, a country's letters with a sign, or a code, before the digits.
fn prefix(words: &Words, i: usize, pack: Currency) -> Option<(Currency, usize)> {
    let word = words.list.get(i)?;
    if word.kind == Kind::Sign {
        return sign(&words.text(i), pack).map(|currency| (currency, i + 1));
    }
    let next_is_sign = words.list.get(i + 1).is_some_and(|w| w.kind == Kind::Sign && w.gap == Gap::NONE);
    if next_is_sign && words.is(i + 1, "$") {
        let text = words.text(i);
        let currency = COUNTRY_DOLLARS.iter().find(|(letters, _)| *letters == text)?.1;
        return Some((Currency::parse(currency)?, i + 2));
    }
    if words.is(i, "rs") {
        return Some((family(pack, RUPEES)?, i + 1));
    }
    if words.is(i, "kr") {
        return Some((family(pack, KRONER)?, i + 1));
    }
    is_code(words, i).then(|| code(words, i)).flatten().map(|currency| (currency, i + 1))
}

/// A sign, code or name behind the digits.
fn suffix(words: &Words, i: usize, pack: Currency) -> Option<(Currency, usize)> {
    let word = words.list.get(i)?;
    if word.kind == Kind::Sign {
        return sign(&words.text(i), pack).map(|currency| (currency, i + 1));
    }
    if is_code(words, i) {
        return code(words, i).map(|currency| (currency, i + 1));
    }
    for (country, name, code) in COUNTRY_NAMES {
        let end = i + country.len();
        if country.iter().enumerate().all(|(n, part)| words.is(i + n, part)) && words.is_any(end, name) {
            return Some((Currency::parse(code)?, end + 1));
        }
    }
    let (_, codes) = NAMES.iter().find(|(names, _)| words.is_any(i, names))?;
    let end = i + 1 + usize::from(words.is(i + 1, "sterling"));
    family(pack, codes).map(|currency| (currency, end))
}

fn cents(words: &Words, i: usize, pack: Currency) -> Option<Currency> {
    match &*words.text(i) {
        "cent" | "cents" | "\u{a2}" => Some(if pack.decimals() == 2 { pack } else { Currency::USD }),
        "pence" | "penny" => Currency::parse("GBP"),
        "p" if words.gap(i) == Gap::NONE => Currency::parse("GBP"),
        _ => None,
    }
}

/// The pack's currency where it belongs to the family that a sign or name may mean, else the family's first.
fn family(pack: Currency, codes: &[&str]) -> Option<Currency> {
    if codes.contains(&pack.code()) { Some(pack) } else { codes.first().and_then(|code| Currency::parse(code)) }
}

fn sign(text: &str, pack: Currency) -> Option<Currency> {
    match text {
        "$" => Some(pack),
        "\u{a5}" => family(pack, &["JPY", "CNY"]),
        "\u{a3}" => family(pack, POUNDS),
        _ => SIGNS.iter().find(|(sign, _)| *sign == text).and_then(|(_, code)| Currency::parse(code)),
    }
}

/// Whether word `i` is an ISO code; words that are also English must be in capitals.
pub(super) fn is_code(words: &Words, i: usize) -> bool {
    const PLAIN: &OneOf = one_of![
        "usd", "eur", "gbp", "cad", "aud", "nzd", "chf", "jpy", "inr", "sgd", "hkd", "cny", "sek", "nok", "dkk", "pln",
    ];
    let Some(word) = words.list.get(i) else { return false };
    word.kind == Kind::Word
        && word.end - word.start == 3
        && (words.is_any(i, PLAIN) || (word.is_caps && code(words, i).is_some()))
}

fn code(words: &Words, i: usize) -> Option<Currency> {
    Currency::parse(&words.text(i))
}

/// Signs that mean one currency (Unicode chart "Currency Symbols" and CLDR's narrow symbols).
const SIGNS: &[(&str, &str)] = &[
    ("\u{20ac}", "EUR"),
    ("\u{20b9}", "INR"),
    ("\u{20a9}", "KRW"),
    ("\u{20bd}", "RUB"),
    ("\u{20aa}", "ILS"),
    ("\u{20ab}", "VND"),
    ("\u{20a6}", "NGN"),
    ("\u{20b1}", "PHP"),
    ("\u{20ba}", "TRY"),
    ("\u{20b4}", "UAH"),
    ("\u{0e3f}", "THB"),
    ("\u{20a1}", "CRC"),
    ("\u{20b2}", "PYG"),
    ("\u{20b5}", "GHS"),
    ("\u{20b8}", "KZT"),
    ("\u{20ad}", "LAK"),
    ("\u{20ae}", "MNT"),
    ("\u{20bc}", "AZN"),
    ("\u{20be}", "GEL"),
    ("\u{20a8}", "PKR"),
];

/// Letters before "$" (CLDR).
const COUNTRY_DOLLARS: &[(&str, &str)] = &[
    ("us", "USD"),
    ("u.s", "USD"),
    ("a", "AUD"),
    ("au", "AUD"),
    ("c", "CAD"),
    ("ca", "CAD"),
    ("cad", "CAD"),
    ("nz", "NZD"),
    ("hk", "HKD"),
    ("s", "SGD"),
    ("sg", "SGD"),
    ("nt", "TWD"),
    ("r", "BRL"),
    ("mx", "MXN"),
    ("usd", "USD"),
    ("aud", "AUD"),
];

const DOLLARS: &[&str] =
    &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "JMD", "TTD", "BBD", "BSD", "FJD", "NAD", "XCD"];
const POUNDS: &[&str] = &["GBP", "EGP", "FKP", "GIP", "SHP", "LBP", "SDG", "SSP", "SYP"];
const RUPEES: &[&str] = &["INR", "PKR", "LKR", "NPR", "MUR", "SCR"];
const KRONER: &[&str] = &["SEK", "NOK", "DKK", "ISK"];

/// Names behind an amount, with the currencies they may mean, the most usual first.
const NAMES: &[(&OneOf, &[&str])] = &[
    (one_of!["dollar", "dollars", "buck", "bucks"], DOLLARS),
    (one_of!["euro", "euros"], &["EUR"]),
    (one_of!["pound", "pounds", "quid"], POUNDS),
    (one_of!["yen"], &["JPY"]),
    (one_of!["yuan", "renminbi", "rmb"], &["CNY"]),
    (one_of!["rupee", "rupees"], RUPEES),
    (one_of!["franc", "francs"], &["CHF", "XOF", "XAF", "RWF"]),
    (one_of!["krona", "kronor", "krone", "kroner", "kr"], KRONER),
    (one_of!["zloty", "zlotys"], &["PLN"]),
    (one_of!["real", "reais"], &["BRL"]),
    (one_of!["peso", "pesos"], &["MXN", "ARS", "CLP", "COP", "PHP", "UYU", "DOP"]),
    (one_of!["rand"], &["ZAR"]),
    (one_of!["won"], &["KRW"]),
    (one_of!["lira"], &["TRY"]),
    (one_of!["shekel", "shekels"], &["ILS"]),
    (one_of!["dirham", "dirhams"], &["AED", "MAD"]),
    (one_of!["riyal", "riyals"], &["SAR", "QAR"]),
    (one_of!["baht"], &["THB"]),
    (one_of!["ringgit"], &["MYR"]),
    (one_of!["naira"], &["NGN"]),
    (one_of!["shilling", "shillings"], &["KES", "UGX", "TZS"]),
    (one_of!["forint", "forints"], &["HUF"]),
    (one_of!["koruna", "korun"], &["CZK"]),
];

/// Countries before a name.
const COUNTRY_NAMES: &[(&[&str], &OneOf, &str)] = &[
    (&["us"], one_of!["dollar", "dollars"], "USD"),
    (&["american"], one_of!["dollar", "dollars"], "USD"),
    (&["canadian"], one_of!["dollar", "dollars"], "CAD"),
    (&["australian"], one_of!["dollar", "dollars"], "AUD"),
    (&["new", "zealand"], one_of!["dollar", "dollars"], "NZD"),
    (&["singapore"], one_of!["dollar", "dollars"], "SGD"),
    (&["hong", "kong"], one_of!["dollar", "dollars"], "HKD"),
    (&["british"], one_of!["pound", "pounds"], "GBP"),
    (&["swiss"], one_of!["franc", "francs"], "CHF"),
    (&["indian"], one_of!["rupee", "rupees"], "INR"),
    (&["swedish"], one_of!["krona", "kronor"], "SEK"),
    (&["danish"], one_of!["krone", "kroner"], "DKK"),
    (&["norwegian"], one_of!["krone", "kroner"], "NOK"),
    (&["mexican"], one_of!["peso", "pesos"], "MXN"),
    (&["japanese"], one_of!["yen"], "JPY"),
];
