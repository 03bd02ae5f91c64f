//! What is tried, what has to happen, and what happened.

use crate::commands::Failure;

/// What a trial is about, in the words of the report.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Subject {
    /// The stable word.
    pub(super) code: &'static str,
    /// What is done and what has to happen, in English.
    pub(super) promise: &'static str,
    /// The same in Vietnamese.
    pub(super) promise_vi: &'static str,
}

/// How a trial ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// It happened as it has to.
    Held,
    /// Something else happened, in a sentence.
    Broken(String),
    /// It could not be tried, and why.
    Untried(String),
}

impl Verdict {
    /// Held when everything of the list is true; what is not true is named.
    pub(super) fn of(facts: &[(bool, String)]) -> Self {
        let broken: Vec<_> = facts.iter().filter(|(holds, _)| !holds).map(|(_, said)| said.as_str()).collect();
        if broken.is_empty() { Self::Held } else { Self::Broken(broken.join("; ")) }
    }

    /// The sender has no words for what should be tried.
    pub(super) fn no_words() -> Self {
        Self::Untried("this sender never says such a thing".to_owned())
    }

    /// What a trial came to; a trial that itself failed did not hold.
    pub(super) fn from_run(run: Result<Self, Failure>) -> Self {
        run.unwrap_or_else(Self::Broken)
    }
}

/// A trial that was made.
#[derive(Clone, Debug)]
pub(super) struct Trial {
    pub(super) subject: Subject,
    pub(super) verdict: Verdict,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_names_what_is_not_true() {
        let fact = |holds, said: &str| (holds, said.to_owned());
        assert_eq!(Verdict::of(&[fact(true, "a")]), Verdict::Held);
        let broken = Verdict::of(&[fact(true, "a"), fact(false, "b"), fact(false, "c")]);
        assert_eq!(broken, Verdict::Broken("b; c".to_owned()));
        assert_eq!(Verdict::from_run(Err("no hub".to_owned())), Verdict::Broken("no hub".to_owned()));
    }
}
