//! Money is whole đồng, checked: the files that handle it have no floats and no `as`.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{ExprCast, LitFloat, Macro};

use super::source::Source;
use super::{complaints, hold};

/// Where money is read, matched, split, added up and settled.
const MONEY: &[&str] = &[
    "entities/src/money",
    "entities/src/matching",
    "entities/src/allocations",
    "entities/src/rollups",
    "entities/src/settle",
    "entities/src/settlement",
    "api/src/flows/settle",
];

fn exact_money(source: &Source) -> Vec<String> {
    // Weights of random cases are no money.
    let is_test = source.path.ends_with("/tests.rs");
    if is_test || !MONEY.iter().any(|room| source.is_in(room)) {
        return Vec::new();
    }
    let mut walk = Walk { source, complaints: Vec::new() };
    walk.visit_file(&source.tree);
    walk.complaints
}

struct Walk<'a> {
    source: &'a Source,
    complaints: Vec<String>,
}

impl Walk<'_> {
    fn float(&mut self, line: usize) {
        let sentence =
            "money is never a float: use Vnd, and whole numbers for shares (basis points, or part and whole)";
        self.complaints.push(self.source.complain(line, sentence));
    }

    fn cast(&mut self, line: usize) {
        let sentence = "`as` loses money silently: use From where it always fits and TryFrom where it may not";
        self.complaints.push(self.source.complain(line, sentence));
    }

    fn tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => self.tokens(group.stream()),
                TokenTree::Ident(ident) if ident == "f32" || ident == "f64" => self.float(ident.span().start().line),
                TokenTree::Ident(ident) if ident == "as" => self.cast(ident.span().start().line),
                TokenTree::Literal(literal) if is_float(&literal.to_string()) => {
                    self.float(literal.span().start().line);
                }
                _ => {}
            }
        }
    }
}

fn is_float(literal: &str) -> bool {
    syn::parse_str::<LitFloat>(literal).is_ok()
}

impl<'ast> Visit<'ast> for Walk<'_> {
    fn visit_path(&mut self, path: &'ast syn::Path) {
        if path.segments.iter().any(|segment| segment.ident == "f32" || segment.ident == "f64") {
            self.float(path.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_lit_float(&mut self, literal: &'ast LitFloat) {
        self.float(literal.span().start().line);
    }

    fn visit_expr_cast(&mut self, cast: &'ast ExprCast) {
        self.cast(cast.span().start().line);
        visit::visit_expr_cast(self, cast);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.tokens(call.tokens.clone());
    }
}

#[test]
fn money_is_exact() {
    hold(exact_money);
}

#[test]
fn the_rule_fails_when_broken() {
    let broken = [
        "fn f(a: f64) {}",
        "fn f(a: Vec<f32>) {}",
        "fn f() { let a = 0.5; }",
        "fn f(a: i32) -> i64 { a as i64 }",
        "fn f(a: i32) { println!(\"{}\", a as i64); }",
        "fn f() { f64::from(1); }",
        "fn f() { assert_eq!(x, [1.0]); }",
    ];
    for text in broken {
        assert!(complaints(exact_money, "entities/src/money.rs", text) > 0, "{text}");
        assert!(complaints(exact_money, "entities/src/rollups/post.rs", text) > 0, "{text}");
        assert_eq!(complaints(exact_money, "api/src/telemetry.rs", text), 0, "{text}");
    }
    let exact = "use a::b as c; fn f(a: i32) -> i64 { i64::from(a) + \"1.5\".len().try_into().unwrap() }";
    assert_eq!(complaints(exact_money, "entities/src/money.rs", exact), 0);
}
