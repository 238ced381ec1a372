//! The cases that a new task tells: short, and all of a lamp shop, until their author writes another.

use crate::task::TaskPack;

/// A case, with replies that meet and miss what is asked.
pub(super) struct Story {
    pub(super) title: &'static str,
    pub(super) objective: &'static str,
    pub(super) ticket: &'static str,
    pub(super) opened: &'static str,
    pub(super) subject: &'static str,
    pub(super) message: &'static str,
    pub(super) order: &'static str,
    pub(super) delivered: &'static str,
    pub(super) item: &'static str,
    /// The id of the keyword that asks for the order's number.
    pub(super) keyword: &'static str,
    pub(super) oracle: &'static str,
    pub(super) met: &'static str,
    pub(super) unmet: &'static str,
}

/// The story that the pack does not tell yet; once it tells all of them, each in turn.
pub(super) fn next_story(pack: Option<&TaskPack>) -> &'static Story {
    let tasks = pack.map_or(&[][..], |pack| &pack.tasks);
    let told =
        |story: &Story| tasks.iter().any(|task| *task.title == *story.title || *task.objective == *story.objective);
    STORIES.iter().find(|story| !told(story)).unwrap_or(&STORIES[tasks.len() % STORIES.len()])
}

const STORIES: [Story; 4] = [
    Story {
        title: "A lamp that flickers",
        objective: "Answer a customer whose lamp does not work as it should.",
        ticket: "T-1",
        opened: "2026-03-03T08:15:00Z",
        subject: "Flickering lamp",
        message: "The lamp of order ORD-3108 has begun to flicker, whatever bulb I put in. What can you do for me?",
        order: "ORD-3108",
        delivered: "2026-01-12",
        item: "Desk lamp",
        keyword: "lamp_order",
        oracle: "I am sorry about the flicker. We are taking care of order ORD-3108 today, and you need not do anything else.",
        met: "Thank you for writing. We have taken care of order ORD-3108, so please enjoy the light again.",
        unmet: "I am afraid that we cannot take care of this, and your lamp stays as it is.",
    },
    Story {
        title: "A shade with a tear",
        objective: "Help a buyer whose new shade came out of its box torn.",
        ticket: "T-2",
        opened: "2026-02-20T19:40:00Z",
        subject: "Torn linen",
        message: "Hello, I opened parcel ORD-4417 in front of everybody and the linen shade has a tear as long as my hand. It was to be a present. Please tell me what happens next.",
        order: "ORD-4417",
        delivered: "2026-02-19",
        item: "Linen shade",
        keyword: "shade_order",
        oracle: "A torn present is no present, and I am sorry. We are looking after order ORD-4417 today, so nothing is left for you to do.",
        met: "We have looked after order ORD-4417. Please keep the torn shade or throw it away, as you like.",
        unmet: "Torn linen is something that we cannot look after, I regret to say.",
    },
    Story {
        title: "A remote control without effect",
        objective: "Sort out the case of somebody who presses buttons in vain.",
        ticket: "T-3",
        opened: "2026-04-14T11:05:00Z",
        subject: "No reaction",
        message: "New batteries, both ways round, and still the remote from ORD-5260 does nothing. The strip under my shelf has been dark since Sunday. How do we go on from here?",
        order: "ORD-5260",
        delivered: "2026-03-27",
        item: "Light strip with a remote",
        keyword: "strip_order",
        oracle: "Sitting in the dark is no fun, I know. We are taking care of order ORD-5260 this morning and you will have light again.",
        met: "Good news: we have taken care of order ORD-5260 for you, and the shelf will be bright again.",
        unmet: "Remotes are nothing that we can take care of, so we will not take care of this one.",
    },
    Story {
        title: "Leaning to the left",
        objective: "Reply to the owner of a floor lamp that will not stand straight.",
        ticket: "T-4",
        opened: "2026-05-09T16:50:00Z",
        subject: "It wobbles",
        message: "I put it together twice, by the book, and the foot of ORD-6093 still rocks on a level floor. The whole thing leans over like a tired guest. Your suggestion?",
        order: "ORD-6093",
        delivered: "2026-05-06",
        item: "Floor lamp",
        keyword: "foot_order",
        oracle: "Nobody wants a lamp that leans, and I apologise. We are looking after order ORD-6093 right away and need nothing more from you.",
        met: "The foot should not rock. We have looked after order ORD-6093, and it will stand straight.",
        unmet: "We are not able to look after a lamp that has been put together already.",
    },
];
