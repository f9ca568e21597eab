// What the compiler refuses, for the types are those of the chain's own metadata. `tsc` fails when one of these lines is not an error.
import { Enum } from 'polkadot-api';
import type { Chain } from './chain.js';
import { account, BLOC } from './chain.js';

export async function refused({ api }: Chain) {
  const dest = Enum('Id', account('//Ferdie').address);
  // @ts-expect-error: the field is called `value`
  api.tx.Balances.transfer_keep_alive({ dest, amount: BLOC });
  // @ts-expect-error: an amount is a bigint
  api.tx.Balances.transfer_keep_alive({ dest, value: 1 });
  // @ts-expect-error: there is no such call
  api.tx.StorageMarket.open_door({});
  const provider = await api.query.StorageMarket.Providers.getValue(account('//Dave').address);
  // @ts-expect-error: there may be no provider of this account
  provider.capacity;
  // @ts-expect-error: a provider has no colour
  provider?.colour;
}
