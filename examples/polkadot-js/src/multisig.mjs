// An account of three people of whom two must agree: Alice proposes by the call's hash, Bob agrees with the call itself.
import { createKeyMulti, sortAddresses } from '@polkadot/util-crypto';
import { alice, bloc, bob, charlie, find, keyring, send } from './chain.mjs';

export default async function multisig(api) {
  const people = [alice, bob, charlie].map((pair) => pair.address);
  const account = keyring.encodeAddress(createKeyMulti(people, 2));
  const others = (pair) => sortAddresses(people.filter((address) => address !== pair.address), api.registry.chainSS58);
  await send(api, alice, api.tx.balances.transferKeepAlive(account, bloc(api, 20)));

  const call = api.tx.balances.transferKeepAlive(charlie.address, bloc(api, 5));
  const { weight } = await call.paymentInfo(account);
  await send(api, alice, api.tx.multisig.approveAsMulti(2, others(alice), null, call.method.hash, weight));
  const pending = (await api.query.multisig.multisigs(account, call.method.hash)).unwrap();
  const { events } = await send(api, bob, api.tx.multisig.asMulti(2, others(bob), pending.when, call, weight));
  const { result } = find(events, 'multisig', 'MultisigExecuted').data;
  if (!result.isOk) throw new Error(`the call failed: ${result.asErr}`);
  return { account, approvals: pending.approvals.length + 1, done: `${call.method.section}.${call.method.method}` };
}
