//! Names with values that may change while somebody reads or copies them.

use crate::state::signal::Memo;
use crate::ui::dom::{CollectView as _, IntoView, view};

/// The items of a `<dl>`. While the names stay, a value that changes is the only node that is touched.
pub fn definitions<N>(of: impl Fn() -> Vec<(N, String)> + 'static) -> impl IntoView
where
    N: IntoView + Clone + PartialEq + 'static,
{
    let all = Memo::new(of);
    let names =
        Memo::new(move || all.with(|all| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>()));
    let value = move |index: usize| {
        move || all.with(|all| all.get(index).map_or_else(String::new, |(_, value)| value.clone()))
    };
    move || {
        let names = names.get().into_iter().enumerate();
        names
            .map(|(index, name)| {
                view! {
                    <dt>{name}</dt>
                    <dd>{value(index)}</dd>
                }
            })
            .collect_view()
    }
}
