//! Message keys become words: the browser looks them up, `Intl` chooses plural forms. Knows no message itself.

use std::cell::OnceCell;

use js_sys::Intl::{RelativeTimeFormatNumeric, RelativeTimeFormatOptions, RelativeTimeFormatStyle};
use js_sys::{Array, Intl, Object};
use readmit_core::base::text::Text;
use readmit_webext::i18n;
use wasm_bindgen::JsValue;

/// What is between them has a direction of its own, which is that of its first letter, and gives none to what is around it.
const FIRST_STRONG_ISOLATE: &str = "\u{2068}";
const POP_ISOLATE: &str = "\u{2069}";

/// The words' language and what depends on it.
pub(crate) struct Words {
    plural: Intl::PluralRules,
    /// Made when a time is first to be told: the browser takes milliseconds for that, and mostly there is none.
    relative: OnceCell<Intl::RelativeTimeFormat>,
    /// As a BCP 47 tag.
    pub(crate) language: String,
}

impl Words {
    /// `language` is a BCP 47 tag.
    pub(crate) fn new(language: &str) -> Self {
        Self {
            plural: Intl::PluralRules::new(&Array::of1(&language.into()), &Object::new()),
            relative: OnceCell::new(),
            language: language.to_owned(),
        }
    }

    /// "in 5 minutes", "yesterday".
    pub(crate) fn relative(&self) -> &Intl::RelativeTimeFormat {
        self.relative.get_or_init(|| {
            let options = RelativeTimeFormatOptions::new();
            options.set_numeric(RelativeTimeFormatNumeric::Auto);
            options.set_style(RelativeTimeFormatStyle::Short);
            Intl::RelativeTimeFormat::new(&Array::of1(&self.language.as_str().into()), &options)
        })
    }

    /// "A, B, and C". A list of units would have no commas in Japanese.
    pub(crate) fn list<'a>(&self, names: impl Iterator<Item = &'a str>) -> String {
        let format = Intl::ListFormat::new(&Array::of1(&self.language.as_str().into()), &Object::new());
        // A name may be written in the other direction than the commas around it.
        let isolated = names.map(|name| JsValue::from([FIRST_STRONG_ISOLATE, name, POP_ISOLATE].concat()));
        String::from(format.format(&isolated.collect::<Array>()))
    }

    /// What `text` says.
    pub(crate) fn of(&self, text: &Text) -> String {
        if !text.names.is_empty() {
            let list = self.list(text.names.iter().map(String::as_str));
            return i18n::message(&text.key, &[text.args.as_slice(), &[list]].concat());
        }
        let Some(count) = text.count else { return i18n::message(&text.key, &text.args) };
        let mut args = Vec::with_capacity(text.args.len() + 1);
        args.push(count.to_string());
        args.extend_from_slice(&text.args);
        let category = self.plural.select(count.into());
        let form = |category: &str| i18n::message(&[text.key.as_ref(), "__", category].concat(), &args);
        let words = JsValue::from(category).as_string().map(|category| form(&category)).unwrap_or_default();
        // A language may have forms that its messages do not tell apart.
        if words.is_empty() { form("other") } else { words }
    }

    /// What they say, each by itself.
    pub(crate) fn all(&self, texts: &[Text]) -> Vec<String> {
        texts.iter().map(|text| self.of(text)).collect()
    }

    /// What `text` says, or nothing.
    pub(crate) fn of_optional(&self, text: Option<&Text>) -> String {
        text.map(|text| self.of(text)).unwrap_or_default()
    }
}
