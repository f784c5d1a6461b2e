//! Every state that can be reached, the nearest first.

use crate::case::Case;
use crate::check;
use crate::moves::{self, Move, Wrong};
use crate::world::World;
use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};

/// What was seen of a case.
pub struct Seen {
    pub states: usize,
    pub moves: usize,
    pub depth: u32,
    pub ends: usize,
    /// What is wrong, with the shortest way there.
    pub wrong: Option<(Wrong, Vec<String>)>,
    /// There were more states than were asked for.
    pub cut_off: bool,
}

/// How a state was first reached.
struct Node {
    from: u32,
    by: Option<Move>,
    depth: u32,
}

struct Search<'a> {
    case: &'a Case,
    known: HashMap<u64, u32>,
    nodes: Vec<Node>,
    edges: Vec<(u32, u32)>,
    ends: Vec<u32>,
}

/// Walks through every state of a case, at most so many.
pub fn search(case: &Case, most: usize) -> Seen {
    let mut search = Search { case, known: HashMap::new(), nodes: Vec::new(), edges: Vec::new(), ends: Vec::new() };
    let mut queue = VecDeque::new();
    let first = World::new(case).told_one_way(case);
    search.known.insert(name(&first), 0);
    search.nodes.push(Node { from: 0, by: None, depth: 0 });
    queue.push_back((0_u32, first));
    let mut wrong = None;
    let mut cut_off = false;
    while let Some((at, world)) = queue.pop_front() {
        match search.visit(at, &world) {
            Ok(next) => queue.extend(next),
            Err(why) => {
                wrong = Some((why, search.way_to(at)));
                break;
            }
        }
        if search.nodes.len() > most {
            cut_off = true;
            break;
        }
    }
    if wrong.is_none() && !cut_off {
        wrong = search.hopeless().map(|at| ("from here nothing comes to an end".to_owned(), search.way_to(at)));
    }
    let depth = search.nodes.iter().map(|node| node.depth).max().unwrap_or(0);
    Seen { states: search.nodes.len(), moves: search.edges.len(), depth, ends: search.ends.len(), wrong, cut_off }
}

fn name(world: &World) -> u64 {
    let mut hasher = DefaultHasher::new();
    world.hash(&mut hasher);
    hasher.finish()
}

impl Search<'_> {
    /// Judges a state, and gives the states after it that are new.
    fn visit(&mut self, at: u32, world: &World) -> Result<Vec<(u32, World)>, Wrong> {
        check::state(self.case, world)?;
        if check::is_end(world) {
            check::end(self.case, world)?;
            self.ends.push(at);
        }
        let mut new = Vec::new();
        for (by, next) in moves::next(self.case, world)? {
            let fresh = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
            let to = *self.known.entry(name(&next)).or_insert(fresh);
            if to == fresh {
                let depth = self.nodes[at as usize].depth + 1;
                self.nodes.push(Node { from: at, by: Some(by), depth });
                new.push((fresh, next));
            }
            if to != at {
                self.edges.push((at, to));
            }
        }
        Ok(new)
    }

    fn way_to(&self, mut at: u32) -> Vec<String> {
        let mut way = Vec::new();
        while let Some(by) = self.nodes[at as usize].by {
            way.push(format!("{by:?}"));
            at = self.nodes[at as usize].from;
        }
        way.reverse();
        way
    }

    /// The nearest state from which no end can be reached.
    fn hopeless(&mut self) -> Option<u32> {
        self.edges.sort_unstable_by_key(|edge| edge.1);
        let mut hopeful = vec![false; self.nodes.len()];
        let mut queue = std::mem::take(&mut self.ends);
        self.ends.clone_from(&queue);
        for end in &queue {
            hopeful[*end as usize] = true;
        }
        while let Some(at) = queue.pop() {
            let first = self.edges.partition_point(|edge| edge.1 < at);
            for (from, _) in self.edges[first..].iter().take_while(|edge| edge.1 == at) {
                if !std::mem::replace(&mut hopeful[*from as usize], true) {
                    queue.push(*from);
                }
            }
        }
        hopeful.iter().position(|hopeful| !hopeful).and_then(|at| u32::try_from(at).ok())
    }
}
