const keyName = (chainId: number): string => `proofboard:key:${chainId}`;

/** The throw-away key that this browser keeps for a chain; null if there is none. */
export const keptKey = (storage: Storage, chainId: number): string | null => storage.getItem(keyName(chainId));

export const keepKey = (storage: Storage, chainId: number, key: string): void => storage.setItem(keyName(chainId), key);

/** Forgets the key; what it owns on the development chain is lost. */
export const forgetKey = (storage: Storage, chainId: number): void => storage.removeItem(keyName(chainId));
