//! Going along the screens, one window for each desk.

use std::error::Error;
use std::io;

use crate::clerk::Clerk;
use crate::faces::place::{Language, World, missing};
use crate::faces::table::{FACES, Face, PLACES, Place};
use crate::skip::skipped;

/// Which screens are gone to.
#[derive(Debug, Clone)]
pub struct Walk {
    /// The language of the desks.
    pub language: Language,
    /// The screens whose name contains this; the others are passed through where they are on the way.
    pub only: Option<String>,
}

impl Walk {
    /// All screens in a language.
    pub const fn through(language: Language) -> Self {
        Self { language, only: None }
    }

    fn is_wanted(&self, face: &Face) -> bool {
        self.only.as_ref().is_none_or(|only| face.name.contains(only.as_str()))
    }

    /// Goes to every screen and looks at it. Gives how many were looked at.
    ///
    /// # Errors
    /// Names the screen that could not be come to, or what the look came to.
    pub async fn look<L>(&self, mut look: L) -> Result<usize, Box<dyn Error>>
    where
        L: AsyncFnMut(&Clerk, &Face) -> io::Result<()>,
    {
        let mut count = 0;
        for place in PLACES {
            let rows: Vec<&Face> = FACES.iter().filter(|face| face.place == place).collect();
            let Some(last) = rows.iter().rposition(|face| self.is_wanted(face)) else { continue };
            if skipped(missing(place)) {
                continue;
            }
            count += self.look_at(place, &rows[..=last], &mut look).await?;
        }
        Ok(count)
    }

    async fn look_at<L>(&self, place: Place, rows: &[&Face], look: &mut L) -> Result<usize, Box<dyn Error>>
    where
        L: AsyncFnMut(&Clerk, &Face) -> io::Result<()>,
    {
        let world = World::open(place, self.language).await?;
        let mut count = 0;
        for face in rows {
            let named = |why: io::Error| io::Error::other(format!("{} in {}: {why}", face.name, self.language.code()));
            for step in face.way {
                step.take(&world.clerk, &world).await.map_err(named)?;
            }
            if self.is_wanted(face) {
                look(&world.clerk, face).await.map_err(named)?;
                count += 1;
            }
        }
        world.leave().await?;
        Ok(count)
    }
}
