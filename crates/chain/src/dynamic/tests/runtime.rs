//! A small runtime's metadata, and random values of its types.

use crate::ChainProperties;
use codec::{Compact, Encode};
use frame_metadata::v15;
use scale_info::{PortableRegistry, TypeDef, TypeDefPrimitive, TypeInfo, meta_type};
use std::{sync::OnceLock, time::Duration};
use subxt::Metadata;

type Balance = u128;

#[derive(TypeInfo)]
struct AccountId32([u8; 32]);

#[derive(TypeInfo)]
enum MultiAddress<A, I> {
    Id(A),
    Index(#[codec(compact)] I),
    Raw(Vec<u8>),
}

#[derive(TypeInfo)]
enum MultiSignature {
    Ed25519([u8; 64]),
    Sr25519([u8; 64]),
}

#[derive(TypeInfo)]
struct H256([u8; 32]);

#[derive(TypeInfo)]
struct Perbill(u32);

#[derive(TypeInfo)]
struct BoundedVec(Vec<u8>);

#[derive(TypeInfo)]
enum Bounded<T, H> {
    Legacy {
        hash: H,
    },
    Inline(BoundedVec),
    Lookup {
        hash: H,
        len: u32,
    },
    #[codec(skip)]
    _Never(std::marker::PhantomData<T>),
}

#[derive(TypeInfo)]
enum Shape {
    Circle(u8),
    Rect { w: u8, h: u8 },
    Nothing,
}

#[derive(TypeInfo)]
struct Empty;

#[derive(TypeInfo)]
struct Inner {
    id: u64,
    who: AccountId32,
}

#[derive(TypeInfo)]
struct Nested {
    name: Vec<u8>,
    inner: Inner,
}

#[derive(TypeInfo)]
#[expect(non_camel_case_types, reason = "calls are named so in metadata")]
enum SystemCall {
    #[codec(index = 0)]
    remark { remark: Vec<u8> },
}

#[derive(TypeInfo)]
#[expect(non_camel_case_types, reason = "calls are named so in metadata")]
enum BalancesCall {
    #[codec(index = 3)]
    transfer_keep_alive {
        dest: MultiAddress<AccountId32, u32>,
        #[codec(compact)]
        value: Balance,
    },
}

#[derive(TypeInfo)]
#[expect(non_camel_case_types, reason = "calls are named so in metadata")]
enum UtilityCall {
    #[codec(index = 0)]
    batch { calls: Vec<RuntimeCall> },
    #[codec(index = 1)]
    boxed { call: Box<RuntimeCall> },
    #[codec(index = 2)]
    later { call: Bounded<RuntimeCall, H256> },
}

#[derive(TypeInfo)]
#[expect(non_camel_case_types, reason = "calls are named so in metadata")]
enum DemoCall {
    #[codec(index = 0)]
    set_all { a: u8, b: u64 },
    #[codec(index = 1)]
    shape { shape: Shape },
    #[codec(index = 2)]
    maybe { maybe: Option<u32> },
    #[codec(index = 3)]
    share { share: Perbill },
    #[codec(index = 4)]
    hash { hash: H256 },
    #[codec(index = 5)]
    list { list: Vec<(u32, Vec<u8>)> },
    #[codec(index = 6)]
    compact {
        #[codec(compact)]
        compact: u32,
    },
    #[codec(index = 7)]
    signed { signed: i64 },
    #[codec(index = 8)]
    nested { nested: Nested },
    #[codec(index = 9)]
    nothing { nothing: Vec<Empty> },
    #[codec(index = 10)]
    wide {
        flag: bool,
        text: String,
        numbers: [u16; 3],
        options: Option<Option<Shape>>,
    },
}

#[derive(TypeInfo)]
enum RuntimeCall {
    #[codec(index = 0)]
    System(SystemCall),
    #[codec(index = 6)]
    Balances(BalancesCall),
    #[codec(index = 8)]
    Utility(UtilityCall),
    #[codec(index = 9)]
    Demo(DemoCall),
}

#[derive(TypeInfo)]
struct Runtime;

/// The metadata of the small runtime.
pub(super) fn metadata() -> &'static Metadata {
    static METADATA: OnceLock<Metadata> = OnceLock::new();
    METADATA.get_or_init(|| {
        let pallet = |name, index, calls| v15::PalletMetadata {
            name,
            storage: None,
            calls: Some(v15::PalletCallMetadata { ty: calls }),
            event: None,
            constants: Vec::new(),
            error: None,
            index,
            docs: Vec::new(),
        };
        let pallets = vec![
            pallet("System", 0, meta_type::<SystemCall>()),
            pallet("Balances", 6, meta_type::<BalancesCall>()),
            pallet("Utility", 8, meta_type::<UtilityCall>()),
            pallet("Demo", 9, meta_type::<DemoCall>()),
        ];
        let extrinsic = v15::ExtrinsicMetadata {
            version: 4,
            address_ty: meta_type::<MultiAddress<AccountId32, u32>>(),
            call_ty: meta_type::<RuntimeCall>(),
            signature_ty: meta_type::<MultiSignature>(),
            extra_ty: meta_type::<()>(),
            signed_extensions: Vec::new(),
        };
        let enums = v15::OuterEnums {
            call_enum_ty: meta_type::<RuntimeCall>(),
            event_enum_ty: meta_type::<()>(),
            error_enum_ty: meta_type::<()>(),
        };
        let custom = v15::CustomMetadata {
            map: Default::default(),
        };
        let metadata =
            v15::RuntimeMetadataV15::new(pallets, extrinsic, meta_type::<Runtime>(), Vec::new(), enums, custom);
        Metadata::from_v15(metadata).expect("the metadata is whole")
    })
}

/// Those of a development chain.
pub(super) fn properties() -> ChainProperties {
    ChainProperties {
        name: "Development".into(),
        token_symbol: "BLOC".into(),
        token_decimals: 12,
        ss58_prefix: 42,
        existential_deposit: 1,
        period_length: 10,
        slot_duration: Duration::from_secs(1),
    }
}

/// A row of numbers that a seed gives (xorshift).
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(super) fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[3]
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }
}

/// The encoding of a random value of a type.
pub(super) fn random_value(types: &PortableRegistry, ty: u32, random: &mut Random, depth: u32) -> Vec<u8> {
    let inner = |ty: u32, random: &mut Random| random_value(types, ty, random, depth + 1);
    match &types.resolve(ty).unwrap().type_def {
        TypeDef::Composite(composite) => {
            let parts = composite.fields.iter().map(|field| inner(field.ty.id, random));
            parts.collect::<Vec<_>>().concat()
        }
        TypeDef::Variant(variants) => {
            let known: Vec<_> = variants.variants.iter().filter(|v| v.name != "_Never").collect();
            // Deep down, nothing that holds calls.
            let count = if depth > 12 && known.iter().any(|v| v.name == "Utility") {
                2
            } else {
                known.len()
            };
            let variant = known[random.below(count as u64) as usize];
            let parts = variant.fields.iter().map(|field| inner(field.ty.id, random));
            [vec![variant.index], parts.collect::<Vec<_>>().concat()].concat()
        }
        TypeDef::Sequence(sequence) => {
            let length = random.below(4) as u32;
            let parts = (0..length).map(|_| inner(sequence.type_param.id, random));
            let parts: Vec<Vec<u8>> = parts.collect();
            [Compact(length).encode(), parts.concat()].concat()
        }
        TypeDef::Array(array) => {
            let parts = (0..array.len).map(|_| inner(array.type_param.id, random));
            parts.collect::<Vec<_>>().concat()
        }
        TypeDef::Tuple(tuple) => {
            let parts = tuple.fields.iter().map(|field| inner(field.id, random));
            parts.collect::<Vec<_>>().concat()
        }
        TypeDef::Compact(_) => Compact(random.next() as u32 >> random.below(32)).encode(),
        TypeDef::Primitive(TypeDefPrimitive::Bool) => vec![random.byte() % 2],
        TypeDef::Primitive(TypeDefPrimitive::Str) => "text".encode(),
        TypeDef::Primitive(primitive) => {
            let width = match primitive {
                TypeDefPrimitive::U8 => 1,
                TypeDefPrimitive::U16 => 2,
                TypeDefPrimitive::U32 => 4,
                TypeDefPrimitive::U64 | TypeDefPrimitive::I64 => 8,
                TypeDefPrimitive::U128 => 16,
                other => panic!("{other:?} is in no call"),
            };
            (0..width).map(|_| random.byte()).collect()
        }
        TypeDef::BitSequence(_) => panic!("no call has bits"),
    }
}
