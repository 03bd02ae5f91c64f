//! The house stays in order: arrows between rooms, lengths, names and words. Every rule reads the syntax tree, tells what
//! to do instead, and has a test of its own that shows it can fail.

mod bans;
mod manifests;
mod mentions;
mod money;
mod places;
mod shape;
mod source;
mod words;

use source::Source;

/// A rule looks at one file and returns its complaints, each a sentence that says where, and what to do.
type Rule = fn(&Source) -> Vec<String>;

/// Fails with all complaints of `rule` about the house.
fn hold(rule: Rule) {
    let sources = source::all();
    assert!(sources.len() > 10, "only {} files were read: the walk is broken", sources.len());
    let complaints: Vec<_> = sources.iter().flat_map(rule).collect();
    none(&complaints);
}

fn none(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// How many complaints `rule` has about a sample that pretends to lie at `path`.
fn complaints(rule: Rule, path: &str, text: &str) -> usize {
    rule(&Source::parse(path, text)).len()
}
