//! What the window can ask: one file per verb, each a few lines of parse → call the desk → convert.

pub mod check;
pub mod check_in;
pub mod choose_event;
pub mod day;
pub mod diagnosis;
pub mod dismiss;
pub mod hand_over;
pub mod identify;
pub mod look;
pub mod offline;
pub mod practice;
pub mod reader;
pub mod redeem;
pub mod refresh;
pub mod sell;
pub mod settings;
pub mod startup;
pub mod undo;
pub mod way_in;

use crate::dto::Problem;

/// The longest text that is typed in any field, in bytes.
const LONGEST: usize = 200;

/// Refuses what nobody would type.
fn short(text: &str) -> Result<(), Problem> {
    if text.len() > LONGEST { Err(Problem::clerk("typed.tooLong")) } else { Ok(()) }
}
