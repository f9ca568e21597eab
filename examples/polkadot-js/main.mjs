// Runs the named steps against a node and prints what each saw, one JSON object a line.
// usage: node main.mjs [URL] [STEP…]
//        node main.mjs URL read DEAL
//        node main.mjs URL pay TO BLOC
import { connect } from './src/chain.mjs';
import deal, { read } from './src/deal.mjs';
import metadata from './src/metadata.mjs';
import multisig from './src/multisig.mjs';
import staking from './src/staking.mjs';
import transfer, { pay } from './src/transfer.mjs';
import vote from './src/vote.mjs';

const all = { metadata, transfer, staking, multisig, vote, deal };
const [url = 'ws://127.0.0.1:9944', ...words] = process.argv.slice(2);

// What is to be done, by name.
function chosen() {
  if (words[0] === 'read') return { read: (api) => read(api, words[1]) };
  if (words[0] === 'pay') return { pay: (api) => pay(api, words[1], words[2]) };
  const unknown = words.find((name) => !(name in all));
  if (unknown) throw new Error(`there is no step ${unknown}; there are ${Object.keys(all).join(', ')}, read DEAL and pay TO BLOC`);
  return words.length > 0 ? Object.fromEntries(words.map((name) => [name, all[name]])) : all;
}

async function run() {
  const steps = chosen();
  const api = await connect(url);
  try {
    for (const [step, work] of Object.entries(steps)) {
      console.log(JSON.stringify({ step, ...(await work(api)) }));
    }
  } finally {
    await api.disconnect();
  }
}

run().catch((error) => {
  console.error(error.message);
  process.exitCode = 1;
});
