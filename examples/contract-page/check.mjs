// Uses the built page as a visitor would, in a document without a screen: node check.mjs NODE ADDRESS BUNDLE. The wallet is polkadot.js'
// keyring behind the interface of browser extensions, with a development chain's Ferdie in it.
import { Keyring } from '@polkadot/api';
import { cryptoWaitReady } from '@polkadot/util-crypto';
import { TypeRegistry } from '@polkadot/types';
import { JSDOM, VirtualConsole } from 'jsdom';
import { readFileSync } from 'node:fs';
import { webcrypto } from 'node:crypto';

const [node, address, bundle] = process.argv.slice(2);
if (!bundle) {
  console.error('usage: node check.mjs NODE ADDRESS BUNDLE');
  process.exit(2);
}
const here = (name) => new URL(name, import.meta.url);
const LIMIT = 60_000;

await cryptoWaitReady();
const ferdie = new Keyring({ type: 'sr25519' }).addFromUri('//Ferdie', { name: 'Ferdie' });
let signed = 0;
const wallet = {
  version: '1',
  enable: async () => ({
    accounts: {
      get: async () => [{ address: ferdie.address, name: 'Ferdie', type: 'sr25519' }],
      subscribe: () => () => {},
    },
    signer: {
      signPayload: async (payload) => {
        signed += 1;
        const registry = new TypeRegistry();
        registry.setSignedExtensions(payload.signedExtensions);
        const { signature } = registry.createType('ExtrinsicPayload', payload, { version: payload.version }).sign(ferdie);
        return { id: signed, signature };
      },
    },
  }),
};

const errors = new VirtualConsole().on('jsdomError', (error) => console.error(error.message));
const { window } = await JSDOM.fromFile(here('index.html').pathname, {
  runScripts: 'outside-only',
  pretendToBeVisual: true,
  virtualConsole: errors,
});
// What browsers have and this document lacks.
for (const [name, value] of Object.entries({ TextDecoder, TextEncoder, WebSocket: globalThis.WebSocket ?? window.WebSocket, Uint8Array })) {
  window[name] = value;
}
if (!window.crypto?.subtle) Object.defineProperty(window, 'crypto', { value: webcrypto });
window.injectedWeb3 = { check: wallet };
window.eval(readFileSync(here('dist/page.js'), 'utf8'));

const field = (id) => window.document.getElementById(id);
// Waits until the page says something of this shape.
async function says(expected) {
  const end = Date.now() + LIMIT;
  for (;;) {
    const status = field('status');
    if (expected.test(status.textContent)) return;
    if (status.classList.contains('error') || Date.now() > end) {
      throw new Error(`the page says ${JSON.stringify(status.textContent)}, not ${expected}`);
    }
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  }
}

async function reads(message) {
  field('message').value = message;
  field('message').dispatchEvent(new window.Event('change'));
  field('read').click();
  await says(/^answered/);
  return JSON.parse(field('result').textContent);
}

async function press(message) {
  field('message').value = message;
  field('message').dispatchEvent(new window.Event('change'));
  field('call').click();
  await says(/^final in block 0x/);
}

field('node').value = node;
field('address').value = address;
Object.defineProperty(field('bundle'), 'files', {
  value: [{ text: async () => readFileSync(bundle, 'utf8') }],
});
field('connect').dispatchEvent(new window.Event('submit', { cancelable: true }));
await says(/^connected to /);
const before = await reads('get');
await press('turn');
const after = await reads('get');
console.log(JSON.stringify({ before, after, signed, account: ferdie.address }));
process.exit(before === !after && signed === 1 ? 0 : 1);
