//! Goes through the market once, as a provider and as an owner: registers, opens a deal over one small slot, answers the first
//! challenge, and lets the chain refuse a wrong proof. For a development chain.
//!
//! ```text
//! cargo run --release -p blocs-chain --example market -- ws://127.0.0.1:9944
//! ```

use blocs_chain::{
    At, ChainClient, ConnectOptions, DealOffer, MarketCall, ProveCall, Registration, Sr25519Signer, Terms, Tier,
    WaitFor, connect,
};
use blocs_primitives::{Answer, DealId, Hash, Quote, Root, SlotIndex, SlotOffer, proof::PieceProof};
use futures::StreamExt;

/// One BLOC in planck.
const BLOC: u128 = 1_000_000_000_000;
/// What the slot holds: one piece, so that it is its own proof.
const CONTENT: &[u8] = b"a slot of one piece";

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let url = std::env::args()
        .nth(1)
        .unwrap_or_else(|| "ws://127.0.0.1:9944".to_owned());
    let chain = connect(&url, ConnectOptions::default()).await?;
    let owner = Sr25519Signer::from_suri("//Alice")?;
    let height = chain.block(At::Best).await?.number;
    let provider = Sr25519Signer::from_suri(&format!("//Example//{height}"))?;
    let amount = 500 * BLOC;
    chain
        .submit(
            &owner,
            MarketCall::Transfer {
                to: provider.account(),
                amount,
            },
            WaitFor::InBlock,
        )
        .await?;

    let terms = Terms {
        capacity: 1 << 30,
        price: 1_000,
        zone: "example".to_owned(),
        tier: Tier::Warm,
        peer_id: vec![0; 38],
        addresses: vec!["/ip4/127.0.0.1/tcp/1".to_owned()],
    };
    let registration = Registration {
        operator: provider.public(),
        bond: 100 * BLOC,
        terms,
    };
    let report = chain
        .submit(&provider, MarketCall::Register(registration), WaitFor::Finalized)
        .await?;
    println!("registered: {report:?}");
    println!("{:#?}", chain.provider(&provider.account(), At::Finalized).await?);
    println!("{:?}", chain.provider_info(&provider.account(), At::Finalized).await?);
    println!("{:?}", chain.params(At::Finalized).await?);

    let offer = offer(&chain, &provider, &owner, height).await?;
    let deal = DealId::derive(&owner.account(), &offer.salt);
    let mut forged = offer.clone();
    forged.slots[0].rate += 1;
    match chain
        .submit(&owner, MarketCall::OpenDeal(forged), WaitFor::InBlock)
        .await
    {
        Err(error) => println!("forged quote: {error}"),
        Ok(report) => return Err(format!("a forged quote was accepted: {report:?}").into()),
    }
    let report = chain
        .submit(&owner, MarketCall::OpenDeal(offer), WaitFor::Finalized)
        .await?;
    println!("opened: {report:?}");
    println!("{:?}", chain.deal(deal, At::Finalized).await?);
    println!("{:?}", chain.slots(deal, At::Finalized).await?);
    println!(
        "{:?}",
        chain.slots_of_provider(&provider.account(), At::Finalized).await?
    );
    println!(
        "{} deals of the owner",
        chain.deals_by_owner(&owner.account(), At::Finalized).await?.len()
    );

    let mut blocks = chain.best_blocks();
    while let Some(block) = blocks.next().await {
        let block = block?;
        let Some(challenge) = chain.challenge(&provider.account(), At::Block(block.hash)).await? else {
            continue;
        };
        println!("challenge in block {}: {challenge:?}", block.number);
        let wrong = prove(
            &provider,
            challenge.period,
            challenge.pieces.len(),
            b"not what was asked",
        );
        println!(
            "wrong proof: {:?}",
            chain
                .submit_prove(wrong, WaitFor::InBlock)
                .await
                .map_err(|e| e.to_string())
        );
        let right = prove(&provider, challenge.period, challenge.pieces.len(), CONTENT);
        let report = chain.submit_prove(right.clone(), WaitFor::Finalized).await?;
        println!("proved: {report:?}");
        println!("all events there: {:?}", chain.market_events(report.block.hash).await?);
        println!(
            "once more: {:?}",
            chain
                .submit_prove(right, WaitFor::InBlock)
                .await
                .map_err(|e| e.to_string())
        );
        break;
    }
    let claimed = chain.submit(&provider, MarketCall::Claim, WaitFor::InBlock).await?;
    println!("claimed: {:?}", claimed.events);
    let terminated = chain
        .submit(&owner, MarketCall::TerminateDeal { deal }, WaitFor::InBlock)
        .await;
    println!(
        "terminated: {:?}",
        terminated
            .map(|report| report.events)
            .map_err(|error| error.to_string())
    );
    Ok(())
}

async fn offer(
    chain: &dyn ChainClient,
    provider: &Sr25519Signer,
    owner: &Sr25519Signer,
    height: u32,
) -> Result<DealOffer, Box<dyn std::error::Error>> {
    let mut salt = [0; 32];
    salt[..4].copy_from_slice(&height.to_le_bytes());
    let quote = Quote {
        genesis: chain.genesis_hash(),
        provider: provider.account(),
        owner: owner.account(),
        deal: DealId::derive(&owner.account(), &salt),
        index: SlotIndex(0),
        root: Root(*blake3::hash(CONTENT).as_bytes()),
        size: u64::try_from(CONTENT.len())?,
        rate: 10_000,
        duration: 100,
        valid_until: chain.block(At::Best).await?.number + chain.period_length() / 2,
    };
    let slot = SlotOffer {
        provider: quote.provider.clone(),
        root: quote.root,
        size: quote.size,
        rate: quote.rate,
        valid_until: quote.valid_until,
        signature: provider.sign(&quote.signing_payload()),
    };
    Ok(DealOffer {
        salt,
        manifest: Hash::zero(),
        k: 1,
        duration: quote.duration,
        label: vec![7; 20],
        slots: vec![slot],
    })
}

fn prove(provider: &Sr25519Signer, period: u32, count: usize, piece: &[u8]) -> ProveCall {
    let answer = Answer::Piece(PieceProof {
        piece: piece.to_vec(),
        siblings: Vec::new(),
    });
    ProveCall {
        provider: provider.account(),
        period,
        answers: vec![answer; count],
        concession: None,
    }
}
