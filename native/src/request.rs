//! Requests of prepared statements: values in the protocol's own bytes in, whole pages of rows in the same bytes out.

use crate::abi::{Completion, Page, bytes_at, items_at};
use crate::session::Session;
use crate::statement::Statement;
use bytes::Bytes;
use scylla::deserialize::row::ColumnIterator;
use scylla::response::query_result::{QueryResult, QueryRowsResult};
use scylla::response::{PagingState, PagingStateResponse};
use scylla::serialize::SerializationError;
use scylla::serialize::row::{RowSerializationContext, SerializeRow};
use scylla::serialize::writers::RowWriter;
use scylla::statement::prepared::PreparedStatement;
use std::ops::ControlFlow;

const NULL: i32 = -1;
const UNSET: i32 = -2;
const NO_TIMESTAMP: i64 = i64::MIN;

/// `mn_request`.
#[repr(C)]
pub struct Request {
    statement: *const Statement,
    values: *const u8,
    values_bytes: usize,
    value_count: u32,
    paging_bytes: u32,
    paging: *const u8,
    timestamp_us: i64,
    tag: u64,
}

const _: () = assert!(size_of::<Request>() == 56);

/// The values of one request: for each its size, then its bytes. Copied, since the driver takes them when it first looks at the
/// request, which may be after the caller has given it up.
pub struct Values {
    bytes: Box<[u8]>,
    count: u32,
}

impl Values {
    pub fn new(bytes: &[u8], count: u32) -> Values {
        Values { bytes: bytes.into(), count }
    }
}

#[derive(Debug)]
struct Mismatch(&'static str);

impl std::fmt::Display for Mismatch {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.0)
    }
}
impl std::error::Error for Mismatch {}

fn mismatch(why: &'static str) -> SerializationError {
    SerializationError::new(Mismatch(why))
}

impl SerializeRow for Values {
    fn serialize(&self, context: &RowSerializationContext<'_>, writer: &mut RowWriter) -> Result<(), SerializationError> {
        if context.columns().len() != self.count as usize {
            return Err(mismatch("there are not as many values as bind markers"));
        }
        let mut rest = &self.bytes[..];
        for _ in 0..self.count {
            let Some((size, after)) = rest.split_first_chunk::<4>() else {
                return Err(mismatch("the values end early"));
            };
            rest = after;
            let cell = writer.make_cell_writer();
            match i32::from_be_bytes(*size) {
                NULL => drop(cell.set_null()),
                UNSET => drop(cell.set_unset()),
                size => {
                    let Some((value, after)) = usize::try_from(size).ok().and_then(|size| rest.split_at_checked(size)) else {
                        return Err(mismatch("a value is longer than what is there"));
                    };
                    rest = after;
                    cell.set_value(value).map_err(SerializationError::new)?;
                }
            }
        }
        if rest.is_empty() { Ok(()) } else { Err(mismatch("bytes are left over after the values")) }
    }

    fn is_empty(&self) -> bool {
        self.count == 0
    }
}

/// The rows as they stand in the server's answer: the cell that is met first leads to all of them.
fn raw_rows(rows: &QueryRowsResult) -> Bytes {
    let cells = rows.rows_num() * rows.column_specs().len();
    if let Ok(all) = rows.rows::<ColumnIterator>() {
        for row in all.flatten() {
            for cell in row.flatten() {
                if let Some(slice) = cell.slice {
                    return slice.as_original_frame_bytes().clone();
                }
            }
        }
    }
    // Nothing but nulls, each a size of -1.
    vec![0xff; cells * 4].into()
}

pub fn complete_with_result(completion: Completion, result: QueryResult, paging: PagingStateResponse) -> Completion {
    if !result.is_rows() {
        return completion;
    }
    match result.into_rows_result() {
        Err(error) => completion.with_failure((&error).into()),
        Ok(rows) => {
            let paging = match paging.into_paging_control_flow() {
                ControlFlow::Continue(state) => state.as_bytes_slice().cloned(),
                ControlFlow::Break(()) => None,
            };
            let (row_count, column_count) = (rows.rows_num(), rows.column_specs().len());
            let bytes = if row_count == 0 { Bytes::new() } else { raw_rows(&rows) };
            completion.with_rows(Page { rows: bytes, paging, message: String::new() }, row_count, column_count)
        }
    }
}

/// One request on its way to the driver.
pub struct Job {
    prepared: PreparedStatement,
    values: Values,
    paging: PagingState,
    completion: Completion,
}

pub async fn execute(driver: &scylla::client::session::Session, job: Job) -> Completion {
    match driver.execute_single_page(&job.prepared, job.values, job.paging).await {
        Err(error) => job.completion.with_failure((&error).into()),
        Ok((result, paging)) => complete_with_result(job.completion, result, paging),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_session_submit(session: *const Session, requests: *const Request, count: usize) {
    let session = unsafe { &*session };
    session.crew.submit(unsafe { items_at(requests, count) }.iter().map(|request| {
        let values = Values::new(unsafe { bytes_at(request.values, request.values_bytes) }, request.value_count);
        let paging = if request.paging.is_null() {
            PagingState::start()
        } else {
            PagingState::new_from_raw_bytes(unsafe { bytes_at(request.paging, request.paging_bytes as usize) })
        };
        let mut prepared = unsafe { (*request.statement).prepared.clone() };
        if request.timestamp_us != NO_TIMESTAMP {
            prepared.set_timestamp(Some(request.timestamp_us));
        }
        Job { prepared, values, paging, completion: session.completion(request.tag) }
    }));
}
