//! Values on their way into and out of JavaScript: written by hand, member by member. What a derive makes of the browser's
//! objects is five times as much code.

use std::cell::{Cell, RefCell};

use js_sys::{Array, JSON, Number, Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::{JsCast, JsValue};

use crate::ApiError;

/// A value as messages and storage carry it: what JSON can say, and whole numbers up to 2^53.
pub fn encode(value: &impl Serialize) -> Result<JsValue, ApiError> {
    value.serialize(&Serializer::json_compatible()).map_err(|error| ApiError::Shape(error.to_string()))
}

/// Reads what [`encode`] wrote. `None` when it is no such value.
pub fn decode<T: DeserializeOwned>(value: JsValue) -> Option<T> {
    serde_wasm_bindgen::from_value(value).ok()
}

/// A plain object with these members, as messages and storage can carry. Those that are `undefined` are left out.
pub fn object(members: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    for (name, value) in members {
        if !value.is_undefined() {
            // Setting a member of a fresh plain object cannot fail.
            let _ = Reflect::set(&object, &JsValue::from_str(name), value);
        }
    }
    object.into()
}

/// An array of these texts.
pub fn texts<T: AsRef<str>>(texts: &[T]) -> JsValue {
    texts.iter().map(|text| JsValue::from_str(text.as_ref())).collect::<Array>().into()
}

/// The value that a JSON text stands for; `undefined` for a text that is no JSON.
pub fn parse_json(json: &str) -> JsValue {
    JSON::parse(json).unwrap_or(JsValue::UNDEFINED)
}

/// A member of an object; `undefined` when it has none.
pub fn member(object: &JsValue, name: &'static str) -> JsValue {
    let name = NAMES.with_borrow_mut(|names| {
        let known = names.iter().find(|(known, _)| std::ptr::eq(*known, name)).map(|(_, value)| value.clone());
        known.unwrap_or_else(|| {
            let value = JsValue::from_str(name);
            names.push((name, value.clone()));
            value
        })
    });
    get(object, &name)
}

/// The same for a name that was made just now.
pub fn member_called(object: &JsValue, name: &str) -> JsValue {
    get(object, &JsValue::from_str(name))
}

fn get(object: &JsValue, name: &JsValue) -> JsValue {
    Reflect::get(object, name).unwrap_or(JsValue::UNDEFINED)
}

thread_local! {
    /// Those that were asked for, as JavaScript has them. Hundreds of extensions and cookies have the same dozen, and making a
    /// name anew takes longer than getting the member. Found by their address, for all of them stand in our code.
    static NAMES: RefCell<Vec<(&'static str, JsValue)>> = const { RefCell::new(Vec::new()) };
}

/// Reads an object of the browser's member by member, strictly: one that is missing or of another type gives an empty
/// value and spoils the whole, which [`Members::complete`] tells in the end. Members that are not asked for are ignored.
#[derive(Debug)]
pub struct Members<'a> {
    object: &'a JsValue,
    spoiled: Cell<bool>,
}

impl<'a> Members<'a> {
    /// Begins to read.
    pub fn of(object: &'a JsValue) -> Self {
        Self { object, spoiled: Cell::new(!object.is_object()) }
    }

    /// A text that has to be there.
    pub fn text(&self, name: &'static str) -> String {
        self.optional_text(name).unwrap_or_else(|| self.spoil())
    }

    /// A flag that has to be there.
    pub fn flag(&self, name: &'static str) -> bool {
        self.optional_flag(name).unwrap_or_else(|| self.spoil())
    }

    /// A number that has to be there.
    pub fn number(&self, name: &'static str) -> f64 {
        self.optional_number(name).unwrap_or_else(|| self.spoil())
    }

    /// A whole number that has to be there and to fit.
    pub fn integer<T: TryFrom<i64> + Default>(&self, name: &'static str) -> T {
        self.optional_integer(name).unwrap_or_else(|| self.spoil())
    }

    /// A text, where there is one.
    pub fn optional_text(&self, name: &'static str) -> Option<String> {
        self.optional(name, &|value| value.as_string())
    }

    /// A flag, where there is one.
    pub fn optional_flag(&self, name: &'static str) -> Option<bool> {
        self.optional(name, &|value| value.as_bool())
    }

    /// A number, where there is one.
    pub fn optional_number(&self, name: &'static str) -> Option<f64> {
        self.optional(name, &|value| value.as_f64())
    }

    /// A whole number, where there is one.
    pub fn optional_integer<T: TryFrom<i64>>(&self, name: &'static str) -> Option<T> {
        let number = self.optional(name, &|value| whole(value))?;
        let fitting = T::try_from(number).ok();
        self.spoiled.set(self.spoiled.get() || fitting.is_none());
        fitting
    }

    /// What `read` makes of a member, where there is one.
    pub fn optional_one<T>(&self, name: &'static str, read: fn(&JsValue) -> Option<T>) -> Option<T> {
        self.optional(name, &read)
    }

    /// What `read` makes of each element of an array; none where there is no array.
    pub fn list<T>(&self, name: &'static str, read: fn(&JsValue) -> Option<T>) -> Vec<T> {
        self.optional(name, &|value| list(value, read)).unwrap_or_default()
    }

    /// The texts of an array; none where there is no array.
    pub fn texts(&self, name: &'static str) -> Vec<String> {
        self.list(name, JsValue::as_string)
    }

    /// What was made of the members, if they were all as they should be.
    pub fn complete<T>(&self, made: T) -> Option<T> {
        (!self.spoiled.get()).then_some(made)
    }

    fn optional<T>(&self, name: &'static str, read: &dyn Fn(&JsValue) -> Option<T>) -> Option<T> {
        let value = member(self.object, name);
        if value.is_undefined() || value.is_null() {
            return None;
        }
        let read = read(&value);
        self.spoiled.set(self.spoiled.get() || read.is_none());
        read
    }

    fn spoil<T: Default>(&self) -> T {
        self.spoiled.set(true);
        T::default()
    }
}

/// What `read` makes of each element; `None` when it is no array, or an element is not as it should be.
pub fn list<T>(array: &JsValue, read: impl Fn(&JsValue) -> Option<T>) -> Option<Vec<T>> {
    let array = array.dyn_ref::<Array>()?;
    let mut all = Vec::new();
    for index in 0..array.length() {
        all.push(read(&array.get(index))?);
    }
    Some(all)
}

/// A whole number within the 53 bits that JavaScript keeps exactly.
#[expect(clippy::cast_possible_truncation, reason = "it is whole and within 53 bits")]
pub fn whole(value: &JsValue) -> Option<i64> {
    Number::is_safe_integer(value).then(|| value.as_f64().map(|number| number as i64)).flatten()
}
