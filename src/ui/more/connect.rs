//! The dialog that asks for a connection: address, protocol, and what that protocol wants to know.

use leptos::prelude::*;

use crate::model::named::{self, Named};
use crate::state::secrets::LEFT_OUT;
use crate::state::signal::{Memo, RwSignal};
use crate::state::{
    App, Arrival, ConnectRequest, DefinitionChoice, OptionKind, OptionSpec, Parameter, ProtocolInfo, Summary,
    protocols,
};
use crate::ui::connect::{AddressField, AddressLines, Check, ConnectButton, connect};
use crate::ui::dom::{CollectView as _, IntoView, Nodes, component, view, watch};
use crate::ui::modal::Modal;

/// The dialog that asks for a connection. A link to the page opens it filled in; it dials after **Connect**.
#[component]
pub fn ConnectDialog(
    /// What is filled in.
    request: ConnectRequest,
    /// It was closed.
    on_close: impl Fn() + Copy + Send + 'static,
) -> impl IntoView {
    let app = App::expect();
    let submit = move |request: ConnectRequest| {
        if connect(app, &request) {
            on_close();
        }
    };
    view! {
        <Modal title="Connect to a device" on_close=on_close>
            <ConnectForm request examine=move |url| Check::of(app, &url) submit />
        </Modal>
    }
}

/// The fields of the dialog.
#[component]
pub fn ConnectForm(
    /// What is filled in.
    request: ConnectRequest,
    /// Looks at an address.
    examine: impl Fn(String) -> Check + Send + Sync + 'static,
    /// Connect: the address is one, and nothing blocks it.
    submit: impl Fn(ConnectRequest) + Send + 'static,
) -> impl IntoView {
    let app = App::expect();
    let ConnectRequest { url, name, protocol, options, secrets, keeps_secrets: _, replaces } = request;
    let usual = |protocol: &str| protocols().find(|info| protocol == info.id).map_or("", |info| info.usual);
    let is_touched = RwSignal::new(!url.is_empty());
    let url = if url.is_empty() { usual(protocol.as_deref().unwrap_or_default()).to_owned() } else { url };
    let has_kept = !app.kept_secrets(&url).is_empty();
    let (url, name) = (RwSignal::new(url), RwSignal::new(name));
    let protocol = RwSignal::new(protocol.unwrap_or_default());
    let (options, secrets) = (RwSignal::new(options), RwSignal::new(secrets));
    let keeps = RwSignal::new(has_kept);
    let check = Memo::new(move || examine(url.get()));
    let on_submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        is_touched.set(true);
        // What a definition wants to know must be known before it is asked for.
        let is_known = protocol.with_untracked(|protocol| {
            app.definition_option(protocol).is_none()
                || untrack(|| app.protocol_arrival(protocol)) != Arrival::OnItsWay
        });
        if is_known && check.with_untracked(|check| check.problem.is_none() && !check.blocks()) {
            let protocol = Some(protocol.get_untracked()).filter(|protocol| !protocol.is_empty());
            let secrets = secrets.get_untracked();
            submit(ConnectRequest {
                url: url.get_untracked(),
                name: name.get_untracked(),
                protocol,
                options: options.get_untracked(),
                keeps_secrets: (has_kept || !secrets.is_empty()).then(|| keeps.get_untracked()),
                secrets,
                replaces,
            });
        }
    };
    let choose = move |event| {
        protocol.set(event_target_value(&event));
        let usual = usual(&protocol.read_untracked());
        if url.with_untracked(|url| url.trim().is_empty()) && !usual.is_empty() {
            url.set(usual.to_owned());
        }
    };
    let fields = Fields { url, options, secrets, keeps, has_kept };
    view! {
        <form class="connect-form" on:submit=on_submit>
            <label for="connect-address">"Address"</label>
            <AddressField id="connect-address" url check is_touched />
            <label for="connect-protocol">"Protocol"</label>
            <select id="connect-protocol" on:change=choose>
                <option value="" selected=move || protocol.read().is_empty()>
                    "find out by trying"
                </option>
                {protocols()
                    .map(|info| {
                        view! {
                            <option value=info.id selected=move || *protocol.read() == info.id>
                                {info.title}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
            {move || {
                let chosen = protocols().find(|info| *protocol.read() == info.id)?;
                Some(view! { <ProtocolFields info=chosen fields /> })
            }}
            <label for="connect-name">"Name (optional)"</label>
            <div class="field">
                <input id="connect-name" autocomplete="off" maxlength="80" bind:value=name />
            </div>
            <AddressLines id="connect-address" check is_touched />
            <div class="actions">
                <ConnectButton check />
            </div>
        </form>
    }
}

/// What the fields of a protocol read and write.
#[derive(Clone, Copy)]
struct Fields {
    url: RwSignal<String>,
    options: RwSignal<Named>,
    secrets: RwSignal<Named>,
    /// Secrets are to be kept in this browser.
    keeps: RwSignal<bool>,
    /// There are some that are kept.
    has_kept: bool,
}

/// What a person fills in, by whatever it is wanted for.
struct Field {
    name: String,
    label: String,
    hint: String,
    control: Control,
}

enum Control {
    /// A text, and what holds where there is none.
    Text(String),
    /// A text that nobody else may see.
    Secret,
    /// One of a list: the word, and the words for people.
    Choice(&'static [(&'static str, &'static str)]),
}

impl From<&OptionSpec> for Field {
    fn from(spec: &OptionSpec) -> Self {
        let control = match spec.kind {
            OptionKind::Text(default) => Control::Text(default.to_owned()),
            OptionKind::Random(prefix) => Control::Text(format!("{prefix}… (random)")),
            OptionKind::Secret => Control::Secret,
            OptionKind::Choice(choices) => Control::Choice(choices),
        };
        Self { name: spec.name.to_owned(), label: spec.label.to_owned(), hint: spec.hint.to_owned(), control }
    }
}

impl From<Parameter> for Field {
    fn from(parameter: Parameter) -> Self {
        let Parameter { name, label, hint, default, is_secret } = parameter;
        let control = if is_secret { Control::Secret } else { Control::Text(default) };
        Self { label: if label.is_empty() { name.clone() } else { label }, name, hint, control }
    }
}

/// What a protocol wants to know: its secrets, what its definition wants, and its options, which are open where one of
/// them was chosen.
#[component]
fn ProtocolFields(info: ProtocolInfo, fields: Fields) -> impl IntoView {
    let app = App::expect();
    let definition = app.definition_option(info.id);
    let specs = info.options.iter().filter(|spec| Some(spec.name) != definition);
    let (central, rest): (Vec<_>, Vec<_>) = specs.partition(|spec| spec.kind == OptionKind::Secret);
    let has_secret = !central.is_empty();
    let given = |spec: &&OptionSpec| fields.options.with_untracked(|options| named::has(options, spec.name));
    // Where there is a secret, what it means belongs to it.
    let is_open = has_secret || rest.iter().any(given);
    view! {
        {definition.map(|option| view! { <DefinitionFields protocol=info.id option fields /> })}
        {central
            .into_iter()
            .map(|spec| view! { <FieldView field=Field::from(spec) fields /> })
            .collect_view()}
        {has_secret.then(|| view! { <KeepSecrets keeps=fields.keeps /> })}
        {(!rest.is_empty())
            .then(|| {
                view! {
                    <details class="options" open=is_open>
                        <summary>{format!("Options of {}", info.title)}</summary>
                        {rest.into_iter().map(|spec| view! { <FieldView field=Field::from(spec) fields /> }).collect_view()}
                    </details>
                }
            })}
    }
}

/// Which definition, and what it wants to know. The address follows from it until somebody writes another one.
#[component]
fn DefinitionFields(protocol: &'static str, option: &'static str, fields: Fields) -> impl IntoView {
    let app = App::expect();
    app.want_protocol(protocol);
    let Fields { url, options, .. } = fields;
    let chosen = Memo::new(move || {
        let name = options.with(|options| named::get(options, option).to_owned());
        if !name.is_empty() {
            return name;
        }
        // The first of those that come with the page.
        let choices = app.definition_choices(protocol);
        choices.into_iter().find(|choice| !choice.is_own).map(|choice| choice.name).unwrap_or_default()
    });
    let text = Memo::new(move || app.definition_text(protocol, &chosen.get()));
    let summary = Memo::new(move || app.read_definition(protocol, &text.read()));
    let filled = RwSignal::new(String::new());
    // The address as the definition has it, as long as it was not written by hand.
    watch(move || {
        if !matches!(&*summary.read(), Some(Ok(_))) {
            return;
        }
        let address = options.with(|options| app.definition_address(protocol, &text.read(), options));
        let is_own = url.with_untracked(|url| !url.trim().is_empty() && *url != *filled.read_untracked());
        if !is_own {
            filled.set(address.clone());
            url.set(address);
        }
    });
    // A link must not carry a secret: whoever sees it would have it.
    watch(move || {
        let Some(Ok(summary)) = summary.get() else { return };
        let is_secret =
            |name: &str| summary.parameters.iter().any(|known| known.is_secret && known.name == name);
        if options.with_untracked(|options| options.iter().any(|(name, _)| is_secret(name))) {
            options.update(|options| options.retain(|(name, _)| !is_secret(name)));
            app.say(LEFT_OUT);
        }
    });
    // What holds where nothing was chosen must be told.
    watch(move || {
        let name = chosen.get();
        if !name.is_empty() && options.with_untracked(|options| !named::has(options, option)) {
            options.update(|options| named::set(options, option, &name));
        }
    });
    let choose = move |event| {
        let name = event_target_value(&event);
        let name = if name.is_empty() {
            let Some(name) = app.new_definition(protocol, &url.get_untracked()) else { return };
            name
        } else {
            name
        };
        options.update(|options| named::set(options, option, &name));
    };
    let choices = Memo::new(move || {
        let mut choices = app.definition_choices(protocol);
        choices.push(DefinitionChoice {
            name: String::new(),
            title: "a new one …".to_owned(),
            is_own: false,
        });
        choices
    });
    view! {
        <label for="connect-definition">"Definition"</label>
        <select id="connect-definition" on:change=choose>
            {move || {
                let chosen = chosen.get();
                choices
                    .get()
                    .into_iter()
                    .map(|DefinitionChoice { name, title, .. }| {
                        let is_chosen = name == chosen;
                        view! { <option value=name selected=is_chosen>{title}</option> }
                    })
                    .collect_view()
            }}
        </select>
        {move || match (app.protocol_arrival(protocol), summary.get()) {
            (Arrival::Failed(words), _) => {
                view! { <p class="problem">"What reads definitions could not be loaded. " {words}</p> }
            }
            (_, Some(Ok(summary))) => {
                let Summary { description, parameters, .. } = summary;
                let has_secret = parameters.iter().any(|parameter| parameter.is_secret);
                view! {
                    {(!description.is_empty()).then(|| view! { <p class="quiet-text hint">{description}</p> })}
                    {parameters
                        .into_iter()
                        .map(|parameter| view! { <FieldView field=Field::from(parameter) fields /> })
                        .collect_view()}
                    {has_secret.then(|| view! { <KeepSecrets keeps=fields.keeps /> })}
                }
            }
            (_, Some(Err(problems))) => {
                let first = problems.into_iter().next().map(|problem| format!("{} {}", problem.place, problem.text));
                view! { <p class="problem">"This definition cannot be used yet: " {first.unwrap_or_default()}</p> }
            }
            (_, None) => Nodes::Nothing,
        }}
    }
}

#[component]
fn KeepSecrets(keeps: RwSignal<bool>) -> impl IntoView {
    view! {
        <label class="check">
            <input type="checkbox" prop:checked=keeps on:change=move |_| keeps.update(|keeps| *keeps = !*keeps) />
            "Keep the key in this browser"
        </label>
        <p class="quiet-text hint">
            "Else it is in memory alone and asked for after a reload. Whoever uses this browser could read a kept one."
        </p>
    }
}

#[component]
fn FieldView(field: Field, fields: Fields) -> impl IntoView {
    let Field { name, label, hint, control } = field;
    let id = format!("option-{name}");
    let hint_id = format!("{id}-hint");
    let Fields { options, secrets, has_kept, .. } = fields;
    let is_secret = matches!(control, Control::Secret);
    let values = if is_secret { secrets } else { options };
    let given = values.with_untracked(|values| named::get(values, &name).to_owned());
    let choose = move |value: String| values.update(|values| named::set_or_take(values, &name, &value));
    let control = match control {
        Control::Choice(choices) => view! {
            <select id=id.clone() aria-describedby=hint_id.clone() on:change=move |event| choose(event_target_value(&event))>
                {choices
                    .iter()
                    .map(|(word, title)| view! { <option value=*word selected=*word == given>{*title}</option> })
                    .collect_view()}
            </select>
        },
        Control::Text(_) | Control::Secret => {
            let placeholder = match control {
                Control::Text(placeholder) => placeholder,
                Control::Secret | Control::Choice(_) if given.is_empty() && !has_kept => String::new(),
                Control::Secret | Control::Choice(_) => "as it was; type another one".to_owned(),
            };
            view! {
                <div class="field">
                    <input
                        id=id.clone()
                        class="mono"
                        type=if is_secret { "password" } else { "text" }
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        maxlength="4000"
                        placeholder=placeholder
                        aria-describedby=hint_id.clone()
                        prop:value=if is_secret { String::new() } else { given.clone() }
                        on:input=move |event| choose(event_target_value(&event))
                    />
                </div>
            }
        }
    };
    view! {
        <label for=id>{label}</label>
        {control}
        <p class="quiet-text hint" id=hint_id>{hint}</p>
    }
}
