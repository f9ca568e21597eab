// Decodes every pallet, call, storage entry, constant, event and error that the metadata tells of, and the chain's newest blocks.
import { u8aConcat } from '@polkadot/util';

// A type is understood when a value of it can be made, and comes back from its own bytes.
function understands(api, type) {
  const value = api.createType(type);
  return api.createType(type, value.toU8a()).eq(value);
}

function check(condition, what) {
  if (!condition) throw new Error(`cannot decode ${what}`);
}

export default async function metadata(api) {
  const { pallets } = api.runtimeMetadata.asLatest;
  const count = { pallets: 0, calls: 0, storage: 0, constants: 0, events: 0, errors: 0 };
  const typeName = (type) => api.registry.createLookupType(type);
  for (const { index, name, calls, storage, constants, events, errors } of pallets) {
    count.pallets += 1;
    for (const constant of constants) {
      const value = api.createType(typeName(constant.type), constant.value);
      check(Buffer.from(value.toU8a()).equals(Buffer.from(constant.value)), `constant ${name}.${constant.name}`);
      check(value.toHuman() !== undefined, `constant ${name}.${constant.name}`);
      count.constants += 1;
    }
    if (storage.isSome) {
      for (const entry of storage.unwrap().items) {
        const { type } = entry;
        const value = type.isPlain ? type.asPlain : type.asMap.value;
        check(understands(api, typeName(value)), `storage ${name}.${entry.name}`);
        if (type.isMap) check(understands(api, typeName(type.asMap.key)), `the key of storage ${name}.${entry.name}`);
        if (entry.modifier.isDefault) api.createType(typeName(value), entry.fallback).toHuman();
        count.storage += 1;
      }
    }
    if (calls.isSome) {
      for (const variant of api.registry.lookup.getSiType(calls.unwrap().type).def.asVariant.variants) {
        for (const field of variant.fields) {
          check(understands(api, typeName(field.type)), `argument ${field.name} of ${name}.${variant.name}`);
        }
        count.calls += 1;
      }
    }
    if (events.isSome) {
      for (const variant of api.registry.lookup.getSiType(events.unwrap().type).def.asVariant.variants) {
        const fields = variant.fields.map((field) => api.createType(typeName(field.type)).toU8a());
        const event = api.createType('Event', u8aConcat([index.toNumber(), variant.index.toNumber()], ...fields));
        check(event.meta.name.eq(variant.name) && event.data.length === fields.length, `event ${name}.${variant.name}`);
        count.events += 1;
      }
    }
    if (errors.isSome) {
      for (const variant of api.registry.lookup.getSiType(errors.unwrap().type).def.asVariant.variants) {
        const found = api.registry.findMetaError({ index, error: variant.index });
        check(found.name === variant.name.toString(), `error ${name}.${variant.name}`);
        count.errors += 1;
      }
    }
  }

  // And what the chain has really made: the transactions and events of its ten newest final blocks.
  let extrinsics = 0;
  let hash = await api.rpc.chain.getFinalizedHead();
  for (let step = 0; step < 10; step += 1) {
    const { block } = await api.rpc.chain.getBlock(hash);
    const events = (await (await api.at(hash)).query.system.events()).toHuman();
    if (block.header.number.toNumber() > 0) check(events.length > 0, `the events of block ${block.header.number}`);
    extrinsics += block.extrinsics.map((one) => one.toHuman()).length;
    if (block.header.number.toNumber() === 0) break;
    hash = block.header.parentHash;
  }
  // The runtime's own APIs are in the metadata too.
  const apis = Object.keys(api.call).length;
  return { spec: `${api.runtimeVersion.specName}-${api.runtimeVersion.specVersion}`, ...count, apis, extrinsics };
}
