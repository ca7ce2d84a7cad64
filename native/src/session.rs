//! Connections to one cluster.

use crate::abi::{Completion, Outcome, Text, items_at};
use crate::crew::Crew;
use crate::failure::Failure;
use crate::runtime::{Queue, Runtime};
use crate::tls::{TlsFiles, make_context};
use scylla::client::execution_profile::ExecutionProfile;
use scylla::client::session_builder::SessionBuilder;
use scylla::client::{Compression, PoolSize};
use scylla::policies::load_balancing::{DefaultPolicy, LoadBalancingPolicy};
use scylla::policies::retry::FallthroughRetryPolicy;
use scylla::statement::{Consistency, SerialConsistency};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

/// `mn_session_options`.
#[repr(C)]
pub struct Options {
    contact_points: *const Text,
    contact_point_count: usize,
    keyspace: Text,
    local_dc: Text,
    local_rack: Text,
    user: Text,
    password: Text,
    ca_file: Text,
    certificate_file: Text,
    key_file: Text,
    host_names: *const Text,
    host_name_count: usize,
    open_timeout_us: u64,
    connect_timeout_us: u64,
    keepalive_us: u64,
    connections_per_host: u32,
    consistency: u16,
    serial_consistency: u16,
    uses_tls: u8,
    permits_dc_failover: u8,
    compression: u8,
}

const _: () = assert!(size_of::<Options>() == 200);

/// `mn_session`.
pub struct Session {
    pub driver: Arc<scylla::client::session::Session>,
    pub crew: Crew,
    pub runtime: tokio::runtime::Handle,
    pub queue: Arc<Queue>,
    pub owner: u64,
}

impl Session {
    pub fn completion(&self, tag: u64) -> Completion {
        Completion::new(self.owner, tag)
    }
}

fn micros(value: u64) -> Duration {
    Duration::from_micros(value)
}

unsafe fn texts(data: *const Text, count: usize) -> Vec<String> {
    unsafe { items_at(data, count).iter().map(|text| text.to_string()).collect() }
}

/// Which nodes take a request, in which order.
unsafe fn make_policy(options: &Options) -> Arc<dyn LoadBalancingPolicy> {
    let mut policy = DefaultPolicy::builder().token_aware(true).permit_dc_failover(options.permits_dc_failover != 0);
    if let Some(datacenter) = unsafe { options.local_dc.to_option() } {
        policy = match unsafe { options.local_rack.to_option() } {
            Some(rack) => policy.prefer_datacenter_and_rack(datacenter, rack),
            None => policy.prefer_datacenter(datacenter),
        };
    }
    policy.build()
}

unsafe fn make_profile(options: &Options) -> Result<ExecutionProfile, Failure> {
    let refuse = |what: &str, number: u16| Failure::new(Outcome::Invalid, format!("there is no {what} {number}"));
    let consistency = Consistency::try_from(options.consistency).map_err(|_| refuse("consistency", options.consistency))?;
    let serial = match options.serial_consistency {
        0 => None,
        number => Some(SerialConsistency::try_from(number as i16).map_err(|_| refuse("serial consistency", number))?),
    };
    Ok(ExecutionProfile::builder()
        // The caller gives up on requests by a clock of its own: a timer for each would cost half as much as the request.
        .request_timeout(None)
        .consistency(consistency)
        .serial_consistency(serial)
        .load_balancing_policy(unsafe { make_policy(options) })
        // What became of a write must not be hidden by a second try.
        .retry_policy(Arc::new(FallthroughRetryPolicy::new()))
        .build())
}

unsafe fn make_builder(options: &Options) -> Result<SessionBuilder, Failure> {
    let keepalive = micros(options.keepalive_us);
    let connections = NonZeroUsize::new(options.connections_per_host as usize).unwrap_or(NonZeroUsize::MIN);
    let mut builder = SessionBuilder::new()
        .known_nodes(unsafe { texts(options.contact_points, options.contact_point_count) })
        .default_execution_profile_handle(unsafe { make_profile(options) }?.into_handle())
        .pool_size(PoolSize::PerHost(connections))
        .connection_timeout(micros(options.connect_timeout_us))
        // Only these notice a node that neither answers nor hangs up.
        .keepalive_interval(keepalive)
        .keepalive_timeout(keepalive)
        .hostname_resolution_timeout(Some(micros(options.connect_timeout_us)))
        .metadata_request_clientside_timeout(micros(options.open_timeout_us))
        .tcp_nodelay(true)
        .compression(match options.compression {
            1 => Some(Compression::Lz4),
            2 => Some(Compression::Snappy),
            _ => None,
        });
    if let Some(keyspace) = unsafe { options.keyspace.to_option() } {
        builder = builder.keyspaces_to_fetch([keyspace]);
    }
    if let Some(user) = unsafe { options.user.to_option() } {
        builder = builder.user(user, unsafe { options.password.to_string() });
    }
    if options.uses_tls != 0 {
        let context = make_context(TlsFiles {
            ca: unsafe { options.ca_file.to_option() },
            certificate: unsafe { options.certificate_file.to_option() },
            key: unsafe { options.key_file.to_option() },
            host_names: unsafe { texts(options.host_names, options.host_name_count) },
        })?;
        builder = builder.tls_context(Some(context));
    }
    Ok(builder)
}

async fn open(builder: SessionBuilder, timeout: Duration) -> Result<scylla::client::session::Session, Failure> {
    match tokio::time::timeout(timeout, builder.build()).await {
        Err(_) => Err(Failure::timed_out("opening the session", timeout)),
        Ok(Err(error)) => Err((&error).into()),
        Ok(Ok(session)) => Ok(session),
    }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_session_open(runtime: *mut Runtime, options: *const Options, owner: u64, tag: u64) {
    let (runtime, options) = unsafe { (&*runtime, &*options) };
    let queue = runtime.queue.clone();
    let handle = runtime.handle();
    let timeout = micros(options.open_timeout_us);
    let builder = match unsafe { make_builder(options) } {
        Ok(builder) => builder,
        Err(failure) => return queue.push(Completion::new(owner, tag).with_failure(failure)),
    };
    runtime.spawn(async move {
        let completion = Completion::new(owner, tag);
        let completed = match open(builder, timeout).await {
            Err(failure) => completion.with_failure(failure),
            Ok(driver) => {
                let driver = Arc::new(driver);
                let crew = Crew::new(driver.clone(), queue.clone(), handle.clone());
                completion.with_object(Session { driver, crew, runtime: handle, queue: queue.clone(), owner })
            }
        };
        queue.push(completed);
    });
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn mn_session_close(session: *mut Session) {
    let session = unsafe { Box::from_raw(session) };
    // The driver stops tasks of the runtime when it goes.
    let _inside = session.runtime.clone();
    let _guard = _inside.enter();
    drop(session);
}
