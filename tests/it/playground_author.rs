//! The playground's tab for authors: what is wrong with a task and how a reply is graded, and files only where they may be edited.

use std::fs;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;
use support_ops_env::server::Settings;

use crate::http::{Desk, Reply};

fn desk() -> Desk {
    Desk::new(Settings::default())
}

/// The template that an author starts from.
async fn template(desk: &Desk, query: &str) -> (String, String) {
    let template = desk.get(&format!("/web/author/template{query}")).await.json();
    let text = |name: &str| template[name].as_str().expect("a text").to_owned();
    (text("task"), text("pack"))
}

#[tokio::test]
async fn an_author_starts_from_a_template_that_is_clean_and_can_be_won() {
    let desk = desk();
    for query in ["", "?difficulty=easy&resolution=ask_for_details"] {
        let (task, pack) = template(&desk, query).await;
        for body in [json!({ "task": task }), json!({ "task": task, "pack": pack })] {
            let found = desk.post("/web/author/check", &[], &body.to_string()).await.json();
            assert_eq!(found["diagnostics"], json!([]), "{query}");
            assert_eq!(found["summary"]["files"], 2);
            let proof = desk.post("/web/author/prove", &[], &body.to_string()).await.json();
            assert_eq!((&proof["version"], &proof["summary"]["tasks"]), (&json!(1), &json!(1)));
            assert_eq!((&proof["summary"]["errors"], &proof["tasks"][0]["oracle"]["score"]), (&json!(0), &json!(1.0)));
        }
    }
    for query in ["?difficulty=harsh", "?resolution=%00"] {
        let reply = desk.get(&format!("/web/author/template{query}")).await;
        assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        assert!(reply.detail().starts_with("there is no such"), "{}", reply.detail());
    }
}

#[tokio::test]
async fn an_author_is_told_what_is_wrong_and_where() {
    let desk = desk();
    let (task, pack) = template(&desk, "").await;
    let wrong = task.replace("expected = \"send_spare_part\"", "expected = \"send_spare_parts\"");
    let body = json!({ "task": wrong, "pack": pack }).to_string();
    let found = desk.post("/web/author/check", &[], &body).await.json();
    let first = &found["diagnostics"][0];
    assert_eq!((&first["file"], &first["severity"]), (&json!("task.toml"), &json!("error")));
    let place = |end: &str| usize::try_from(first[end]["offset"].as_u64().expect("a place")).expect("it fits");
    assert!(wrong[place("start")..place("end")].contains("send_spare_parts"));
    let slip = task.replace("max_steps", "max_step");
    let found = desk.post("/web/author/check", &[], &json!({ "task": slip }).to_string()).await.json();
    let fix = &found["diagnostics"][0]["fix"];
    assert_eq!((&fix["safe"], &fix["edits"][0]["text"]), (&json!(true), &json!("max_steps")), "{found}");
    for path in ["/web/author/prove", "/web/author/grade"] {
        let body = json!({ "task": wrong, "pack": pack, "reply": "Hello." }).to_string();
        let told = desk.post(path, &[], &body).await;
        assert_eq!(told.status, StatusCode::OK, "a text that does not load yet is no fault of the page's");
        assert!(told.json()["error"].as_str().is_some_and(|why| why.contains("does not load")), "{path}");
    }
}

#[tokio::test]
async fn an_author_sees_how_a_reply_is_graded() {
    let desk = desk();
    let (task, _) = template(&desk, "").await;
    let reply = "Thank you for writing. We have taken care of order ORD-3108, so please enjoy the light again.";
    let grade = |reply: &str| json!({ "task": task, "reply": reply }).to_string();
    let told = desk.post("/web/author/grade", &[], &grade(reply)).await.json();
    assert_eq!((&told["version"], &told["passes"], &told["task"]), (&json!(1), &json!(true), &json!("my-task")));
    let span = &told["keywords"][0]["spans"][0];
    let at = |end: usize| usize::try_from(span[end].as_u64().expect("a place")).expect("it fits");
    assert_eq!(&reply[at(0)..at(1)], "ORD-3108");
    let told = desk.post("/web/author/grade", &[], &grade("No.")).await.json();
    assert_eq!((&told["passes"], &told["criterion"]["value"]), (&json!(false), &json!(0.0)));
    let told = desk.post("/web/author/grade", &[], &grade(&"x".repeat(20_000))).await.json();
    assert!(told["error"].as_str().is_some_and(|why| why.contains("16384")), "{told}");
}

#[tokio::test]
async fn what_authors_send_is_bounded_and_may_be_anything() {
    let desk = desk();
    let paths = ["/web/author/check", "/web/author/grade", "/web/author/prove"];
    for path in paths {
        for body in ["", "{}", "[]", "{", r#"{"task":1,"reply":2}"#, r#"{"task":null,"reply":null}"#] {
            let reply = desk.post(path, &[], body).await;
            assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY, "{path} {body}");
        }
        let long = json!({ "task": "x".repeat(128 * 1024 + 1), "reply": "" }).to_string();
        assert_eq!(desk.post(path, &[], &long).await.status, StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        let longer = json!({ "task": "x".repeat(256 * 1024), "reply": "" }).to_string();
        let refused = desk.post(path, &[], &longer).await;
        assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "{path}");
        assert!(refused.detail().contains("256 KiB"), "{}", refused.detail());
    }
    let (task, _) = template(&desk, "").await;
    let texts = [
        "".to_owned(),
        "\u{feff}".to_owned(),
        "\0".to_owned(),
        "[[[[".to_owned(),
        task.replace('"', "'''"),
        task.repeat(9),
    ];
    for text in texts {
        for path in paths {
            let reply =
                desk.post(path, &[], &json!({ "task": text, "pack": text, "reply": "Hello." }).to_string()).await;
            assert_eq!(reply.status, StatusCode::OK, "{path} {text:.20}");
            assert!(reply.json().is_object());
        }
    }
}

#[tokio::test]
async fn a_proof_that_takes_too_long_is_given_up() {
    let desk = desk();
    let (task, _) = template(&desk, "").await;
    let phrases: Vec<String> = (0..40).map(|at| format!("\"matter {at}\"")).collect();
    let keywords: String = (0..150)
        .map(|at| format!("[[reply.keywords]]\nid = \"k{at}\"\nany_of = [\"topic {at}\", {}]\n\n", phrases.join(", ")))
        .collect();
    let sentences: String = (0..150).map(|at| format!("We have settled topic {at} today. ")).collect();
    let (head, tail) = task.split_once("[oracle]").expect("the template has an oracle");
    let head = head.replace("max_words = 120", "max_words = 9000");
    let tail = tail.replacen("reply = \"", &format!("reply = \"{sentences}"), 1);
    let (tail, _) = tail.split_once("# The grader's own tests").expect("the template has examples");
    let heavy = format!("{head}{keywords}[oracle]{tail}");
    let body = json!({ "task": heavy }).to_string();
    let reply = desk.post("/web/author/prove", &[], &body).await;
    assert_eq!(
        (reply.status, reply.header("retry-after")),
        (StatusCode::SERVICE_UNAVAILABLE, "1"),
        "{:?}",
        reply.json()
    );
    assert!(reply.detail().contains("2 seconds"), "{}", reply.detail());
}

/// A server of a pack in a folder of its own, which visitors may write to.
struct Shelf {
    folder: tempfile::TempDir,
    desk: Desk,
}

impl Shelf {
    async fn new() -> Shelf {
        let (task, pack) = template(&desk(), "").await;
        let folder = tempfile::tempdir().expect("a folder can be made");
        fs::create_dir(folder.path().join("lamps")).expect("a folder can be made");
        fs::write(folder.path().join("lamps/pack.toml"), pack).expect("written");
        fs::write(folder.path().join("lamps/my-task.toml"), task).expect("written");
        fs::write(folder.path().join("secret.toml"), "key = 1").expect("written");
        let lamps = folder.path().join("lamps").canonicalize().expect("it is there");
        let desk = Desk::new(Settings { edit: vec![lamps], ..Settings::default() });
        Shelf { folder, desk }
    }

    async fn read(&self, name: &str) -> Reply {
        self.desk.get(&format!("/web/author/file?path={name}")).await
    }

    async fn write(&self, name: &str, text: &str, if_digest: Option<&str>) -> Reply {
        let body = json!({ "path": name, "text": text, "if_digest": if_digest }).to_string();
        let request = Request::put("/web/author/file").header("content-type", "application/json");
        self.desk.send(request.body(Body::from(body)).expect("a request")).await
    }

    fn on_disk(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.path().join(name)).ok()
    }
}

#[tokio::test]
async fn nobody_reads_the_answers_unless_editing_is_allowed() {
    let desk = desk();
    for path in ["/web/author/files", "/web/author/file?path=tasks/pack.toml"] {
        assert_eq!(desk.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let request = Request::put("/web/author/file").header("content-type", "application/json").body(Body::from("{}"));
    assert_eq!(desk.send(request.expect("a request")).await.status, StatusCode::NOT_FOUND);
    assert!(desk.get("/openapi.json").await.json()["paths"].get("/web/author/file").is_none());
    let shelf = Shelf::new().await;
    assert_eq!(shelf.desk.get("/web/metadata").await.json()["can_edit"], true);
    assert!(shelf.desk.get("/openapi.json").await.json()["paths"]["/web/author/file"]["put"].is_object());
}

#[tokio::test]
async fn a_written_task_is_served() {
    let shelf = Shelf::new().await;
    let files = shelf.desk.get("/web/author/files").await.json();
    let names: Vec<&str> =
        files["files"].as_array().expect("a list").iter().filter_map(|file| file["path"].as_str()).collect();
    assert_eq!(names, ["lamps/pack.toml", "lamps/my-task.toml"]);
    let file = shelf.read("lamps/my-task.toml").await.json();
    let (text, digest) = (file["text"].as_str().expect("a text"), file["digest"].as_str());
    let mended = text.replace("A lamp that flickers", "A lamp that hums");
    let saved = shelf.write("lamps/my-task.toml", &mended, digest).await;
    assert_eq!(saved.status, StatusCode::OK, "{}", saved.json());
    assert_eq!(shelf.on_disk("lamps/my-task.toml").as_deref(), Some(&*mended));
    assert_eq!(shelf.desk.get("/tasks").await.json()["tasks"][0]["title"], "A lamp that hums");
    assert_eq!(saved.json()["digest"], shelf.read("lamps/my-task.toml").await.json()["digest"]);
    // Somebody else has read it before that.
    let late = shelf.write("lamps/my-task.toml", text, digest).await;
    assert_eq!((late.status, late.detail().contains("read it again")), (StatusCode::CONFLICT, true));
    // Another one beside it, which must not be there yet.
    let other = mended.replace("my-task", "other-task").replace("ORD-3108", "ORD-9200");
    assert_eq!(shelf.write("lamps/other.toml", &other, digest).await.status, StatusCode::CONFLICT);
    let new = shelf.write("lamps/other.toml", &other, None).await;
    assert_eq!(new.status, StatusCode::OK, "{}", new.json());
    assert_eq!(shelf.write("lamps/other.toml", &other, None).await.status, StatusCode::CONFLICT);
    assert_eq!(shelf.desk.get("/tasks").await.json()["tasks"].as_array().map(Vec::len), Some(2));
    let left = fs::read_dir(shelf.folder.path().join("lamps")).expect("it is there").count();
    assert_eq!(left, 3, "no draft is left behind");
}

#[tokio::test]
async fn a_text_that_does_not_load_is_not_written() {
    let shelf = Shelf::new().await;
    let file = shelf.read("lamps/my-task.toml").await.json();
    let (text, digest) = (file["text"].as_str().expect("a text"), file["digest"].as_str());
    for wrong in ["".to_owned(), "[[[".to_owned(), text.replace("artifact:order", "artifact:ordr")] {
        let refused = shelf.write("lamps/my-task.toml", &wrong, digest).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong:.20}");
        let found = refused.json();
        assert_eq!(found["diagnostics"][0]["file"], "lamps/my-task.toml");
        assert!(!found.to_string().contains(&*shelf.folder.path().to_string_lossy()), "a path of the machine: {found}");
        assert_eq!(shelf.on_disk("lamps/my-task.toml").as_deref(), Some(text));
    }
    let pack = shelf.read("lamps/pack.toml").await.json();
    let broken = pack["text"].as_str().expect("a text").replace("send_spare_part", "send_any_part");
    let refused = shelf.write("lamps/pack.toml", &broken, pack["digest"].as_str()).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "its task would not load");
    assert_eq!(shelf.desk.get("/tasks").await.json()["tasks"][0]["id"], "late-book", "what was served goes on");
}

#[tokio::test]
async fn other_pages_edit_nothing() {
    let shelf = Shelf::new().await;
    for (host, origin) in [("evil.example", "http://evil.example"), ("localhost:8000", "http://localhost:3000")] {
        for (method, path) in [("GET", "/web/author/files"), ("GET", FILE), ("PUT", "/web/author/file")] {
            let request = Request::builder().method(method).uri(path).header("host", host).header("origin", origin);
            let reply = shelf.desk.send(request.body(Body::from("{}")).expect("a request")).await;
            assert_eq!(reply.status, StatusCode::FORBIDDEN, "{origin} {method} {path}");
        }
    }
    let own = Request::get(FILE).header("host", "localhost:8000").header("origin", "http://localhost:8000");
    assert_eq!(shelf.desk.send(own.body(Body::empty()).expect("a request")).await.status, StatusCode::OK);
}

const FILE: &str = "/web/author/file?path=lamps/my-task.toml";

#[tokio::test]
async fn new_files_have_plain_names() {
    let shelf = Shelf::new().await;
    let long = format!("lamps/{}.toml", "n".repeat(100));
    for name in ["lamps/<b>.toml", "lamps/\u{202e}x.toml", "lamps/two words.toml", &long] {
        let refused = shelf.write(name, "key = 2", None).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{name}");
        assert!(refused.detail().starts_with("A new file is named by"), "{}", refused.detail());
    }
    for name in ["lamps//my-task.toml", "lamps/./my-task.toml"] {
        assert_eq!(shelf.read(name).await.status, StatusCode::NOT_FOUND, "a second name of one file: {name}");
    }
}

#[tokio::test]
async fn packs_of_one_name_are_told_apart() {
    let (task, pack) = template(&desk(), "").await;
    let folder = tempfile::tempdir().expect("a folder can be made");
    let edit = ["a/desk", "b/desk-2", "c/desk"].map(|name| {
        let lamps = folder.path().join(name);
        fs::create_dir_all(&lamps).expect("a folder can be made");
        fs::write(lamps.join("pack.toml"), pack.replace("my_desk", &name.replace(['/', '-'], "_"))).expect("written");
        fs::write(lamps.join("t.toml"), &task).expect("written");
        lamps.canonicalize().expect("it is there")
    });
    let desk = Desk::new(Settings { edit: edit.to_vec(), ..Settings::default() });
    for (label, name) in [("desk", "a_desk"), ("desk-2", "b_desk_2"), ("desk-3", "c_desk")] {
        let file = desk.get(&format!("/web/author/file?path={label}/pack.toml")).await.json();
        assert!(file["text"].as_str().is_some_and(|text| text.contains(&format!("\"{name}\""))), "{label}: {file}");
    }
    // A pack inside of a pack: what is wrong is told without a path of this machine.
    fs::create_dir(edit[0].join("sub")).expect("a folder can be made");
    let body = json!({ "path": "desk/sub/pack.toml", "text": pack, "if_digest": null }).to_string();
    let request = Request::put("/web/author/file").header("content-type", "application/json").body(Body::from(body));
    let refused = desk.send(request.expect("a request")).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!refused.json().to_string().contains(&*edit[0].to_string_lossy()), "{}", refused.json());
}

#[cfg(unix)]
#[tokio::test]
async fn no_name_leads_out_of_the_packs() {
    let shelf = Shelf::new().await;
    let (outside, inside) = (shelf.folder.path(), shelf.folder.path().join("lamps"));
    std::os::unix::fs::symlink(outside.join("secret.toml"), inside.join("link.toml")).expect("a link can be made");
    std::os::unix::fs::symlink(outside, inside.join("up")).expect("a link can be made");
    let secret = outside.join("secret.toml").to_string_lossy().into_owned();
    for name in [
        "",
        "lamps",
        "lamps/",
        "secret.toml",
        "lamps/../secret.toml",
        "lamps/%2e%2e/secret.toml",
        "lamps/up/secret.toml",
        "lamps/link.toml",
        "lamps/.hidden.toml",
        "lamps/nowhere/x.toml",
        "lamps/notes.md",
        "lamps/my-task.toml/",
        "lamps//etc/passwd.toml",
        "nothing/my-task.toml",
        &secret,
    ] {
        let read = shelf.read(name).await;
        assert_eq!(read.status, StatusCode::NOT_FOUND, "{name}: {}", String::from_utf8_lossy(&read.body));
        let written = shelf.write(&name.replace("%2e", "."), "key = 2", None).await;
        assert_eq!(written.status, StatusCode::NOT_FOUND, "{name}");
    }
    assert_eq!(shelf.on_disk("secret.toml").as_deref(), Some("key = 1"));
}
