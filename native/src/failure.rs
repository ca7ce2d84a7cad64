//! What an error of the driver says of a request: whether it may have been applied, and the server's own code.

use crate::abi::Outcome;
use scylla::errors::{
    ConnectionError, ConnectionPoolError, ConnectionSetupRequestErrorKind, DbError, ExecutionError, IntoRowsResultError,
    MetadataError, NewSessionError, PrepareError, RequestAttemptError,
};

/// Servers tell clients which number they use; this one stands for all.
const CODE_RATE_LIMIT: u32 = 0xf000;

pub struct Failure {
    pub outcome: Outcome,
    pub code: u32,
    pub message: String,
}

impl Failure {
    pub fn new(outcome: Outcome, message: impl Into<String>) -> Failure {
        Failure { outcome, code: 0, message: message.into() }
    }

    pub fn timed_out(what: &str, after: std::time::Duration) -> Failure {
        Failure::new(Outcome::TimedOut, format!("{what} took longer than {} ms", after.as_millis()))
    }
}

fn database(error: &DbError, message: &str) -> Failure {
    let code = match error {
        DbError::RateLimitReached { .. } => CODE_RATE_LIMIT,
        other => other.code(&Default::default()) as u32,
    };
    // The server's own words say more than the name of the error; where it has none the name must do.
    let text = if message.is_empty() { error.to_string() } else { message.to_owned() };
    Failure { outcome: Outcome::Database, code, message: text }
}

impl From<&RequestAttemptError> for Failure {
    fn from(error: &RequestAttemptError) -> Failure {
        let outcome = match error {
            RequestAttemptError::DbError(database_error, message) => return database(database_error, message),
            RequestAttemptError::SerializationError(_) | RequestAttemptError::CqlRequestSerialization(_) => Outcome::Invalid,
            RequestAttemptError::UnableToAllocStreamId => Outcome::NotSent,
            RequestAttemptError::BrokenConnectionError(_) => Outcome::ConnectionLost,
            RequestAttemptError::RepreparedIdChanged { .. } | RequestAttemptError::RepreparedIdMissingInBatch => Outcome::NotSent,
            _ => Outcome::Protocol,
        };
        Failure::new(outcome, error.to_string())
    }
}

impl From<&ConnectionPoolError> for Failure {
    fn from(error: &ConnectionPoolError) -> Failure {
        if let ConnectionPoolError::Broken { last_connection_error } = error {
            return last_connection_error.into();
        }
        Failure::new(Outcome::NotSent, error.to_string())
    }
}

/// Why there is no connection: nothing was sent in any case.
impl From<&ConnectionError> for Failure {
    fn from(error: &ConnectionError) -> Failure {
        let outcome = match error {
            ConnectionError::ConnectionSetupRequestError(setup) => match setup.get_error() {
                ConnectionSetupRequestErrorKind::DbError(DbError::AuthenticationError, message) => {
                    return Failure::new(Outcome::Authentication, message.clone());
                }
                ConnectionSetupRequestErrorKind::MissingAuthentication => {
                    return Failure::new(Outcome::Authentication, "the server wants a name and a password");
                }
                _ => Outcome::NotSent,
            },
            ConnectionError::IoError(io) if is_tls(io) => Outcome::Tls,
            _ => Outcome::NotSent,
        };
        Failure::new(outcome, error.to_string())
    }
}

fn is_tls(error: &std::io::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = error.get_ref().map(|inner| inner as _);
    while let Some(inner) = cause {
        if inner.is::<openssl::ssl::Error>() || inner.is::<openssl::error::ErrorStack>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

impl From<&ExecutionError> for Failure {
    fn from(error: &ExecutionError) -> Failure {
        match error {
            ExecutionError::LastAttemptError(attempt) => attempt.into(),
            ExecutionError::ConnectionPoolError(pool) => Failure { outcome: Outcome::NotSent, ..Failure::from(pool) },
            ExecutionError::PrepareError(prepare) => prepare.into(),
            ExecutionError::BadQuery(_) => Failure::new(Outcome::Invalid, error.to_string()),
            ExecutionError::EmptyPlan => Failure::new(Outcome::NotSent, "no node of the cluster can take requests"),
            ExecutionError::RequestTimeout(_) => Failure::new(Outcome::TimedOut, error.to_string()),
            _ => Failure::new(Outcome::Protocol, error.to_string()),
        }
    }
}

impl From<&PrepareError> for Failure {
    fn from(error: &PrepareError) -> Failure {
        match error {
            PrepareError::ConnectionPoolError(pool) => pool.into(),
            PrepareError::AllAttemptsFailed { first_attempt } => first_attempt.into(),
            _ => Failure::new(Outcome::Protocol, error.to_string()),
        }
    }
}

impl From<&NewSessionError> for Failure {
    fn from(error: &NewSessionError) -> Failure {
        match error {
            NewSessionError::MetadataError(MetadataError::ConnectionPoolError(pool)) => pool.into(),
            NewSessionError::FailedToResolveAnyHostname(names) => {
                Failure::new(Outcome::NotSent, format!("no address is known for {}", names.join(", ")))
            }
            NewSessionError::EmptyKnownNodesList | NewSessionError::IllegalConfig(_) => {
                Failure::new(Outcome::Invalid, error.to_string())
            }
            _ => Failure::new(Outcome::NotSent, error.to_string()),
        }
    }
}

impl From<&IntoRowsResultError> for Failure {
    fn from(error: &IntoRowsResultError) -> Failure {
        Failure::new(Outcome::Protocol, error.to_string())
    }
}
