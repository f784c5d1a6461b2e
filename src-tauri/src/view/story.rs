//! The life of one entry, as the window sees it and as it may be copied: no number of a pass stands in it whole.

use super::line;
use crate::dto::{Problem, StoryLineView, StoryView};
use balie_core::entry::EntryId;
use balie_core::time::{Moment, in_brussels};
use balie_desk::desk::Desk;
use balie_desk::story::StoryLine;

/// What stands between the parts of a detail.
const BETWEEN: &str = " · ";

/// How the part with a moment of UiTPAS begins.
const SERVER: &str = "server ";

/// How many digits a number of a pass has.
const DIGITS_OF_A_PASS: usize = 13;

/// The life of one entry; `None` when there is no such entry.
pub async fn story(desk: &Desk, entry: EntryId) -> Result<Option<StoryView>, Problem> {
    let Some(story) = desk.life_of(entry).await? else { return Ok(None) };
    Ok(Some(StoryView { line: line(&story.recorded), lines: in_order(story.lines).iter().map(story_line).collect() }))
}

/// What UiTPAS holds comes last: it dates that by its own clock, in whole seconds. Of what happened in the same moment, the
/// attempt comes before its answer, and the answer before what it led to.
fn in_order(mut lines: Vec<StoryLine>) -> Vec<StoryLine> {
    let place = |what: &str| match what.split_once('.') {
        Some(("step", "recorded")) => 0,
        Some(("step", "send_again" | "is_not_there")) => 1,
        Some(("step", "claim")) => 2,
        Some(("sent", _)) => 3,
        Some(("answered", _)) => 4,
        Some(("looked", _)) => 5,
        _ => 6,
    };
    lines.sort_by_key(|line| (line.what.starts_with("record."), line.at, place(&line.what)));
    lines
}

fn story_line(line: &StoryLine) -> StoryLineView {
    StoryLineView {
        at: if line.at == Moment::UNIX_EPOCH { String::new() } else { second(line.at) },
        code: format!("story.{}", camel(&line.what)),
        details: line.detail.split(BETWEEN).filter(|part| !part.is_empty()).map(detail).collect(),
    }
}

fn second(at: Moment) -> String {
    in_brussels(at).strftime("%d/%m %H:%M:%S").to_string()
}

/// A moment of UiTPAS stands there in milliseconds; whoever reads it wants the hour.
fn detail(part: &str) -> String {
    let milliseconds = part.strip_prefix(SERVER).and_then(|digits| digits.parse().ok());
    match milliseconds.and_then(|milliseconds| Moment::from_millisecond(milliseconds).ok()) {
        Some(at) => format!("{SERVER}{}", second(at)),
        None => masked(part),
    }
}

/// `step.found_open` is `step.foundOpen` in the files of texts, and `record.taken out` is `record.takenOut`.
fn camel(code: &str) -> String {
    let mut parts = code.split(['_', ' ']);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |whole, part| {
        let mut letters = part.chars();
        let capital = letters.next().map(|letter| letter.to_ascii_uppercase());
        whole + &capital.into_iter().collect::<String>() + letters.as_str()
    })
}

/// Keeps the last four digits of whatever is as long as a number of a pass, or longer. Ids keep their letters.
fn masked(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        whole.push_str(before);
        if digits.len() >= DIGITS_OF_A_PASS {
            whole.push_str("••• ");
            whole.push_str(&digits[digits.len() - 4..]);
        } else {
            whole.push_str(digits);
        }
        rest = after;
    }
    whole + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_number_of_a_pass_leaves_whole() {
        assert_eq!(masked("0900000067513"), "••• 7513");
        assert_eq!(masked("POST 0900000067513, then 201"), "POST ••• 7513, then 201");
        assert_eq!(masked("bon B1-000412, 6 rijen"), "bon B1-000412, 6 rijen");
        assert_eq!(masked("3f2a-900000067513-é"), "3f2a-900000067513-é");
        assert_eq!(masked(""), "");
    }

    #[test]
    fn codes_read_as_the_files_of_texts_write_them() {
        assert_eq!(camel("step.found_open"), "step.foundOpen");
        assert_eq!(camel("attempt.class.not_processed"), "attempt.class.notProcessed");
        assert_eq!(camel("record.taken out"), "record.takenOut");
        assert_eq!(camel("recorded"), "recorded");
    }

    #[test]
    fn of_one_moment_the_attempt_comes_before_its_answer_and_what_uitpas_holds_comes_last() {
        let line = |at: &str, what: &str| StoryLine { at: at.parse().unwrap(), what: what.into(), detail: "".into() };
        let (first, then) = ("2026-11-21T09:42:07.2Z", "2026-11-21T09:42:07.3Z");
        let told = in_order(vec![
            line("2026-11-21T09:42:07Z", "record.is there"),
            line(first, "step.recorded"),
            line(then, "step.claim"),
            line(then, "step.accepted"),
            line(then, "sent.intent"),
            line(then, "answered.accepted"),
        ]);
        let told: Vec<&str> = told.iter().map(|line| line.what.as_str()).collect();
        let order =
            ["step.recorded", "step.claim", "sent.intent", "answered.accepted", "step.accepted", "record.is there"];
        assert_eq!(told, order);
    }

    #[test]
    fn a_detail_falls_in_parts_and_the_hour_of_uitpas_can_be_read() {
        let at = "2026-11-21T09:42:07Z".parse().unwrap();
        let told = |at, detail: &str| story_line(&StoryLine { at, what: "sent.intent".into(), detail: detail.into() });
        let line = told(at, &format!("batch 4 · server {} · bon", at.as_millisecond()));
        assert_eq!((line.at.as_str(), line.code.as_str()), ("21/11 10:42:07", "story.sent.intent"));
        assert_eq!(line.details, ["batch 4", "server 21/11 10:42:07", "bon"]);
        let line = told(Moment::UNIX_EPOCH, "server ? · 0900000067513");
        assert_eq!((line.at.as_str(), line.details), ("", vec!["server ?".to_owned(), "••• 7513".to_owned()]));
        assert!(told(at, "").details.is_empty());
    }
}
