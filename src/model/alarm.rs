//! Alarm thresholds: when a value needs eyes, and when it no longer does.
//!
//! A grade is raised once the value has been beyond its threshold for a while, and goes once it has been back for a
//! while: a value that trembles on a threshold does not blink. Nothing in here keeps a timer: an [`Alarm`] says when
//! it would change by time alone.

use std::time::Duration;

use super::reading::Severity;
use super::time::Instant;
use super::value::Value;

/// What decides when a channel's value is too old, and when it needs eyes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Monitoring {
    /// Thresholds; `None` for none.
    pub thresholds: Option<Box<Thresholds>>,
    /// It is stale after so long without a reading, whatever its cadence.
    pub stale_after: Option<Duration>,
}

/// What a person says of a channel that its source does not, or sees otherwise.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Personal {
    /// The unit of a channel whose source tells none; empty for none.
    pub unit: String,
    /// Thresholds in place of the source's; `None` for those.
    pub thresholds: Option<Thresholds>,
}

impl Personal {
    /// Nothing is said.
    pub fn is_empty(&self) -> bool {
        self.unit.is_empty() && self.thresholds.is_none()
    }
}

/// When a value needs eyes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Thresholds {
    /// For numbers: from the value on (`high`) or down to it (`low`) the grade holds.
    pub bounds: Vec<Bound>,
    /// For everything else, and for the labels of enums: what the value reads as, with `*` and `?` for any letters and
    /// any one, and its grade. The first that fits counts.
    pub states: Vec<(String, Grade)>,
    /// A value must be beyond a threshold for so long before its grade is raised.
    pub on_after: Duration,
    /// It must be back for so long before the grade goes.
    pub off_after: Duration,
}

/// A threshold of a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// What it means to be beyond it.
    pub grade: Grade,
    /// Which side is beyond.
    pub side: Side,
    /// The threshold itself; it is beyond.
    pub at: f64,
}

/// Which side of a threshold is beyond it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Values that are smaller.
    Low,
    /// Values that are greater.
    High,
}

/// How bad a value is, in the steps of a control room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// As it should be.
    #[default]
    Normal,
    /// Look at it when there is time.
    Warning,
    /// Something is a little wrong.
    Minor,
    /// Something is wrong.
    Major,
    /// Act now.
    Critical,
}

impl Grade {
    /// All that can be raised.
    pub const RAISED: [Self; 4] = [Self::Warning, Self::Minor, Self::Major, Self::Critical];

    /// Its name in documents and for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Warning => "warning",
            Self::Minor => "minor",
            Self::Major => "major",
            Self::Critical => "critical",
        }
    }

    /// The grade of a name.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Normal].into_iter().chain(Self::RAISED).find(|grade| grade.word() == word)
    }

    /// How bad it is on the page, which tells two steps apart.
    pub fn severity(self) -> Severity {
        match self {
            Self::Normal => Severity::Normal,
            Self::Warning | Self::Minor => Severity::Warning,
            Self::Major | Self::Critical => Severity::Alarm,
        }
    }
}

impl Side {
    /// Its name in documents and for people.
    pub fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }
}

impl Thresholds {
    /// A grade waits no longer than a day.
    pub const LONGEST_WAIT: Duration = Duration::from_hours(24);
    /// So many words can have a grade.
    pub const STATES: usize = 100;

    /// All thresholds that a number can have, in the order of an axis.
    pub fn places() -> impl Iterator<Item = (Grade, Side)> {
        let low = Grade::RAISED.into_iter().rev().map(|grade| (grade, Side::Low));
        low.chain(Grade::RAISED.into_iter().map(|grade| (grade, Side::High)))
    }

    /// How bad a value is by itself, and which threshold says so.
    pub fn grade(&self, value: &Value) -> (Grade, Option<Bound>) {
        if let Some(grade) = self.state_of(value) {
            return (grade, None);
        }
        let Some(number) = value.as_number() else { return (Grade::Normal, None) };
        let worst =
            self.bounds.iter().filter(|bound| bound.is_beyond(number)).max_by_key(|bound| bound.grade);
        worst.map_or((Grade::Normal, None), |bound| (bound.grade, Some(*bound)))
    }

    /// The same in words, e.g. `critical high`; empty for a normal value.
    pub fn words(&self, value: &Value) -> String {
        match self.grade(value) {
            (Grade::Normal, _) => String::new(),
            (grade, Some(bound)) => [grade.word(), " ", bound.side.word()].concat(),
            (grade, None) => grade.word().to_owned(),
        }
    }

    fn state_of(&self, value: &Value) -> Option<Grade> {
        let text = match value {
            Value::Bool(on) => if *on { "true" } else { "false" }.to_owned(),
            Value::Text(text) => text.clone(),
            Value::Enum { label: Some(label), .. } => label.to_string(),
            Value::Enum { code, label: None } => code.to_string(),
            Value::Integer(whole) => whole.to_string(),
            Value::Null => "null".to_owned(),
            Value::Number(_)
            | Value::Array(_)
            | Value::Record(_)
            | Value::Matrix { .. }
            | Value::Bytes(_)
            | Value::Json(_) => return None,
        };
        self.states.iter().find(|(pattern, _)| fits(pattern, &text)).map(|(_, grade)| *grade)
    }
}

impl Bound {
    /// Its name in documents, e.g. `warning_high`.
    pub fn name(grade: Grade, side: Side) -> String {
        [grade.word(), "_", side.word()].concat()
    }

    fn is_beyond(&self, number: f64) -> bool {
        match self.side {
            Side::Low => number <= self.at,
            Side::High => number >= self.at,
        }
    }
}

/// Whether a text fits a pattern with `*` for any letters and `?` for any one.
pub fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where the last star stands, and what it has swallowed so far.
    let mut star = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(letter) if *letter == '?' || *letter == text[t] => {
                p += 1;
                t += 1;
            }
            Some(_) | None => {
                let Some((at, swallowed)) = star else { return false };
                star = Some((at, swallowed + 1));
                (p, t) = (at + 1, swallowed + 1);
            }
        }
    }
    pattern[p..].iter().all(|letter| *letter == '*')
}

/// The grade of one channel, with its memory.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alarm {
    raw: Grade,
    /// For each grade that can be raised: whether it is, and since when the value says otherwise.
    latches: [Latch; Grade::RAISED.len()],
}

#[derive(Clone, Copy, Debug, Default)]
struct Latch {
    is_on: bool,
    differs_since: Option<Instant>,
}

impl Alarm {
    /// The grade that holds.
    pub fn grade(&self) -> Grade {
        let highest = Grade::RAISED.into_iter().zip(self.latches).rfind(|(_, latch)| latch.is_on);
        highest.map_or(Grade::Normal, |(grade, _)| grade)
    }

    /// A value came. Whether another grade holds now. One that is no number where numbers are graded says nothing: a
    /// sensor that breaks does not end an alarm.
    pub fn observe(&mut self, thresholds: &Thresholds, value: &Value, now: Instant) -> bool {
        let is_nothing = match value {
            Value::Number(number) => number.is_nan(),
            Value::Null => thresholds.state_of(value).is_none(),
            Value::Bool(_)
            | Value::Integer(_)
            | Value::Text(_)
            | Value::Enum { .. }
            | Value::Array(_)
            | Value::Record(_)
            | Value::Matrix { .. }
            | Value::Bytes(_)
            | Value::Json(_) => false,
        };
        if !is_nothing {
            self.raw = thresholds.grade(value).0;
        }
        self.pass(thresholds, now)
    }

    /// Time went by. Whether another grade holds now.
    pub fn pass(&mut self, thresholds: &Thresholds, now: Instant) -> bool {
        let before = self.grade();
        for (grade, latch) in Grade::RAISED.into_iter().zip(&mut self.latches) {
            if (self.raw >= grade) == latch.is_on {
                latch.differs_since = None;
                continue;
            }
            let wait = if latch.is_on { thresholds.off_after } else { thresholds.on_after };
            let since = *latch.differs_since.get_or_insert(now);
            if since + wait <= now {
                *latch = Latch { is_on: !latch.is_on, differs_since: None };
            }
        }
        self.grade() != before
    }

    /// It may change by time alone.
    pub fn is_pending(&self) -> bool {
        self.latches.iter().any(|latch| latch.differs_since.is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thresholds(on: u64, off: u64) -> Thresholds {
        let bound = |grade, side, at| Bound { grade, side, at };
        Thresholds {
            bounds: vec![
                bound(Grade::Warning, Side::High, 30.0),
                bound(Grade::Critical, Side::High, 40.0),
                bound(Grade::Major, Side::Low, -5.0),
            ],
            states: vec![("ok*".to_owned(), Grade::Normal), ("f?ult".to_owned(), Grade::Critical)],
            on_after: Duration::from_secs(on),
            off_after: Duration::from_secs(off),
        }
    }

    #[test]
    fn the_worst_threshold_that_is_passed_counts() {
        let thresholds = thresholds(0, 0);
        for (value, grade) in [(29.9, "normal"), (30.0, "warning"), (40.0, "critical"), (-5.0, "major")] {
            assert_eq!(thresholds.grade(&Value::Number(value)).0.word(), grade, "{value}");
        }
        assert_eq!(thresholds.grade(&Value::Number(f64::NAN)).0, Grade::Normal);
        assert_eq!(thresholds.words(&Value::Integer(41)), "critical high");
    }

    #[test]
    fn words_fit_patterns() {
        let thresholds = thresholds(0, 0);
        for (text, grade) in
            [("ok", "normal"), ("okay", "normal"), ("fault", "critical"), ("faults", "normal")]
        {
            assert_eq!(thresholds.grade(&Value::Text(text.to_owned())).0.word(), grade, "{text}");
        }
        for (pattern, text, expected) in [
            ("", "", true),
            ("*", "", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b", "ab ", false),
            ("?", "", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_grade_waits_before_it_comes_and_before_it_goes() {
        let thresholds = thresholds(2, 5);
        let mut alarm = Alarm::default();
        let mut at = |seconds: f64, value: f64| {
            alarm.observe(&thresholds, &Value::Number(value), Instant(seconds * 1000.0));
            alarm.grade().word()
        };
        assert_eq!(at(0.0, 35.0), "normal");
        assert_eq!(at(1.0, 20.0), "normal");
        // It was back in between: the time starts anew.
        assert_eq!(at(2.0, 35.0), "normal");
        assert_eq!(at(3.9, 45.0), "normal");
        assert_eq!(at(4.0, 45.0), "warning");
        assert_eq!(at(5.9, 45.0), "critical");
        assert_eq!(at(6.0, 35.0), "critical");
        assert_eq!(at(11.0, 35.0), "warning");
        assert_eq!(at(12.0, 20.0), "warning");
        assert_eq!(at(17.0, 20.0), "normal");
    }

    #[test]
    fn a_sensor_that_breaks_does_not_end_an_alarm() {
        let thresholds = thresholds(0, 0);
        let mut alarm = Alarm::default();
        alarm.observe(&thresholds, &Value::Number(50.0), Instant(0.0));
        for broken in [Value::Number(f64::NAN), Value::Null] {
            alarm.observe(&thresholds, &broken, Instant(1e6));
            assert_eq!(alarm.grade(), Grade::Critical);
        }
    }

    #[test]
    fn time_alone_raises_and_ends_it() {
        let thresholds = thresholds(2, 1);
        let mut alarm = Alarm::default();
        assert!(!alarm.observe(&thresholds, &Value::Number(50.0), Instant(0.0)));
        assert!(alarm.is_pending());
        assert!(!alarm.pass(&thresholds, Instant(1999.0)));
        assert!(alarm.pass(&thresholds, Instant(2000.0)));
        assert_eq!((alarm.grade(), alarm.is_pending()), (Grade::Critical, false));
    }
}
