//! The rows of the API. Each is measured against a release build of api-server and against the bare
//! queries through sqlx on the same database.

pub mod bare;
mod beside;
mod hot;
mod rows;
mod scene;
mod server;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;

use crate::load::Shape;
use crate::meter::Meter;
use crate::report::{Report, RowReport};
use crate::runner::{Contestant, compare};
use beside::Busy;
use rows::{ROWS, Row};
use scene::Scene;
use server::{Client, Server, Subjects};

/// What to measure, and how long.
#[derive(clap::Args)]
pub struct Arguments {
    /// A database created by scripts/seed-data, on a server with `pg_stat_statements`; the
    /// benchmark adds likes, comments and follows.
    #[arg(long, env = "PAWL_BENCH_DATABASE_URL")]
    database_url: String,
    /// The same with a thousandth of the posts: the cost of a page must not depend on their number.
    #[arg(long, env = "PAWL_BENCH_SMALL_DATABASE_URL")]
    small_database_url: Option<String>,
    /// The release build of api-server.
    #[arg(long, default_value = "target/release/api-server")]
    api_server: PathBuf,
    /// The number of measured rounds.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The seconds of a round.
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// Only the rows whose names contain this text.
    #[arg(long)]
    only: Option<String>,
    /// A file for all figures of all rounds.
    #[arg(long)]
    json: Option<PathBuf>,
}

/// Measures every row, prints a table and reports which targets are met.
pub async fn run(arguments: &Arguments) -> Result<()> {
    let mut stage = Stage::set(arguments, &arguments.database_url).await?;
    let mut report = Report::default();
    for row in ROWS.iter().filter(|row| is_wanted(arguments, row.name)) {
        eprintln!("measuring {}", row.name);
        let contestants = stage.contestants(row)?;
        report.add(stage.measure(row, contestants).await?);
    }
    for row in hot::ROWS
        .iter()
        .filter(|row| is_wanted(arguments, row.name))
    {
        eprintln!("measuring {}", row.name);
        let one = stage.client(row).on("one", Subjects::One);
        let many = stage.client(row).on("one each", Subjects::OneEach);
        let contestants: Vec<Box<dyn Contestant>> = vec![Box::new(one), Box::new(many)];
        report.add(stage.measure(row, contestants).await?);
    }
    if is_wanted(arguments, beside::ROW.name) {
        eprintln!("measuring {}", beside::ROW.name);
        let idle = stage.client(&beside::ROW);
        let busy = Box::new(Busy::new(stage.client(&beside::ROW)));
        report.add(stage.measure(&beside::ROW, vec![busy, idle]).await?);
    }
    if let Some(small) = &arguments.small_database_url
        && is_wanted(arguments, rows::GROWTH.name)
    {
        eprintln!("measuring {}", rows::GROWTH.name);
        let other = Stage::set(arguments, small).await?;
        let contestants: Vec<Box<dyn Contestant>> = vec![
            stage.client(&rows::GROWTH),
            Box::new(other.client(&rows::GROWTH).called("10³ posts")),
        ];
        report.add(stage.measure(&rows::GROWTH, contestants).await?);
    }
    report.print();
    report.write(arguments.json.as_deref())
}

fn is_wanted(arguments: &Arguments, name: &str) -> bool {
    arguments
        .only
        .as_ref()
        .is_none_or(|part| name.contains(part.as_str()))
}

/// A running server on a seeded database, and the scene of the requests.
struct Stage<'a> {
    arguments: &'a Arguments,
    server: Server,
    scene: Scene,
    meter: Meter,
}

impl<'a> Stage<'a> {
    async fn set(arguments: &'a Arguments, database_url: &str) -> Result<Self> {
        let server = Server::start(&arguments.api_server, database_url).await?;
        Ok(Self {
            scene: Scene::find(database_url, &server.url).await?,
            meter: Meter::new(database_url).await?,
            arguments,
            server,
        })
    }

    fn client(&self, row: &'static Row) -> Box<Client> {
        Box::new(Client::new(&self.server, row, &self.scene))
    }

    fn contestants(&self, row: &'static Row) -> Result<Vec<Box<dyn Contestant>>> {
        let bare = bare::Child::start(row, &self.scene)?;
        Ok(vec![self.client(row), Box::new(bare)])
    }

    async fn measure(
        &mut self,
        row: &Row,
        mut contestants: Vec<Box<dyn Contestant>>,
    ) -> Result<RowReport> {
        let shape = Shape {
            clients: row.clients,
            time: Duration::from_secs_f64(self.arguments.seconds),
        };
        let rounds = self.arguments.rounds;
        let outcomes = compare(&mut contestants, (rounds, shape), &mut self.meter).await?;
        Ok(RowReport::new(row.name, row.targets, outcomes))
    }
}
