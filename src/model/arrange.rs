//! How a catalog becomes cards: which groups and channels are shown, in which order, and what is folded away.
//!
//! It looks at descriptions only, never at values, so cards stay where they are while readings come.

use super::catalog::{Catalog, Channel, Command, CommandRole, Level, Role};
use super::order::sort_by;

/// Channels of a connection that are open without anybody asking.
pub const OPEN_CHANNELS: usize = 48;
/// Parameters that every card may open before any card opens more.
const FAIR_ROWS: usize = 6;
/// With more parameters in view than this a card is wide.
const WIDE_ROWS: usize = 8;
/// What stands around the content of a card, in lines: its title, its state, its age, its edges.
const LINES_AROUND: usize = 4;
/// A main value with its curve, in lines.
const LINES_MAIN: usize = 3;
/// A row of fields or buttons, in lines.
const LINES_BUTTONS: usize = 2;
/// More cards than this never stand in one column: what belongs side by side would be read from top to bottom.
const STACK_LIMIT: usize = 3;

/// Cards under one heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Names of the enclosing groups, outermost first; empty where there are none.
    pub within: Vec<String>,
    /// The cards, the most important first.
    pub cards: Vec<CardPlan>,
}

/// One card: indices in the catalog.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardPlan {
    /// The group that it shows.
    pub group: usize,
    /// The value that the group is about.
    pub main: Option<usize>,
    /// Its state.
    pub status: Option<usize>,
    /// What the value shall become.
    pub target: Option<usize>,
    /// Parameters in view.
    pub rows: Vec<usize>,
    /// Parameters that are folded away.
    pub folded: Vec<usize>,
    /// Commands that end a movement.
    pub stops: Vec<usize>,
    /// The other commands that may be executed.
    pub commands: Vec<usize>,
}

impl CardPlan {
    /// It has so many parameters in view that it takes two columns.
    pub fn is_wide(&self) -> bool {
        self.rows.len() > WIDE_ROWS
    }

    /// The columns that it takes.
    pub fn columns(&self) -> usize {
        if self.is_wide() { 2 } else { 1 }
    }

    /// About how high it is, in lines of parameters.
    fn lines(&self) -> usize {
        let row = |there: bool, lines: usize| if there { lines } else { 0 };
        let parameters = self.rows.len() + row(self.target.is_some(), 1);
        LINES_AROUND
            + row(self.main.is_some(), LINES_MAIN)
            + if self.is_wide() { parameters.div_ceil(2) } else { parameters }
            + row(!self.folded.is_empty(), 1)
            + row(self.target.is_some() || !self.stops.is_empty(), LINES_BUTTONS)
            + row(!self.commands.is_empty(), LINES_BUTTONS)
    }

    /// The channel whose quality speaks for the card.
    pub fn lead(&self) -> Option<usize> {
        let parameters = self.rows.iter().chain(&self.folded).next().copied();
        self.main.or(self.status).or(self.target).or(parameters)
    }
}

/// The cards of a catalog for somebody who wants to see things up to `level`. What the peer asks to hide is left
/// out at any level.
pub fn arrange(catalog: &Catalog, level: Level) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for (index, group) in catalog.groups.iter().enumerate().filter(|(_, group)| group.level.is_shown(level)) {
        let plan = plan(catalog, index, level);
        // What a group without values offers to those who know it is in its dialog.
        let is_of_interest =
            |index: &usize| catalog.commands.get(*index).is_some_and(|command| command.level == Level::User);
        if plan.lead().is_none() && plan.stops.is_empty() && !plan.commands.iter().any(is_of_interest) {
            continue;
        }
        match sections.iter_mut().find(|section| section.within == group.within) {
            Some(section) => section.cards.push(plan),
            None => sections.push(Section { within: group.within.clone(), cards: vec![plan] }),
        }
    }
    let importance = |plan: &CardPlan| catalog.groups.get(plan.group).map_or(0, |group| group.importance);
    // Both sorts are stable: what is equally important stays in the order of the peer.
    for section in &mut sections {
        sort_by(&mut section.cards, |a, b| importance(b).cmp(&importance(a)));
    }
    let most = |section: &Section| section.cards.first().map_or(0, importance);
    sort_by(&mut sections, |a, b| most(b).cmp(&most(a)));
    fold(&mut sections);
    sections
}

/// The cards of a section in columns: low ones that follow each other share one, where a high one stands beside them.
pub fn columns(cards: Vec<CardPlan>) -> Vec<Vec<CardPlan>> {
    let highest = cards.iter().map(CardPlan::lines).max().unwrap_or(0);
    let mut columns: Vec<Vec<CardPlan>> = Vec::new();
    let mut filled = 0;
    for card in cards {
        let lines = card.lines();
        match columns.last_mut() {
            Some(column)
                if column.len() < STACK_LIMIT
                    && !card.is_wide()
                    && !column.iter().any(CardPlan::is_wide)
                    && filled + lines <= highest =>
            {
                column.push(card);
                filled += lines;
            }
            _ => {
                columns.push(vec![card]);
                filled = lines;
            }
        }
    }
    columns
}

/// Everything that one card could show, with all parameters in view.
fn plan(catalog: &Catalog, group_index: usize, level: Level) -> CardPlan {
    let mut plan = CardPlan { group: group_index, ..CardPlan::default() };
    let Some(group) = catalog.groups.get(group_index) else { return plan };
    for (index, channel) in
        group.channels.iter().filter_map(|index| Some((*index, catalog.channels.get(*index)?)))
    {
        place(&mut plan, index, channel, level);
    }
    // Parameters of one section stand together, sections in the order in which they begin.
    let section_of =
        |index: &usize| catalog.channels.get(*index).map_or("", |channel| channel.section.as_str());
    let mut order: Vec<&str> = vec![""];
    for index in &plan.rows {
        if !order.contains(&section_of(index)) {
            order.push(section_of(index));
        }
    }
    let rank = |index: &usize| order.iter().position(|section| *section == section_of(index));
    sort_by(&mut plan.rows, |a, b| rank(a).cmp(&rank(b)));
    for (index, command) in
        group.commands.iter().filter_map(|index| Some((*index, catalog.commands.get(*index)?)))
    {
        place_command(&mut plan, index, command, level);
    }
    plan
}

fn place(plan: &mut CardPlan, index: usize, channel: &Channel, level: Level) {
    // What a card is about is on it whatever its level, unless it is hidden.
    let is_central = !matches!(channel.role, Role::Parameter | Role::Link) && channel.level != Level::Hidden;
    if !is_central && !channel.level.is_shown(level) {
        return;
    }
    let slot = match channel.role {
        Role::Main => &mut plan.main,
        Role::Status => &mut plan.status,
        Role::Target => &mut plan.target,
        Role::Parameter | Role::Link => return plan.rows.push(index),
    };
    if slot.is_none() {
        *slot = Some(index);
    } else {
        plan.rows.push(index);
    }
}

fn place_command(plan: &mut CardPlan, index: usize, command: &Command, level: Level) {
    if !command.callable {
        return;
    }
    match command.role {
        // Whoever can start a movement can stop it.
        CommandRole::Stop => plan.stops.push(index),
        CommandRole::Other | CommandRole::Query | CommandRole::Destructive
            if command.level.is_shown(level) =>
        {
            plan.commands.push(index);
        }
        CommandRole::Other | CommandRole::Query | CommandRole::Destructive => {}
    }
}

/// Folds away parameters beyond what a card and a connection show at once.
fn fold(sections: &mut [Section]) {
    let central = |plan: &CardPlan| [plan.main, plan.status, plan.target].into_iter().flatten().count();
    let taken: usize = sections.iter().flat_map(|section| &section.cards).map(central).sum();
    let mut left = OPEN_CHANNELS.saturating_sub(taken);
    let mut plans: Vec<&mut CardPlan> = sections.iter_mut().flat_map(|section| &mut section.cards).collect();
    let mut open: Vec<usize> = Vec::with_capacity(plans.len());
    for plan in &plans {
        open.push(plan.rows.len().min(FAIR_ROWS).min(left));
        left -= open.last().copied().unwrap_or(0);
    }
    // What is left goes round, one to each card that has more.
    let mut given = true;
    while given {
        given = false;
        for (plan, open) in plans.iter().zip(&mut open) {
            if left > 0 && plan.rows.len() > *open {
                (*open, left, given) = (*open + 1, left - 1, true);
            }
        }
    }
    for (plan, open) in plans.iter_mut().zip(open) {
        plan.folded = plan.rows.split_off(open);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::catalog::{Access, Group};
    use crate::model::datatype::DataType;

    fn channel(name: &str, role: Role, level: Level) -> Channel {
        Channel {
            path: name.to_owned(),
            name: name.to_owned(),
            description: String::new(),
            data_type: DataType::Bool,
            access: Access::Read,
            role,
            section: String::new(),
            level,
            constant: None,
            limits: None,
            checkable: false,
            write_hint: String::new(),
            monitoring: crate::model::alarm::Monitoring::default(),
            axis: None,
        }
    }

    fn group(catalog: &mut Catalog, title: &str, channels: Vec<Channel>) -> usize {
        let first = catalog.channels.len();
        catalog.channels.extend(channels);
        catalog.groups.push(Group {
            title: title.to_owned(),
            channels: (first..catalog.channels.len()).collect(),
            ..Group::default()
        });
        catalog.groups.len() - 1
    }

    fn titles(catalog: &Catalog, sections: &[Section]) -> Vec<String> {
        sections
            .iter()
            .flat_map(|section| &section.cards)
            .map(|plan| catalog.groups[plan.group].title.clone())
            .collect()
    }

    #[test]
    fn the_important_come_first_and_equals_keep_their_order() {
        let mut catalog = Catalog::default();
        for (title, importance) in [("a", 0), ("b", 30), ("c", 0), ("d", 30)] {
            let index = group(&mut catalog, title, vec![channel(title, Role::Main, Level::User)]);
            catalog.groups[index].importance = importance;
        }
        assert_eq!(titles(&catalog, &arrange(&catalog, Level::User)), ["b", "d", "a", "c"]);
    }

    #[test]
    fn groups_that_stand_together_share_a_section() {
        let mut catalog = Catalog::default();
        for (title, within) in [("a", "left"), ("b", "right"), ("c", "left")] {
            let index = group(&mut catalog, title, vec![channel(title, Role::Main, Level::User)]);
            catalog.groups[index].within = vec![within.to_owned()];
        }
        let sections = arrange(&catalog, Level::User);
        assert_eq!(sections.len(), 2);
        assert_eq!(titles(&catalog, &sections), ["a", "c", "b"]);
    }

    #[test]
    fn what_is_above_the_level_is_left_out_and_hidden_always() {
        let mut catalog = Catalog::default();
        let row = |name, level| channel(name, Role::Parameter, level);
        group(
            &mut catalog,
            "module",
            vec![
                channel("value", Role::Main, Level::User),
                row("plain", Level::User),
                row("deep", Level::Expert),
                row("secret", Level::Hidden),
            ],
        );
        let expert_only = group(&mut catalog, "service", vec![row("x", Level::User)]);
        catalog.groups[expert_only].level = Level::Expert;

        let user = arrange(&catalog, Level::User);
        assert_eq!(titles(&catalog, &user), ["module"]);
        assert_eq!(user[0].cards[0].rows, [1]);

        let expert = arrange(&catalog, Level::Expert);
        assert_eq!(titles(&catalog, &expert), ["module", "service"]);
        assert_eq!(expert[0].cards[0].rows, [1, 2]);

        // Even to somebody who asks for it.
        assert_eq!(arrange(&catalog, Level::Hidden)[0].cards[0].rows, [1, 2]);
    }

    #[test]
    fn no_parameter_is_lost_and_a_connection_opens_48_channels() {
        let mut catalog = Catalog::default();
        for card in 0..12 {
            let mut channels = vec![channel("value", Role::Main, Level::User)];
            channels.extend((0..20).map(|n| channel(&format!("p{card}.{n}"), Role::Parameter, Level::User)));
            group(&mut catalog, &format!("m{card}"), channels);
        }
        let sections = arrange(&catalog, Level::User);
        let cards = &sections[0].cards;
        let open: usize = cards.iter().map(|plan| 1 + plan.rows.len()).sum();
        assert_eq!(open, OPEN_CHANNELS);
        assert!(cards.iter().all(|plan| plan.rows.len() + plan.folded.len() == 20));
        assert_eq!(cards[0].rows.len(), FAIR_ROWS);
    }

    #[test]
    fn a_small_instrument_folds_nothing_away() {
        let mut catalog = Catalog::default();
        for (title, parameters) in [("large", 30), ("small", 2)] {
            let mut channels = vec![channel(title, Role::Main, Level::User)];
            channels.extend(
                (0..parameters).map(|n| channel(&format!("{title}.{n}"), Role::Parameter, Level::User)),
            );
            group(&mut catalog, title, channels);
        }
        let sections = arrange(&catalog, Level::User);
        assert!(sections[0].cards.iter().all(|plan| plan.folded.is_empty()));
        assert!(sections[0].cards[0].is_wide());
        assert!(!sections[0].cards[1].is_wide());
    }

    #[test]
    fn low_cards_share_a_column_beside_a_high_one_and_stay_in_order() {
        let card = |group, rows: usize| CardPlan {
            group,
            main: Some(0),
            rows: (0..rows).collect(),
            ..CardPlan::default()
        };
        let groups = |cards: Vec<CardPlan>| -> Vec<Vec<usize>> {
            columns(cards).iter().map(|column| column.iter().map(|card| card.group).collect()).collect()
        };
        // 27 lines beside cards of eight.
        let beside = |others: &[usize]| {
            let mut cards = vec![card(0, 40)];
            cards.extend(others.iter().enumerate().map(|(index, rows)| card(index + 1, *rows)));
            groups(cards)
        };
        assert_eq!(beside(&[1, 1]), [vec![0], vec![1, 2]]);
        assert_eq!(beside(&[1, 1, 1, 1]), [vec![0], vec![1, 2, 3], vec![4]]);
        assert_eq!(beside(&[1, 30, 1]), [vec![0], vec![1], vec![2], vec![3]], "a wide one stands alone");
        assert_eq!(groups(vec![card(0, 1), card(1, 1), card(2, 2)]), [[0], [1], [2]], "nothing is high");
        assert!(groups(Vec::new()).is_empty());
    }

    #[test]
    fn sections_of_parameters_stand_together() {
        let mut catalog = Catalog::default();
        let mut channels: Vec<Channel> =
            ["a", "b", "c", "d"].iter().map(|name| channel(name, Role::Parameter, Level::User)).collect();
        channels[0].section = "pid".to_owned();
        channels[2].section = "pid".to_owned();
        group(&mut catalog, "module", channels);
        assert_eq!(arrange(&catalog, Level::User)[0].cards[0].rows, [1, 3, 0, 2]);
    }

    #[test]
    fn an_index_that_is_nowhere_is_skipped() {
        let mut catalog = Catalog::default();
        let index = group(&mut catalog, "module", vec![channel("value", Role::Main, Level::User)]);
        catalog.groups[index].channels.push(99);
        catalog.groups[index].commands.push(99);
        assert_eq!(arrange(&catalog, Level::User)[0].cards[0].main, Some(0));
    }

    #[test]
    fn a_stop_is_there_at_any_level_and_what_is_not_callable_is_not() {
        let mut catalog = Catalog::default();
        let index = group(&mut catalog, "motor", vec![channel("value", Role::Main, Level::User)]);
        let command = |role, callable| Command {
            path: String::new(),
            name: String::new(),
            description: String::new(),
            argument: None,
            result: None,
            role,
            section: String::new(),
            level: Level::Expert,
            callable,
        };
        catalog.commands = vec![
            command(CommandRole::Stop, true),
            command(CommandRole::Other, true),
            command(CommandRole::Stop, false),
        ];
        catalog.groups[index].commands = vec![0, 1, 2];
        let plan = &arrange(&catalog, Level::User)[0].cards[0];
        assert_eq!((plan.stops.as_slice(), plan.commands.as_slice()), ([0].as_slice(), [].as_slice()));
        assert_eq!(arrange(&catalog, Level::Expert)[0].cards[0].commands, [1]);
    }
}
