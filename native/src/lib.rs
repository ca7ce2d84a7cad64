//! Client libraries for the C++ program, behind the C ABI of include/messina_native.h.
//!
//! A runtime belongs to one thread, which drives it from its own loop (`runtime.rs`). Requests become tasks of that runtime and
//! answer by a completion in its queue. Nothing here keeps time for single requests: the caller gives up on what takes too long.

mod abi;
mod crew;
mod failure;
mod nodes;
mod query;
mod request;
mod runtime;
mod session;
mod statement;
mod tls;

// Keeps librdkafka's C symbols in the archive; the C++ room kafka/ calls them directly.
use rdkafka_sys as _;
