//! Fills the table bench.ids: unlogged batches, several in flight.

use std::time::Instant;

use futures::stream::{self, StreamExt, TryStreamExt};
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::statement::batch::{Batch, BatchType};

use crate::event;

const ROWS_PER_BATCH: u64 = 100;
const BATCHES_IN_FLIGHT: usize = 32;
const SCHEMA: [&str; 3] = [
    "CREATE KEYSPACE IF NOT EXISTS bench WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 1}",
    "DROP TABLE IF EXISTS bench.ids",
    "CREATE TABLE bench.ids (cookie text PRIMARY KEY, user_id text)",
];

async fn fill_rows(cassandra: &str, rows: u64) -> Result<(), Box<dyn std::error::Error>> {
    let session: Session = SessionBuilder::new().known_node(cassandra).build().await?;
    for statement in SCHEMA {
        session.query_unpaged(statement, ()).await?;
    }
    let insert = session.prepare("INSERT INTO bench.ids (cookie, user_id) VALUES (?, ?)").await?;
    let batches = (0..rows).step_by(ROWS_PER_BATCH as usize).map(|first| {
        let (session, insert) = (&session, &insert);
        async move {
            let values: Vec<_> =
                (first..rows.min(first + ROWS_PER_BATCH)).map(|number| (event::cookie(number), event::user_id(number))).collect();
            let mut batch = Batch::new(BatchType::Unlogged);
            values.iter().for_each(|_| batch.append_statement(insert.clone()));
            session.batch(&batch, values).await.map(drop)
        }
    });
    stream::iter(batches).buffer_unordered(BATCHES_IN_FLIGHT).try_for_each(|()| async { Ok(()) }).await?;
    Ok(())
}

pub fn fill(cassandra: &str, rows: u64) -> Result<f64, String> {
    let begin = Instant::now();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
    runtime.block_on(fill_rows(cassandra, rows)).map_err(|error| format!("Cassandra at {cassandra}: {error}"))?;
    Ok(begin.elapsed().as_secs_f64())
}
