//! Refusals as the API words them: RFC 7807 with the full type URI, and a Dutch sentence for the passholder.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

const NAMESPACE: &str = "https://api.publiq.be/probs/";

/// One refusal, ready to be written.
#[derive(Debug)]
pub(crate) struct Problem {
    status: StatusCode,
    members: Map<String, Value>,
}

impl Problem {
    /// A problem with a type below `https://api.publiq.be/probs/`.
    pub(crate) fn new(status: StatusCode, kind: &str, title: &str) -> Self {
        let mut members = Map::new();
        members.insert("type".into(), json!(format!("{NAMESPACE}{kind}")));
        members.insert("title".into(), json!(title));
        members.insert("status".into(), json!(status.as_u16()));
        Self { status, members }
    }

    /// A domain error of UiTPAS, status 400.
    pub(crate) fn uitpas(kind: &str, title: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, &format!("uitpas/{kind}"), title)
    }

    /// Something with this id is not known.
    pub(crate) fn missing(kind: &str, title: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, &format!("uitpas/{kind}"), title)
    }

    /// No valid token came with the request.
    pub(crate) fn unauthorized(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "auth/unauthorized", "Unauthorized").detail(detail)
    }

    /// The token does not carry the permission for this organizer.
    pub(crate) fn forbidden(permission: &str, organizer_id: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "auth/forbidden", "Forbidden")
            .detail(&format!("you do not have permission {permission} for organizer {organizer_id}"))
    }

    /// A value in the request does not follow the schema.
    pub(crate) fn invalid_data(pointer: &str, error: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "body/invalid-data", "Invalid body data")
            .with("schemaErrors", json!([{ "jsonPointer": pointer, "error": error }]))
    }

    /// A required part of the query string is absent or cannot be read.
    pub(crate) fn bad_query(detail: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "body/invalid-data", "Invalid query").detail(detail)
    }

    /// Adds an explanation for the developer.
    pub(crate) fn detail(self, detail: &str) -> Self {
        self.with("detail", json!(detail))
    }

    /// Adds the sentence that the passholder may read.
    pub(crate) fn says(self, dutch: &str) -> Self {
        self.with("endUserMessage", json!({ "nl": dutch }))
    }

    /// Adds any other member.
    pub(crate) fn with(mut self, name: &str, value: Value) -> Self {
        self.members.insert(name.into(), value);
        self
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = Value::Object(self.members).to_string();
        (self.status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response()
    }
}
