use super::*;
use crate::{DealExtension, DealOffer, ProviderStatus, Registration, SlotStatus, Sr25519Signer, Terms, Tier};
use blocs_primitives::{Answer, Concession, PieceChallenge, Quote, Root, SlotOffer};

const BLOC: Balance = 1_000_000_000_000;

fn signer(suri: &str) -> Sr25519Signer {
    Sr25519Signer::from_suri(suri).expect("a valid secret")
}

async fn chain_with_provider() -> (MemoryChain, Sr25519Signer, Sr25519Signer) {
    let chain = MemoryChain::new(16);
    let (provider, owner) = (signer("//Provider//0"), signer("//Alice"));
    chain.fund(&provider.account(), 200 * BLOC);
    chain.fund(&owner.account(), 10 * BLOC);
    let terms = Terms {
        capacity: 1 << 30,
        price: 1,
        zone: "eu".to_owned(),
        tier: Tier::Hot,
        peer_id: vec![1],
        addresses: vec!["/ip4/127.0.0.1/tcp/9700".to_owned()],
    };
    let registration = Registration {
        operator: provider.public(),
        bond: 100 * BLOC,
        terms,
    };
    chain
        .submit(&provider, MarketCall::Register(registration), WaitFor::Finalized)
        .await
        .expect("registers");
    (chain, provider, owner)
}

fn offer(chain: &MemoryChain, provider: &Sr25519Signer, owner: &Sr25519Signer, salt: [u8; 32]) -> DealOffer {
    let quote = Quote {
        genesis: chain.genesis_hash(),
        provider: provider.account(),
        owner: owner.account(),
        deal: DealId::derive(&owner.account(), &salt),
        index: SlotIndex(0),
        root: Root([7; 32]),
        size: 1000,
        rate: 5,
        duration: 3,
        valid_until: 100,
    };
    let slot = SlotOffer {
        provider: provider.account(),
        root: quote.root,
        size: quote.size,
        rate: quote.rate,
        valid_until: quote.valid_until,
        signature: provider.sign(&quote.signing_payload()),
    };
    DealOffer {
        salt,
        manifest: Hash::zero(),
        k: 1,
        duration: 3,
        label: vec![],
        slots: vec![slot],
    }
}

#[tokio::test]
async fn a_quoted_deal_opens_and_closes_after_its_end() {
    let (chain, provider, owner) = chain_with_provider().await;
    let call = MarketCall::OpenDeal(offer(&chain, &provider, &owner, [1; 32]));
    let report = chain.submit(&owner, call, WaitFor::Finalized).await.expect("opens");
    let deal = DealId::derive(&owner.account(), &[1; 32]);
    assert!(report.finalized);
    assert!(matches!(&report.events[..], [MarketEvent::DealOpened { deal: opened, .. }] if *opened == deal));
    let slots = chain
        .slots_of_provider(&provider.account(), At::Finalized)
        .await
        .expect("reads");
    assert_eq!(slots.len(), 1);
    assert_eq!(
        chain
            .deals_by_owner(&owner.account(), At::Finalized)
            .await
            .expect("reads"),
        vec![deal]
    );

    let early = chain
        .submit(&owner, MarketCall::CloseDeal { deal }, WaitFor::InBlock)
        .await;
    assert!(matches!(early, Err(SubmitError::Dispatch { error, .. }) if error == "NotEnded"));
    chain.produce_until(5 * 16);
    chain
        .submit(&owner, MarketCall::CloseDeal { deal }, WaitFor::InBlock)
        .await
        .expect("closes");
    assert_eq!(chain.deal(deal, At::Best).await.expect("reads"), None);
}

#[tokio::test]
async fn an_extended_deal_costs_the_added_periods_and_ends_later() {
    let (chain, provider, owner) = chain_with_provider().await;
    let call = MarketCall::OpenDeal(offer(&chain, &provider, &owner, [1; 32]));
    chain.submit(&owner, call, WaitFor::InBlock).await.expect("opens");
    let deal = DealId::derive(&owner.account(), &[1; 32]);
    let quote = blocs_primitives::ExtensionQuote {
        genesis: chain.genesis_hash(),
        provider: provider.account(),
        owner: owner.account(),
        deal,
        index: SlotIndex(0),
        rate: 5,
        from: 4,
        to: 10,
        valid_until: 100,
    };
    let slot = blocs_primitives::SlotExtension {
        index: quote.index,
        valid_until: quote.valid_until,
        signature: provider.sign(&quote.signing_payload()),
    };
    let extend = |end| MarketCall::ExtendDeal {
        extension: DealExtension {
            deal,
            end,
            slots: vec![slot.clone()],
        },
        price: 30,
    };
    let forged = chain.submit(&owner, extend(11), WaitFor::InBlock).await;
    assert!(matches!(forged, Err(SubmitError::Dispatch { error, .. }) if error == "BadQuote"));
    let before = chain.balance(&owner.account(), At::Best).await.expect("reads").free;
    let report = chain
        .submit(&owner, extend(10), WaitFor::InBlock)
        .await
        .expect("extends");
    let slots = vec![SlotIndex(0)];
    assert_eq!(report.events, [MarketEvent::DealExtended { deal, end: 10, slots }]);
    let after = chain.balance(&owner.account(), At::Best).await.expect("reads").free;
    assert_eq!(before - after, 6 * 5 + MemoryChain::FEE);

    let again = chain.submit(&owner, extend(10), WaitFor::InBlock).await;
    assert!(matches!(again, Err(SubmitError::Dispatch { error, .. }) if error == "NotLater"));
    chain.produce_until(5 * 16);
    let early = chain
        .submit(&owner, MarketCall::CloseDeal { deal }, WaitFor::InBlock)
        .await;
    assert!(matches!(early, Err(SubmitError::Dispatch { error, .. }) if error == "NotEnded"));
    chain.produce_until(11 * 16);
    chain
        .submit(&owner, MarketCall::CloseDeal { deal }, WaitFor::InBlock)
        .await
        .expect("closes");
}

#[tokio::test]
async fn a_forged_quote_and_an_empty_purse_are_refused() {
    let (chain, provider, owner) = chain_with_provider().await;
    let mut forged = offer(&chain, &provider, &owner, [2; 32]);
    forged.slots[0].rate = 1;
    let refused = chain
        .submit(&owner, MarketCall::OpenDeal(forged), WaitFor::InBlock)
        .await;
    assert!(matches!(refused, Err(SubmitError::Dispatch { error, .. }) if error == "BadQuote"));

    let poor = signer("//Poor");
    let to = owner.account();
    let refused = chain
        .submit(&poor, MarketCall::Transfer { to, amount: BLOC }, WaitFor::InBlock)
        .await;
    assert!(matches!(
        refused,
        Err(SubmitError::InsufficientFunds { needed, held: 0, .. }) if needed == BLOC + MemoryChain::FEE
    ));
}

#[tokio::test]
async fn a_signed_concession_answers_a_challenge_once() {
    let (chain, provider, owner) = chain_with_provider().await;
    let call = MarketCall::OpenDeal(offer(&chain, &provider, &owner, [3; 32]));
    chain.submit(&owner, call, WaitFor::InBlock).await.expect("opens");
    let slot = SlotId {
        deal: DealId::derive(&owner.account(), &[3; 32]),
        index: SlotIndex(0),
    };
    let asked = PieceChallenge {
        slot,
        root: Root([7; 32]),
        size: 1000,
        piece: 0,
    };
    let pieces = vec![asked].try_into().expect("one piece fits");
    chain.set_challenge(
        &provider.account(),
        Challenge {
            period: 4,
            pay: 5,
            pieces,
            drawn: 1,
        },
    );

    let concession = Concession {
        genesis: chain.genesis_hash(),
        provider: provider.account(),
        period: 4,
        slots: vec![slot],
    };
    let mut call = ProveCall {
        provider: provider.account(),
        period: 4,
        answers: vec![Answer::Conceded],
        concession: None,
    };
    assert!(chain.submit_prove(call.clone(), WaitFor::InBlock).await.is_err());
    call.concession = Some(provider.sign(&concession.signing_payload()));
    chain
        .submit_prove(call.clone(), WaitFor::InBlock)
        .await
        .expect("accepted");
    assert!(chain.submit_prove(call, WaitFor::InBlock).await.is_err());
    let slot = chain.slot(slot, At::Best).await.expect("reads").expect("is there");
    assert_eq!(slot.status, SlotStatus::Lost);
    let record = chain
        .provider(&provider.account(), At::Best)
        .await
        .expect("reads")
        .expect("is there");
    assert_eq!(
        (record.accrued, record.proven, record.status),
        (5, 1, ProviderStatus::Active)
    );
}

#[tokio::test]
async fn finalized_blocks_come_in_order_and_without_gaps() {
    let chain = MemoryChain::with_finality_lag(16, 2);
    chain.produce_until(5);
    let mut blocks = chain.finalized_blocks(Some(1));
    for number in 1..=3 {
        assert_eq!(blocks.next().await.expect("endless").expect("reachable").number, number);
    }
    let waiting = tokio::spawn(async move { blocks.next().await.expect("endless").expect("reachable").number });
    chain.produce_block();
    assert_eq!(waiting.await.expect("joins"), 4);
    let best = chain.best_blocks().next().await.expect("endless").expect("reachable");
    assert_eq!(best.number, 6);
}

#[tokio::test]
async fn an_unreachable_chain_says_what_to_do() {
    let chain = MemoryChain::new(16);
    chain.set_reachable(false);
    let error = chain.block(At::Best).await.expect_err("unreachable").to_string();
    assert!(error.contains("is blocs-node running"), "{error}");
}
