//! What the window can ask: one file per verb, each a few lines of parse → call the desk → convert.

pub mod choose_event;
pub mod dismiss;
pub mod identify;
pub mod look;
pub mod practice;
pub mod refresh;
pub mod sell;
pub mod startup;
pub mod undo;
