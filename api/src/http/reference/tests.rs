//! The page holds every word of the schema, reaches no other host, and shows nothing as markup that is a word.

use super::text::{escape, prose};
use super::{POLICY, definitions, rights, tables, written};
use crate::config::Config;
use async_graphql::parser::types::TypeKind;

fn page() -> String {
    written(&Config::read(None, std::iter::empty()).unwrap())
}

#[test]
fn every_type_field_and_value_has_its_anchor_and_every_link_its_end() {
    let page = page();
    let mut anchors = 0;
    for kind in definitions().types {
        let name = kind.name.node.as_str();
        let parts: Vec<String> = match &kind.kind {
            TypeKind::Object(object) => object.fields.iter().map(|field| field.node.name.node.to_string()).collect(),
            TypeKind::Enum(list) => list.values.iter().map(|value| value.node.value.node.to_string()).collect(),
            TypeKind::InputObject(input) => input.fields.iter().map(|field| field.node.name.node.to_string()).collect(),
            _ => Vec::new(),
        };
        assert!(page.contains(&format!("<section id=\"{name}\">")), "{name}");
        for part in parts {
            anchors += 1;
            assert!(page.contains(&format!(" id=\"{name}.{part}\"")), "{name}.{part}");
        }
    }
    assert!(anchors > 500, "the schema was not read");
    for link in page.split("href=\"#").skip(1) {
        let end = link.split('"').next().unwrap();
        assert!(page.contains(&format!("id=\"{end}\"")), "#{end} leads nowhere");
    }
}

#[test]
fn the_page_reaches_no_other_host_and_runs_no_script() {
    let page = page();
    for foreign in ["://", "src=", "<script", "@import", "url("] {
        assert!(!page.contains(foreign), "{foreign}");
    }
    assert!(POLICY.starts_with("default-src 'none'; style-src 'sha256-"));
}

#[test]
fn words_are_never_markup() {
    assert_eq!(escape("<a href='x'>&\""), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
    assert_eq!(
        prose("As `client:<id>` (mã <b>)."),
        "As <code>client:&lt;id&gt;</code> <i lang=\"vi\">(mã &lt;b&gt;)</i>."
    );
    assert_eq!(prose("Open (never closed"), "Open (never closed");
}

#[test]
fn every_verb_says_who_may_use_it() {
    for kind in definitions().types {
        let TypeKind::Object(object) = &kind.kind else { continue };
        if !matches!(kind.name.node.as_str(), "Query" | "Mutation" | "Subscription") {
            continue;
        }
        for field in &object.fields {
            let who = rights::of_field(&kind.name.node, &field.node.name.node, "");
            assert!(!who.is_empty(), "{}.{}", kind.name.node, field.node.name.node);
        }
    }
}

#[test]
fn rights_are_told_in_the_policys_words() {
    let name = rights::of_field("Student", "phone", "String");
    assert_eq!(
        name,
        "<b>PRINCIPAL</b>, <b>CLERK</b>, <b>VENDOR_APP</b> with <code>roster:read</code> for SCHOOL_MANAGEMENT"
    );
    assert_eq!(rights::of_field("School", "students", "StudentConnection"), "as <a href=\"#Student\">Student</a>");
    assert!(rights::of_field("School", "name", "String").starts_with("everyone"));
    assert!(rights::of_field("BankConnection", "accounts", "ID").contains("BANK_PARTNER"));
    assert_eq!(rights::of_field("UserError", "code", "String"), "");
}

#[test]
fn errors_and_limits_are_listed() {
    assert!(tables::error_rows().count() > 80);
    let page = page();
    assert!(page.contains("id=\"FIELD_NOT_ALLOWED\"") && page.contains("1048576"));
}
