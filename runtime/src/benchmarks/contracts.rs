//! Benchmarks of what contracts read of the market, at the worst case that the bounds allow.
//!
//! The functions are those of a chain extension, which is no pallet and cannot be called from outside: they are asked below it, as it asks
//! them itself. What they cost on top, which is the contract's way there and the bytes that are copied, is not in the figures.

use alloc::vec::Vec;
use blocs_primitives::{AccountId, DealId, MAX_SLOTS, SlotIndex};
use codec::{Decode, Encode};
use core::marker::PhantomData;
use frame_benchmarking::v2::*;
use pallet_market_contracts::{
    Config, Function, answer,
    v1::{Clock, DealState, MAX_PAGE, Page, ProviderTerms, SlotState, Standing},
};
use pallet_storage_market::{
    Pallet as Market,
    benchmarking::{funded, go_to, opened, registered},
};

/// The extension, as the benchmarks name it.
pub(crate) struct Pallet<T: Config>(PhantomData<T>);

/// A deal with `slots` live slots, each of another provider, whose time is over: both periods of each are looked up.
fn ended<T: Config>(slots: u32) -> DealId {
    let owner = funded::<T>("owner", 0);
    let providers: Vec<_> = (0..slots).map(registered::<T>).collect();
    let deal = opened::<T>(&owner, 0, &providers, 1);
    go_to::<T>(&providers, Market::<T>::current_period().saturating_add(3));
    deal
}

fn ask<T: Config>(function: Function, argument: &[u8]) -> Vec<u8> {
    let contract = AccountId::new([9; 32]);
    answer::<T>(&contract, function, argument).expect("the argument is whole and names what there is")
}

fn decoded<Answer: Decode>(output: Vec<u8>) -> Answer {
    Answer::decode(&mut &output[..]).expect("an answer has its function's type")
}

#[benchmarks]
mod benchmarks {
    use super::*;

    #[benchmark]
    fn clock() {
        ended::<T>(1);
        let output;

        #[block]
        {
            output = ask::<T>(Function::Clock, &[]);
        }

        assert_eq!(decoded::<Clock>(output).period, Market::<T>::current_period());
    }

    #[benchmark]
    fn providers(n: Linear<1, { MAX_PAGE }>) {
        for number in 0..=MAX_PAGE {
            registered::<T>(number);
        }
        let argument = (None::<AccountId>, n).encode();
        let output;

        #[block]
        {
            output = ask::<T>(Function::Providers, &argument);
        }

        assert_eq!(decoded::<Page>(output).len(), n as usize);
    }

    #[benchmark]
    fn provider() {
        let argument = registered::<T>(0).encode();
        let output;

        #[block]
        {
            output = ask::<T>(Function::Provider, &argument);
        }

        assert_eq!(decoded::<ProviderTerms>(output).zone.len(), 32);
    }

    #[benchmark]
    fn deal() {
        let argument = ended::<T>(1).encode();
        let output;

        #[block]
        {
            output = ask::<T>(Function::Deal, &argument);
        }

        assert_eq!(decoded::<DealState>(output).open_slots, 1);
    }

    #[benchmark]
    fn slot() {
        let argument = (ended::<T>(1), SlotIndex(0)).encode();
        let output;

        #[block]
        {
            output = ask::<T>(Function::Slot, &argument);
        }

        assert!(decoded::<SlotState>(output).end < Market::<T>::current_period());
    }

    #[benchmark]
    fn standing(n: Linear<1, MAX_SLOTS>) {
        let argument = ended::<T>(n).encode();
        let output;

        #[block]
        {
            output = ask::<T>(Function::Standing, &argument);
        }

        assert_eq!(u32::from(decoded::<Standing>(output).live), n);
    }

    #[benchmark]
    fn deal_id_of() {
        let argument = [7; 32];
        let output;

        #[block]
        {
            output = ask::<T>(Function::DealIdOf, &argument);
        }

        assert_eq!(
            decoded::<DealId>(output),
            DealId::derive(&AccountId::new([9; 32]), &argument)
        );
    }
}
