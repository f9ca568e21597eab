// Reads the market, and sends a transfer and a remark. Prints what it saw, one JSON object a line.
// usage: node dist/main.js [URL]
import { Enum } from 'polkadot-api';
import { account, BLOC, connect, type Chain } from './chain.js';

/** JSON has no integers of 64 bits and more. */
const print = (step: string, seen: object) =>
  console.log(JSON.stringify({ step, ...seen }, (_, value) => (typeof value === 'bigint' ? value.toString() : value)));

async function market({ api }: Chain) {
  const { StorageMarket } = api.query;
  const [params, providers, deals] = await Promise.all([
    StorageMarket.Params.getValue({ at: 'finalized' }),
    StorageMarket.Providers.getEntries({ at: 'finalized' }),
    StorageMarket.Deals.getEntries({ at: 'finalized' }),
  ]);
  print('market', {
    params,
    providers: providers.map(({ keyArgs: [address], value }) => ({ address, status: value.status.type, free: value.capacity - value.used })),
    deals: await Promise.all(
      deals.map(async ({ keyArgs: [deal], value: { owner, k, n, start, end } }) => {
        const slots = await StorageMarket.Slots.getEntries(deal, { at: 'finalized' });
        return { deal, owner, need: k, of: n, periods: end - start, bytes: slots.map(({ value }) => value.size) };
      }),
    ),
  });
}

async function transfer({ api, client }: Chain) {
  const [dave, ferdie] = [account('//Dave'), account('//Ferdie')];
  const tx = api.tx.Balances.transfer_keep_alive({ dest: Enum('Id', ferdie.address), value: 4n * BLOC });
  const fee = await tx.getEstimatedFees(dave.address);
  const sent = await tx.signAndSubmit(dave.signer);
  if (!sent.ok) throw new Error(`the transfer failed: ${JSON.stringify(sent.dispatchError)}`);
  const [arrived] = api.event.Balances.Transfer.filter(sent.events);
  print('transfer', { block: sent.block.number, hash: sent.block.hash, fee, amount: arrived?.payload.amount });

  // The same in its steps, for a program that shows them.
  const remark = api.tx.System.remark_with_event({ remark: new TextEncoder().encode('hello from PAPI') });
  const steps: string[] = [];
  await new Promise<void>((resolve, reject) => {
    remark.signSubmitAndWatch(dave.signer).subscribe({
      next: (event) => {
        steps.push(event.type);
        if (event.type === 'finalized') event.ok ? resolve() : reject(new Error('the remark failed'));
      },
      error: reject,
    });
  });
  const { number } = await client.getFinalizedBlock();
  print('remark', { steps, finalized: number });
}

async function run() {
  const chain = connect(process.argv[2] ?? 'ws://127.0.0.1:9944');
  const work = async () => {
    await market(chain);
    await transfer(chain);
  };
  try {
    await Promise.race([work(), chain.absent]);
  } finally {
    chain.client.destroy();
  }
}

run().then(
  () => process.exit(0),
  (error: Error) => {
    console.error(error.message);
    process.exit(1);
  },
);
