//! The words of the command line.

use super::Failure;

/// What was asked for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// How often a desk is killed, over all rounds.
    pub kills: u32,
    /// What all random choices follow from. The moments of the computer are its own.
    pub seed: u64,
    /// How many desks are killed side by side, each with a UiTPAS of its own.
    pub workers: u32,
    /// How often a desk is killed before its books are compared and another one takes its place.
    pub round: u32,
}

impl Wanted {
    /// Reads the words.
    ///
    /// # Errors
    /// Names the word that is not known.
    pub fn parse(words: &[String]) -> Result<Self, Failure> {
        // A desk waits half of its life: twice as many as the computer has cores keep it busy.
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let workers = u32::try_from(2 * cores)?;
        let mut wanted = Self { kills: 10_000, seed: rand::random(), workers, round: 250 };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut number = || -> Result<u64, Failure> {
                let text = words.next().ok_or_else(|| format!("{word} needs a number"))?;
                text.parse().map_err(|_| format!("{word} needs a number, not `{text}`").into())
            };
            match word.as_str() {
                "--kills" => wanted.kills = u32::try_from(number()?)?,
                "--seed" => wanted.seed = number()?,
                "--workers" => wanted.workers = u32::try_from(number()?)?.max(1),
                "--round" => wanted.round = u32::try_from(number()?)?.max(1),
                _ => return Err(format!("there is no option `{word}`").into()),
            }
        }
        Ok(wanted)
    }
}
