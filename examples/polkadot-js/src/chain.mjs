// The connection, and sending a transaction.
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

// Everything about the chain comes from its metadata; nothing is configured. A node that does not answer is an error.
export async function connect(url) {
  const provider = new WsProvider(url, false);
  const failed = new Promise((_, reject) => {
    provider.on('error', () => reject(new Error(`no node answers at ${url}: start one with "blocs-node --dev", or name another URL`)));
  });
  await provider.connect();
  const ready = ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: true });
  ready.catch(() => {});
  try {
    return await Promise.race([ready, failed]);
  } catch (error) {
    await provider.disconnect();
    throw error;
  }
}

// The accounts of a development chain, whose keys everybody knows.
export const keyring = new Keyring({ type: 'sr25519', ss58Format: 42 });
export const [alice, bob, charlie] = ['//Alice', '//Bob', '//Charlie'].map((uri) => keyring.addFromUri(uri));

// Amounts on the chain are in planck: 10^12 planck are one BLOC.
export const bloc = (api, amount) => BigInt(amount) * 10n ** BigInt(api.registry.chainDecimals[0]);

// The pallet's own name for what went wrong.
export function explain(api, error) {
  if (!error.isModule) return `${error.type}.${error.inner}`;
  const { section, name, docs } = api.registry.findMetaError(error.asModule);
  return `${section}.${name}: ${docs.join(' ')}`;
}

// Signs and sends; resolves with the events once the block is final, rejects when the call failed.
export function send(api, signer, tx) {
  return new Promise((resolve, reject) => {
    tx.signAndSend(signer, { nonce: -1 }, ({ status, events, dispatchError, isError }) => {
      if (dispatchError) reject(new Error(explain(api, dispatchError)));
      else if (isError) reject(new Error(`the transaction was not taken: ${status.type}`));
      else if (status.isFinalized) resolve({ block: status.asFinalized.toHex(), events: events.map(({ event }) => event) });
    }).catch(reject);
  });
}

// The one event of this name.
export function find(events, section, method) {
  const event = events.find((one) => one.section === section && one.method === method);
  if (!event) throw new Error(`there is no event ${section}.${method}`);
  return event;
}
