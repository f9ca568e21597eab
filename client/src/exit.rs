//! Exit codes of the client's errors, in one place.

use crate::{CatalogueError, GetError, IdentityError, LookupError, PutError, RemoveError, RenewError};
use blocs_chain::{QueryError, SubmitError};
use std::{error::Error, io};

const ERROR: u8 = 1;
const USAGE: u8 = 2;
const NOT_FOUND: u8 = 4;
const RETRYABLE: u8 = 5;
const DENIED: u8 = 6;
const NO_CHAIN: u8 = 10;
const INSUFFICIENT_FUNDS: u8 = 20;
const TOO_EXPENSIVE: u8 = 21;
const TOO_FEW_PROVIDERS: u8 = 22;
const EXTRINSIC_FAILED: u8 = 23;
const INTEGRITY: u8 = 24;

/// The exit code for an error of this crate or of the chain's reads and calls; `None` when the error is none of these.
pub fn exit_code(error: &(dyn Error + 'static)) -> Option<u8> {
    if let Some(error) = error.downcast_ref() {
        return Some(of_put(error));
    }
    if let Some(error) = error.downcast_ref() {
        return Some(of_get(error));
    }
    if let Some(error) = error.downcast_ref() {
        return Some(match error {
            RemoveError::Lookup(error) => of_lookup(error),
            RemoveError::NotOwner { .. } => DENIED,
            RemoveError::Submit(error) => of_submit(error),
        });
    }
    if let Some(error) = error.downcast_ref() {
        return Some(match error {
            RenewError::Lookup(error) => of_lookup(error),
            RenewError::NoSuchDeal(_) | RenewError::Over { .. } => NOT_FOUND,
            RenewError::BadDuration { .. } => USAGE,
            RenewError::NotOwner { .. } => DENIED,
            RenewError::TooFewProviders { .. } => TOO_FEW_PROVIDERS,
            RenewError::Query(error) => of_query(error),
            RenewError::Submit(error) => of_submit(error),
        });
    }
    if error.is::<IdentityError>() {
        return Some(USAGE);
    }
    None.or_else(|| error.downcast_ref().map(of_lookup))
        .or_else(|| error.downcast_ref().map(of_catalogue))
        .or_else(|| error.downcast_ref().map(of_query))
        .or_else(|| error.downcast_ref().map(of_submit))
}

fn of_put(error: &PutError) -> u8 {
    match error {
        PutError::Read { source, .. } => of_io(source),
        PutError::BadRequest { .. } | PutError::Label(_) => USAGE,
        PutError::Code(_) | PutError::Encode(_) | PutError::Manifest(_) | PutError::Internal(_) => ERROR,
        PutError::SourceChanged | PutError::QuotesExpired { .. } => RETRYABLE,
        PutError::InsufficientFunds { .. } => INSUFFICIENT_FUNDS,
        PutError::TooExpensive { .. } => TOO_EXPENSIVE,
        PutError::TooFewProviders { .. } => TOO_FEW_PROVIDERS,
        PutError::Query(error) => of_query(error),
        PutError::Submit(error) => of_submit(error),
        PutError::Catalogue { .. } => 3,
    }
}

fn of_get(error: &GetError) -> u8 {
    match error {
        GetError::Lookup(error) => of_lookup(error),
        GetError::BadRequest { .. } => USAGE,
        GetError::TooFewProviders { .. } => TOO_FEW_PROVIDERS,
        GetError::Integrity { .. } => INTEGRITY,
        GetError::Key { .. } => DENIED,
        GetError::Write { source, .. } => of_io(source),
        GetError::Internal(_) => ERROR,
    }
}

fn of_lookup(error: &LookupError) -> u8 {
    match error {
        LookupError::NotFound { .. } => NOT_FOUND,
        LookupError::Query(error) => of_query(error),
        LookupError::Catalogue(error) => of_catalogue(error),
    }
}

fn of_catalogue(error: &CatalogueError) -> u8 {
    match error {
        CatalogueError::Io { source, .. } => of_io(source),
        CatalogueError::Unreadable { .. } => ERROR,
    }
}

fn of_query(error: &QueryError) -> u8 {
    match error {
        QueryError::Unreachable(_) => NO_CHAIN,
        QueryError::Node { .. } => RETRYABLE,
        QueryError::NoState { .. } | QueryError::Incompatible { .. } => ERROR,
    }
}

fn of_submit(error: &SubmitError) -> u8 {
    match error {
        SubmitError::Unreachable { .. } => NO_CHAIN,
        SubmitError::InsufficientFunds { .. } => INSUFFICIENT_FUNDS,
        SubmitError::Dispatch { .. } => EXTRINSIC_FAILED,
        SubmitError::Refused { .. } | SubmitError::Expired { .. } => RETRYABLE,
        SubmitError::Invalid { .. } => ERROR,
        SubmitError::Query { source, .. } => of_query(source),
    }
}

fn of_io(error: &io::Error) -> u8 {
    match error.kind() {
        io::ErrorKind::NotFound => NOT_FOUND,
        io::ErrorKind::PermissionDenied => DENIED,
        _ => ERROR,
    }
}
