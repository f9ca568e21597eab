//! The BLOCS client: put, get, list, stat, renew, remove, restore, and what a put would cost.
//!
//! [`Client`] ties four things together: the chain ([`blocs_chain::ChainClient`]), the providers ([`Providers`]), an [`Identity`] (account
//! and content key, both from one secret), and a [`Catalogue`] on disk. The catalogue is a cache: chain and secret alone give
//! everything back ([`Client::restore`]).
//!
//! ```no_run
//! # async fn example(chain: std::sync::Arc<dyn blocs_chain::ChainClient>, providers: std::sync::Arc<dyn blocs_client::Providers>)
//! # -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use blocs_client::{Catalogue, Client, GetRequest, Identity, PutRequest, Silent, Target};
//!
//! let identity = Identity::from_secret("//Alice")?;
//! let catalogue = Catalogue::open("/home/me/.local/share/blocs/catalogue".as_ref(), chain.genesis_hash(), &identity)?;
//! let client = Client::new(chain, providers, identity, catalogue);
//! let stored = client.put(&PutRequest::new(vec!["photo.jpg".into()]), Arc::new(Silent)).await?;
//! let target: Target = stored.deal.into();
//! client.get(&GetRequest::new(target, "copy.jpg".into()), Arc::new(Silent)).await?;
//! # Ok(())
//! # }
//! ```

mod catalogue;
mod client;
mod error;
mod exit;
mod fetch;
mod files;
mod get;
mod identity;
mod lookup;
pub mod memory;
mod placement;
mod progress;
mod providers;
mod put;
mod renew;
mod request;
mod upload;
mod validity;
mod wire;

pub use blocs_erasure::Compression;
pub use catalogue::{Catalogue, CatalogueError, Entry, EntryState};
pub use client::Client;
pub use error::{GetError, LookupError, PutError, RemoveError};
pub use exit::exit_code;
pub use identity::{Identity, IdentityError};
pub use progress::{Progress, Silent};
pub use providers::{Offer, Piece, ProviderError, Providers, PutSession, SlotContent, SlotRef};
pub use put::Opening;
pub use renew::{RenewError, RenewReport, RenewRequest, Renewal, collect_renewal};
pub use request::{
    BadProvider, CodeParameters, Estimate, GetReport, GetRequest, ObjectState, ParseCodeError, PutReport, PutRequest,
    Removal, RestoreReport, SlotHealth, StatReport, StoredObject, Target,
};
pub use wire::WireProviders;
