// Speaks to a node with @polkadot/api, which learns everything about the chain from its metadata.
// usage: node ecosystem.mjs URL OWNER DEAL TO
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

const [url, owner, deal, to] = process.argv.slice(2);
const provider = new WsProvider(url, false);
await provider.connect();
const api = await ApiPromise.create({ provider, noInitWarn: true });

function fail(error) {
  console.error(error);
  process.exit(1);
}

// A transfer of 7 BLOC by Bob, watched until it is final.
const bob = new Keyring({ type: 'sr25519' }).addFromUri('//Bob');
const amount = 7n * 10n ** BigInt(api.registry.chainDecimals[0]);
await new Promise((resolve, reject) => {
  api.tx.balances
    .transferKeepAlive(to, amount)
    .signAndSend(bob, { nonce: -1 }, ({ status, dispatchError }) => {
      if (dispatchError) reject(new Error(`the transfer failed: ${dispatchError}`));
      if (status.isFinalized) resolve();
    })
    .catch(reject);
}).catch(fail);

const at = await api.at(await api.rpc.chain.getFinalizedHead());
const [account, record, slots, providers] = await Promise.all([
  at.query.system.account(owner),
  at.query.storageMarket.deals(deal),
  at.query.storageMarket.slots.entries(deal),
  at.query.storageMarket.providers.keys(),
]).catch(fail);
if (record.isNone) fail(new Error('the deal is not in the market storage'));
const { k, n } = record.unwrap();

console.log(
  JSON.stringify({
    tokenSymbol: api.registry.chainTokens[0],
    specName: api.runtimeVersion.specName.toString(),
    calls: Object.keys(api.tx.storageMarket),
    ownerFree: account.data.free.toString(),
    deal: { k: k.toNumber(), n: n.toNumber(), slots: slots.length },
    providers: providers.length,
  }),
);
await api.disconnect();
