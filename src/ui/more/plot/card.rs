//! One plot: the canvas, its legend, its buttons.

use std::rc::Rc;

use leptos::prelude::*;

use super::chart::{Chart, ChartError, Handlers, Slot};
use super::legend::Legend;
use super::picture::{Picture, Window, description};
use super::table::Table;
use super::{PlotKey, export};
use crate::model::catalog::Axis;
use crate::model::chart::{Step, TIME_LIMITS, place_limits, redraw_interval, step};
use crate::model::display;
use crate::model::store::ChannelId;
use crate::state::App;
use crate::state::plots::{EVERYTHING, LINES};
use crate::state::signal::{RwSignal, StoredValue};
use crate::ui::dashboard::{plot_element, title_of};
use crate::ui::dom::{CollectView as _, IntoView, NodeRef, component, view, watch};
use crate::ui::icons::Icon;

/// The spans on offer: seconds and words.
const SPANS: [(u32, &str); 7] = [
    (60, "1 min"),
    (300, "5 min"),
    (600, "10 min"),
    (1800, "30 min"),
    (3600, "1 h"),
    (21_600, "6 h"),
    (EVERYTHING, "all"),
];
/// The same over an axis, in its unit.
const PLACE_SPANS: [u32; 5] = [10, 50, 100, 500, EVERYTHING];

/// What the parts of one plot share.
#[derive(Clone, Copy)]
pub(super) struct Plot {
    pub(super) app: App,
    /// Its place among the plots.
    pub(super) index: usize,
    lines: StoredValue<Rc<Lines>>,
    /// Which time, or which places, it shows.
    pub(super) window: RwSignal<Window>,
    /// Where the pointer is: Unix seconds, or a place.
    pub(super) cursor: RwSignal<Option<f64>>,
    slot: StoredValue<Rc<Slot>>,
}

/// The lines of a plot that are there.
pub(super) struct Lines {
    pub(super) ids: Vec<ChannelId>,
    /// Their names for people.
    pub(super) titles: Vec<String>,
    /// What they are laid over; `None` for time.
    pub(super) axis: Option<Box<Axis>>,
}

impl Lines {
    fn is_depth(&self) -> bool {
        self.axis.as_ref().is_some_and(|axis| axis.is_depth)
    }

    /// The newest reading is the one with the smallest place.
    pub(super) fn is_decreasing(&self) -> bool {
        self.axis.as_ref().is_some_and(|axis| axis.decreasing)
    }
}

impl Plot {
    /// Its lines.
    pub(super) fn lines(self) -> Rc<Lines> {
        self.lines.get_value()
    }

    /// The span that a sliding plot shows, in seconds or in units of its axis.
    pub(super) fn span(self) -> u32 {
        self.app.plots.with(|plots| plots.get(self.index).map_or(0, |plot| plot.span_seconds))
    }

    /// From when to when it shows.
    pub(super) fn bounds(self) -> (f64, f64) {
        let span =
            self.app.plots.with_untracked(|plots| plots.get(self.index).map_or(0, |plot| plot.span_seconds));
        self.window.get_untracked().bounds(self.app, &self.lines(), span)
    }

    /// Draws, if somebody can see it.
    fn draw(self) {
        let Some(slot) = self.slot.try_get_value() else { return };
        slot.with(|chart| {
            if chart.is_visible() {
                let picture = Picture::of(self.app, &self.lines(), self.bounds(), chart.columns());
                chart.draw(&picture);
            }
        });
    }

    /// Draws with what comes, but not more often than can be seen.
    fn follow(self) {
        let last = StoredValue::new(0.0);
        watch(move || {
            self.app.drained.track();
            self.app.tick.track();
            if self.app.paused.get() {
                return;
            }
            let now = self.app.now();
            let (from, to) = self.bounds();
            let columns = self.slot.get_value().with(Chart::columns).unwrap_or(1);
            let seconds = if self.lines().axis.is_none() { to - from } else { f64::INFINITY };
            let pause = redraw_interval(seconds, columns);
            if now.instant.0 - last.get_value() >= pause.as_secs_f64() * 1000.0 {
                last.set_value(now.instant.0);
                self.draw();
            }
        });
        // What a person does shows at once.
        watch(move || {
            self.window.track();
            self.span();
            self.draw();
        });
    }

    /// What a key does; false where it does nothing.
    fn press(self, key: &str, shift: bool) -> bool {
        let bounds = self.bounds();
        let lines = self.lines();
        // Depth runs downwards.
        let key = match key {
            "ArrowUp" if lines.is_depth() => "ArrowLeft",
            "ArrowDown" if lines.is_depth() => "ArrowRight",
            _ => key,
        };
        let what = match (key, shift) {
            ("ArrowLeft", true) => return self.read_out(-0.01, bounds),
            ("ArrowRight", true) => return self.read_out(0.01, bounds),
            ("ArrowLeft", false) => Step::Earlier,
            ("ArrowRight", false) => Step::Later,
            ("+" | "=", _) => Step::Nearer,
            ("-" | "_", _) => Step::Farther,
            ("Home", _) => {
                self.window.set(Window::Live);
                return true;
            }
            _ => return false,
        };
        let limits =
            if lines.axis.is_none() { TIME_LIMITS } else { place_limits(self.app.extent(&lines.ids)) };
        let (from, to) = step(what, bounds, self.cursor.get_untracked(), limits);
        self.window.set(Window::Fixed { from, to });
        true
    }

    /// Moves the read-out by a share of what is in view; it begins at the end.
    fn read_out(self, share: f64, (from, to): (f64, f64)) -> bool {
        let present = self.cursor.get_untracked().filter(|at| (from..=to).contains(at)).unwrap_or(to);
        let at = (present + share * (to - from)).max(from).min(to);
        self.slot.get_value().with(|chart| chart.point(at)).is_some()
    }

    fn handlers(self) -> Handlers {
        Handlers {
            view: Box::new(move || self.draw()),
            cursor: Box::new(move |time| {
                let time = Some(time).filter(|time| time.is_finite());
                if self.cursor.try_get_untracked().is_some_and(|present| present != time) {
                    self.cursor.set(time);
                }
            }),
            select: Box::new(move |from, to| {
                self.window.try_set(Window::Fixed { from, to });
            }),
            home: Box::new(move || {
                self.window.try_set(Window::Live);
            }),
        }
    }
}

/// A plot on the dashboard.
#[component]
pub(super) fn PlotCard(
    /// Which.
    plot: PlotKey,
) -> impl IntoView {
    let app = App::expect();
    let ids: Vec<ChannelId> = plot.lines.iter().filter_map(|line| line.id).collect();
    let titles: Vec<String> = ids.iter().map(|id| title_of(app, *id)).collect();
    let missing: Vec<String> = plot
        .lines
        .iter()
        .filter(|line| line.id.is_none())
        .map(|line| display::harmless(&line.name, display::NAME_CHARS))
        .collect();
    let title = titles.first().cloned().unwrap_or_else(|| "Plot".to_owned());
    let has_lines = !ids.is_empty();
    let lines = Rc::new(Lines { ids, titles, axis: plot.axis });
    let shared = Plot {
        app,
        index: plot.index,
        lines: StoredValue::new(Rc::clone(&lines)),
        window: RwSignal::new(Window::Live),
        cursor: RwSignal::new(None),
        slot: StoredValue::new(Rc::new(Slot::default())),
    };
    let table = RwSignal::new(false);
    view! {
        <article class="card plot" class:depth=lines.is_depth() id=plot_element(plot.index) aria-label=format!("Plot of {title}")>
            <header>
                <h3 title=title.clone()>{title.clone()}</h3>
                <Buttons plot=shared table is_full={plot.lines.len() >= LINES} />
            </header>
            {(!missing.is_empty()).then(|| view! {
                <p class="quiet-text">"Waiting for " {missing.join(", ")} ": its connection has not described it yet, or not over this axis."</p>
            })}
            {has_lines.then(|| view! { <Canvas plot=shared /> })}
            <Legend plot=shared />
            <Show when=move || table.get()>
                <Table plot=shared />
            </Show>
        </article>
    }
}

#[component]
fn Canvas(plot: Plot) -> impl IntoView {
    let host = NodeRef::<web_sys::HtmlElement>::new();
    let failure = RwSignal::new(None::<ChartError>);
    let slot = plot.slot.get_value();
    watch(move || {
        let Some(host) = host.get() else { return };
        let lines = description(plot.app, &plot.lines());
        let slot = Rc::clone(&slot);
        leptos::task::spawn_local(async move {
            match Chart::open((*host).clone(), lines, plot.handlers()).await {
                Ok(chart) => slot.fill(chart),
                Err(error) => failure.try_set(Some(error)),
            }
            plot.draw();
        });
    });
    on_cleanup(move || {
        if let Some(slot) = plot.slot.try_get_value() {
            slot.close();
        }
    });
    plot.follow();
    let summary = move || {
        plot.app.tick.track();
        export::summary(plot)
    };
    view! {
        <Show
            when=move || failure.read().is_none()
            fallback=move || view! {
                <p class="problem">
                    {move || failure.get().map(|error| error.to_string())}
                    ". The readings are kept: the table and the CSV file have them. Reload the page to try again."
                </p>
            }
        >
            <div
                class="canvas"
                role="application"
                aria-roledescription="plot"
                aria-label=summary
                aria-keyshortcuts=if plot.lines().is_depth() {
                    "+ - ArrowUp ArrowDown Shift+ArrowUp Shift+ArrowDown Home"
                } else {
                    "+ - ArrowLeft ArrowRight Shift+ArrowLeft Shift+ArrowRight Home"
                }
                tabindex="0"
                node_ref=host
                on:keydown=move |event| {
                    let modified = event.ctrl_key() || event.alt_key() || event.meta_key();
                    if !modified && plot.press(&event.key(), event.shift_key()) {
                        event.prevent_default();
                    }
                }
            ></div>
        </Show>
    }
}

#[component]
fn Buttons(plot: Plot, table: RwSignal<bool>, is_full: bool) -> impl IntoView {
    let app = plot.app;
    let is_fixed = move || plot.window.get() != Window::Live;
    let words = move |span: u32| {
        let named = SPANS.iter().find(|(seconds, _)| *seconds == span);
        match (named, &plot.lines().axis) {
            (Some((EVERYTHING, all)), Some(_)) => (*all).to_owned(),
            (_, Some(axis)) => axis.length(span.into()),
            (Some((_, words)), None) => (*words).to_owned(),
            (None, None) => display::age(std::time::Duration::from_secs(span.into())),
        }
    };
    let offered: Vec<u32> = match plot.lines().axis {
        Some(_) => PLACE_SPANS.to_vec(),
        None => SPANS.iter().map(|(seconds, _)| *seconds).collect(),
    };
    let spans = offered
        .iter()
        .copied()
        .map(|span| {
            view! { <option value=span.to_string() prop:selected=move || plot.span() == span>{words(span)}</option> }
        })
        .collect_view();
    // A document may ask for a span of its own.
    let other = move || {
        let span = plot.span();
        (!offered.contains(&span))
            .then(|| view! { <option value=span.to_string() selected=true>{words(span)}</option> })
    };
    view! {
        <span class="grow"></span>
        <Show when=is_fixed>
            <button class="btn small" title="Back to the newest (Home)" on:click=move |_| plot.window.set(Window::Live)>
                {Icon::Play.view()}
                "Live"
            </button>
        </Show>
        <label class="span">
            <span class="visually-hidden">"Span"</span>
            <select on:change=move |event| {
                if let Ok(seconds) = event_target_value(&event).parse() {
                    app.set_span(plot.index, seconds);
                    plot.window.set(Window::Live);
                }
            }>{spans} {other}</select>
        </label>
        {(!is_full).then(|| view! { <AddLine plot /> })}
        <button
            class="btn quiet small"
            aria-pressed=move || if table.get() { "true" } else { "false" }
            on:click=move |_| table.update(|table| *table = !*table)
        >
            "Table"
        </button>
        <button class="btn quiet small" title="Save the readings in view" on:click=move |_| export::save_csv(plot)>
            "CSV"
        </button>
        <button
            class="btn quiet small"
            title="Save a picture"
            on:click=move |_| {
                plot.slot.get_value().with(|chart| chart.save(&export::file_name(plot, "png")));
            }
        >
            "PNG"
        </button>
        <button class="btn quiet small" aria-label="Close the plot" title="Close" on:click=move |_| app.close_plot(plot.index)>
            {Icon::Cross.view()}
        </button>
    }
}

/// A field that finds a channel by its name. The list of names is made when somebody comes to the field.
#[component]
fn AddLine(plot: Plot) -> impl IntoView {
    let app = plot.app;
    let names = RwSignal::new(Vec::<String>::new());
    let list = format!("plot-{}-channels", plot.index);
    let fill = move |_| {
        let lines = plot.lines();
        names.set(app.with_store(|store| {
            let plottable = store
                .channels()
                .iter()
                .filter(|record| {
                    let channel = &record.channel;
                    record.index.is_some()
                        && channel.data_type.is_plottable()
                        && Axis::fit(lines.axis.as_deref(), channel.axis.as_deref())
                })
                .take(MOST_NAMES);
            plottable
                .filter_map(|record| {
                    let connection = store.connection(record.connection)?;
                    Some(format!("{}/{}", connection.key, record.channel.path))
                })
                .collect()
        }));
    };
    view! {
        <label class="add">
            <span class="visually-hidden">"Add a channel to the plot"</span>
            <input
                type="text"
                class="line-name"
                placeholder="Add a channel"
                autocomplete="off"
                list=list.clone()
                on:focus=fill
                on:change=move |event| {
                    let name = event_target_value(&event);
                    match app.find_channel(name.trim()) {
                        Some(id) => app.add_line(plot.index, id),
                        None => app.say(format!("There is no channel {name}.")),
                    }
                }
            />
            <datalist id=list>
                {move || names.get().into_iter().map(|name| view! { <option value=name></option> }).collect_view()}
            </datalist>
        </label>
    }
}

/// A longer list helps nobody, and each name is an element.
const MOST_NAMES: usize = 2_000;
