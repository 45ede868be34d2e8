//! Runs rounds alternately: A B A B …, so that a change of the machine's speed affects both.

use anyhow::{Context as _, Result};
use futures_util::future::BoxFuture;

use crate::load::Shape;
use crate::meter::Meter;
use crate::sample::{Load, Sample};

/// A contestant that does the work of a row.
pub trait Contestant: Send {
    /// The name in the table.
    fn name(&self) -> &'static str;
    /// The process that does the work.
    fn pid(&self) -> u32;
    /// Works for one round.
    fn run(&mut self, shape: Shape) -> BoxFuture<'_, Result<Load>>;
}

/// The results of a contestant.
#[derive(Debug, serde::Serialize)]
pub struct Outcome {
    /// Its name.
    pub name: &'static str,
    /// Medians over the rounds.
    pub median: Sample,
    /// The figures of every round.
    pub rounds: Vec<Sample>,
}

/// Runs one row `rounds` times for each contestant, alternately, after a short round that does not
/// count.
pub async fn compare(
    contestants: &mut [Box<dyn Contestant>],
    (rounds, shape): (usize, Shape),
    meter: &mut Meter,
) -> Result<Vec<Outcome>> {
    let warm_up = Shape {
        time: shape.time / 3,
        ..shape
    };
    let mut samples = vec![Vec::new(); contestants.len()];
    for contestant in contestants.iter_mut() {
        contestant.run(warm_up).await.context(contestant.name())?;
    }
    for _ in 0..rounds {
        for (contestant, samples) in contestants.iter_mut().zip(&mut samples) {
            let before = meter.mark(contestant.pid()).await?;
            let load = contestant.run(shape).await.context(contestant.name())?;
            samples.push(meter.sample(contestant.pid(), &before, &load).await?);
        }
    }
    let results = contestants
        .iter()
        .zip(samples)
        .map(|(contestant, rounds)| Outcome {
            name: contestant.name(),
            median: Sample::median_of(&rounds),
            rounds,
        });
    Ok(results.collect())
}
