// Proposes a call to the voters of a track, votes with conviction, and reads the tally.
import { alice, bloc, bob, find, send } from './chain.mjs';

export default async function vote(api) {
  const call = api.tx.system.remarkWithEvent('as the voters wish').method;
  const { index } = find(
    (await send(api, alice, api.tx.referenda.submit({ Origins: 'SmallSpender' }, { Inline: call.toHex() }, { After: 1 }))).events,
    'referenda',
    'Submitted',
  ).data;
  await send(api, alice, api.tx.referenda.placeDecisionDeposit(index));
  const standard = (conviction, amount) => ({ Standard: { vote: { aye: true, conviction }, balance: bloc(api, amount) } });
  await send(api, bob, api.tx.convictionVoting.vote(index, standard('Locked1x', 1000)));
  await send(api, alice, api.tx.convictionVoting.vote(index, standard('Locked2x', 500)));

  const { track, proposal, tally } = (await api.query.referenda.referendumInfoFor(index)).unwrap().asOngoing;
  const tracks = api.consts.referenda.tracks;
  const [, details] = tracks.find(([id]) => id.eq(track));
  const proposed = api.createType('Call', proposal.asInline.toU8a(true));
  return {
    referendum: index.toNumber(),
    track: Buffer.from(details.name.toU8a(true)).toString().replace(/\0+$/, ''),
    proposed: `${proposed.section}.${proposed.method}`,
    ayes: tally.ayes.toHuman(),
    support: tally.support.toHuman(),
  };
}
