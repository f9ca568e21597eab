//! Decoding of a contract's argument must not panic on anything, and what it accepts is exactly what would be encoded.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pallet_market_contracts::{Code, Function, Request};

fuzz_target!(|input: (u8, Vec<u8>)| {
    let (number, argument) = input;
    let function = Function::ALL[usize::from(number) % Function::ALL.len()];
    match Request::decode(function, &argument) {
        Ok(request) => {
            assert!(argument.len() <= function.longest_input() as usize);
            assert_eq!(request.encode(), (function, argument));
        }
        Err(code) => assert_eq!(code, Code::Malformed),
    }
});
