//! Attributes, classes, styles and properties of an element.

use std::borrow::Cow;

use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, HtmlElement};

use super::{Act, effect};
use crate::model::format::shortest;
use crate::state::signal::{Memo, RwSignal, Signal};

/// What an attribute is set to.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// It is there or not.
    Flag(bool),
    /// A text.
    Text(Cow<'static, str>),
}

/// A value, or a closure that says it whenever a signal that it reads has changed.
pub enum Setting {
    /// It stays.
    Fixed(Value),
    /// It changes.
    Dynamic(Box<dyn Act<(), Value>>),
}

/// What an attribute can be set to.
pub trait IntoAttribute {
    /// The value or the closure.
    fn into_attribute(self) -> Setting;
}

/// What an attribute can be set to at one time.
pub trait IntoValue {
    /// The value.
    fn into_value(self) -> Value;
}

macro_rules! fixed {
    ($($of:ty: $value:expr),* $(,)?) => {$(
        impl IntoValue for $of {
            fn into_value(self) -> Value {
                $value(self)
            }
        }

        impl IntoAttribute for $of {
            fn into_attribute(self) -> Setting {
                Setting::Fixed(self.into_value())
            }
        }
    )*};
}

fn number(number: impl ToString) -> Value {
    Value::Text(number.to_string().into())
}

fixed! {
    bool: Value::Flag,
    &'static str: |text| Value::Text(Cow::Borrowed(text)),
    String: |text| Value::Text(Cow::Owned(text)),
    Cow<'static, str>: Value::Text,
    usize: number,
    u32: number,
    i32: number,
    f64: |number| Value::Text(Cow::Owned(shortest(number))),
}

impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::Flag(false), T::into_value)
    }
}

impl<T: IntoAttribute> IntoAttribute for Option<T> {
    fn into_attribute(self) -> Setting {
        self.map_or(Setting::Fixed(Value::Flag(false)), T::into_attribute)
    }
}

impl<F: FnMut() -> T + 'static, T: IntoValue> IntoAttribute for F {
    fn into_attribute(mut self) -> Setting {
        Setting::Dynamic(Box::new(move |()| self().into_value()))
    }
}

macro_rules! signals {
    ($($signal:ident),*) => {$(
        impl<T: IntoValue + Clone + 'static> IntoAttribute for $signal<T> {
            fn into_attribute(self) -> Setting {
                (move || self.get()).into_attribute()
            }
        }
    )*};
}

signals!(Memo, RwSignal, Signal);

/// Sets an attribute now, and again whenever it changes. The name may begin with `class:`, `style:` or `prop:`.
pub(super) fn set(element: &Element, name: &'static str, attribute: Setting) {
    match attribute {
        Setting::Fixed(value) => apply(element, name, &value),
        Setting::Dynamic(mut value) => {
            let element = element.clone();
            let mut shown = None;
            effect(Box::new(move |()| {
                let value = value.act(());
                // A property may have been changed by the person since.
                if shown.as_ref() != Some(&value) || name.starts_with("prop:") {
                    apply(&element, name, &value);
                    shown = Some(value);
                }
            }));
        }
    }
}

fn apply(element: &Element, name: &'static str, value: &Value) {
    let done = match (name.split_once(':'), value) {
        (Some(("class", class)), Value::Flag(true)) => element.class_list().add_1(class),
        (Some(("class", class)), _) => element.class_list().remove_1(class),
        (Some(("style", style)), Value::Text(text)) => {
            element.unchecked_ref::<HtmlElement>().style().set_property(style, text)
        }
        (Some(("style", style)), Value::Flag(_)) => {
            element.unchecked_ref::<HtmlElement>().style().remove_property(style).map(drop)
        }
        (Some((_, property)), value) => {
            let value = match value {
                Value::Flag(flag) => JsValue::from_bool(*flag),
                Value::Text(text) => JsValue::from_str(text),
            };
            js_sys::Reflect::set(element, &JsValue::from_str(property), &value).map(drop)
        }
        (None, Value::Text(text)) => element.set_attribute(name, text),
        (None, Value::Flag(true)) => element.set_attribute(name, ""),
        (None, Value::Flag(false)) => element.remove_attribute(name),
    };
    // The names are our own; a browser that does not take one shows the rest.
    drop(done);
}
