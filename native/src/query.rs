//! Statements that are not prepared: what changes the schema, and what is asked once.

use crate::abi::Text;
use crate::failure::Failure;
use crate::request::complete_with_result;
use crate::session::Session;
use scylla::response::PagingState;
use std::time::Duration;

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_session_query(session: *const Session, text: Text, timeout_us: u64, tag: u64) {
    let session = unsafe { &*session };
    let text = unsafe { text.to_string() };
    let timeout = Duration::from_micros(timeout_us);
    let (driver, queue, completion) = (session.driver.clone(), session.queue.clone(), session.completion(tag));
    session.runtime.spawn(async move {
        let asked = driver.query_single_page(text, (), PagingState::start());
        let completed = match tokio::time::timeout(timeout, asked).await {
            Err(_) => completion.with_failure(Failure::timed_out("the statement", timeout)),
            Ok(Err(error)) => completion.with_failure((&error).into()),
            Ok(Ok((result, paging))) => complete_with_result(completion, result, paging),
        };
        queue.push(completed);
    });
}
