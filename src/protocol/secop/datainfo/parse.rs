//! Reads a datainfo. Whatever is missing or broken becomes a warning, and the rest is used.

use std::sync::Arc;

use super::matrix::{Element, MatrixInfo};
use super::{DataInfo, Member};
use crate::model::datatype::{EnumMember, IntegerType, NumberType, TextType};
use crate::model::display::harmless;
use crate::model::format::{NumberFormat, NumberStyle};
use crate::model::json::Json;

/// Collects what could not be understood, up to a limit.
#[derive(Clone, Debug, Default)]
pub struct Warnings {
    texts: Vec<String>,
    more: usize,
}

impl Warnings {
    /// The greatest number that is kept.
    const LIMIT: usize = 100;

    /// Adds one: where, and what.
    pub fn add(&mut self, at: &str, what: &str) {
        if self.texts.len() < Self::LIMIT {
            let at: String = at.chars().take(200).collect();
            self.texts.push(format!("{at}: {what}"));
        } else {
            self.more += 1;
        }
    }

    /// All that were kept, and how many were not.
    pub fn into_texts(mut self) -> Vec<String> {
        if self.more > 0 {
            self.texts.push(format!("and {} more", self.more));
        }
        self.texts
    }
}

/// Where a datainfo stands, and what is known around it.
struct Reader<'a> {
    main_unit: &'a str,
    at: &'a str,
    warnings: &'a mut Warnings,
}

impl DataInfo {
    /// Reads a datainfo. `main_unit` stands for `$` in units; `at` names the accessible in warnings.
    pub fn parse(json: &Json<'_>, main_unit: &str, at: &str, warnings: &mut Warnings) -> Self {
        Reader { main_unit, at, warnings }.datainfo(json)
    }
}

impl Reader<'_> {
    fn datainfo(&mut self, json: &Json<'_>) -> DataInfo {
        let Some(name) = json.get("type").and_then(Json::as_text) else {
            self.warn("the datainfo has no type");
            return DataInfo::Generic;
        };
        match name {
            "double" => DataInfo::Double(NumberType {
                min: self.number(json, "min"),
                max: self.number(json, "max"),
                unit: self.unit(json),
                format: self.format(json, NumberFormat::default()),
                step: None,
            }),
            "scaled" => self.scaled(json),
            "int" => DataInfo::Int(IntegerType {
                min: self.whole(json, "min"),
                max: self.whole(json, "max"),
                unit: self.unit(json),
            }),
            "bool" => DataInfo::Bool,
            "enum" => DataInfo::Enum(self.members_of_enum(json)),
            "string" => DataInfo::String(TextType {
                min_chars: self.count(json, "minchars").unwrap_or(0),
                max_chars: self.count(json, "maxchars"),
                ascii: !matches!(json.get("isUTF8"), Some(Json::Bool(true) | Json::Integer(1))),
            }),
            "blob" => DataInfo::Blob {
                min: self.count(json, "minbytes").unwrap_or(0),
                max: self.count(json, "maxbytes"),
            },
            "array" => {
                let members = match json.get("members") {
                    Some(members) => self.datainfo(members),
                    None => self.generic("the array has no members"),
                };
                let (min, max) = (self.count(json, "minlen").unwrap_or(0), self.count(json, "maxlen"));
                DataInfo::Array { members: Box::new(members), min, max }
            }
            "tuple" => self.tuple(json),
            "struct" => self.structure(json),
            "matrix" => self.matrix(json),
            other => self.generic(&format!("unknown type \"{}\"", harmless(other, 40))),
        }
    }

    fn scaled(&mut self, json: &Json<'_>) -> DataInfo {
        let Some(scale) = self.number(json, "scale").filter(|scale| scale.is_normal() && *scale > 0.0) else {
            return self.generic("the scaled number has no usable scale");
        };
        let digits = (-scale.log10().floor()).clamp(0.0, 17.0) as u8;
        let standard = NumberFormat { style: NumberStyle::Fixed, digits };
        let mut limit = |name| self.whole(json, name).map(|steps| steps as f64 * scale);
        let (min, max) = (limit("min"), limit("max"));
        let number = NumberType {
            min,
            max,
            unit: self.unit(json),
            format: self.format(json, standard),
            step: Some(scale),
        };
        DataInfo::Scaled { scale, number }
    }

    fn members_of_enum(&mut self, json: &Json<'_>) -> Vec<EnumMember> {
        let Some(Json::Object(members)) = json.get("members") else {
            self.warn("the enum has no members");
            return Vec::new();
        };
        if members.len() > MEMBERS {
            self.warn(&format!("the enum has more than {MEMBERS} members; the rest is left out"));
        }
        let mut read = Vec::new();
        for (name, code) in members.iter().take(MEMBERS) {
            match code.as_whole().and_then(|code| i64::try_from(code).ok()) {
                Some(code) => read.push(EnumMember { code, label: Arc::from(name.as_ref()) }),
                None => self.warn("a member of the enum has no number"),
            }
        }
        read
    }

    fn tuple(&mut self, json: &Json<'_>) -> DataInfo {
        let Some(Json::Array(members)) = json.get("members") else {
            return self.generic("the tuple has no members");
        };
        DataInfo::Tuple(members.iter().map(|member| self.datainfo(member)).collect())
    }

    fn structure(&mut self, json: &Json<'_>) -> DataInfo {
        let Some(Json::Object(members)) = json.get("members") else {
            return self.generic("the struct has no members");
        };
        if members.len() > MEMBERS {
            return self.generic(&format!("the struct has more than {MEMBERS} members"));
        }
        let optional: Vec<&str> = if let Some(Json::Array(names)) = json.get("optional") {
            names.iter().filter_map(Json::as_text).collect()
        } else {
            Vec::new()
        };
        let mut read: Vec<Member> = Vec::with_capacity(members.len());
        for (name, datainfo) in members {
            let member = Member {
                name: name.clone().into_owned(),
                datainfo: self.datainfo(datainfo),
                optional: optional.contains(&name.as_ref()),
            };
            read.push(member);
        }
        DataInfo::Struct(read)
    }

    fn matrix(&mut self, json: &Json<'_>) -> DataInfo {
        // Which methods there will be is not settled; a compressed blob must not pass for numbers.
        if !matches!(json.get("compression"), None | Some(Json::Null)) {
            return self.generic("the matrix is compressed in an unknown way");
        }
        let Some(element) = json.get("elementtype").and_then(Json::as_text).and_then(Element::parse) else {
            return self.generic("the matrix has no known elementtype");
        };
        let Some(Json::Array(names)) = json.get("names") else {
            return self.generic("the matrix has no names");
        };
        let limits: &[Json<'_>] =
            if let Some(Json::Array(limits)) = json.get("maxlen") { limits } else { &[] };
        let axes = names.iter().enumerate().map(|(index, name)| {
            let limit =
                limits.get(index).and_then(Json::as_whole).and_then(|limit| u64::try_from(limit).ok());
            (name.as_text().unwrap_or_default().to_owned(), limit)
        });
        DataInfo::Matrix(MatrixInfo { axes: axes.collect(), element })
    }

    fn generic(&mut self, why: &str) -> DataInfo {
        self.warn(&format!("{why}; its values are shown as JSON"));
        DataInfo::Generic
    }

    fn unit(&mut self, json: &Json<'_>) -> String {
        match json.get("unit") {
            Some(Json::Text(unit)) => unit.replace('$', self.main_unit),
            None | Some(Json::Null) => String::new(),
            Some(_) => {
                self.warn("the unit is no string");
                String::new()
            }
        }
    }

    fn format(&mut self, json: &Json<'_>, standard: NumberFormat) -> NumberFormat {
        let Some(fmtstr) = json.get("fmtstr") else { return standard };
        fmtstr.as_text().and_then(NumberFormat::parse).unwrap_or_else(|| {
            self.warn("the fmtstr is not one of SECoP's");
            standard
        })
    }

    fn number(&mut self, json: &Json<'_>, name: &str) -> Option<f64> {
        self.property(json, name, |value| value.as_f64().filter(|number| number.is_finite()))
    }

    fn whole(&mut self, json: &Json<'_>, name: &str) -> Option<i128> {
        self.property(json, name, Json::as_whole)
    }

    fn count(&mut self, json: &Json<'_>, name: &str) -> Option<u64> {
        self.property(json, name, |value| u64::try_from(value.as_whole()?).ok())
    }

    fn property<'j, T>(
        &mut self,
        json: &Json<'j>,
        name: &str,
        read: impl Fn(&Json<'j>) -> Option<T>,
    ) -> Option<T> {
        let value = json.get(name).filter(|value| **value != Json::Null)?;
        let read = read(value);
        if read.is_none() {
            self.warn(&format!("{name} is not the number that it should be"));
        }
        read
    }

    fn warn(&mut self, what: &str) {
        self.warnings.add(self.at, what);
    }
}

/// A struct or an enum may have so many members: they are looked up one by one.
const MEMBERS: usize = 1_000;
