// A transfer with its fee known before, and several calls as one.
import { alice, bloc, bob, charlie, find, send } from './chain.mjs';

export default async function transfer(api) {
  const tx = api.tx.balances.transferKeepAlive(charlie.address, bloc(api, 7));
  const { partialFee } = await tx.paymentInfo(bob);
  const sent = await send(api, bob, tx);
  const paid = find(sent.events, 'transactionPayment', 'TransactionFeePaid').data.actualFee;
  if (!paid.eq(partialFee)) throw new Error(`the fee was ${paid} in place of ${partialFee}`);

  // Either all calls of a batch are done or none is.
  const calls = [
    api.tx.balances.transferKeepAlive(alice.address, bloc(api, 1)),
    api.tx.balances.transferKeepAlive(charlie.address, bloc(api, 2)),
    api.tx.system.remarkWithEvent('paid by Bob'),
  ];
  const batch = await send(api, bob, api.tx.utility.batchAll(calls));
  const transfers = batch.events.filter((event) => event.section === 'balances' && event.method === 'Transfer');
  find(batch.events, 'utility', 'BatchCompleted');

  // What cannot be done is named by the pallet's own error, and costs a fee.
  const all = (await api.query.system.account(bob.address)).data.free;
  const refused = await send(api, bob, api.tx.balances.transferKeepAlive(charlie.address, all)).then(
    () => { throw new Error('a transfer of everything with keepAlive succeeded'); },
    (error) => error.message.split(':')[0],
  );
  return { block: sent.block, fee: partialFee.toHuman(), transfers: transfers.length, refused };
}

// The least that a wallet does.
export async function pay(api, to, amount) {
  const { block } = await send(api, bob, api.tx.balances.transferKeepAlive(to, bloc(api, amount)));
  return { to, amount, block };
}
