//! Where passwords come from: a file that a flag names, the environment, a terminal.

use crate::{
    exit::{Status, error},
    settings::{Settings, secret, secret_file},
};
use anyhow::Context;
use std::{
    io::{self, IsTerminal},
    path::Path,
};
use zeroize::Zeroizing;

/// Environment variable with the password of stored accounts.
const VARIABLE: &str = "BLOCS_PASSWORD";
/// How often a password is asked for.
const ATTEMPTS: usize = 3;

/// A password; wiped when dropped.
pub(crate) type Password = Zeroizing<String>;

/// The password that flags or environment give; an empty one is none.
pub(crate) fn given(settings: &Settings) -> anyhow::Result<Option<Password>> {
    let password = match &settings.password_file {
        Some(path) => Some(secret_file(path).context("--password-file")?),
        None => secret(VARIABLE)?,
    };
    Ok(password.filter(|password| !password.is_empty()))
}

/// The password in a file.
pub(crate) fn in_file(path: &Path) -> anyhow::Result<Password> {
    let password = secret_file(path)?;
    if password.is_empty() {
        let message = format!("there is no password in {}", path.display());
        return Err(error(Status::Usage, message));
    }
    Ok(password)
}

/// Who can be asked.
pub(crate) trait Ask {
    /// Whether somebody is there.
    fn is_there(&self) -> bool;
    /// Asks for something that is not shown.
    fn ask(&self, question: &str) -> io::Result<Password>;
}

/// Whoever sits at the terminal.
pub(crate) struct Terminal;

impl Ask for Terminal {
    fn is_there(&self) -> bool {
        // Questions go to the terminal itself, so that standard input and output can be files.
        io::stderr().is_terminal() && std::fs::File::open("/dev/tty").is_ok()
    }

    fn ask(&self, question: &str) -> io::Result<Password> {
        rpassword::prompt_password(question).map(Password::new)
    }
}

/// Opens something with the password given or else asked for, up to three times. `open` gives `None` when a password is wrong.
pub(crate) fn unlock<T>(
    ask: &impl Ask,
    given: Option<Password>,
    what: &str,
    open: impl Fn(&str) -> anyhow::Result<Option<T>>,
) -> anyhow::Result<(T, Password)> {
    let wrong = || {
        error(
            Status::WrongPassword,
            format!("the password does not open {what}: try another"),
        )
    };
    if let Some(password) = given {
        return open(&password)?.map(|opened| (opened, password)).ok_or_else(wrong);
    }
    if !ask.is_there() {
        let message = format!(
            "{what} is protected by a password: put it into a file that only you can read, and name the file with --password-file or \
             in {VARIABLE}_FILE"
        );
        return Err(error(Status::WrongPassword, message));
    }
    for _ in 0..ATTEMPTS {
        let password = ask
            .ask(&format!("Password of {what}: "))
            .context("cannot ask for the password")?;
        if let Some(opened) = open(&password)? {
            return Ok((opened, password));
        }
    }
    Err(wrong())
}

/// A password to protect something new with: the one given, or one that is asked for twice. `None`: it is to have none.
pub(crate) fn choose(ask: &impl Ask, given: Option<Password>, what: &str) -> anyhow::Result<Option<Password>> {
    if given.is_some() || !ask.is_there() {
        return Ok(given);
    }
    for _ in 0..ATTEMPTS {
        let context = || "cannot ask for the password";
        let first = ask
            .ask(&format!("New password for {what} (empty for none): "))
            .with_context(context)?;
        let again = ask.ask("The same again: ").with_context(context)?;
        if first == again {
            return Ok(Some(first).filter(|password| !password.is_empty()));
        }
    }
    Err(error(
        Status::WrongPassword,
        format!("the two passwords for {what} differed three times: nothing was written"),
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

    use super::*;
    use parking_lot::Mutex;

    /// Somebody who types these lines.
    struct Typist(Mutex<Vec<&'static str>>);

    impl Typist {
        fn of(lines: &[&'static str]) -> Self {
            Self(Mutex::new(lines.iter().rev().copied().collect()))
        }
    }

    impl Ask for Typist {
        fn is_there(&self) -> bool {
            !self.0.lock().is_empty()
        }

        fn ask(&self, _question: &str) -> io::Result<Password> {
            let line = self.0.lock().pop();
            line.map(|line| Password::new(line.to_owned()))
                .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
        }
    }

    fn open(password: &str) -> anyhow::Result<Option<u8>> {
        Ok((password == "right").then_some(7))
    }

    fn password(text: &str) -> Option<Password> {
        Some(Password::new(text.to_owned()))
    }

    #[test]
    fn a_new_password_is_typed_twice_and_an_empty_one_is_none() {
        let choose = |lines: &[&'static str]| choose(&Typist::of(lines), None, "x");
        assert_eq!(choose(&["a", "a"]).unwrap(), password("a"));
        assert_eq!(choose(&["a", "b", "c", "c"]).unwrap(), password("c"));
        assert_eq!(choose(&["", ""]).unwrap(), None);
        let error = choose(&["a", "b", "a", "b", "a", "b"]).unwrap_err();
        assert_eq!(Status::of(&error), Status::WrongPassword);
        assert_eq!(choose(&[]).unwrap(), None);
    }

    #[test]
    fn a_password_that_was_given_is_not_asked_for() {
        let typist = Typist::of(&["typed", "typed"]);
        assert_eq!(
            super::choose(&typist, password("given"), "x").unwrap(),
            password("given")
        );
        assert_eq!(unlock(&typist, password("right"), "x", open).unwrap().0, 7);
        let error = unlock(&typist, password("wrong"), "x", open).unwrap_err();
        assert_eq!(Status::of(&error), Status::WrongPassword);
        assert_eq!(typist.0.lock().len(), 2);
    }

    #[test]
    fn a_wrong_password_may_be_typed_twice_but_not_three_times() {
        let unlock = |lines: &[&'static str]| unlock(&Typist::of(lines), None, "x", open);
        assert_eq!(unlock(&["a", "b", "right"]).unwrap().0, 7);
        for lines in [&["a", "b", "c"][..], &[]] {
            assert_eq!(Status::of(&unlock(lines).unwrap_err()), Status::WrongPassword);
        }
    }
}
