use super::*;
use crate::config::Size;

fn provider() -> Provider {
    Provider {
        operator: sp_core::sr25519::Public::default(),
        bond: 1_000,
        capacity: 10 * GIB,
        used: GIB,
        price: 7,
        status: ProviderStatus::Active,
        rate: 0,
        accrued: 0,
        proven: 0,
        misses: 0,
        place: 0,
        period: 1,
    }
}

fn request(provider: &Provider) -> Request<'_> {
    Request {
        provider: Some(provider),
        params: None,
        size: GIB,
        duration: 10,
        pending: 0,
        pending_of_uploader: 0,
        pending_of_peer: 0,
        uploads: 0,
        uploads_of_peer: 0,
    }
}

#[test]
fn a_good_offer_is_taken_at_the_registered_price() {
    let provider = provider();
    let config = OfferConfig {
        price: 99,
        ..OfferConfig::default()
    };
    assert_eq!(decide(&config, &request(&provider)), Ok(7));
    assert_eq!(
        decide(
            &config,
            &Request {
                size: 1,
                ..request(&provider)
            }
        ),
        Ok(1),
        "a rate is never zero"
    );
}

#[test]
fn each_limit_refuses_with_its_reason() {
    let provider = provider();
    let good = request(&provider);
    let draining = Provider {
        status: ProviderStatus::Draining,
        ..provider.clone()
    };
    let params = Params {
        bond_per_gib: 100,
        min_bond: 50,
        ..Params::default()
    };
    let config = OfferConfig {
        min_slot: Size(10),
        max_slot: Size(4 * GIB),
        per_uploader: Size(3 * GIB),
        per_peer: Size(3 * GIB),
        ..OfferConfig::default()
    };
    let refuse = |request: Request<'_>| decide(&config, &request).expect_err("refused");
    assert_eq!(refuse(Request { provider: None, ..good }), Refusal::NotRegistered);
    assert_eq!(
        refuse(Request {
            provider: Some(&draining),
            ..good
        }),
        Refusal::NotActive("draining")
    );
    assert!(matches!(refuse(Request { size: 9, ..good }), Refusal::TooSmall { .. }));
    assert!(matches!(
        refuse(Request { size: 5 * GIB, ..good }),
        Refusal::TooLarge { .. }
    ));
    assert!(matches!(
        refuse(Request { duration: 0, ..good }),
        Refusal::BadDuration { .. }
    ));
    assert!(matches!(
        refuse(Request {
            duration: 1_000_001,
            ..good
        }),
        Refusal::BadDuration { .. }
    ));
    assert_eq!(
        refuse(Request {
            pending: 9 * GIB - 1,
            ..good
        }),
        Refusal::Full { size: GIB, left: 1 }
    );
    assert_eq!(
        decide(
            &config,
            &Request {
                params: Some(&params),
                pending: 8 * GIB,
                ..good
            }
        ),
        Ok(7)
    );
    let poor = Provider {
        bond: 999,
        ..provider.clone()
    };
    let full = Request {
        provider: Some(&poor),
        params: Some(&params),
        pending: 8 * GIB,
        ..good
    };
    assert_eq!(refuse(full), Refusal::BondTooLow { size: GIB });
    assert!(matches!(
        refuse(Request {
            pending_of_uploader: 2 * GIB + 1,
            ..good
        }),
        Refusal::UploaderQuota { .. }
    ));
    assert!(matches!(
        refuse(Request {
            pending_of_peer: 2 * GIB + 1,
            ..good
        }),
        Refusal::PeerQuota { .. }
    ));
    assert_eq!(refuse(Request { uploads: 64, ..good }), Refusal::Busy);
    assert_eq!(
        refuse(Request {
            uploads_of_peer: 16,
            ..good
        }),
        Refusal::Busy
    );
}
