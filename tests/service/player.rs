//! Plays a trace: the story of a counter, told as text, happens at the [`StandIn`] while the watch of `balie-card` runs in
//! a process of its own, and what the watch tells is held against the story.
//!
//! One step a line; `#` begins a line for people. Fields of the watch are parted by ` | `.
//!
//! ```text
//! service start | stop | die | answers            `die` leaves the file of the socket behind; `answers` ends every fault
//! service refuses CODE | turns away | hangs at VERB
//! reader + NAME [quietly]     reader - NAME [quietly]     reader sick NAME     reader well NAME
//! card + NAME uid=… [atr=…] [mute]     card + NAME FFCA000000=9000 …     card - NAME     card mute | wakes | reset NAME
//! counter NAME 65535
//! next VERB [NAME] CODE | hangs | late 500 | answers 6A81 | removes card | removes reader | half | dies  [times 3 | for 250 ms | for ever]
//! run linux | windows | macos
//! expect [within 1000] card | NAME | 04363CDAEE3880        expect quiet 700
//! slots NAME Contact | NAME Contactless       what was learned of them until then
//! asked NAME FFCA000000 …     clients 1     sleep 500     repeat 100 … end
//! ```
//!
//! When a story is over the watch must end within moments, with nothing more to tell, and must have harmed nobody.

use std::path::Path;
use std::sync::mpsc::RecvTimeoutError;
use std::thread;
use std::time::{Duration, Instant};

use super::StandIn;
use super::faults::{Act, Fault};
use super::trace::{Sense, bytes, card, fault, number, reader, return_code, word};
use super::wire::Verb;
use crate::watcher::{SOON, Watcher};

/// Plays a trace with this program as the watch. An error tells the line of the trace at which it went otherwise.
pub fn play(program: &Path, trace: &str) -> Result<(), String> {
    let service = StandIn::prepare().map_err(|why| why.to_string())?;
    let mut player = Player { program, service, watch: None, readers: vec![], told: vec![] };
    let lines: Vec<(usize, &str)> = trace.lines().map(str::trim).enumerate().collect();
    let end = player.play(&lines).and_then(|()| player.end());
    end.map_err(|why| {
        let complaints = player.watch.map(|watch| watch.complaints()).unwrap_or_default();
        let before = [player.told, complaints].concat();
        format!("{why}\nbefore that:\n  {}", before.join("\n  "))
    })
}

struct Player<'a> {
    program: &'a Path,
    service: StandIn,
    watch: Option<Watcher>,
    /// Every reader that was ever plugged in.
    readers: Vec<String>,
    told: Vec<String>,
}

impl Player<'_> {
    fn play(&mut self, lines: &[(usize, &str)]) -> Sense<()> {
        let mut at = 0;
        while let Some((number, line)) = lines.get(at) {
            at += 1;
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let told = |why| format!("line {}: {line}\n{why}", number + 1);
            let Some(times) = line.strip_prefix("repeat ") else {
                self.step(line).map_err(told)?;
                continue;
            };
            let times = self::number(times).map_err(told)?;
            let length = lines[at..].iter().position(|(_, line)| *line == "end");
            let length = length.ok_or_else(|| told("a repetition without end".into()))?;
            for _ in 0..times {
                self.play(&lines[at..at + length])?;
            }
            at += length + 1;
        }
        Ok(())
    }

    fn step(&mut self, line: &str) -> Sense<()> {
        match word(line) {
            ("service", rest) => self.service(rest),
            ("reader", rest) => self.reader(rest),
            ("card", rest) => self.card(rest),
            ("counter", rest) => {
                let (name, count) = reader(rest, &self.readers)?;
                there(self.service.set_counter(name, number(count)?))
            }
            ("next", rest) => {
                self.service.plan(fault(rest, &self.readers)?);
                Ok(())
            }
            ("run", system @ ("linux" | "windows" | "macos")) => {
                let watch = Watcher::start(self.program, self.service.env(), &["--system", system]);
                self.watch = Some(watch.map_err(|why| why.to_string())?);
                Ok(())
            }
            ("expect", rest) => self.expect(rest),
            ("asked", rest) => {
                let (name, apdus) = reader(rest, &self.readers)?;
                let expected: Vec<_> = apdus.split_whitespace().map(bytes).collect::<Sense<_>>()?;
                let asked = self.service.asked(name);
                if asked == expected { Ok(()) } else { Err(format!("asked was {asked:02X?}")) }
            }
            ("slots", rest) => {
                let told = self.watch.as_ref().and_then(Watcher::slots).unwrap_or_default().replace('\t', " | ");
                if told == rest { Ok(()) } else { Err(format!("told was {told}")) }
            }
            ("clients", count) => self.clients(number(count)?),
            ("sleep", ms) => {
                thread::sleep(Duration::from_millis(number(ms)?));
                Ok(())
            }
            _ => Err("no step of a trace".into()),
        }
    }

    fn service(&mut self, rest: &str) -> Sense<()> {
        let always = |verb, act| Fault::new(verb, None, act).times(None);
        match word(rest) {
            ("start", "") => return self.service.start().map_err(|why| why.to_string()),
            ("stop", "") => self.service.stop(),
            ("die", "") => self.service.die(),
            ("answers", "") => self.service.answer_again(),
            ("refuses", name) => {
                self.service.plan(always(Verb::Establish, Act::Code(return_code(name)?)));
            }
            ("turns", "away") => self.service.plan(always(Verb::Accept, Act::TurnsAway)),
            ("hangs", at) => {
                let verb = at.strip_prefix("at ").and_then(Verb::named).ok_or("hangs at what?")?;
                self.service.plan(always(verb, Act::Hangs));
            }
            _ => return Err("no deed of a service".into()),
        }
        Ok(())
    }

    fn reader(&mut self, rest: &str) -> Sense<()> {
        let (deed, name) = word(rest);
        let (name, tell) = name.strip_suffix(" quietly").map_or((name, true), |name| (name, false));
        match deed {
            "+" => {
                if !self.readers.iter().any(|known| known == name) {
                    self.readers.push(name.to_owned());
                }
                there(self.service.world.plug(name, tell))
            }
            "-" => there(self.service.world.unplug(name, tell).is_some()),
            "sick" | "well" => there(self.service.set_sick(name, deed == "sick")),
            _ => Err("no deed of a reader".into()),
        }
    }

    fn card(&mut self, rest: &str) -> Sense<()> {
        let (deed, rest) = word(rest);
        let (name, rest) = reader(rest, &self.readers)?;
        let (rest, tell) = rest.strip_suffix("quietly").map_or((rest, true), |rest| (rest, false));
        match deed {
            "+" => there(self.service.world.lay(name, Some(card(rest)?), tell)),
            "-" => there(self.service.world.lay(name, None, tell)),
            "mute" | "wakes" => there(self.service.set_mute(name, deed == "mute")),
            "reset" => there(self.service.reset(name)),
            _ => Err("no deed of a card".into()),
        }
    }

    fn expect(&mut self, rest: &str) -> Sense<()> {
        let watch = self.watch.as_ref().ok_or("nothing runs yet")?;
        let (limit, expected) = match word(rest) {
            ("quiet", ms) => {
                let told = watch.line(Duration::from_millis(number(ms)?));
                return if told == Err(RecvTimeoutError::Timeout) { Ok(()) } else { Err(format!("told was {told:?}")) };
            }
            ("within", rest) => {
                let (ms, rest) = word(rest);
                (Duration::from_millis(number(ms)?), rest)
            }
            _ => (SOON, rest),
        };
        let told = watch.line(limit).map(|line| line.replace('\t', " | "));
        if told.as_deref() != Ok(expected) {
            return Err(format!("told was {told:?}"));
        }
        self.told.extend(told);
        Ok(())
    }

    fn clients(&self, count: usize) -> Sense<()> {
        let began = Instant::now();
        while self.service.clients() != count && began.elapsed() < SOON {
            thread::sleep(Duration::from_millis(10));
        }
        let clients = self.service.clients();
        if clients == count { Ok(()) } else { Err(format!("there are {clients}")) }
    }

    /// The story is over: so is the watch, and other programs had nothing to suffer.
    fn end(&mut self) -> Sense<()> {
        let left = self.watch.take().ok_or("the watch was never run")?.end()?;
        let harm = self.service.harm();
        if left.is_empty() && harm.is_empty() { Ok(()) } else { Err(format!("at the end: {left:?} {harm:?}")) }
    }
}

fn there(done: bool) -> Sense<()> {
    if done { Ok(()) } else { Err("the readers are otherwise".into()) }
}
