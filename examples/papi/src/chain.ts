// The connection, and the accounts of a development chain.
import { sr25519CreateDerive } from '@polkadot-labs/hdkd';
import { DEV_PHRASE, entropyToMiniSecret, mnemonicToEntropy, ss58Address } from '@polkadot-labs/hdkd-helpers';
import { createClient, type PolkadotSigner } from 'polkadot-api';
import { getPolkadotSigner } from 'polkadot-api/signer';
import { getWsProvider, WsEvent } from 'polkadot-api/ws';
import { WebSocket } from 'ws';
import { blocs } from '../.papi/descriptors/dist/index.js';

/** One BLOC in planck. */
export const BLOC = 10n ** 12n;

/** A typed view of the chain at `url`. The first failure to connect is told, for the library itself tries for ever. */
export function connect(url: string) {
  let failed: (error: Error) => void;
  const absent = new Promise<never>((_, reject) => (failed = reject));
  const provider = getWsProvider(url, {
    // Node has a WebSocket of its own from version 22.
    websocketClass: WebSocket as unknown as typeof globalThis.WebSocket,
    onStatusChanged: ({ type }) => {
      if (type === WsEvent.ERROR || type === WsEvent.CLOSE) {
        failed(new Error(`no node answers at ${url}: start one with "blocs-node --dev", or name another URL`));
      }
    },
  });
  const client = createClient(provider);
  return { client, api: client.getTypedApi(blocs), absent };
}

export type Chain = ReturnType<typeof connect>;

export interface Account {
  address: string;
  signer: PolkadotSigner;
}

const derive = sr25519CreateDerive(entropyToMiniSecret(mnemonicToEntropy(DEV_PHRASE)));

/** The account of `//Dave` and its like. */
export function account(uri: string): Account {
  const { publicKey, sign } = derive(uri);
  return { address: ss58Address(publicKey), signer: getPolkadotSigner(publicKey, 'Sr25519', sign) };
}
