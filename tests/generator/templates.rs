//! The templates: what each kind of statement looks like in English, with slots for the act and its thing.
//!
//! `{v}` is the verb's base, `{ved}` its past, `{ven}` its participle, `{ving}` its gerund; `{o}` is the thing with its
//! article, capitalised where it opens a sentence.

/// The desk says that it has done it, is doing it or will do it.
pub(crate) const ASSERT: &[&str] = &[
    "We have {ven} {o}.",
    "We've {ven} {o} today.",
    "I {ved} {o} this morning.",
    "{o} has been {ven}.",
    "{o} was {ven} earlier today.",
    "We are {ving} {o} now.",
    "We\u{2019}re {ving} {o} as we speak.",
    "We will {v} {o} today.",
    "We'll be {ving} {o} this afternoon.",
    "{o} is being {ven} right now.",
    "{o} will be {ven} by our team tonight.",
    "Our team has {ven} {o}.",
    "My colleague {ved} {o} an hour ago.",
    "Good news: {o} has now been {ven}.",
    "I have gone ahead and {ven} {o}.",
    "I'm pleased to tell you that we have {ven} {o}.",
    "As promised, {o} has been {ven}.",
    "We looked into it and {ved} {o}.",
    "We can confirm that {o} has been {ven}.",
    "After a word with my manager I was able to {v} {o}.",
    "We managed to {v} {o} after all.",
    "Rest assured, we\u{2019}ve already {ven} {o}.",
    "Because the record was wrong we {ved} {o} straight away.",
    "Here is what happened on our side:\n- we {ved} {o}\n- we added a note to your file",
    "1. We {ved} {o}.\n2. We added a note to your file.",
    "{o} is now {ven}, and your file says so.",
    "You wrote to us on Monday, and since then we have {ven} {o}.",
];

/// The same, beside a negator that denies something else or nothing at all.
pub(crate) const ASSERT_NEAR_NEGATOR: &[&str] = &[
    "We have not only {ven} {o} but also added a note to your file.",
    "There is no need to worry: we have {ven} {o}.",
    "Don't worry, {o} has been {ven}.",
    "Since this was not your fault, we have {ven} {o}.",
    "No later than tomorrow we will {v} {o}.",
    "I'm sorry that we were not able to reach you by phone, but we have {ven} {o}.",
    "We have {ven} {o}, so you do not have to do anything else.",
    "We {ved} {o} without delay.",
    "No problem at all, we have {ven} {o}.",
    "Although nobody picked up the phone, {o} has been {ven}.",
    "We have {ven} {o} at no extra cost.",
    "We could not agree more, so we have {ven} {o}.",
    "We won't keep you waiting: {o} has been {ven}.",
    "Nothing else is needed from you; we have {ven} {o}.",
    "{o} has been {ven}, not just noted.",
];

/// The desk says that it does not do it: one way each.
pub(crate) const DENY: &[&str] = &[
    "We cannot {v} {o}.",
    "We can't {v} {o} this time.",
    "Unfortunately we are unable to {v} {o}.",
    "We are not able to {v} {o}.",
    "We will not {v} {o}.",
    "We won\u{2019}t be {ving} {o}.",
    "We have not {ven} {o}.",
    "We haven't {ven} {o}.",
    "We did not {v} {o}.",
    "{o} cannot be {ven}.",
    "{o} has not been {ven}.",
    "I am afraid {o} will not be {ven}.",
    "We must decline to {v} {o}.",
    "Our team refused to {v} {o}.",
    "We decided against {ving} {o}.",
    "We are not going to {v} {o}.",
    "We will no longer {v} {o}.",
    "Instead of {ving} {o} we have added a note to your file.",
    "Rather than {v} {o}, we have added a note to your file.",
    "We have settled the case without {ving} {o}.",
    "Neither I nor my manager will {v} {o}.",
    "We failed to {v} {o}.",
    "There is no way for us to {v} {o}.",
    "Nobody here has {ven} {o}.",
    "It is not possible to {v} {o}.",
    "It is impossible for us to {v} {o}.",
    "Under no circumstances will we {v} {o}.",
    "We are not in a position to {v} {o}.",
    "We never {ved} {o}.",
    "The terms do not allow us to {v} {o}.",
    "The terms prevent us from {ving} {o}.",
    "At no point did we {v} {o}.",
    "We refuse to {v} {o}.",
    "I regret that we can neither {v} {o} nor offer anything else.",
];

/// The desk asks.
pub(crate) const ASK: &[&str] = &[
    "Would you like us to {v} {o}?",
    "Shall we {v} {o}?",
    "Do you want us to {v} {o}?",
    "Should I {v} {o} for you?",
    "May we {v} {o}?",
    "Is it all right with you if we {v} {o}?",
    "Could you let me know whether we should {v} {o}?",
    "How would it be if we {ved} {o}?",
];

/// The desk supposes, or puts it off to a condition.
pub(crate) const SUPPOSE: &[&str] = &[
    "If the review is in your favour, we will {v} {o}.",
    "We will {v} {o} only if my manager agrees.",
    "Should the check confirm it, we will {v} {o}.",
    "Provided that the form arrives in time, we will {v} {o}.",
    "We would {v} {o} if the rules allowed it.",
    "We would have {ven} {o} had you written sooner.",
    "We will {v} {o} as long as the records agree with you.",
    "In case the records agree with you, {o} will be {ven}.",
];

/// The desk says no more than that it may happen.
pub(crate) const HEDGE: &[&str] = &[
    "We might {v} {o}.",
    "We may be able to {v} {o}.",
    "We could {v} {o} at some point.",
    "Perhaps we will {v} {o}.",
    "Maybe {o} will be {ven} one day.",
    "It is possible that we will {v} {o}.",
    "We are considering whether to {v} {o}.",
    "We will consider {ving} {o}.",
    "We hope to {v} {o}.",
    "{o} may be {ven} after a review.",
];

/// Somebody else's words, wishes or deeds.
pub(crate) const ATTRIBUTE: &[&str] = &[
    "You asked us to {v} {o}.",
    "You would like us to {v} {o}.",
    "You said that we {ved} {o}.",
    "You wrote that {o} had been {ven}.",
    "You want us to {v} {o}.",
    "Thank you for asking us to {v} {o}.",
    "Please {v} {o} and let us know.",
    "According to your message, we {ved} {o}.",
    "In your message you claim that we {ved} {o}.",
    "Your request to {v} {o} has reached us.",
    "Your neighbour {ved} {o}.",
    "Your insurer will {v} {o}.",
];

/// The desk answers, and says nothing of the act.
pub(crate) const NEUTRAL: &[&str] = &[
    "We are looking into it and will write again soon.",
    "A colleague has read your message and is on the case.",
    "Your message has reached the right desk.",
    "We have added a note to your file.",
];

/// Around the statement: sentences that any reply may hold.
pub(crate) const OPENINGS: &[&str] = &[
    "",
    "",
    "Hello Dana,\n\n",
    "Hi Sam, thank you for your message. ",
    "Good morning, and thanks for your patience. ",
    "Dear Ms Okafor,\n\nI am sorry for the trouble. ",
    "We are sorry that nobody answered your call. ",
    "I\u{2019}m so sorry about the wait! ",
];

/// Behind the statement.
pub(crate) const CLOSINGS: &[&str] = &[
    "",
    "",
    " Kind regards, Jo",
    "\n\nBest wishes,\nThe Customer Desk",
    " Please don't hesitate to write back.",
    " If you have any questions, just reply to this message.",
    " Is there anything else we can help you with?",
    " Have a lovely day!",
];
