//! The closed word classes of English that the rules of judgement rest on.
//!
//! Function words follow the lists of *A Comprehensive Grammar of the English Language* (Quirk et al. 1985, chapters 2
//! to 9); negation cues and their scopes follow NegEx (Chapman et al. 2001), ConText (Harkema et al. 2009) and the
//! guidelines of the BioScope and *SEM 2012 corpora; verbs of speech and volition follow Levin (1993), classes 37 and
//! 32. Verbs are listed by their base and inflected when the table is built.

use std::sync::LazyLock;

use foldhash::HashMap;

use super::inflect;

/// A set of word classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Class(u64);

macro_rules! classes {
    ($($(#[$doc:meta])* $name:ident = $bit:expr;)*) => {
        impl Class { $($(#[$doc])* pub(super) const $name: Class = Class(1 << $bit);)* }
    };
}

classes! {
    /// "we", "I": our own voice.
    US = 0;
    YOU = 1;
    /// "he", "she", "they": other subjects that are always subjects.
    OTHERS = 2;
    /// "it", "there", "this": subjects that may also be objects.
    DUMMY = 3;
    DETERMINER = 4;
    POSSESSIVE = 5;
    /// Finite forms of "be".
    BE = 6;
    HAVE = 7;
    DO = 8;
    WILL = 9;
    /// "can", "could", "may", "might", "would", "should", "must".
    MODAL = 10;
    /// "not", "never", "nothing" and the like.
    NOT = 11;
    PREPOSITION = 12;
    COORDINATOR = 13;
    CONDITION = 14;
    TEMPORAL = 15;
    CAUSE = 16;
    RELATIVE = 17;
    QUESTION_WORD = 18;
    ADVERB = 19;
    /// "be", "been", "being".
    BEEN = 20;
    /// "ask", "want", "say": what makes a thing the speaker's wish or word.
    SPEECH = 21;
    /// Takes a clause that it denies along with itself ("I don't think we can").
    OPINION = 22;
    /// "decline", "refuse", "cancel": deny their object or complement.
    DENIAL = 23;
    /// "review", "consider", "try": leave their object open.
    OPEN = 24;
    /// "confirm", "assure", "see": say nothing about what they introduce.
    TRANSPARENT = 25;
    /// "perhaps", "possibly".
    POSSIBLY = 26;
    /// "possible", "eligible", "available".
    POTENTIAL = 27;
    /// "bank", "seller": others who act.
    THIRD_PARTY = 28;
    /// "request", "policy": make the noun before them a topic.
    TOPIC = 29;
    /// "about", "regarding".
    ABOUT = 30;
    /// "arrive", "appear", "show": what a thing that was sent does.
    ARRIVAL = 31;
    /// "denied", "unavailable", "impossible" as predicates.
    REFUSED = 32;
    /// "decide", "agree", "go": commit to the infinitive after them.
    COMMIT = 33;
    /// Base verbs that open an order.
    ORDER = 34;
    /// "usually", "normally", "typically".
    GENERIC = 35;
    /// "approved", "granted", "successful".
    GRANTED = 36;
    /// A noun that stands for asking: "request", "question".
    ASKING = 37;
    PLEASE = 38;
    CONTRAST = 39;
    /// "unable", "unwilling", "ineligible".
    INCAPABLE = 40;
    /// Words that may begin a date, an amount, a duration or a number.
    VALUE = 41;
    /// Present forms of verbs of course and duration, finite without an auxiliary.
    STATIVE = 42;
    /// Irregular past forms and participles.
    PAST = 43;
    /// "shop", "agency", "grower": those who act for themselves, whoever the desk is.
    OUTSIDER = 44;
}

impl Class {
    pub(super) const NONE: Class = Class(0);
    /// Verbs that make a clause finite.
    pub(super) const FINITE: Class = Class(Class::BE.0 | Class::HAVE.0 | Class::DO.0 | Class::WILL.0 | Class::MODAL.0);
    /// Pronouns that are always subjects.
    pub(super) const SUBJECT: Class = Class(Class::US.0 | Class::OTHERS.0);
    /// Words that hold a sentence together rather than carry its matter.
    pub(super) const FUNCTION: Class = Class(
        Class::US.0
            | Class::YOU.0
            | Class::OTHERS.0
            | Class::DUMMY.0
            | Class::DETERMINER.0
            | Class::POSSESSIVE.0
            | Class::FINITE.0
            | Class::BEEN.0
            | Class::NOT.0
            | Class::PREPOSITION.0
            | Class::COORDINATOR.0
            | Class::CONDITION.0
            | Class::TEMPORAL.0
            | Class::CAUSE.0
            | Class::RELATIVE.0
            | Class::QUESTION_WORD.0
            | Class::ABOUT.0
            | Class::PLEASE.0,
    );

    /// Whether the word belongs to any of these classes.
    pub(super) fn has(self, any: Class) -> bool {
        self.0 & any.0 != 0
    }

    pub(super) const fn or(self, other: Class) -> Class {
        Class(self.0 | other.0)
    }
}

/// The classes of a lower-case word.
pub(super) fn class_of(word: &str) -> Class {
    let known = TABLE.get(word).copied().unwrap_or(Class::NONE);
    // Adverbs in -ly are an open class.
    if known == Class::NONE && word.len() > 4 && word.ends_with("ly") { Class::ADVERB } else { known }
}

/// The word of denial, condition or possibility that this is, as the table holds it.
pub(super) fn undoing(word: &str) -> Option<&'static str> {
    let undoes = Class::NOT.or(Class::DENIAL).or(Class::CONDITION).or(Class::MODAL).or(Class::INCAPABLE);
    TABLE.get_key_value(word).filter(|(_, class)| class.has(undoes)).map(|(word, _)| word.as_str())
}

/// Whether a word ends as a regular past form: "needed", and neither "need" nor "feed".
pub(super) fn ends_as_past(word: &str) -> bool {
    if !word.ends_with("ed") || word.len() <= 3 {
        return false;
    }
    let is_base =
        word.ends_with("eed") && !["agreed", "freed", "guaranteed", "decreed"].iter().any(|w| word.ends_with(w));
    !is_base && word != "hundred"
}

static TABLE: LazyLock<HashMap<String, Class>> = LazyLock::new(|| {
    let mut table: HashMap<String, Class> = HashMap::default();
    let mut add = |word: &str, class: Class| {
        let entry = table.entry(word.to_owned()).or_insert(Class::NONE);
        *entry = entry.or(class);
    };
    for (class, words) in WORDS {
        words.split_whitespace().for_each(|word| add(word, *class));
    }
    for (class, verbs) in VERBS {
        for verb in verbs.split_whitespace() {
            inflect::verb_forms_of(verb).iter().for_each(|form| add(form, *class));
        }
    }
    for forms in inflect::irregular_verbs() {
        forms[1..].iter().filter(|form| **form != forms[0]).for_each(|form| add(form, Class::PAST));
    }
    table
});

/// Classes whose words are listed in every form they take.
const WORDS: &[(Class, &str)] = &[
    (Class::US, "we i"),
    (Class::YOU, "you u"),
    (Class::OTHERS, "he she they who someone somebody anyone everyone nobody"),
    (Class::DUMMY, "it there this that these those here everything nothing"),
    (Class::DETERMINER, "a an the this that these those each every any some both all another either neither no such"),
    (Class::DETERMINER.or(Class::POSSESSIVE), "my our your his her its their"),
    (Class::BE, "am is are was were"),
    (Class::HAVE, "have has had"),
    (Class::DO, "do does did"),
    (Class::WILL, "will shall"),
    (Class::MODAL, "can could may might would should must ought"),
    (Class::BEEN, "be been being"),
    (
        Class::NOT,
        "not never nor neither none nothing nobody no without hardly scarcely barely rarely seldom nowhere noone",
    ),
    (
        Class::PREPOSITION,
        "of to in on for with by from at into onto within under over through during against between among per via \
         than like up out off back toward towards upon plus minus including inside outside across behind beyond near \
         until till before after since as without despite except besides instead",
    ),
    (Class::COORDINATOR, "and or but so yet nor plus then"),
    (Class::CONTRAST, "but however nevertheless nonetheless yet instead"),
    (Class::CONDITION, "if unless whether provided providing assuming supposing lest"),
    (Class::TEMPORAL, "once when until till after before whenever upon"),
    (Class::CAUSE, "because since as although though while whereas given"),
    (Class::RELATIVE, "which who whom whose that where"),
    (Class::QUESTION_WORD, "what how why where when which who whose whom"),
    (
        Class::ADVERB,
        "also now already just still soon today tomorrow tonight yesterday again very too even ever never quite \
         rather always often sometimes indeed therefore thus hence meanwhile otherwise anyway well right away straight \
         then here there only yet both all first further once",
    ),
    (Class::ABOUT, "about regarding concerning re around"),
    (
        Class::POSSIBLY,
        "luck perhaps maybe possibly potentially hopefully probably conceivably presumably theoretically ideally tentatively",
    ),
    (
        Class::POTENTIAL,
        "possible eligible entitled available due likely option options chance possibility opportunity eligibility \
         entitlement minded inclined tempted keen willing liable potential tentative conditional applicable subject pending",
    ),
    (
        Class::THIRD_PARTY,
        "bank banks issuer issuers seller sellers merchant merchants vendor vendors retailer retailers supplier suppliers \
         carrier carriers courier couriers airline airlines hotel hotels hostel landlord landlords insurer insurers \
         manufacturer manufacturers marketplace customer customers client clients patient patients guest guests host hosts \
         fraudster fraudsters scammer scammers attacker attackers hacker hackers thief thieves stranger wife husband partner \
         spouse friend friends relative roommate flatmate neighbour neighbor neighbours neighbors competitor competitors \
         employer employers lender lenders lawyer ombudsman regulator police court government council university \
         paypal visa mastercard amex klarna stripe apple google amazon ebay airbnb expedia dhl ups fedex usps hermes evri dpd",
    ),
    (
        Class::OUTSIDER,
        "shop shops store stores agency agencies broker brokers dealer dealers dealership dealerships \
         wholesaler wholesalers distributor distributors installer installers builder builders contractor contractors \
         charity charities embassy consulate tenant tenants buyer buyers attorney solicitor notary accountancy freelancer",
    ),
    (
        Class::TOPIC,
        "request requests policy policies enquiry enquiries inquiry inquiries question questions form forms page \
         department status application applications claim claims option options window rule rules terms conditions \
         procedure procedures eligibility guideline guidelines faq faqs desk section link button query queries committee panel process \
         complaint complaints decision decisions dispute disputes law laws rate rates fraud scam history criteria template wizard portal demand \
         demands period requirements calculator deadline rights issue issues problem problems delay delays",
    ),
    (
        Class::ASKING,
        "request requests question questions query queries enquiry enquiries inquiry inquiries demand demands claim claims complaint complaints application applications interest inquiry wish wishes desire plea pleas",
    ),
    (
        Class::REFUSED,
        "unsuccessful unavailable impossible void ineligible invalid off unapproved unauthorised unauthorized \
         incorrect false untrue wrong unlikely overdue missing gone unpaid outstanding unprocessed pointless unwarranted unjustified unnecessary",
    ),
    (
        Class::GRANTED,
        "approved granted successful accepted completed complete processed honoured honored actioned fulfilled authorised authorized",
    ),
    (Class::GENERIC, "usually normally typically generally ordinarily commonly customarily often sometimes"),
    (
        Class::ORDER,
        "contact send reply visit call check click log return keep let provide share confirm note see allow refund \
         give tell write email submit upload attach fill complete open use go take wait bring follow ask request read \
         review sign enter update reset change select choose try make speak present show ship issue lock \
         cancel replace pay apply apologise apologize inform advise escalate credit process transfer reimburse block freeze verify close refuse",
    ),
    (
        Class::STATIVE,
        "takes arrives starts begins ends remains includes comes goes lasts covers means applies stays costs follows leaves \
         ships opens appears reaches expires requires works runs take arrive remain include come go last apply stay cost \
         took began came went left gave got made saw ran kept fell stood lay ended started lasted arrived",
    ),
    (
        Class::VALUE,
        "a an half next between from fortnight zero one two three four five six seven eight nine ten eleven twelve \
         thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety \
         hundred thousand million dozen first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth \
         thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth january jan \
         february feb march mar april apr may june jun july jul august aug september sept sep october oct november nov \
         december dec rs kr",
    ),
    (Class::PAST, "put set cut shut reset let had"),
    (Class::PLEASE, "please kindly pls plz"),
    (Class::INCAPABLE, "unable unwilling ineligible reluctant powerless"),
    (
        Class::COMMIT,
        "going coming able happy glad pleased delighted sure certain set about scheduled due careful ready bound proud",
    ),
];

/// Classes of verbs, listed by base.
const VERBS: &[(Class, &str)] = &[
    (
        Class::SPEECH,
        "ask request want wish demand seek claim say mention write report tell inquire enquire query complain suggest \
         state indicate describe believe insist argue allege plead beg email propose prefer need expect hope require \
         quote threaten raise desire message post chase",
    ),
    (
        Class::OPINION,
        "think believe expect guarantee promise say confirm see know mean agree feel suppose imagine ensure recommend suggest claim reckon",
    ),
    (
        Class::DENIAL,
        "deny decline refuse reject withhold revoke rescind forbid oppose exclude block stop cancel void withdraw \
         reverse halt prevent avoid forgo fail overturn retract forfeit suspend pause postpone delay dismiss veto \
         prohibit disallow omit skip lack neglect abandon undo freeze cease discontinue miss forget",
    ),
    (
        Class::OPEN,
        "consider review investigate check evaluate assess explore discuss examine try attempt think hope aim want wish \
         recommend suggest propose intend plan await anticipate study debate weigh contemplate request ask seek \
         query doubt question wonder need deserve merit warrant justify qualify vote deliberate estimate monitor analyse analyze tend",
    ),
    (
        Class::TRANSPARENT,
        "confirm assure inform advise let see notice note find tell say show report announce expect allow receive rest \
         accept remember thank verify share know understand realise realize look reassure watch update enjoy rely regret fear learn discover hear ensure give wait",
    ),
    (
        Class::ARRIVAL,
        "arrive appear show reach land come post clear see receive get expect find notice reflect hit hear have take view",
    ),
    (
        Class::REFUSED,
        "deny decline refuse reject cancel void reverse withdraw revoke fail block stop rescind overturn lapse withhold suspend dismiss disallow exclude rule expire forfeit halt bounce return",
    ),
    (
        Class::COMMIT,
        "decide agree go arrange proceed authorise authorize approve choose elect opt commit promise guarantee \
         undertake manage begin start continue instruct schedule",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(word: &str, class: Class, expect: bool) {
        assert_eq!(class_of(word).has(class), expect, "{word}");
    }

    #[test]
    fn classes() {
        check("we", Class::US, true);
        check("quickly", Class::ADVERB, true);
        check("declined", Class::DENIAL, true);
        check("asked", Class::SPEECH, true);
        check("mug", Class::FUNCTION, false);
        check("your", Class::FUNCTION, true);
    }
}
