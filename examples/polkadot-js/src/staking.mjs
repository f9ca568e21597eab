// Bonds, nominates every validator, and reads both back.
import { bloc, charlie, send } from './chain.mjs';

export default async function staking(api) {
  const validators = (await api.query.session.validators()).map((account) => account.toString());
  const bonded = await api.query.staking.ledger(charlie.address);
  const bond = bonded.isSome
    ? api.tx.staking.bondExtra(bloc(api, 10))
    : api.tx.staking.bond(bloc(api, 1000), 'Staked');
  await send(api, charlie, api.tx.utility.batchAll([bond, api.tx.staking.nominate(validators)]));

  const [ledger, nominations, era] = await Promise.all([
    api.query.staking.ledger(charlie.address),
    api.query.staking.nominators(charlie.address),
    api.query.staking.activeEra(),
  ]);
  return {
    active: ledger.unwrap().active.toHuman(),
    targets: nominations.unwrap().targets.length,
    unbondingEras: api.consts.staking.bondingDuration.toNumber(),
    era: era.unwrap().index.toNumber(),
  };
}
