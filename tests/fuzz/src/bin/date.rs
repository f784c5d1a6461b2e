//! Moments as UiTPAS writes them: whatever is accepted reads back as itself and has a place in the calendar of Brussels.
#![no_main]

use balie_core::time::{Moment, Period, date_of, days_between};
use balie_remote::facts::moment;
use libfuzzer_sys::fuzz_target;

const PERIODS: [Period; 6] =
    [Period::Absolute, Period::Day, Period::Week, Period::Month, Period::Quarter, Period::Year];

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let Some(at) = moment(text) else { return };
    assert_eq!(moment(&at.to_string()), Some(at), "it reads back as another moment");
    if let Ok(with_offset) = text.parse::<Moment>() {
        assert_eq!(at, with_offset, "its offset is not the one that was written");
    }
    for period in PERIODS {
        assert!(period.holds_both(at, at), "it is not in its own period");
    }
    assert_eq!(days_between(date_of(at), date_of(at)), 0);
});
