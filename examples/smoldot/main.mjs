// Syncs a light client from a chain specification and a boot node, follows finalized blocks, and sends a transfer.
// usage: node main.mjs SPEC BOOTNODE [FROM-URI] [TO]
//   SPEC      raw chain specification: blocs-node export-chain-spec --chain dev --raw --output spec.json
//   BOOTNODE  WebSocket address of a node's p2p port: /ip4/127.0.0.1/tcp/30334/ws/p2p/12D3…
import { readFileSync } from 'node:fs';
import { sr25519CreateDerive } from '@polkadot-labs/hdkd';
import { DEV_PHRASE, entropyToMiniSecret, mnemonicToEntropy, ss58Address } from '@polkadot-labs/hdkd-helpers';
import { createClient, Enum } from 'polkadot-api';
import { getPolkadotSigner } from 'polkadot-api/signer';
import { getSmProvider } from 'polkadot-api/sm-provider';
import { start } from 'smoldot';

// Blocks that are followed before the transfer.
const FOLLOW = 3;
// Until the first finalized block is known: most of it is for machines that are busy.
const PATIENCE_SECONDS = Number(process.env.PATIENCE_SECONDS ?? 90);

const derive = sr25519CreateDerive(entropyToMiniSecret(mnemonicToEntropy(DEV_PHRASE)));
const [specFile, bootnode, from = '//Eve', to = ss58Address(derive('//Light').publicKey)] = process.argv.slice(2);

function specification() {
  if (!specFile || !bootnode) throw new Error('usage: node main.mjs SPEC BOOTNODE [FROM-URI] [TO]');
  if (!/\/wss?\/p2p\//.test(bootnode)) {
    throw new Error(`a light client dials WebSocket only, so the boot node must look like /ip4/…/tcp/…/ws/p2p/…, not ${bootnode}`);
  }
  let spec;
  try {
    spec = JSON.parse(readFileSync(specFile, 'utf8'));
  } catch (error) {
    throw new Error(`cannot read ${specFile}: ${error.message}`);
  }
  if (!spec.genesis?.raw) throw new Error(`${specFile} is not a raw chain specification: export it with --raw`);
  return { ...spec, bootNodes: [bootnode], telemetryEndpoints: null };
}

async function follow(client, blocks) {
  const seen = [];
  await new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`no finalized block in ${PATIENCE_SECONDS} s: does a node of this very chain answer at ${bootnode}?`)),
      PATIENCE_SECONDS * 1000,
    );
    const subscription = client.finalizedBlock$.subscribe({
      next: ({ number, hash }) => {
        clearTimeout(late);
        seen.push({ number, hash });
        if (seen.length < blocks) return;
        setTimeout(() => subscription.unsubscribe());
        resolve();
      },
      error: reject,
    });
  });
  return seen;
}

async function run() {
  const chainSpec = JSON.stringify(specification());
  const started = Date.now();
  const light = start({ maxLogLevel: 1, logCallback: (_, target, message) => console.error(`${target}: ${message}`) });
  const client = createClient(getSmProvider(() => light.addChain({ chainSpec })));
  try {
    const [first] = await follow(client, 1);
    const synced = { step: 'synced', ...first, seconds: (Date.now() - started) / 1000 };
    console.log(JSON.stringify(synced));
    console.log(JSON.stringify({ step: 'followed', blocks: await follow(client, FOLLOW) }));

    // Every value comes with a proof against a block that the light client has verified.
    const api = client.getUnsafeApi();
    const signer = getPolkadotSigner(derive(from).publicKey, 'Sr25519', derive(from).sign);
    const free = async () => (await api.query.System.Account.getValue(to)).data.free;
    const before = await free();
    const value = 3n * 10n ** 12n;
    const sent = await api.tx.Balances.transfer_keep_alive({ dest: Enum('Id', to), value }).signAndSubmit(signer);
    if (!sent.ok) throw new Error(`the transfer failed: ${JSON.stringify(sent.dispatchError)}`);
    const arrived = (await free()) - before;
    if (arrived !== value) throw new Error(`${arrived} planck arrived in place of ${value}`);
    console.log(JSON.stringify({ step: 'transferred', to, block: sent.block.number, hash: sent.block.hash, planck: value.toString() }));
  } finally {
    client.destroy();
    await light.terminate();
  }
}

run().then(
  () => process.exit(0),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);
