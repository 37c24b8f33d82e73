//! Values on their way into and out of JavaScript. Each is a serde type: what an API takes, what it answers, what messages and
//! storage carry.

use js_sys::{Promise, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::JsValue;

use crate::ApiError;

/// A value as messages and storage carry it: what JSON can say, and whole numbers up to 2^53.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, ApiError> {
    value.serialize(&Serializer::json_compatible()).map_err(|error| ApiError::Shape(error.to_string()))
}

/// Reads a value strictly: `None` when a member is missing that has to be there, or is of another type. Members that are not asked
/// for are ignored.
pub fn decode<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// A member of an object, whose name is only known when it runs; `undefined` when the object has none.
pub fn member(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
}

/// What the browser answers, read as strictly as [`decode`] does.
pub(crate) async fn answer<T: DeserializeOwned>(promise: Promise) -> Result<T, ApiError> {
    decode(promise.await?).ok_or_else(ApiError::shape)
}

#[cfg(test)]
#[cfg(target_arch = "wasm32")]
mod tests {
    use serde::Deserialize;
    use serde_json::json;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::fake::js;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Told {
        name: String,
        count: Option<u32>,
    }

    #[track_caller]
    fn check(value: &JsValue, expected: Option<&Told>) {
        assert_eq!(decode(value.clone()).as_ref(), expected, "{value:?}");
    }

    #[wasm_bindgen_test]
    fn a_member_that_is_not_asked_for_is_ignored() {
        let told = Told { name: "a".into(), count: Some(7) };
        check(&js(&json!({ "name": "a", "count": 7, "other": [] })), Some(&told));
    }

    #[wasm_bindgen_test]
    fn an_optional_member_may_be_missing_null_or_undefined() {
        let without = Told { name: "a".into(), count: None };
        let value = js(&json!({ "name": "a" }));
        check(&value, Some(&without));
        for nothing in [JsValue::NULL, JsValue::UNDEFINED] {
            Reflect::set(&value, &"count".into(), &nothing).unwrap();
            check(&value, Some(&without));
        }
    }

    #[wasm_bindgen_test]
    fn a_member_of_another_type_spoils_the_whole() {
        for wrong in [json!("7"), json!(7.5), json!(-7), json!(1e300), json!(true), json!({})] {
            check(&js(&json!({ "name": "a", "count": wrong })), None);
        }
        for wrong in [json!({}), json!({ "name": null }), json!({ "name": 7 }), json!("name"), json!(null)] {
            check(&js(&wrong), None);
        }
        check(&JsValue::UNDEFINED, None);
    }
}
