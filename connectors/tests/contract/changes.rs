//! A request with one part changed or left out, for everything that a proof must notice.

use serde_json::Value;

use crate::letters::Request;

/// Every part of a request, as letters name it. The body is one part, or its fields are: of a form, and of JSON that carries
/// the proof itself.
pub(crate) fn parts(request: &Request, reads_json: bool) -> Vec<String> {
    let headers = request.headers.keys().map(|name| format!("header:{name}"));
    let fields = pairs(&request.query).map(|(name, _)| format!("query:{name}"));
    let body = match request.body.as_str() {
        "" => Vec::new(),
        body if request.is_form() => pairs(body).map(|(name, _)| format!("form:{name}")).collect(),
        body if reads_json => leaves(&json(body), "json:"),
        _ => vec!["body".to_owned()],
    };
    headers.chain(fields).chain(body).collect()
}

/// The request with one character in the value of this part changed, for every character of it.
pub(crate) fn changes(request: &Request, part: &str) -> Vec<Request> {
    let with_body = |body: String| Request { body, ..request.clone() };
    match part.split_once(':') {
        None => each_change(&request.body).map(with_body).collect(),
        Some(("json", pointer)) => {
            let body = json(&request.body);
            let with_value = |value| {
                let mut changed = body.clone();
                *changed.pointer_mut(pointer).unwrap() = value;
                with_body(changed.to_string())
            };
            each_changed_value(body.pointer(pointer).unwrap()).into_iter().map(with_value).collect()
        }
        Some(("header", name)) => {
            let with_value = |value| {
                let mut changed = request.clone();
                changed.headers.insert(name.to_owned(), value);
                changed
            };
            each_change(&request.headers[name]).map(with_value).collect()
        }
        Some(("form", name)) => form_changes(&request.body, name).into_iter().map(with_body).collect(),
        Some((_, name)) => {
            let with_query = |query| Request { query, ..request.clone() };
            form_changes(&request.query, name).into_iter().map(with_query).collect()
        }
    }
}

/// The request without this part.
pub(crate) fn without(request: &Request, part: &str) -> Request {
    let mut bare = request.clone();
    match part.split_once(':') {
        None => bare.body.clear(),
        Some(("json", pointer)) => {
            let mut body = json(&request.body);
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            match body.pointer_mut(parent).unwrap() {
                Value::Object(fields) => drop(fields.remove(name)),
                Value::Array(items) => drop(items.remove(name.parse().unwrap())),
                _ => panic!("{part} has no parent"),
            }
            bare.body = body.to_string();
        }
        Some(("header", name)) => drop(bare.headers.remove(name)),
        Some(("form", name)) => bare.body = without_field(&request.body, name),
        Some((_, name)) => bare.query = without_field(&request.query, name),
    }
    bare
}

/// The form with one character in the value of this field changed, for every character of it.
fn form_changes(form: &str, name: &str) -> Vec<String> {
    let pairs: Vec<(&str, &str)> = pairs(form).collect();
    let change = |index: usize, value: &str| {
        let written = pairs.iter().enumerate().map(|(at, (name, old))| {
            let value = if at == index { value } else { old };
            format!("{name}={value}")
        });
        written.collect::<Vec<_>>().join("&")
    };
    let named = (0..pairs.len()).filter(|index| pairs[*index].0 == name);
    named
        .flat_map(|index| each_change(pairs[index].1).map(move |value| (index, value)))
        .map(|(index, value)| change(index, &value))
        .collect()
}

fn without_field(form: &str, name: &str) -> String {
    let kept = pairs(form).filter(|(known, _)| *known != name);
    kept.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

fn pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter_map(|pair| pair.split_once('='))
}

fn json(body: &str) -> Value {
    serde_json::from_str(body).unwrap()
}

/// The pointer of every value that holds no other one.
fn leaves(value: &Value, pointer: &str) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| leaves(value, &format!("{pointer}/{name}"))).collect()
        }
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(at, value)| leaves(value, &format!("{pointer}/{at}"))).collect()
        }
        _ => vec![pointer.to_owned()],
    }
}

/// Every value that differs in one character; something instead of nothing.
fn each_changed_value(value: &Value) -> Vec<Value> {
    match value {
        Value::String(text) if !text.is_empty() => each_change(text).map(Value::String).collect(),
        Value::Number(number) => {
            each_change(&number.to_string()).filter_map(|text| serde_json::from_str(&text).ok()).collect()
        }
        Value::Bool(bit) => vec![Value::Bool(!bit)],
        _ => vec![Value::from("x")],
    }
}

/// Every text that differs in one character; never in its case alone, which hex does not see.
fn each_change(text: &str) -> impl Iterator<Item = String> {
    text.char_indices().map(|(at, old)| {
        let new = match old {
            '0'..='8' | 'a'..='y' | 'A'..='Y' => char::from_u32(u32::from(old) + 1).unwrap(),
            '9' => '0',
            'z' => 'a',
            'Z' => 'A',
            _ => 'x',
        };
        format!("{}{new}{}", &text[..at], &text[at + old.len_utf8()..])
    })
}
