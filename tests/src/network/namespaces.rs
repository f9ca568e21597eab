//! A network of its own for each node, that can be cut in two.
//!
//! Each node gets a network namespace with two cables: one to a bridge, over which nodes talk to each other, and one to the
//! harness, over which it reaches their RPC whatever happens. There are two bridges with a trunk between them. Pulling the trunk
//! leaves two halves that hear nothing of each other, as when a line between two places breaks.

use crate::Place;
use anyhow::{Context, Result, bail};
use std::{net::Ipv4Addr, path::Path, process::Command};

/// A network of nodes, half of them on each side of a trunk. Removed when dropped.
#[derive(Debug)]
pub struct Split {
    process: u32,
    nodes: u8,
}

impl Split {
    /// Makes it for so many nodes. Needs root, `ip` of iproute2, and the kernel's namespaces and bridges.
    pub fn new(nodes: u8) -> Result<Self> {
        remove_left_over();
        let split = Self {
            process: std::process::id(),
            nodes,
        };
        split.make()?;
        Ok(split)
    }

    fn make(&self) -> Result<()> {
        for side in ["a", "b"] {
            let bridge = self.link(side);
            ip(&["link", "add", &bridge, "type", "bridge"])?;
            ip(&["link", "set", &bridge, "up"])?;
        }
        let (here, there) = (self.link("t"), self.link("u"));
        ip(&["link", "add", &here, "type", "veth", "peer", "name", &there])?;
        for (end, side) in [(&here, "a"), (&there, "b")] {
            ip(&["link", "set", end, "master", &self.link(side), "up"])?;
        }
        (0..self.nodes).try_for_each(|number| self.attach(number))
    }

    fn attach(&self, number: u8) -> Result<()> {
        let name = self.namespace(number);
        ip(&["netns", "add", &name])?;
        ip(&["-n", &name, "link", "set", "lo", "up"])?;

        let cable = self.link(&format!("n{number}"));
        ip(&[
            "link", "add", &cable, "type", "veth", "peer", "name", "net0", "netns", &name,
        ])?;
        ip(&["link", "set", &cable, "master", &self.link(self.side(number)), "up"])?;
        ip(&[
            "-n",
            &name,
            "address",
            "add",
            &format!("{}/24", network(number)),
            "dev",
            "net0",
        ])?;
        ip(&["-n", &name, "link", "set", "net0", "up"])?;

        let cable = self.link(&format!("h{number}"));
        let (harness, node) = self.harness(number);
        ip(&[
            "link", "add", &cable, "type", "veth", "peer", "name", "rpc0", "netns", &name,
        ])?;
        ip(&["address", "add", &format!("{harness}/30"), "dev", &cable])?;
        ip(&["link", "set", &cable, "up"])?;
        ip(&["-n", &name, "address", "add", &format!("{node}/30"), "dev", "rpc0"])?;
        ip(&["-n", &name, "link", "set", "rpc0", "up"])
    }

    /// Pulls the trunk.
    pub fn cut(&self) -> Result<()> {
        ip(&["link", "set", &self.link("t"), "down"])
    }

    /// Plugs the trunk in again.
    pub fn heal(&self) -> Result<()> {
        ip(&["link", "set", &self.link("t"), "up"])
    }

    /// Where each node runs. The first half is on one side.
    pub fn places(&self) -> Vec<Place> {
        let words = |number| ["ip".into(), "netns".into(), "exec".into(), self.namespace(number)];
        let place = |number| Place {
            via: words(number).to_vec(),
            network: network(number),
            rpc: self.harness(number).1,
        };
        (0..self.nodes).map(place).collect()
    }

    fn side(&self, number: u8) -> &'static str {
        if number < self.nodes / 2 { "a" } else { "b" }
    }

    /// The harness's and the node's end of the cable between them, a network of four addresses for each node.
    fn harness(&self, number: u8) -> (Ipv4Addr, Ipv4Addr) {
        let [.., run] = self.process.to_be_bytes();
        (
            Ipv4Addr::new(198, 19, run, number * 4 + 1),
            Ipv4Addr::new(198, 19, run, number * 4 + 2),
        )
    }

    fn namespace(&self, number: u8) -> String {
        format!("{}{number}", namespace_prefix(self.process))
    }

    /// A link's name: at most 15 letters.
    fn link(&self, end: &str) -> String {
        format!("{}{end}", link_prefix(self.process))
    }
}

impl Drop for Split {
    fn drop(&mut self) {
        remove(self.process);
    }
}

/// Removes the namespaces and links of this process: for an end without drops.
pub fn remove_own() {
    remove(std::process::id());
}

/// The address among nodes, of the range that is set aside for measurements of networks.
fn network(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(198, 18, 0, number + 1)
}

const NAMESPACE: &str = "blocs-";
const LINK: &str = "bn";

fn namespace_prefix(process: u32) -> String {
    format!("{NAMESPACE}{process}-")
}

fn link_prefix(process: u32) -> String {
    format!("{LINK}{process}")
}

/// Removes what runs left that were killed.
fn remove_left_over() {
    for name in namespaces() {
        let process = name.strip_prefix(NAMESPACE).and_then(|rest| rest.split('-').next());
        let process: Option<u32> = process.and_then(|process| process.parse().ok());
        if let Some(process) = process
            && !Path::new(&format!("/proc/{process}")).exists()
        {
            remove(process);
        }
    }
}

/// Removing is best effort: what is not there need not go.
fn remove(process: u32) {
    // A link's other end goes with it.
    for end in ["t", "a", "b"] {
        ip(&["link", "delete", &format!("{}{end}", link_prefix(process))]).ok();
    }
    let prefix = namespace_prefix(process);
    for name in namespaces() {
        if let Some(number) = name.strip_prefix(&prefix) {
            for end in ["n", "h"] {
                ip(&["link", "delete", &format!("{}{end}{number}", link_prefix(process))]).ok();
            }
            ip(&["netns", "delete", &name]).ok();
        }
    }
}

fn namespaces() -> Vec<String> {
    let output = Command::new("ip").args(["netns", "list"]).output();
    let text = output
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    text.lines()
        .filter_map(|line| line.split_whitespace().next().map(str::to_owned))
        .collect()
}

fn ip(words: &[&str]) -> Result<()> {
    let command = || format!("ip {}", words.join(" "));
    let output = Command::new("ip").args(words).output();
    let output = output.with_context(|| format!("cannot run `{}`; it is in the package iproute2", command()))?;
    if !output.status.success() {
        bail!(
            "`{}` failed: {}",
            command(),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(())
}
