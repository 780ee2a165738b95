//! Parameters and commands of a module: from `accessibles` to channels and commands.

use std::borrow::Cow;

use super::visibility::Visibility;
use super::{CommandInfo, Description, LIMIT, Parameter, name_of, path_of, text_of};
use crate::model::catalog::{Access, Channel, Command, CommandRole, Group, LimitSource, Role};
use crate::model::json::Json;
use crate::model::slots::Names;
use crate::protocol::secop::datainfo::{DataInfo, Warnings};
use crate::protocol::secop::message::Name;
use crate::protocol::secop::violation::Violations;

/// Reads the accessibles of one module.
pub(super) struct Reader<'a> {
    /// The module's name.
    pub(super) module: &'a Name,
    /// Its index.
    pub(super) index: usize,
    /// Its own visibility, which narrows that of its accessibles.
    pub(super) visibility: Visibility,
    /// What `$` in units stands for.
    pub(super) main_unit: &'a str,
}

type Accessibles<'a> = [(Cow<'a, str>, Json<'a>)];

impl Reader<'_> {
    /// Adds the accessibles to a description and to the group of their module.
    pub(super) fn read(
        &self,
        description: &mut Description,
        group: &mut Group,
        accessibles: &Accessibles<'_>,
        warnings: &mut Warnings,
    ) {
        let has_go = accessibles.iter().any(|(name, accessible)| name == "go" && is_command(accessible));
        let mut seen = Names::default();
        for (name, accessible) in accessibles {
            let at = format!("{}:{name}", self.module);
            if !seen.insert(name, 0) {
                warnings.add(&at, "the name occurs twice; the second is left out");
                continue;
            }
            let Some(name) = name_of(name, &at, warnings) else { continue };
            if is_command(accessible) {
                if description.commands.len() == LIMIT {
                    warnings.add(&at, "too many commands; the rest is left out");
                    continue;
                }
                group.commands.push(description.commands.len());
                self.command(description, &name, &at, accessible, warnings);
            } else if description.parameters.len() == LIMIT {
                warnings.add(&at, "too many parameters; the rest is left out");
            } else {
                group.channels.push(description.parameters.len());
                description.by_specifier.insert(&at, description.parameters.len());
                self.parameter(description, &name, &at, accessible, has_go, warnings);
            }
        }
        self.find_limits(description, group);
    }

    fn parameter(
        &self,
        description: &mut Description,
        name: &Name,
        at: &str,
        accessible: &Json<'_>,
        has_go: bool,
        warnings: &mut Warnings,
    ) {
        let datainfo = if let Some(datainfo) = accessible.get("datainfo") {
            DataInfo::parse(datainfo, self.main_unit, at, warnings)
        } else {
            warnings.add(at, "it has no datainfo; its values are shown as JSON");
            DataInfo::Generic
        };
        let constant = accessible.get("constant").filter(|constant| **constant != Json::Null);
        let constant = constant.map(|constant| {
            let mut violations = Violations::default();
            let value = datainfo.decode(constant, &mut violations);
            for rule in violations.iter() {
                warnings.add(at, &format!("its constant breaks a rule: {}", rule.text()));
            }
            value
        });
        let visibility = self.visibility.and(Visibility::of(accessible.get("visibility")));
        // Who does not say `readonly: false` has not promised that a change is possible.
        let writable = constant.is_none() && matches!(accessible.get("readonly"), Some(Json::Bool(false)));
        let access = if writable { visibility.access() } else { Access::Read };
        let role = role_of(name.as_str());
        let starts_by_go = has_go && role == Role::Target && access == Access::ReadWrite;
        let hint = if access == Access::ReadWrite { visibility.hint() } else { "" };
        description.catalog.channels.push(Channel {
            path: format!("{}/{name}", self.module),
            name: name.to_string(),
            description: text_of(accessible, "description", at, warnings),
            data_type: datainfo.data_type(),
            access,
            role,
            section: path_of(accessible.get("group")).join(" / "),
            level: visibility.level(),
            constant: constant.clone(),
            limits: None,
            checkable: matches!(accessible.get("checkable"), Some(Json::Bool(true))),
            write_hint: if starts_by_go { GO_HINT.to_owned() } else { hint.to_owned() },
            monitoring: crate::model::alarm::Monitoring::default(),
            axis: None,
        });
        description.parameters.push(Parameter {
            specifier: at.to_owned(),
            module: self.index,
            datainfo,
            is_status: role == Role::Status,
            is_constant: constant.is_some(),
        });
    }

    fn command(
        &self,
        description: &mut Description,
        name: &Name,
        at: &str,
        accessible: &Json<'_>,
        warnings: &mut Warnings,
    ) {
        let mut part = |key| {
            let part = accessible.get("datainfo")?.get(key).filter(|part| **part != Json::Null)?;
            Some(DataInfo::parse(part, self.main_unit, at, warnings))
        };
        let (argument, result) = (part("argument"), part("result"));
        let visibility = self.visibility.and(Visibility::of(accessible.get("visibility")));
        let role = if name.as_str() == "stop" && argument.is_none() {
            CommandRole::Stop
        } else {
            CommandRole::Other
        };
        description.catalog.commands.push(Command {
            path: format!("{}/{name}", self.module),
            name: name.to_string(),
            description: text_of(accessible, "description", at, warnings),
            argument: argument.as_ref().map(DataInfo::data_type),
            result: result.as_ref().map(DataInfo::data_type),
            role,
            section: path_of(accessible.get("group")).join(" / "),
            level: visibility.level(),
            callable: visibility.access() == Access::ReadWrite,
        });
        description.commands.push(CommandInfo { specifier: at.to_owned(), argument, result });
    }

    /// `X_limits`, or `X_min` and `X_max`, hold the present limits of `X`.
    fn find_limits(&self, description: &mut Description, group: &Group) {
        let find = |name: &str, postfix: &str| {
            description.by_specifier.get(&format!("{}:{name}_{postfix}", self.module))
        };
        let limits: Vec<_> = group
            .channels
            .iter()
            .map(|&index| {
                let name = &description.catalog.channels[index].name;
                match (find(name, "limits"), find(name, "min"), find(name, "max")) {
                    (Some(pair), _, _) => Some(LimitSource::Pair(pair)),
                    (None, None, None) => None,
                    (None, min, max) => Some(LimitSource::Separate { min, max }),
                }
            })
            .collect();
        for (&index, limits) in group.channels.iter().zip(limits) {
            description.catalog.channels[index].limits = limits;
        }
    }
}

fn is_command(accessible: &Json<'_>) -> bool {
    accessible.get("datainfo").and_then(|datainfo| datainfo.get("type")).and_then(Json::as_text)
        == Some("command")
}

/// The names are reserved: custom ones begin with an underscore.
fn role_of(name: &str) -> Role {
    match name {
        "value" => Role::Main,
        "status" => Role::Status,
        "target" => Role::Target,
        _ => Role::Parameter,
    }
}

const GO_HINT: &str = "Changing the target starts nothing yet: the command go does.";
