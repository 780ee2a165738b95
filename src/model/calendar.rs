//! Days and dates, in the proleptic Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms").
//!
//! Years are counted from a March on, so that the leap day is the last of its year.

const DAYS_IN_400_YEARS: i64 = 146_097;
/// From the first of March of the year 0 to 1970-01-01.
const FROM_MARCH_OF_YEAR_0: i64 = 719_468;

/// Year, month and day of a day counted from 1970-01-01.
pub fn date(days: i64) -> (i64, i64, i64) {
    let shifted = days + FROM_MARCH_OF_YEAR_0;
    let era = shifted.div_euclid(DAYS_IN_400_YEARS);
    let day_of_era = shifted.rem_euclid(DAYS_IN_400_YEARS);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month, day)
}

/// The inverse of [`date`] for a date that there is; `None` for any other.
pub fn day_number(year: i64, month: i64, day: i64) -> Option<i64> {
    let counted = year - i64::from(month <= 2);
    let (era, year_of_era) = (counted.div_euclid(400), counted.rem_euclid(400));
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    let number = era * DAYS_IN_400_YEARS + day_of_era - FROM_MARCH_OF_YEAR_0;
    (date(number) == (year, month, day)).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_day_has_a_date_of_its_own_that_follows_the_one_before() {
        assert_eq!(date(0), (1970, 1, 1));
        assert_eq!(date(20_777), (2026, 11, 20));
        let mut day = -800_000;
        let (mut year, mut month, mut at) = date(day);
        while day < 800_000 {
            assert_eq!(date(day), (year, month, at));
            assert_eq!(day_number(year, month, at), Some(day));
            let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
            let last = match month {
                2 => 28 + i64::from(is_leap),
                4 | 6 | 9 | 11 => 30,
                _ => 31,
            };
            (day, at) = (day + 1, at + 1);
            if at > last {
                (month, at) = (month + 1, 1);
            }
            if month > 12 {
                (year, month) = (year + 1, 1);
            }
        }
    }

    #[test]
    fn what_is_no_date_has_no_number() {
        for (year, month, day) in [
            (2026, 0, 1),
            (2026, 13, 1),
            (2026, 2, 29),
            (2024, 2, 30),
            (1900, 2, 29),
            (2026, 4, 31),
            (2026, 1, 0),
            (2026, 1, 32),
        ] {
            assert_eq!(day_number(year, month, day), None, "{year}-{month}-{day}");
        }
        assert!(day_number(2000, 2, 29).is_some() && day_number(2024, 2, 29).is_some());
    }
}
