//! One desk and one UiTPAS: a morning, many lives that are all cut short, an evening in peace, and the comparison.

use super::Failure;
use super::books::{Said, compare};
use super::evening;
use super::fate::Fate;
use super::pace::Pace;
use super::stage::{Setting, Stage};
use super::tally::Tally;
use balie_sandbox::Sandbox;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

/// A desk lives no longer than this, whatever its fate waits for.
const LONGEST_LIFE: Duration = Duration::from_millis(1_500);

/// Plays a round with so many kills.
///
/// # Errors
/// Fails when there is nothing to play with; what the desk does wrong stands in the tally.
pub async fn play(kills: u32, seed: u64, setting: Setting) -> Result<Tally, Failure> {
    let folder = folder()?;
    let sandbox = Sandbox::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).await?;
    let pace = Pace::now_is_noon()?;
    pace.set(&sandbox);
    let morning = Stage::open(folder.path(), &sandbox.url(), pace, setting).await?;
    morning.desk.refresh().await?;
    morning.ledger.close().await;
    drop(morning);

    let mut tally = Tally::default();
    let (said, certificate) = (Said::default(), one_certificate(folder.path()));
    let mut round =
        Round { folder: folder.path(), sandbox: &sandbox, pace, setting, certificate, said, tally: &mut tally };
    let mut dice = StdRng::seed_from_u64(seed);
    while round.tally.kills() < kills && round.tally.faults.is_empty() {
        let fate = Fate::draw(&mut dice);
        fate.script(&sandbox, &mut dice);
        // Without a network the queue grows fast, and the lives that follow have enough to send.
        let offline = fate.needs_no_network() && dice.random_bool(0.15);
        if offline {
            round.tally.offline += 1;
            sandbox.set_offline(true).await?;
        }
        round.live(fate, dice.random()).await?;
        if offline {
            sandbox.set_offline(false).await?;
        }
    }
    let said = round.said;
    sandbox.clear_faults();
    let evening = Stage::open(folder.path(), &sandbox.url(), pace, setting).await?;
    tally.cut_off += u32::try_from(evening.cut_off)?;
    evening::work(&evening, &mut tally).await?;
    compare(&evening, &sandbox, said, &mut tally).await?;
    evening.ledger.close().await;
    if !tally.faults.is_empty() {
        tally.faults.push(format!("the files are kept in {}", folder.keep().display()));
    }
    Ok(tally)
}

/// In memory where the system has that: the disk would only slow it down, and what it keeps is not asked here.
fn folder() -> std::io::Result<TempDir> {
    let memory = Path::new("/dev/shm");
    let named = |place: &Path| tempfile::Builder::new().prefix("balie-kill-").tempdir_in(place);
    if memory.is_dir() { named(memory) } else { named(&std::env::temp_dir()) }
}

/// The certificates that the desk reads at its start, which are hundreds on most computers and of no use on the way to
/// UiTPAS in this process: one of them will do, where they stand in one file.
fn one_certificate(folder: &Path) -> Option<PathBuf> {
    const END: &str = "-----END CERTIFICATE-----";
    let all = std::fs::read_to_string("/etc/ssl/certs/ca-certificates.crt").ok()?;
    let file = folder.join("certificate.pem");
    std::fs::write(&file, format!("{}{END}\n", all.split_once(END)?.0)).ok()?;
    Some(file)
}

struct Round<'a> {
    folder: &'a Path,
    sandbox: &'a Sandbox,
    pace: Pace,
    setting: Setting,
    certificate: Option<PathBuf>,
    said: Said,
    tally: &'a mut Tally,
}

impl Round<'_> {
    /// Starts the desk, lets it work until its fate comes, and kills it.
    async fn live(&mut self, fate: Fate, seed: u64) -> Result<(), Failure> {
        let mut desk = self.start(seed)?;
        let Some(out) = desk.stdout.take() else { return Err("the desk has no voice".into()) };
        let mut lines = BufReader::new(out).lines();
        let sandbox = self.sandbox;
        let mut met = fate.index();
        let by_itself = tokio::select! {
            ended = self.listen(&mut lines, fate) => ended?,
            () = fate.comes(sandbox) => false,
            () = tokio::time::sleep(LONGEST_LIFE) => {
                met = Fate::OLD_AGE;
                false
            }
        };
        if by_itself {
            let ended = desk.wait().await?;
            self.tally.faults.push(format!("a desk ended by itself: {ended}"));
            return Ok(());
        }
        desk.start_kill()?;
        // What it said before the end is still in the pipe.
        while let Some(line) = lines.next_line().await? {
            self.hear(&line)?;
        }
        desk.wait().await?;
        self.tally.kills[met] += 1;
        Ok(())
    }

    fn start(&self, seed: u64) -> std::io::Result<Child> {
        let words = [self.sandbox.url(), self.pace.origin().to_string(), seed.to_string(), self.setting.to_string()];
        let mut desk = Command::new(std::env::current_exe()?);
        if let Some(file) = &self.certificate {
            desk.env("SSL_CERT_FILE", file).env("SSL_CERT_DIR", self.folder.join("none"));
        }
        desk.arg("desk")
            .arg(self.folder)
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
    }

    /// Listens until the fate comes that depends on what the desk says; whether the desk ended by itself.
    async fn listen(&mut self, lines: &mut Lines<BufReader<ChildStdout>>, fate: Fate) -> Result<bool, Failure> {
        let mut receipts = 0;
        while let Some(line) = lines.next_line().await? {
            let opened = self.hear(&line)?;
            receipts += u32::from(!opened);
            let after = match fate {
                Fate::Opened(after) if opened => after,
                Fate::Receipt(count, after) if !opened && receipts == count => after,
                _ => continue,
            };
            let rest = async {
                while let Some(line) = lines.next_line().await? {
                    self.hear(&line)?;
                }
                Ok::<_, Failure>(true)
            };
            return tokio::select! {
                ended = rest => ended,
                () = tokio::time::sleep(after) => Ok(false),
            };
        }
        Ok(true)
    }

    /// Takes in a line; whether it says that the desk is open.
    fn hear(&mut self, line: &str) -> Result<bool, Failure> {
        let opened = line.strip_prefix("open ");
        match opened {
            Some(cut_off) => self.tally.cut_off += cut_off.parse::<u32>()?,
            None => self.said.hear(line),
        }
        Ok(opened.is_some())
    }
}
