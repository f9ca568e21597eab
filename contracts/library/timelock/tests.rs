//! What proposers, executors, cancellers and thieves see. Calls themselves are made in the tests of the kit.

use crate::{Error, Operation, Settings, Timelock, CANCELLER, EXECUTOR, MAX_PERIOD, PROPOSER};
use ink::{
    env::{
        test::{
            default_accounts, get_account_balance, set_account_balance, set_block_number, set_callee, set_caller,
            DefaultAccounts,
        },
        DefaultEnvironment,
    },
    primitives::{AccountId, Hash},
};
use parts::{Call, RolesError, ADMIN};

fn accounts() -> DefaultAccounts<DefaultEnvironment> {
    default_accounts::<DefaultEnvironment>()
}

fn by(account: AccountId) {
    set_caller::<DefaultEnvironment>(account);
}

fn at(block: u32) {
    set_block_number::<DefaultEnvironment>(block);
}

fn salt() -> Hash {
    [9; 32].into()
}

/// Ten blocks of delay, five of grace; Alice proposes, Bob executes; the contract lives at Frank's account.
fn timelock() -> Timelock {
    set_callee::<DefaultEnvironment>(accounts().frank);
    by(accounts().alice);
    Timelock::new(10, 5, vec![accounts().alice], vec![accounts().bob], None).unwrap()
}

fn call() -> Call {
    Call {
        callee: accounts().django,
        value: 1,
        input: vec![1, 2, 3, 4],
    }
}

fn queue(timelock: &mut Timelock) -> Result<Hash, Error> {
    let Call { callee, value, input } = call();
    timelock.queue(callee, value, input, salt())
}

#[ink::test]
fn a_call_waits_and_is_made_once() {
    let mut timelock = timelock();
    let id = queue(&mut timelock).unwrap();
    assert_eq!(
        timelock.operation(id),
        Some(Operation::Waiting {
            ready_at: 10,
            expires_at: 15
        })
    );
    by(accounts().bob);
    at(9);
    assert_eq!(timelock.take_ready(&call(), &salt()), Err(Error::TooEarly));
    at(10);
    timelock.take_ready(&call(), &salt()).unwrap();
    assert_eq!(
        timelock.take_ready(&call(), &salt()),
        Err(Error::AlreadyDone),
        "executed twice"
    );
    by(accounts().alice);
    assert_eq!(
        queue(&mut timelock),
        Err(Error::AlreadyQueued),
        "queued again after it was made"
    );
    assert_eq!(timelock.cancel(id), Err(Error::AlreadyDone));
}

#[ink::test]
fn a_call_expires_and_can_be_queued_anew_after_it_was_cancelled() {
    let mut timelock = timelock();
    let id = queue(&mut timelock).unwrap();
    by(accounts().bob);
    at(15);
    assert_eq!(timelock.take_ready(&call(), &salt()), Err(Error::Expired));
    by(accounts().alice);
    timelock.cancel(id).unwrap();
    assert_eq!(timelock.operation(id), None);
    assert_eq!(queue(&mut timelock), Ok(id));
}

#[ink::test]
fn a_cancelled_call_is_not_made() {
    let mut timelock = timelock();
    let id = queue(&mut timelock).unwrap();
    timelock.cancel(id).unwrap();
    assert_eq!(timelock.cancel(id), Err(Error::NotQueued));
    by(accounts().bob);
    at(10);
    assert_eq!(timelock.take_ready(&call(), &salt()), Err(Error::NotQueued));
}

#[ink::test]
fn another_call_than_the_one_that_waited_is_not_made() {
    let mut timelock = timelock();
    queue(&mut timelock).unwrap();
    by(accounts().bob);
    at(10);
    for other in [
        Call { value: 2, ..call() },
        Call {
            callee: accounts().eve,
            ..call()
        },
        Call {
            input: vec![1, 2, 3, 5],
            ..call()
        },
    ] {
        assert_eq!(timelock.take_ready(&other, &salt()), Err(Error::NotQueued));
    }
    assert_eq!(timelock.take_ready(&call(), &[8; 32].into()), Err(Error::NotQueued));
}

#[ink::test]
fn everyone_keeps_to_their_role() {
    let mut timelock = timelock();
    let id = queue(&mut timelock).unwrap();
    at(10);
    assert_eq!(
        timelock.take_ready(&call(), &salt()),
        Err(Error::Roles(RolesError::MissingRole(EXECUTOR)))
    );
    by(accounts().bob);
    assert_eq!(
        queue(&mut timelock),
        Err(Error::Roles(RolesError::MissingRole(PROPOSER)))
    );
    assert_eq!(
        timelock.cancel(id),
        Err(Error::Roles(RolesError::MissingRole(CANCELLER)))
    );
    assert_eq!(
        timelock.grant_role(PROPOSER, accounts().bob),
        Err(Error::Roles(RolesError::MissingRole(ADMIN)))
    );
}

#[ink::test]
fn settings_and_roles_change_only_through_the_timelock() {
    let mut timelock = timelock();
    let settings = Settings {
        delay: 0,
        grace: 1,
        open: true,
    };
    assert_eq!(timelock.set_settings(settings), Err(Error::NotSelf));
    by(accounts().frank);
    timelock.set_settings(settings).unwrap();
    assert_eq!(timelock.settings(), settings);
    assert_eq!(
        timelock.set_settings(Settings { grace: 0, ..settings }),
        Err(Error::NoGrace)
    );
    timelock.grant_role(PROPOSER, accounts().eve).unwrap();
    assert_eq!(
        timelock.revoke_role(ADMIN, accounts().frank),
        Err(Error::Roles(RolesError::LastAdmin))
    );
}

#[ink::test]
fn without_executors_anyone_executes_and_pays_from_the_timelock() {
    set_callee::<DefaultEnvironment>(accounts().frank);
    set_account_balance::<DefaultEnvironment>(accounts().frank, 1_000_000);
    set_account_balance::<DefaultEnvironment>(accounts().charlie, 1_000_000);
    by(accounts().alice);
    let mut timelock = Timelock::new(0, 5, vec![accounts().alice], vec![], None).unwrap();
    timelock.queue(accounts().charlie, 300, vec![], salt()).unwrap();
    by(accounts().eve);
    timelock.execute(accounts().charlie, 300, vec![], salt()).unwrap();
    assert_eq!(
        get_account_balance::<DefaultEnvironment>(accounts().charlie),
        Ok(1_000_300)
    );
    assert_eq!(
        timelock.execute(accounts().charlie, 300, vec![], salt()),
        Err(Error::AlreadyDone),
        "paid twice"
    );
}

#[ink::test]
fn what_is_too_large_is_refused() {
    let mut timelock = timelock();
    assert_eq!(
        timelock.queue(accounts().eve, 0, vec![0; 2049], salt()),
        Err(Error::InputTooLong)
    );
    at(u32::MAX);
    assert_eq!(queue(&mut timelock), Err(Error::Overflow));
    let many = vec![accounts().eve; 17];
    assert_eq!(
        Timelock::new(0, 1, many, vec![], None).err(),
        Some(Error::TooManyAccounts)
    );
    assert_eq!(Timelock::new(0, 0, vec![], vec![], None).err(), Some(Error::NoGrace));
}

#[ink::test]
fn waits_that_lead_beyond_the_last_block_are_refused() {
    let mut timelock = timelock();
    let longest = Settings {
        delay: MAX_PERIOD,
        grace: MAX_PERIOD,
        open: true,
    };
    by(accounts().frank);
    for bad in [
        Settings {
            delay: u32::MAX,
            ..longest
        },
        Settings {
            grace: MAX_PERIOD + 1,
            ..longest
        },
    ] {
        assert_eq!(
            timelock.set_settings(bad),
            Err(Error::TooLong),
            "nobody could queue any more"
        );
    }
    timelock.set_settings(longest).unwrap();
    at(3_000_000_000);
    by(accounts().alice);
    assert!(queue(&mut timelock).is_ok());
    set_callee::<DefaultEnvironment>([100; 32].into());
    assert_eq!(
        Timelock::new(u32::MAX, 1, vec![], vec![], None).err(),
        Some(Error::TooLong)
    );
}
