//! Typed values: one reading shared by authored literals, fields of records and replies.
//!
//! Amounts are exact decimals; nothing here compares floats.

mod currency;
mod date;
mod decimal;
mod duration;
mod money;
mod percent;
mod reference;

pub use currency::Currency;
pub use date::Date;
pub use decimal::Decimal;
pub use duration::{Clock, DurationGoal, DurationRange};
pub use money::Money;
pub use percent::{Percent, Quantity};
pub use reference::Reference;

/// Why a text is not a value of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    #[error("`{text}` is not {kind}, such as `{example}`")]
    Shape { text: String, kind: &'static str, example: &'static str },
    #[error("`{text}` names no currency that ISO 4217 knows")]
    UnknownCurrency { text: String },
    #[error("`{text}` has more decimals than {currency} has")]
    TooManyDecimals { text: String, currency: Currency },
}

impl ValueError {
    fn shape(text: &str, kind: &'static str, example: &'static str) -> ValueError {
        ValueError::Shape { text: text.chars().take(80).collect(), kind, example }
    }
}
