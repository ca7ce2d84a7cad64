//! Prepared statements, and what the server says of their columns.

use crate::abi::{Text, bytes_at};
use crate::failure::Failure;
use crate::request::Values;
use crate::session::Session;
use scylla::cluster::metadata::{CollectionType, ColumnType, NativeType};
use scylla::frame::response::result::{ColumnSpec, PartitionKeyIndex};
use scylla::policies::retry::DefaultRetryPolicy;
use scylla::statement::Consistency;
use scylla::statement::prepared::PreparedStatement;
use std::sync::Arc;
use std::time::Duration;

/// `mn_statement_options`.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Options {
    timeout_us: u64,
    page_rows: u32,
    consistency: u16,
    is_idempotent: u8,
}

const CONSISTENCY_OF_SESSION: u16 = 0xffff;

/// `mn_column`.
#[repr(C)]
pub struct Column {
    name: Text,
    kind: Text,
    is_partition_key: u8,
}

const _: () = assert!(size_of::<Options>() == 16 && size_of::<Column>() == 40);

/// Columns and the texts that they point to.
#[derive(Default)]
struct Columns {
    described: Vec<Column>,
    _texts: Vec<String>,
}

// The pointers lead into `_texts`, whose buffers do not move.
unsafe impl Send for Columns {}

/// `mn_statement`.
pub struct Statement {
    pub prepared: PreparedStatement,
    markers: Columns,
    results: Columns,
}

impl Columns {
    fn describe<'a>(specs: impl Iterator<Item = &'a ColumnSpec<'a>>, partition_key: &[PartitionKeyIndex]) -> Columns {
        let mut columns = Columns::default();
        for (number, spec) in specs.enumerate() {
            let (name, kind) = (spec.name().to_owned(), type_text(spec.typ()));
            let is_partition_key = partition_key.iter().any(|key| usize::from(key.index) == number);
            columns.described.push(Column { name: Text::of(&name), kind: Text::of(&kind), is_partition_key: is_partition_key.into() });
            columns._texts.extend([name, kind]);
        }
        columns
    }
}

fn type_text(kind: &ColumnType) -> String {
    match kind {
        ColumnType::Native(native) => native_text(native).to_owned(),
        ColumnType::Collection { typ, .. } => match typ {
            CollectionType::List(item) => format!("list<{}>", type_text(item)),
            CollectionType::Set(item) => format!("set<{}>", type_text(item)),
            CollectionType::Map(key, value) => format!("map<{}, {}>", type_text(key), type_text(value)),
            _ => "unknown".to_owned(),
        },
        ColumnType::Vector { typ, dimensions } => format!("vector<{}, {dimensions}>", type_text(typ)),
        ColumnType::Tuple(items) => {
            let items: Vec<String> = items.iter().map(type_text).collect();
            format!("tuple<{}>", items.join(", "))
        }
        ColumnType::UserDefinedType { definition, .. } => definition.name.to_string(),
        _ => "unknown".to_owned(),
    }
}

fn native_text(native: &NativeType) -> &'static str {
    match native {
        NativeType::Ascii => "ascii",
        NativeType::Boolean => "boolean",
        NativeType::Blob => "blob",
        NativeType::Counter => "counter",
        NativeType::Date => "date",
        NativeType::Decimal => "decimal",
        NativeType::Double => "double",
        NativeType::Duration => "duration",
        NativeType::Float => "float",
        NativeType::Int => "int",
        NativeType::BigInt => "bigint",
        NativeType::Text => "text",
        NativeType::Timestamp => "timestamp",
        NativeType::Inet => "inet",
        NativeType::SmallInt => "smallint",
        NativeType::TinyInt => "tinyint",
        NativeType::Time => "time",
        NativeType::Timeuuid => "timeuuid",
        NativeType::Uuid => "uuid",
        NativeType::Varint => "varint",
        _ => "unknown",
    }
}

fn finish(mut prepared: PreparedStatement, options: Options) -> Statement {
    prepared.set_page_size(options.page_rows.clamp(1, i32::MAX as u32) as i32);
    prepared.set_use_cached_result_metadata(true);
    if options.consistency != CONSISTENCY_OF_SESSION {
        if let Ok(consistency) = Consistency::try_from(options.consistency) {
            prepared.set_consistency(consistency);
        }
    }
    if options.is_idempotent != 0 {
        // A read that fails at one node is asked of the next one.
        prepared.set_is_idempotent(true);
        prepared.set_retry_policy(Some(Arc::new(DefaultRetryPolicy::new())));
    }
    let markers = Columns::describe(prepared.get_variable_col_specs().iter(), prepared.get_variable_pk_indexes());
    let results = Columns::describe(prepared.get_current_result_set_col_specs().get().iter(), &[]);
    Statement { prepared, markers, results }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_statement_prepare(session: *const Session, text: Text, options: *const Options, tag: u64) {
    let session = unsafe { &*session };
    let (options, text) = unsafe { (*options, text.to_string()) };
    let timeout = Duration::from_micros(options.timeout_us);
    let (driver, queue, completion) = (session.driver.clone(), session.queue.clone(), session.completion(tag));
    session.runtime.spawn(async move {
        // The driver asks all nodes and waits for each of them, however long that takes.
        let completed = match tokio::time::timeout(timeout, driver.prepare(text)).await {
            Err(_) => completion.with_failure(Failure::timed_out("preparing the statement", timeout)),
            Ok(Err(error)) => completion.with_failure((&error).into()),
            Ok(Ok(prepared)) => completion.with_object(finish(prepared, options)),
        };
        queue.push(completed);
    });
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_statement_free(statement: *mut Statement) {
    if !statement.is_null() {
        drop(unsafe { Box::from_raw(statement) });
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_statement_bind_markers(statement: *const Statement, out: *mut *const Column) -> usize {
    let columns = unsafe { &(*statement).markers.described };
    unsafe { out.write(columns.as_ptr()) };
    columns.len()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_statement_result_columns(statement: *const Statement, out: *mut *const Column) -> usize {
    let columns = unsafe { &(*statement).results.described };
    unsafe { out.write(columns.as_ptr()) };
    columns.len()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_statement_is_token_aware(statement: *const Statement) -> u8 {
    unsafe { (*statement).prepared.is_token_aware().into() }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_statement_token(
    statement: *const Statement,
    values: *const u8,
    values_bytes: usize,
    value_count: u32,
    token: *mut i64,
) -> u8 {
    let values = Values::new(unsafe { bytes_at(values, values_bytes) }, value_count);
    match unsafe { (*statement).prepared.calculate_token(&values) } {
        Ok(Some(found)) => {
            unsafe { token.write(found.value()) };
            1
        }
        _ => 0,
    }
}
