//! R36: changed statements. The reader never panics, ends soon, and tells whatever does not add up.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use connectors::statements::read;

use super::corpus::Corpus;
use super::judge::{complaint, sentence};
use super::play;

/// Files in CI.
const FILES: usize = 4_000;
/// A file of 128 KB takes milliseconds; this is for a machine that is very busy.
const LONGEST: Duration = Duration::from_secs(20);
/// The most lines that so short a file can hold: an entry of a batch has at least nine bytes.
const LINES_LIMIT: usize = 100_000;

#[test]
fn whole_files_are_proven() {
    let corpus = Corpus::new();
    for kind in corpus.kinds() {
        let statements = read(&corpus.whole(kind)).unwrap();
        assert_eq!(statements.len(), 1, "{kind}");
        assert_eq!(statements[0].findings, [], "{kind}");
        assert_eq!(complaint(&statements[0]), None, "{kind}");
        assert!(statements[0].lines.len() > 1, "{kind}");
    }
}

#[test]
fn changed_files_are_read_or_told() {
    let corpus = Corpus::new();
    // By kind: how many were refused, had findings, had lines and none.
    let mut met: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    let rounds = play(FILES, |dice| {
        let (kind, file) = corpus.changed(dice);
        let began = Instant::now();
        let told = read(&file);
        assert!(began.elapsed() < LONGEST, "{kind} took {:?}", began.elapsed());
        let place = match &told {
            Err(refusal) => {
                assert_eq!(sentence(refusal), None, "{kind}");
                0
            }
            Ok(statements) => {
                assert!(!statements.is_empty(), "{kind}");
                assert!(
                    statements.iter().map(|statement| statement.lines.len()).sum::<usize>() <= LINES_LIMIT,
                    "{kind}"
                );
                for statement in statements {
                    assert_eq!(complaint(statement), None, "{kind}");
                }
                if statements.iter().any(|statement| !statement.findings.is_empty()) { 1 } else { 2 }
            }
        };
        met.entry(kind).or_default()[place] += 1;
        if dice.once_in(16) {
            assert_eq!(read(&file), told, "{kind}: the same bytes say the same");
        }
    });
    eprintln!("changed files (refused, with findings, without): {met:?}");
    // A run that meets nothing proves nothing.
    let is_met = corpus.kinds().all(|kind| met.get(kind).is_some_and(|[_, told, clean]| *told > 0 && *clean > 0));
    assert!(rounds < FILES || is_met, "{met:?}");
}

/// The control: what does not add up must be seen.
#[test]
fn a_bent_statement_is_complained_of() {
    let corpus = Corpus::new();
    for kind in corpus.kinds().filter(|kind| *kind != "one column") {
        let whole = read(&corpus.whole(kind)).unwrap().remove(0);
        let mut bent = whole.clone();
        bent.lines[1].amount_vnd += 1;
        assert!(complaint(&bent).is_some(), "{kind}");
        let mut bent = whole.clone();
        bent.lines[0].content = Some("a\u{202e}b".to_owned());
        assert!(complaint(&bent).is_some(), "{kind}");
        let mut bent = whole;
        bent.lines[0].amount_vnd = 0;
        assert!(complaint(&bent).is_some(), "{kind}");
    }
}
