//! The pages for people: plain HTML that loads nothing and runs nothing.

use std::fmt::{Display, Formatter, Result, Write};

use serde_json::Value;

/// What the pages say about this server.
pub(crate) struct About<'a> {
    pub(crate) name: &'a str,
    pub(crate) description: &'a str,
    /// Whether there are `/reset`, `/step` and `/state`, which a first episode is shown with.
    pub(crate) has_training_routes: bool,
    /// Whether there is a playground to lead to.
    pub(crate) has_playground: bool,
}

/// What the pages may do: nothing but show themselves. Framing is left open, since a Space shows its page in a frame.
pub(crate) const PAGE_POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'";

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;color:#222;\
background:#fff}code,pre{font:14px/1.45 ui-monospace,monospace;background:#f3f4f6;border-radius:4px}code{padding:.1em .3em}\
pre{padding:.8rem;overflow-x:auto}pre code{padding:0}h2{margin-top:2rem;font-size:1.15rem}.m{font-weight:600}\
@media(prefers-color-scheme:dark){body{color:#ddd;background:#16181d}code,pre{background:#23262e}a{color:#8ab4f8}}";

/// The page at `/docs`.
pub(crate) fn render_docs(about: &About<'_>, openapi: &Value) -> String {
    let mut page = head(about.name);
    add(&mut page, format_args!("<h1>{}</h1><p>{}</p>", Html(about.name), Html(about.description)));
    page.push_str("<p>The same, for programs: <a href=\"openapi.json\">openapi.json</a>.</p>");
    if about.has_playground {
        page.push_str("<p>To play by hand: <a href=\"web/\">the playground</a>.</p>");
    }
    add_example(&mut page, about);
    for (path, methods) in openapi["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let method = method.to_uppercase();
            add(
                &mut page,
                format_args!("<h2><span class=\"m\">{}</span> <code>{}</code></h2>", Html(&method), Html(path)),
            );
            for key in ["summary", "description"] {
                if let Some(text) = operation[key].as_str() {
                    add(&mut page, format_args!("<p>{}</p>", Prose(text)));
                }
            }
            render_examples(&mut page, &operation["requestBody"]["content"]["application/json"]["examples"]);
            let responses = operation["responses"].as_object().into_iter().flatten();
            let statuses: Vec<String> =
                responses.map(|(status, response)| render_status(status, response, openapi)).collect();
            add(&mut page, format_args!("<p>Answers: {}</p>", statuses.join("; ")));
        }
    }
    page.push_str(FOOT);
    page
}

fn add_example(page: &mut String, about: &About<'_>) {
    if about.has_training_routes {
        page.push_str("<p>A first episode:</p>");
        page.push_str(EXAMPLE);
    }
}

const EXAMPLE: &str = "<pre><code>curl -X POST localhost:8000/reset\n\
curl -X POST localhost:8000/step -H 'Content-Type: application/json' \\\n     \
-d '{\"action\":{\"action_type\":\"review_ticket\"}}'\n\
curl localhost:8000/state</code></pre>";

const FOOT: &str = "</body></html>\n";

fn head(title: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{}</title><style>{STYLE}</style></head><body>",
        Html(title)
    )
}

fn render_examples(page: &mut String, examples: &Value) {
    for example in examples.as_object().into_iter().flat_map(|examples| examples.values()) {
        let value = serde_json::to_string_pretty(&example["value"]).expect("a JSON value is JSON");
        add(page, format_args!("<pre><code>{}</code></pre>", Html(&value)));
    }
}

fn render_status(status: &str, response: &Value, openapi: &Value) -> String {
    let status = if status == "default" { "any other" } else { status };
    // A response that is shared stands elsewhere in the document: `#/components/…`.
    let shared = response["$ref"].as_str().and_then(|at| openapi.pointer(at.trim_start_matches('#')));
    match shared.unwrap_or(response)["description"].as_str() {
        Some(description) => format!("<code>{}</code> {}", Html(status), Prose(description)),
        None => format!("<code>{}</code>", Html(status)),
    }
}

fn add(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("writing to a String does not fail");
}

/// A text with code in backticks.
struct Prose<'a>(&'a str);

impl Display for Prose<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for (index, part) in self.0.split('`').enumerate() {
            if index % 2 == 0 { Html(part).fmt(f)? } else { write!(f, "<code>{}</code>", Html(part))? }
        }
        Ok(())
    }
}

/// A text that stays a text, whatever it holds.
struct Html<'a>(&'a str);

impl Display for Html<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packs_words_stay_words() {
        let about = About { name: "<b>&\"'", description: "<script>", has_training_routes: true, has_playground: true };
        let page = render_docs(&about, &serde_json::json!({ "paths": {} }));
        assert!(page.contains("<h1>&lt;b&gt;&amp;&quot;&#39;</h1>"));
        assert!(!page.contains("<script>") && page.contains("href=\"web/\""));
    }

    #[test]
    fn shared_answers_are_described() {
        let openapi = serde_json::json!({ "components": { "responses": { "Gone": { "description": "No `<id>`" } } } });
        let response = serde_json::json!({ "$ref": "#/components/responses/Gone" });
        assert_eq!(render_status("404", &response, &openapi), "<code>404</code> No <code>&lt;id&gt;</code>");
    }
}
