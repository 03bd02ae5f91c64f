//! Files that fit into a head: at most 400 lines, functions under 70, and a first sentence that says what the file is for.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, ImplItemFn, ItemFn, Signature, TraitItemFn};

use super::source::Source;
use super::{complaints, hold};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 70;

fn file_length(source: &Source) -> Vec<String> {
    let lines = source.text.lines().count();
    let sentence = format!("{lines} lines; at most {FILE_LINES}: split it along what it does, not along its length");
    if lines > FILE_LINES { vec![source.complain(lines, &sentence)] } else { Vec::new() }
}

fn first_sentence(source: &Source) -> Vec<String> {
    let first = source.text.lines().next().unwrap_or_default();
    let words = first.strip_prefix("//!").map_or(0, |sentence| sentence.split_whitespace().count());
    let sentence = "open the file with a `//!` sentence that says what it is for";
    let is_readme = first == "#![doc = include_str!(\"../README.md\")]";
    if words < 3 && !is_readme { vec![source.complain(1, sentence)] } else { Vec::new() }
}

fn function_length(source: &Source) -> Vec<String> {
    let mut walk = Walk { source, complaints: Vec::new() };
    walk.visit_file(&source.tree);
    walk.complaints
}

struct Walk<'a> {
    source: &'a Source,
    complaints: Vec<String>,
}

impl Walk<'_> {
    fn measure(&mut self, signature: &Signature, body: &Block) {
        let first = signature.span().start().line;
        let lines = body.span().end().line - first + 1;
        if lines >= FUNCTION_LINES {
            let name = &signature.ident;
            let sentence =
                format!("`{name}` has {lines} lines; under {FUNCTION_LINES}: give its steps names of their own");
            self.complaints.push(self.source.complain(first, &sentence));
        }
    }
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.measure(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        if let Some(body) = &item.default {
            self.measure(&item.sig, body);
        }
        visit::visit_trait_item_fn(self, item);
    }
}

#[test]
fn no_file_is_too_long() {
    hold(file_length);
}

#[test]
fn no_function_is_too_long() {
    hold(function_length);
}

#[test]
fn every_file_says_what_it_is_for() {
    hold(first_sentence);
}

#[test]
fn a_long_file_is_found() {
    let lines = |count: usize| "//! A sentence.\n".repeat(count);
    assert_eq!(complaints(file_length, "api/src/hub.rs", &lines(FILE_LINES)), 0);
    assert_eq!(complaints(file_length, "api/src/hub.rs", &lines(FILE_LINES + 1)), 1);
}

#[test]
fn a_long_function_is_found() {
    let body = |lines: usize| format!("fn f() {{{}}}", "\n".repeat(lines - 1));
    for (before, after) in [("", ""), ("impl A { ", "}"), ("trait A { ", "}"), ("mod a { ", "}")] {
        let text = |lines| format!("{before}{}{after}", body(lines));
        assert_eq!(complaints(function_length, "api/src/hub.rs", &text(FUNCTION_LINES - 1)), 0);
        assert_eq!(complaints(function_length, "api/src/hub.rs", &text(FUNCTION_LINES)), 1);
    }
}

#[test]
fn a_file_without_a_first_sentence_is_found() {
    assert_eq!(complaints(first_sentence, "api/src/hub.rs", "//! What the hub is.\nfn f() {}"), 0);
    assert_eq!(complaints(first_sentence, "api/src/hub.rs", "//! x\nfn f() {}"), 1);
    assert_eq!(complaints(first_sentence, "api/src/hub.rs", "use std::fmt;"), 1);
}
