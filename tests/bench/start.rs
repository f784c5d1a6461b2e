//! From the start of the program to a screen that can be used, and the memory that it takes, each beside an empty window of
//! the same WebKitGTK in the same run. What counts is what stands on the screen: nothing in the program tells it.

use std::error::Error;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use balie_tests::clerk::{Room, app};
use balie_tests::display::Display;
use balie_tests::driver::{below, send};
use balie_tests::stage::{Stage, without_pcscd};

use super::figure::{Figure, median};

/// Both programs start so many times, in turn.
const ROUNDS: usize = 20;
/// So many times as long, and so much memory, as an empty window (performance.md §4.6).
const TARGETS: [f64; 2] = [1.3, 1.15];
/// Every so many rows, and every so many pixels of one, are looked at.
const GRID: usize = 12;
/// So much of the screen stands as it will stay. The rest is the time of the day and a cursor that blinks.
const MOST: f64 = 0.97;
const LONGEST: Duration = Duration::from_secs(30);
/// After so long nothing on the screen changes any more.
const STILL: Duration = Duration::from_millis(2_500);
const GLANCE: Duration = Duration::from_millis(2);

/// The picture of a virtual screen, as a file.
struct Screen(PathBuf);

impl Screen {
    /// The pixels of the grid. The file begins with numbers of four bytes, the highest byte first.
    fn look(&self) -> io::Result<Vec<[u8; 4]>> {
        let file = File::open(&self.0)?;
        let mut head = [0; 100];
        file.read_exact_at(&mut head, 0)?;
        let number = |at: usize| {
            usize::from_be_bytes([0, 0, 0, 0, head[4 * at], head[4 * at + 1], head[4 * at + 2], head[4 * at + 3]])
        };
        let (width, height, line) = (number(4), number(5), number(12));
        let begin = number(0) + number(19) * 12;
        let (mut pixels, mut row) = (Vec::new(), vec![0; line]);
        for y in (0..height).step_by(GRID) {
            file.read_exact_at(&mut row, u64::try_from(begin + y * line).map_err(io::Error::other)?)?;
            pixels.extend((0..width).step_by(GRID).map(|x| [row[4 * x], row[4 * x + 1], row[4 * x + 2], 0]));
        }
        Ok(pixels)
    }

    /// Waits until something stands there and nothing of it changes any more, and gives its picture.
    fn stands_still(&self, empty: &[[u8; 4]]) -> io::Result<Vec<[u8; 4]>> {
        let since = Instant::now();
        let mut before = self.look()?;
        while since.elapsed() < LONGEST {
            sleep(STILL);
            let now = self.look()?;
            if alike(&now, &before) >= MOST && alike(&now, empty) < MOST {
                return Ok(now);
            }
            before = now;
        }
        Err(io::Error::other("nothing ever stood still on the screen"))
    }

    /// Waits until most of it is as in this picture.
    fn shows(&self, wanted: &[[u8; 4]]) -> io::Result<()> {
        let since = Instant::now();
        loop {
            let found = self.look()?;
            if alike(&found, wanted) >= MOST {
                return Ok(());
            }
            if since.elapsed() > LONGEST {
                return Err(io::Error::other("the screen never became what it was the first time"));
            }
            sleep(GLANCE);
        }
    }
}

/// Which part of two pictures is the same.
fn alike(one: &[[u8; 4]], other: &[[u8; 4]]) -> f64 {
    let same = one.iter().zip(other).filter(|(one, other)| one == other).count();
    same as f64 / one.len().max(other.len()).max(1) as f64
}

/// A program that opens a window.
struct Opens<'a> {
    name: &'a str,
    command: Command,
    /// The screen when it can be used.
    usable: Vec<[u8; 4]>,
}

impl Opens<'_> {
    /// Starts it, waits until the screen can be used and still, and ends it. Gives the milliseconds and the megabytes.
    fn measure(&mut self, screen: &Screen, empty: &[[u8; 4]]) -> io::Result<(f64, f64)> {
        let begun = Instant::now();
        let child = self.command.spawn()?;
        let first = self.usable.is_empty();
        if first {
            self.usable = screen.stands_still(empty)?;
        }
        screen.shows(&self.usable)?;
        let took = begun.elapsed().as_secs_f64() * 1e3;
        sleep(if first { Duration::ZERO } else { STILL });
        let memory = memory(child.id())?;
        ends(child)?;
        screen.shows(empty)?;
        Ok((took, memory))
    }
}

/// The memory of a program and of all that it started, in MB; what several of them share counts in parts.
fn memory(pid: u32) -> io::Result<f64> {
    let mut all = 0.0;
    for pid in std::iter::once(pid).chain(below(pid).into_iter().map(|(pid, _)| pid)) {
        let told = fs::read_to_string(format!("/proc/{pid}/smaps_rollup"))?;
        let part = told
            .lines()
            .find_map(|line| line.strip_prefix("Pss:")?.trim().strip_suffix(" kB")?.trim().parse::<f64>().ok());
        all += part.ok_or_else(|| io::Error::other("the system tells no memory"))? / 1_000.0;
    }
    Ok(all)
}

fn ends(mut child: Child) -> io::Result<()> {
    let started: Vec<u32> = below(child.id()).into_iter().map(|(pid, _)| pid).collect();
    send("TERM", &[child.id()])?;
    let since = Instant::now();
    while child.try_wait()?.is_none() {
        if since.elapsed() > LONGEST {
            child.kill()?;
        }
        sleep(GLANCE);
    }
    // Those of the page end by themselves when nobody speaks to them any more; one that did is none to end.
    let _ = send("TERM", &started);
    Ok(())
}

/// Builds the empty window.
fn hello(folder: &Path) -> Result<PathBuf, Box<dyn Error>> {
    let source = Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join("stage/hello.c");
    let flags = Command::new("pkg-config").args(["--cflags", "--libs", "webkit2gtk-4.1"]).output()?;
    let flags = String::from_utf8(flags.stdout)?;
    let program = folder.join("hello");
    let built =
        Command::new("cc").arg("-O2").arg("-o").arg(&program).arg(source).args(flags.split_whitespace()).status()?;
    if built.success() { Ok(program) } else { Err("the empty window was not built".into()) }
}

fn command(program: &Path, env: &[(String, String)]) -> Command {
    let mut command = Command::new(program);
    command.envs(env.iter().cloned()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command
}

pub(crate) async fn measure() -> Result<Vec<Figure>, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let mut stage = Stage::set().await?;
    stage.room = Room::with(Display::start_seen(folder.path())?)?;
    let screen = Screen(folder.path().join("Xvfb_screen0"));
    let empty = screen.look()?;
    let env = [stage.room.env(), without_pcscd(stage.profile.path())].concat();
    let mut desk = Opens { name: "the desk", command: command(&app()?, &env), usable: Vec::new() };
    desk.command.arg("--profile").arg(stage.profile.path());
    let mut bare =
        Opens { name: "an empty window", command: command(&hello(folder.path())?, &env), usable: Vec::new() };
    // The first start makes the files of the profile and says how the screen looks.
    for program in [&mut desk, &mut bare] {
        program.measure(&screen, &empty)?;
        program.measure(&screen, &empty)?;
    }
    let (mut desks, mut bares) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        desks.push(desk.measure(&screen, &empty)?);
        bares.push(bare.measure(&screen, &empty)?);
    }
    for (program, found) in [(&desk, &desks), (&bare, &bares)] {
        let (took, memory): (Vec<f64>, Vec<f64>) = found.iter().copied().unzip();
        println!("{}: usable after {:.0} ms, {:.0} MB", program.name, median(&took), median(&memory));
    }
    let ratio = |of: fn(&(f64, f64)) -> f64| {
        median(&desks.iter().zip(&bares).map(|(desk, bare)| of(desk) / of(bare)).collect::<Vec<_>>())
    };
    Ok(vec![
        Figure::times("window_start", ratio(|found| found.0), TARGETS[0]),
        Figure::times("window_memory", ratio(|found| found.1), TARGETS[1]),
    ])
}
