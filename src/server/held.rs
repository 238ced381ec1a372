//! Answers that are held back until what they tell of has been recorded.

use crate::record::{Receipt, Unrecorded};

/// An answer that may be given once its record is written, as far as that was asked for. There is no other way to it than
/// to wait, so that no transport can forget to.
#[derive(Debug)]
#[must_use = "nobody is answered before the answer is released"]
pub(crate) struct Held<T> {
    value: T,
    receipt: Option<Receipt>,
}

impl<T> Held<T> {
    /// An answer that waits for this receipt, if there is one.
    pub(crate) fn until(receipt: Option<Receipt>, value: T) -> Held<T> {
        Held { value, receipt }
    }

    /// An answer that waits for nothing.
    pub(crate) fn free(value: T) -> Held<T> {
        Held { value, receipt: None }
    }

    /// The same wait for something made of the answer.
    pub(crate) fn map<U>(self, make: impl FnOnce(T) -> U) -> Held<U> {
        Held { value: make(self.value), receipt: self.receipt }
    }

    /// Shows the answer to whoever keeps it, for as long a wait.
    pub(crate) fn show(&self, keep: impl FnOnce(&T, Option<&Receipt>)) {
        keep(&self.value, self.receipt.as_ref());
    }

    /// The answer, once it may be given.
    ///
    /// # Errors
    /// It never may: recording has failed.
    pub(crate) async fn release(self) -> Result<T, Unrecorded> {
        match self.receipt {
            None => Ok(self.value),
            Some(receipt) => receipt.await.map(|()| self.value),
        }
    }
}

impl Held<String> {
    /// The text, or what is said instead where it may not be.
    pub(crate) fn or_else(self, otherwise: impl FnOnce(&Unrecorded) -> String + Send + 'static) -> HeldText {
        HeldText { text: self, otherwise: Box::new(otherwise) }
    }
}

/// A text that is held back, with what is said instead should it never be released.
#[must_use = "nobody is answered before the text is released"]
pub(crate) struct HeldText {
    text: Held<String>,
    otherwise: Box<dyn FnOnce(&Unrecorded) -> String + Send>,
}

impl std::fmt::Debug for HeldText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.text.fmt(f)
    }
}

impl HeldText {
    /// The same wait for a text made of this one, or of what is said instead.
    pub(crate) fn map(self, make: fn(&str) -> String) -> HeldText {
        let otherwise = self.otherwise;
        self.text.map(|text| make(&text)).or_else(move |error| make(&otherwise(error)))
    }

    /// The text, if there is nothing to wait for.
    pub(crate) fn at_once(self) -> Result<String, HeldText> {
        if self.text.receipt.is_none() { Ok(self.text.value) } else { Err(self) }
    }

    /// What to say, once it may be said.
    pub(crate) async fn release(self) -> String {
        let HeldText { text, otherwise } = self;
        match text.release().await {
            Ok(text) => text,
            Err(error) => {
                tracing::error!(%error, "a step was not answered");
                otherwise(&error)
            }
        }
    }
}

/// What a client is told whose step or reset could not be recorded. The reason is for the operator.
pub(crate) const NOT_RECORDED: &str = "The server could not record this and plays no more; its operator was told why.";
