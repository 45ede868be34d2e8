//! The lines with which another program controls a proxy.

use std::{str::FromStr, time::Duration};

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `speed 200000` bytes per second, `speed off`.
    Speed(Option<u64>),
    /// `delay 50` milliseconds.
    Delay(Duration),
    /// `stall on`, `stall off`.
    Stall(bool),
    /// `cut after 300000` more bytes upstream.
    CutAfter(usize),
    /// `cut`, now.
    Cut,
    /// `counts`: only the answer that every line gets.
    Counts,
}

/// A line that is not a known command.
#[derive(Debug, PartialEq, Eq)]
pub struct UnknownCommand;

impl FromStr for Command {
    type Err = UnknownCommand;

    fn from_str(line: &str) -> Result<Self, UnknownCommand> {
        let words: Vec<&str> = line.split_whitespace().collect();
        Ok(match words[..] {
            ["speed", "off"] => Self::Speed(None),
            ["speed", speed] => Self::Speed(Some(number(speed)?)),
            ["delay", delay] => Self::Delay(Duration::from_millis(number(delay)?)),
            ["stall", "on"] => Self::Stall(true),
            ["stall", "off"] => Self::Stall(false),
            ["cut", "after", bytes] => Self::CutAfter(number(bytes)?),
            ["cut"] => Self::Cut,
            ["counts"] => Self::Counts,
            _ => return Err(UnknownCommand),
        })
    }
}

fn number<N: FromStr>(text: &str) -> Result<N, UnknownCommand> {
    text.parse().map_err(|_| UnknownCommand)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_nonsense_is_refused() {
        for (line, command) in [
            ("speed 200000", Ok(Command::Speed(Some(200_000)))),
            ("speed off", Ok(Command::Speed(None))),
            ("delay 50", Ok(Command::Delay(Duration::from_millis(50)))),
            ("stall on", Ok(Command::Stall(true))),
            ("cut after 7", Ok(Command::CutAfter(7))),
            (" cut ", Ok(Command::Cut)),
            ("counts", Ok(Command::Counts)),
            ("cut off", Err(UnknownCommand)),
            ("speed -1", Err(UnknownCommand)),
            ("", Err(UnknownCommand)),
        ] {
            assert_eq!(line.parse(), command, "{line:?}");
        }
    }
}
