//! `date`, and times as people write them.

use std::io;

use bstr::ByteSlice as _;
use jiff::{
    SignedDuration, Span, Timestamp, ToSpan as _, ZonedDateTime,
    civil::{Date, DateTime, Time},
    fmt::{rfc2822, strtime},
    tz::TimeZone,
};

use super::{
    Context,
    options::Options,
    text::{complain, reason, resolve},
};

/// Writes the time, or the one of `-d` or of the file of `-r`, in the format of a `+` operand; `-u` in UTC.
///
/// Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/date.html>, with GNU's `-d`, `-r`, `-I`, `-R`.
pub(super) fn date(context: &mut Context<'_>) -> io::Result<u8> {
    let options = Options {
        short: "d:r:uR",
        long: &[
            ("date", 'd'),
            ("reference", 'r'),
            ("utc", 'u'),
            ("universal", 'u'),
            ("rfc-email", 'R'),
            ("rfc-2822", 'R'),
            ("rfc-3339:", '\u{1}'),
        ],
        stops: false,
    };
    // `-I` and `--iso-8601` have a value only when it is attached.
    let mut iso = None;
    let mut args = context.args.to_vec();
    args.retain(|word| {
        let value = word.strip_prefix(b"-I").or_else(|| word.strip_prefix(b"--iso-8601"));
        let Some(value) = value else { return true };
        iso = Some(value.strip_prefix(b"=").unwrap_or(value).to_str_lossy().into_owned());
        false
    });
    let Some(parsed) = options.read(&args, context.stderr)? else { return Ok(1) };
    let zone = if parsed.has('u') {
        TimeZone::UTC
    } else {
        zone(context.environment.get(b"TZ".as_bstr()).map(|name| name.to_string()).as_deref())
    };
    let now = Timestamp::now().to_zoned_datetime(zone.clone());
    let time = if let Some(text) = parsed.value('d') {
        match parse(&text.to_str_lossy(), &now) {
            Some(time) => time,
            None => {
                complain(context.stderr, context.args, format_args!("invalid date '{text}'"))?;
                return Ok(1);
            }
        }
    } else if let Some(name) = parsed.value('r') {
        match resolve(context.cwd, name).metadata().and_then(|metadata| metadata.modified()) {
            Ok(time) => Timestamp::try_from(time).unwrap_or_default().to_zoned_datetime(zone),
            Err(error) => {
                complain(context.stderr, context.args, format_args!("{name}: {}", reason(&error)))?;
                return Ok(1);
            }
        }
    } else {
        now
    };
    let standard = match (iso.as_deref(), parsed.value('\u{1}').map(|value| value.to_str_lossy())) {
        (Some("" | "date"), _) => "%Y-%m-%d",
        (Some("hours"), _) => "%Y-%m-%dT%H%:z",
        (Some("minutes"), _) => "%Y-%m-%dT%H:%M%:z",
        (Some("seconds"), _) => "%Y-%m-%dT%H:%M:%S%:z",
        (Some("ns"), _) => "%Y-%m-%dT%H:%M:%S,%N%:z",
        (None, Some(value)) if value == "date" => "%Y-%m-%d",
        (None, Some(value)) if value == "seconds" => "%Y-%m-%d %H:%M:%S%:z",
        (None, Some(value)) if value == "ns" => "%Y-%m-%d %H:%M:%S.%N%:z",
        (Some(other), _) => {
            complain(context.stderr, context.args, format_args!("invalid argument '{other}' for '--iso-8601'"))?;
            return Ok(1);
        }
        (None, Some(other)) => {
            complain(context.stderr, context.args, format_args!("invalid argument '{other}' for '--rfc-3339'"))?;
            return Ok(1);
        }
        (None, None) if parsed.has('R') => "%a, %d %b %Y %H:%M:%S %z",
        (None, None) => "%a %b %e %H:%M:%S %Z %Y",
    };
    let format = match parsed.operands[..] {
        [] => standard.to_owned(),
        [operand] if operand.starts_with(b"+") => operand[1..].to_str_lossy().into_owned(),
        [operand] => {
            let message = format!("invalid date '{operand}': setting the clock is not supported");
            complain(context.stderr, context.args, message)?;
            return Ok(1);
        }
        [_, extra, ..] => {
            complain(context.stderr, context.args, format_args!("extra operand '{extra}'"))?;
            return Ok(1);
        }
    };
    let mut line = show(&format, &time).into_bytes();
    line.push(b'\n');
    context.stdout.write_all(&line)?;
    Ok(0)
}

/// A time in a format of `strftime`, with GNU's flags `-`, `_`, `0`, `^` and `:`.
pub(crate) fn show(format: &str, time: &ZonedDateTime) -> String {
    let mut text = String::new();
    let mut rest = format;
    while let Some(at) = rest.find('%') {
        text.push_str(&rest[..at]);
        let directive = &rest[at..];
        let length = 1 + directive[1..]
            .find(|letter: char| !"-_0^#:".contains(letter) && !letter.is_ascii_digit())
            .map_or(directive.len() - 1, |letter| {
                letter + directive[1 + letter..].chars().next().map_or(0, char::len_utf8)
            });
        let directive = &directive[..length];
        match directive {
            // What the crate calls by other names.
            "%N" => text.push_str(&format!("{:09}", time.subsec_nanosecond())),
            "%k" => text.push_str(&format!("{:>2}", time.hour())),
            "%l" => text.push_str(&format!("{:>2}", (time.hour() + 11) % 12 + 1)),
            "%P" => text.push_str(if time.hour() < 12 { "am" } else { "pm" }),
            "%x" => text.push_str(&show("%m/%d/%y", time)),
            "%X" => text.push_str(&show("%H:%M:%S", time)),
            "%c" => text.push_str(&show("%a %b %e %H:%M:%S %Y", time)),
            "%r" => text.push_str(&show("%I:%M:%S %p", time)),
            "%Z" if time.time_zone() == &TimeZone::UTC => text.push_str("UTC"),
            _ => match directive.strip_prefix('%').and_then(|rest| rest.strip_suffix('N')) {
                Some(digits) if digits.len() == 1 && digits != "0" && digits.as_bytes()[0].is_ascii_digit() => {
                    let count = digits.parse().unwrap_or(9);
                    text.push_str(&format!("{:09}", time.subsec_nanosecond())[..count]);
                }
                _ => match strtime::format(directive, time) {
                    Ok(part) => text.push_str(&part),
                    Err(_) => text.push_str(directive),
                },
            },
        }
        rest = &rest[at + length..];
    }
    text.push_str(rest);
    text
}

/// The zone that a `TZ` names, or the system's.
pub(crate) fn zone(name: Option<&str>) -> TimeZone {
    match name.map(|name| name.strip_prefix(':').unwrap_or(name)) {
        None => TimeZone::system(),
        Some("" | "UTC" | "UTC0" | "GMT" | "GMT0") => TimeZone::UTC,
        Some(name) => TimeZone::get(name).or_else(|_| TimeZone::posix(name)).unwrap_or(TimeZone::UTC),
    }
}

/// Reads a time: what ISO 8601, RFC 3339 and RFC 2822 have, `@seconds`, words such as `tomorrow` and `2 days ago`, and
/// several of these after one another.
pub(crate) fn parse(text: &str, now: &ZonedDateTime) -> Option<ZonedDateTime> {
    let text = text.trim();
    if let Some(seconds) = text.strip_prefix('@') {
        let seconds: f64 = seconds.parse().ok()?;
        let duration = SignedDuration::try_from_secs_f64(seconds).ok()?;
        return Some(Timestamp::from_duration(duration).ok()?.to_zoned_datetime(now.time_zone().clone()));
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time.to_zoned_datetime(now.time_zone().clone()));
    }
    if let Ok(time) = rfc2822::parse(text) {
        return Some(time.with_time_zone(now.time_zone().clone()));
    }
    Words::read(text, now)
}

/// The parts of a time, word by word.
struct Words {
    date: Option<Date>,
    time: Option<Time>,
    utc: bool,
    offset: Vec<Span>,
}

impl Words {
    fn read(text: &str, now: &ZonedDateTime) -> Option<ZonedDateTime> {
        let mut found = Self { date: None, time: None, utc: false, offset: Vec::new() };
        let spaced = text.replace(',', " ");
        let mut words = spaced.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let lower = word.to_ascii_lowercase();
            if found.civil(word) {
                continue;
            }
            match &*lower {
                "now" | "today" => {}
                "midnight" => found.time = Some(Time::midnight()),
                "noon" => found.time = Some(Time::constant(12, 0, 0, 0)),
                "tomorrow" => found.offset.push(1.day()),
                "yesterday" => found.offset.push(-1.day()),
                "utc" | "gmt" | "z" => found.utc = true,
                "ago" => {
                    let last = found.offset.pop()?;
                    found.offset.push(-last);
                }
                "next" | "last" => {
                    let count = if lower == "next" { 1 } else { -1 };
                    found.offset.push(span(count, &words.next()?.to_ascii_lowercase())?);
                }
                _ => {
                    let digits = lower.trim_start_matches(['+', '-']);
                    let unit_at = digits.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(digits.len());
                    if unit_at == 0 {
                        found.date = Some(weekday(&lower, now)?);
                        continue;
                    }
                    let count: i64 = digits[..unit_at].parse().ok()?;
                    let count = if lower.starts_with('-') { -count } else { count };
                    let unit = if unit_at < digits.len() {
                        digits[unit_at..].to_owned()
                    } else {
                        words.next()?.to_ascii_lowercase()
                    };
                    found.offset.push(span(count, &unit)?);
                }
            }
        }
        let zone = if found.utc { TimeZone::UTC } else { now.time_zone().clone() };
        let here = now.with_time_zone(zone.clone());
        let time = match (found.date, found.time) {
            (None, None) => here.datetime(),
            (date, time) => date.unwrap_or_else(|| here.date()).to_datetime(time.unwrap_or(Time::midnight())),
        };
        let mut zoned = time.to_zoned_datetime(zone).ok()?;
        for span in found.offset {
            zoned = zoned.checked_add(span).ok()?;
        }
        Some(zoned.with_time_zone(now.time_zone().clone()))
    }

    /// A word that is a date, a time, or both.
    fn civil(&mut self, word: &str) -> bool {
        let (word, utc) = match word.strip_suffix('Z') {
            Some(bare) if bare.contains(':') => (bare, true),
            _ => (word, false),
        };
        for format in ["%Y-%m-%d", "%Y/%m/%d", "%m/%d/%Y", "%Y%m%d"] {
            if let Ok(date) = Date::strptime(format, word) {
                self.date = Some(date);
                return true;
            }
        }
        if word.contains('T')
            && let Ok(both) = word.parse::<DateTime>()
        {
            (self.date, self.time) = (Some(both.date()), Some(both.time()));
            self.utc |= utc;
            return true;
        }
        if word.contains(':')
            && let Ok(time) = word.parse::<Time>().or_else(|_| Time::strptime("%H:%M", word))
        {
            self.time = Some(time);
            self.utc |= utc;
            return true;
        }
        false
    }
}

fn span(count: i64, unit: &str) -> Option<Span> {
    let span = Span::new();
    match unit.strip_suffix('s').filter(|unit| !unit.is_empty()).unwrap_or(unit) {
        "sec" | "second" => span.try_seconds(count),
        "min" | "minute" => span.try_minutes(count),
        "hour" => span.try_hours(count),
        "day" => span.try_days(count),
        "week" => span.try_weeks(count),
        "fortnight" => span.try_weeks(count.checked_mul(2)?),
        "month" => span.try_months(count),
        "year" => span.try_years(count),
        _ => return None,
    }
    .ok()
}

/// The next day of that name, today included.
fn weekday(word: &str, now: &ZonedDateTime) -> Option<Date> {
    const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let wanted = DAYS.iter().position(|day| word.len() >= 3 && day.starts_with(word))?;
    let today = now.date().weekday().to_monday_zero_offset();
    let ahead = (i64::try_from(wanted).ok()? - i64::from(today)).rem_euclid(7);
    now.date().checked_add(Span::new().try_days(ahead).ok()?).ok()
}

/// A time as `touch -t` takes it: `[[CC]YY]MMDDhhmm[.ss]`.
pub(crate) fn parse_stamp(text: &str, now: &ZonedDateTime) -> Option<ZonedDateTime> {
    let (digits, seconds) = match text.split_once('.') {
        Some((digits, seconds)) if seconds.len() == 2 => (digits, seconds.parse().ok()?),
        Some(_) => return None,
        None => (text, 0_i8),
    };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match digits.len() {
        8 => (now.year(), digits),
        10 => {
            let year: i16 = digits[..2].parse().ok()?;
            (if year < 69 { 2000 + year } else { 1900 + year }, &digits[2..])
        }
        12 => (digits[..4].parse().ok()?, &digits[4..]),
        _ => return None,
    };
    let part = |at: usize| rest[at..at + 2].parse::<i8>().ok();
    let time = DateTime::new(year, part(0)?, part(2)?, part(4)?, part(6)?, seconds.min(59), 0).ok()?;
    time.to_zoned_datetime(now.time_zone().clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> ZonedDateTime {
        "2024-02-28T12:34:56[UTC]".parse().unwrap()
    }

    #[test]
    fn times_as_people_write_them() {
        for (text, expected) in [
            ("@0", "1970-01-01T00:00:00"),
            ("@86400", "1970-01-02T00:00:00"),
            ("2020-01-02", "2020-01-02T00:00:00"),
            ("2020-01-02 03:04", "2020-01-02T03:04:00"),
            ("2020-01-02 03:04:05", "2020-01-02T03:04:05"),
            ("2020-01-02T03:04:05", "2020-01-02T03:04:05"),
            ("2020-01-02T03:04:05Z", "2020-01-02T03:04:05"),
            ("2020-01-02T03:04:05+02:00", "2020-01-02T01:04:05"),
            ("Thu, 02 Jan 2020 03:04:05 +0000", "2020-01-02T03:04:05"),
            ("now", "2024-02-28T12:34:56"),
            ("tomorrow", "2024-02-29T12:34:56"),
            ("yesterday", "2024-02-27T12:34:56"),
            ("2 days ago", "2024-02-26T12:34:56"),
            ("+1 week", "2024-03-06T12:34:56"),
            ("1 hour", "2024-02-28T13:34:56"),
            ("next month", "2024-03-28T12:34:56"),
            ("last year", "2023-02-28T12:34:56"),
            ("2020-01-31 +1 day", "2020-02-01T00:00:00"),
            ("friday", "2024-03-01T00:00:00"),
        ] {
            let time = parse(text, &now()).map(|time| time.datetime().to_string());
            assert_eq!(time.as_deref(), Some(expected), "{text}");
        }
        for text in ["", "nonsense", "12 parsecs", "2020-13-01"] {
            let ignored = text.is_empty();
            assert_eq!(parse(text, &now()).is_some(), ignored, "{text}");
        }
    }

    #[test]
    fn formats() {
        let time: ZonedDateTime = "2024-02-03T04:05:06.123456789[UTC]".parse().unwrap();
        for (format, expected) in [
            ("%Y-%m-%d %H:%M:%S", "2024-02-03 04:05:06"),
            ("%s", "1706933106"),
            ("%N", "123456789"),
            ("%3N", "123"),
            ("%a %A %b %B", "Sat Saturday Feb February"),
            ("%e|%k|%l|%-d|%_d", " 3| 4| 4|3| 3"),
            ("%j %u %w %y %C", "034 6 6 24 20"),
            ("%F %T %D %R", "2024-02-03 04:05:06 02/03/24 04:05"),
            ("%p %P %I", "AM am 04"),
            ("%z %:z %Z", "+0000 +00:00 UTC"),
            ("%%|%n|%t|", "%|\n|\t|"),
            ("%^a", "SAT"),
            ("%G-W%V", "2024-W05"),
            ("%! é", "%! é"),
        ] {
            assert_eq!(show(format, &time), expected, "{format}");
        }
    }

    #[test]
    fn stamps() {
        for (text, expected) in [
            ("202001020304", Some("2020-01-02T03:04:00")),
            ("2001020304.05", Some("2020-01-02T03:04:05")),
            ("01020304", Some("2024-01-02T03:04:00")),
            ("7", None),
            ("202013020304", None),
        ] {
            assert_eq!(
                parse_stamp(text, &now()).map(|time| time.datetime().to_string()).as_deref(),
                expected,
                "{text}"
            );
        }
    }
}
