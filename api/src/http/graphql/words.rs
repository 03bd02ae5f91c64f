//! A GraphQL request as it came, over GET or POST (GraphQL over HTTP, sections 5.1 to 5.4), and why one cannot be read.

use axum::http::{HeaderMap, Method, StatusCode, header};
use serde_json::{Map, Value};

use crate::http::problem::Problem;

/// The parameters of a request; what is null or missing is none.
#[derive(Default, Debug, PartialEq)]
pub struct Words {
    /// The document's text.
    pub query: Option<String>,
    /// The hash or id of a document that the hub knows.
    pub document_id: Option<String>,
    /// Which operation of it.
    pub operation_name: Option<String>,
    /// The variables.
    pub variables: Map<String, Value>,
    /// What goes beside them: `persistedQuery`.
    pub extensions: Map<String, Value>,
}

/// Reads a request by its method.
///
/// # Errors
/// 400, 405 and 415, each with a stable code.
pub fn read(method: &Method, query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Result<Words, Problem> {
    match *method {
        Method::GET | Method::HEAD => of_query(query.unwrap_or("")),
        Method::POST => {
            expect_json(headers)?;
            of_body(body)
        }
        _ => Err(Problem::method_not_allowed("GET, HEAD, POST")),
    }
}

/// Only JSON in UTF-8, not compressed: a form or plain text is what another site's page could send without being asked.
fn expect_json(headers: &HeaderMap) -> Result<(), Problem> {
    let mut kinds = headers.get_all(header::CONTENT_TYPE).iter();
    let (kind, second) = (kinds.next().and_then(|kind| kind.to_str().ok()).unwrap_or(""), kinds.next());
    let mut parts = kind.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
        !name.trim().eq_ignore_ascii_case("charset") || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    let is_plain = headers.get(header::CONTENT_ENCODING).is_none_or(|encoding| encoding == "identity");
    if is_json && is_utf8 && is_plain && second.is_none() {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UNSUPPORTED_MEDIA_TYPE",
        "POST application/json in UTF-8, not compressed.",
        "Hãy gửi POST với application/json, mã UTF-8, không nén.",
    ))
}

fn of_query(query: &str) -> Result<Words, Problem> {
    let mut words = Words::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "query" => words.query = Some(value.into_owned()),
            "documentId" => words.document_id = Some(value.into_owned()),
            "operationName" => words.operation_name = Some(value.into_owned()).filter(|name| !name.is_empty()),
            "variables" => words.variables = map("variables", parse(value.as_bytes())?)?,
            "extensions" => words.extensions = map("extensions", parse(value.as_bytes())?)?,
            _ => {}
        }
    }
    Ok(words)
}

fn of_body(body: &[u8]) -> Result<Words, Problem> {
    let mut fields = match parse(body)? {
        Value::Object(fields) => fields,
        Value::Array(_) => return Err(batch()),
        _ => return Err(malformed("The body must be a JSON object.", "Nội dung phải là một đối tượng JSON.")),
    };
    Words::of(&mut fields)
}

impl Words {
    /// Reads the parameters out of an object, as a body or a socket's message holds them.
    ///
    /// # Errors
    /// 400 when one has another type than it must.
    pub fn of(fields: &mut Map<String, Value>) -> Result<Self, Problem> {
        let mut take = |name: &str| fields.remove(name).unwrap_or_default();
        Ok(Self {
            query: text("query", take("query"))?,
            document_id: text("documentId", take("documentId"))?,
            operation_name: text("operationName", take("operationName"))?,
            variables: map("variables", take("variables"))?,
            extensions: map("extensions", take("extensions"))?,
        })
    }
}

/// Nesting is limited by the parser itself, to 128 levels.
fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(bytes).map_err(|_| malformed("This is not JSON.", "Nội dung không phải JSON."))
}

fn text(name: &str, value: Value) -> Result<Option<String>, Problem> {
    match value {
        Value::Null => Ok(None),
        Value::String(text) => Ok(Some(text)),
        _ => Err(malformed(format!("`{name}` must be a string."), format!("`{name}` phải là chuỗi."))),
    }
}

fn map(name: &str, value: Value) -> Result<Map<String, Value>, Problem> {
    match value {
        Value::Null => Ok(Map::new()),
        Value::Object(map) => Ok(map),
        _ => Err(malformed(format!("`{name}` must be an object."), format!("`{name}` phải là một đối tượng."))),
    }
}

fn batch() -> Problem {
    Problem::new(
        StatusCode::BAD_REQUEST,
        "BATCH_NOT_ALLOWED",
        "One request at a time: a document may hold several fields.",
        "Mỗi lần chỉ gửi một yêu cầu; một truy vấn có thể hỏi nhiều trường.",
    )
}

/// 400 with a sentence.
pub fn malformed(message: impl Into<String>, message_vi: impl Into<String>) -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message, message_vi)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn posted(kind: &str, body: &str) -> Result<Words, u16> {
        let headers = HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_str(kind).unwrap())]);
        read(&Method::POST, None, &headers, body.as_bytes()).map_err(|problem| problem.status.as_u16())
    }

    #[test]
    fn only_json_is_posted() {
        for kind in ["application/json", "application/json; charset=utf-8", "Application/JSON;charset=\"UTF-8\""] {
            assert_eq!(posted(kind, "{\"query\":\"{a}\"}").unwrap().query.as_deref(), Some("{a}"), "{kind}");
        }
        for kind in [
            "text/plain",
            "",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/json; charset=utf-16",
        ] {
            assert_eq!(posted(kind, "{\"query\":\"{a}\"}"), Err(415), "{kind}");
        }
    }

    #[test]
    fn parameters_have_their_types() {
        for body in [
            "",
            "[]",
            "[{\"query\":\"{a}\"}]",
            "1",
            "{\"query\":1}",
            "{\"variables\":\"{}\"}",
            "{\"variables\":[]}",
            "{\"operationName\":{}}",
            "{\"extensions\":\"x\"}",
            "{\"query\":\"\\ud800\"}",
            "{\"variables\":{\"a\":1e400}}",
        ] {
            assert_eq!(posted("application/json", body), Err(400), "{body}");
        }
        let deep = format!("{{\"variables\":{{\"a\":{}{}}}}}", "[".repeat(5_000), "]".repeat(5_000));
        assert_eq!(posted("application/json", &deep), Err(400));
        let nulls = "{\"query\":\"{a}\",\"variables\":null,\"operationName\":null,\"extensions\":null,\"other\":1}";
        assert!(posted("application/json", nulls).unwrap().variables.is_empty());
    }

    #[test]
    fn get_reads_the_same_parameters() {
        let query = "query=%7Ba%7D&variables=%7B%22a%22%3A1%7D&operationName=A&other=1";
        let words = read(&Method::GET, Some(query), &HeaderMap::new(), b"").unwrap();
        assert_eq!((words.query.as_deref(), words.operation_name.as_deref()), (Some("{a}"), Some("A")));
        assert_eq!(words.variables["a"], 1);
        for bad in ["variables=1", "variables=x", "extensions=%5B%5D"] {
            assert_eq!(read(&Method::GET, Some(bad), &HeaderMap::new(), b"").unwrap_err().status.as_u16(), 400);
        }
        assert_eq!(read(&Method::PUT, None, &HeaderMap::new(), b"").unwrap_err().status.as_u16(), 405);
    }
}
