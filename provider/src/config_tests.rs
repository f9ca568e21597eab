#![allow(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

use super::*;

fn none() -> std::iter::Empty<(String, String)> {
    std::iter::empty()
}

#[test]
fn the_example_file_shows_the_defaults() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("config.example.toml");
    assert_eq!(Config::load(Some(&path), none(), &[]).unwrap(), Config::default());
    let shown: toml::Table = std::fs::read_to_string(path).unwrap().parse().unwrap();
    let all = toml::Table::try_from(Config::default()).unwrap();
    for (section, keys) in &all {
        for key in keys.as_table().unwrap().keys() {
            assert!(shown[section].get(key).is_some(), "the example lacks {section}.{key}");
        }
    }
}

#[test]
fn flags_beat_environment_beats_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(
        file.path(),
        "[offer]\nprice = 1\nbond = 2\nmax_slot = \"1 MiB\"\n[storage]\ncapacity = 9",
    )
    .unwrap();
    let environment = [
        ("BLOCS_PROVIDER_OFFER_PRICE", "3"),
        ("BLOCS_PROVIDER_OFFER_BOND", "4"),
        ("PATH", "/"),
    ];
    let environment = environment
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into_iter();
    let flags = [("offer".into(), "bond".into(), "100000000000000000000".into())];
    let config = Config::load(Some(file.path()), environment, &flags).unwrap();
    assert_eq!(config.storage.capacity, Size(9));
    assert_eq!(config.offer.max_slot, Size(1 << 20));
    assert_eq!(
        (config.offer.price, config.offer.bond),
        (3, 100_000_000_000_000_000_000)
    );
}

#[test]
fn a_bad_setting_is_refused_with_its_origin() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "[offer]\nprize = 1").unwrap();
    let error = Config::load(Some(file.path()), none(), &[]).unwrap_err().to_string();
    assert!(
        error.contains("prize") && error.contains(file.path().to_str().unwrap()),
        "{error}"
    );
    let flags = [("storage".into(), "capacity".into(), "10 parsecs".into())];
    let error = Config::load(None, none(), &flags).unwrap_err().to_string();
    assert!(
        error.contains("parsecs") && error.contains("storage.capacity"),
        "{error}"
    );
    let environment = [("BLOCS_PROVIDER_OFFER_MAX_SLOT".to_owned(), "17 GiB".to_owned())].into_iter();
    let error = Config::load(None, environment, &[]).unwrap_err().to_string();
    assert!(error.contains("BLOCS_PROVIDER_OFFER_MAX_SLOT"), "{error}");
}

#[test]
fn sizes_are_read_as_people_write_them() {
    for (text, bytes) in [
        ("7", 7),
        ("1 KiB", 1024),
        ("1.5GiB", 3 << 29),
        ("2 TB", 2_000_000_000_000),
        ("0.5 MiB", 1 << 19),
    ] {
        assert_eq!(text.parse(), Ok(Size(bytes)), "{text}");
    }
    for text in ["", "GiB", "1 gib", "-1", "1..2 GiB", "99999999 TiB"] {
        assert!(text.parse::<Size>().is_err(), "{text}");
    }
}
