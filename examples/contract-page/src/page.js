// The page: fields to the contract, and its answers back.
import { web3Accounts, web3Enable, web3FromAddress } from '@polkadot/extension-dapp';
import { call, open, read } from './contract.js';

const field = (id) => document.getElementById(id);
let contract;

function say(text, isError = false) {
  field('status').textContent = text;
  field('status').classList.toggle('error', isError);
}

// Does it with the buttons locked, and shows why when it fails.
async function attempt(saying, work) {
  const buttons = [...document.querySelectorAll('button')];
  buttons.forEach((button) => { button.disabled = true; });
  say(saying);
  try {
    say(await work());
  } catch (error) {
    say(error.message, true);
  } finally {
    buttons.forEach((button) => { button.disabled = false; });
  }
}

function options(select, entries) {
  select.replaceChildren(...entries.map(([value, text]) => Object.assign(document.createElement('option'), { value, text })));
}

function chosen() {
  const message = contract.abi.findMessage(field('message').value);
  const inputs = [...field('arguments').querySelectorAll('input')];
  return [message, field('account').value, inputs.map((input) => input.value)];
}

// One input for each argument of the message.
function showArguments() {
  const message = contract.abi.findMessage(field('message').value);
  field('arguments').replaceChildren(...message.args.map(({ name, type }) => {
    const label = document.createElement('label');
    label.append(`${name} (${type.displayName ?? type.type}) `, document.createElement('input'));
    return label;
  }));
  field('call').hidden = !message.isMutating;
}

field('connect').addEventListener('submit', (event) => {
  event.preventDefault();
  attempt('connecting …', async () => {
    // The extension asks the user whether this page may see the accounts.
    const extensions = await web3Enable('A contract on BLOCS');
    if (extensions.length === 0) throw new Error('no wallet: install the polkadot.js extension, or allow this page in it');
    const accounts = await web3Accounts();
    if (accounts.length === 0) throw new Error('the wallet shows no account to this page');
    const bundle = JSON.parse(await field('bundle').files[0].text());
    contract = await open(field('node').value, field('address').value.trim(), bundle);
    options(field('account'), accounts.map(({ address, meta }) => [address, `${meta.name} (${address.slice(0, 8)}…)`]));
    options(field('message'), contract.abi.messages.map(({ identifier }) => [identifier, identifier]));
    showArguments();
    field('contract').hidden = false;
    return `connected to ${contract.abi.info.contract.name}`;
  });
});

field('message').addEventListener('change', showArguments);

field('read').addEventListener('click', () => attempt('asking …', async () => {
  const value = await read(contract, ...chosen());
  field('result').textContent = JSON.stringify(value, null, 2);
  return 'answered';
}));

field('call').addEventListener('click', () => attempt('waiting for the wallet, then for the block …', async () => {
  const [message, account, args] = chosen();
  const { signer } = await web3FromAddress(account);
  const { block, events } = await call(contract, message, account, args, signer);
  field('result').textContent = JSON.stringify(events, null, 2);
  return `final in block ${block}`;
}));
