//! The date of answers.

use std::cell::RefCell;
use std::time::{SystemTime, UNIX_EPOCH};

use http::header::HeaderValue;

/// The value of `Date`, made once a second.
#[derive(Debug)]
pub(crate) struct Date(RefCell<(u64, HeaderValue)>);

impl Default for Date {
    fn default() -> Self {
        Self(RefCell::new((0, HeaderValue::from_static(""))))
    }
}

impl Date {
    /// The date of now.
    pub(crate) fn now(&self) -> HeaderValue {
        let now = SystemTime::now();
        let second = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let mut kept = self.0.borrow_mut();
        if kept.0 != second
            && let Ok(date) = HeaderValue::try_from(httpdate::fmt_http_date(now))
        {
            *kept = (second, date);
        }
        kept.1.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn is_of_now() {
        let date = Date::default();
        let first = date.now();
        let time = httpdate::parse_http_date(first.to_str().unwrap()).unwrap();
        assert!(SystemTime::now().duration_since(time).unwrap() < Duration::from_mins(1));
    }
}
