export { type OpenStore, openStore, type StoreOptions } from './open-store.ts';
export { openStoreReader, type StoreReader } from './store-reader.ts';
