//! The attacks that a public GraphQL endpoint must refuse quickly, each with the code of its refusal. The tests send them,
//! and the bench runs honest queries beside them.

use std::fmt::Write;

use serde_json::{Value, json};

/// One attack.
#[derive(Clone, Debug)]
pub struct Attack {
    /// What it does.
    pub name: String,
    /// The body of the POST.
    pub body: String,
    /// The code with which it is refused.
    pub code: &'static str,
}

/// Every attack.
#[must_use]
pub fn all() -> Vec<Attack> {
    [widths(), directives(), fragments(), depths(), counts(), introspection(), bodies(), texts()].concat()
}

fn attack(name: impl Into<String>, document: &str, code: &'static str) -> Attack {
    Attack { name: name.into(), body: json!({ "query": document }).to_string(), code }
}

fn widths() -> Vec<Attack> {
    let aliases = |count: usize| {
        (0..count).fold(String::new(), |mut text, n| {
            let _ = write!(text, "a{n}:now ");
            text
        })
    };
    vec![
        attack("1,000 aliases", &format!("{{ {} }}", aliases(1_000)), "QUERY_TOO_MANY_ALIASES"),
        attack("10,000 aliases", &format!("{{ {} }}", aliases(10_000)), "QUERY_TOO_MANY_ALIASES"),
        attack("a field 5,000 times", &format!("{{ {} }}", "now ".repeat(5_000)), "QUERY_TOO_MANY_TOKENS"),
        attack(
            "fields that merge",
            &format!("{{ {} }}", "schools { nodes { id } } ".repeat(21)),
            "QUERY_TOO_MANY_REPEATS",
        ),
        attack(
            "fields that merge quadratically",
            &format!("{{ viewer {{ {} }} }}", "name ".repeat(1_990)),
            "QUERY_TOO_MANY_REPEATS",
        ),
        attack("21 questions at the root", &format!("{{ {} }}", aliases(21)), "QUERY_TOO_MANY_ROOT_FIELDS"),
        attack(
            "pages of pages",
            "{ schools(first: 200) { nodes { classes(first: 200) { nodes { id } } } } }",
            "QUERY_TOO_COSTLY",
        ),
    ]
}

fn directives() -> Vec<Attack> {
    let many = "@include(if: true) ".repeat(10_000);
    let code = "QUERY_TOO_MANY_DIRECTIVES";
    vec![
        attack("directives on a field", &format!("{{ now {many} }}"), code),
        attack("directives on __typename", &format!("{{ __typename {many} }}"), code),
        attack("directives on a fragment", &format!("{{ ...F }} fragment F on Query {many} {{ now }}"), code),
        attack("directives on a spread", &format!("{{ ...F {many} }} fragment F on Query {{ now }}"), code),
        attack("directives on an operation", &format!("query Q {many} {{ now }}"), code),
        attack("directives on a variable", &format!("query Q($a: Int {many}) {{ now }}"), code),
    ]
}

fn fragments() -> Vec<Attack> {
    let bomb = |steps: usize| {
        let steps = (0..steps).fold(String::new(), |mut text, n| {
            let _ = write!(text, "fragment f{n} on Query {{ ...f{0} ...f{0} }} ", n + 1);
            text
        });
        format!("{{ ...f0 }} {steps}")
    };
    let mut attacks: Vec<_> = [12, 20, 30]
        .into_iter()
        .map(|steps| {
            let document = format!("{} fragment f{steps} on Query {{ now }}", bomb(steps));
            attack(format!("a bomb of 2^{steps} fragments"), &document, "QUERY_TOO_MANY_FIELDS")
        })
        .collect();
    let dud = format!("{} fragment f30 on Query {{ ...Nobody }}", bomb(30));
    attacks.push(attack("a bomb without a field", &dud, "QUERY_TOO_MANY_FIELDS"));
    attacks.push(attack("a fragment in itself", "{ ...F } fragment F on Query { now ...F }", "FRAGMENT_CYCLE"));
    let circle = "{ ...A } fragment A on Query { ...B } fragment B on Query { ...C } fragment C on Query { ...A }";
    attacks.push(attack("fragments in a circle", circle, "FRAGMENT_CYCLE"));
    attacks
}

fn depths() -> Vec<Attack> {
    let nest = |open: &str, close: &str| format!("{}{}", open.repeat(5_000), close.repeat(5_000));
    let variables = json!({ "query": "query ($a: Int) { now }", "variables": {} }).to_string();
    vec![
        attack("5,000 selections deep", &nest("{a", "}"), "QUERY_TOO_DEEP"),
        attack("5,000 lists deep", &format!("{{ now(a: {}) }}", nest("[", "]")), "QUERY_TOO_DEEP"),
        attack("5,000 objects deep", &format!("{{ now(a: {}) }}", nest("{a:", "}")), "QUERY_TOO_DEEP"),
        attack("11 fields deep", &format!("{}{}", "{ schools { nodes ".repeat(6), "}".repeat(12)), "QUERY_TOO_DEEP"),
        Attack {
            name: "variables 5,000 deep".into(),
            body: variables.replace("{}", &format!("{{\"a\":{}}}", nest("[", "]"))),
            code: "BAD_REQUEST",
        },
    ]
}

fn counts() -> Vec<Attack> {
    let many = |count: usize, one: &dyn Fn(usize) -> String| (0..count).map(one).collect::<String>();
    let variables = many(10_000, &|n| format!("$v{n}: Int "));
    vec![
        attack("10,000 variables", &format!("query ({variables}) {{ now }}"), "QUERY_TOO_MANY_VARIABLES"),
        attack(
            "10,000 fragments",
            &format!("{{ now }} {}", many(10_000, &|n| format!("fragment f{n} on Q{{a}} "))),
            "QUERY_TOO_MANY_FRAGMENTS",
        ),
        attack("10,000 operations", &many(10_000, &|n| format!("query q{n}{{now}} ")), "QUERY_TOO_MANY_OPERATIONS"),
        attack(
            "a page of 10^9",
            "{ schools(first: 1000000000) { nodes { classes { nodes { id } } } } }",
            "QUERY_TOO_COSTLY",
        ),
        attack("a document beyond its bytes", &format!("{{ now }} #{}", "x".repeat(300_000)), "QUERY_TOO_LARGE"),
        attack(
            "a literal of 200,000 numbers",
            &format!("{{ now(a: [{}]) }}", "1 ".repeat(100_000)),
            "QUERY_TOO_MANY_TOKENS",
        ),
    ]
}

fn introspection() -> Vec<Attack> {
    let circle = format!(
        "{{ __schema {{ types {}{} }} }}",
        "{ fields { type ".repeat(8),
        "{ name }".to_owned() + &"} }".repeat(8)
    );
    vec![attack("introspection in a circle", &circle, "INTROSPECTION_TOO_DEEP")]
}

fn bodies() -> Vec<Attack> {
    let one = json!({ "query": "{ now }" });
    vec![
        Attack {
            name: "an array of requests".into(),
            body: Value::from(vec![one; 1_000]).to_string(),
            code: "BATCH_NOT_ALLOWED",
        },
        Attack {
            name: "a number beyond floats".into(),
            body: "{\"query\":\"{ now }\",\"variables\":{\"a\":1e400}}".into(),
            code: "BAD_REQUEST",
        },
        Attack {
            name: "half a surrogate".into(),
            body: "{\"query\":\"{ now }\",\"operationName\":\"\\ud800\"}".into(),
            code: "BAD_REQUEST",
        },
    ]
}

fn texts() -> Vec<Attack> {
    let search = |value: Value| {
        let query = "query ($code: String!) { school(code: $code) { id } }";
        json!({ "query": query, "variables": { "code": value } }).to_string()
    };
    vec![
        Attack { name: "NUL in a variable".into(), body: search(json!("a\0b")), code: "BAD_TEXT" },
        attack("NUL in a literal", "{ school(code: \"a\\u0000b\") { id } }", "BAD_TEXT"),
        Attack { name: "2^31 for a page".into(), body: json!({ "query": "query ($n: Int) { schools(first: $n) { nodes { id } } }", "variables": { "n": 2_147_483_648_i64 } }).to_string(), code: "VARIABLE_INVALID" },
        Attack { name: "a list for a text".into(), body: search(json!(["a"])), code: "VARIABLE_INVALID" },
        attack("a field that does not exist", "{ secret }", "GRAPHQL_VALIDATION_FAILED"),
        attack("no GraphQL at all", "{ now", "GRAPHQL_PARSE_FAILED"),
    ]
}
