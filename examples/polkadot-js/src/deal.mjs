// Opens a storage deal with quotes that providers have signed, and reads it back.
//
// A quote is a provider's signed promise to keep some bytes; the chain takes it from nobody but the owner that it names. Off a
// development chain it comes from the provider that has stored the bytes (`blocs put` does all that). Here the example is
// a provider itself, with a key made for this run, so that it can show what is signed.
import { blake3 } from '@noble/hashes/blake3';
import { isHex, stringToU8a, u8aConcat } from '@polkadot/util';
import { blake2AsU8a, mnemonicGenerate, randomAsU8a } from '@polkadot/util-crypto';
import { alice, bloc, find, keyring, send } from './chain.mjs';

const content = stringToU8a('a slot of one piece');
const duration = 1000;

export default async function deal(api) {
  const provider = keyring.addFromUri(mnemonicGenerate());
  await send(api, alice, api.tx.balances.transferKeepAlive(provider.address, bloc(api, 500)));
  await send(api, provider, api.tx.storageMarket.register({
    operator: provider.publicKey,
    bond: bloc(api, 100),
    terms: { capacity: 1n << 30n, price: 1000, zone: 'example', tier: 'Warm', peerId: new Uint8Array(38), addresses: ['/ip4/127.0.0.1/tcp/1'] },
  }));

  const salt = randomAsU8a(32);
  const id = blake2AsU8a(u8aConcat('blocs/deal/1', alice.publicKey, salt));
  const slot = {
    provider: provider.address,
    root: blake3(content),
    size: content.length,
    rate: 10_000,
    validUntil: (await api.rpc.chain.getHeader()).number.toNumber() + 10,
  };
  const signed = api.createType('(H256, AccountId32, AccountId32, H256, u16, H256, u64, u128, u32, u32)', [
    api.genesisHash, slot.provider, alice.address, id, 0, slot.root, slot.size, slot.rate, duration, slot.validUntil,
  ]);
  slot.signature = provider.sign(blake2AsU8a(u8aConcat('blocs/quote/1', signed.toU8a())));
  const offer = { salt, manifest: blake2AsU8a('no manifest'), k: 1, duration, label: 'example', slots: [slot] };

  // The chain refuses a quote that the provider has not signed.
  const forged = { ...offer, slots: [{ ...slot, rate: slot.rate + 1 }] };
  const refused = await send(api, alice, api.tx.storageMarket.openDeal(forged)).then(
    () => { throw new Error('a forged quote was accepted'); },
    (error) => error.message.split(':')[0],
  );
  const { events } = await send(api, alice, api.tx.storageMarket.openDeal(offer));
  return { refused, ...(await read(api, find(events, 'storageMarket', 'DealOpened').data.deal)) };
}

// A deal, its slots and what its owner still has, decoded, all of one finalized block.
export async function read(api, id) {
  if (!isHex(id?.toString(), 256)) throw new Error(`${id} is no deal: an id is 0x and 64 hexadecimal digits`);
  const at = await api.at(await api.rpc.chain.getFinalizedHead());
  const [record, slots, providers] = await Promise.all([
    at.query.storageMarket.deals(id),
    at.query.storageMarket.slots.entries(id),
    at.query.storageMarket.providers.entries(),
  ]);
  if (record.isNone) throw new Error(`the chain has no deal ${id}`);
  const { owner, k, n, start, end } = record.unwrap();
  const { data } = await at.query.system.account(owner);
  return {
    deal: id.toString(),
    owner: owner.toString(),
    need: k.toNumber(),
    of: n.toNumber(),
    periods: [start.toNumber(), end.toNumber()],
    slots: slots.map(([key, slot]) => ({
      index: key.args[1].toNumber(),
      provider: slot.unwrap().provider.toString(),
      // polkadot.js puts a line behind names that its own classes have.
      size: slot.unwrap().size_.toNumber(),
      rate: slot.unwrap().rate.toString(),
      status: slot.unwrap().status.type,
    })),
    providers: providers.length,
    free: data.free.toString(),
    token: api.registry.chainTokens[0],
  };
}
