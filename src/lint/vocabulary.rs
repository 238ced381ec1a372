//! Words and replies that say nothing of one case: what keywords are measured against.

use std::sync::LazyLock;

use foldhash::HashSet;

use super::phrases::root;

/// Replies that any desk could send about any case, before anybody has looked into it. They acknowledge, thank and
/// promise to look; they name no outcome, no record and no rule. A keyword that most of them meet asks for nothing.
pub(crate) const NEUTRAL_REPLIES: &[&str] = &[
    "Thank you for contacting us. We have received your message and will get back to you as soon as we can.",
    "Hello, thank you for reaching out to our support team. We are looking into this and will let you know.",
    "Hi there, thanks for your message. A colleague will read it and answer you shortly.",
    "Dear customer, we have received your request. Our team is working on it and will reply soon.",
    "Thank you for your patience. We are checking the details and will write to you again.",
    "Good morning, and thank you for writing to us. We will look at your case and come back to you.",
    "Thanks for letting us know about this. We take it seriously and will look into it for you.",
    "Hello, we have your message and we understand your concern. You will hear from us again soon.",
    "Thank you for the information. We have passed it on, and somebody will be in touch with you.",
    "Hi, we are sorry to hear about the trouble. We will look into it and keep you informed.",
    "Dear customer, thank you for your e-mail. We will answer it as soon as possible. Kind regards, your support team.",
    "Thank you for getting in touch. Your question is important to us and we will answer it shortly.",
    "Hello and thank you for your message. We need a little time to look at it. Please bear with us.",
    "We appreciate that you wrote to us. The matter is with our team now, and we will update you.",
    "Thank you for your time today. If there is anything else, please let us know. Best regards, the support team.",
];

/// Words that stand in any English text: alone they tell no reply from another.
const STOP_WORDS: &str = "a an the this that these those i me my mine we us our ours you your yours he him his she her \
    hers it its they them their theirs who whom whose which what and or but so if then than as at by for from in into \
    of on onto to with about is am are was were be been being do does did have has had will would shall should can \
    could may might must there here also just very too";

/// Words of any support desk, which an agent need not find in a record to use: courtesy, what a desk does, what it
/// handles, and the common ways of saying so. A keyword of these alone is derivable everywhere; the list is wide on
/// purpose, since a word that is missed costs a false alarm and a word too many only a silent rule.
const SUPPORT_WORDS: &str = "sorry apologise apologize apology apologies regret thank thanks please welcome hello hi \
    dear regards understand appreciate patience trouble inconvenience happy glad unfortunately sincerely \
    account profile address bank bill billing booking box card carrier case cash charge chat claim code collection \
    colleague company complaint confirmation contact contract copy cost courier credit customer date day days debit delay \
    delivery department deposit desk detail device discount dispute document double duplicate email e mail error estimate \
    evidence exchange extra fee file form fraud free full gift goods guarantee help history hold home hour hours id \
    identity invoice issue item items label law letter limit line link loan log login manager market message method \
    minute minutes mistake money month months name new note notice number offer office online option order original \
    owner package parcel part partial party password pay payment pending period permission person phone photo picture \
    piece plan point police policy portal post postage prepaid price problem product proof provider purchase question \
    quote rate reason receipt record reference refund reimburse reimbursement reminder renewal repair replacement report \
    request reservation resolution response result return returns review right risk rule safe safety sale schedule scam \
    second security seller send sent service session settings shipment shipping shop sign site slot specialist staff \
    statement status step stock store subscription support suspicious system tax team technician term terms ticket time \
    today tomorrow total tracking transaction transfer trial twice type unit update upgrade user value verification \
    visit voucher warehouse warranty way website week weeks window work year years yesterday \
    accept access activate add adjust advise agree allow amend answer apply appoint approve arrange arrive ask assign \
    assist attach authorise authorize await balance begin block book bring buy call cancel cancelled capture cease change \
    check choose cite clear close collect come compensate complete confirm connect consider continue convert correct cover \
    create cut deactivate decide decline deduct delete deliver deny disable discontinue dispatch drop eligible enable end \
    ensure escalate establish examine expect expedite expire explain extend fail find finish fix follow forward found \
    freeze frozen fund gave get give given go goes gone goodwill grant halve hand handle happen hear hesitate inform \
    inspect install investigate investigation issue join keep know lead leave let list lock locked look lose lost lower \
    made make manage match meet mend miss monitor move need notify open pass patch paid pick place prepare prevent proceed \
    process promise protect prove provide put raise reach read ready reactivate rebook receive recommend recover recycle \
    redeem redirect reduce refer refuse register reinstate reissue reject release remain remind remove renew replace reply \
    reschedule reserve reset resend resolve restart restore resubmit retain reverse revoke ring rush schedule secure see \
    sell set settle share ship shipped shut solve sort speak start stay stop submit suspend swap switch take taken tell \
    terminate took track transfer transferred try turn unable understand undo unlock unsubscribe use valid verify view void wait \
    waive warn withdraw write written wrong \
    able additional after again all already always another any automatic available back before behalf best better between \
    business both broken closed correctly damaged defective different directly down due each early easy either enough \
    entire every everything exactly faulty final fine first five former four good immediate instead later latest least \
    less long many maximum missing more most much near never next no nobody none not nothing now off old once one only \
    other out outside over own per possible previous prior proper quick reasonable recent remaining same separate several \
    short similar simple since some soon special still sure ten third three through top two unauthorised unauthorized \
    under unexpected until up urgent usual whole within without working yes yet charged billed charge s t re ve ll d m";

/// Whether a word, in lower case, stands in any English text.
pub(crate) fn is_stop_word(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| STOP_WORDS.split_whitespace().collect());
    WORDS.contains(word)
}

/// Whether the root of a word is one of any English text or of any support desk.
pub(crate) fn is_support_root(word: &str) -> bool {
    static ROOTS: LazyLock<HashSet<&str>> =
        LazyLock::new(|| STOP_WORDS.split_whitespace().chain(SUPPORT_WORDS.split_whitespace()).map(root).collect());
    ROOTS.contains(word)
}
