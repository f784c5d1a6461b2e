//! The keys of a profile while the program runs: taken out of the vault when the desk opens, and put away when it is locked.

use crate::dto::Problem;
use crate::setup::Folder;
use balie_store::key::{Key, KeyError};
use balie_store::pin::Pin;
use balie_store::recovery::RecoveryCode;
use balie_store::vault::{Keys, Lock, PinError, Vault};
use std::sync::{Arc, Mutex, PoisonError};

/// The vault of a profile, and what was taken out of it.
pub struct Safe {
    /// The name of the profile in the keyring.
    pub profile: String,
    inside: Mutex<Inside>,
}

struct Inside {
    vault: Vault,
    /// What is sent while the desk is locked stands in the ledger, so its key is needed then as well.
    ledger: Option<Key>,
    /// Forgotten while the desk is locked.
    snapshot: Option<Key>,
    /// Drawn, and not written down yet as far as is known.
    drawn: Option<RecoveryCode>,
}

impl Inside {
    fn take_out(&mut self, keys: &Keys) {
        (self.ledger, self.snapshot) = (Some(keys.ledger.clone()), Some(keys.snapshot.clone()));
    }

    fn keys(&self) -> Option<Keys> {
        let (ledger, snapshot) = (self.ledger.clone()?, self.snapshot.clone()?);
        Some(Keys { ledger, snapshot, snapshot_is_new: false })
    }
}

impl Safe {
    /// The vault of a profile. Waits for the disk.
    pub fn at(folder: &Folder, profile: String) -> Result<Arc<Self>, KeyError> {
        let vault = Vault::at(folder.path(), &profile)?;
        Ok(Arc::new(Self { profile, inside: Mutex::new(Inside { vault, ledger: None, snapshot: None, drawn: None }) }))
    }

    /// Works on the vault where waiting for the keyring, the disk and the rounds of a PIN is allowed.
    async fn with<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&mut Inside) -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let safe = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || {
            // A panic in between leaves the vault as its file has it.
            work(&mut safe.inside.lock().unwrap_or_else(PoisonError::into_inner))
        });
        done.await.map_err(|_| Problem::fault("setup.failed"))
    }

    /// What is needed to open this profile.
    pub async fn lock(self: &Arc<Self>) -> Result<Lock, Problem> {
        self.with(|inside| inside.vault.lock()).await
    }

    /// Whether the desk has a PIN.
    pub async fn has_pin(self: &Arc<Self>) -> bool {
        self.with(|inside| inside.vault.has_pin()).await.unwrap_or(false)
    }

    /// The keyring took nothing in when the recovery code was used: no PIN opens the desk until the next start, which needs
    /// the code again.
    pub async fn keyring_fails(self: &Arc<Self>) -> bool {
        self.with(|inside| inside.vault.not_kept().is_some()).await.unwrap_or(false)
    }

    /// For how many seconds a PIN must still wait; nothing when it may come.
    pub async fn pin_waits(self: &Arc<Self>) -> Option<u64> {
        let waits = self.with(|inside| inside.vault.pin_waits()).await;
        let wait = waits.ok()?.ok()??;
        Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }

    /// The keys of a profile that has no PIN; a new profile gets its own.
    pub async fn open(self: &Arc<Self>) -> Result<Keys, Problem> {
        let opened = self.with(|inside| {
            let keys = match inside.vault.lock() {
                // The code is drawn anew, and shown, in the set-up.
                Lock::New => inside.vault.begin().map(|(keys, _)| keys),
                _ => inside.vault.open(),
            }?;
            inside.take_out(&keys);
            Ok::<_, KeyError>(keys)
        });
        Ok(opened.await??)
    }

    /// The keys, with the PIN.
    pub async fn open_with_pin(self: &Arc<Self>, pin: &str) -> Result<Keys, Problem> {
        let pin = Pin::new(pin).ok_or_else(|| Problem::clerk("pin.notDigits"))?;
        let opened = self.with(move |inside| {
            let keys = inside.vault.open_with_pin(&pin)?;
            inside.take_out(&keys);
            Ok::<_, PinError>(keys)
        });
        Ok(opened.await??)
    }

    /// The keys, with the recovery code.
    pub async fn open_with_recovery(self: &Arc<Self>, code: String) -> Result<Keys, Problem> {
        let opened = self.with(move |inside| {
            let keys = inside.vault.open_with_recovery(&code)?;
            inside.take_out(&keys);
            Ok::<_, KeyError>(keys)
        });
        Ok(opened.await??)
    }

    /// Forgets the key of what is known of people.
    pub fn put_away(&self) {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner).snapshot = None;
    }

    /// Sets another PIN, or none. Where there is one, it is asked.
    pub async fn set_pin(self: &Arc<Self>, old: Option<String>, pin: Option<String>) -> Result<(), Problem> {
        self.asks_the_pin(old).await?;
        let pin = match pin {
            None => None,
            Some(typed) if !(4..=12).contains(&typed.len()) => return Err(Problem::clerk("pin.tooShort")),
            Some(typed) => Some(Pin::new(&typed).ok_or_else(|| Problem::clerk("pin.notDigits"))?),
        };
        let set = self.with(move |inside| {
            let keys = inside.keys().ok_or(KeyError::PinNeeded)?;
            inside.vault.set_pin(&keys, pin.as_ref())
        });
        Ok(set.await??)
    }

    /// Whether somebody knows the PIN, where there is one. A wrong one costs a try, and nothing is wiped of an open desk.
    async fn asks_the_pin(self: &Arc<Self>, typed: Option<String>) -> Result<(), Problem> {
        if !self.has_pin().await {
            return Ok(());
        }
        let pin = Pin::new(typed.as_deref().unwrap_or_default()).ok_or_else(|| Problem::clerk("pin.old"))?;
        let known = self.with(move |inside| inside.vault.knows_pin(&pin));
        Ok(known.await??)
    }

    /// Draws a recovery code to be shown. It holds once somebody typed it. Where there is a PIN, it is asked.
    pub async fn draw_recovery_code(self: &Arc<Self>, pin: Option<String>) -> Result<String, Problem> {
        self.asks_the_pin(pin).await?;
        let drawn = self.with(|inside| {
            let code = RecoveryCode::draw()?;
            let text = code.text().to_string();
            inside.drawn = Some(code);
            Ok::<_, KeyError>(text)
        });
        Ok(drawn.await??)
    }

    /// Lets the code hold that was shown, when somebody typed it as it was.
    pub async fn keep_recovery_code(self: &Arc<Self>, typed: String) -> Result<(), Problem> {
        let kept = self.with(move |inside| {
            let Some(code) = inside.drawn.clone() else { return Err(Problem::precondition("recovery.notTheSame")) };
            if !code.is(&typed).unwrap_or(false) {
                return Err(Problem::clerk("recovery.notTheSame"));
            }
            let ledger = inside.ledger.clone().ok_or_else(|| Problem::precondition("desk.locked"))?;
            inside.vault.keep_recovery_code(&ledger, &code)?;
            inside.drawn = None;
            Ok(())
        });
        kept.await?
    }
}
