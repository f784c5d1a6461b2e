//! How well the local answers agree with those of UiTPAS. Only verbs and codes are counted, never people.

use crate::refusal::{Reason, Refusal};

/// What a desk decides about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// What a person pays.
    Sell,
    /// Whether a point can be saved.
    CheckIn,
    /// Whether a reward can be redeemed.
    Redeem,
}

/// How a local answer stands to the live one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Agreement {
    /// Both grant, on the same terms; or both refuse.
    Same,
    /// The desk would have said that it lacks the facts: no answer, so no difference either.
    LacksFacts,
    /// The desk would have refused what UiTPAS grants. It costs somebody an advantage, never the organizer money.
    Stricter,
    /// The desk would have granted what UiTPAS refuses: a loss of the organizer.
    Looser,
    /// Both grant, and on other terms: another price or another number of points.
    OtherTerms,
}

/// One comparison: the verb, the code of either answer, and how they stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Comparison {
    /// What was decided about.
    pub verb: Verb,
    /// `granted`, or the code of the local refusal.
    pub local: &'static str,
    /// `granted`, or the code of the live refusal.
    pub live: &'static str,
    /// How they stand.
    pub agreement: Agreement,
}

/// The code of an answer that grants.
pub const GRANTED: &str = "granted";

/// Compares two answers to the same question. `terms` is what must be the same where both grant.
pub fn compare<T, R: Reason, V: PartialEq>(
    verb: Verb,
    local: &Result<T, Refusal<R>>,
    live: &Result<T, Refusal<R>>,
    terms: impl Fn(&T) -> V,
) -> Comparison {
    let code = |answer: &Result<T, Refusal<R>>| answer.as_ref().map_or_else(|no| no.reason.code(), |_| GRANTED);
    let agreement = match (local, live) {
        (Ok(one), Ok(other)) if terms(one) == terms(other) => Agreement::Same,
        (Ok(_), Ok(_)) => Agreement::OtherTerms,
        (Err(_), Err(_)) => Agreement::Same,
        (Err(no), Ok(_)) if no.reason.lacks_facts() => Agreement::LacksFacts,
        (Err(_), Ok(_)) => Agreement::Stricter,
        (Ok(_), Err(_)) => Agreement::Looser,
    };
    Comparison { verb, local: code(local), live: code(live), agreement }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tariff::NoOffer;
    use crate::time::Moment;

    type Answer = Result<u32, Refusal<NoOffer>>;

    fn no(reason: NoOffer) -> Answer {
        Err(reason.dated(Moment::UNIX_EPOCH))
    }

    #[test]
    fn only_answers_that_contradict_each_other_are_differences() {
        let lacking = || no(NoOffer::NotCached);
        let refusing = || no(NoOffer::Free);
        for (local, live, expected) in [
            (Ok(200), Ok(200), Agreement::Same),
            (Ok(200), Ok(150), Agreement::OtherTerms),
            (Ok(200), refusing(), Agreement::Looser),
            (refusing(), Ok(200), Agreement::Stricter),
            (lacking(), Ok(200), Agreement::LacksFacts),
            (lacking(), refusing(), Agreement::Same),
        ] {
            let found = compare(Verb::Sell, &local, &live, |price: &u32| *price);
            assert_eq!(found.agreement, expected, "{local:?} {live:?}");
        }
    }

    #[test]
    fn both_codes_are_kept() {
        let found = compare(Verb::Sell, &no(NoOffer::NotCached), &Ok(200), |price: &u32| *price);
        assert_eq!((found.local, found.live), ("price.notCached", GRANTED));
    }
}
