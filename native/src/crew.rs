//! Tasks that stay and take one request after the other.
//!
//! What the driver needs for one request is some kilobytes that a task of its own would allocate, move several times and give back; here
//! they are kept for the next one.

use crate::request::{Job, execute};
use crate::runtime::Queue;
use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

type Driver = scylla::client::session::Session;

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    /// Of members that have nothing to do; who waited least comes first, since its memory is still in the caches.
    idle: Vec<Waker>,
    is_closed: bool,
}

/// Members are added when all are busy: as many as there were ever requests in flight.
pub struct Crew {
    driver: Arc<Driver>,
    queue: Arc<Queue>,
    runtime: tokio::runtime::Handle,
    state: Arc<Mutex<State>>,
}

/// `None` when the crew is closed and nothing is left to do.
async fn next_job(state: &Mutex<State>) -> Option<Job> {
    poll_fn(|context| {
        let mut state = state.lock().expect("no panic while it is held");
        if let Some(job) = state.jobs.pop_front() {
            return Poll::Ready(Some(job));
        }
        if state.is_closed {
            return Poll::Ready(None);
        }
        state.idle.push(context.waker().clone());
        Poll::Pending
    })
    .await
}

impl Crew {
    pub fn new(driver: Arc<Driver>, queue: Arc<Queue>, runtime: tokio::runtime::Handle) -> Crew {
        Crew { driver, queue, runtime, state: Arc::default() }
    }

    pub fn submit(&self, jobs: impl ExactSizeIterator<Item = Job>) {
        let count = jobs.len();
        let woken = {
            let mut state = self.state.lock().expect("no panic while it is held");
            state.jobs.extend(jobs);
            let first = state.idle.len() - count.min(state.idle.len());
            state.idle.split_off(first)
        };
        for _ in woken.len()..count {
            self.add_member();
        }
        woken.into_iter().rev().for_each(Waker::wake);
    }

    fn add_member(&self) {
        let (driver, queue, state) = (self.driver.clone(), self.queue.clone(), self.state.clone());
        self.runtime.spawn(async move {
            while let Some(job) = next_job(&state).await {
                queue.push(execute(&driver, job).await);
            }
        });
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        let idle = {
            let mut state = self.state.lock().expect("no panic while it is held");
            state.is_closed = true;
            std::mem::take(&mut state.idle)
        };
        idle.into_iter().for_each(Waker::wake);
    }
}
