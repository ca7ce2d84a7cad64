//! An event loop that the thread who owns it drives, and the queue of what it has completed.

use crate::abi::{Completion, mn_page_free};
use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::yield_now;

/// Rounds over all ready tasks in one turn: data that keeps coming must not keep the caller from its own work.
const ROUNDS_MAX: usize = 32;
/// A request needs a round to reach its connection's task, and another one to be written.
const ROUNDS_MIN: usize = 3;

/// Completions, oldest first. One thread pushes and takes, so that the lock is never waited for.
#[derive(Default)]
pub struct Queue {
    done: Mutex<VecDeque<Completion>>,
    news: Notify,
}

impl Queue {
    pub fn push(&self, completion: Completion) {
        let mut done = self.done.lock().expect("no panic while it is held");
        done.push_back(completion);
        if done.len() == 1 {
            self.news.notify_one();
        }
    }
    fn len(&self) -> usize {
        self.done.lock().expect("no panic while it is held").len()
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        for completion in self.done.get_mut().expect("no panic while it is held").drain(..) {
            unsafe { mn_page_free(completion.page) };
        }
    }
}

pub struct Runtime {
    tokio: tokio::runtime::Runtime,
    pub queue: Arc<Queue>,
}

impl Runtime {
    fn new() -> std::io::Result<Runtime> {
        let tokio = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        Ok(Runtime { tokio, queue: Arc::default() })
    }

    pub fn handle(&self) -> tokio::runtime::Handle {
        self.tokio.handle().clone()
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tokio.spawn(task);
    }

    fn turn(&self, wait_max: Duration) {
        self.tokio.block_on(async {
            self.run_ready().await;
            if !wait_max.is_zero() && self.queue.len() == 0 {
                let _ = tokio::time::timeout(wait_max, self.queue.news.notified()).await;
                self.run_ready().await;
            }
        });
    }

    /// Goes on as long as every round brings completions.
    async fn run_ready(&self) {
        let mut before = self.queue.len();
        for round in 1..=ROUNDS_MAX {
            yield_now().await;
            let now = self.queue.len();
            if now == before && round >= ROUNDS_MIN {
                return;
            }
            before = now;
        }
    }
}

#[unsafe(no_mangle)]
pub extern "C" fn mn_runtime_new() -> *mut Runtime {
    match Runtime::new() {
        Ok(runtime) => Box::into_raw(Box::new(runtime)),
        Err(_) => std::ptr::null_mut(),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_runtime_free(runtime: *mut Runtime) {
    let runtime = unsafe { Box::from_raw(runtime) };
    // The driver resolves names on threads of the runtime's own: they are not waited for.
    runtime.tokio.shutdown_background();
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_runtime_turn(runtime: *mut Runtime, wait_max_us: u64) {
    unsafe { (*runtime).turn(Duration::from_micros(wait_max_us)) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_runtime_wake(runtime: *mut Runtime) {
    unsafe { &*runtime }.queue.news.notify_one()
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_runtime_take(runtime: *mut Runtime, out: *mut Completion, max: usize) -> usize {
    let mut done = unsafe { &*runtime }.queue.done.lock().expect("no panic while it is held");
    let count = done.len().min(max);
    for (index, completion) in done.drain(..count).enumerate() {
        unsafe { out.add(index).write(completion) };
    }
    count
}
