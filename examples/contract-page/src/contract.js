// A contract, through the node and with whoever signs; knows nothing of the page.
import { ApiPromise, WsProvider } from '@polkadot/api';
import { ContractPromise } from '@polkadot/api-contract';

// Connects to the node, and checks that the bundle is that of the contract at the address.
export async function open(url, address, bundle) {
  const provider = new WsProvider(url, false);
  const failed = new Promise((_, reject) => {
    provider.on('error', () => reject(new Error(`no node answers at ${url}`)));
  });
  await provider.connect();
  try {
    const api = await Promise.race([ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: true }), failed]);
    const info = (await api.query.contracts.contractInfoOf(address)).unwrapOr(null);
    if (!info) throw new Error(`there is no contract at ${address}`);
    if (info.codeHash.toHex() !== bundle.source?.hash) throw new Error('this bundle is that of another contract');
    return new ContractPromise(api, bundle, address);
  } catch (error) {
    await provider.disconnect();
    throw error;
  }
}

// What went wrong, in the pallet's or the contract's own words.
function explain(api, error) {
  if (!error.isModule) return error.toString();
  const { section, name, docs } = api.registry.findMetaError(error.asModule);
  return `${section}.${name}: ${docs.join(' ')}`;
}

// Runs the message without sending anything: what it returns, and what it would take.
async function tryOut(contract, message, account, args) {
  const { consts, registry } = contract.api;
  // All that a transaction may use: the trial says what it does use.
  const gasLimit = registry.createType('WeightV2', consts.system.blockWeights.perClass.normal.maxExtrinsic.unwrap());
  const run = contract.query[message.method];
  const { result, output, gasRequired, storageDeposit } = await run(account, { gasLimit, storageDepositLimit: null }, ...args);
  if (result.isErr) throw new Error(explain(contract.api, result.asErr));
  // ink! wraps what a message returns: the outer error says that the message did not come through.
  const answer = output?.toHuman();
  if (result.asOk.flags.isRevert) throw new Error(`the contract refused: ${JSON.stringify(answer)}`);
  return { value: answer?.Ok ?? answer, gasRequired, storageDeposit };
}

// What a message returns; costs nothing.
export async function read(contract, message, account, args) {
  return (await tryOut(contract, message, account, args)).value;
}

// Sends a message with the gas that its trial took, signed by `signer`; the contract's events once the block is final.
export async function call(contract, message, account, args, signer) {
  const { gasRequired, storageDeposit } = await tryOut(contract, message, account, args);
  const storageDepositLimit = storageDeposit.isCharge ? storageDeposit.asCharge : null;
  const tx = contract.tx[message.method]({ gasLimit: gasRequired, storageDepositLimit }, ...args);
  return new Promise((resolve, reject) => {
    tx.signAndSend(account, { signer, nonce: -1 }, (outcome) => {
      const { status, dispatchError, contractEvents = [], isError } = outcome;
      if (dispatchError) reject(new Error(explain(contract.api, dispatchError)));
      else if (isError) reject(new Error(`the transaction was not taken: ${status.type}`));
      else if (status.isFinalized) {
        const events = contractEvents.map(({ event, args: fields }) => ({
          event: event.identifier,
          fields: fields.map((field) => field.toHuman()),
        }));
        resolve({ block: status.asFinalized.toHex(), events });
      }
    }).catch(reject);
  });
}
