//! The structures of messina_native.h, and how they are read and filled.

use bytes::Bytes;
use std::ffi::c_void;
use std::sync::Arc;

/// `mn_text`: UTF-8 without a zero byte at its end.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Text {
    pub data: *const u8,
    pub size: usize,
}

impl Text {
    pub fn of(text: &str) -> Text {
        Text { data: text.as_ptr(), size: text.len() }
    }

    /// # Safety
    /// `data` points to `size` readable bytes, or `size` is 0.
    pub unsafe fn to_string(self) -> String {
        String::from_utf8_lossy(unsafe { bytes_at(self.data, self.size) }).into_owned()
    }

    /// `None` when it is empty. Safety: as `to_string`.
    pub unsafe fn to_option(self) -> Option<String> {
        (self.size != 0).then(|| unsafe { self.to_string() })
    }
}

/// # Safety
/// `data` points to `size` readable bytes, or `size` is 0.
pub unsafe fn bytes_at<'a>(data: *const u8, size: usize) -> &'a [u8] {
    if size == 0 { &[] } else { unsafe { std::slice::from_raw_parts(data, size) } }
}

/// # Safety
/// `data` points to `count` items, or `count` is 0.
pub unsafe fn items_at<'a, T>(data: *const T, count: usize) -> &'a [T] {
    if count == 0 { &[] } else { unsafe { std::slice::from_raw_parts(data, count) } }
}

/// `mn_outcome`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Outcome {
    Ok = 0,
    Database = 1,
    NotSent = 2,
    ConnectionLost = 3,
    Invalid = 4,
    Protocol = 5,
    TimedOut = 6,
    Authentication = 7,
    Tls = 8,
}

/// Memory behind a completion.
#[derive(Default)]
pub struct Page {
    pub rows: Bytes,
    pub paging: Option<Arc<[u8]>>,
    pub message: String,
}

/// `mn_completion`.
#[repr(C)]
pub struct Completion {
    pub owner: u64,
    pub tag: u64,
    pub outcome: Outcome,
    pub code: u32,
    pub rows: *const u8,
    pub rows_bytes: usize,
    pub row_count: u32,
    pub column_count: u32,
    pub page: *mut Page,
    pub object: *mut c_void,
}

// The pointers are owned by the completion and travel with it.
unsafe impl Send for Completion {}

const _: () = assert!(size_of::<Completion>() == 64 && size_of::<Text>() == 16);

impl Completion {
    pub fn new(owner: u64, tag: u64) -> Completion {
        Completion {
            owner,
            tag,
            outcome: Outcome::Ok,
            code: 0,
            rows: std::ptr::null(),
            rows_bytes: 0,
            row_count: 0,
            column_count: 0,
            page: std::ptr::null_mut(),
            object: std::ptr::null_mut(),
        }
    }

    pub fn with_object<T>(mut self, object: T) -> Completion {
        self.object = Box::into_raw(Box::new(object)).cast();
        self
    }

    pub fn with_failure(mut self, failure: crate::failure::Failure) -> Completion {
        self.outcome = failure.outcome;
        self.code = failure.code;
        self.page = Box::into_raw(Box::new(Page { message: failure.message, ..Page::default() }));
        self
    }

    pub fn with_rows(mut self, page: Page, row_count: usize, column_count: usize) -> Completion {
        self.rows = page.rows.as_ptr();
        self.rows_bytes = page.rows.len();
        self.row_count = row_count as u32;
        self.column_count = column_count as u32;
        self.page = Box::into_raw(Box::new(page));
        self
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_page_paging(page: *const Page) -> Text {
    let paging: &[u8] = unsafe { (*page).paging.as_deref().unwrap_or_default() };
    Text { data: paging.as_ptr(), size: paging.len() }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_page_message(page: *const Page) -> Text {
    Text::of(unsafe { &(*page).message })
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_page_free(page: *mut Page) {
    if !page.is_null() {
        drop(unsafe { Box::from_raw(page) });
    }
}
