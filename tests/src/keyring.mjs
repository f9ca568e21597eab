// Opens, signs, checks and writes key files with @polkadot/keyring, as polkadot.js and its browser extension do.
// node keyring.mjs MODULES INPUT: MODULES is a folder with node_modules, INPUT a JSON file:
// { "message", "newPassword", "accounts": [{ "file", "password", "signature" }] }
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(`${process.argv[2]}/`);
const { Keyring } = require('@polkadot/keyring');
const { stringToU8a, u8aToHex, u8aWrapBytes } = require('@polkadot/util');
const { cryptoWaitReady, jsonEncrypt, signatureVerify } = require('@polkadot/util-crypto');

await cryptoWaitReady();
const { message, newPassword, accounts } = JSON.parse(readFileSync(process.argv[3], 'utf8'));
const keyring = new Keyring({ ss58Format: 42 });
const wrapped = u8aWrapBytes(message);

const seen = accounts.map(({ file, password, signature }) => {
  const json = JSON.parse(readFileSync(file, 'utf8'));
  const pair = keyring.addFromJson(json);
  let wrong = 'opened';
  try {
    pair.decodePkcs8('not the password');
  } catch {
    wrong = 'refused';
  }
  pair.decodePkcs8(password);
  const { isValid, crypto } = signatureVerify(message, signature, pair.address);
  return {
    address: pair.address,
    crypto,
    isValid,
    wrong,
    name: pair.meta.name,
    signature: u8aToHex(pair.sign(wrapped)),
    file: pair.toJson(newPassword),
  };
});
const files = seen.map(({ file }) => file);
const batch = {
  ...jsonEncrypt(stringToU8a(JSON.stringify(files)), ['batch-pkcs8'], newPassword),
  accounts: files.map(({ address, meta }) => ({ address, meta })),
};
console.log(JSON.stringify({ accounts: seen, batch }));
process.exit(0);
