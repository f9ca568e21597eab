//! `blocs account inspect`

use super::{
    Context,
    new::{parse_scheme, secret_in},
};
use crate::{
    accounts::SS58_PREFIX,
    exit::{Status, error},
};
use anyhow::Context as _;
use blocs_keys::{AccountId32, Pair, PublicKey, Scheme, derivation, parse_address, show_address};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// Networks whose addresses are shown beside ours.
const OTHERS: [(&str, u16); 2] = [("polkadot", 0), ("kusama", 2)];

/// Arguments of `account inspect`.
#[derive(Debug, Args)]
pub(crate) struct InspectArgs {
    /// Account of this machine, address of any network, public key (0x…), or secret such as //Alice; the current account when
    /// not given
    what: Option<String>,
    /// File with a secret to inspect: words, a seed, derivations
    #[arg(long, alias = "suri-file", value_name = "FILE", conflicts_with = "what")]
    secret_file: Option<PathBuf>,
    /// Scheme of the secret or public key
    #[arg(long, default_value = "sr25519", value_parser = parse_scheme)]
    scheme: Scheme,
    /// Show the address with this SS58 prefix too
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u16).range(..16_384))]
    prefix: Vec<u16>,
}

/// What is known of an account.
#[derive(Default)]
struct Known {
    name: Option<String>,
    account: Option<AccountId32>,
    scheme: Option<Scheme>,
    public: Option<PublicKey>,
    derivation: Option<String>,
}

impl Known {
    fn of_public(public: PublicKey) -> Self {
        Self {
            account: Some(public.account()),
            scheme: Some(public.scheme()),
            public: Some(public),
            ..Self::default()
        }
    }
}

impl InspectArgs {
    pub(super) fn run(self, context: &Context) -> anyhow::Result<()> {
        let known = self.find(context)?;
        let account = known.account.context("the key file does not tell its account")?;
        let mut addresses = vec![("this network".to_owned(), SS58_PREFIX)];
        addresses.extend(OTHERS.map(|(name, prefix)| (name.to_owned(), prefix)));
        addresses.extend(self.prefix.iter().map(|prefix| (format!("prefix {prefix}"), *prefix)));
        let hex_of = |bytes: &[u8]| format!("0x{}", hex::encode(bytes));
        let by_prefix = addresses
            .iter()
            .map(|(_, prefix)| (prefix.to_string(), show_address(&account, *prefix).into()));
        let value = json!({
            "name": known.name,
            "address": show_address(&account, SS58_PREFIX),
            "account_id": hex_of(account.as_ref()),
            "public_key": known.public.as_ref().map(|key| hex_of(key.as_bytes())),
            "scheme": known.scheme.map(Scheme::name),
            "derivation": known.derivation,
            "addresses": by_prefix.collect::<serde_json::Map<_, _>>(),
        });
        context.output.record(value, || {
            let mut lines = Vec::new();
            let mut line = |name: &str, text: String| lines.push(format!("{name:<13} {text}"));
            if let Some(name) = &known.name {
                line("name", name.clone());
            }
            line("address", show_address(&account, SS58_PREFIX));
            for (name, prefix) in addresses.iter().skip(1) {
                line(name, show_address(&account, *prefix));
            }
            line("account id", hex_of(account.as_ref()));
            if let Some(key) = &known.public {
                line("public key", hex_of(key.as_bytes()));
            }
            if let Some(scheme) = known.scheme {
                line("scheme", scheme.to_string());
            }
            if let Some(path) = &known.derivation {
                line("derivation", path.clone());
            }
            lines.join("\n")
        })?;
        Ok(())
    }

    fn find(&self, context: &Context) -> anyhow::Result<Known> {
        if let Some(path) = &self.secret_file {
            let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
            return self.of_secret(&secret_in(&Zeroizing::new(text))?);
        }
        let Some(what) = &self.what else {
            return of_stored(context, &context.accounts().current_name(&context.settings)?);
        };
        if context.accounts().address(what).ok().flatten().is_some() {
            return of_stored(context, what);
        }
        if let Some(key) = self.of_hex(what) {
            return Ok(Known::of_public(key));
        }
        // Any network's: its address here is what is asked for.
        let account = match parse_address(what, SS58_PREFIX) {
            Ok(account) => Some(account),
            Err(blocs_keys::AddressError::OtherNetwork { here, .. }) => parse_address(&here, SS58_PREFIX).ok(),
            Err(blocs_keys::AddressError::Malformed { .. }) => None,
        };
        if account.is_some() {
            return Ok(Known {
                account,
                ..Known::default()
            });
        }
        if what.contains(['/', ' ']) {
            return self.of_secret(what);
        }
        let message = "this is neither an account of this machine (see `blocs account ls`) nor an address, a public key in hexadecimal or a secret";
        Err(error(Status::NotFound, message))
    }

    /// A public key in hexadecimal. 33 bytes can be of ecdsa only.
    fn of_hex(&self, text: &str) -> Option<PublicKey> {
        let bytes = hex::decode(text.strip_prefix("0x")?).ok()?;
        let scheme = if bytes.len() == 33 { Scheme::Ecdsa } else { self.scheme };
        PublicKey::from_bytes(scheme, &bytes)
    }

    fn of_secret(&self, secret: &str) -> anyhow::Result<Known> {
        let pair = Pair::from_suri(self.scheme, secret)?;
        let path = derivation(secret);
        Ok(Known {
            derivation: (!path.is_empty()).then(|| path.to_owned()),
            ..Known::of_public(pair.public())
        })
    }
}

/// What a stored account's file tells without its password.
fn of_stored(context: &Context, name: &str) -> anyhow::Result<Known> {
    let accounts = context.accounts();
    let known = match accounts.key_file(name)? {
        Some(file) => Known {
            account: file.account(),
            scheme: file.scheme(),
            public: file.public(),
            derivation: file.derivation().map(str::to_owned),
            name: None,
        },
        // A file of an earlier release: always sr25519.
        None => match accounts.address(name)? {
            Some(address) => {
                let account = parse_address(&address, SS58_PREFIX)?;
                let public = PublicKey::from_bytes(Scheme::Sr25519, account.as_ref());
                public.map(Known::of_public).unwrap_or_default()
            }
            None => {
                let message = format!("there is no account {name}: see `blocs account ls`");
                return Err(error(Status::NotFound, message));
            }
        },
    };
    Ok(Known {
        name: Some(name.to_owned()),
        ..known
    })
}
