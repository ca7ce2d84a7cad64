//! The table bench.ids: cookie to user id.

use std::sync::Arc;

use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session::Session;
use scylla::client::session_builder::SessionBuilder;
use scylla::statement::Consistency;
use scylla::statement::prepared::PreparedStatement;

#[derive(Clone)]
pub struct Users {
    session: Arc<Session>,
    select: Arc<PreparedStatement>,
}

impl Users {
    /// No time-out per request: its timer costs half as much again as the request (and favours this side).
    pub async fn open(cassandra: &str) -> Result<Self, String> {
        let profile = ExecutionProfile::builder().consistency(Consistency::LocalOne).request_timeout(None).build();
        let failed = |what: &str, error: String| format!("Cassandra at {cassandra}: {what}: {error}");
        let session = SessionBuilder::new()
            .known_node(cassandra)
            .default_execution_profile_handle(profile.into_handle())
            .build()
            .await
            .map_err(|error| failed("connect", error.to_string()))?;
        let mut select = session
            .prepare("SELECT user_id FROM bench.ids WHERE cookie = ?")
            .await
            .map_err(|error| failed("prepare", error.to_string()))?;
        select.set_is_idempotent(true);
        select.set_use_cached_result_metadata(true);
        Ok(Users { session: Arc::new(session), select: Arc::new(select) })
    }

    pub async fn find(&self, cookie: &str) -> Result<Option<String>, String> {
        let answer = self.session.execute_unpaged(&self.select, (cookie,)).await.map_err(|error| error.to_string())?;
        let rows = answer.into_rows_result().map_err(|error| error.to_string())?;
        let row = rows.maybe_first_row::<(Option<String>,)>().map_err(|error| error.to_string())?;
        Ok(row.and_then(|(user,)| user))
    }
}
