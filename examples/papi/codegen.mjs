// Gets the metadata from a node and makes types of it, as `papi add blocs -w URL` does where Node has a WebSocket.
// usage: node codegen.mjs [URL]
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';

const url = (process.argv[2] ?? 'ws://127.0.0.1:9944').replace(/^ws/, 'http');

async function metadata() {
  const body = JSON.stringify({ id: 1, jsonrpc: '2.0', method: 'state_call', params: ['Metadata_metadata_at_version', '0x0f000000'] });
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body }).catch((error) => {
    throw new Error(`no node answers at ${url}: start one with "blocs-node --dev", or name another URL (${error.cause?.code})`);
  });
  const { result, error } = await answer.json();
  if (error) throw new Error(`the node at ${url} gives no metadata: ${error.message}`);
  // Option<Vec<u8>>: a byte that says there is one, then the length, which is between 2^14 and 2^30 and so takes four bytes.
  return Buffer.from(result.slice(2), 'hex').subarray(5);
}

try {
  mkdirSync('.papi/metadata', { recursive: true });
  writeFileSync('.papi/metadata/blocs.scale', await metadata());
  const { status } = spawnSync('npx', ['--no-install', 'papi', 'generate'], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.exitCode = status ?? 1;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
