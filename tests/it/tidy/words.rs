//! Words that promise work instead of doing it, and silenced lints.

use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Macro};

use super::source::Source;
use super::{complaints, hold};

/// Put together here, so that this file may speak of them.
const MARKS: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X:")];

fn unfinished(source: &Source) -> Vec<String> {
    let mut walk = Walk { source, complaints: Vec::new() };
    walk.visit_file(&source.tree);
    for (index, line) in source.text.lines().enumerate() {
        if MARKS.iter().any(|mark| line.contains(mark)) {
            walk.complaints.push(source.complain(index + 1, "do it now, or write an issue; the code holds what is"));
        }
    }
    walk.complaints
}

struct Walk<'a> {
    source: &'a Source,
    complaints: Vec<String>,
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_macro(&mut self, call: &'ast Macro) {
        let name = call.path.segments.last().map(|segment| segment.ident.to_string());
        if matches!(name.as_deref(), Some("todo" | "unimplemented" | "dbg")) {
            let line = call.span().start().line;
            self.complaints
                .push(self.source.complain(line, "no stubs: write what belongs here, or leave the room out"));
        }
        visit::visit_macro(self, call);
    }

    fn visit_attribute(&mut self, attribute: &'ast Attribute) {
        let allows = attribute.path().is_ident("allow")
            || attribute.path().is_ident("cfg_attr")
                && attribute.meta.require_list().is_ok_and(|list| list.tokens.to_string().contains("allow ("));
        if allows {
            let line = attribute.span().start().line;
            let sentence =
                "`#[expect(lint, reason = \"...\")]` instead of allow: it speaks, and it dies with its cause";
            self.complaints.push(self.source.complain(line, sentence));
        }
    }
}

#[test]
fn nothing_is_left_unfinished() {
    hold(unfinished);
}

#[test]
fn the_rule_fails_when_broken() {
    let broken = [
        "fn f() { todo!() }".to_string(),
        "fn f() { std::unimplemented!(\"later\") }".into(),
        "fn f() { dbg!(1); }".into(),
        "#[allow(dead_code)] fn f() {}".into(),
        "#![allow(dead_code)]".into(),
        "fn f() { #[allow(unused)] let a = 1; }".into(),
        "#[cfg_attr(test, allow(dead_code))] fn f() {}".into(),
        format!("// {} later\nfn f() {{}}", MARKS[0]),
        format!("/// {} it\nfn f() {{}}", MARKS[1]),
    ];
    for text in &broken {
        assert!(complaints(unfinished, "api/src/hub.rs", text) > 0, "{text}");
    }
    let finished = "#[expect(dead_code, reason = \"a\")] fn f() { assert!(allow(1)); }";
    assert_eq!(complaints(unfinished, "api/src/hub.rs", finished), 0);
}
