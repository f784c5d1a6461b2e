//! Every screen of the window, each with the way to it: the one table that the pictures, the check of accessibility and the
//! check of the text that is cut off share. A new screen is one more row in [`table`].

pub mod look;
pub mod place;
pub mod proof;
pub mod table;
pub mod walk;
pub mod way;

pub use look::{Size, Theme};
pub use place::Language;
pub use table::{FACES, Face, Place};
pub use walk::Walk;
