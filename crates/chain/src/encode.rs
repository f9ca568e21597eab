//! Calls in the shape that the metadata asks for, by the names that it gives the fields.

use crate::{
    DealExtension, DealOffer, MarketCall, ProveCall, Registration, Terms, Tier, layout::Bytes32,
    staking::encode::StakingData,
};
use blocs_primitives::{Answer, Balance, Period, SlotExtension, SlotId, SlotOffer};
use subxt::{
    ext::{
        scale_encode::{EncodeAsFields, EncodeAsType, Error},
        scale_type_resolver::{FieldIter, TypeResolver},
    },
    tx::DynamicPayload,
    utils::{AccountId32, MultiAddress},
};

/// A call, ready to be encoded by the metadata.
pub(crate) type Payload = DynamicPayload<CallData>;

pub(crate) fn payload(call: &MarketCall) -> Payload {
    let (pallet, name) = call.name();
    let data = match call.clone() {
        MarketCall::Register(registration) => CallData::Register(RegisterArgs {
            registration: registration.into(),
        }),
        MarketCall::UpdateTerms(terms) => CallData::UpdateTerms(UpdateTermsArgs { terms: terms.into() }),
        MarketCall::TopUp { amount } => CallData::TopUp(TopUpArgs { amount }),
        MarketCall::AnnounceExit | MarketCall::Resume | MarketCall::Deregister | MarketCall::Claim => {
            CallData::Nothing(NoArgs {})
        }
        MarketCall::OpenDeal(offer) => CallData::OpenDeal(OpenDealArgs { offer: offer.into() }),
        MarketCall::ExtendDeal { extension, .. } => CallData::ExtendDeal(ExtendDealArgs {
            extension: extension.into(),
        }),
        MarketCall::CloseSlot { slot } | MarketCall::DeclareLost { slot } => {
            CallData::Slot(SlotArgs { slot: slot.into() })
        }
        MarketCall::CloseDeal { deal } | MarketCall::TerminateDeal { deal } => {
            CallData::Deal(DealArgs { deal: deal.0.0 })
        }
        MarketCall::Transfer { to, amount } => CallData::Transfer(TransferArgs {
            dest: MultiAddress::Id(AccountId32(to.into())),
            value: amount,
        }),
    };
    DynamicPayload::new(pallet, name, data)
}

pub(crate) fn prove_payload(call: &ProveCall) -> Payload {
    let args = ProveArgs {
        provider: *call.provider.as_ref(),
        period: call.period,
        answers: call.answers.iter().cloned().map(Into::into).collect(),
        concession: call.concession.as_ref().map(|signature| signature.0),
    };
    DynamicPayload::new(crate::layout::MARKET, "prove", CallData::Prove(args))
}

/// The arguments of a call.
pub(crate) enum CallData {
    Register(RegisterArgs),
    UpdateTerms(UpdateTermsArgs),
    TopUp(TopUpArgs),
    Nothing(NoArgs),
    OpenDeal(OpenDealArgs),
    ExtendDeal(ExtendDealArgs),
    Slot(SlotArgs),
    Deal(DealArgs),
    Transfer(TransferArgs),
    Prove(ProveArgs),
    Staking(StakingData),
}

impl EncodeAsFields for CallData {
    fn encode_as_fields_to<R: TypeResolver>(
        &self,
        fields: &mut dyn FieldIter<'_, R::TypeId>,
        types: &R,
        out: &mut Vec<u8>,
    ) -> Result<(), Error> {
        match self {
            Self::Register(args) => args.encode_as_fields_to(fields, types, out),
            Self::UpdateTerms(args) => args.encode_as_fields_to(fields, types, out),
            Self::TopUp(args) => args.encode_as_fields_to(fields, types, out),
            Self::Nothing(args) => args.encode_as_fields_to(fields, types, out),
            Self::OpenDeal(args) => args.encode_as_fields_to(fields, types, out),
            Self::ExtendDeal(args) => args.encode_as_fields_to(fields, types, out),
            Self::Slot(args) => args.encode_as_fields_to(fields, types, out),
            Self::Deal(args) => args.encode_as_fields_to(fields, types, out),
            Self::Transfer(args) => args.encode_as_fields_to(fields, types, out),
            Self::Prove(args) => args.encode_as_fields_to(fields, types, out),
            Self::Staking(data) => data.encode_as_fields_to(fields, types, out),
        }
    }
}

/// Declares a struct that the metadata encodes by field names.
macro_rules! encoded {
    ($name:ident { $($field:ident: $kind:ty),* }) => {
        #[derive(EncodeAsType)]
        #[encode_as_type(crate_path = "subxt::ext::scale_encode")]
        pub(crate) struct $name { $(pub(crate) $field: $kind),* }
    };
}
pub(crate) use encoded;

encoded!(RegisterArgs {
    registration: RegistrationLayout
});
encoded!(UpdateTermsArgs { terms: TermsLayout });
encoded!(TopUpArgs { amount: Balance });
encoded!(NoArgs {});
encoded!(OpenDealArgs { offer: DealOfferLayout });
encoded!(ExtendDealArgs {
    extension: DealExtensionLayout
});
encoded!(SlotArgs { slot: SlotIdLayout });
encoded!(DealArgs { deal: Bytes32 });
encoded!(TransferArgs { dest: MultiAddress<AccountId32, ()>, value: Balance });
encoded!(ProveArgs { provider: Bytes32, period: Period, answers: Vec<AnswerLayout>, concession: Option<[u8; 64]> });
encoded!(RegistrationLayout {
    operator: Bytes32,
    bond: Balance,
    terms: TermsLayout
});
encoded!(TermsLayout {
    capacity: u64,
    price: Balance,
    zone: Vec<u8>,
    tier: TierLayout,
    peer_id: Vec<u8>,
    addresses: Vec<Vec<u8>>
});
encoded!(DealOfferLayout {
    salt: Bytes32,
    manifest: Bytes32,
    k: u16,
    duration: Period,
    label: Vec<u8>,
    slots: Vec<SlotOfferLayout>
});
encoded!(SlotOfferLayout {
    provider: Bytes32,
    root: Bytes32,
    size: u64,
    rate: Balance,
    valid_until: u32,
    signature: [u8; 64]
});
encoded!(DealExtensionLayout {
    deal: Bytes32,
    end: Period,
    slots: Vec<SlotExtensionLayout>
});
encoded!(SlotExtensionLayout {
    index: u16,
    valid_until: u32,
    signature: [u8; 64]
});
encoded!(SlotIdLayout {
    deal: Bytes32,
    index: u16
});
encoded!(PieceProofLayout { piece: Vec<u8>, siblings: Vec<Bytes32> });

#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) enum TierLayout {
    Hot,
    Warm,
    Cold,
}

#[derive(EncodeAsType)]
#[encode_as_type(crate_path = "subxt::ext::scale_encode")]
pub(crate) enum AnswerLayout {
    Piece(PieceProofLayout),
    Conceded,
}

impl From<Registration> for RegistrationLayout {
    fn from(registration: Registration) -> Self {
        Self {
            operator: registration.operator.0,
            bond: registration.bond,
            terms: registration.terms.into(),
        }
    }
}

impl From<Terms> for TermsLayout {
    fn from(terms: Terms) -> Self {
        Self {
            capacity: terms.capacity,
            price: terms.price,
            zone: terms.zone.into_bytes(),
            tier: match terms.tier {
                Tier::Hot => TierLayout::Hot,
                Tier::Warm => TierLayout::Warm,
                Tier::Cold => TierLayout::Cold,
            },
            peer_id: terms.peer_id,
            addresses: terms.addresses.into_iter().map(String::into_bytes).collect(),
        }
    }
}

impl From<DealOffer> for DealOfferLayout {
    fn from(offer: DealOffer) -> Self {
        Self {
            salt: offer.salt,
            manifest: offer.manifest.0,
            k: offer.k,
            duration: offer.duration,
            label: offer.label,
            slots: offer.slots.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<SlotOffer> for SlotOfferLayout {
    fn from(offer: SlotOffer) -> Self {
        Self {
            provider: offer.provider.into(),
            root: offer.root.0,
            size: offer.size,
            rate: offer.rate,
            valid_until: offer.valid_until,
            signature: offer.signature.0,
        }
    }
}

impl From<DealExtension> for DealExtensionLayout {
    fn from(extension: DealExtension) -> Self {
        Self {
            deal: extension.deal.0.0,
            end: extension.end,
            slots: extension.slots.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<SlotExtension> for SlotExtensionLayout {
    fn from(slot: SlotExtension) -> Self {
        Self {
            index: slot.index.0,
            valid_until: slot.valid_until,
            signature: slot.signature.0,
        }
    }
}

impl From<SlotId> for SlotIdLayout {
    fn from(slot: SlotId) -> Self {
        Self {
            deal: slot.deal.0.0,
            index: slot.index.0,
        }
    }
}

impl From<Answer> for AnswerLayout {
    fn from(answer: Answer) -> Self {
        match answer {
            Answer::Piece(proof) => Self::Piece(PieceProofLayout {
                piece: proof.piece,
                siblings: proof.siblings,
            }),
            Answer::Conceded => Self::Conceded,
        }
    }
}
