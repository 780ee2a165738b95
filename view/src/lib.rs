//! `view!` and `#[component]` with the syntax of Leptos, for the small renderer in `porthole::ui::dom`.
//!
//! Leptos' own macros give each element, attribute and closure a type of its own, and each type its own code to build,
//! to patch and to drop. Here the elements with all that is fixed about them become one string, which one function
//! reads; only what changes is code. The page would not fit its budget otherwise.

mod component;
mod template;

use proc_macro::TokenStream;

/// Builds the nodes of a view: `view! { <p class="note" on:click=move |_| hide()>{move || text.get()}</p> }`.
///
/// | Written | Means |
/// | --- | --- |
/// | `name="text"`, `name=value`, `name=move \|\| value` | an attribute; `None` and `false` leave it out |
/// | `class:name=bool`, `style:name=value`, `prop:name=value` | a class, a style, a property; all may be closures |
/// | `on:event=handler` | a listener; `event` is one of `leptos::ev` |
/// | `node_ref=node` | fills a `NodeRef` |
/// | `"text"`, `{value}`, `{move \|\| value}` | children |
/// | `<Component prop=value prop/>` | a component; a property without value takes the variable of its name |
/// | `<Show when=… fallback=…>`, `<For each=… key=… let:item>` | children while a condition holds; keyed children |
#[proc_macro]
pub fn view(tokens: TokenStream) -> TokenStream {
    template::expand(tokens.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Makes a component of a function that returns a `View`: its parameters become properties.
///
/// `#[prop(into)]` converts what is given, `#[prop(optional)]` makes a property one that may be left out.
#[proc_macro_attribute]
pub fn component(_arguments: TokenStream, item: TokenStream) -> TokenStream {
    syn::parse(item).and_then(component::expand).unwrap_or_else(syn::Error::into_compile_error).into()
}
