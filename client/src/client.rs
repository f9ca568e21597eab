//! The client's face.

use crate::{
    Catalogue, Estimate, GetError, GetReport, GetRequest, Identity, LookupError, Opening, Progress, Providers,
    PutError, PutReport, PutRequest, Removal, RemoveError, RenewError, RenewReport, RenewRequest, Renewal,
    RestoreReport, StatReport, StoredObject, Target,
};
use blocs_chain::ChainClient;
use blocs_primitives::{AccountId, Balance, DealId};
use std::{fmt, sync::Arc};

/// Stores and fetches for one account on one chain. All methods may run at the same time. A method whose future is dropped leaves no
/// deal behind, unless it was already opening one; [`Client::restore`] finds that.
pub struct Client {
    pub(crate) chain: Arc<dyn ChainClient>,
    pub(crate) providers: Arc<dyn Providers>,
    pub(crate) identity: Identity,
    pub(crate) catalogue: Catalogue,
}

impl Client {
    /// A client for this identity; the catalogue must be the identity's on this chain.
    pub fn new(
        chain: Arc<dyn ChainClient>,
        providers: Arc<dyn Providers>,
        identity: Identity,
        catalogue: Catalogue,
    ) -> Self {
        Self {
            chain,
            providers,
            identity,
            catalogue,
        }
    }

    /// The catalogue.
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The identity that it acts for.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Stores files; returns when the deal is in a finalized block and every provider has its slot on disk.
    ///
    /// The files are read twice, first to measure. A provider that fails or refuses is replaced; only its slot is made anew.
    pub async fn put(&self, request: &PutRequest, progress: Arc<dyn Progress>) -> Result<PutReport, PutError> {
        self.do_put(request, progress).await
    }

    /// Uploads files for a deal that `owner` will open, such as a contract: collects the providers' quotes, opens nothing, and pays nothing.
    ///
    /// The account signs for the upload, and its key opens what is stored. The catalogue knows the object from now on.
    pub async fn quotes_for(
        &self,
        owner: &AccountId,
        request: &PutRequest,
        progress: Arc<dyn Progress>,
    ) -> Result<Opening, PutError> {
        self.do_quotes_for(owner, request, progress).await
    }

    /// What a put would cost now.
    pub async fn quote(&self, request: &PutRequest, progress: Arc<dyn Progress>) -> Result<Estimate, PutError> {
        self.do_quote(request, progress).await
    }

    /// Fetches an object. Providers that fail or lie are passed over as long as k slots can be read.
    pub async fn get(&self, request: &GetRequest, progress: Arc<dyn Progress>) -> Result<GetReport, GetError> {
        self.do_get(request, progress).await
    }

    /// The account's objects, oldest first: those on the chain, and those in the catalogue that are still on their way.
    pub async fn list(&self) -> Result<Vec<StoredObject>, LookupError> {
        self.do_list().await
    }

    /// An object in detail.
    pub async fn stat(&self, target: &Target) -> Result<StatReport, LookupError> {
        self.do_stat(target).await
    }

    /// Ends an object's deal early; what is not used up is paid back when the deal closes.
    pub async fn remove(&self, target: &Target) -> Result<Removal, RemoveError> {
        self.do_remove(target).await
    }

    /// The name and the deal of an object.
    pub async fn find_deal(&self, target: &Target) -> Result<(String, DealId), LookupError> {
        self.do_find_deal(target).await
    }

    /// Quotes for keeping one of the account's deals longer; nothing is paid. See [`crate::collect_renewal`] for somebody else's deal.
    pub async fn renewal(&self, request: &RenewRequest) -> Result<Renewal, RenewError> {
        self.do_renewal(request).await
    }

    /// What the transaction of a renewal costs besides its price, in planck.
    pub async fn renewal_fee(&self, renewal: &Renewal) -> Result<Balance, RenewError> {
        self.do_renewal_fee(renewal).await
    }

    /// Pays for a renewal; returns when it is in a finalized block.
    pub async fn renew(&self, renewal: &Renewal) -> Result<RenewReport, RenewError> {
        self.do_renew(renewal).await
    }

    /// Rebuilds the catalogue from the chain and the providers.
    pub async fn restore(&self, progress: Arc<dyn Progress>) -> Result<RestoreReport, LookupError> {
        self.do_restore(progress).await
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("account", &self.identity.account())
            .finish_non_exhaustive()
    }
}
