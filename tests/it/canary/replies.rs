//! What a server may answer to a message, most of it with the token repeated wherever there is room.

use serde_json::json;

use super::server::{Answer, Request};

pub struct Reply {
    pub name: &'static str,
    pub answer: Answer,
    /// How the run ends.
    pub code: i32,
}

fn http(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes()
}

/// Questions about the account are answered by nothing in particular.
fn nothing_here() -> Vec<Vec<u8>> {
    vec![http("404 Not Found", "", "")]
}

fn is_message(request: &Request) -> bool {
    request.head.starts_with("POST ") && request.head.lines().next().is_some_and(|line| line.contains("/messages"))
}

/// An error of Meta's that repeats the token in every field that has words.
pub fn refusal(request: &Request, status: &str, code: i64, subcode: i64) -> Vec<Vec<u8>> {
    let token = &request.token;
    let body = json!({ "error": {
        "message": format!("Malformed access token {token}"),
        "type": format!("OAuthException {token}"),
        "code": code,
        "error_subcode": subcode,
        "error_user_title": token,
        "error_user_msg": token,
        "error_data": { "messaging_product": "whatsapp", "details": format!("token {token} is not right: {token}") },
        "fbtrace_id": "A1b2C3",
    }});
    vec![http(status, &format!("WWW-Authenticate: OAuth \"{token}\"\r\nX-Echo: {token}\r\n"), &body.to_string())]
}

pub fn accepted(_: &Request) -> Vec<Vec<u8>> {
    let body = r#"{"messaging_product":"whatsapp","messages":[{"id":"wamid.canary"}]}"#;
    vec![http("200 OK", "Content-Type: application/json\r\n", body)]
}

pub fn taken(request: &Request) -> Vec<Vec<u8>> {
    if is_message(request) { accepted(request) } else { nothing_here() }
}

/// What Meta tells of token, number, account and templates, with the token in place of every word that is free.
pub fn told(request: &Request) -> Vec<Vec<u8>> {
    let token = &request.token;
    let path = request.head.split(' ').nth(1).unwrap_or_default().split('?').next().unwrap_or_default();
    let body = match path.rsplit('/').next() {
        _ if is_message(request) => return accepted(request),
        Some("") => {
            let data = json!({ "data": {
                "app_id": "1234567890123456", "type": "SYSTEM_USER", "application": token, "is_valid": true, "user_id": token,
                "expires_at": 0, "scopes": ["whatsapp_business_messaging", "whatsapp_business_management", token],
            }});
            json!([{ "code": 200, "body": data.to_string() }])
        }
        Some("message_templates") => json!({ "data": [{
            "id": token, "name": "hello_world", "language": "en_US", "status": "PAUSED", "category": "UTILITY",
            "quality_score": { "score": token, "reasons": [token] }, "rejected_reason": token,
            "components": [{ "type": "BODY", "text": token }],
        }]}),
        Some("phone_numbers") => json!({ "data": [{ "id": "106540352242922", "verified_name": token }] }),
        Some("subscribed_apps") => json!({ "data": [{ "whatsapp_business_api_data": { "id": "1", "name": token } }] }),
        _ => json!({
            "id": "106540352242922", "verified_name": token, "display_phone_number": token, "status": token,
            "quality_rating": token, "platform_type": token, "throughput": { "level": token },
            "health_status": { "can_send_message": "LIMITED", "entities": [{
                "entity_type": token, "id": token, "can_send_message": "LIMITED", "additional_info": [token],
                "errors": [{ "error_code": 1, "error_description": token, "possible_solution": token }],
            }]},
        }),
    };
    vec![http("200 OK", &format!("Content-Type: application/json\r\nX-Echo: {token}\r\n"), &body.to_string())]
}

macro_rules! graph {
    ($code:literal / $subcode:literal, $status:literal, $end:literal) => {
        Reply {
            name: concat!("code ", $code, " subcode ", $subcode),
            answer: |request| {
                if is_message(request) { refusal(request, $status, $code, $subcode) } else { nothing_here() }
            },
            code: $end,
        }
    };
}

macro_rules! plain {
    ($name:literal, $end:literal, |$token:ident| $pieces:expr) => {
        Reply {
            name: $name,
            answer: |request| {
                let $token: &str = &request.token;
                if is_message(request) { $pieces } else { nothing_here() }
            },
            code: $end,
        }
    };
}

macro_rules! redirect {
    ($name:literal, $status:literal) => {
        Reply {
            name: $name,
            answer: |request| {
                let to = format!("Location: {}/?access_token={}\r\n", request.elsewhere, request.token);
                if is_message(request) { vec![http($status, &to, &request.token)] } else { nothing_here() }
            },
            code: 6,
        }
    };
}

pub const REPLIES: &[Reply] = &[
    Reply { name: "accepted", answer: taken, code: 0 },
    graph!(190 / 463, "401 Unauthorized", 77),
    graph!(190 / 460, "401 Unauthorized", 77),
    graph!(190 / 467, "400 Bad Request", 77),
    graph!(190 / 0, "401 Unauthorized", 77),
    graph!(3 / 0, "500 Internal Server Error", 77),
    graph!(10 / 0, "403 Forbidden", 77),
    graph!(200 / 0, "403 Forbidden", 77),
    graph!(299 / 0, "403 Forbidden", 77),
    graph!(131005 / 0, "403 Forbidden", 77),
    graph!(100 / 0, "400 Bad Request", 6),
    graph!(100 / 33, "400 Bad Request", 6),
    graph!(368 / 0, "403 Forbidden", 6),
    graph!(131026 / 0, "400 Bad Request", 3),
    graph!(131049 / 0, "400 Bad Request", 3),
    graph!(131031 / 0, "403 Forbidden", 6),
    graph!(131042 / 0, "400 Bad Request", 6),
    graph!(131009 / 0, "400 Bad Request", 3),
    graph!(131021 / 0, "400 Bad Request", 3),
    graph!(132000 / 0, "400 Bad Request", 6),
    graph!(133010 / 0, "400 Bad Request", 6),
    graph!(131000 / 0, "500 Internal Server Error", 4),
    graph!(1 / 0, "500 Internal Server Error", 4),
    redirect!("moved", "301 Moved Permanently"),
    redirect!("found", "302 Found"),
    redirect!("temporarily elsewhere", "307 Temporary Redirect"),
    redirect!("permanently elsewhere", "308 Permanent Redirect"),
    plain!("401 without a code", 6, |token| vec![http("401 Unauthorized", "", token)]),
    plain!("a gateway's page", 4, |token| vec![http("502 Bad Gateway", "", &format!("<p>{token}</p>"))]),
    plain!("a portal's page", 4, |token| vec![http(
        "200 OK",
        "Content-Type: text/html\r\n",
        &format!("<p>{token}</p>")
    )]),
    plain!("JSON without an id", 4, |token| vec![http("200 OK", "", &format!("{{\"echo\":\"{token}\"}}"))]),
    plain!("JSON with an error that is text", 6, |token| vec![http(
        "400 Bad Request",
        "",
        &format!("{{\"error\":\"{token}\"}}")
    )]),
    plain!("no JSON", 4, |token| vec![http("200 OK", "", &format!("{{\"messages\":[{token}"))]),
    plain!("a body with no text", 4, |token| vec![http("200 OK", "", &format!("\u{0}{token}\u{0}"))]),
    plain!("no HTTP", 4, |token| vec![format!("{token}\r\n\r\n").into_bytes()]),
    plain!("a status of words", 4, |token| vec![format!("HTTP/1.1 {token} OK\r\n\r\n").into_bytes()]),
    plain!("a header that is none", 4, |token| vec![format!("HTTP/1.1 200 OK\r\n{token}\r\n\r\n").into_bytes()]),
    plain!("half an answer", 4, |token| vec![
        format!("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{token}").into_bytes()
    ]),
    plain!("two lengths", 4, |token| vec![
        format!("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: {token}\r\n\r\n{token}").into_bytes()
    ]),
    plain!("chunks that are none", 4, |token| vec![
        format!("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{token}\r\n").into_bytes()
    ]),
    plain!("nothing at all", 4, |_token| Vec::new()),
    plain!("too much", 4, |token| vec![http("200 OK", "", &token.repeat(2_000))]),
    plain!("an error in two pieces, cut inside the token", 77, |token| {
        let body =
            format!(r#"{{"error":{{"message":"Malformed access token {token}","code":190,"fbtrace_id":"A1"}}}}"#);
        let text = http("401 Unauthorized", "", &body);
        let (first, second) = text.split_at(text.len() - 40);
        vec![first.to_vec(), second.to_vec()]
    }),
    plain!("an error with the token escaped", 77, |token| {
        let escaped = token.bytes().map(|byte| format!("\\u{byte:04x}")).collect::<String>();
        let body =
            format!(r#"{{"error":{{"message":"Malformed access token {escaped}","code":190,"fbtrace_id":"A1"}}}}"#);
        vec![http("401 Unauthorized", "", &body)]
    }),
    plain!("an error with a very long text", 77, |token| {
        let words = format!("{} {token} ", "x".repeat(97)).repeat(40);
        let body = format!(r#"{{"error":{{"message":"{words}","code":190,"fbtrace_id":"A1"}}}}"#);
        vec![http("401 Unauthorized", "", &body)]
    }),
];
