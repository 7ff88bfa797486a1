/** The module `wellhead:host`. */

export { ABI_VERSION } from "./abi.ts";
export type * from "./abi.ts";
export { Host } from "./host.ts";
export { createRespond } from "./respond.ts";
