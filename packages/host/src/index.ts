/** The module `wellhead:host`. */

export { ABI_VERSION } from "./abi.ts";
export type * from "./abi.ts";
export { createLiveHost, type LiveHost, type LiveHostOptions } from "./live/host.ts";
export { createRespond } from "./respond.ts";
