#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]
#![allow(dead_code, reason = "only the types are looked at")]

use super::*;
use codec::Encode;
use frame_metadata::{
    RuntimeMetadataPrefixed,
    v15::{
        CustomMetadata, ExtrinsicMetadata, OuterEnums, PalletCallMetadata, PalletConstantMetadata, PalletErrorMetadata,
        PalletMetadata, PalletStorageMetadata, RuntimeMetadataV15, SignedExtensionMetadata, StorageEntryMetadata,
        StorageEntryModifier, StorageEntryType,
    },
};
use scale_info::{TypeInfo, meta_type};

/// What differs between the runtimes of a test.
struct Mock {
    call: scale_info::MetaType,
    error: scale_info::MetaType,
    value: scale_info::MetaType,
    index: u8,
    period: u32,
    extensions: Vec<&'static str>,
    pallet: &'static str,
}

#[derive(TypeInfo)]
enum Call {
    #[codec(index = 0)]
    Pay { to: [u8; 32], amount: u128 },
    #[codec(index = 1)]
    Choose { what: Choice },
}

#[derive(TypeInfo)]
enum Choice {
    Hot,
    Cold(u32),
}

#[derive(TypeInfo)]
enum Error {
    TooLate,
}

#[derive(TypeInfo)]
struct Record {
    since: u32,
    owner: [u8; 32],
}

impl Mock {
    fn new() -> Self {
        Self {
            call: meta_type::<Call>(),
            error: meta_type::<Error>(),
            value: meta_type::<Record>(),
            index: 7,
            period: 600,
            extensions: vec!["CheckNonce", "ChargeTransactionPayment"],
            pallet: "Market",
        }
    }

    fn metadata(self) -> Metadata {
        let entry = StorageEntryMetadata {
            name: "Records",
            modifier: StorageEntryModifier::Optional,
            ty: StorageEntryType::Plain(self.value),
            default: vec![],
            docs: vec![],
        };
        let pallet = PalletMetadata {
            name: self.pallet,
            storage: Some(PalletStorageMetadata {
                prefix: self.pallet,
                entries: vec![entry],
            }),
            calls: Some(PalletCallMetadata { ty: self.call }),
            event: None,
            constants: vec![PalletConstantMetadata {
                name: "Period",
                ty: meta_type::<u32>(),
                value: self.period.encode(),
                docs: vec![],
            }],
            error: Some(PalletErrorMetadata { ty: self.error }),
            index: self.index,
            docs: vec![],
        };
        let extension = |identifier: &'static str| SignedExtensionMetadata {
            identifier,
            ty: meta_type::<u32>(),
            additional_signed: meta_type::<()>(),
        };
        let extrinsic = ExtrinsicMetadata {
            version: 4,
            address_ty: meta_type::<[u8; 32]>(),
            call_ty: self.call,
            signature_ty: meta_type::<[u8; 64]>(),
            extra_ty: meta_type::<()>(),
            signed_extensions: self.extensions.into_iter().map(extension).collect(),
        };
        let outer = OuterEnums {
            call_enum_ty: meta_type::<()>(),
            event_enum_ty: meta_type::<()>(),
            error_enum_ty: meta_type::<()>(),
        };
        let custom = CustomMetadata {
            map: Default::default(),
        };
        let metadata = RuntimeMetadataV15::new(vec![pallet], extrinsic, meta_type::<()>(), vec![], outer, custom);
        Metadata::decode_from(&RuntimeMetadataPrefixed::from(metadata).encode()).unwrap()
    }
}

fn versions(spec: u32, transaction: u32) -> Versions {
    Versions {
        spec_name: "blocs".into(),
        impl_name: "blocs".into(),
        spec_version: spec,
        impl_version: 1,
        authoring_version: 1,
        transaction_version: transaction,
        system_version: 1,
        apis: vec![],
    }
}

/// An upgrade from the ordinary runtime, spec 2, to `new`, spec 3.
fn upgrade(new: Mock, transaction: u32) -> Diff {
    diff(
        (&versions(2, 1), &Mock::new().metadata()),
        (&versions(3, transaction), &new.metadata()),
    )
}

fn worst(diff: &Diff) -> Severity {
    diff.verdict.iter().map(|finding| finding.severity).max().unwrap()
}

fn only(diff: &Diff) -> &Change {
    assert_eq!(diff.changes.len(), 1, "{diff}");
    diff.changes.first().unwrap()
}

#[test]
fn the_same_metadata_under_a_higher_version_is_fine() {
    let diff = upgrade(Mock::new(), 1);
    assert!(diff.changes.is_empty(), "{diff}");
    assert_eq!(worst(&diff), Severity::Fine);
    assert_eq!(diff.versions.len(), 1);
    assert!(diff.to_string().contains("2 -> 3"), "{diff}");
}

#[test]
fn what_the_chain_would_refuse_is_refused_with_the_next_step() {
    assert_eq!(Refusal::check(&versions(2, 1), &versions(3, 1)), Ok(()));
    for lower in [1, 2] {
        let refusal = Refusal::check(&versions(2, 1), &versions(lower, 1)).unwrap_err();
        assert!(refusal.to_string().contains("raise it"), "{refusal}");
    }
    let other = Versions {
        spec_name: "other".into(),
        ..versions(9, 1)
    };
    assert!(Refusal::check(&versions(2, 1), &other).is_err());
}

#[derive(TypeInfo)]
enum WiderCall {
    #[codec(index = 0)]
    Pay { to: [u8; 32], amount: u64 },
    #[codec(index = 1)]
    Choose { what: Choice },
}

#[test]
fn another_type_of_an_argument_without_a_raise_is_wrong_and_with_it_is_said() {
    let new = || Mock {
        call: meta_type::<WiderCall>(),
        ..Mock::new()
    };
    let quiet = upgrade(new(), 1);
    let change = only(&quiet);
    assert!(change.breaks && change.name == "Pay", "{quiet}");
    assert!(change.details.concat().contains("amount: type u128 -> u64"), "{quiet}");
    assert_eq!(worst(&quiet), Severity::Wrong);
    assert!(quiet.to_string().contains("WRONG"), "{quiet}");

    assert_eq!(worst(&upgrade(new(), 2)), Severity::Notice);
    assert_eq!(
        worst(&upgrade(Mock::new(), 2)),
        Severity::Notice,
        "a raise without need"
    );
    assert_eq!(worst(&upgrade(Mock::new(), 0)), Severity::Wrong, "a fall");
}

#[derive(TypeInfo)]
enum MoreCalls {
    #[codec(index = 0)]
    Pay { dest: [u8; 32], amount: u128 },
    #[codec(index = 1)]
    Choose { what: MoreChoice },
    #[codec(index = 2)]
    Leave,
}

#[derive(TypeInfo)]
enum MoreChoice {
    Hot,
    Cold(u32),
    Warm,
}

#[test]
fn what_is_added_at_the_end_or_only_renamed_breaks_nothing() {
    let new = Mock {
        call: meta_type::<MoreCalls>(),
        ..Mock::new()
    };
    let diff = upgrade(new, 1);
    assert!(diff.changes.iter().all(|change| !change.breaks), "{diff}");
    let text = diff.to_string();
    for part in [
        "`to` is called `dest` now",
        "what: `Warm` (2) added",
        "Market.Leave: index 2",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(worst(&diff), Severity::Notice);
}

#[derive(TypeInfo)]
enum SwappedCalls {
    #[codec(index = 1)]
    Pay { to: [u8; 32], amount: u128 },
    #[codec(index = 0)]
    Choose { what: Choice },
}

#[test]
fn moved_calls_and_pallets_break_transactions() {
    let swapped = Mock {
        call: meta_type::<SwappedCalls>(),
        ..Mock::new()
    };
    assert_eq!(worst(&upgrade(swapped, 1)), Severity::Wrong);
    let moved = Mock {
        index: 8,
        ..Mock::new()
    };
    let diff = upgrade(moved, 1);
    assert!(only(&diff).details.concat().contains("index 7 -> 8"), "{diff}");
    assert_eq!(worst(&diff), Severity::Wrong);
    let renamed = Mock {
        pallet: "Storage",
        ..Mock::new()
    };
    let diff = upgrade(renamed, 1);
    let kinds: Vec<Kind> = diff.changes.iter().map(|change| change.kind).collect();
    assert_eq!(kinds, [Kind::Removed, Kind::Added], "{diff}");
}

#[test]
fn extensions_count_by_their_order() {
    let swapped = Mock {
        extensions: vec!["ChargeTransactionPayment", "CheckNonce"],
        ..Mock::new()
    };
    let diff = upgrade(swapped, 1);
    assert!(only(&diff).name.contains("order"), "{diff}");
    assert_eq!(worst(&diff), Severity::Wrong);
}

#[derive(TypeInfo)]
struct NewRecord {
    since: u32,
    owner: [u8; 32],
    label: Vec<u8>,
}

#[derive(TypeInfo)]
enum MoreErrors {
    TooLate,
    TooEarly,
}

#[test]
fn a_changed_record_asks_for_a_migration_and_values_of_constants_are_shown() {
    let new = Mock {
        value: meta_type::<NewRecord>(),
        error: meta_type::<MoreErrors>(),
        period: 1_200,
        ..Mock::new()
    };
    let diff = upgrade(new, 1);
    let text = diff.to_string();
    for part in [
        "Market.Records: value: `label: Vec<u8>` added",
        "Market.Period: 600 -> 1_200",
        "Market.TooEarly",
        "a migration must carry it over",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert_eq!(worst(&diff), Severity::Notice);
}
