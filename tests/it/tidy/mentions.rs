//! Which paths a file mentions: in `use`, in code, in attributes and inside macros, written out from the crate's root.

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{ItemUse, Macro, MetaList, UseTree};

use super::source::Source;

/// One path, as in `std::env::var`, and where it stands.
pub(super) struct Mention {
    pub(super) path: Vec<String>,
    pub(super) line: usize,
}

impl Mention {
    pub(super) fn starts_with(&self, start: &str) -> bool {
        let mut own = self.path.iter();
        start.split("::").all(|segment| own.next().is_some_and(|own| own == segment))
    }

    pub(super) fn ends_with(&self, end: &str) -> bool {
        let mut own = self.path.iter().rev();
        end.rsplit("::").all(|segment| own.next().is_some_and(|own| own == segment))
    }
}

/// Every path of the file.
pub(super) fn mentions(source: &Source) -> Vec<Mention> {
    let mut walk = Walk { here: module_of(&source.path), found: Vec::new() };
    walk.visit_file(&source.tree);
    walk.found
}

/// `api/src/flows/settle.rs` is the module `crate::flows::settle`.
fn module_of(path: &str) -> Vec<String> {
    let inside = path.split_once("/src/").or_else(|| path.split_once("/it/")).map_or(path, |(_, inside)| inside);
    let segments = inside.trim_end_matches(".rs").split('/');
    let named = segments.filter(|segment| !matches!(*segment, "mod" | "lib" | "main"));
    std::iter::once("crate").chain(named).map(Into::into).collect()
}

struct Walk {
    here: Vec<String>,
    found: Vec<Mention>,
}

impl Walk {
    fn mention(&mut self, mut path: Vec<String>, line: usize) {
        if matches!(path[0].as_str(), "self" | "super") {
            let ups = path.iter().take_while(|segment| *segment == "super").count();
            let base = &self.here[..self.here.len().saturating_sub(ups).max(1)];
            let rest = path.iter().skip_while(|segment| matches!(segment.as_str(), "self" | "super"));
            path = base.iter().chain(rest).cloned().collect();
        }
        self.found.push(Mention { path, line });
    }

    fn use_tree(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: String| before.iter().cloned().chain([name]).collect::<Vec<_>>();
        let line = tree.span().start().line;
        match tree {
            UseTree::Path(path) => self.use_tree(&path.tree, &with(path.ident.to_string())),
            UseTree::Group(group) => group.items.iter().for_each(|item| self.use_tree(item, before)),
            UseTree::Name(name) if name.ident == "self" => self.mention(before.to_vec(), line),
            UseTree::Name(name) => self.mention(with(name.ident.to_string()), line),
            UseTree::Rename(name) => self.mention(with(name.ident.to_string()), line),
            UseTree::Glob(_) => self.mention(with("*".into()), line),
        }
    }

    /// Macro bodies and attributes are no tree yet: paths are identifiers joined by two colons.
    fn tokens(&mut self, tokens: TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let (mut line, mut colons) = (0, 0);
        for token in tokens {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                TokenTree::Ident(ident) => {
                    if colons != 2 {
                        self.flush(&mut path, line);
                    }
                    (line, colons) = (ident.span().start().line, 0);
                    path.push(ident.to_string());
                }
                other => {
                    self.flush(&mut path, line);
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.flush(&mut path, line);
    }

    fn flush(&mut self, path: &mut Vec<String>, line: usize) {
        let path = std::mem::take(path);
        if path.len() > 1 {
            self.mention(path, line);
        }
    }
}

impl<'ast> Visit<'ast> for Walk {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.use_tree(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        // A single word may be a variable; a crate or module in use is at least `crate::thing`.
        if path.segments.len() > 1 {
            let segments = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
            self.mention(segments, path.span().start().line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.tokens(call.tokens.clone());
        visit::visit_macro(self, call);
    }

    fn visit_meta_list(&mut self, list: &'ast MetaList) {
        self.tokens(list.tokens.clone());
        visit::visit_meta_list(self, list);
    }
}

#[test]
fn finds_paths_wherever_they_hide() {
    let text = "
        use a::{b, c::{self, d as e}, f::*};
        #[derive(g::H)] struct S(i::J<k::L>);
        fn m() { n::o(); println!(\"{}\", p::q::r(s::t)); let x: u; super::v::w(); }";
    let found = mentions(&Source::parse("api/src/one/two.rs", text));
    let joined: Vec<_> = found.iter().map(|mention| mention.path.join("::")).collect();
    let expected =
        ["a::b", "a::c", "a::c::d", "a::f::*", "g::H", "i::J", "k::L", "n::o", "p::q::r", "s::t", "crate::one::v::w"];
    assert_eq!(joined, expected);
    assert_eq!(found[0].line, 2);
}
