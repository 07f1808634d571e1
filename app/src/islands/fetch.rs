//! Requests to this site. None of them follows a redirect: one that comes leads to the sign-in page.

use leptos::prelude::window;
use leptos::wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestInit, RequestRedirect, Response};

/// Asks for a path.
pub(super) async fn get(path: &str) -> Result<Response, JsValue> {
    send(path, &RequestInit::new()).await
}

/// Sends a form.
pub(super) async fn post(path: &str, form: &str) -> Result<Response, JsValue> {
    let asked = RequestInit::new();
    asked.set_method("POST");
    asked.set_body(&JsValue::from_str(form));
    send(path, &asked).await
}

async fn send(path: &str, asked: &RequestInit) -> Result<Response, JsValue> {
    asked.set_redirect(RequestRedirect::Manual);
    let request = Request::new_with_str_and_init(path, asked)?;
    if request.method() == "POST" {
        request.headers().set("Content-Type", "application/x-www-form-urlencoded")?;
    }
    JsFuture::from(window().fetch_with_request(&request)).await?.dyn_into()
}
